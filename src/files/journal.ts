import { randomBytes } from 'node:crypto';
import { chmod, open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, UserError } from '../engine/errors.ts';
import { JOURNAL_VERSION, recordedRun, type Entry, type RecordedRun, type RunStart } from '../change/undo-log.ts';
import type { Journal } from '../engine/ports.ts';
import { plainText } from '../text/plain.ts';
import { entryOf } from './journal-shape.ts';
import { makeFolder } from './paths.ts';

const RUN = /^\d{8}T\d{9}Z-[0-9a-f]{4}$/;

/** Sorts by time, to the millisecond: `20261124T150645123Z-3f2a`. */
export const newRunName = (now: Date): string => `${now.toISOString().replace(/[-:.]/g, '')}-${randomBytes(2).toString('hex')}`;

/** The name of a new run in this undo log. It sorts after every other, also where the clock was set back since. */
export async function nextRunName(stateDir: string, now: Date): Promise<string> {
  const newest = (await runNames(stateDir).catch(() => [])).at(-1);
  const name = newRunName(now);
  if (newest === undefined || newest.slice(0, 18) < name.slice(0, 18)) return name;
  const then = newest.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)(\d{3}Z).*$/, '$1-$2-$3:$4:$5.$6');
  const after = new Date(Date.parse(then) + 1);
  return Number.isNaN(after.getTime()) || after.getUTCFullYear() > 9999 ? name : newRunName(after);
}

/** Oldest first. */
async function runNames(stateDir: string): Promise<string[]> {
  const names = await readdir(folderOf(stateDir)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.jsonl') && RUN.test(name.slice(0, -6)))
    .map((name) => name.slice(0, -6))
    .toSorted();
}

const folderOf = (stateDir: string): string => join(stateDir, 'journal');
const fileOf = (stateDir: string, run: string): string => join(folderOf(stateDir), `${run}.jsonl`);

/** Opens a new journal, or with `again` that of an earlier run, private to its owner. Each line is on disk when `append` resolves. */
export async function openJournal(stateDir: string, run: string, again = false): Promise<Journal> {
  const folder = folderOf(stateDir);
  try {
    await makeFolder(folder);
    await chmod(folder, 0o700);
    const file = await open(fileOf(stateDir, run), again ? 'a' : 'ax', 0o600);
    if (again) await closeTornLine(file, fileOf(stateDir, run));
    await syncFolder(folder);
    let torn = false;
    const write = async (entry: Entry): Promise<void> => {
      // After a line that did not get through whole, the next one begins afresh.
      const line = `${torn ? '\n' : ''}${JSON.stringify(entry)}\n`;
      torn = true;
      await file.appendFile(line, 'utf8');
      await file.sync();
      torn = false;
    };
    // Apps that go side by side write one line after the other; one that fails does not keep the next from being tried.
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = (work: () => Promise<void>): Promise<void> => {
      const mine = last.then(work, work);
      last = mine;
      return mine;
    };
    return { run, append: (entry) => inTurn(() => write(entry)), close: () => inTurn(() => file.close()) };
  } catch (error) {
    throw new UserError(`The undo log cannot be written in ${folder} (${(error as Error).message}).`, EXIT.failed, [
      'Nothing was sent to Azure.',
      'Name another folder with --state-dir DIR',
    ]);
  }
}

/** A new name in a folder is on disk only when the folder is. Windows cannot and need not do this. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Adds a line to the journal of an earlier run: that one of its changes was taken back. */
export async function appendTo(stateDir: string, run: string, entry: Entry): Promise<void> {
  const file = await open(fileOf(stateDir, run), 'a', 0o600);
  try {
    await closeTornLine(file, fileOf(stateDir, run));
    await file.appendFile(`${JSON.stringify(entry)}\n`, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A torn last line must not swallow the next one. */
async function closeTornLine(file: FileHandle, path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (text !== '' && !text.endsWith('\n')) await file.appendFile('\n', 'utf8');
}

/** Every run in the undo log, newest first. */
export async function readRuns(stateDir: string, told?: (error: unknown) => void): Promise<RecordedRun[]> {
  const runs = await runNames(stateDir).catch((error: Error) => {
    throw new UserError(`The undo log cannot be read (${error.message}).`, EXIT.failed, [
      'Check the folder, or name another with --state-dir DIR',
    ]);
  });
  // One journal that cannot be read does not hide the others; asking for it by name says why.
  const read = await Promise.all(
    runs.toReversed().map((run) =>
      readRun(stateDir, run).catch((error: unknown) => {
        told?.(error);
        return undefined;
      }),
    ),
  );
  return read.filter((run) => run !== undefined);
}

/** One run; undefined where there is no such run. A torn line is passed over. */
export async function readRun(stateDir: string, run: string): Promise<RecordedRun | undefined> {
  if (!RUN.test(run)) return undefined;
  const file = fileOf(stateDir, run);
  let text: string;
  try {
    const { mode, uid } = await stat(file);
    if (process.getuid !== undefined && uid !== process.getuid())
      throw new UserError(`${file} belongs to somebody else.`, EXIT.failed, [
        'An undo log says what is written to Azure: use your own, or take this one over after you read it.',
      ]);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new UserError(`${file} can be read or changed by others.`, EXIT.failed, [
        `Look at what it says, then make it private: chmod 600 ${file}`,
      ]);
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${file} cannot be read (${(error as Error).message}).`, EXIT.failed);
  }
  const entries: Entry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const entry = entryOf(line);
    if (typeof entry === 'string')
      throw new UserError(`${file}:${index + 1}: ${entry}.`, EXIT.failed, [
        'Somebody or something changed this file; nothing is taken back by what it says now.',
        'Put back a copy of it, or change the values by hand: func-harden audit shows what stands there.',
      ]);
    if (entry?.type === 'run-start' && entry.run !== run)
      throw new UserError(`${file}:${index + 1}: this is the undo log of run ${plainText(entry.run)}, under another name.`, EXIT.failed, [
        'Give the file back the name it had.',
      ]);
    if (entry) entries.push(entry);
  }
  const newer = entries.find((entry) => entry.type === 'run-start' && (entry.schemaVersion ?? 0) > JOURNAL_VERSION);
  if (newer)
    throw new UserError(`${file} was written by a newer func-harden (${(newer as RunStart).tool}).`, EXIT.failed, [
      'Use that version, or a newer one, to look at it or take it back.',
    ]);
  return recordedRun(entries);
}
