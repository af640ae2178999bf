import type { KeyEvent } from '../key-events.ts';

/** Where a cursor goes in a list of `count`; a key that is no movement leaves it. */
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
