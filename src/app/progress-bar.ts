/** Progress on stderr: a line that is overwritten on a terminal, and single lines in a log. */
import type { Invocation } from '../cli/invocation.ts';
import { progressLine, waitWords } from '../text/progress-line.ts';

type Waits = (why: string, milliseconds: number, isMost: boolean) => void;

export interface ProgressBar {
  step(): void;
  total(number: number): void;
  /** Prints a line above the bar. */
  say(text: string): void;
  /** Shows why requests wait, and for how many milliseconds. */
  readonly waits: Waits;
  /** Counts a request when it is sent, and when it is answered. */
  readonly request: (isDone: boolean) => void;
  end(): void;
}

/** Milliseconds between two updates on a terminal, and between two lines in a log. */
const REDRAW = 100;
const LOG = 15_000;
/** Milliseconds for which the reason of a delay is shown next to the bar. */
const WHY_STAYS = 6000;
/** Milliseconds after which a reason is printed again. */
const SAID_FOR = 5000;
const CLEAR = '\r\u001B[K';

export function progressBar({ io, clock }: Pick<Invocation, 'io' | 'clock'>, noun: string, quiet: boolean): ProgressBar {
  const began = clock.elapsed();
  let last = began;
  let done = 0;
  let total: number | undefined;
  const reads = { done: 0, open: 0 };
  let why: { text: string; at: number } | undefined;
  let drawn = false;
  const line = () => {
    const now = clock.elapsed();
    const because = why && now - why.at < (io.redraws ? WHY_STAYS : LOG) ? { why: why.text } : {};
    return progressLine({ done, total, elapsed: now - began, reads, ...because }, noun, io.width - 1, io.errLook);
  };
  const draw = () => {
    if (quiet || clock.elapsed() - last < (io.redraws ? REDRAW : LOG)) return;
    last = clock.elapsed();
    io.err(io.redraws ? `${CLEAR}${line()}` : `${line()}\n`);
    drawn = io.redraws === true;
  };
  const clear = () => {
    if (drawn) io.err(CLEAR);
    drawn = false;
  };
  return {
    step() {
      done += 1;
      draw();
    },
    total(number) {
      total = (total ?? 0) + number;
    },
    say(text) {
      clear();
      io.err(`${text}\n`);
    },
    request(isDone) {
      reads.open += isDone ? -1 : 1;
      if (isDone) reads.done += 1;
      if (done === 0) draw();
    },
    waits(text, milliseconds, isMost) {
      if (quiet) return;
      const isNews = !why || clock.elapsed() - why.at > SAID_FOR;
      why = { text, at: clock.elapsed() };
      if (io.redraws) draw();
      // In a log nothing is drawn over: the reason is a line, once for all requests that wait.
      else if (isNews) io.err(`${waitWords(text, milliseconds, { isMost })}\n`);
    },
    end: clear,
  };
}
