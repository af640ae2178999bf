/** Settings of V8's garbage collector, which by default lets garbage grow to what the machine has. */
// Imported as a namespace, because the bundle then loads the module at its first use.
import v8 from 'node:v8';
import vm from 'node:vm';

/** Milliseconds after which the first screen is drawn, and after which the start is over, and its garbage can be collected. */
const DRAWN = 100;
const SETTLED = 1000;

let isStarted = false;

/** For this many apps or more, memory matters more than processor time. */
const MANY = 20;

/** Collects early, for many small bodies with a short life. Memory stays flat for a tenth more processor time. */
export const collectGarbageEarly = (): void => collectEarly(80);

/**
 * Makes V8 collect garbage earlier, for a run over this many apps. A run keeps its plans until its end, and V8 lets garbage grow with the memory in
 * use. The garbage of the start is collected first, so that V8 computes its next collections from the memory in use, with a small young generation.
 */
export function collectGarbageOfRun(apps = MANY): void {
  if (apps < MANY) return;
  collectEarly(40);
  // Only once, because a second command of the same process has no garbage of the start.
  if (isStarted) return;
  isStarted = true;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** Limits memory for a screen that stays open for hours: after one collection, V8 derives the next ones from what is in use. */
export function settleMemory(): void {
  setTimeout(() => collectEarly(30), DRAWN).unref();
  setTimeout(() => collect(), SETTLED).unref();
}

/** `how`: the options of V8's own function. An older V8 ignores those that it does not know. */
function collect(how?: object): void {
  v8.setFlagsFromString('--expose-gc');
  // If Node does not expose the collector, V8 chooses when it collects.
  (vm.runInNewContext('globalThis.gc') as ((how?: object) => void) | undefined)?.(how);
}

/** Keeps the size of the space for new objects. The heap grows by this percentage of the objects in use before it is collected. */
function collectEarly(percent: number): void {
  for (const flag of ['--semi-space-growth-factor=1', `--heap-growing-percent=${percent}`]) v8.setFlagsFromString(flag);
}
