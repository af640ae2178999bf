/**
 * The mouse, where a person asked for it: the wheel moves, a click points, a second click opens. Nothing is confirmed by it. It is off
 * otherwise, because the wizard is drawn inline: a terminal that reports the mouse neither selects text nor scrolls back by itself.
 */
import type { View } from './frame.ts';
import type { Store } from './store.ts';

const ON = '\u001B[?1000h\u001B[?1006h';
const OFF = '\u001B[?1006l\u001B[?1000l';
/** Asks the terminal where its cursor is: right below the last line of the frame. */
const WHERE = '\u001B[6n';

const REPORT = /\u001B\[<(\d+);(\d+);(\d+)([Mm])/g;
const PLACE = /\u001B\[(\d+);(\d+)R/;
const WHEEL = new Map([
  [64, 'up'],
  [65, 'down'],
] as const);
/** Lines that one notch of the wheel moves. */
const NOTCH = 3;

/** Whether text of a chunk is a report of the mouse, as Ink hands it on. */
export const isMouse = (input: string): boolean => /^\[<[\d;]*[Mm]?$/.test(input);

export interface Mouse {
  /** What the terminal sent. */
  readonly chunk: (text: string) => void;
  /** Gives the mouse back to the terminal. */
  readonly stop: () => void;
}

export function startMouse(store: Store, stdout: Pick<NodeJS.WriteStream, 'write'>, viewNow: () => View | undefined): Mouse {
  /** Row of the terminal, from 1, that was clicked and whose line is not known yet. */
  let clicked: number | undefined;
  let isOn = true;
  const stop = () => {
    if (!isOn) return;
    isOn = false;
    process.off('exit', stop);
    stdout.write(OFF);
  };
  // Whatever ends the process: a terminal that goes on reporting the mouse is of no use to anybody.
  process.on('exit', stop);
  stdout.write(ON);
  return {
    stop,
    chunk(text) {
      for (const [, button, , row, kind] of text.matchAll(REPORT)) {
        const name = WHEEL.get(Number(button) as 64 | 65);
        if (name) for (let line = 0; line < NOTCH; line++) store.dispatch({ type: 'press', event: { type: 'key', name, glued: true } });
        if (button !== '0' || kind !== 'M') continue;
        clicked = Number(row);
        stdout.write(WHERE);
      }
      const below = PLACE.exec(text)?.[1];
      const view = viewNow();
      if (below === undefined || clicked === undefined || !view) return;
      const line = view.lines[clicked - (Number(below) - view.lines.length)];
      clicked = undefined;
      const row = line?.find((span) => span.row !== undefined)?.row;
      if (row !== undefined) store.dispatch({ type: 'point', row });
    },
  };
}
