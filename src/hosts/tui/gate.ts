/** Lets a key answer a question only where it was typed after the frame with the question was written out. */
import type { Keyboard } from '../../engine/ports.ts';
import { watchWrites } from '../../text/write-watch.ts';
import type { KeyEvent } from './key-events.ts';
import type { View } from './frame.ts';
import { isAsking } from './open-question.ts';
import { isNews, seen } from './seen.ts';
import type { WizardState } from './state.ts';
import type { Store } from './store.ts';

export interface Gate {
  /** Where frames are written. */
  readonly stdout: NodeJS.WriteStream;
  /** A chunk is about to be handled. */
  readonly chunk: () => void;
  readonly press: (event: KeyEvent) => void;
  /** A frame of this state is put together; what is written next shows it. */
  readonly composed: (state: WizardState) => void;
  /** A state was drawn; `flushed` resolves once nothing of its frame waits to be written. */
  readonly drawn: (state: WizardState, view: View, flushed: () => Promise<void>) => void;
}

interface GateOptions {
  readonly store: Store;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly keyboard: Keyboard;
}

/** Turns of the event loop after which nobody waits for a chunk any more. */
const MOST_TURNS = 50;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Draws the line at the write of the first frame that was put together with the question in it. Whatever the terminal took before is read
 * at that very moment, and answers nothing; what comes after answers. So there is no wait that could be too short or too long, and no key
 * is lost that was pressed on sight of the question. What is written cannot tell it: of a line that changed, only the end may be sent.
 */
export function createGate({ store, stdin, stdout, keyboard }: GateOptions): Gate {
  /** The next chunk was typed before the last frame was out; so was the chunk that is handled now. */
  let [isNextEarly, isEarly] = [false, false];
  /** Where what waits cannot be read at once: turns of the event loop in which it comes in. */
  let deaf = 0;
  let held: KeyEvent[] = [];
  let composed: WizardState | undefined;
  /** The last question that was written out. */
  let shown = -1;

  const take = (waiting: Uint8Array | undefined): void => {
    if (waiting === undefined) void hearAgain();
    // Handed on as if it had been read in the usual way: Esc and Ctrl-C count at all times.
    else if (waiting.length > 0) stdin.push(waiting);
    isNextEarly ||= stdin.readableLength > 0;
  };
  const isAwaited = (): boolean => isAsking(store.state()) && shown !== store.state().asked;
  const hearAgain = async (): Promise<void> => {
    deaf += 1;
    await turn();
    await turn();
    deaf -= 1;
  };
  /** Whether something that was typed too early is still on its way. */
  const comesIn = (): boolean => isNextEarly || deaf > 0;
  const press = (event: KeyEvent): void => {
    if (isAwaited() && !isEarly) return void held.push(event);
    if (isAsking(store.state()) && !isEarly) store.dispatch({ type: 'armed' });
    store.dispatch({ type: 'press', event });
  };
  return {
    stdout: watchWrites(stdout, {
      before() {
        if (!isAwaited()) return;
        held = [];
        take(keyboard.waiting());
      },
      after() {
        if (isAwaited() && composed?.asked === store.state().asked) shown = composed.asked;
      },
    }),
    chunk() {
      isEarly = isNextEarly || deaf > 0;
      isNextEarly = false;
    },
    press,
    composed(state) {
      composed = state;
    },
    async drawn(state, view, flushed) {
      if (!isNews(state, view)) return;
      await flushed();
      // A few turns at most: where the terminal is given back meanwhile, nobody reads any more.
      for (let turns = 0; turns < MOST_TURNS && comesIn(); turns++) await turn();
      seen(store, state, view);
      if (isAsking(store.state())) return;
      isEarly = false;
      shown = store.state().asked;
      for (const event of held.splice(0)) press(event);
    },
  };
}
