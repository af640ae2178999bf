/** What each line of an undo log must hold, so that whatever was done to a file is told and not stumbled over. */
import type { Entry } from '../change/undo-log.ts';
import { RISKS } from '../engine/plan/risk.ts';
import { isRecord } from '../change/json-paths.ts';
import type { Json } from '../azure/index.ts';

type Form = 'text' | 'number' | 'map' | 'list' | 'flag' | readonly string[];
type Members = Readonly<Record<string, Form>>;

const FORMS: Readonly<Record<Entry['type'], Members>> = {
  'run-start': {
    at: 'text',
    run: 'text',
    tool: 'text',
    user: 'text',
    endpoint: 'text',
    mode: ['wizard', 'replay', 'undo', 'resume'],
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
/** May be missing or null, but nothing else than this. */
const OPTIONAL: Partial<Readonly<Record<Entry['type'], Members>>> = {
  undo: { part: 'flag' },
  'run-end': { kept: 'number' },
  'run-start': {
    account: 'text',
    tenant: 'text',
    answersDigest: 'text',
    undoes: 'text',
    only: 'list',
    work: 'list',
    schemaVersion: 'number',
    overwrite: 'flag',
  },
  intent: { absent: 'map', fetch: 'list', builtOn: 'list', undoes: 'map', call: 'text' },
  outcome: { status: 'number', correlationId: 'text', error: 'map' },
  verified: { found: 'map' },
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

/** The line as an entry; a sentence where it is none; undefined where it is of a kind that is not known here, or torn. */
export function entryOf(line: string): Entry | string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const type = String(value['type']) as Entry['type'];
  if (!Object.hasOwn(FORMS, type)) return undefined;
  const optional = Object.fromEntries(Object.entries(OPTIONAL[type] ?? {}).filter(([name]) => (value[name] ?? null) !== null));
  const wrong = wrongIn(value, { ...FORMS[type], ...optional }) ?? wrongInside(value, type);
  return wrong === undefined ? (value as unknown as Entry) : `"${wrong}" of "${type}" is missing or is nothing that func-harden writes`;
}

function wrongInside(value: Readonly<Record<string, Json>>, type: Entry['type']): string | undefined {
  if (type === 'intent') {
    const texts = [...(value['controls'] as Json[]), ...((value['fetch'] ?? []) as Json[]), ...((value['builtOn'] ?? []) as Json[])];
    return texts.every((text) => typeof text === 'string') ? undefined : 'controls';
  }
  if (type !== 'run-start') return undefined;
  if ((value['targets'] as Json[]).some((target) => wrongIn(target, TARGET) !== undefined)) return 'targets';
  const work = (value['work'] ?? []) as Json[];
  return work.every(isWork) ? undefined : 'work';
}

const isWork = (work: Json): boolean =>
  isRecord(work) &&
  typeof work['target'] === 'string' &&
  isRecord(work['decisions']) &&
  Object.values(work['decisions']).every(
    (decided) =>
      isRecord(decided) &&
      isRecord(decided['answers']) &&
      isRecord(decided['controls']) &&
      Object.values(decided['controls']).every(isRecord) &&
      (decided['decision'] === undefined || isRecord(decided['decision'])),
  );
