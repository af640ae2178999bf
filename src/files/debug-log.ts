/** The file of `--debug`: one JSON object a line, private to its owner. */
import { appendFileSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import { EXIT, UserError } from '../engine/errors.ts';
import { secrets } from '../change/secrets.ts';
import { safeJson } from '../text/plain.ts';

/** Written at once, so that the last line before a crash is there too. @throws UserError where the file cannot be opened */
export function debugLog(file: string): (entry: object) => void {
  try {
    // Not waiting: a pipe that nobody reads is told at once.
    const handle = openSync(
      file,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | (constants.O_NOFOLLOW ?? 0),
      0o600,
    );
    if (fstatSync(handle).isFile()) fchmodSync(handle, 0o600);
    return (entry) => {
      try {
        appendFileSync(handle, `${secrets.fromQuote(safeJson(entry))}\n`);
      } catch {
        // A full disk must not stop the work that is being logged.
      }
    };
  } catch (error) {
    throw new UserError(`${file} cannot be written (${(error as Error).message}).`, EXIT.usage, ['Name another file with --debug FILE']);
  }
}
