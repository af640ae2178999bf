/** What a change comes to where the undo log cannot be written. */
import { ArmFailure } from '../ports.ts';

/** The code of a failure to write the undo log. */
export const LOG_BROKE = 'UndoLogNotWritable';

export function unwritable(error: unknown): ArmFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ArmFailure({
    kind: 'invalid',
    code: LOG_BROKE,
    message: `The undo log could not be written (${why}), so nothing was sent.`,
    next: 'Free disk space or choose a different folder with --state, then run the command again.',
  });
}

/** The write was sent, but what came of it could not be put on record: the run stops here, and says so. */
export function unrecorded(error: unknown): ArmFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ArmFailure({
    kind: 'invalid',
    code: LOG_BROKE,
    message: `The request was sent, but its outcome could not be written to the undo log (${why}).`,
    mayHaveHappened: true,
    next: 'Free disk space, then check the current values. The undo log has recorded the request, and undo compares it with the current values.',
  });
}
