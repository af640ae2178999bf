/** What earlier runs did, from the undo log: for reports that tell what changed. */
import type { ChangeState, RecordedRun, RunStart } from '../change/undo-log.ts';
import type { Edit } from '../change/edit.ts';

export interface PastChange {
  readonly run: string;
  readonly mode: RunStart['mode'];
  /** When the request was about to go out. */
  readonly at: string;
  readonly account: string | null;
  /** `app` or `app/slot`. */
  readonly app: string;
  readonly controls: readonly string[];
  /** As the undo log keeps them: no secret is in it. */
  readonly diff: readonly Edit[];
  /** What the request did, where it set nothing that can be read. */
  readonly call?: string;
  readonly state: ChangeState;
  readonly undoneBy?: string;
  /** Some of its values were taken back by this run, others stand. */
  readonly partlyUndoneBy?: string;
  /** The run that this change took something of back. */
  readonly undoes?: string;
}

/** The changes of these apps, newest first, of runs newest first. */
export function pastChanges(runs: readonly RecordedRun[], ids: readonly string[]): PastChange[] {
  const wanted = new Set(ids.map((id) => id.toLowerCase()));
  return runs.flatMap(({ run, start, changes }) =>
    changes
      .filter(({ intent }) => wanted.has(intent.target.toLowerCase()))
      .toReversed()
      .map(({ intent, state, undoneBy, partlyUndoneBy }) => ({
        run,
        mode: start.mode,
        at: intent.at,
        account: start.account,
        app: intent.app,
        controls: intent.controls,
        diff: intent.edits,
        state,
        ...(intent.call === undefined ? {} : { call: intent.call }),
        ...(undoneBy === undefined ? {} : { undoneBy }),
        ...(partlyUndoneBy === undefined ? {} : { partlyUndoneBy }),
        ...(intent.undoes === undefined ? {} : { undoes: intent.undoes.run }),
      })),
  );
}
