/** The part of a run in one app: its changes in order, and the reaction to a failure. */
import { applyChange, LOCK_LOST, type ApplyResult, type Tools } from './apply.ts';
import { LOG_BROKE } from './log-failures.ts';
import { waitsFor, waitsForResource } from '../plan/changes.ts';
import { EXIT, exitOf, type ExitCode } from '../errors.ts';
import { isWrittenAgain, type RecordedChange } from '../../change/undo-log.ts';
import type { Change, Undoes } from '../../change/change.ts';
import { ArmFailure } from '../ports.ts';
import type { AppChanges, RunInput } from './run-input.ts';
import type { ResourceQueue } from './resource-queue.ts';
import { inverseOf } from '../past/undo.ts';

/** The counts of a run in progress. The apps of a run share them. */
export class Tally {
  applied = 0;
  verified = 0;
  /** The number of verified changes that Azure accepted and that have no value to read back. */
  accepted = 0;
  /** The changes that are applied, or may be, and that no undo can revert. */
  oneWay = 0;
  failed: number;
  skipped = 0;
  /** Whether a signal kept a change from being sent. */
  isCut = false;
  /** The number of changes that may have happened: Azure did not report how they ended. */
  unknown = 0;
  /** The number of changes in the run so far. A rollback adds changes. */
  total: number;
  readonly codes: ExitCode[] = [];
  /** Changes of all apps that failed, were not sent, or do not show. A change that depends on one of them is not sent. */
  readonly broken: Change[] = [];
  /** The changes that a resumed run had applied before, by resource, without those that were written again since. */
  readonly #earlier: Map<string, RecordedChange[]>;
  /** Set where the undo log can no longer be written, so that nothing more is sent. */
  logBroke = false;
  /** An unexpected error. The apps in progress end at their next change. */
  crash: { readonly error: unknown } | undefined;
  #number: number;

  constructor(failedBefore: number, lastChange: number, counts: readonly number[], earlier: readonly RecordedChange[] = []) {
    this.failed = failedBefore;
    this.#earlier = Map.groupBy(earlier, ({ intent }) => intent.resource.toLowerCase());
    this.#number = lastChange;
    this.total = counts.reduce((sum, count) => sum + count, lastChange);
  }

  get isOver(): boolean {
    return this.logBroke || this.crash !== undefined;
  }

  /** The changes that were applied before the run was resumed, and that no later change wrote again. */
  get earlier(): readonly RecordedChange[] {
    return [...this.#earlier.values()].flat();
  }

  writtenAgain({ resource, diff }: Change): void {
    const key = resource.toLowerCase();
    const before = this.#earlier.get(key);
    if (before)
      this.#earlier.set(
        key,
        before.filter(({ intent }) => !isWrittenAgain(intent, resource, diff)),
      );
  }

