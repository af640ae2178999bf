/** The file of `--record`: readable only by its owner, and written as a whole when the command ends for any reason. */
import { writeProblem } from './file-problem.ts';
import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { safeJson } from '../text/plain.ts';
import { fileErrors } from './errors/files.ts';

const open = new Set<() => void>();
let isHeard = false;

/** Registers a file for the exchanges that exist at the end. @throws UserError where the file cannot be opened */
export function recordTo(file: string, exchanges: () => readonly object[]): void {
  // The names of open streams are links by nature.
  const nowhereElse = /^\/(dev|proc)\//.test(resolve(file)) ? 0 : (constants.O_NOFOLLOW ?? 0);
  let handle: number;
  try {
    handle = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK | nowhereElse, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ELOOP' ? 'it is a symbolic link' : writeProblem(error);
    throw fileErrors.notWritable({ file, why, option: '--record' });
  }
  const isFile = fstatSync(handle).isFile();
  if (isFile) fchmodSync(handle, 0o600);
  const save = () => {
    open.delete(save);
    try {
      const text = `${safeJson(exchanges(), 1)}\n`;
      if (isFile) ftruncateSync(handle, 0);
      for (let at = 0, bytes = Buffer.from(text); at < bytes.length;) at += writeSync(handle, bytes, at);
    } catch (error) {
      process.stderr.write(`NOTE: ${file} cannot be written (${writeProblem(error)}). Nothing was recorded.\n`);
    } finally {
      closeSync(handle);
    }
  };
  // A second Ctrl-C exits at once; the recording until then may be needed for an issue.
  if (!isHeard) process.once('exit', saveRecordings);
  isHeard = true;
  open.add(save);
}

/** Writes the recordings of this process. */
export function saveRecordings(): void {
  for (const save of open) save();
}
