/**
 * One value of a property: the value before, the value after, or the value that undo writes. A file may hold the kinds `absent`, `plain`,
 * `digest` and `deferred`. A `secret` exists in memory only, and its JSON never contains the value.
 */
import type { Json } from '../azure/index.ts';
import { describeSource, isDeferred, isSecretSource, type Source, withDigest } from '../contract/index.ts';
import { isRecord, containsJson } from './json-paths.ts';
import { digestOf, isPlain, redact, REDACTED } from './redact.ts';

export type Value =
  | { readonly kind: 'absent' }
  | { readonly kind: 'plain'; readonly json: Json }
  /** A secret that is known again by its digest, salted by the name of its run. */
  | { readonly kind: 'digest'; readonly sha256: string }
  /** Read from its sources, which are inside `template`, when the request is sent. `reveal` returns it after the read. */
  | { readonly kind: 'deferred'; readonly template: Json; readonly reveal?: () => Json }
  | { readonly kind: 'secret'; readonly reveal: () => Json };

export const ABSENT: Value = { kind: 'absent' };
/** Makes a value that may be shown; null and undefined are absent. */
export const plain = (json: Json | undefined): Value => (json === null || json === undefined ? ABSENT : { kind: 'plain', json });
/** Creates a value that is hidden in every output and record. */
export const secret = (json: Json): Value => (json === null ? ABSENT : { kind: 'secret', reveal: () => json });
/** Makes the value that was read at a path of a resource. `isSecretThere`: every value of the resource is a secret. */
export const valueRead = (isSecretThere: boolean, path: string, json: Json): Value =>
  isSecretThere && !isPlain(path, json) ? secret(json) : plain(json);
/** Makes the value that a step wants: deferred where any part of it is. */
export const desiredValue = (json: Json): Value => (hasSources(json) ? { kind: 'deferred', template: json } : plain(json));

/** Returns every source in a template, in order. */
export function sourcesIn(value: Json): Source[] {
  if (isDeferred(value)) return value.$later.filter((part): part is Source => typeof part !== 'string');
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(sourcesIn);
  return isRecord(value) ? Object.values(value).flatMap(sourcesIn) : [];
}
const hasSources = (value: Json): boolean => sourcesIn(value).length > 0;
export const sourcesOf = (value: Value): Source[] => (value.kind === 'deferred' ? sourcesIn(value.template) : []);

/** Returns a copy of a template with each deferred text replaced. */
function fillTemplate(template: Json, fill: (parts: readonly (string | Source)[], sha256: string | undefined) => Json): Json {
  if (isDeferred(template)) return fill(template.$later, template.sha256);
  if (Array.isArray(template)) return (template as readonly Json[]).map((item) => fillTemplate(item, fill));
  if (isRecord(template)) return Object.fromEntries(Object.entries(template).map(([name, inner]) => [name, fillTemplate(inner, fill)]));
  return template;
}

const inWords = (parts: readonly (string | Source)[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : `<${describeSource(part)}>`)).join('');

/** Returns the value as people may see it: secrets hidden, deferred parts described. */
export function showValue(value: Value): Json {
  if (value.kind === 'plain') return value.json;
  if (value.kind === 'deferred') return fillTemplate(value.template, inWords);
  if (value.kind === 'digest') return REDACTED;
  return value.kind === 'secret' ? redact(value.reveal()) : null;
}

/** Returns the JSON to send. @throws TypeError for a value that is not known here: a digest, or a deferred value that was not read yet */
export function jsonOf(value: Value): Json {
  if (value.kind === 'absent') return null;
  if (value.kind === 'plain') return value.json;
  if (value.kind === 'digest' || !value.reveal) throw new TypeError(`a value of the kind ${value.kind} cannot be sent`);
  return value.reveal();
}

/** Whether the JSON of a value is known here. */
export const isKnown = (value: Value): boolean => value.kind !== 'digest' && (value.kind !== 'deferred' || value.reveal !== undefined);

