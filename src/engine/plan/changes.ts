/** Turns drafts into requests: one per resource. change-order.ts sorts them. */
import { type AnyControl, type AnyStep, type Draft, keyOfDraft, type Proof, type Risk } from '../../contract/index.ts';
import { KINDS, type Json, type ResourceKey, type Target } from '../../azure/index.ts';
import type { FactStore } from '../judge/facts.ts';
import type { GuardNote, Change, ChangePart, UndoKind, ArmRequest } from '../../change/change.ts';
import { isFetched, type Edit } from '../../change/edit.ts';
import { ABSENT, isSecret, plain, valueRead, showValue, desiredValue } from '../../change/value.ts';
import type { ArmWriter } from '../ports.ts';
import { RISKS } from './risk.ts';
import { isPlain, redact } from '../../change/redact.ts';
import { equals, pathAsSpelled, valueAt, withValue, type Body } from '../../change/json-paths.ts';

/** The drafts of one control, with the findings of its guards. */
export interface Drafted {
  readonly step: AnyStep;
  readonly control: Exclude<AnyControl, { kind: 'attestation' }>;
  readonly id: string;
  readonly drafts: readonly Draft[];
  readonly guards: readonly GuardNote[];
  /** The effect that people notice, as far as this plan goes. */
  readonly effect?: string;
}

/** Groups drafts by resource into changes. One-way drafts get a change of their own, so that the others can be undone. */
export function changesFromDrafts(drafted: readonly Drafted[], store: FactStore, arm: ArmWriter): Change[] {
  const all = drafted.flatMap(({ drafts }) => drafts);
  const cannotBeUndone = (draft: Draft) => losesSecret(draft, store, arm) || cannotBeUnset(draft, store, arm);
  const placeOf = (draft: Draft, { control }: Drafted) => {
    const isOneWay = control.risk === 'one-way' || withCompanions(draft, all).some(cannotBeUndone);
    return `${keyOfDraft(draft)} ${draft.instanceId?.toLowerCase() ?? ''}${isOneWay ? ' one-way' : ''}`;
  };
  const places = new Map<string, Drafted[]>();
  for (const part of drafted)
    for (const [place, drafts] of Map.groupBy(part.drafts, (draft) => placeOf(draft, part)))
      places.set(place, [...(places.get(place) ?? []), { ...part, drafts }]);
  const changes = [...places.values()].map((parts) => changeOn(parts, store, arm));
  return changes.filter((change) => change !== undefined);
}

/** Whether a draft overwrites a secret that no source can restore. */
function losesSecret(draft: Draft, store: FactStore, arm: ArmWriter): boolean {
  if (!('at' in draft) || draft.restore !== undefined) return false;
  const [key, path] = draft.at;
  return (
    arm.describe(store.target, key, draft.instanceId).secret && !isPlain(path, valueAt(bodyOf(store, key, draft.instanceId), path) ?? null)
  );
}

/** Whether a draft sets a value that was not set, and that Azure cannot unset. */
function cannotBeUnset(draft: Draft, store: FactStore, arm: ArmWriter): boolean {
  if (!('at' in draft) || draft.restore !== undefined || (draft.absent ?? null) !== null) return false;
  const [key, path] = draft.at;
  const isSet = (valueAt(bodyOf(store, key, draft.instanceId), path) ?? null) !== null;
  return !isSet && !arm.describe(store.target, key, draft.instanceId).replaces;
}

/** Returns a draft and the drafts of values that work only together with its value. */
function withCompanions(draft: Draft, all: readonly Draft[]): readonly Draft[] {
  if (!('at' in draft)) return [draft];
  const [key, path] = draft.at;
  const row = KINDS[key]?.together?.find((paths) => paths.includes(path)) ?? [];
  return [
    draft,
    ...all.filter((one) => 'at' in one && one.at[0] === key && one.instanceId === draft.instanceId && row.includes(one.at[1])),
  ];
}

/** Finds controls that require different values for one property. Neither control is changed, so the order does not matter. */
export function conflictingDrafts(drafted: readonly Pick<Drafted, 'id' | 'drafts'>[]): GuardNote[] {
  const wanted = new Map<string, { id: string; to: Json | undefined }>();
  return drafted.flatMap(({ id, drafts }) =>
    drafts.flatMap((draft): GuardNote[] => {
      if ('call' in draft) return [];
      const path = pathOf(draft);
      const place = `${keyOfDraft(draft)} ${draft.instanceId?.toLowerCase() ?? ''} ${path}`;
      const known = wanted.get(place);
      if (!known) wanted.set(place, { id, to: draft.to });
      if (!known || known.id === id || equals(known.to, draft.to)) return [];
      const what = path.replace(/^properties\./, '') || 'the resource';
      return [
        [id, known.id],
        [known.id, id],
      ].map(([control = '', other = '']) => ({
        id: 'both',
        control,
        level: 'stop' as const,
        says: `${control} and ${other} require different values for ${what}. Change the answers of one control, or remove one of them.`,
      }));
    }),
  );
}

