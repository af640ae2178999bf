/** The changes of a plan or of a run in one neutral shape, from which every format is written. */
import { isKnown, shapeOf } from '../../arm/actions.ts';
import type { Change, UndoKind, ArmRequest } from '../../change/change.ts';
import { EXIT, UserError } from '../../engine/errors.ts';
import type { RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { REDACTED } from '../../change/redact.ts';
import { parseSiteId, productionOf } from '../../engine/fleet/targets.ts';
import { plainText } from '../../text/plain.ts';
import { isRecord, valueAt } from '../../change/json-paths.ts';
import type { Json, ResourceKey } from '../../azure/index.ts';
import type { LatePart, Risk } from '../../contract/index.ts';

export interface ExportedSet {
  /** The empty path is the resource itself. */
  readonly path: string;
  /** Late parts stand in it as `$later`, as a step writes them. */
  readonly to: Json;
  /** What stood there, where that is no secret. */
  readonly was?: Json;
  /** What a missing value behaves as. */
  readonly absent?: Json;
}

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
  readonly sets: readonly ExportedSet[];
  /** Members that Azure wants together with those that are set. */
  readonly beside: readonly ExportedSet[];
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

const doesOf = (change: { readonly call?: string; readonly method: string }, sets: readonly ExportedSet[]): ExportedChange['does'] => {
  if (change.call !== undefined) return 'call';
  if (!sets.some(({ path }) => path === '')) return 'set';
  return change.method === 'DELETE' ? 'remove' : 'make';
};

/** Numbered through all apps, in the order of the plan. */
export const fromPlans = (changes: readonly Change[]): ExportedChange[] =>
  changes.map((change, index) => {
    const sets = change.diff.map(({ path, after, before, sensitive, absent }) => ({
      path,
      to: after,
      ...(sensitive ? {} : { was: before }),
      ...(absent === undefined ? {} : { absent }),
    }));
    return finished({
      ...change,
      number: index + 1,
      app: change.target.label,
      target: change.target.id,
      does: doesOf(change, sets),
      sets,
      beside: besideOf(change.key, sets, change.body),
      waits: [...new Set([...change.needs, ...change.proofs].map(({ says }) => says))],
    });
  });

/**
 * What a run changed and nobody took back since.
 * @throws UserError where the log names a resource that does not belong to the app: somebody edited it
 */
export const fromRun = ({ run, changes }: RecordedRun): ExportedChange[] =>
  changes
    .filter(({ state }) => state === 'applied')
    .map(({ intent }) => {
      if (!isPlausible(intent))
        throw new UserError(
          `Change ${intent.change} of run ${run} names a resource that does not belong to ${plainText(intent.app)}; nothing is exported.`,
          EXIT.failed,
          ['Somebody changed this undo log. Put back a copy of it, or export an answers file instead.'],
        );
      const sets = Object.entries(intent.after).map(([path, to]): ExportedSet => {
        const [was, absent] = [intent.before[path] ?? null, intent.absent?.[path]];
        return {
          path,
          to: isSecretPlace(intent.key) ? fromWords(to, intent.target) : to,
          ...(isHidden(was) ? {} : { was }),
          ...(absent === undefined ? {} : { absent }),
        };
      });
      return finished({
        number: intent.change,
        app: intent.app,
        target: intent.target,
        controls: intent.controls,
        key: intent.key,
        resource: intent.path,
        method: intent.method,
        apiVersion: intent.apiVersion,
        does: doesOf(intent, sets),
        sets,
        beside: besideOf(intent.key, sets, intent.body),
        risk: intent.risk,
        undo: intent.undo,
        restarts: isKnown(intent.key) && shapeOf(intent.key).restarts === true,
        ...(intent.call === undefined ? {} : { call: intent.call }),
        waits: [],
      });
    });

/** An id as Azure writes them: nothing in it leads to another host, another resource or out of the path. */
const ID = /^\/subscriptions\/[\w-]+\/[\w.()\-/$]+$/;
const isId = (id: string): boolean => ID.test(id) && !/\/\.{1,2}(\/|$)|\/\//.test(id);

/** Whether a change of this app can have been recorded so: its own resources, or those of its subscription that are no other app. */
function isPlausible({ target, resource, path, apiVersion, instance, key, method, after }: RecordedChange['intent']): boolean {
  const site = parseSiteId(target);
  if (
    !site ||
    !isId(target) ||
    !isId(path) ||
    path.toLowerCase() !== resource.toLowerCase() ||
    !/^\d{4}-\d\d-\d\d(-preview)?$/.test(apiVersion)
  )
    return false;
  const [id, own] = [path.toLowerCase(), target.toLowerCase()];
  const production = productionOf(own);
  if (!id.startsWith(`/subscriptions/${site.subscriptionId.toLowerCase()}/`)) return false;
  const isSite = /\/providers\/microsoft\.web\/sites\//.test(id);
  if (isSite && id !== own && !id.startsWith(`${own}/`) && !id.startsWith(`${production}/`)) return false;
  // An app itself is never made or taken away.
  if ((id === own || id === production) && (method === 'DELETE' || Object.hasOwn(after, ''))) return false;
  const whole = isKnown(key) ? shapeOf(key).suffix : undefined;
  return (
    instance || whole === undefined || !isSite || id === `${own}${whole}`.toLowerCase() || id === `${production}${whole}`.toLowerCase()
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
function besideOf(key: string, sets: readonly ExportedSet[], body: Json | null): ExportedSet[] {
  if (!isKnown(key) || body === null) return [];
  const set = new Set(sets.map(({ path }) => path));
  return (shapeOf(key).together ?? [])
    .filter((group) => group.some((path) => set.has(path)))
    .flat()
    .filter((path) => !set.has(path))
    .map((path) => ({ path, to: valueAt(body, path) ?? null }));
}

const isSecretPlace = (key: string): boolean => isKnown(key) && (shapeOf(key).secret === true || key === 'accessKey');

/** A late value that the undo log has in words, as a step would write it: where it is read from is in the words. */
function fromWords(value: Json, target: string): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => fromWords(item, target));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromWords(inner, target)]));
  if (typeof value !== 'string') return value;
  const [, setting] = /^<value of the setting (.+)>$/s.exec(value) ?? [];
  const says = value.slice(1, -1);
  if (setting !== undefined)
    return { $later: [{ key: 'appSettings', of: `${target}/config/appsettings`, path: `properties[${JSON.stringify(setting)}]`, says }] };
  if (value === '<a new key>') return { $later: [{ key: 'accessKey', path: '', says }] };
  // Everything else in words was put together from a vault or the keys of an account.
  return /<(the secret|key of the storage account) .*>/s.test(value) ? { $later: [{ key: 'storageKeys', path: '', says }] } : value;
}

