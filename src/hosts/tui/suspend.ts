/** Ctrl-Z: gives the terminal back to the shell until the shell continues the wizard. */
import type { Keyboard } from '../../engine/ports.ts';
import type { Store } from './store.ts';

/** Hands the terminal over while the work is done, and draws the whole frame again after it. */
export type Suspend = (work: () => Promise<void>) => Promise<void>;

interface Suspension {
  readonly store: Store;
  readonly keyboard: Pick<Keyboard, 'suspend'>;
  readonly mouse: { readonly pause: () => void; readonly resume: () => void } | undefined;
}

/** Suspends the wizard, except during a run: its requests must be followed to their ends, and its lock must not be held by a stopped process. */
export function suspendWizard(suspend: Suspend, { store, keyboard, mouse }: Suspension): void {
  if (!keyboard.suspend) return;
  if (store.busy()) return store.dispatch({ type: 'saved', notice: 'Ctrl-Z is not possible during a run. Ctrl-C stops the run.' });
  void suspend(async () => {
    mouse?.pause();
    await keyboard.suspend?.();
    mouse?.resume();
  });
}
