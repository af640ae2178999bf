/** Keys that a terminal has received and that no one has read yet. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Keyboard } from '../engine/ports.ts';
import { systemClock } from './clock.ts';

/**
 * Opens the terminal beside the standard input, so that waiting keys can be taken at one moment, without the event loop. Windows has no
 * such file; there, keys that were typed too early are dropped over several turns of the event loop.
 */
export function openKeyboard(): Keyboard {
  const file = opened();
  const room = Buffer.alloc(4096);
  return {
    ...(process.platform === 'win32' ? {} : { suspend: stopJob }),
    waiting() {
      if (file === undefined) return undefined;
      const taken: Buffer[] = [];
      for (;;) {
        const size = readOnce(file, room);
        if (size === 0) return Buffer.concat(taken);
        taken.push(Buffer.from(room.subarray(0, size)));
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
}

/** Milliseconds in which the signal stops the process. Without a shell that controls jobs, nothing stops. */
const STOPPED = 100;

/** Stops parents too, such as npm: the shell waits for them, and gets the terminal back only when they stop. */
async function stopJob(): Promise<void> {
  process.kill(0, 'SIGTSTP');
  await systemClock.sleep(STOPPED);
}

function opened(): number | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return openSync('/dev/tty', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined; // The process has no terminal, as in some containers.
  }
}

function readOnce(file: number, room: Buffer): number {
  try {
    return readSync(file, room);
  } catch {
    return 0; // Nothing waits there.
  }
}
