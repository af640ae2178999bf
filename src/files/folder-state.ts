/** Undo logs in a folder of this machine, readable only by their owner. */
import { fileProblem, writeProblem } from './file-problem.ts';
import { chmod, open, readdir, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../engine/errors.ts';
import type { LogFile, UndoState } from '../engine/undo-state.ts';
import { createLocks } from './locks.ts';
import { checkFolder } from './file-owner.ts';
import { makeFolder } from './paths.ts';
import { readLimited } from './read-limited.ts';
import { stateErrors } from './errors/state.ts';

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
      const file = await open(path, again ? 'a' : 'ax', 0o600);
      await syncFolder(folder);
      let size: number | undefined = again ? undefined : 0;
      return {
        most: { bytes: LONGEST_LOG, lines: Infinity },
        text: () => readLimited(path, LONGEST_LOG),
        async append(text) {
          try {
            await checkUntouched(file, path, size);
            // Not known after a write that fails in the middle.
            size = undefined;
            await file.appendFile(text, 'utf8');
            await file.sync();
            ({ size } = await file.stat());
          } catch (error) {
            throw Object.assign(new Error(writeProblem(error)), { code: (error as NodeJS.ErrnoException).code });
          }
        },
        close: () => file.close(),
      };
    },
  };
}

/**
 * Checks that the log is still the file that was opened, with nothing in it that another program wrote. An editor or a program that
 * synchronizes folders puts a new file in its place: further lines would go to the old one, and an undo would not find their changes.
 */
async function checkUntouched(file: FileHandle, path: string, size: number | undefined): Promise<void> {
  const own = await file.stat();
  const there = await stat(path).catch(() => undefined);
  if (!there || there.ino !== own.ino || there.dev !== own.dev)
    throw touched('another program replaced or removed the file during the run');
  if (size !== undefined && own.size !== size) throw touched('another program wrote to the file during the run');
}

const touched = (message: string): Error => Object.assign(new Error(message), { code: 'ETOUCHED' });

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

/** Returns the text of a log; undefined where there is none. @throws UserError where others could have changed it */
async function readPrivate(file: string): Promise<string | undefined> {
  try {
    const known = await stat(file);
    if (!known.isFile()) throw new Error('it is not a regular file');
    const { mode, uid } = known;
    if (process.getuid !== undefined && uid !== process.getuid()) throw stateErrors.logOfOtherUser({ file });
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw stateErrors.logNotPrivate({ file });
    }
    return await readLimited(file, LONGEST_LOG);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw stateErrors.logUnreadable({ file, why: fileProblem(error) });
  }
}
