import { waitsForConfirmation } from './flow.ts';
import type { View } from './frame.ts';
import { flowOf } from './selectors.ts';
import { LEAST, type State } from './state.ts';
import type { Store } from './store.ts';

/** Tells the store what a person has had on screen. */
export function seen(store: Store, state: State, { scroll, toEnd }: View): void {
  // Of something newer there will be a frame of its own.
  if (store.state() !== state || state.columns < LEAST.columns || state.rows < LEAST.rows || state.help !== undefined) return;
  const flow = flowOf(state);
  if (flow?.kind === 'preview' && (flow.scroll !== scroll || (toEnd && !flow.read && !flow.bodies)))
    store.dispatch({ type: 'read', scroll, toEnd });
  if (waitsForConfirmation(flow)) store.dispatch({ type: 'armed' });
}
