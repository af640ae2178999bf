/** The outcome of a run. This is the only place that gives its closing word and its exit code, for every host, command and report. */
import { EXIT, worst, type ExitCode } from '../errors.ts';
import { changesLeft, ownChanges, type RecordedChange, type RecordedRun, type RunStart, type RunState } from '../../change/undo-log.ts';

/** The closing words. They are public: scripts search for them at the start of the last line. */
const CLOSING_WORDS = [
  'APPLIED',
  'APPLIED, NOT VERIFIED',
  'STOPPED',
  'PARTLY FAILED',
  'FAILED',
  'UNDONE',
  'PARTLY UNDONE',
  'NOTHING TO DO',
] as const;
export type ClosingWord = (typeof CLOSING_WORDS)[number];

/** A run that has just ended, or a job without anything to send. */
export interface Ending {
  /** null where nothing was sent, so that there is no run. */
  readonly run: string | null;
  readonly mode: RunStart['mode'];
  readonly applied: number;
  readonly verified: number;
  /** The number of applied changes that Azure accepted and that have nothing to read back, such as a new key. */
  readonly accepted?: number;
  readonly failed: number;
  /** The failures among `failed` that are no requests: controls and apps that could not be planned. */
  readonly failedBefore?: number;
  readonly skipped: number;
  /** The number of changes that an undo leaves as they are: one-way, refused, or changed by someone else since. */
  readonly kept?: number;
  /** In an undo that sent nothing: the number of changes that have their earlier values already. */
  readonly alreadyBack?: number;
  /** In a resumed run: the number of applied changes that were applied before it was resumed. */
  readonly appliedBefore?: number;
  /** The number of changes that an undo may revert: they are applied, or may be. */
  readonly left: number;
  readonly state: RunState;
  /** Set where it changed the sample subscription of a demo, which is gone when the command ends. */
  readonly demo?: 'wizard' | 'headless';
  /** The exit code, which includes failures outside the changes, so that it never contradicts the closing word. */
  readonly exitCode: ExitCode;
}

/** Returns the closing word of a run that has just ended, or of a run in the undo log as it is now. */
export const outcomeOf = (run: Ending | RecordedRun): ClosingWord => ('changes' in run ? recordedWord(run) : endingWord(run));

function endingWord({ run, mode, applied, verified: read, accepted = 0, failed, kept = 0, state, exitCode }: Ending): ClosingWord {
  const verified = read + accepted;
  if (state === 'stopped' || state === 'open') return 'STOPPED';
  const isClean = failed === 0 && exitCode === EXIT.ok;
  // No change is known to be applied, but a change may be, or an earlier run applied some.
  if (applied === 0 && (state === 'partial' || (run !== null && exitCode === EXIT.partial)))
    return mode === 'undo' ? 'PARTLY UNDONE' : 'PARTLY FAILED';
  if (applied === 0) return isClean ? 'NOTHING TO DO' : 'FAILED';
  if (mode === 'undo') return isClean && kept === 0 && verified >= applied ? 'UNDONE' : 'PARTLY UNDONE';
  if (failed > 0 || state !== 'done') return 'PARTLY FAILED';
  return verified >= applied ? (isClean ? 'APPLIED' : 'PARTLY FAILED') : 'APPLIED, NOT VERIFIED';
}

function recordedWord(recorded: RecordedRun): ClosingWord {
  const { run, start, end, state, damage } = recorded;
  // Changes that a run rolled back itself do not count as "undone".
  const own = ownChanges(recorded);
  const isTakenBack = ({ undoneBy, partlyUndoneBy }: RecordedChange) =>
    (undoneBy !== undefined && undoneBy !== run) || partlyUndoneBy !== undefined;
  if (own.some(isTakenBack)) return own.some(stays) || damage ? 'PARTLY UNDONE' : 'UNDONE';
  const applied = own.filter((one) => one.state === 'applied');
  const verified = applied.filter(isVerified).length;
  const failed = end?.failed ?? 0;
  const { kept } = end ?? {};
  // A change whose lines are damaged may be applied.
  const codes = damage ? [EXIT.partial] : [];
  const exitCode = exitCodeOf({ applied: applied.length, verified, failed, codes }, false);
  const counts = {
    applied: applied.length,
    verified,
    failed,
    skipped: end?.skipped ?? 0,
    left: changesLeft(recorded).length,
    ...(kept === undefined ? {} : { kept }),
  };
  return endingWord({ run, mode: start.mode, ...counts, state: damage && state === 'done' ? 'partial' : state, exitCode });
}

/** Whether a change is applied in Azure, or may be. */
const stays = ({ state, partlyUndoneBy }: RecordedChange): boolean =>
  state === 'applied' || state === 'unknown' || (state !== 'undone' && partlyUndoneBy !== undefined);

/** Whether a change is verified. A call has nothing to read back, so its acceptance counts. */
export const isVerified = ({ verified, intent }: RecordedChange): boolean => verified?.state === 'shown' || intent.call !== undefined;

interface Counted {
  readonly applied: number;
  readonly verified: number;
  readonly failed: number;
  /** The exit code of each failure. */
  readonly codes: readonly ExitCode[];
}

/** Returns the exit code of a run: 5 where some of it is applied and not everything is done and verified. */
export function exitCodeOf({ applied, verified, failed, codes }: Counted, stopped: boolean): ExitCode {
  // A change that may have been applied counts as applied.
  if (codes.includes(EXIT.partial) || (applied > 0 && (stopped || failed > 0 || codes.length > 0 || verified < applied)))
    return EXIT.partial;
  return stopped || failed > 0 || codes.length > 0 ? worst(codes.length > 0 ? codes : [EXIT.failed]) : EXIT.ok;
}

/** Returns the ending of a resume that sent nothing and leaves the run as it was. `earlier`: the changes that the run has applied. */
export function endingAsBefore(recorded: RecordedRun, earlier: readonly RecordedChange[], failed: number, code: ExitCode): Ending {
  const { run, start, state } = recorded;
  const accepted = earlier.filter(({ intent }) => intent.call !== undefined).length;
  const verified = earlier.filter(isVerified).length;
  const applied = earlier.length;
  const isStopped = state === 'open' || state === 'stopped';
  return {
    run,
    mode: start.mode === 'undo' ? 'undo' : 'resume',
    applied,
    verified: verified - accepted,
    ...(accepted > 0 ? { accepted } : {}),
    failed,
    ...(failed > 0 ? { failedBefore: failed } : {}),
    skipped: 0,
    ...(applied > 0 ? { appliedBefore: applied } : {}),
    left: changesLeft(recorded).length,
    state: isStopped ? 'stopped' : applied > 0 ? 'partial' : 'failed',
    exitCode: exitCodeOf({ applied, verified, failed, codes: [code] }, isStopped),
  };
}

/** Returns the ending of a job that sent nothing. `code`: the result of what went wrong before. */
export const endingWithoutRun = (mode: RunStart['mode'], failed: number, code: ExitCode, kept = 0, alreadyBack = 0): Ending => ({
  run: null,
  mode,
  applied: 0,
  verified: 0,
  failed,
  skipped: 0,
  ...(kept > 0 ? { kept } : {}),
  ...(alreadyBack > 0 ? { alreadyBack } : {}),
  left: 0,
  state: failed === 0 && code === EXIT.ok ? 'done' : failed === 0 && kept > 0 && alreadyBack > 0 ? 'partial' : 'failed',
  exitCode: code,
});
