/** Failures of a change whose undo log cannot be written. */
import { UserError } from '../errors.ts';
import { ArmFailure } from '../ports.ts';
import { LOG_CHANGED } from '../undo-state.ts';

/** The error code of an undo log that cannot be written. */
export const LOG_BROKE = 'UndoLogNotWritable';

const CHANGED =
  'Compare the current values with the plan or with func-harden audit: an undo does not find the changes that the log has lost. ' +
  'Keep the state folder away from editors and synchronization during a run.';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Returns the first thing to do about a log in a folder that cannot be written. */
export const remedyOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && FULL.has(String(error.code)) ? 'Free disk space' : 'Make the undo log writable again';

/** Returns what to do about a log that cannot be written: what its error says, else the usual. */
function nextOf(error: unknown, usual: string): string {
  if (error instanceof UserError) return error.next.join(' ');
  return error instanceof Error && 'code' in error && error.code === LOG_CHANGED ? CHANGED : usual;
}

/** Returns the reason for a place in parentheses. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');

/** Returns the failure of a change that was not sent because its intent could not be recorded. */
export function unwritable(error: unknown): ArmFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ArmFailure({
    kind: 'invalid',
    code: LOG_BROKE,
    message: error instanceof UserError ? `${why} Nothing was sent.` : `The undo log could not be written (${why}), so nothing was sent.`,
    next: nextOf(error, `${remedyOf(error)} or choose a different folder with --state, then try again.`),
  });
}

/** Returns the failure of a change that was sent and whose result could not be recorded. The run stops here. */
export function unrecorded(error: unknown): ArmFailure {
  const why = reasonOf(error);
  return new ArmFailure({
    kind: 'invalid',
    code: LOG_BROKE,
    message: `The request was sent, but its outcome could not be written to the undo log (${why}).`,
    mayHaveHappened: true,
    next: nextOf(
      error,
      `${remedyOf(error)}, then check the current values. The undo log has recorded the request, and undo compares it with the current values.`,
    ),
  });
}

/** Returns the failure of a run whose end could not be recorded. Its changes are recorded. */
export function unended(error: unknown): ArmFailure {
  const why = reasonOf(error);
  return new ArmFailure({
    kind: 'invalid',
    code: LOG_BROKE,
    message: `The end of the run could not be written to the undo log (${why}).`,
    next: nextOf(error, `${remedyOf(error)}, then run func-harden history to see the recorded changes.`),
  });
}
