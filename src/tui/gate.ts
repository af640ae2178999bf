/** Lets a key answer a question only where it was typed after the frame with the question was written out. */
import type { Keyboard } from '../engine/ports.ts';
import { watchWrites } from '../text/written.ts';
import type { KeyEvent } from './events.ts';
import type { View } from './frame.ts';
import { isAsking } from './questions.ts';
import { isNews, seen } from './seen.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

export interface Gate {
  /** Where frames are written. */
  readonly stdout: NodeJS.WriteStream;
  /** A chunk is about to be handled. */
  readonly chunk: () => void;
  readonly press: (event: KeyEvent) => void;
  /** A state was drawn; `flushed` resolves once nothing of its frame waits to be written. */
  readonly drawn: (state: State, view: View, flushed: () => Promise<void>) => void;
}

interface GateOptions {
  readonly store: Store;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly keyboard: Keyboard;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Draws the line at each write: whatever the terminal took before is read at that very moment, and answers nothing. What comes after
 * is held until it is certain that the frame with the question is out, then it is handed on. So there is no wait that could be too short
 * or too long, and no key is lost that was pressed on sight of the question.
 */
export function createGate({ store, stdin, stdout, keyboard }: GateOptions): Gate {
  /** The next chunk was typed before the last frame was out; so was the chunk that is handled now. */
  let [isNextEarly, isEarly] = [false, false];
  /** Where what waits cannot be read at once: turns of the event loop in which it comes in. */
  let deaf = 0;
  let held: KeyEvent[] = [];

  const written = (text: string): void => {
    if (text === '' || !isAsking(store.state())) return;
    held = [];
    const waiting = keyboard.waiting();
    if (waiting === undefined) void hearAgain();
    // Handed on as if it had been read in the usual way: Esc and Ctrl-C count at all times.
    else if (waiting.length > 0) stdin.push(waiting);
    isNextEarly = stdin.readableLength > 0;
  };
  const hearAgain = async (): Promise<void> => {
    deaf += 1;
    await turn();
    await turn();
    deaf -= 1;
  };
  const press = (event: KeyEvent): void => {
    if (isAsking(store.state()) && !isEarly) held.push(event);
    else store.dispatch({ type: 'press', event });
  };
  return {
    stdout: watchWrites(stdout, written),
    chunk() {
      isEarly = isNextEarly || deaf > 0;
      isNextEarly = false;
    },
    press,
    async drawn(state, view, flushed) {
      if (!isNews(state, view)) return;
      await flushed();
      while (isNextEarly || deaf > 0) await turn();
      seen(store, state, view);
      if (isAsking(store.state())) return;
      isEarly = false;
      for (const event of held.splice(0)) press(event);
    },
  };
}
