import type { Json } from '../../azure/index.ts';
import { closesSomething } from '../../contract/index.ts';
import type { DiffLine, Intent, RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { resolved } from '../../change/deferred-values.ts';
import { mapLimited } from '../concurrency.ts';
import { restoreValue, shownRequest } from '../plan/changes.ts';
import { digestOf, shownBefore } from '../../change/redact.ts';
import type { Change, Undoes } from '../plan/plan.ts';
import { ArmFailure, type ArmReader, type ArmWriter, type Fact, type Target } from '../ports.ts';
import { instanceOf, lineOf, type Found } from './three-way.ts';
import { same, shows, withValue, type Body } from '../../change/json-paths.ts';

/** A value that is neither what we wrote nor what was there before: somebody changed it since. */
export interface Conflict {
  readonly change: number;
  readonly resource: string;
  readonly path: string;
  readonly before: Json;
  readonly ours: Json;
  readonly now: Json;
}

/** A change that is not taken back, and why. */
export interface NotUndone {
  readonly change: number;
  readonly app: string;
  readonly resource: string;
  readonly reason: string;
  readonly failure?: ArmFailure;
  /** Nothing of it is left to take back. */
  readonly isBack?: true;
}

export interface UndoPlan {
  readonly changes: readonly Change[];
  readonly conflicts: readonly Conflict[];
  readonly left: readonly NotUndone[];
  /** Secrets that are no longer the recorded ones where they are kept: what is there now is written back. */
  readonly rotated: readonly { readonly change: number; readonly path: string }[];
}

export interface UndoOptions {
  /** Only these changes of the run; all of them where it is left out. */
  readonly only?: readonly number[];
  /** Overwrite what somebody changed since; the default keeps theirs. */
  readonly overwrite?: boolean;
  /** Resources that are read at the same time. */
  readonly concurrency?: number;
}

/**
 * From what stands there now back to the recorded values, last change first; what others build on stays while they stay.
 * `forbidden`: changes that the caller may not take back, and why.
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
    conflicts: [] as Conflict[],
    left: [] as NotUndone[],
    rotated: [] as UndoPlan['rotated'][number][],
  };
  const standing: Intent[] = [];
  const now = new Map<string, Body | null>();
  for (const recorded of run.changes.toReversed()) {
    const { intent, state } = recorded;
    if (intent.undoes?.run === run.run || state === 'failed') continue;
    if (options.only && !options.only.includes(intent.change)) {
      if (state !== 'undone' && intent.undo !== 'none') standing.push(intent);
      continue;
    }
    const { change, app, resource } = intent;
    const leave = (reason: string, failure?: ArmFailure) =>
      void plan.left.push({ change, app, resource, reason, ...(failure ? { failure } : {}) });
    const isBack = (reason: string) => void plan.left.push({ change, app, resource, reason, isBack: true });
    const target = targetOf(recorded, run);
    const obstacle = obstacleTo(recorded, target, arm);
    if (obstacle !== undefined || !target) {
      leave(obstacle ?? '');
      continue;
    }
    const later = standing.find((one) => buildsOn(one, intent));
    if (later) {
      leave(`change ${later.change} builds on it and stays as it is`);
      standing.push(intent);
      continue;
    }
    const refused = forbidden.get(intent.change);
    if (refused) {
      leave(refused.message, refused);
      standing.push(intent);
      continue;
    }
    const known = now.get(intent.resource);
    const fact = known === undefined ? facts.get(intent.resource) : { state: 'read' as const, body: known };
    if (fact?.state !== 'read') {
      leave(fact?.failure.message ?? 'it could not be read', fact?.failure);
      standing.push(intent);
      continue;
    }
    now.set(intent.resource, fact.body);
    const { secret } = arm.describe(target, intent.key, instanceOf(intent));
    const found = await Promise.all(Object.keys(intent.after).map((path) => lineOf(recorded, path, fact.body, secret, run.run)));
    const isOurs = ({ line, ours }: Found) => shows(line.before, ours);
    if (state === 'undone' && !found.some(isOurs)) {
      isBack(`already taken back by ${recorded.undoneBy ?? 'another run'}`);
      continue;
    }
    const foreign = found.filter((one) => !isOurs(one) && !same(one.line.before, one.line.after));
    plan.conflicts.push(
      ...foreign.map(({ line, ours, before }) => ({
        change: intent.change,
        resource: intent.resource,
        path: line.path,
        before,
        ours,
        now: shownBefore(line),
      })),
    );
    const lines = found
      // A value that is missing and one that behaves the same need no request.
      .filter(({ line }) => !same(line.before, line.after) && !(line.before === null && same(line.absent, line.after)))
      .filter((one) => options.overwrite || !foreign.includes(one))
      .map(({ line }) => line);
    const kept = foreign.length > 0 && !options.overwrite;
    if (kept) standing.push(intent);
    plan.rotated.push(...(await rotatedIn(recorded, lines, run.run, target, arm)));
    if (lines.length > 0) {
      const undoes = { run: run.run, change: intent.change, whole: !kept };
      const after = run.changes
        .filter((one) => buildsOn(one.intent, intent))
        .map(({ intent: one }) => (one.instance ? `${one.key} ${one.resource}` : one.key));
      plan.changes.push(undoChange(recorded, undoes, target, lines, fact.body, after, arm));
      // An earlier change of the same value finds what this one leaves.
      now.set(intent.resource, lines.reduce(afterLine, fact.body));
    } else if (kept) leave('changed by someone else since; theirs is kept');
    else isBack('has its recorded value already');
  }
  return plan;
}

/** What stands there now of all that may be taken back, each resource once. */
export async function factsOf(
  run: RecordedRun,
  arm: ArmReader,
  { only, concurrency = 1 }: UndoOptions,
): Promise<ReadonlyMap<string, Fact>> {
  const wanted = new Map<string, readonly [Intent, Target]>();
  for (const recorded of run.changes) {
    const { intent, state } = recorded;
    const target = targetOf(recorded, run);
    const isOut = intent.undoes?.run === run.run || state === 'failed' || (only && !only.includes(intent.change));
    if (!isOut && target && obstacleTo(recorded, target, arm) === undefined) wanted.set(intent.resource, [intent, target]);
  }
  const read = await mapLimited(
    [...wanted],
    concurrency,
    async ([id, [intent, target]]) => [id, await readOne(intent, target, arm)] as const,
  );
  return new Map(read);
}

const readOne = (intent: Intent, target: Target, arm: ArmReader): Promise<Fact> => arm.readOne(target, intent.key, instanceOf(intent));

const targetOf = ({ intent }: RecordedChange, { start }: RecordedRun): Target | undefined =>
  start.targets.find(({ id }) => id === intent.target);

/** Why a change is not taken back, as far as the undo log alone tells. */
function obstacleTo({ intent }: RecordedChange, target: Target | undefined, arm: ArmReader): string | undefined {
  if (!arm.knows(intent.key)) return `this version knows no resource called ${intent.key}`;
  if (target && !belongs(intent, target, arm))
    return 'the undo log names a resource that does not belong to this app; nothing is written there';
  return intent.undo === 'none' || !target ? 'cannot be taken back; this was said before it was applied' : undefined;
}

const afterLine = (body: Body | null, { path, after }: DiffLine): Body | null =>
  path === '' ? (after as Body | null) : withValue(body ?? {}, path, after);

/** Whether a recorded resource is one that a change of this app can have written: its own, or one of its subscription that is no other app. */
function belongs({ instance, key, resource }: Intent, target: Target, arm: ArmReader): boolean {
  const [id, own] = [resource.toLowerCase(), target.id.toLowerCase()];
  if (!instance) return id === arm.describe(target, key).id.toLowerCase();
  if (!id.startsWith(`/subscriptions/${target.subscriptionId.toLowerCase()}/`) || id.includes('/../')) return false;
  return !/\/providers\/microsoft\.web\/sites\//.test(id) || id.startsWith(`${own}/`);
}

/** Whether a change needs what an earlier one made; what an earlier one took away nobody builds on. */
const buildsOn = (later: Intent, earlier: Intent): boolean =>
  earlier.method !== 'DELETE' &&
  later.change !== earlier.change &&
  (later.builtOn ?? []).some(
    (one) =>
      (one === earlier.key && later.target === earlier.target) || one.toLowerCase() === `${earlier.key} ${earlier.resource}`.toLowerCase(),
  );

/** Which of the values that undo fetches are no longer the recorded ones: known by their digests. */
async function rotatedIn(
  { intent }: RecordedChange,
  lines: readonly DiffLine[],
  run: string,
  target: Target,
  arm: ArmWriter,
): Promise<{ change: number; path: string }[]> {
  const found = lines
    .filter(({ late }) => late)
    .map(async ({ path, after }) => {
      try {
        const { value } = await resolved(after, arm, target);
        return (await digestOf(run, value)) === intent.before[path] ? [] : [{ change: intent.change, path }];
      } catch (error) {
        if (!(error instanceof ArmFailure)) throw error;
        return []; // It is read again when it is sent, and says then what is wrong.
      }
    });
  return (await Promise.all(found)).flat();
}

function undoChange(
  { intent }: RecordedChange,
  undoes: Undoes,
  target: Target,
  diff: readonly DiffLine[],
  body: Body | null,
  after: readonly string[],
  arm: ArmWriter,
): Change {
  const { secret, restarts } = arm.describe(target, intent.key, instanceOf(intent));
  return {
    ...shownRequest(arm, target, intent.key, body, diff, secret, instanceOf(intent)),
    ...(intent.instance ? { of: intent.resource } : {}),
    target,
    steps: [...new Set([intent.step, ...intent.controls.flatMap((id) => (id.includes('.') ? [id.split('.')[0] as string] : []))])],
    controls: intent.controls,
    key: intent.key,
    resource: intent.resource,
    diff,
    // Giving access back shuts nobody out; a restart is all that is left of the risk then.
    risk: closesSomething(intent.key, diff) ? 'lock-out' : intent.risk === 'lock-out' ? 'disruptive' : intent.risk,
    undo: diff.some(({ sensitive }) => sensitive) ? 'none' : diff.some(({ before }) => before === null) ? 'equivalent' : 'exact',
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

/** The change that takes `change` back, for rolling back in the run that made it; a secret is still in memory then. */
export function inverseOf(change: Change, undoes: Undoes, arm: ArmWriter): Change {
  const { secret } = arm.describe(change.target, change.key, change.of);
  const diff = change.diff.map((line): DiffLine => {
    const now = {
      path: line.path,
      before: line.after,
      sensitive: false,
      own: true as const,
      ...(line.absent === undefined ? {} : { absent: line.absent }),
    };
    return line.sensitive ? { ...now, after: line.before, secretAfter: true } : { ...now, after: restoreValue(line) };
  });
  return { ...change, ...shownRequest(arm, change.target, change.key, null, diff, secret, change.of), diff, undoes, needs: [], proofs: [] };
}