  /** Returns the next change number. Changes are numbered through the whole run, in the order in which they begin. */
  next(): number {
    return (this.#number += 1);
  }

  skip(count: number, signal?: AbortSignal): void {
    this.skipped += count;
    this.isCut ||= signal?.aborted === true && count > 0;
  }

  /** `left`: the changes of the app that are not sent either. */
  fail(code: ExitCode, left: readonly Change[]): void {
    this.failed += 1;
    this.skipped += left.length;
    this.broken.push(...left);
    this.codes.push(code);
  }
}

interface Done {
  readonly change: Change;
  readonly number: number;
  readonly verified: boolean;
}

/** Runs the changes of one app. It never rejects: failures are in the tally. */
export async function runApp(
  { target, changes }: AppChanges,
  turn: ResourceQueue,
  tally: Tally,
  input: RunInput,
  tools: Tools,
): Promise<void> {
  try {
    const release = await input.locks.hold(target, tools.journal.run).catch((error: unknown) => {
      tally.broken.push(...changes.slice(0, 1));
      tally.fail(EXIT.failed, changes.slice(1));
      input.notify({ type: 'app-failed', app: target.label, ...describeError(error) });
    });
    if (!release) return;
    try {
      const assertHeld = async () => {
        await tools.assertHeld?.();
        await release.assertHeld();
      };
      await inOrder(changes, turn, tally, input, { ...tools, assertHeld });
    } finally {
      await release();
    }
  } catch (error) {
    tally.crash ??= { error };
  } finally {
    turn.releaseAllBut([]);
  }
}

async function inOrder(changes: readonly Change[], turn: ResourceQueue, tally: Tally, input: RunInput, tools: Tools): Promise<void> {
  const done: Done[] = [];
  // Changes that could not be rolled back. The changes that they depend on stay too.
  const stuck: Change[] = [];
  for (const [index, change] of changes.entries()) {
    const left = changes.slice(index + 1);
    // Resources that may still be rolled back stay reserved until the end.
    if (input.onFailure !== 'rollback') turn.releaseAllBut([change, ...left]);
    await turn.waitFor(change);
    if (tools.signal?.aborted || tally.isOver) {
      tally.skip(left.length + 1, tools.signal);
      return;
    }
    const number = tally.next();
    input.notify({ type: 'change-start', change: number, of: tally.total, what: change });
    const onWait = (waitsFor: string, elapsed: number) =>
      input.notify({ type: 'change-wait', change: number, app: change.target.label, waitsFor, elapsed });
    // An undo deletes nothing that another app still uses.
    const lacking = tally.broken.find((other) =>
      other.target.id === change.target.id ? waitsFor(change, other) : change.undoes !== undefined && waitsForResource(change, other),
    );
    const result = lacking ? dependencyFailure(lacking) : await applyChange(change, number, { ...tools, onWait });
    input.notify({ type: 'change-end', change: number, what: change, result });
    const oneWay = (change.undoOnceUnlocked ?? change.undo) === 'none' ? 1 : 0;
    const sent = (result.state === 'applied' || result.state === 'failed') && result.diff ? { ...change, diff: result.diff } : change;
    if (result.state === 'applied') {
      // A call has no value to read back, so only its acceptance is known.
      const verified = (result.verified === 'shown' && !result.lost) || change.call !== undefined;
      tally.applied += 1;
      tally.oneWay += oneWay;
      tally.writtenAgain(sent);
      if (verified) tally.verified += 1;
      if (change.call !== undefined) tally.accepted += 1;
      done.push({ change: sent, number, verified });
      // Azure accepted the change, but a read does not show it, so no change that depends on it is sent.
      if (!verified) tally.broken.push(change);
    } else if (result.state === 'already') tally.skipped += 1;
    if (result.state === 'applied' || result.state === 'already') {
      await markUndone(change, tally, input, tools);
      continue;
    }
    tally.broken.push(change);
    if (result.state === 'failed' && result.takeBack) {
      tally.applied += 1;
      await rollBack([{ change: sent, number, verified: false }], stuck, tally, input, tools);
    }
    const logBroke = result.state === 'failed' && result.failure.code === LOG_BROKE;
    tally.logBroke ||= logBroke;
    // Another process works on the app now, so nothing more is written to it, not even to revert a change.
    const isLost = result.state === 'failed' && result.failure.code === LOCK_LOST;
    // A change that may have been applied counts as applied until a read shows otherwise, and a rollback reverts it.
    const isUnknown = result.state === 'failed' && result.unknown === true;
    if (isUnknown) {
      tally.unknown += 1;
      tally.oneWay += oneWay;
    }
    if (isUnknown && input.onFailure === 'rollback' && change.call === undefined) {
      tally.applied += 1;
      done.push({ change: sent, number, verified: false });
    }
    const continues = input.onFailure === 'continue' && !logBroke && !isLost;
    tally.fail(isUnknown ? EXIT.partial : result.state === 'failed' ? exitOf(result.failure) : EXIT.failed, continues ? [] : left);
    if (continues) continue;
    if (!logBroke && !isLost && input.onFailure === 'rollback') await rollBack(done, stuck, tally, input, tools);
    return;
  }
}

const dependencyFailure = (on: Change): ApplyResult => ({
  state: 'failed',
  sent: false,
  failure: new ArmFailure({
    kind: 'conflict',
    code: 'DependsOnFailed',
    message: `This change was not sent, because it depends on a change that failed: ${on.resource}.`,
    next: 'Fix the failed change first, then try again.',
  }),
});

/** Records in the earlier run's journal that a change was reverted, wholly or in part. A failure to record it does not fail the undo. */
async function markUndone(change: Change, tally: Tally, input: RunInput, { journal }: Tools): Promise<void> {
  if (!change.undoes) return;
  try {
    await input.markUndone?.(change, journal.run);
  } catch (error) {
    tally.codes.push(EXIT.failed);
    input.notify({ type: 'app-failed', app: change.target.label, ...describeError(error) });
  }
}

export const describeError = (error: unknown): { message: string; next: readonly string[] } => ({
  message: error instanceof Error ? error.message : String(error),
  // A failure of Azure, for example of a shared undo log, has one next step and not a list.
  next: [(error as { next?: string | readonly string[] }).next ?? []].flat(),
});

/** Returns the reverting change. An id that must not be written keeps only that change from being reverted. */
function inverseOrFailure(change: Change, undoes: Undoes, { arm }: Tools): { change: Change; failed?: ApplyResult } {
  try {
    return { change: inverseOf(change, undoes, arm) };
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return { change, failed: { state: 'failed', sent: false, failure: error } };
  }
}

/** Rolls back the changes of this run in one app, the last first. A change stays where a change that depends on it stays. */
async function rollBack(done: readonly Done[], stuck: Change[], tally: Tally, input: RunInput, tools: Tools): Promise<void> {
  for (const { change, number: undone, verified } of done.toReversed()) {
    if (!change.reversible || change.call !== undefined) continue;
    const inverse = inverseOrFailure(change, { run: tools.journal.run, change: undone, whole: true }, tools);
    const later = stuck.find((other) => waitsFor(other, change));
    tally.total += 1;
    const result = inverse.failed ?? (later ? dependencyFailure(later) : await applyChange(inverse.change, tally.next(), tools));
    input.notify({ type: 'rolled-back', change: undone, what: inverse.change, result });
    if (result.state !== 'applied' && result.state !== 'already') {
      stuck.push(change);
      continue;
    }
    await tools.journal.append({ type: 'undo', at: tools.clock.now().toISOString(), change: undone, by: tools.journal.run });
    tally.applied -= 1;
    if (verified) tally.verified -= 1;
  }
}
