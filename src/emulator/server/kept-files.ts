/** The files of the emulator: its state across restarts, and its log. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isObject, type Json, type State } from '../state.ts';

/** The most bytes of a state; that of 1000 apps has about 20 million. */
const MOST_BYTES = 512 * 1024 * 1024;

const LISTS = ['subscriptions', 'policyAssignments', 'assessments', 'locks'];
const TABLES = ['plans', 'sites', 'pricings', 'resources', 'groups'];

/** Returns the state in a file; undefined where there is no file. @throws Error that describes the problem */
export async function readState(file: string): Promise<State | undefined> {
  let handle: FileHandle;
  try {
    // Opened without waiting, because opening a pipe without a writer would block forever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (
      await lstat(file).then(
        () => true,
        () => false,
      )
    )
      throw new Error(`${file} is a symbolic link to nothing`, { cause: error });
    return undefined;
  }
  try {
    const known = await handle.stat();
    if (await isLink(file)) throw new Error(`${file} is a symbolic link, and its target would be overwritten`);
    if (!known.isFile()) throw new Error(`${file} is not a regular file`);
    if (known.size > MOST_BYTES) throw new Error(`${file} is too large for a state`);
    return checked(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}

function checked(text: string, file: string): State {
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    throw new Error(`${file} holds no state of the emulator: it is not JSON`);
  }
  const parts = isObject(state) ? state : {};
  const wrong = [
    ...(typeof parts['tenantId'] === 'string' ? [] : ['tenantId']),
    ...LISTS.filter((name) => !isListOfObjects(parts[name] ?? null)),
    ...TABLES.filter((name) => !isObject(parts[name])),
  ];
  const [first] = wrong;
  if (first !== undefined) throw new Error(`${file} holds no state of the emulator: ${first} is missing or of another kind`);
  return state as State;
}

const isListOfObjects = (value: Json): boolean => Array.isArray(value) && value.every(isObject);

export async function saveState(state: State, file: string | undefined): Promise<void> {
  if (file !== undefined) await writeFile(file, JSON.stringify(state));
}

/** The names of open streams are links by nature. */
const isLink = async (file: string): Promise<boolean> => !/^\/(dev|proc)\//.test(resolve(file)) && (await lstat(file)).isSymbolicLink();

/** Opens the log at the start, so that a place that cannot be written is reported before the first request. */
export const openLog = (file: string): Promise<FileHandle> => {
  const nowhereElse = /^\/(dev|proc)\//.test(resolve(file)) ? 0 : (constants.O_NOFOLLOW ?? 0);
  return open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | nowhereElse, 0o600);
};
