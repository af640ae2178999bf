/** Finds the secret parts of a value, and the spellings in which a service may quote them. */
import { decoded } from '../azure/resources/json.ts';
import type { Json } from '../azure/index.ts';
import { isRecord, parsedJson } from './json-paths.ts';

export const REDACTED = '(sensitive value)';

/** Members of an answer that lists secrets, and parts of connection strings, whose values are names or words. */
const PUBLIC =
  /^(id|name|type|kind|location|keyName|permissions|creationTime|slotSetting|status|DefaultEndpointsProtocol|AccountName|EndpointSuffix|\w*Endpoint|SharedAccessKeyName|EntityPath|Server|Data Source|Addr|Address|Host|Port|Database|Initial Catalog|User|User ?Id|Uid|Username|Encrypt|TrustServerCertificate|MultipleActiveResultSets|Persist Security Info|Pooling|Max Pool Size|Min Pool Size|ssl|abortConnect|Authentication|(Connection|Connect|Command)? ?Timeout|InstrumentationKey|ApplicationId|ConnectionString|sv|ss|srt|sp|se|st|spr|sr|si|api-version|scheme)$/i;
/** Whether the values of a member are names or words, never secrets. */
export const isPublicField = (member: string): boolean => PUBLIC.test(member);

/** Whether the values of a member are credentials, even where they look like words. */
export const isCredential = (member: string): boolean =>
  /pass|pwd|secret|token|key|^sig$|^code$/i.test(member) && !/(name|uri|url|id|type)$/i.test(member);

/** A secret inside a text. */
interface Piece {
  readonly text: string;
  /** Whether it was found in a place for credentials. */
  readonly isSure: boolean;
}

const TRIVIAL = /^(true|false|null|none|default|https?|disabled|enabled|\d{1,2}|[a-z]{1,5}|[A-Z][a-z]{1,4}|[A-Z]{1,5})$/;
/** The shortest value that counts as a secret. Shorter values are words of any sentence. */
const SHORTEST = 3;

/** Returns the secrets in a text: the secret parts of a connection string, a URL or JSON, and each line of a text with many lines. */
export function piecesOf(text: string, isSure = false): Piece[] {
  const found = [...parts(text.trim(), isSure)].map((piece) => ({ ...piece, text: piece.text.trim() }));
  return found.filter((piece) => piece.text.length >= SHORTEST && !TRIVIAL.test(piece.text) && !areRanges(piece.text));
}

/** An IPv4 address or range, an IPv6 range, or an IPv6 address with `::`: keys may have the form of one without it. */
const RANGE =
  /^(?:(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}\/\d{1,3}|(?=.*::)[\da-f]{0,4}(?::[\da-f]{0,4}){2,7})$/i;
/** Returns whether a text is a list of IP addresses and ranges: access rules have them too. */
const areRanges = (text: string): boolean => text.split(/[\s,;|]+/).every((part) => part === '' || RANGE.test(part));