/** Returns the value with its sources still inside, for exports and projections. */
export const templateOf = (value: Value): Json => (value.kind === 'deferred' ? value.template : showValue(value));

export const isSecret = (value: Value): boolean => value.kind === 'secret' || value.kind === 'digest';

/** Returns the value as the undo log keeps it: secrets as digests, a text read from a secret as its source and the digest of the text. */
export async function recordValue(value: Value, run: string): Promise<Value> {
  if (value.kind === 'secret') return { kind: 'digest', sha256: await digestOf(run, value.reveal()) };
  if (value.kind !== 'deferred' || !value.reveal) return value;
  return { kind: 'deferred', template: await withDigests(value.template, value.reveal(), run) };
}

async function withDigests(template: Json, sent: Json, run: string): Promise<Json> {
  if (isDeferred(template)) return withDigest(template.$later, await digestOf(run, sent));
  if (Array.isArray(template)) {
    const items = template as readonly Json[];
    return Promise.all(items.map((item, index) => withDigests(item, (sent as readonly Json[])[index] ?? null, run)));
  }
  if (!isRecord(template)) return template;
  const members = Object.entries(template).map(async ([name, inner]): Promise<[string, Json]> => [
    name,
    await withDigests(inner, (sent as Record<string, Json>)[name] ?? null, run),
  ]);
  return Object.fromEntries(await Promise.all(members));
}

/** Returns a value that reads the second key of a storage account in place of the first; undefined if it reads no such key. */
export function withSecondKey(value: Value): Value | undefined {
  if (value.kind !== 'deferred' || !sourcesOf(value).some(({ from }) => from === 'storage-key')) return undefined;
  const second = (part: string | Source): string | Source =>
    typeof part !== 'string' && part.from === 'storage-key' ? { from: 'second-storage-key', account: part.account } : part;
  return { kind: 'deferred', template: fillTemplate(value.template, (parts, sha256) => withDigest(parts.map(second), sha256)) };
}

/** Whether the current value matches a recorded one (secrets by digest). undefined if the record has a source and no digest. */
export async function matchesRecorded(
  now: Json | undefined,
  value: Value,
  run: string,
  isSame: (now: Json | undefined, recorded: Json) => boolean = containsJson,
): Promise<boolean | undefined> {
  if (value.kind === 'digest') return (await digestOf(run, now ?? null)) === value.sha256;
  if (value.kind !== 'deferred' || value.reveal) return isSame(now, jsonOf(value));
  return templateShown(now, value.template, run);
}

async function templateShown(now: Json | undefined, template: Json, run: string): Promise<boolean | undefined> {
  if (isDeferred(template)) {
    if (typeof now !== 'string') return false;
    return template.sha256 === undefined ? undefined : (await digestOf(run, now)) === template.sha256;
  }
  if (!hasSources(template)) return containsJson(now, template);
  const [here, there] = [isRecord(now) || Array.isArray(now) ? now : undefined, template as Record<string, Json>];
  if (here === undefined || Array.isArray(here) !== Array.isArray(template)) return false;
  const found = await Promise.all(
    Object.entries(there).map(([name, inner]) => templateShown((here as Record<string, Json>)[name], inner, run)),
  );
  return found.includes(false) ? false : found.includes(undefined) ? undefined : true;
}

/** Fills in the texts that were read from the sources. Texts that are not secret become part of the value. */
export function fillSources(template: Json, texts: ReadonlyMap<Source, string>): Value {
  const text = (parts: readonly (string | Source)[]): string =>
    parts.map((part) => (typeof part === 'string' ? part : (texts.get(part) ?? ''))).join('');
  const whole = fillTemplate(template, text);
  const kept = fillTemplate(template, (parts, sha256) =>
    parts.some((part) => typeof part !== 'string' && isSecretSource(part)) ? withDigest(parts, sha256) : text(parts),
  );
  return hasSources(kept) ? { kind: 'deferred', template: kept, reveal: () => whole } : plain(whole);
}
