/**
 * Mouse support, off by default: the wheel scrolls, a click selects, a second click opens, and nothing is confirmed.
 * The wizard is drawn inline, and a terminal that reports the mouse can neither select text nor scroll back by itself.
 */
import type { View } from '../frame.ts';
import type { Store } from '../store.ts';

const ON = '\u001B[?1000h\u001B[?1006h';
const OFF = '\u001B[?1006l\u001B[?1000l';
/** Asks the terminal for the position of its cursor, which is right below the last line of the frame. */
const WHERE = '\u001B[6n';

const REPORT = /\u001B\[<(\d+);(\d+);(\d+)([Mm])/g;
const PLACE = /\u001B\[(\d+);(\d+)R/;
const WHEEL = new Map([
  [64, 'up'],
  [65, 'down'],
] as const);
/** Number of lines that one step of the wheel scrolls. */
const NOTCH = 3;

/** Returns whether text of a chunk is a mouse report, in the form that Ink passes on. */
export const isMouse = (input: string): boolean => /^\[<[\d;]*[Mm]?$/.test(input);

interface Mouse {
  /** Handles input from the terminal. */
  readonly chunk: (text: string) => void;
  /** Ends mouse reporting while the wizard is suspended, and begins it again. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends mouse reporting. */
  readonly stop: () => void;
}

export function startMouse(store: Store, stdout: Pick<NodeJS.WriteStream, 'write'>, viewNow: () => View | undefined): Mouse {
  /** Terminal row (from 1) that was clicked and is not matched to a line yet. */
  let clicked: number | undefined;
  let isOn = true;
  const stop = () => {
    if (!isOn) return;
    isOn = false;
    process.off('exit', stop);
    stdout.write(OFF);
  };
  // However the process ends, mouse reporting must end, or the terminal is unusable afterward.
  process.on('exit', stop);
  stdout.write(ON);
  return {
    pause: () => void stdout.write(OFF),
    resume: () => void (isOn && stdout.write(ON)),
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
