import { closesSomething } from '../../contract/index.ts';
import { KINDS, type Target } from '../../azure/index.ts';
import type { Change, Undoes } from '../../change/change.ts';
import { isFetched, isSensitive, restoreOf, type Edit } from '../../change/edit.ts';
import type { Damage, Intent, RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { readExisting } from '../run/read-again.ts';
import { chooseSources } from './undo-sources.ts';
import { showValue } from '../../change/value.ts';
import { mapLimited } from '../concurrency.ts';
import { shownRequest } from '../plan/changes.ts';
import { ArmFailure, type ArmWriter, type Fact } from '../ports.ts';
import { dependentsIn } from './dependents.ts';
import { obstacleTo } from './obstacles.ts';
import { targetIn } from './record-check.ts';
import { listedFacts } from './listed-values.ts';
import { instanceOf, compareEdit, heldEdits, isForeign, isStandIn, type EditState, type ThreeWay } from './three-way.ts';
import { withValue, type Body } from '../../change/json-paths.ts';

/** A change that is not reverted, and the reason. */
export interface NotUndone {
  readonly change: number;
  readonly app: string;
  readonly resource: string;
  readonly reason: string;
  readonly failure?: ArmFailure;
  /** Set where nothing of it is left to revert. */
  readonly isBack?: true;
}

export interface UndoPlan {
  readonly changes: readonly Change[];
  /** Values that someone changed since, so that they are neither the written nor the earlier ones; and values that stay with them. */
  readonly conflicts: readonly ThreeWay[];
  readonly left: readonly NotUndone[];
  /** Secrets whose source differs from the value before the run. Undo writes the current secret. */
  readonly rotated: readonly { readonly change: number; readonly path: string }[];
  /** Values that were not set before the run, and that undo sets to what "not set" behaves as. */
  readonly standIns: readonly Edit[];
  /** Changes of the run whose records are damaged, and which therefore stay. */
  readonly damage: readonly Damage[];
}

export interface UndoOptions {
  /** The changes of the run to revert; all where this is missing. */
  readonly only?: readonly number[];
  /** Whether undo overwrites values that someone changed since. By default it keeps them. */
  readonly overwrite?: boolean;
  /** The number of resources that are read in parallel. */
  readonly concurrency?: number;
  /** The lists of many apps; without them, each resource is read. */
  readonly lists?: Parameters<typeof listedFacts>[2];
  readonly signal?: AbortSignal;
}

/**
 * Plans the undo of a run, from the current to the recorded values, last change first. A change stays where a later change that depends on
 * it stays. `forbidden`: changes that the caller cannot revert, with the reasons.
 */
export async function undoPlan(
  run: RecordedRun,
  arm: ArmWriter,
  options: UndoOptions,
  facts: ReadonlyMap<string, Fact>,
  forbidden: ReadonlyMap<number, ArmFailure>,
): Promise<UndoPlan> {
  const plan = {
    changes: [] as Change[],
    conflicts: [] as ThreeWay[],
    left: [] as NotUndone[],
    rotated: [] as UndoPlan['rotated'][number][],
    standIns: [] as Edit[],
    damage: run.damage ?? [],
  };
  const staying = new Set<Intent>();
  const dependents = dependentsIn(run);
  const now = new Map<string, Body | null>();
  for (const recorded of run.changes.toReversed()) {
    const { intent, state } = recorded;
    if (intent.undoes?.run === run.run || state === 'failed') continue;
    if (options.only && !options.only.includes(intent.change)) {
      if (usesOthers(recorded)) staying.add(intent);
      continue;
    }
    const { change, app, resource } = intent;
    const leave = (reason: string, failure?: ArmFailure) =>
      void plan.left.push({ change, app, resource, reason, ...(failure ? { failure } : {}) });
    const isBack = (reason: string) => void plan.left.push({ change, app, resource, reason, isBack: true });
    const target = targetOf(recorded, run);
    const obstacle = obstacleTo(recorded, run, arm, target);
    if (obstacle !== undefined || !target) {
      leave(obstacle?.reason ?? '', obstacle?.failure);
      if (usesOthers(recorded)) staying.add(intent);
      continue;
    }
    const later = dependents(intent).findLast((one) => staying.has(one));
    if (later) {
      leave(`change ${later.change} depends on it and is not reverted`);
      staying.add(intent);
      continue;
    }
    const refused = forbidden.get(intent.change);
    if (refused) {
      leave(refused.message, refused);
      staying.add(intent);
      continue;
    }
    const known = now.get(intent.resource);
    const fact = known === undefined ? facts.get(intent.resource) : { state: 'read' as const, body: known };
    if (fact?.state !== 'read') {
      leave(fact?.failure.message ?? 'it could not be read', fact?.failure);
      staying.add(intent);
      continue;
    }
    now.set(intent.resource, fact.body);
    const { secret } = arm.describe(target, intent.key, instanceOf(intent));
    const found = await Promise.all(intent.edits.map((edit) => compareEdit(edit, fact.body, secret, run.run, KINDS[intent.key]?.others)));
    if (state === 'undone' && !found.some(({ isOurs }) => isOurs)) {
      isBack(`already reverted by ${recorded.undoneBy ?? 'another run'}`);
      continue;
    }
    const foreign = found.filter(isForeign);
    const held = options.overwrite ? undefined : heldEdits(found, KINDS[intent.key]?.together);
    const row = ({ recorded: edit, back }: EditState) => ({ change, resource, edit, now: back.before });
    plan.conflicts.push(...foreign.map((one) => ({ ...row(one), state: 'foreign' as const })));
    for (const [one, heldBy] of held ?? []) plan.conflicts.push({ ...row(one), state: 'ours', heldBy });
    const restored = found.filter((one) => !one.isBack && (!held || !(isForeign(one) || held.has(one))));
    const { edits, rotated } = await chooseSources(
      recorded,
      restored.map(({ back }) => back),
      run.run,
      target,
      arm,
    );
    plan.standIns.push(...restored.filter(isStandIn).map(({ back }) => back));
    const kept = foreign.length > 0 && !options.overwrite;
    if (kept) staying.add(intent);
    plan.rotated.push(...rotated);
    if (edits.length > 0) {
      const undoes = { run: run.run, change: intent.change, whole: !kept };
      const after = dependents(intent).map((one) =>
        one.instance || one.target !== intent.target ? `${one.key} ${one.resource}` : one.key,
      );
      let taken: Change;
      try {
        taken = undoChange(recorded, undoes, target, edits, fact.body, after, arm);
      } catch (error) {
        if (!(error instanceof ArmFailure)) throw error;
        // No request can be sent for this change. It stays, and the other changes are reverted.
        leave(error.message, error);
        staying.add(intent);
        continue;
      }
      plan.changes.push(taken);
      // Earlier changes of the same resource are compared with the values that this change restores.
      now.set(intent.resource, edits.reduce(afterEdit, fact.body));
    } else if (kept) leave('changed after this run, so it is not reverted');
    else isBack('already has its recorded value');
  }
  return plan;
}

/** Reads the current state of everything that may be reverted, each resource once; from a list where that shows what the run wrote. */
export async function factsOf(
  run: RecordedRun,
  arm: ArmWriter,
  { only, concurrency = 1, lists, signal }: UndoOptions,
): Promise<ReadonlyMap<string, Fact>> {
  const wanted = new Map<string, readonly [Intent, Target]>();
  const readAnyway = new Set<string>();
  for (const recorded of run.changes) {
    const { intent, state } = recorded;
    const target = targetOf(recorded, run);
    const isOut = intent.undoes?.run === run.run || state === 'failed' || (only && !only.includes(intent.change));
    if (isOut || !target || obstacleTo(recorded, run, arm, target) !== undefined) continue;
    if (state !== 'applied' || wanted.has(intent.resource)) readAnyway.add(intent.resource);
    wanted.set(intent.resource, [intent, target]);
  }
  const writtenOnce = [...wanted.values()].filter(([{ resource }]) => !readAnyway.has(resource));
  const listed = lists ? await listedFacts(writtenOnce, arm, lists) : new Map<string, Fact>();
  const read = await mapLimited(
    [...wanted].filter(([id]) => !listed.has(id)),
    concurrency,
    async ([id, [intent, target]]) => [id, await readExisting(arm, target, intent.key, instanceOf(intent))] as const,
    signal,
  );
  return new Map([...listed, ...read]);
}

const targetOf = ({ intent }: RecordedChange, { start }: RecordedRun): Target | undefined => targetIn(start.targets, intent.target);

/** Whether a change that stays requires what earlier changes created. A call is over, and nothing reads what undo always leaves behind. */
const usesOthers = ({ intent: { key, call }, state }: RecordedChange): boolean =>
  state !== 'undone' && call === undefined && KINDS[key]?.stays !== true;

const afterEdit = (body: Body | null, { path, after }: Edit): Body | null =>
  path === '' ? (showValue(after) as Body | null) : withValue(body ?? {}, path, showValue(after));

function undoChange(
  { intent }: RecordedChange,
  undoes: Undoes,
  target: Target,
  diff: readonly Edit[],
  body: Body | null,
  after: readonly string[],
  arm: ArmWriter,
): Change {
  const { secret, restarts } = arm.describe(target, intent.key, instanceOf(intent));
  return {
    ...shownRequest(arm, target, intent.key, body, diff, secret, instanceOf(intent)),
    ...(intent.instance ? { instanceId: intent.resource } : {}),
    target,
    steps: [...new Set([intent.step, ...intent.controls.flatMap((id) => (id.includes('.') ? [id.split('.')[0] as string] : []))])],
    controls: intent.controls,
    key: intent.key,
    resource: intent.resource,
    diff,
    // Restoring access locks no caller out, so the only remaining risk is a restart.
    risk: closesSomething(
      intent.key,
      diff.map(({ path, after }) => ({ path, after: showValue(after) })),
    )
      ? 'lock-out'
      : intent.risk === 'lock-out'
        ? 'disruptive'
        : intent.risk,
    undo: diff.some((edit) => isSensitive(edit) && !isFetched(edit))
      ? 'none'
      : diff.some(({ before }) => before.kind === 'absent')
        ? 'equivalent'
        : 'exact',
    guards: [],
    effects: [],
    restarts,
    reversible: true,
    after,
    needs: [],
    proofs: [],
    undoes,
  };
}

/** Returns the change that reverts `change`, for a rollback in the same run, while its secrets are still in memory. */
export function inverseOf(change: Change, undoes: Undoes, arm: ArmWriter): Change {
  const { secret } = arm.describe(change.target, change.key, change.instanceId);
  const diff = change.diff.map((edit): Edit => ({
    path: edit.path,
    before: edit.after,
    after: edit.before.kind === 'secret' ? edit.before : restoreOf(edit),
    own: true,
    ...(edit.absent === undefined ? {} : { absent: edit.absent }),
  }));
  return {
    ...change,
    ...shownRequest(arm, change.target, change.key, null, diff, secret, change.instanceId),
    diff,
    undoes,
    needs: [],
    proofs: [],
  };
}
