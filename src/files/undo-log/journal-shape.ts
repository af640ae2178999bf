/** The required members of each line of an undo log, so that a damaged file is reported instead of causing an error later. */
import { JOURNAL_VERSION, type Entry, type Intent, type Verified } from '../../change/undo-log.ts';
import type { Edit } from '../../change/edit.ts';
import type { Value } from '../../change/value.ts';
import { areTexts, isWork } from '../../change/work-shape.ts';
import { intentOfVersion1, verifiedOfVersion1 } from './journal-1.ts';
import { valueFrom, valueJson } from './journal-values.ts';
import { RISKS } from '../../engine/plan/risk.ts';
import { isRecord, parsedJson } from '../../change/json-paths.ts';
import type { Json } from '../../azure/index.ts';
import { safeJson } from '../../text/plain.ts';

type Form = 'text' | 'number' | 'map' | 'list' | 'flag' | readonly string[];
type Members = Readonly<Record<string, Form>>;

const FORMS: Readonly<Record<Entry['type'], Members>> = {
  'run-start': {
    at: 'text',
    run: 'text',
    tool: 'text',
    user: 'text',
    endpoint: 'text',
    mode: ['wizard', 'replay', 'undo', 'resume', 'try'],
    targets: 'list',
  },
  intent: {
    at: 'text',
    change: 'number',
    app: 'text',
    target: 'text',
    step: 'text',
    controls: 'list',
    resource: 'text',
    key: 'text',
    instance: 'flag',
    method: ['PATCH', 'PUT', 'POST', 'DELETE'],
    path: 'text',
    apiVersion: 'text',
    before: 'map',
    after: 'map',
    restore: 'map',
    risk: RISKS,
    undo: ['exact', 'equivalent', 'none'],
  },
  outcome: { at: 'text', change: 'number', ok: 'flag' },
  verified: { at: 'text', change: 'number', state: ['shown', 'not-shown', 'not-readable'] },
  undo: { at: 'text', change: 'number', by: 'text' },
  'run-end': {
    at: 'text',
    applied: 'number',
    verified: 'number',
    failed: 'number',
    skipped: 'number',
    state: ['done', 'failed', 'partial', 'stopped'],
  },
};
/** Members that may be missing or null, with their only valid form. */
const OPTIONAL: Partial<Readonly<Record<Entry['type'], Members>>> = {
  undo: { part: 'flag' },
  'run-end': { kept: 'number', lines: 'number' },
  'run-start': {
    account: 'text',
    tenant: 'text',
    answersDigest: 'text',
    undoes: 'text',
    only: 'list',
    work: 'list',
    schemaVersion: 'number',
    overwrite: 'flag',
    plan: 'map',
    controls: 'map',
  },
  intent: { absent: 'map', fetch: 'list', builtOn: 'list', undoes: 'map', call: 'text' },
  outcome: { status: 'number', correlationId: 'text', error: 'map' },
  verified: { found: 'map', lost: 'list' },
};
const TARGET: Members = { id: 'text', name: 'text', label: 'text', resourceGroup: 'text', subscriptionId: 'text' };

const fits = (value: Json | undefined, form: Form): boolean => {
  if (typeof form !== 'string') return typeof value === 'string' && form.includes(value);
  if (form === 'text') return typeof value === 'string';
  if (form === 'number') return Number.isSafeInteger(value) && (value as number) >= 0;
  if (form === 'flag') return typeof value === 'boolean';
  return form === 'list' ? Array.isArray(value) : isRecord(value);
};

const wrongIn = (value: Json | undefined, members: Members): string | undefined =>
  isRecord(value) ? Object.keys(members).find((name) => !fits(value[name], members[name]!)) : 'it';

/** The links of a line since version 2: its version, the hash of the line before, and whether that line was torn. */
interface Links {
  readonly v: number;
  readonly prev: string;
  readonly torn: boolean;
}

export interface ReadLine {
  /** undefined where the line has no version, so that it is of version 1. */
  readonly links?: Links;
  /** The entry, or a sentence where func-harden does not write such a line. */
  readonly entry: Entry | string;
  /** In `run-end`: the number of lines before it. */
  readonly lines?: number;
}

/** Parses a line; undefined where it is not a JSON object, as a torn line. */
export function readLine(line: string): ReadLine | undefined {
  const value = parsedJson(line);
  if (!isRecord(value)) return undefined;
  const { v, prev, torn, ...members } = value;
  if (v === undefined && prev === undefined) return { entry: entryOf(members, intentOfVersion1, verifiedOfVersion1) };
  const links = { v: typeof v === 'number' ? v : 0, prev: typeof prev === 'string' ? prev : '', torn: torn === true };
  const { lines, ...rest } = members;
  const entry = entryOf(value['type'] === 'run-end' ? rest : members, intentFrom, verifiedFrom);
  return { links, entry: links.v === JOURNAL_VERSION ? entry : newer(links.v), ...(typeof lines === 'number' ? { lines } : {}) };
}

const newer = (version: number): string => `a line of version ${version} cannot be read by this version`;

type Raw = Readonly<Record<string, Json>>;

