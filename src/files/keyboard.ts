/** The keys that a terminal has taken and that nobody has read yet. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Keyboard } from '../engine/ports.ts';

/** Milliseconds in which nobody reads a question and answers it. */
const TOO_SOON = 1;
/** Milliseconds for which a busy machine may leave a process aside; a write that takes longer waits for a terminal that does not read. */
const SET_ASIDE = 100;

/**
 * Opens the terminal beside the standard input, so that what waits there can be taken at one moment, without waiting for the event loop.
 * Windows has no such file; what was typed too early is dropped there by turns of the event loop.
 */
export function openKeyboard(): Keyboard {
  const file = opened();
  const room = Buffer.alloc(4096);
  const waiting = (): Uint8Array | undefined => {
    if (file === undefined) return undefined;
    const taken: Buffer[] = [];
    for (;;) {
      const size = readOnce(file, room);
      if (size === 0) return Buffer.concat(taken);
      taken.push(Buffer.from(room.subarray(0, size)));
    }
  };
  return {
    waiting,
    // A machine that is busy sets a process aside most often where it writes; a key that comes meanwhile may be an answer.
    early: (took) => (took <= TOO_SOON || took > SET_ASIDE ? waiting() : file === undefined ? undefined : new Uint8Array()),
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
}

function opened(): number | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return openSync('/dev/tty', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined; // No terminal of its own, as in some containers.
  }
}

function readOnce(file: number, room: Buffer): number {
  try {
    return readSync(file, room);
  } catch {
    return 0; // Nothing waits there.
  }
}
