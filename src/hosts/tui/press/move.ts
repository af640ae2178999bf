import type { KeyEvent } from '../fields/key-events.ts';
import type { Screen } from '../state/state.ts';

/** Moves a cursor in a list of `count` items; other keys leave the cursor unchanged. */
export function moved(cursor: number, count: number, event: KeyEvent): number {
  const last = Math.max(0, count - 1);
  const to = (index: number) => Math.min(last, Math.max(0, index));
  const name = event.type === 'key' ? event.name : event.text;
  switch (name) {
    case 'down':
    case 'tab':
    case 'j':
    case 'right':
    case 'l':
      return to(cursor + 1);
    case 'up':
    case 'shift-tab':
    case 'k':
    case 'left':
    case 'h':
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
      return to(cursor);
  }
}

/** The key that a click on the row under the cursor represents, by screen. It opens or selects, and never confirms. */
const CLICKED: Partial<Readonly<Record<Screen['at'], KeyEvent>>> = {
  apps: { type: 'key', name: 'enter' },
  fleet: { type: 'key', name: 'enter' },
  areas: { type: 'key', name: 'enter' },
  search: { type: 'key', name: 'enter' },
  findings: { type: 'key', name: 'enter' },
  runs: { type: 'key', name: 'enter' },
  area: { type: 'character', text: ' ', alone: true },
  batch: { type: 'character', text: ' ', alone: true },
  run: { type: 'character', text: ' ', alone: true },
};

/** Handles a click on a row: moves the cursor there, or, if it is there already, returns the key of this screen. */
export function clicked(screen: Screen, row: number): Screen | KeyEvent | undefined {
  const key = CLICKED[screen.at];
  if (!key || !('cursor' in screen)) return undefined;
  if (screen.at === 'batch' && screen.choosing)
    return screen.choosing.cursor === row ? { type: 'key', name: 'enter' } : { ...screen, choosing: { cursor: row } };
  return screen.cursor === row ? key : ({ ...screen, cursor: row } as Screen);
}
