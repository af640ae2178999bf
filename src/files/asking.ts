/** Line prompts take a key only where it was typed after the question was written out. */
import { PassThrough } from 'node:stream';
import type { Asking, Keyboard } from '../engine/ports.ts';
import { watchWrites } from '../text/written.ts';

interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  /** Where questions are written. */
  readonly output: NodeJS.WriteStream;
  readonly keyboard: Keyboard;
}

const CTRL_C = 3;

/**
 * Asks one question at a time. Nothing is read from the terminal before the question was written; what waits there at that moment was typed
 * before and is dropped, but for Ctrl-C. So there is no wait that could be too short, and no key is lost that was pressed on sight of it.
 */
export const askingAt =
  ({ stdin, output, keyboard }: Terminal): Asking =>
  async (ask) => {
    if (!stdin.isTTY) return ask({ input: stdin, output });
    const keys = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => void stdin.setRawMode(on) });
    const hand = (chunk: Uint8Array | string) => void keys.write(chunk);
    const end = () => void keys.end();
    let isAsked = false;
    const drop = (waiting: Uint8Array | undefined): void => {
      const early = [Buffer.from((stdin.read() as Uint8Array | string | null) ?? ''), waiting];
      if (early.some((bytes) => bytes?.includes(CTRL_C))) hand('\u0003');
    };
    const before = (): void => {
      if (!isAsked) drop(keyboard.waiting());
    };
    const after = async (_: string, took: number): Promise<void> => {
      if (isAsked) return;
      isAsked = true;
      const waiting = keyboard.early(took);
      drop(waiting);
      // Where what waits cannot be taken at once, it is what comes in within two turns of the event loop.
      if (waiting === undefined) await comesIn(stdin);
      stdin.on('data', hand);
      stdin.on('end', end);
      stdin.resume();
    };
    try {
      return await ask({ input: keys, output: watchWrites(output, { before, after: (text, took) => void after(text, took) }) });
    } finally {
      stdin.off('data', hand);
      stdin.off('end', end);
      stdin.pause();
      stdin.setRawMode(false);
    }
  };

async function comesIn(stdin: NodeJS.ReadStream): Promise<void> {
  const drop = () => {};
  stdin.on('data', drop);
  stdin.resume();
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
  stdin.off('data', drop);
}
