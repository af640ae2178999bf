/** How V8 keeps house. By itself it lets garbage pile up to what the machine has: fast, and far more than anybody expects of a terminal. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds after which the start is over, and what it left behind can go. */
const SETTLED = 1000;

/** For many small bodies that come and go: collecting them early keeps memory flat, for a tenth more of processor time. */
export const collectGarbageEarly = (): void => collectEarly(80);

/** For a screen that stays open for hours. One collection tells V8 how little lives, from which it takes when to collect next. */
export function settleMemory(): void {
  collectEarly(30);
  setTimeout(collect, SETTLED).unref();
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  // A Node that does not give it away collects when it thinks fit.
  (runInNewContext('globalThis.gc') as (() => void) | undefined)?.();
}

/** The room for new objects stays as large as it is; the rest grows by so many percent of what lives before it is collected. */
function collectEarly(percent: number): void {
  for (const flag of ['--semi-space-growth-factor=1', `--heap-growing-percent=${percent}`]) setFlagsFromString(flag);
}
