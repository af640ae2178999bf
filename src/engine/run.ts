import { applyChange, LOG_BROKE, type ApplyResult, type Tools } from './apply.ts';
import { waitsFor } from './changes.ts';
import { inverseOf } from './undo.ts';
import { EXIT, exitOf, worst, type ExitCode } from './errors.ts';
import type { Change } from './plan.ts';
import { ArmFailure, type Locks, type Target } from './ports.ts';
import type { RunEnd, RunStart, RunState, Work } from './journal.ts';

export type OnFailure = 'stop' | 'rollback' | 'continue';

/** What a host shows while a run goes on; `replay --json` prints these. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly run: string; readonly apps: readonly string[] }
  | { readonly type: 'change-start'; readonly change: number; readonly of: number; readonly what: Change }
  /** A change takes long: what is waited for, and for how many milliseconds so far. */
  | { readonly type: 'change-wait'; readonly change: number; readonly waitsFor: string; readonly elapsed: number }
  | { readonly type: 'change-end'; readonly change: number; readonly what: Change; readonly result: ApplyResult }
  | { readonly type: 'rolled-back'; readonly change: number; readonly what: Change; readonly result: ApplyResult }
  | { readonly type: 'app-failed'; readonly app: string; readonly message: string; readonly next: readonly string[] }
  | ({ readonly type: 'run-end'; readonly run: string } & Omit<RunEnd, 'type' | 'at'>);

export interface AppChanges {
  readonly target: Target;
  readonly changes: readonly Change[];
  /** What was decided, where it was decided: an undo has none. */
  readonly work?: Work;
}

export interface RunInput {
  readonly apps: readonly AppChanges[];
  readonly onFailure: OnFailure;
  /** One app's failure ends the run for the others too. */
  readonly stopOnFailure?: boolean;
  readonly start: Omit<RunStart, 'type' | 'at' | 'run' | 'targets'>;
  readonly locks: Locks;
  /** Number of the last change that the run made before it was cut off. */
  readonly lastChange?: number;
  /** What failed before anything was sent: apps that are not there, controls that could not be read. */
  readonly failedBefore?: number;
  readonly notify: (event: RunEvent) => void;
  /** Marks a change of an earlier run as taken back. */
  readonly markUndone?: (change: Change, by: string) => Promise<void>;
}

export interface RunSummary extends Omit<RunEnd, 'type' | 'at'> {
  readonly run: string;
  readonly exitCode: ExitCode;
}

/** What one run comes to, as it goes. */
class Tally {
  applied = 0;
  verified = 0;
  failed: number;
  skipped = 0;
  /** Changes are numbered through the whole run. */
  number: number;
  readonly codes: ExitCode[] = [];
  /** The undo log can no longer be written: nothing more is sent, whatever was asked for. */
  logBroke = false;

  constructor(failedBefore: number, lastChange: number) {
    this.failed = failedBefore;
    this.number = lastChange;
  }

  fail(code: ExitCode, left: number): void {
    this.failed += 1;
    this.skipped += left;
    this.codes.push(code);
  }
}

/** Applies the changes of each app in order, app by app, every step of it in the journal. */
export async function runChanges(input: RunInput, tools: Tools): Promise<RunSummary> {
  const { journal, clock, signal } = tools;
  const tally = new Tally(input.failedBefore ?? 0, input.lastChange ?? 0);
  const total = tally.number + input.apps.reduce((sum, { changes }) => sum + changes.length, 0);
  const targets = input.apps.map(({ target }) => target);
  await journal.append({ ...input.start, type: 'run-start', at: clock.now().toISOString(), run: journal.run, targets });
  input.notify({ type: 'run-start', run: journal.run, apps: targets.map(({ label }) => label) });
  for (const { target, changes } of input.apps) {
    if (signal?.aborted || tally.logBroke || (input.stopOnFailure && tally.failed > 0)) tally.skipped += changes.length;
    else await runApp(target, changes, total, tally, input, tools);
  }
  const stopped = signal?.aborted === true;
  const { applied, verified, failed, skipped } = tally;
  const state: RunState = stopped ? 'stopped' : failed === 0 ? 'done' : applied > 0 ? 'partial' : 'failed';
  const end = { applied, verified, failed, skipped, state };
  try {
    await journal.append({ ...end, type: 'run-end', at: clock.now().toISOString() });
    await journal.close();
  } catch (error) {
    tally.codes.push(EXIT.failed);
    input.notify({ type: 'app-failed', app: '', ...told(error) });
  }
  input.notify({ ...end, type: 'run-end', run: journal.run });
  return { ...end, run: journal.run, exitCode: exitCodeOf(tally, stopped) };
}

