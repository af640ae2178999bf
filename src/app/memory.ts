/**
 * Settings of V8's garbage collector. By default it lets garbage grow to what the machine has: fast, and far more memory than a terminal
 * program should use.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds after which the start or other work is over, and its garbage can be collected. */
const SETTLED = 1000;

/** Collects early, for many small bodies with a short life. Memory stays flat for a tenth more processor time. */
export const collectGarbageEarly = (): void => collectEarly(80);

/**
 * Limits memory for a screen that stays open for hours. One collection shows V8 how little is in use, from which it derives its next
 * collection.
 */
export function settleMemory(): void {
  collectEarly(30);
  setTimeout(collect, SETTLED).unref();
}

/**
 * Returns a wrapper for work on many apps that collects a moment after the last work ended, because nothing else would cause a collection
 * then.
 */
export function settlingAfter(collecting: () => void = collect): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  let over: NodeJS.Timeout | undefined;
  return async (work) => {
    running += 1;
    clearTimeout(over);
    try {
      return await work();
    } finally {
      running -= 1;
      if (running === 0) over = setTimeout(collecting, SETTLED).unref();
    }
  };
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  // A Node that does not give it away collects when it thinks fit.
  (runInNewContext('globalThis.gc') as (() => void) | undefined)?.();
}

/** Keeps the size of the space for new objects. The heap grows by this percentage of the objects in use before it is collected. */
function collectEarly(percent: number): void {
  for (const flag of ['--semi-space-growth-factor=1', `--heap-growing-percent=${percent}`]) setFlagsFromString(flag);
}
