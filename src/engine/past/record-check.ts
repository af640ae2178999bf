/**
 * Whether a recorded change is one that a run writes. An undo log is a file that someone may have edited, so undo, resume, exports and
 * comparisons use only changes that pass this check.
 */
import {
  accountOf,
  HOST_STORAGE,
  INSIGHTS_CONNECTION,
  isKeyedConnection,
  isOff,
  isOn,
  isPlaceOf,
  isSameId,
  KINDS,
  nameIn,
  parentOfId,
  parseId,
  referenceOf,
  sameWord,
  typeOfId,
} from '../../azure/index.ts';
import type { Json, ResourceKey, ResourceKind, Target, Whole } from '../../azure/index.ts';
import { hasDefault, isDeferred, type Source } from '../../contract/index.ts';
import { restoreOf, type Edit } from '../../change/edit.ts';
import { equals, isRecord, membersOf, pathOf } from '../../change/json-paths.ts';
import { isPlain } from '../../change/redact.ts';
import type { Intent, RecordedRun, RunStart } from '../../change/undo-log.ts';
import { sourcesOf, type Value } from '../../change/value.ts';
import { parseSiteId, productionOf } from '../fleet/targets.ts';

const OTHER = 'it changes a resource that does not belong to this app';

/** Returns the problem of the apps that a run names, or undefined. */
export function problemOfStart({ targets, work = [] }: RunStart): string | undefined {
  const wrong = targets.find((target) => !isWhole(target));
  if (wrong) return 'it contains an app whose id and name do not match';
  return work.every((one) => targetIn(targets, one.target)) ? undefined : 'it contains decisions for an app that it does not list';
}

const byId = new WeakMap<readonly Target[], ReadonlyMap<string, Target>>();

/** Returns the app of a run with an id. A run of a fleet has thousands, so that the usual spelling is looked up. */
export function targetIn(targets: readonly Target[], id: string): Target | undefined {
  const known =
    byId.get(targets) ?? new Map(targets.toReversed().flatMap((target) => (parseId(target.id) ? [[target.id, target] as const] : [])));
  byId.set(targets, known);
  return known.get(id) ?? targets.find((target) => isSameId(target.id, id));
}

function isWhole({ id, name, slot, label, resourceGroup, subscriptionId }: Target): boolean {
  const parsed = parseId(id) ? parseSiteId(id) : undefined;
  return (
    parsed !== undefined &&
    sameWord(parsed.name, name) &&
    sameWord(parsed.slot ?? '', slot ?? '') &&
    sameWord(parsed.label, label) &&
    sameWord(parsed.resourceGroup, resourceGroup) &&
    sameWord(parsed.subscriptionId, subscriptionId)
  );
}

/** Returns the problem of a record that no run writes, or undefined. */
export function problemOf(intent: Intent, { start }: Pick<RecordedRun, 'start'>): string | undefined {
  const { key, resource, path, app, apiVersion } = intent;
  const target = targetIn(start.targets, intent.target);
  if (!target || !sameWord(target.label, app)) return 'it changes an app that the run does not list';
  const kind = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
  // A newer version may know more kinds. This is reported when the change is reverted.
  if (!kind) return undefined;
  const isAtPlace = path === resource || (kind.parts ?? []).some((part) => path === `${resource}${part}`);
  if (!isAtPlace || !isPlaceOf(kind, resource, target.id, productionOf(target.id))) return OTHER;
  if (!/^\d{4}-\d\d-\d\d(-preview)?$/.test(apiVersion)) return 'it has no API version';
  if (kind.call === true)
    return intent.call === undefined || intent.undo !== 'none'
      ? 'it is an action that cannot be reverted, but is marked as reversible'
      : undefined;
  if (intent.call !== undefined || intent.method === 'POST') return 'it calls an unknown action';
  return (
    problemOfWhole(intent, kind) ??
    intent.edits
      .map((edit) => problemOfEdit(edit, intent, kind) ?? contradictionIn(edit, intent, kind, start))
      .find((says) => says !== undefined)
  );
}

