/** The changes of a plan or of a run in one neutral shape, from which every format is written. */
import { isKnown, shapeOf } from '../../arm/actions.ts';
import type { Change, UndoKind, ArmRequest } from '../../change/change.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import type { Edit } from '../../change/edit.ts';
import { ABSENT, isSecret, plain, shown, sourcesOf, templateOf } from '../../change/value.ts';
import { problemOf } from '../../engine/past/record-check.ts';
import { valueAt } from '../../change/json-paths.ts';
import { parseId, type Json, type ResourceKey } from '../../azure/index.ts';
import { describeSource, placeOfSource, type Risk, type Source } from '../../contract/index.ts';
import { reportErrors } from '../errors.ts';

/** What an edit sets: its sources stand inside, where they are read when the file runs. */
export const toOf = ({ after }: Edit): Json => templateOf(after);

/** What stood there, where that is no secret. */
export const wasOf = ({ before }: Edit): Json | undefined => (isSecret(before) ? undefined : shown(before));

export interface ExportedChange {
  readonly number: number;
  readonly app: string;
  /** ARM id of the app or slot. */
  readonly target: string;
  readonly controls: readonly string[];
  readonly key: ResourceKey;
  readonly resource: string;
  readonly method: ArmRequest['method'];
  readonly apiVersion: string;
  readonly does: 'set' | 'make' | 'remove' | 'call';
  readonly sets: readonly Edit[];
  /** Members that Azure wants together with those that are set. */
  readonly beside: readonly Edit[];
  readonly risk: Risk;
  readonly undo: UndoKind;
  readonly restarts: boolean;
  /** What the request does, where it sets nothing that can be read. */
  readonly call?: string;
  /** What the tool itself would wait for before or after it; a file cannot. */
  readonly waits: readonly string[];
  /** Why no format can carry it. */
  readonly lost?: string;
}

const doesOf = (change: { readonly call?: string; readonly method: string }, sets: readonly Edit[]): ExportedChange['does'] => {
  if (change.call !== undefined) return 'call';
  if (!sets.some(({ path }) => path === '')) return 'set';
  return change.method === 'DELETE' ? 'remove' : 'make';
};

/** Numbered through all apps, in the order of the plan. */
export const fromPlans = (changes: readonly Change[]): ExportedChange[] =>
  changes.map((change, index) =>
    finished({
      ...change,
      number: index + 1,
      app: change.target.label,
      target: change.target.id,
      does: doesOf(change, change.diff),
      sets: change.diff,
      beside: besideOf(change.key, change.diff, change.body),
      waits: [...new Set([...change.needs, ...change.proofs].map(({ says }) => says))],
    }),
  );

/**
 * What a run changed and nobody took back since.
 * @throws UserError where the log was damaged, or names what no run writes
 */
export function fromRun(run: RecordedRun): ExportedChange[] {
  const wrong = run.damage?.[0]?.says ?? run.changes.map(({ intent }) => problemOf(intent, run)).find((says) => says !== undefined);
  if (wrong !== undefined) throw reportErrors.damagedLog({ run: run.run, says: wrong });
  return run.changes
    .filter(({ state }) => state === 'applied')
    .map(({ intent }) =>
      finished({
        number: intent.change,
        app: intent.app,
        target: intent.target,
        controls: intent.controls,
        key: intent.key,
        resource: intent.resource,
        method: intent.method,
        apiVersion: intent.apiVersion,
        does: doesOf(intent, intent.edits),
        sets: intent.edits,
        beside: besideOf(intent.key, intent.edits, intent.body),
        risk: intent.risk,
        undo: intent.undo,
        restarts: isKnown(intent.key) && shapeOf(intent.key).restarts === true,
        ...(intent.call === undefined ? {} : { call: intent.call }),
        waits: [],
      }),
    );
}

