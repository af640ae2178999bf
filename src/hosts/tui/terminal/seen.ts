import type { View } from '../frame.ts';
import { isAsking, questionOf } from '../keys/open-question.ts';
import { flowOf } from '../state/derived-state.ts';
import type { WizardState } from '../state/state.ts';
import type { Store } from '../store.ts';

/** Returns whether the store does not know yet that this frame is on the terminal. */
export const isNews = (state: WizardState, view: View): boolean => isAsking(state) || isReadOn(state, view);

const isReadOn = (state: WizardState, { scroll, toEnd }: View): boolean => {
  const flow = flowOf(state);
  if (questionOf(state) === undefined || flow?.kind !== 'preview') return false;
  return flow.scroll !== scroll || (toEnd && !flow.read && !flow.bodies);
};

/** Reports to the store that a frame was written to the terminal. */
export function seen(store: Store, state: WizardState, view: View): void {
  // If another question was asked since, that question gets a separate frame.
  if (store.state().asked !== state.asked) return;
  if (store.state() === state && isReadOn(state, view)) store.dispatch({ type: 'read', scroll: view.scroll, toEnd: view.toEnd });
  if (isAsking(store.state())) store.dispatch({ type: 'question-shown' });
}