function entryOf(value: Raw, intent: (line: Raw) => Intent | undefined, verified: (line: Raw) => Verified | undefined): Entry | string {
  const type = String(value['type']) as Entry['type'];
  if (!Object.hasOwn(FORMS, type)) return 'its type is unknown';
  const optional = Object.fromEntries(Object.entries(OPTIONAL[type] ?? {}).filter(([name]) => (value[name] ?? null) !== null));
  const wrong = wrongIn(value, { ...FORMS[type], ...optional }) ?? wrongInside(value, type);
  if (wrong !== undefined) return `"${wrong}" of "${type}" is missing or not valid`;
  if (type !== 'intent' && type !== 'verified') return value as unknown as Entry;
  return (type === 'intent' ? intent(value) : verified(value)) ?? `a value of "${type}" is not valid`;
}

function intentFrom(line: Raw): Intent | undefined {
  const { before, after, restore, absent, ...rest } = line as Readonly<Record<'before' | 'after' | 'restore', Raw>> & Raw;
  const paths = Object.keys(after);
  const isSame = (map: Raw) => Object.keys(map).length === paths.length && paths.every((path) => Object.hasOwn(map, path));
  if (!isSame(before) || !isSame(restore)) return undefined;
  const edits = paths.map((path): Edit | undefined => {
    const [was, is, back] = [valueFrom(before[path]), valueFrom(after[path]), valueFrom(restore[path])];
    if (!was || !is || !back) return undefined;
    const stands = isRecord(absent) ? absent[path] : undefined;
    const isOther = JSON.stringify(before[path]) !== JSON.stringify(restore[path]);
    return { path, before: was, after: is, ...(isOther ? { restore: back } : {}), ...(stands === undefined ? {} : { absent: stands }) };
  });
  return edits.includes(undefined) ? undefined : ({ ...rest, edits } as unknown as Intent);
}

function verifiedFrom(line: Raw): Verified | undefined {
  const { found, ...rest } = line;
  if (!isRecord(found)) return rest as unknown as Verified;
  const values = Object.entries(found).map(([path, value]) => [path, valueFrom(value)] as const);
  return values.some(([, value]) => value === undefined)
    ? undefined
    : ({ ...rest, found: Object.fromEntries(values) as Readonly<Record<string, Value>> } as unknown as Verified);
}

/** Returns an entry as a line of this version, without its line feed. `lines`: the number of lines before it. */
export function lineOf(
  entry: Entry,
  { prev, lines, torn }: { readonly prev: string; readonly lines: number; readonly torn: boolean },
): string {
  return safeJson({ v: JOURNAL_VERSION, prev, ...(torn ? { torn } : {}), ...membersOf(entry, lines) });
}

function membersOf(entry: Entry, lines: number): object {
  if (entry.type === 'run-end') return { ...entry, lines };
  const mapped = (values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([path, value]) => [path, valueJson(value)]));
  if (entry.type === 'verified') return { ...entry, ...(entry.found ? { found: mapped(entry.found) } : {}) };
  if (entry.type !== 'intent') return entry;
  const { edits, ...rest } = entry;
  const by = (pick: (edit: Edit) => Value) => mapped(Object.fromEntries(edits.map((edit) => [edit.path, pick(edit)])));
  const absent = edits.flatMap((edit): [string, Json][] => (edit.absent === undefined ? [] : [[edit.path, edit.absent]]));
  return {
    ...rest,
    before: by((edit) => edit.before),
    after: by((edit) => edit.after),
    restore: by((edit) => edit.restore ?? edit.before),
    ...(absent.length > 0 ? { absent: Object.fromEntries(absent) } : {}),
  };
}

function wrongInside(value: Readonly<Record<string, Json>>, type: Entry['type']): string | undefined {
  if (type === 'intent') {
    const texts = [...(value['controls'] as Json[]), ...((value['fetch'] ?? []) as Json[]), ...((value['builtOn'] ?? []) as Json[])];
    if (!texts.every((text) => typeof text === 'string')) return 'controls';
    const undoes = value['undoes'];
    const isUndoes = isRecord(undoes) && typeof undoes['run'] === 'string' && Number.isSafeInteger(undoes['change']);
    return (undoes ?? null) === null || isUndoes ? undefined : 'undoes';
  }
  if (type === 'verified') return ((value['lost'] ?? []) as Json[]).every((place) => typeof place === 'string') ? undefined : 'lost';
  if (type !== 'run-start') return undefined;
  if ((value['targets'] as Json[]).some((target) => wrongIn(target, TARGET) !== undefined)) return 'targets';
  const plan = (value['plan'] ?? undefined) as Readonly<Record<string, Json>> | undefined;
  if (plan && (!fits(plan['digest'], 'text') || !((plan['approvedBy'] ?? null) === null || fits(plan['approvedBy'], 'text'))))
    return 'plan';
  const controls = (value['controls'] ?? undefined) as Readonly<Record<string, Json>> | undefined;
  if (controls && !(fits(controls['digest'], 'text') && areTexts(controls['areas']))) return 'controls';
  const work = (value['work'] ?? []) as Json[];
  return work.every(isWork) ? undefined : 'work';
}
