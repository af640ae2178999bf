/** Ctrl-Z: gives the terminal back to the shell until the shell continues the wizard. */
import type { Keyboard } from '../../../engine/ports.ts';
import type { Store } from '../store.ts';

/** Hands the terminal over while the work is done, and draws the whole frame again after it. */
export type Suspend = (work: () => Promise<void>) => Promise<void>;

interface Suspension {
  readonly store: Store;
  readonly keyboard: Pick<Keyboard, 'suspend'>;
  /** Stops reading keys before anything else can happen, and reads them again. */
  readonly input: { readonly pause: () => void; readonly resume: () => void };
  /** Mouse reporting, where the user wants it. It begins after the first frame. */
  readonly mouse: () => { readonly pause: () => void; readonly resume: () => void } | undefined;
}

/**
 * Returns what Ctrl-Z does: it suspends the wizard, except during a run, whose requests must be followed to their ends, and whose lock must
 * not be held by a stopped process. A key that is held down comes again before the process is stopped; Ink suspends once.
 */
export function suspension({ store, keyboard, input, mouse }: Suspension): (suspend: Suspend) => void {
  let isSuspended = false;
  return (suspend) => {
    if (!keyboard.suspend || isSuspended) return;
    if (store.busy()) return store.dispatch({ type: 'saved', notice: 'Ctrl-Z is not possible during a run. Ctrl-C stops the run.' });
    isSuspended = true;
    void suspend(async () => {
      // First: from here on, a key may be the end of the input for the terminal.
      input.pause();
      mouse()?.pause();
      await keyboard.suspend?.();
      mouse()?.resume();
      input.resume();
    }).finally(() => (isSuspended = false));
  };
}
