/** Undo logs in a folder of this machine, readable only by their owner. */
import { fileProblem, writeProblem } from '../file-problem.ts';
import { constants, type Stats } from 'node:fs';
import { chmod, lstat, open, readdir, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../engine/errors.ts';
import { LOG_CHANGED, type LogFile, type UndoState } from '../../engine/undo-state.ts';
import { createLocks } from './locks.ts';
import { checkFolder } from '../file-owner.ts';
import { makeFolder } from '../paths.ts';
import { readBytes, readLimited } from '../read-limited.ts';
import { stateErrors } from '../errors/state.ts';

/** The most bytes of a log. A run of some ten thousand apps writes as many; it then ends, because a longer log could not be read. */
const LONGEST_LOG = 256 * 1024 * 1024;

export function folderState(stateDir: string, now = () => new Date()): UndoState {
  const folder = join(stateDir, 'journal');
  const fileOf = (run: string): string => join(folder, `${run}.jsonl`);
  const planFileOf = (run: string): string => join(folder, `${run}.plan.json`);
  return {
    place: stateDir,
    fileOf,
    locks: createLocks(stateDir, now),
    check: async () => {
      for (const place of [stateDir, folder, join(stateDir, 'locks')]) await checkFolder(place);
    },
    async names() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      return names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length));
    },
    read: (run) => readPrivate(fileOf(run)),
    planOf: (run) => readPrivate(planFileOf(run)),
    keepPlan: (run, content) => writeFile(planFileOf(run), content, { flag: 'wx', mode: 0o600, flush: true }),
    async open(run, again): Promise<LogFile> {
      const path = fileOf(run);
      await makeFolder(folder);
      await chmod(folder, 0o700);
      const file = again ? await openAgain(path) : await open(path, 'ax', 0o600);
      await syncFolder(folder);
      // Sizes and no inodes: network folders change these. A file that was replaced does not grow with a line.
      let isOwn = true;
      const checkSize = async (bytes: number): Promise<void> => {
        isOwn &&= (await sizeOf(path)) === bytes;
        checkOwn();
      };
      const checkOwn = (): void => {
        if (!isOwn) throw Object.assign(new Error('another program removed, replaced or changed the file'), { code: LOG_CHANGED });
      };
      return {
        most: { bytes: LONGEST_LOG, lines: Infinity },
        async read() {
          checkOwn();
          return readBytes(path, LONGEST_LOG).catch((error: unknown) => {
            throw problemOf(error);
          });
        },
        async append(text, at) {
          await checkSize(at);
          try {
            await file.appendFile(text, 'utf8');
            await file.sync();
          } catch (error) {
            throw problemOf(error);
          }
          await checkSize(at + Buffer.byteLength(text));
        },
        close: () => file.close(),
      };
    },
  };
}

/** Returns the size of a file; undefined where there is none. A folder that does not answer is no change by another program. */
const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw problemOf(error);
  }
};

const problemOf = (error: unknown): Error => Object.assign(new Error(writeProblem(error)), { code: (error as NodeJS.ErrnoException).code });

/** Flushes a folder, because a new name is on disk only after that. Windows does not support or require it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Opens an earlier log, which a link or a pipe may have replaced since it was read: it is not followed, waited for, or created again. */
async function openAgain(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_APPEND, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const file = await open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? new Error(NOT_REGULAR) : error.code === 'ENOENT' ? new Error('it no longer exists') : error;
  });
  try {
    checkPrivate(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

const NOT_REGULAR = 'it is not a regular file';

/** @throws UserError where others could have changed the log, or Error where it is no file that func-harden writes */
function checkPrivate(file: string, known: Stats): void {
  if (!known.isFile()) throw new Error(NOT_REGULAR);
  const { mode, uid } = known;
  if (process.getuid !== undefined && uid !== process.getuid()) throw stateErrors.logOfOtherUser({ file });
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw stateErrors.logNotPrivate({ file });
}

/** Returns the text of a log; undefined where there is none. @throws UserError where others could have changed it */
async function readPrivate(file: string): Promise<string | undefined> {
  try {
    checkPrivate(file, await lstat(file));
    return await readLimited(file, LONGEST_LOG);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw stateErrors.logUnreadable({ file, why: fileProblem(error) });
  }
}
