/** The output of a run, during it and at its end. */
import type { CommandModule, Invocation } from '../../cli/invocation.ts';
import { EXIT, exitOf, UserError } from '../../engine/errors.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { complain } from '../complain.ts';
import { runErrors } from '../errors/runs.ts';
import { isUnfinished, type RecordedRun } from '../../change/undo-log.ts';
import { appliedBefore } from '../../engine/past/resume.ts';
import { endingAsBefore, endingWithoutRun, type Ending } from '../../engine/run/outcome.ts';
import type { RunSummary } from '../../engine/run/run.ts';
import { eventJson } from '../../report/event-json.ts';
import { cleanLine, safeJson } from '../../text/plain.ts';
import { ansiLine } from '../../text/spans.ts';
import { closingLines } from '../../view/outcome-lines.ts';
import { withoutSecrets, printLines } from '../../view/print-lines.ts';
import { eventLines } from '../../view/run-lines.ts';
import type { RunEvent } from '../../engine/run/run-events.ts';
import { hasBegun } from './begun-runs.ts';

const NOT_APPROVED = runErrors.notApproved().entry?.id;

/** Prints events as they come: NDJSON on stdout, or lines on stderr. */
export function eventPrinter({ io, options }: Invocation): (event: RunEvent) => void {
  if (options.json) return (event) => io.out(`${safeJson(eventJson(event))}\n`);
  if (options.quiet) return () => {};
  return (event) => {
    for (const one of eventLines(event, io.errLook)) io.err(`${ansiLine(cleanLine(withoutSecrets(one)), io.errLook.colour)}\n`);
  };
}

/** Prints the closing lines of a text run. The last line begins with the closing word, so it is not wrapped here. */
export function printClosing({ io, options }: Invocation, ending: Ending): void {
  if (!options.json) io.out(`${printLines(closingLines(ending), io.outLook.colour)}\n`);
}

/** Returns the last line of a job in JSON that sent nothing. */
export const runEndJson = ({ run, applied, verified, failed, skipped, state }: Ending): object => ({
  type: 'run-end',
  run,
  applied,
  verified,
  failed,
  skipped,
  state,
});

/**
 * Returns a command whose last line begins with a closing word also where it ends before its run: STOPPED where a signal or a person stopped
 * it, and FAILED after an error, except wrong usage and missing input. An interrupted run that cannot be resumed stays STOPPED, with the counts
 * of its log.
 */
export const closesWithWord =
  (mode: Ending['mode'], run: CommandModule['run'], recordedOf?: (invocation: Invocation) => Promise<RecordedRun>): CommandModule['run'] =>
  async (invocation) => {
    const { io, options, signal } = invocation;
    try {
      return await run(invocation);
    } catch (error) {
      const isDeclined = error instanceof UserError && error.entry?.id === NOT_APPROVED;
      const code = error instanceof UserError ? error.exitCode : error instanceof ArmFailure ? exitOf(error) : EXIT.failed;
      const isUnclosed = !signal.aborted && (code === EXIT.usage || code === EXIT.inputNeeded);
      if (hasBegun(invocation) || options.dryRun || isUnclosed) throw error;
      const isStopped = signal.aborted || isDeclined || mode === 'resume';
      // The error is printed first, because the closing word is in the last line.
      if (!signal.aborted) complain(error, io);
      const recorded = await recordedOf?.(invocation).catch(() => undefined);
      const ending: Ending =
        recorded && isUnfinished(recorded)
          ? endingAsBefore(recorded, appliedBefore(recorded, []), 0, code)
          : {
              // An undo that has ended is counted as an undo, with what it left as it is.
              ...endingWithoutRun(recorded?.start.mode === 'undo' ? 'undo' : mode, isStopped ? 0 : 1, code, recorded?.end?.kept),
              ...(isStopped ? { state: 'stopped' as const } : {}),
            };
      if (options.json) io.out(`${JSON.stringify(runEndJson(ending))}\n`);
      printClosing(invocation, ending);
      if (signal.aborted) throw error;
      return ending.exitCode;
    }
  };

/** Prints why the apps after the canary were not changed, and the next step. */
export function printHeld({ io }: Invocation, { held, run, applied }: RunSummary): void {
  if (!held) return;
  const others = `the other ${held.apps === 1 ? 'app was' : `${held.apps} apps were`} not changed`;
  const back = applied > 0 ? [`Revert the applied changes: func-harden undo ${run}`] : [];
  const lines =
    held.why === 'canary'
      ? [
          `ERROR: The first apps (--canary) failed, so ${others}.`,
          `  Show the changes: func-harden history ${run}`,
          ...back.map((one) => `  ${one}`),
          '  Fix the cause of the failure, then run the same replay again. Values that are already correct are not sent again.',
        ]
      : [
          `NOTE: As you selected, ${others}.`,
          `  Continue with the remaining apps: func-harden resume ${run}`,
          ...back.map((one) => `  ${one}`),
        ];
  io.err(`${lines.join('\n')}\n`);
}