/** Whether a change depends on another change of the same app. */
export const waitsFor = (change: Pick<Change, 'after'>, other: Pick<Change, 'key' | 'resource'>): boolean =>
  change.after.includes(other.key) || waitsForResource(change, other);

/** Whether a change depends on another change by the id of its resource, whichever app that belongs to. */
export const waitsForResource = ({ after }: Pick<Change, 'after'>, { key, resource }: Pick<Change, 'key' | 'resource'>): boolean =>
  after.some((one) => one.toLowerCase() === `${key} ${resource}`.toLowerCase());

function changeOn(all: readonly Drafted[], store: FactStore, arm: ArmWriter): Change | undefined {
  const [first] = all.flatMap(({ drafts }) => drafts);
  if (!first) return undefined;
  const key = keyOfDraft(first);
  const { instanceId } = first;
  const ref = arm.describe(store.target, key, instanceId);
  const drafts = mergeIntoCreation(all.flatMap((part) => part.drafts));
  const calls = drafts.filter((draft) => 'call' in draft);
  const call = calls[0]?.says;
  const body = call === undefined ? bodyOf(store, key, instanceId) : null;
  const lines = call === undefined ? diffOf(drafts, body, ref.secret) : callLines(calls);
  if (lines.length === 0 && call === undefined) return undefined;
  // An edit whose value is already set is not part of the change and gets no note.
  const parts = all.filter((part) =>
    part.drafts.some((draft) => 'call' in draft || lines.some(({ path }) => path === '' || path === pathOf(draft))),
  );
  const stays = drafts.flatMap((draft) => ('stays' in draft && draft.stays ? [draft.stays] : []))[0];
  const undo = stays === undefined ? undoOf(lines, call, ref.replaces) : 'none';
  const proofs = (pick: 'needs' | 'proof'): Proof[] => drafts.flatMap((draft) => draft[pick] ?? []);
  return {
    ...shownRequest(arm, store.target, key, body, lines, ref.secret, instanceId),
    target: store.target,
    steps: [...new Set(parts.map(({ step }) => step.id))],
    controls: parts.map(({ id }) => id),
    key,
    ...(instanceId === undefined ? {} : { instanceId }),
    resource: ref.id,
    diff: lines,
    // A change that cannot be reverted always has the risk one-way.
    risk: undo === 'none' ? 'one-way' : riskOf(parts),
    undo,
    reversible:
      stays === undefined &&
      undoOf(
        lines.map((one) => (isSecret(one.before) ? { ...one, before: plain(showValue(one.before)) } : one)),
        call,
        ref.replaces,
      ) !== 'none',
    ...(stays === undefined ? {} : { stays }),
    guards: parts.flatMap(({ guards }) => guards),
    effects: [...new Set(parts.flatMap(({ effect }) => (effect ? [effect] : [])))],
    parts: parts.map((part) => partOf(part, undo, lines)),
    restarts: ref.restarts,
    after: [...new Set(drafts.flatMap((draft) => draft.after ?? []))].filter((other) => other !== key),
    needs: proofs('needs'),
    proofs: proofs('proof'),
    ...(call === undefined ? {} : { call }),
    ...(drafts.some(({ reserves }) => reserves) ? { reserves: drafts.flatMap(({ reserves }) => reserves ?? []) } : {}),
  };
}

/** Merges drafts of members into the draft that creates their resource. */
function mergeIntoCreation(drafts: readonly Draft[]): readonly Draft[] {
  const whole = drafts.find((draft) => 'whole' in draft);
  if (!whole || !('whole' in whole) || whole.to === null) return drafts;
  const members = drafts.filter((draft) => 'at' in draft);
  const to = members.reduce<Json>((body, { at, to: value }) => withValue(body as Body, at[1], value ?? null), whole.to);
  return [{ ...whole, to }, ...drafts.filter((draft) => draft !== whole && !('at' in draft))];
}

