import type { Target } from '../../../azure/index.ts';
import { EXIT, exitOf, UserError } from '../../../engine/errors.ts';
import { ArmFailure } from '../../../engine/ports.ts';
import type { Session } from '../../../engine/session.ts';
import type { Action } from '../reducer.ts';
import { troubleLines } from './error-lines.ts';

/** Finds the accessible apps and dispatches them in batches, so that the list is not redrawn for each app. */
export async function search(session: Session, dispatch: (action: Action) => void): Promise<void> {
  let batch: Target[] = [];
  let isWaiting = false;
  const flush = () => {
    isWaiting = false;
    if (batch.length > 0) dispatch({ type: 'found', targets: batch });
    batch = [];
  };
  try {
    for await (const target of session.apps()) {
      batch.push(target);
      // The apps of one answer come together, and are shown before the next answer, which may be slow.
      if (batch.length >= 100) flush();
      else if (!isWaiting) {
        isWaiting = true;
        setImmediate(flush);
      }
    }
    flush();
    dispatch({ type: 'found-all', leftOut: session.leftOut() });
  } catch (error) {
    flush();
    const exitCode = error instanceof ArmFailure ? exitOf(error) : error instanceof UserError ? error.exitCode : EXIT.failed;
    dispatch({ type: 'found-all', leftOut: session.leftOut(), failure: troubleLines(error), exitCode });
  }
}
