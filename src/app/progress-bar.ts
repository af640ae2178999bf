/** Progress on stderr: a line that is drawn over on a terminal, now and then a line in a log. */
import type { Invocation } from '../cli/invocation.ts';
import { progressLine } from '../text/progress-line.ts';

export interface ProgressBar {
  step(): void;
  total(number: number): void;
  /** A line of its own, above the bar. */
  say(text: string): void;
  end(): void;
}

/** Milliseconds between two drawings on a terminal, and between two lines in a log. */
const REDRAW = 100;
const LOG = 15_000;
/** How long a reason for slowness stays beside the bar. */
const WHY_STAYS = 6000;
const CLEAR = '\r\u001B[K';

export function progressBar({ io, clock }: Pick<Invocation, 'io' | 'clock'>, noun: string, quiet: boolean): ProgressBar {
  const began = clock.elapsed();
  let last = began;
  let done = 0;
  let total: number | undefined;
  let why: { text: string; at: number } | undefined;
  let drawn = false;
  const line = () => {
    const now = clock.elapsed();
    const because = why && now - why.at < (io.redraws ? WHY_STAYS : LOG) ? { why: why.text } : {};
    return progressLine({ done, total, elapsed: now - began, ...because }, noun, io.width - 1, io.errLook);
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
      if (!quiet && /limiting requests/.test(text)) {
        why = { text: text.replace(/; waiting.*$/, ''), at: clock.elapsed() };
        return draw();
      }
      clear();
      io.err(`${text}\n`);
    },
    end: clear,
  };
}
