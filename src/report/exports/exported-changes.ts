/** The changes of a plan or of a run in a neutral shape, from which every export format is written. */
import { isKnown, shapeOf } from '../../arm/actions.ts';
import type { Change, UndoKind, ArmRequest } from '../../change/change.ts';
import { isMasked } from '../../change/secrets.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import type { Edit } from '../../change/edit.ts';
import { ABSENT, isSecret, plain, showValue, sourcesOf, templateOf } from '../../change/value.ts';
import { problemOf } from '../../engine/past/record-check.ts';
import { valueAt } from '../../change/json-paths.ts';
import { parseId, type Json, type ResourceKey } from '../../azure/index.ts';
import { describeSource, placeOfSource, type Risk, type Source } from '../../contract/index.ts';
import { reportErrors } from '../errors.ts';

/** Returns the value that an edit sets; deferred parts are sources, read when the exported file runs. */
export const toOf = ({ after }: Edit): Json => templateOf(after);

/** Returns the previous value, unless it is a secret. */
export const wasOf = ({ before }: Edit): Json | undefined => (isSecret(before) ? undefined : showValue(before));

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
  /** Members that Azure requires together with those that are set. */
  readonly beside: readonly Edit[];
  readonly risk: Risk;
  readonly undo: UndoKind;
  readonly restarts: boolean;
  /** The effect of the request in words, if it sets no value that can be read. */
  readonly call?: string;
  /** Conditions that func-harden waits for before or after the change, and an exported file cannot. */
  readonly waits: readonly string[];
  /** The reason why no format can express the change. */
  readonly lost?: string;
}

const doesOf = (change: { readonly call?: string; readonly method: string }, sets: readonly Edit[]): ExportedChange['does'] => {
  if (change.call !== undefined) return 'call';
  if (!sets.some(({ path }) => path === '')) return 'set';
  return change.method === 'DELETE' ? 'remove' : 'make';
};

/** Numbers the changes over all apps, in the order of the plan. */
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

/** Returns the changes of a run that were not reverted since. @throws UserError if the log is damaged, or not what a run writes */
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

/** Copies only the members of the shape, so that nothing else of a change is exported. */
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

/** Returns the members that Azure requires together with a set member, with their values in the request. */
function besideOf(key: string, sets: readonly Edit[], body: Json | null): Edit[] {
  if (!isKnown(key) || body === null) return [];
  const set = new Set(sets.map(({ path }) => path));
  return (shapeOf(key).together ?? [])
    .filter((group) => group.some((path) => set.has(path)))
    .flat()
    .filter((path) => !set.has(path))
    .map((path) => ({ path, before: ABSENT, after: plain(valueAt(body, path)) }));
}

/** Sources that an exported file can read without func-harden. */
const READABLE: readonly Source['from'][] = ['principal', 'tenant', 'connection-string', 'setting', 'new-key'];

function lossOf({ key, resource, sets, beside }: ExportedChange): string | undefined {
  if (!isKnown(key)) return `this version does not know the resource ${String(key)}`;
  const sources = sets.flatMap(({ after }) => sourcesOf(after));
  const unreadable = sources.find((source) => !READABLE.includes(source.from));
  const strange = sources
    .map((source) => placeOfSource(source))
    .find(({ key: of, instanceId: id }) => of !== 'accessKey' && id !== undefined && !parseId(id));
  if (strange) return 'it reads a value that is not in an Azure resource';
  if (unreadable) return `it needs the ${describeSource(unreadable)}, which no file contains`;
  if (sets.some(({ after }) => isSecret(after))) return 'it writes a secret that is not stored anywhere';
  // The output would have a mask in place of the value, and would write the mask to Azure.
  const masked = [...sets, ...beside].find((edit) => isMasked(toOf(edit)));
  if (isMasked(resource)) return 'its resource id contains a text that is also a secret, which no file may contain';
  return masked && `${masked.path || 'the resource'} contains a text that is also a secret, which no file may contain`;
}

/** Returns the resource from which a source is read, and how. A new key cannot be read. */
export function sourceOf(
  source: Source,
  target: string,
): { readonly id: string; readonly apiVersion: string; readonly list: boolean; readonly path: string } | undefined {
  const { key, instanceId, path } = placeOfSource(source);
  if (key === 'accessKey') return undefined;
  const { suffix = '', apiVersion, read } = shapeOf(key);
  return { id: instanceId ?? `${target}${suffix}`, apiVersion, list: read?.method === 'POST', path };
}

/** Returns the API version for a type, the version that func-harden itself uses. */
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

/** Returns the comments above each change, one per line. */
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
