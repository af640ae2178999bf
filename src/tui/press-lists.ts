/** Keys on the lists: apps, areas, runs. */
import { edit, editOf, insert, textOf } from './edit.ts';
import type { KeyEvent } from './events.ts';
import { openArea } from './press-area.ts';
import { matchingApps } from './selectors.ts';
import { next, withScreen, type Next } from './reducer.ts';
import type { Screen, State } from './state.ts';

/** Where a cursor goes, or undefined where the key is no movement. */
export function moved(cursor: number, count: number, event: KeyEvent, letters = true): number | undefined {
  const last = Math.max(0, count - 1);
  const to = (index: number) => Math.min(last, Math.max(0, index));
  if (event.type === 'character' && letters) {
    if (event.text === 'j') return to(cursor + 1);
    if (event.text === 'k') return to(cursor - 1);
  }
  if (event.type !== 'key') return undefined;
  switch (event.name) {
    case 'down':
    case 'tab':
      return to(cursor + 1);
    case 'up':
    case 'shift-tab':
      return to(cursor - 1);
    case 'pagedown':
      return to(cursor + 10);
    case 'pageup':
      return to(cursor - 10);
    case 'home':
      return 0;
    case 'end':
      return last;
    default:
      return undefined;
  }
}

const isKey = (event: KeyEvent, name: string): boolean => event.type === 'key' && event.name === name;
const isLetter = (event: KeyEvent, letter: string): boolean => event.type === 'character' && event.text === letter;

export function pressApps(state: State, screen: Extract<Screen, { at: 'apps' }>, event: KeyEvent): Next {
  const matches = matchingApps(state, textOf(screen.filter));
  const cursor = Math.min(screen.cursor, Math.max(0, matches.length - 1));
  const to =
    event.type === 'key' && (event.name === 'home' || event.name === 'end') ? undefined : moved(cursor, matches.length, event, false);
  if (to !== undefined) return next(withScreen(state, { ...screen, cursor: to }));
  if (event.type !== 'key')
    return next(withScreen(state, { ...screen, filter: insert(screen.filter, event.text.replace(/[\r\n]/g, '')), cursor: 0 }));
  if (event.name === 'enter') {
    const target = matches[cursor]?.target;
    return target ? next(withScreen(state, { at: 'opening', id: target.id, label: target.label }), { do: 'open', target }) : next(state);
  }
  if (event.name === 'escape')
    return textOf(screen.filter) === ''
      ? next({ ...state, leaving: true }, { do: 'leave' })
      : next(withScreen(state, { ...screen, filter: editOf(''), cursor: 0 }));
  return next(withScreen(state, { ...screen, filter: edit(screen.filter, event.name), cursor: 0 }));
}

export function pressAreas(state: State, screen: Extract<Screen, { at: 'areas' }>, event: KeyEvent): Next {
  const steps = state.open?.steps ?? [];
  const to = moved(screen.cursor, steps.length, event);
  if (to !== undefined) return next(withScreen(state, { ...screen, cursor: to }));
  if (isKey(event, 'enter')) {
    const step = steps[screen.cursor];
    return step ? next(openArea(state, step.step.id)) : next(state);
  }
  if (isKey(event, 'escape')) return next(withScreen(state, { at: 'apps', filter: editOf(''), cursor: 0 }));
  if (isLetter(event, 'q')) return next({ ...state, leaving: true }, { do: 'leave' });
  if (isLetter(event, '?')) return next({ ...state, help: true });
  if (isLetter(event, 'u')) return next(withScreen(state, { at: 'runs', runs: undefined, cursor: 0 }), { do: 'runs' });
  if (isLetter(event, 'R') && state.open)
    return next(withScreen(state, { at: 'opening', id: state.open.target.id, label: state.open.target.label }), {
      do: 'open',
      target: state.open.target,
    });
  if (isLetter(event, 'o') && state.open && state.open.siblings.length > 1) {
    const { siblings, target } = state.open;
    const sibling = siblings[(siblings.findIndex(({ id }) => id.toLowerCase() === target.id.toLowerCase()) + 1) % siblings.length];
    if (sibling) return next(withScreen(state, { at: 'opening', id: sibling.id, label: sibling.label }), { do: 'open', target: sibling });
  }
  return next(state);
}

export function pressRuns(state: State, screen: Extract<Screen, { at: 'runs' }>, event: KeyEvent): Next {
  const runs = screen.runs ?? [];
  const to = moved(screen.cursor, runs.length, event);
  if (to !== undefined) return next(withScreen(state, { ...screen, cursor: to }));
  if (isKey(event, 'escape'))
    return next(
      state.open ? withScreen(state, { at: 'areas', cursor: 0 }) : withScreen(state, { at: 'apps', filter: editOf(''), cursor: 0 }),
    );
  if (isLetter(event, '?')) return next({ ...state, help: true });
  const run = runs[screen.cursor];
  return isKey(event, 'enter') && run ? next(withScreen(state, { at: 'undo', run }), { do: 'plan-undo', run }) : next(state);
}
