/** The file of `--debug`: one JSON object per line, readable only by its owner. */
import { writeProblem } from './file-problem.ts';
import { appendFileSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { secrets } from '../change/secrets.ts';
import { safeJson } from '../text/plain.ts';
import { fileErrors } from './errors/files.ts';

/** Opens the file. Each entry is written at once, so that the last one before a crash is there. @throws UserError if it cannot be opened */
export function debugLog(file: string): (entry: object) => void {
  // The names of open streams are links by nature.
  const nowhereElse = /^\/(dev|proc)\//.test(resolve(file)) ? 0 : (constants.O_NOFOLLOW ?? 0);
  let isTold = false;
  try {
    // Opened without waiting, so that a pipe without a reader is reported at once.
    const handle = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | nowhereElse, 0o600);
    if (fstatSync(handle).isFile()) fchmodSync(handle, 0o600);
    return (entry) => {
      try {
        appendFileSync(handle, `${secrets.fromQuote(safeJson(entry))}\n`);
      } catch (error) {
        // A full disk must not stop the command, but it is reported.
        if (!isTold) process.stderr.write(`NOTE: ${file} cannot be written (${writeProblem(error)}). The debug log is not complete.\n`);
        isTold = true;
      }
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ELOOP' ? 'it is a symbolic link' : writeProblem(error);
    throw fileErrors.notWritable({ file, why, option: '--debug' });
  }
}
