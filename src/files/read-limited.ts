/** Reads a file that a person named, with a limit on its size and on the time. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds that the other end of a pipe may take. */
const PATIENCE = 10_000;
const PIECE = 65_536;

export class TooLarge extends Error {}

/** Returns the text of a file or a pipe. @throws TooLarge, or an error of the file system */
export const readLimited = async (file: string, most: number, patience = PATIENCE): Promise<string> =>
  (await readBytes(file, most, patience)).toString('utf8');

/**
 * Returns the text of a file that a person wrote or redirected to. Windows PowerShell writes UTF-16 by default.
 * @throws TooLarge, an error of the file system, or Error where it is not UTF-8
 */
export async function readText(file: string, most: number): Promise<string> {
  const bytes = await readBytes(file, most);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('it is not UTF-8 text; save it with that encoding');
  }
}

/** Reads synchronously, because a disk responds too fast for a separate thread to be worth it. Only the other end of a pipe is waited for. */
export async function readBytes(file: string, most: number, patience = PATIENCE): Promise<Buffer> {
  // Opened without waiting, because opening a pipe without a writer would block forever.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const until = performance.now() + patience;
    const known = fstatSync(fd);
    if (known.isFile() && known.size > most) throw new TooLarge('it is too large');
    const isPipe = known.isFIFO();
    const pieces: Buffer[] = [];
    // Most files are small: a buffer for the whole file and one more byte, which shows the end of the file.
    let room = Buffer.alloc(known.isFile() && known.size > 0 ? Math.min(known.size + 1, PIECE) : PIECE);
    for (let size = 0; ;) {
      if (room.length === 0) room = Buffer.alloc(PIECE);
      const bytes = readOnce(fd, room);
      size += Math.max(bytes, 0);
      if (size > most) throw new TooLarge('it is too large');
      if (bytes > 0) {
        pieces.push(room.subarray(0, bytes));
        room = room.subarray(bytes);
      }
      // At the beginning of a pipe this means that the other end was not opened yet.
      else if (bytes === 0 && !(isPipe && size === 0)) return Buffer.concat(pieces);
      else if (performance.now() > until) throw new Error('no data was received from the pipe');
      else await wait(20);
    }
  } finally {
    closeSync(fd);
  }
}

/** Returns the number of bytes that were read; -1 where a pipe has none yet. */
function readOnce(fd: number, room: Buffer): number {
  try {
    return readSync(fd, room, 0, room.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    return -1;
  }
}