const isHidden = (value: Json): boolean => typeof value === 'string' && value.startsWith('(sensitive value');

/** Where the parts that are known only later can be read by a file that is run without the tool. */
const READABLE: readonly ResourceKey[] = ['site', 'siteIdentity', 'components', 'appSettings', 'accessKey'];

function lossOf({ key, sets }: ExportedChange): string | undefined {
  if (!isKnown(key)) return `this version knows no resource called ${String(key)}`;
  const unreadable = sets.flatMap(({ to }) => lateParts(to)).find((part) => !READABLE.includes(part.key));
  const strange = sets.flatMap(({ to }) => lateParts(to)).find(({ of }) => of !== undefined && !isId(of));
  if (strange) return 'it reads from a place that is no resource of Azure';
  if (unreadable) return `it needs the ${unreadable.says}, which stands in no file`;
  return sets.some(({ to }) => holdsHidden(to)) ? 'it writes a secret that was kept nowhere' : undefined;
}

const holdsHidden = (value: Json): boolean =>
  Array.isArray(value)
    ? (value as readonly Json[]).some(holdsHidden)
    : isRecord(value)
      ? Object.values(value).some(holdsHidden)
      : value === REDACTED || isHidden(value);

/** Every late part in a value, in the order in which they stand there. */
export function lateParts(value: Json): LatePart[] {
  const parts = partsOf(value);
  if (parts) return parts.filter((part): part is LatePart => typeof part !== 'string');
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(lateParts);
  return isRecord(value) ? Object.values(value).flatMap(lateParts) : [];
}

export const partsOf = (value: Json): readonly (string | LatePart)[] | undefined =>
  isRecord(value) && Array.isArray(value['$later']) ? (value['$later'] as unknown as readonly (string | LatePart)[]) : undefined;

/** Where a late part is read: the resource, and how. A new key is read nowhere. */
export function sourceOf(
  part: LatePart,
  target: string,
): { readonly id: string; readonly apiVersion: string; readonly list: boolean } | undefined {
  if (part.key === 'accessKey') return undefined;
  const { suffix, apiVersion, read } = shapeOf(part.key);
  return { id: part.of ?? `${target}${suffix}`, apiVersion, list: read?.method === 'POST' };
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
    if (undo === 'none') return 'cannot be taken back';
    if (does === 'make' && sets.every(({ was }) => was === null)) return 'taken back by deleting it';
    const before = sets.map(({ path, was }) => `${path || 'the resource'} was ${was === undefined ? 'a secret' : short(was)}`).join('; ');
    return `taken back by writing what stood there: ${before}`;
  };
  return [
    `${number}. ${app}: ${controls.join(', ')}`,
    ...(call === undefined ? [] : [call]),
    `${risk}${restarts ? ', restarts the app' : ''}; ${back()}`,
    ...waits.map((says) => `func-harden would wait here until ${says}.`),
  ];
}

const short = (value: Json): string => {
  const text = value === null ? 'not set' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