/** Only what the shape names, so that nothing else of a change comes along. */
function finished(change: ExportedChange): ExportedChange {
  const { number, app, target, controls, key, resource, method, apiVersion, does, sets, beside, risk, undo, restarts, call, waits } =
    change;
  const lost = lossOf(change);
  return {
    number,
    app,
    target,
    controls,
    key,
    resource,
    method,
    apiVersion,
    does,
    sets,
    beside,
    risk,
    undo,
    restarts,
    waits,
    ...(call === undefined ? {} : { call }),
    ...(lost === undefined ? {} : { lost }),
  };
}

/** Members that go out with one of them, as they stood in the request. */
function besideOf(key: string, sets: readonly Edit[], body: Json | null): Edit[] {
  if (!isKnown(key) || body === null) return [];
  const set = new Set(sets.map(({ path }) => path));
  return (shapeOf(key).together ?? [])
    .filter((group) => group.some((path) => set.has(path)))
    .flat()
    .filter((path) => !set.has(path))
    .map((path) => ({ path, before: ABSENT, after: plain(valueAt(body, path)) }));
}

/** Where the parts that are known only later can be read by a file that is run without the tool. */
const READABLE: readonly Source['from'][] = ['principal', 'tenant', 'connection-string', 'setting', 'new-key'];

function lossOf({ key, sets }: ExportedChange): string | undefined {
  if (!isKnown(key)) return `this version does not know the resource ${String(key)}`;
  const sources = sets.flatMap(({ after }) => sourcesOf(after));
  const unreadable = sources.find((source) => !READABLE.includes(source.from));
  const strange = sources
    .map((source) => placeOfSource(source))
    .find(({ key: of, instanceId: id }) => of !== 'accessKey' && id !== undefined && !parseId(id));
  if (strange) return 'it reads a value that is not in an Azure resource';
  if (unreadable) return `it needs the ${describeSource(unreadable)}, which is in no file`;
  return sets.some(({ after }) => isSecret(after)) ? 'it writes a secret that is not stored anywhere' : undefined;
}

/** Where a source is read: the resource, and how. A new key is read nowhere. */
export function sourceOf(
  source: Source,
  target: string,
): { readonly id: string; readonly apiVersion: string; readonly list: boolean; readonly path: string } | undefined {
  const { key, instanceId, path } = placeOfSource(source);
  if (key === 'accessKey') return undefined;
  const { suffix, apiVersion, read } = shapeOf(key);
  return { id: instanceId ?? `${target}${suffix}`, apiVersion, list: read?.method === 'POST', path };
}

/** A resource that is only named is read in the version that the tool itself speaks. */
export function versionOf(type: string): string {
  const keys = {
    web: 'site',
    storage: 'storageAccounts',
    keyvault: 'vaults',
    operationalinsights: 'workspaces',
    insights: 'components',
  } as const;
  const namespace = type.toLowerCase().replace(/^microsoft\.([^/]+).*$/, '$1');
  return shapeOf(Object.hasOwn(keys, namespace) ? keys[namespace as keyof typeof keys] : 'privateEndpoints').apiVersion;
}

/** What a person reads above each change, one line each. */
export function notesOf({ number, app, controls, call, risk, restarts, undo, sets, does, waits }: ExportedChange): string[] {
  const back = (): string => {
    if (undo === 'none') return 'cannot be reverted';
    if (does === 'make' && sets.every((edit) => wasOf(edit) === null)) return 'undo: delete it';
    return `undo: write the earlier value: ${sets.map(before).join('; ')}`;
  };
  return [
    `${number}. ${app}: ${controls.join(', ')}`,
    ...(call === undefined ? [] : [call]),
    `${risk}${restarts ? ', restarts the app' : ''}; ${back()}`,
    ...waits.map((says) => `func-harden waits here until ${says}.`),
  ];
}

function before(edit: Edit): string {
  const was = wasOf(edit);
  return `${edit.path || 'the resource'} was ${was === undefined ? 'a secret' : short(was)}`;
}

const short = (value: Json): string => {
  const text = value === null ? 'not set' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
