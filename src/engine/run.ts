import { applyChange, type ApplyResult, type Tools } from './apply.ts';
import { inverseOf } from './undo.ts';
import { EXIT, exitOf, worst, type ExitCode } from './errors.ts';
import type { Change } from './plan.ts';
import type { Locks, Target } from './ports.ts';
import type { RunEnd, RunStart, RunState } from './journal.ts';

export type OnFailure = 'stop' | 'rollback' | 'continue';

/** What a host shows while a run goes on; `replay --json` prints these. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly run: string; readonly apps: readonly string[] }
  | { readonly type: 'change-start'; readonly change: number; readonly of: number; readonly what: Change }
  | { readonly type: 'change-end'; readonly change: number; readonly what: Change; readonly result: ApplyResult }
  | { readonly type: 'rolled-back'; readonly change: number; readonly what: Change; readonly result: ApplyResult }
  | { readonly type: 'app-failed'; readonly app: string; readonly message: string; readonly next: readonly string[] }
  | ({ readonly type: 'run-end'; readonly run: string } & Omit<RunEnd, 'type' | 'at'>);

export interface RunInput {
  readonly apps: readonly { readonly target: Target; readonly changes: readonly Change[] }[];
  readonly onFailure: OnFailure;
  /** One app's failure ends the run for the others too. */
  readonly stopOnFailure?: boolean;
  readonly start: Omit<RunStart, 'type' | 'at' | 'run' | 'targets'>;
  readonly locks: Locks;
  readonly notify: (event: RunEvent) => void;
  /** Marks a change of an earlier run as taken back. */
  readonly markUndone?: (change: Change, by: string) => Promise<void>;
}

export interface RunSummary extends Omit<RunEnd, 'type' | 'at'> {
  readonly run: string;
  readonly exitCode: ExitCode;
}

/** Applies the changes of each app in order, app by app, every step of it in the journal. */
export async function runChanges(input: RunInput, tools: Tools): Promise<RunSummary> {
  const { journal, clock, signal } = tools;
  const total = input.apps.reduce((sum, { changes }) => sum + changes.length, 0);
  const counts = { applied: 0, verified: 0, failed: 0, skipped: 0 };
  const codes: ExitCode[] = [];
  let number = 0;
  await journal.append({
    ...input.start,
    type: 'run-start',
    at: clock.now().toISOString(),
    run: journal.run,
    targets: input.apps.map(({ target }) => target),
  });
  input.notify({ type: 'run-start', run: journal.run, apps: input.apps.map(({ target }) => target.label) });

  for (const { target, changes } of input.apps) {
    if (signal?.aborted || (input.stopOnFailure && counts.failed > 0)) {
      counts.skipped += changes.length;
      continue;
    }
    let release: () => Promise<void>;
    try {
      release = await input.locks.hold(target, journal.run);
    } catch (error) {
      counts.failed += 1;
      counts.skipped += changes.length - 1;
      codes.push(EXIT.failed);
      input.notify({
        type: 'app-failed',
        app: target.label,
        message: error instanceof Error ? error.message : String(error),
        next: (error as { next?: string[] }).next ?? [],
      });
      continue;
    }
    const done: { change: Change; number: number }[] = [];
    try {
      for (const [index, change] of changes.entries()) {
        if (signal?.aborted) {
          counts.skipped += changes.length - index;
          break;
        }
        number += 1;
        input.notify({ type: 'change-start', change: number, of: total, what: change });
        const result = await applyChange(change, number, tools);
        input.notify({ type: 'change-end', change: number, what: change, result });
        if (result.state === 'already') counts.skipped += 1;
        if (result.state === 'already' || result.state === 'applied') await undoneMark(change, input, journal.run);
        if (result.state === 'applied') {
          counts.applied += 1;
          if (result.verified !== 'not-shown') counts.verified += 1;
          done.push({ change, number });
          continue;
        }
        if (result.state === 'already') continue;
        counts.failed += 1;
        codes.push(result.state === 'failed' ? exitOf(result.failure) : EXIT.failed);
        if (input.onFailure === 'continue') continue;
        counts.skipped += changes.length - index - 1;
        if (input.onFailure === 'rollback') number = await rollBack(done, number, counts, input, tools);
        break;
      }
    } finally {
      await release();
    }
  }
  const state = stateOf(counts, total, signal?.aborted === true);
  const end = { ...counts, state };
  await journal.append({ ...end, type: 'run-end', at: clock.now().toISOString() });
  await journal.close();
  input.notify({ ...end, type: 'run-end', run: journal.run });
  const unverified = counts.verified < counts.applied;
  const exitCode =
    counts.failed > 0 || signal?.aborted
      ? counts.applied > 0
        ? EXIT.partial
        : signal?.aborted
          ? EXIT.partial
          : worst(codes)
      : unverified
        ? EXIT.partial
        : EXIT.ok;
  return { ...end, run: journal.run, exitCode };
}

async function undoneMark(change: Change, input: RunInput, run: string): Promise<void> {
  if (change.undoes) await input.markUndone?.(change, run);
}

/** Takes back what this run did to one app, last change first. */
async function rollBack(
  done: { change: Change; number: number }[],
  last: number,
  counts: { applied: number; verified: number },
  input: RunInput,
  tools: Tools,
): Promise<number> {
  let number = last;
  for (const { change, number: undone } of done.toReversed()) {
    if (change.undo === 'none') continue;
    number += 1;
    const inverse = inverseOf(change, { run: tools.journal.run, change: undone }, tools.arm);
    const result = await applyChange(inverse, number, tools);
    input.notify({ type: 'rolled-back', change: undone, what: inverse, result });
    if (result.state !== 'applied' && result.state !== 'already') continue;
    await tools.journal.append({ type: 'undo', at: tools.clock.now().toISOString(), change: undone, by: tools.journal.run });
    counts.applied -= 1;
    counts.verified -= 1;
  }
  return number;
}

function stateOf(counts: { applied: number; failed: number; skipped: number }, total: number, stopped: boolean): RunState {
  if (stopped) return 'stopped';
  if (counts.failed === 0) return 'done';
  return counts.applied > 0 && total > 0 ? 'partial' : 'failed';
}
