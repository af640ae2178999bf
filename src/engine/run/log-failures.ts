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
    next: 'Free space or choose another folder with --state-dir, then run it again.',
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
    next: 'Free space, then look at what stands there: the undo log has the intent, and undo compares with what it finds.',
  });
}