/** Returns the problem of a resource that is created, replaced or deleted as a whole. Its kind decides what is allowed. */
function problemOfWhole({ edits, method, undo, undoes }: Intent, kind: ResourceKind): string | undefined {
  const whole = edits.find(({ path }) => path === '');
  if (!whole)
    return method === 'DELETE' || edits.length === 0 ? 'it changes nothing, or deletes a resource without recording it' : undefined;
  const is = wholeOf(whole);
  if (edits.length > 1 || (whole.before.kind === 'absent' && whole.after.kind === 'absent'))
    return 'it changes a whole resource and one property of it, which func-harden never does together';
  // The undo of a run deletes the resources that the run created.
  const isUndo = is === 'removed' && undoes !== undefined && !kind.stays && kind.whole?.includes('made') === true;
  if (!kind.whole?.includes(is) && !isUndo) return 'it creates or deletes a resource of a type that func-harden never creates or deletes';
  if (kind.stays && undo !== 'none') return 'it would delete a resource that undo must keep';
  return (method === 'DELETE') === (is === 'removed') ? undefined : 'its method does not match the change';
}

const wholeOf = ({ before, after }: Edit): Whole => (before.kind === 'absent' ? 'made' : after.kind === 'absent' ? 'removed' : 'replaced');

interface ReasonToStay {
  readonly says: string;
  /** Set where undo cannot remove a value that was not set before the run. */
  readonly isUnset?: true;
}

/**
 * Returns why a change that the log marks as not reversible cannot be reverted, or undefined where every change of this kind can be. The
 * mark alone is not believed: the log is a file. `replaces`: a write of the resource removes the members that it does not send.
 */
export function reasonToStay({ key, edits, undoes }: Intent, { controls }: RunStart, replaces: boolean): ReasonToStay | undefined {
  const kind = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
  if (!kind || kind.call) return { says: 'it is an action, and an action cannot be reverted' };
  const whole = edits.find(({ path }) => path === '');
  // Undo requires the same custom areas, and these may keep any resource.
  if (whole)
    return kind.stays || kind.mayStay?.includes(wholeOf(whole)) || controls ? { says: 'undo leaves this resource as it is' } : undefined;
  const isLost = (edit: Edit) => edit.before.kind === 'digest' && restoreOf(edit).kind !== 'deferred';
  // A plan puts settings whose earlier value is lost into a separate request. Custom areas and an undo may mix them with other settings.
  if (kind.secret && (controls || undoes ? edits.some(isLost) : edits.every(isLost)))
    return { says: 'the log contains no source of the earlier secret' };
  const hasNoDefault = ({ path, before, restore }: Edit) =>
    before.kind === 'absent' && restore === undefined && !hasDefault(key as ResourceKey, path);
  const unset = replaces ? [] : edits.filter(hasNoDefault).map(({ path }) => path);
  if (unset.length === 0) return undefined;
  const what = unset.length === 1 ? 'was not set before, and Azure cannot unset it' : 'were not set before, and Azure cannot unset them';
  return { says: `${unset.join(', ')} ${what}`, isUnset: true };
}

/**
 * Returns the contradiction between the values of an edit, or undefined. A run always records the earlier value, or its source: without
 * it, undo would report a success and leave the value, or remove it.
 */
function contradictionIn(edit: Edit, { undoes }: Intent, kind: ResourceKind, { mode, controls }: RunStart): string | undefined {
  const { path, before, after } = edit;
  const restore = restoreOf(edit);
  if (before.kind !== 'absent' && restore.kind === 'absent') return `the earlier value of ${path} is missing`;
  // A trial writes values back as they are.
  if (mode !== 'try' && before.kind === 'plain' && after.kind === 'plain' && equals(before.json, after.json))
    return `the earlier value of ${path} is the same as the new one`;
  // A custom area may restore any value, and an undo writes back references.
  if (controls || path === '') return undefined;
  if (restore.kind === 'plain' && before.kind === 'digest') return `the earlier value of ${path} is missing`;
  if (restore.kind === 'plain' && before.kind === 'plain' && !kind.restoresOther && !equals(before.json, restore.json))
    return `${path} is reverted to a value that is not the earlier one`;
  return kind.secret && undoes === undefined && hasSource(edit) && restore.kind !== 'deferred'
    ? `the source of the value of ${path} is missing`
    : undefined;
}

/** Whether a run wrote a setting only because undo can read the earlier value again: a moved secret, or the storage key of the host. */
const hasSource = ({ path, after }: Edit): boolean =>
  after.kind === 'absent'
    ? sameWord(membersOf(path).at(-1), HOST_STORAGE)
    : after.kind === 'plain' && typeof after.json === 'string' && referenceOf(after.json) !== undefined;

