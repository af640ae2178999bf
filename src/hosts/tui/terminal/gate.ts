/** Accepts a key as an answer only if it was typed after the frame with the question was written to the terminal. */
import type { Keyboard } from '../../../engine/ports.ts';
import { watchWrites } from '../../../text/write-watch.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { View } from '../frame.ts';
import { isAsking } from '../keys/open-question.ts';
import { isNews, seen } from './seen.ts';
import type { WizardState } from '../state/state.ts';
import type { Store } from '../store.ts';

export interface Gate {
  /** Where frames are written. */
  readonly stdout: NodeJS.WriteStream;
  /** Called before a chunk of input is handled. */
  readonly chunk: () => void;
  readonly press: (event: KeyEvent) => void;
  /** Called when a frame of this state is composed; the next write shows it. */
  readonly composed: (state: WizardState) => void;
  /** Called when a state was drawn; `flushed` resolves when its frame is completely written. */
  readonly drawn: (state: WizardState, view: View, flushed: () => Promise<void>) => void;
}

interface GateOptions {
  readonly store: Store;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly keyboard: Keyboard;
}

/** Number of turns of the event loop after which no chunk is expected any more. */
const MOST_TURNS = 50;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Separates early keys from answers at the write of the first frame that contains the question. Input that the terminal received before
 * is read at that moment and does not answer; later input does. So there is no waiting time that could be too short or too long, and no key
 * pressed after the question appeared is lost. The written text cannot show this: of a changed line, only its end may be written.
 */
export function createGate({ store, stdin, stdout, keyboard }: GateOptions): Gate {
  /** Whether the next chunk, and the chunk that is handled now, were typed before the last frame was written. */
  let [isNextEarly, isEarly] = [false, false];
  /** Turns of the event loop in which early input is still read, if it cannot be read at once. */
  let deaf = 0;
  let held: KeyEvent[] = [];
  let composed: WizardState | undefined;
  /** Number of the last question that was written to the terminal. */
  let shown = -1;
  /** Whether the writes of the frame with the question may go on: finished lines above a frame are a write of their own. */
  let isWriting = false;

  const take = (waiting: Uint8Array | undefined): void => {
    if (waiting === undefined) void hearAgain();
    // Passed on like ordinary input, because Esc and Ctrl-C always work. A stream may deliver it synchronously.
    else if (waiting.length > 0) {
      isNextEarly = true;
      stdin.push(waiting);
    }
    isNextEarly ||= stdin.readableLength > 0;
  };
  const isAwaited = (): boolean => isAsking(store.state()) && shown !== store.state().asked;
  const hearAgain = async (): Promise<void> => {
    deaf += 1;
    await turn();
    await turn();
    deaf -= 1;
  };
  /** Returns whether early input may still arrive. */
  const comesIn = (): boolean => isNextEarly || deaf > 0;
  const press = (event: KeyEvent): void => {
    if (isAwaited() && !isEarly) return void held.push(event);
    if (isAsking(store.state()) && !isEarly) store.dispatch({ type: 'question-shown' });
    store.dispatch({ type: 'press', event });
  };
  return {
    stdout: watchWrites(stdout, {
      before() {
        if (!isAwaited() && !isWriting) return;
        held = [];
        take(keyboard.waiting());
      },
      after() {
        if (!isAwaited() || composed?.asked !== store.state().asked) return;
        shown = composed.asked;
        isWriting = true;
        queueMicrotask(() => (isWriting = false));
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
      // A frame that is equal to the one on screen is not written. Then this moment separates early keys from answers, which the store refuses.
      if (isAwaited() && store.state().asked === state.asked) {
        for (const event of held.splice(0)) store.dispatch({ type: 'press', event });
        take(keyboard.waiting());
      }
      // The number of turns is limited: if the terminal is released in the meantime, nothing reads the input any more.
      for (let turns = 0; turns < MOST_TURNS && comesIn(); turns++) await turn();
      seen(store, state, view);
      if (isAsking(store.state())) return;
      isEarly = false;
      shown = store.state().asked;
      for (const event of held.splice(0)) press(event);
    },
  };
}
