/** Values in the form that lines of the undo log have: `{"kind":"plain","json":…}`, `digest`, `deferred` with its source, `absent`. */
import type { Json } from '../../azure/index.ts';
import { isRecord } from '../../change/json-paths.ts';
import { ABSENT, plain, type Value } from '../../change/value.ts';
import { isDeferred, type Source, withDigest } from '../../contract/index.ts';

type Step = string | number;
interface Part {
  readonly at: readonly Step[];
  readonly text: readonly (string | Source)[];
  readonly sha256?: string;
}

/** Returns a value for a line. @throws TypeError for a secret, which must never be written */
export function valueJson(value: Value): Json {
  if (value.kind === 'secret') throw new TypeError('a secret must not be written to the undo log');
  if (value.kind !== 'deferred') return value as unknown as Json;
  const { template } = value;
  if (isDeferred(template) && template.$later.length === 1)
    return { kind: 'deferred', source: template.$later[0] as Source, ...digest(template.sha256) };
  const parts: Part[] = [];
  const json = extractDeferred(template, [], parts);
  return { kind: 'deferred', source: { from: 'parts', json, parts: parts as unknown as Json } };
}

const digest = (sha256: string | undefined): { sha256?: string } => (sha256 === undefined ? {} : { sha256 });

/** Returns the template with null in place of deferred texts, which are added to `parts`. */
function extractDeferred(template: Json, at: readonly Step[], parts: Part[]): Json {
  if (isDeferred(template)) {
    parts.push({ at, text: template.$later, ...digest(template.sha256) });
    return null;
  }
  if (Array.isArray(template)) return (template as readonly Json[]).map((item, index) => extractDeferred(item, [...at, index], parts));
  if (!isRecord(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([name, inner]) => [name, extractDeferred(inner, [...at, name], parts)]));
}

const DIGEST = /^[0-9a-f]{16,64}$/;
const isDigest = (value: Json | undefined): value is string => typeof value === 'string' && DIGEST.test(value);
const hasOnly = (value: Readonly<Record<string, Json>>, ...names: string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name));

/** Parses a value; undefined for a form that this version does not write. */
export function valueFrom(json: Json | undefined): Value | undefined {
  if (!isRecord(json)) return undefined;
  switch (json['kind']) {
    case 'absent':
      return hasOnly(json, 'kind') ? ABSENT : undefined;
    case 'plain':
      return hasOnly(json, 'kind', 'json') && (json['json'] ?? null) !== null ? plain(json['json']) : undefined;
    case 'digest':
      return hasOnly(json, 'kind', 'sha256') && isDigest(json['sha256']) ? { kind: 'digest', sha256: json['sha256'] } : undefined;
    case 'deferred':
      return hasOnly(json, 'kind', 'source', 'sha256') ? deferredFrom(json['source'], json['sha256']) : undefined;
    default:
      return undefined;
  }
}

function deferredFrom(source: Json | undefined, sha256: Json | undefined): Value | undefined {
  if (sha256 !== undefined && !isDigest(sha256)) return undefined;
  const one = sourceFrom(source);
  if (one) return { kind: 'deferred', template: withDigest([one], sha256) };
  if (!isRecord(source) || source['from'] !== 'parts' || !Array.isArray(source['parts']) || sha256 !== undefined) return undefined;
  let template: Json | undefined = source['json'] ?? null;
  for (const part of source['parts'] as readonly Json[]) {
    const read: Part | undefined = partFrom(part);
    template = read && template !== undefined ? fillPlace(template, read.at, withDigest(read.text, read.sha256)) : undefined;
  }
  return template === undefined || source['parts'].length === 0 ? undefined : { kind: 'deferred', template };
}

function partFrom(part: Json): Part | undefined {
  if (!isRecord(part) || !Array.isArray(part['at']) || !Array.isArray(part['text'])) return undefined;
  const sha256 = part['sha256'];
  if (sha256 !== undefined && !isDigest(sha256)) return undefined;
  const text = (part['text'] as readonly Json[]).map((one) => (typeof one === 'string' ? one : sourceFrom(one)));
  const at = part['at'] as readonly Json[];
  if (text.includes(undefined) || !at.every((step) => typeof step === 'string' || Number.isSafeInteger(step))) return undefined;
  return { at: at as readonly Step[], text: text as readonly (string | Source)[], ...digest(sha256) };
}

/** Puts a value in place of a null of the template; undefined where there is no such place. */
function fillPlace(into: Json, [step, ...rest]: readonly Step[], what: Json): Json | undefined {
  if (step === undefined) return into === null ? what : undefined;
  if (isDeferred(into)) return undefined;
  if (Array.isArray(into)) {
    const items = into as readonly Json[];
    const inner = typeof step === 'number' && items[step] !== undefined ? fillPlace(items[step], rest, what) : undefined;
    return inner === undefined ? undefined : items.map((item, index) => (index === step ? inner : item));
  }
  if (!isRecord(into) || typeof step !== 'string' || !Object.hasOwn(into, step)) return undefined;
  const inner = fillPlace(into[step] ?? null, rest, what);
  return inner === undefined ? undefined : { ...into, [step]: inner };
}

/** The members of each source, in addition to `from`. */
const SOURCES: { readonly [K in Source['from']]: readonly string[] } = {
  'vault-secret': ['id'],
  'vault-secret-by-name': ['vault', 'secret'],
  setting: ['name'],
  'storage-key': ['account'],
  'second-storage-key': ['account'],
  'connection-string': ['component'],
  'new-key': ['place'],
  principal: [],
  tenant: [],
};

function sourceFrom(json: Json | undefined): Source | undefined {
  if (!isRecord(json)) return undefined;
  const from = json['from'];
  if (typeof from !== 'string' || !Object.hasOwn(SOURCES, from)) return undefined;
  const names = SOURCES[from as Source['from']];
  const isWhole =
    Object.keys(json).length === names.length + 1 && names.every((name) => typeof json[name] === 'string' && json[name] !== '');
  return isWhole ? (json as unknown as Source) : undefined;
}