/** Returns what one control puts into a change whose edits are `lines`. */
function partOf(part: Drafted, undo: UndoKind, lines: readonly Edit[]): ChangePart {
  const paths = part.drafts
    .flatMap((draft) => ('call' in draft ? [] : [pathOf(draft)]))
    .filter((path) => lines.some((edit) => edit.path === path));
  return {
    control: part.id,
    area: part.step.title,
    label: part.control.label,
    risk: undo === 'none' ? 'one-way' : riskOf([part]),
    paths: [...new Set(paths)],
    ...(part.effect === undefined ? {} : { effect: part.effect }),
  };
}

/** Returns the draft with the member names as the resource stores them: ARM compares names without regard to case, and a setting must not get a second spelling. */
export function withStoredNames(draft: Draft, store: FactStore): Draft {
  if (!('at' in draft)) return draft;
  const [key, path] = draft.at;
  return { ...draft, at: [key, pathAsSpelled(bodyOf(store, key, draft.instanceId) ?? undefined, path)] as unknown as typeof draft.at };
}

/** The risk of a change. What a guard that could not check prevents may happen, so only the name of the app approves the change. */
function riskOf(parts: readonly Drafted[]): Risk {
  const risks = parts.flatMap(({ control, drafts, guards }) => [
    ...drafts.map(({ risk }) => risk ?? control.risk ?? 'disruptive'),
    ...(guards.some(({ unchecked }) => unchecked) ? (['lock-out'] as const) : []),
  ]);
  return RISKS.findLast((risk) => risks.includes(risk)) ?? 'disruptive';
}

/** Returns the body of the resource that a draft is about; of several, the one with the id. */
function bodyOf(store: FactStore, key: ResourceKey, instanceId: string | undefined): Body | null {
  const body = store.fact(key) ? store.body(key) : null;
  if (instanceId === undefined) return body;
  const items = body?.['value'];
  if (!Array.isArray(items)) return body;
  return (items as readonly Body[]).find((item) => String(item['id']).toLowerCase() === instanceId.toLowerCase()) ?? null;
}

const pathOf = (draft: Exclude<Draft, { call: ResourceKey }>): string => ('whole' in draft ? '' : draft.at[1]);

function diffOf(drafts: readonly Draft[], body: Body | null, secret: boolean): Edit[] {
  const diff = new Map<string, Edit>();
  for (const draft of drafts) {
    if ('call' in draft) continue;
    const path = pathOf(draft);
    const before = valueAt(body, path) ?? null;
    if (equals(before, draft.to)) continue;
    const restore = draft.restore ?? before ?? ('absent' in draft ? draft.absent : undefined) ?? null;
    diff.set(path, {
      path,
      before: valueRead(secret, path, before),
      after: desiredValue(draft.to),
      ...(restore === before ? {} : { restore: desiredValue(restore) }),
      ...('absent' in draft && draft.absent !== undefined ? { absent: draft.absent } : {}),
    });
  }
  return [...diff.values()];
}

/** Returns the edit of a call that sends a body: one line for the whole body. */
const callLines = (calls: readonly Extract<Draft, { call: ResourceKey }>[]): Edit[] =>
  calls.flatMap(({ to }) => (to === undefined ? [] : [{ path: '', before: ABSENT, after: desiredValue(to) }]));

/** Returns the kind of undo: none for a secret without source, exact, or equivalent where a null becomes what it behaved as. */
function undoOf(diff: readonly Edit[], call: string | undefined, replaces: boolean): UndoKind {
  if (call !== undefined || diff.some((edit) => isSecret(edit.before) && !isFetched(edit))) return 'none';
  const gone = ({ path, before, restore }: Edit) => path !== '' && before.kind === 'absent' && restore === undefined;
  // In a list that is replaced as a whole, a member that did not exist before is removed again.
  if (!replaces && diff.some(gone)) return 'none';
  return diff.some((edit) => edit.path !== '' && edit.restore !== undefined && !isFetched(edit)) ? 'equivalent' : 'exact';
}

/** Returns the request as it may be shown: deferred parts described, secrets hidden. */
export function shownRequest(
  arm: ArmWriter,
  target: Target,
  key: ResourceKey,
  body: Body | null,
  lines: readonly Edit[],
  secret: boolean,
  instanceId?: string,
): ArmRequest & Pick<Change, 'evidence'> {
  const visible = secret && body ? (redact(body) as Body) : body;
  const sets = lines.map((line) => ({ path: line.path, to: showValue(line.after) }));
  const request = arm.request(target, key, visible, sets, instanceId);
  const evidence = arm.evidence?.(
    request,
    key,
    lines.map(({ path }) => path),
  );
  return { ...request, ...(evidence === undefined ? {} : { evidence }) };
}