function exitCodeOf({ applied, verified, failed, codes }: Tally, stopped: boolean): ExitCode {
  if (stopped || (applied > 0 && (failed > 0 || codes.length > 0 || verified < applied))) return EXIT.partial;
  return failed > 0 || codes.length > 0 ? worst([EXIT.failed, ...codes].slice(codes.length > 0 ? 1 : 0)) : EXIT.ok;
}

async function runApp(
  target: Target,
  changes: readonly Change[],
  total: number,
  tally: Tally,
  input: RunInput,
  tools: Tools,
): Promise<void> {
  let release: () => Promise<void>;
  try {
    release = await input.locks.hold(target, tools.journal.run);
  } catch (error) {
    tally.fail(EXIT.failed, changes.length - 1);
    return input.notify({ type: 'app-failed', app: target.label, ...told(error) });
  }
  const done: { change: Change; number: number }[] = [];
  const broken: Change[] = [];
  // What could not be taken back, and so what it builds on stays too.
  const stuck: Change[] = [];
  try {
    for (const [index, change] of changes.entries()) {
      if (tools.signal?.aborted) {
        tally.skipped += changes.length - index;
        return;
      }
      const number = (tally.number += 1);
      input.notify({ type: 'change-start', change: number, of: total, what: change });
      const onWait = (waitsFor: string, elapsed: number) => input.notify({ type: 'change-wait', change: number, waitsFor, elapsed });
      const lacking = broken.find((other) => waitsFor(change, other));
      const result = lacking ? depends(lacking) : await applyChange(change, number, { ...tools, onWait });
      input.notify({ type: 'change-end', change: number, what: change, result });
      if (result.state === 'applied') {
        tally.applied += 1;
        // A call shows nothing that could be read back; that it was taken is all there is to know.
        if (result.verified === 'shown' || change.call !== undefined) tally.verified += 1;
        done.push({ change, number });
        // Taken, but not to be seen: nothing is built on it.
        if (result.verified !== 'shown' && change.call === undefined) broken.push(change);
      } else if (result.state === 'already') tally.skipped += 1;
      if (result.state === 'applied' || result.state === 'already') {
        await markUndone(change, tally, input, tools);
        continue;
      }
      broken.push(change);
      if (result.state === 'failed' && result.takeBack) {
        tally.applied += 1;
        await rollBack([{ change, number }], stuck, tally, input, tools);
      }
      const left = changes.length - index - 1;
      tally.logBroke = result.state === 'failed' && result.failure.code === LOG_BROKE;
      const goesOn = input.onFailure === 'continue' && !tally.logBroke;
      tally.fail(result.state === 'failed' ? exitOf(result.failure) : EXIT.failed, goesOn ? 0 : left);
      if (goesOn) continue;
      if (tally.logBroke) return;
      if (input.onFailure === 'rollback') await rollBack(done, stuck, tally, input, tools);
      return;
    }
  } finally {
    await release();
  }
}

/** What this one builds on is not there. */
const depends = (on: Change): ApplyResult => ({
  state: 'failed',
  sent: false,
  failure: new ArmFailure({
    kind: 'conflict',
    code: 'DependsOnFailed',
    message: `It was not sent, because it hangs together with a change that did not go through: ${on.resource}.`,
    next: 'Mend that one first, then run it again.',
  }),
});

/** Says in the earlier run's journal that a change was taken back; that this fails does not undo the undo. */
async function markUndone(change: Change, tally: Tally, input: RunInput, { journal }: Tools): Promise<void> {
  if (!change.undoes?.whole) return;
  try {
    await input.markUndone?.(change, journal.run);
  } catch (error) {
    tally.codes.push(EXIT.failed);
    input.notify({ type: 'app-failed', app: change.target.label, ...told(error) });
  }
}

const told = (error: unknown): { message: string; next: readonly string[] } => ({
  message: error instanceof Error ? error.message : String(error),
  next: (error as { next?: readonly string[] }).next ?? [],
});

/** Takes back what this run did to one app, last change first; what a change builds on stays where that change stays. */
async function rollBack(
  done: readonly { change: Change; number: number }[],
  stuck: Change[],
  tally: Tally,
  input: RunInput,
  tools: Tools,
): Promise<void> {
  for (const { change, number: undone } of done.toReversed()) {
    if (!change.reversible || change.call !== undefined) continue;
    const inverse = inverseOf(change, { run: tools.journal.run, change: undone, whole: true }, tools.arm);
    const later = stuck.find((other) => waitsFor(other, change));
    const result = later ? depends(later) : await applyChange(inverse, (tally.number += 1), tools);
    input.notify({ type: 'rolled-back', change: undone, what: inverse, result });
    if (result.state !== 'applied' && result.state !== 'already') {
      stuck.push(change);
      continue;
    }
    await tools.journal.append({ type: 'undo', at: tools.clock.now().toISOString(), change: undone, by: tools.journal.run });
    tally.applied -= 1;
    tally.verified = Math.min(tally.verified, tally.applied);
  }
}
