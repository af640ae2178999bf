/** What a run says while it goes on, and at its end. */
import type { Invocation } from '../cli/invocation.ts';
import type { Ending } from '../engine/run/outcome.ts';
import type { RunSummary } from '../engine/run/run.ts';
import { eventJson } from '../report/event-json.ts';
import { safeJson } from '../text/plain.ts';
import { ansiLine } from '../text/spans.ts';
import { closingLines } from '../view/outcome-lines.ts';
import { printed } from '../view/printed.ts';
import { eventLines } from '../view/run-lines.ts';
import type { RunEvent } from '../engine/run/run-events.ts';

/** Prints events as they come: NDJSON on stdout, or lines on stderr. */
export function eventPrinter({ io, options }: Invocation): (event: RunEvent) => void {
  if (options.json) return (event) => io.out(`${safeJson(eventJson(event))}\n`);
  if (options.quiet) return () => {};
  return (event) => {
    for (const one of eventLines(event, io.errLook)) io.err(`${ansiLine(one, io.errLook.colour)}\n`);
  };
}

/** Prints the closing lines of a text run; the closing word is at the start of the last one. */
export function printClosing({ io, options }: Invocation, ending: Ending): void {
  if (!options.json) io.out(`${printed(closingLines(ending), io.outLook.colour)}\n`);
}

/** Why the apps behind the canary were left alone, and what to do next. */
export function printHeld({ io }: Invocation, { held, run, applied }: RunSummary): void {
  if (!held) return;
  const others = `the other ${held.apps === 1 ? 'app was' : `${held.apps} apps were`} not touched`;
  const back = applied > 0 ? [`Take back what is applied: func-harden undo ${run}`] : [];
  const lines =
    held.why === 'canary'
      ? [
          `ERROR: The canary did not come through, so ${others}.`,
          `  What happened: func-harden history ${run}`,
          ...back.map((one) => `  ${one}`),
          '  Mend what failed, then run the same replay again: what is in place is not sent twice.',
        ]
      : [`NOTE: As you chose, ${others}.`, `  Go on with the rest: func-harden resume ${run}`, ...back.map((one) => `  ${one}`)];
  io.err(`${lines.join('\n')}\n`);
}
