/** The file of `--output`, which keeps its old content until the new one is complete. */
import { writeProblem } from './file-problem.ts';
import { isForeignLink } from './file-owner.ts';
import { randomBytes } from 'node:crypto';
import { constants, rmSync } from 'node:fs';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { secrets } from '../change/secrets.ts';
import { withoutPipelineCommands } from '../text/plain.ts';
import { fileErrors } from './errors/files.ts';

export interface Output {
  write(text: string): Promise<void>;
  /** Replaces the file with the new content. */
  end(): Promise<void>;
  /** Discards the new content. */
  discard(): Promise<void>;
}

export interface OutputOptions {
  /** Removes secrets of Azure, and by default commands of Azure Pipelines, from the text. */
  readonly cleaned?: (text: string) => string;
  /** Whether only the owner may read the file, even if it exists already with other permissions. */
  readonly isPrivate?: boolean;
}

/** Characters that are written at once: a fleet's report has thousands of small pieces. */
const AT_ONCE = 65_536;

const unfinished = new Set<string>();
let isWatched = false;

/** Removes an unfinished file when the process ends, because a second signal ends it at once. */
function removeAtExit(file: string): void {
  unfinished.add(file);
  if (isWatched) return;
  isWatched = true;
  process.once('exit', () => unfinished.forEach((one) => rmSync(one, { force: true })));
}

/** Opens the file. @throws UserError where it cannot be written, as its members do */
export async function openOutput(file: string, options: OutputOptions = {}): Promise<Output> {
  const { cleaned = (text: string) => secrets.fromText(withoutPipelineCommands(text)), isPrivate = false } = options;
  const withFileError = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw fileErrors.outputNotWritable({ file, why: writeProblem(error) });
    });
  if (await isForeignLink(file)) throw fileErrors.outputIsLink({ file });
  const known = await stat(file).catch(() => undefined);
  // A pipe or a device is written directly. Opening a pipe without a reader must not block forever.
  if (known && !known.isFile()) {
    const handle = await withFileError(open(file, constants.O_WRONLY | constants.O_NONBLOCK));
    return {
      write: (text) => withFileError(handle.appendFile(cleaned(text))),
      end: () => withFileError(handle.close()),
      discard: () => handle.close(),
    };
  }
  const place = known ? await withFileError(realpath(file)) : file;
  const beside = join(dirname(place), `.${basename(place)}.${randomBytes(4).toString('hex')}`);
  let handle: FileHandle | undefined = await withFileError(
    open(beside, 'wx', (known ? known.mode & 0o777 : 0o666) & (isPrivate ? 0o600 : 0o777)),
  );
  removeAtExit(beside);
  const close = async () => {
    await handle?.close();
    handle = undefined;
  };
  let waiting = '';
  const flush = async () => {
    const text = waiting;
    waiting = '';
    if (!handle) throw new Error('the file is already closed');
    // A part of the text may be written, so the file is never put in place after a failure.
    await handle.appendFile(text).catch(async (error: unknown) => {
      await discard();
      throw error;
    });
  };
  const discard = async () => {
    await close().catch(() => undefined);
    await rm(beside, { force: true });
    unfinished.delete(beside);
  };
  return {
    async write(text) {
      waiting += cleaned(text);
      if (waiting.length >= AT_ONCE) await withFileError(flush());
    },
    async end() {
      await withFileError(flush());
      await withFileError(close());
      await withFileError(rename(beside, place));
      unfinished.delete(beside);
    },
    discard,
  };
}
