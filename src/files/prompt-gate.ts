/** Line prompts that accept a key only when it was typed after the question was written. */
import { PassThrough } from 'node:stream';
import type { Asking, Keyboard } from '../engine/ports.ts';
import { systemClock } from './clock.ts';
import { watchWrites } from '../text/write-watch.ts';

interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  /** The stream that questions are written to. */
  readonly output: NodeJS.WriteStream;
  readonly keyboard: Keyboard;
}

const CTRL_C = 3;
const CTRL_D = 4;
const CTRL_Z = 26;
/** Milliseconds in which the signal arrives that a terminal is gone. */
const HANG_UP = 100;

/**
 * Asks one question at a time. Nothing is read from the terminal before the question was written. Keys that wait at that moment were typed
 * before and are dropped, except Ctrl-C. So no wait can be too short, and no later key is lost.
 */
export const createAsking =
  ({ stdin, output, keyboard }: Terminal): Asking =>
  async (ask) => {
    if (!stdin.isTTY) return ask({ input: stdin, output });
    const keys = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => void stdin.setRawMode(on) });
    let lastText = '';
    let isSuspended = false;
    const suspend = async (): Promise<void> => {
      if (isSuspended) return;
      isSuspended = true;
      // Outside raw mode a key may be the end of the input, so nothing is read.
      stdin.pause();
      stdin.setRawMode(false);
      await keyboard.suspend?.();
      stdin.setRawMode(true);
      stdin.resume();
      if (!keys.emit('continued')) output.write(lastText);
      isSuspended = false;
    };
    // Readline, the reader of key presses, waits forever after the end of its input or Ctrl-D on an empty line, so both are Ctrl-C.
    const hand = (chunk: Uint8Array | string) => {
      const bytes = Buffer.from(chunk);
      if (keyboard.suspend && bytes.includes(CTRL_Z)) void suspend();
      else keys.write(bytes.includes(CTRL_D) && keys.listenerCount('keypress') > 0 ? '\u0003' : chunk);
    };
    // The signal of a terminal that is gone counts before the end of its input.
    let isEnded = false;
    const end = async (): Promise<void> => {
      if (isEnded) return;
      isEnded = true;
      await systemClock.sleep(HANG_UP);
      keys.write('\u0003');
      keys.end();
    };
    const onEnd = () => void end();
    keepRunning(stdin);
    const drop = (bytes: Uint8Array) => {
      if (bytes.includes(CTRL_C)) hand('\u0003');
    };
    let isAsked = false;
    let isTaken = false;
    const before = (): void => {
      if (isAsked) return;
      const waiting = keyboard.waiting();
      isTaken = waiting !== undefined;
      drop(Buffer.from((stdin.read() as Uint8Array | string | null) ?? ''));
      if (waiting) drop(waiting);
    };
    const after = async (text: string): Promise<void> => {
      lastText = text;
      if (isAsked) return;
      isAsked = true;
      // If waiting keys cannot be read at once, all keys within two turns of the event loop count as waiting.
      if (!isTaken) await comesIn(stdin, drop);
      stdin.on('data', hand);
      stdin.on('end', onEnd);
      stdin.on('error', onEnd);
      stdin.resume();
    };
    try {
      return await ask({ input: keys, output: watchWrites(output, { before, after: (text) => void after(text) }) });
    } finally {
      stdin.off('data', hand);
      stdin.off('end', onEnd);
      stdin.off('error', onEnd);
      stdin.pause();
      stdin.setRawMode(false);
    }
  };

const kept = new WeakSet<NodeJS.ReadStream>();

/** A terminal that is gone, or that belongs to another job, is the end of the input and not an error of this program. */
function keepRunning(stdin: NodeJS.ReadStream): void {
  if (!kept.has(stdin)) stdin.on('error', () => {});
  kept.add(stdin);
}

async function comesIn(stdin: NodeJS.ReadStream, drop: (bytes: Uint8Array) => void): Promise<void> {
  stdin.on('data', drop);
  stdin.resume();
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
  stdin.off('data', drop);
}
