import { isReference, type Json } from '../azure/index.ts';
import { isPlainSetting } from '../contract/index.ts';
import type { DiffLine } from './undo-log.ts';
import { hasLate, spoken } from './deferred-values.ts';
import { isRecord, membersOf } from './json-paths.ts';

export const REDACTED = '(sensitive value)';

/** The same shape with every value hidden. */
export function redacted(value: Json): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return (value as readonly Json[]).map(redacted);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redacted(inner)]));
  return REDACTED;
}

/** What the value of a plain setting looks like; which settings are plain, areas declare (`plain`). */
const WORD = /^(true|false|~?\d{1,2}|[\w.-]{0,40}|https:\/\/[\w.-]+\/?)$/i;

/** Whether a value at this path of a secret resource is none: absent, a reference, or a word of the platform. */
export function isPlain(path: string, value: Json): boolean {
  if (value === null) return true;
  const name = membersOf(path).at(-1) ?? '';
  return typeof value === 'string' && (isReference(value) || (WORD.test(value) && isPlainSetting(name)));
}

/** A value that was read, as it may be shown and kept. */
export const shownValue = (secret: boolean, path: string, value: Json): Json => (secret && !isPlain(path, value) ? redacted(value) : value);

/** What stands there now, as it may be shown and kept. */
export const shownBefore = ({ before, sensitive }: DiffLine): Json => (sensitive ? redacted(before) : before);

/** What is to stand there, as it may be shown and kept. */
export const shownAfter = ({ after, late, secretAfter }: DiffLine): Json =>
  secretAfter ? redacted(after) : late && hasLate(after) ? spoken(after) : after;

/** Enough of a hash to tell later whether a value is still the same; salted by the run, so that it says nothing across runs. */
export async function digestOf(run: string, value: Json): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${run}\0${JSON.stringify(value)}`));
  return `(sensitive value, sha256 ${[...new Uint8Array(bytes)]
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')})`;
}

/** Texts too short to be told from ordinary words are left alone. */
const SHORTEST = 6;

/** Every text in a value. */
export function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** A text and the values in it: a service may quote the key of a connection string alone. */
const piecesOf = (text: string): string[] => [
  text,
  ...text.split(/[;&,\s]/).flatMap((part) => (part.includes('=') ? [part.slice(part.indexOf('=') + 1)] : [])),
];

/** A message of Azure without the secrets that were sent or read: services quote what they refuse. */
export const scrubbed = (text: string, secrets: readonly string[]): string =>
  secrets
    .flatMap(piecesOf)
    .filter((secret) => secret.length >= SHORTEST && !isReference(secret))
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