function* parts(text: string, isSure: boolean): Generator<Piece> {
  const json = /^[[{"]/.test(text) ? parsedJson(text) : undefined;
  if (json !== undefined) return yield* leavesOf(json, isSure);
  if (/^[\w .-]+=[^;]*;/.test(text) || /;[\w .-]+=/.test(text)) {
    for (const part of text.split(';')) {
      const before = part.slice(0, Math.max(part.indexOf('='), 0));
      const name = before.trim();
      const isNamed = /^[\w .-]+$/.test(name || before);
      if (!isNamed || !isPublicField(name)) yield* lines(isNamed ? part.slice(before.length + 1) : part, isNamed && isCredential(name));
    }
    return;
  }
  const url = /^[a-z][\w+.-]*:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return yield* lines(text, isSure);
  if (url.password) yield* [url.password, decoded(url.password)].map((one) => ({ text: one, isSure: true }));
  for (const [name, value] of url.searchParams) if (!isPublicField(name)) yield { text: value, isSure: isCredential(name) };
  for (const segment of url.pathname.split('/')) if (segment.length >= 16 && isTelling(segment)) yield { text: segment, isSure: false };
}

function* lines(text: string, isSure: boolean): Generator<Piece> {
  const many = text.includes('\n') ? text.split(/\s*\n\s*/).filter((line) => !line.startsWith('-----')) : [text];
  for (const line of many) yield { text: line, isSure };
}

function* leavesOf(value: Json, isSure: boolean): Generator<Piece> {
  if (typeof value === 'string') yield { text: value, isSure };
  else if (Array.isArray(value)) for (const item of value as readonly Json[]) yield* leavesOf(item, isSure);
  else if (isRecord(value))
    for (const [name, inner] of Object.entries(value)) if (!isPublicField(name)) yield* leavesOf(inner, isCredential(name));
}

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Names of resources, versions, hosts and compound words, which a report may contain for another reason. */
const NAME = /^(?:[a-z0-9][a-z0-9.-]*|[A-Z0-9][A-Z0-9_.-]*|[A-Za-z]+(?:[ ._|/-][A-Za-z]+)*[\d.]*)$/;

/** Whether a value can only be a secret, because it mixes kinds of characters that names do not mix. */
export const isTelling = (value: string, isSure = false): boolean =>
  value.length >= 8 && !GUID.test(value) && (isSure || !NAME.test(value));

/** Whether a value may be one or more words of a language: short parts of letters only, each with a vowel. */
export const isWord = (value: string): boolean =>
  value.length <= 40 &&
  value.split(/[ ._-]/).every((part) => /^[a-z]{2,14}$/i.test(part) && !/[^aeiouy]{5}/i.test(part) && /[aeiouy]/i.test(part));

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const reversed = (text: string): string => [...text].toReversed().join('');

/** The number of characters by which a secret is recognized. */
const WINDOW = 8;

/** Removes GUIDs: a list of tenants or subscriptions in a setting must not hide the ids of resources. */
const withoutGuids = (text: string): string => text.replace(/(?<![\da-z])[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}(?![\da-z])/gi, ' ');

/** Yields the stretches by which a secret is recognized, every fourth: as it is, in base64 at any offset, in hexadecimal, backward. */
export function* windowsOf(given: string): Generator<string> {
  const value = withoutGuids(given);
  const bytes = bytesOf(value);
  for (const text of [value, reversed(value)]) for (const run of text.match(RUN) ?? []) yield* stretches(run, 4, isMixed);
  for (const skipped of [0, 1, 2]) {
    // The last group depends on the text after the value.
    const text = base64(bytes.slice(skipped)).replace(/=+$/, '').slice(0, -1);
    for (const run of text.match(RUN) ?? []) yield* stretches(run, 4);
  }
  yield* stretches(hex(bytes), 8);
}

const RUN = /[A-Za-z0-9]{8,}/g;

/** Whether a secret has a stretch by which it is recognized in its plain spelling. */
export const hasRuns = (value: string): boolean =>
  (withoutGuids(value).match(RUN) ?? []).some((run) => !stretches(run, 4, isMixed).next().done);

function* stretches(run: string, step: number, fits: (stretch: string) => boolean = () => true): Generator<string> {
  const last = run.length - WINDOW;
  for (let at = 0; at <= last; at = at < last ? Math.min(at + step, last) : last + 1) {
    const stretch = run.slice(at, at + WINDOW);
    if (fits(stretch)) yield stretch.toLowerCase();
  }
}

/** A part of a time as 20261130T191711Z, forward or backward: names of releases and of runs contain it. */
const TIME = /^z?\d*t?\d*z?$/i;

/** Whether a text mixes kinds of characters that words do not mix. */
const isMixed = (text: string): boolean =>
  /\d/.test(text) ? /[a-z]/i.test(text) && !TIME.test(text) : /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(text);

/** Returns the first and the last characters of a secret, which services show of a value that they mask. */
export const endsOf = (value: string): string[] =>
  [value.slice(0, 6), value.slice(-6)].filter((end) => /[\d\W]/.test(end) && /[a-z]/i.test(end)).map((end) => end.toLowerCase());

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Returns the spellings in which services quote a whole value, in lower case, the longest first. */
export function spellingsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const uri = encodeURIComponent(value.isWellFormed() ? value : '');
  const bytes = bytesOf(value);
  const all = [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    uri,
    uri.replaceAll('%20', '+'),
    value.replace(/[&<>"']/g, (sign) => HTML[sign] ?? sign),
    value.replace(/\s+/g, ' '),
    base64(bytes).replace(/=+$/, ''),
    base64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'),
    hex(bytes),
    reversed(value),
  ];
  return [...new Set(all.map((one) => one.toLowerCase()))].filter((one) => one.length >= SHORTEST).toSorted((a, b) => b.length - a.length);
}
