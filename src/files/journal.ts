import { randomBytes } from 'node:crypto';
import { chmod, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, UserError } from '../engine/errors.ts';
import { JOURNAL_VERSION, type Entry, type RecordedRun, type RunStart } from '../change/undo-log.ts';
import type { Journal } from '../engine/ports.ts';
import { plainText } from '../text/plain.ts';
import { chainOf, hashOf, NO_LINE } from './journal-chain.ts';
import { recordedFrom } from './journal-damage.ts';
import { lineOf } from './journal-shape.ts';
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

/** Where the next line of a log goes on. */
interface Tail {
  readonly prev: string;
  readonly lines: number;
  /** What stands behind the last line feed is the first part of a line. */
  readonly torn: boolean;
}

async function tailOf(path: string): Promise<Tail> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const torn = lines.at(-1) !== '';
  if (!torn) lines.pop();
  const last = lines.at(-1);
  return { prev: last === undefined ? NO_LINE : hashOf(last), lines: lines.length, torn };
}

/** Opens a new journal, or with `again` that of an earlier run, private to its owner. Each line is on disk when `append` resolves. */
export async function openJournal(stateDir: string, run: string, again = false): Promise<Journal> {
  const folder = folderOf(stateDir);
  const path = fileOf(stateDir, run);
  try {
    await makeFolder(folder);
    await chmod(folder, 0o700);
    const file = await open(path, again ? 'a' : 'ax', 0o600);
    await syncFolder(folder);
    // Unknown after a line that did not get through whole: what is there is looked at, and the next line begins afresh.
    let tail: Tail | undefined = again ? undefined : { prev: NO_LINE, lines: 0, torn: false };
    const write = async (entry: Entry): Promise<void> => {
      const at = tail ?? (await tailOf(path));
      tail = undefined;
      const line = lineOf(entry, at);
      await file.appendFile(`${at.torn ? '\n' : ''}${line}\n`, 'utf8');
      await file.sync();
      tail = { prev: hashOf(line), lines: at.lines + 1, torn: false };
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
  const journal = await openJournal(stateDir, run, true);
  try {
    await journal.append(entry);
  } finally {
    await journal.close();
  }
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

/** One run; undefined where there is no such run. A torn line is passed over; what else is wrong with the log is in `damage`. */
export async function readRun(stateDir: string, run: string): Promise<RecordedRun | undefined> {
  if (!RUN.test(run)) return undefined;
  const file = fileOf(stateDir, run);
  const text = await readPrivate(file);
  if (text === undefined) return undefined;
  const { entries, flaws, newest } = chainOf(text);
  const other = entries.find(({ entry }) => entry.type === 'run-start' && entry.run !== run);
  if (other)
    throw new UserError(
      `${file}:${other.line}: this is the undo log of run ${plainText((other.entry as RunStart).run)}, under another name.`,
      EXIT.failed,
      ['Give the file back the name it had.'],
    );
  const later = entries.find(({ entry }) => entry.type === 'run-start' && (entry.schemaVersion ?? 0) > JOURNAL_VERSION);
  if (later || newest > JOURNAL_VERSION)
    throw new UserError(
      `${file} was written by a newer func-harden${later ? ` (${plainText((later.entry as RunStart).tool)})` : ''}.`,
      EXIT.failed,
      ['Use that version, or a newer one, to look at it or take it back.'],
    );
  return recordedFrom(file, entries, flaws);
}

/** The text of a log; undefined where there is none. @throws UserError where others could have changed it */
async function readPrivate(file: string): Promise<string | undefined> {
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
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${file} cannot be read (${(error as Error).message}).`, EXIT.failed);
  }
}
