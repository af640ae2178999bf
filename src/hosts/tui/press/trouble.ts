/** The screen of what failed, and where it leads back to. */
import { leaveWizard } from '../leaving.ts';
import { areasAt, next, withScreen, type Next } from '../transitions.ts';
import type { WizardState } from '../state/state.ts';
import { appsAt } from './lists.ts';

/** The screen to which a person returns after a failure, if it is a list of many apps. */
export function cameFrom({ screen }: WizardState): { readonly from?: WizardState['screen'] } {
  if (screen.at === 'batch' || screen.at === 'campaign') return { from: screen.from };
  if (screen.at === 'findings' || screen.at === 'fleet') return { from: screen };
  return screen.at === 'opening' ? { from: screen.from } : {};
}

/** Enter on a message: to the areas of the open app, or to the list of apps. */
export function leaveTrouble(state: WizardState, { back, from }: Extract<WizardState['screen'], { at: 'trouble' }>): Next {
  if (from) return next(withScreen(state, from));
  if (back === 'areas' && state.open) return next(areasAt(state));
  return state.apps.length === 0 && !state.searching ? leaveWizard(state) : next(appsAt(state));
}
