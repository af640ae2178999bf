import type { ApplyResult, Tools } from './apply.ts';
import { EXIT, worst, type ExitCode } from './errors.ts';
import type { Change } from './plan.ts';
import type { Locks, Target } from './ports.ts';
import type { RunEnd, RunStart, RunState, Work } from './journal.ts';
import { mapLimited } from './limited.ts';
import { runApp, Tally, told } from './run-app.ts';
import { turnsAmong } from './turns.ts';
import { Written } from './written.ts';

export type OnFailure = 'stop' | 'rollback' | 'continue';

/** What a host shows while a run goes on; `replay --json` prints these. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly run: string; readonly apps: readonly string[] }
  | { readonly type: 'change-start'; readonly change: number; readonly of: number; readonly what: Change }
  /** A change takes long: what is waited for, and for how many milliseconds so far. */
  | { readonly type: 'change-wait'; readonly change: number; readonly app: string; readonly waitsFor: string; readonly elapsed: number }
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
  /** Apps that are worked on at the same time; the changes of one stay in order. */
  readonly concurrency?: number;
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

/** Applies the changes of each app in order, the apps side by side, every step of it in the journal. */
export async function runChanges(input: RunInput, given: Tools): Promise<RunSummary> {
  const tools = { ...given, written: new Written() };
  const { journal, clock, signal } = tools;
  const tally = new Tally(
    input.failedBefore ?? 0,
    input.lastChange ?? 0,
    input.apps.map(({ changes }) => changes.length),
  );
  const targets = input.apps.map(({ target }) => target);
  await journal.append({ ...input.start, type: 'run-start', at: clock.now().toISOString(), run: journal.run, targets });
  input.notify({ type: 'run-start', run: journal.run, apps: targets.map(({ label }) => label) });
  const turnOf = turnsAmong(input.apps.map(({ changes }) => changes));
  await mapLimited(input.apps, input.concurrency ?? 1, async (app) => {
    if (signal?.aborted || tally.isOver || (input.stopOnFailure && tally.failed > 0)) tally.skipped += app.changes.length;
    else await runApp(app, turnOf(app.changes), tally, input, tools);
  });
  // Only now, when nothing is in flight any more.
  if (tally.crash) throw tally.crash.error;
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