function problemOfEdit(edit: Edit, { undo }: Intent, kind: ResourceKind): string | undefined {
  const members = membersOf(edit.path);
  const isSpelt = edit.path === '' || (pathOf(...members) === edit.path && (kind.members ?? ['properties']).includes(members[0] ?? ''));
  if (!isSpelt) return `it writes to ${edit.path}, which func-harden never changes`;
  const restore = restoreOf(edit);
  if (undo !== 'none' && restore.kind === 'digest') return `the source of the value of ${edit.path} is missing`;
  if (edit.path !== '' && kind.secret && (members.length !== 2 || !isSetting(edit)))
    return `the value of ${edit.path} is not valid in a log`;
  if (!haveOneShape(restore, edit)) return `the value that ${edit.path} is reverted to has a different type`;
  if (edit.path === '' && restore.kind === 'plain' && !isRecord(restore.json)) return 'the deleted resource is not valid';
  return problemOfSources(edit, kind);
}

/** Whether a settings edit restores a value that is not a secret, or one that is read from the place where the change put it. */
const isSetting = ({ path, before, restore }: Edit): boolean =>
  [before, ...(restore ? [restore] : [])].every(
    (value) => value.kind !== 'plain' || (typeof value.json === 'string' && isPlain(path, value.json)),
  );

/** Whether a restored value has the same shape as the value after: a list for a list, a flag for a flag. */
function haveOneShape(restore: Value, { after, absent }: Edit): boolean {
  if (restore.kind !== 'plain') return true;
  const like = [...(after.kind === 'plain' ? [after.json] : []), ...(absent === undefined || absent === null ? [] : [absent])];
  return like.every((json) => shapeOf(json) === shapeOf(restore.json) || (typeof json === 'boolean' && isSwitch(restore.json)));
}
/** Azure may have stored a switch as a word. */
const isSwitch = (json: Json): boolean => isOn(json) || isOff(json);
const shapeOf = (json: Json): string => (Array.isArray(json) ? 'list' : typeof json);

/** Returns the problem of a source that does not match the written value: a reference its secret, a connection string its account. */
function problemOfSources(edit: Edit, kind: ResourceKind): string | undefined {
  const restore = restoreOf(edit);
  if (restore.kind === 'deferred' && !isOwnSource(restore.template, edit))
    return `the value of ${edit.path} would be read from a resource that it does not belong to`;
  const written = sourcesOf(edit.after).find((source) => !mayBeWritten(source, kind));
  return written === undefined ? undefined : `it writes a value that is read from a ${written.from}, which is not allowed there`;
}

/** Whether a template reads the value of an edit from the one place that a run reads it from. */
export function isOwnSource(template: Json, { path, after }: Pick<Edit, 'path' | 'after'>): boolean {
  if (!isDeferred(template) || path === '') return false;
  const parts = template.$later;
  const sources = parts.filter((part): part is Source => typeof part !== 'string');
  const [source] = sources;
  if (!source || sources.length > 1) return false;
  if (source.from === 'vault-secret') {
    const named = after.kind === 'plain' && typeof after.json === 'string' ? referenceOf(after.json) : undefined;
    const vault = parentOfId(source.id);
    return (
      parts.length === 1 &&
      typeOfId(source.id) === 'microsoft.keyvault/vaults/secrets' &&
      named !== undefined &&
      vault !== undefined &&
      sameWord(nameIn(vault), named.vault) &&
      sameWord(nameIn(source.id), named.secret)
    );
  }
  if (source.from === 'connection-string')
    return (
      parts.length === 1 &&
      sameWord(membersOf(path).at(-1), INSIGHTS_CONNECTION) &&
      typeOfId(source.component) === 'microsoft.insights/components'
    );
  const isKey = source.from === 'storage-key' || source.from === 'second-storage-key';
  if (!isKey || typeOfId(source.account) !== 'microsoft.storage/storageaccounts') return false;
  const connection = parts.map((part) => (typeof part === 'string' ? part : 'KEY')).join('');
  return isKeyedConnection(connection) && accountOf(connection) === nameIn(source.account).toLowerCase();
}

const mayBeWritten = ({ from }: Source, kind: ResourceKind): boolean =>
  kind.secret === true &&
  (kind.type === 'microsoft.keyvault/vaults/secrets' ? from === 'setting' : from !== 'principal' && from !== 'tenant');
