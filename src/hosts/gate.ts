/** Line prompts take a key only where it was typed after the question was written out. */
import { PassThrough } from 'node:stream';
import type { Keyboard } from '../engine/ports.ts';
import { watchWrites } from '../text/written.ts';

/** What a prompt needs to know of its terminal. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  /** Where questions are written. */
  readonly output: NodeJS.WriteStream;
  readonly keyboard: Keyboard;
}

/** What a prompt reads from and writes to. */
export interface Asked {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WriteStream;
}

const CTRL_C = 3;
// oxlint-disable-next-line no-control-regex
const CONTROLS = /\u001B\[[0-9;?]*[A-Za-z]|[\u0000-\u001F]/g;

/**
 * Asks one question. Nothing is read from the terminal before the question was written; what waits there at that moment was typed
 * before and is dropped, but for Ctrl-C. So there is no wait that could be too short, and no key is lost that was pressed on sight of it.
 */
export async function answered<T>({ stdin, output, keyboard }: Terminal, ask: (asked: Asked) => Promise<T>): Promise<T> {
  if (!stdin.isTTY) return ask({ input: stdin, output });
  const keys = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => void stdin.setRawMode(on) });
  const hand = (chunk: Uint8Array | string) => void keys.write(chunk);
  const end = () => void keys.end();
  let isAsked = false;
  const written = (text: string): void => {
    if (isAsked || text.replace(CONTROLS, '').trim() === '') return;
    isAsked = true;
    void listen();
  };
  const listen = async (): Promise<void> => {
    const early = [Buffer.from((stdin.read() as Uint8Array | string | null) ?? ''), keyboard.waiting()];
    if (early.some((bytes) => bytes?.includes(CTRL_C))) hand('\u0003');
    // Where what waits cannot be taken at once, it is what comes in within two turns of the event loop.
    if (early[1] === undefined) await comesIn(stdin);
    stdin.on('data', hand);
    stdin.on('end', end);
    stdin.resume();
  };
  try {
    return await ask({ input: keys, output: watchWrites(output, written) });
  } finally {
    stdin.off('data', hand);
    stdin.off('end', end);
    stdin.pause();
    stdin.setRawMode(false);
  }
}

async function comesIn(stdin: NodeJS.ReadStream): Promise<void> {
  const drop = () => {};
  stdin.on('data', drop);
  stdin.resume();
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
  stdin.off('data', drop);
}
