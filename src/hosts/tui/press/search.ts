/** Handles keys on the search: among areas and controls, or among runs. */
import { filtered } from '../fields/text-field.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from '../keys/keys.ts';
import { areasAt, next, withScreen, type Next } from '../transitions.ts';
import type { Screen, WizardState } from '../state/state.ts';
import { searchAll, type Place } from '../state/search-results.ts';
import { openArea } from './area.ts';
import { openRun } from './log.ts';
import { moved } from './move.ts';

type At<A extends Screen['at']> = Extract<Screen, { at: A }>;

export function pressSearch(state: WizardState, screen: At<'search'>, event: KeyEvent, command: Command | undefined): Next {
  const hits = searchAll(state, screen);
  const cursor = Math.min(screen.cursor, Math.max(0, hits.length - 1));
  switch (command) {
    case 'move':
      return next(withScreen(state, { ...screen, cursor: moved(cursor, hits.length, event) }));
    case 'back':
      return next(screen.from ? withScreen(state, screen.from) : areasAt(state));
    case 'choose': {
      const hit = hits[cursor];
      return hit ? goTo(state, hit.place) : next(state);
    }
    default:
      return next(withScreen(state, { ...screen, ...filtered(screen.filter, cursor, event) }));
  }
}

const goTo = (state: WizardState, place: Place): Next =>
  'run' in place ? openRun(state, place.run) : openArea(state, place.step, place.control);
