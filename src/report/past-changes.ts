/** Changes of earlier runs from the undo log, for reports that show them. */
import type { ChangeState, RecordedRun, RunStart } from '../change/undo-log.ts';
import type { Edit } from '../change/edit.ts';

export interface PastChange {
  readonly run: string;
  readonly mode: RunStart['mode'];
  /** Time right before the request was sent. */
  readonly at: string;
  readonly account: string | null;
  /** `app` or `app/slot`. */
  readonly app: string;
  readonly controls: readonly string[];
  /** Edits as in the undo log, which contains no secrets. */
  readonly diff: readonly Edit[];
  /** The effect of the request in words, if it set no value that can be read. */
  readonly call?: string;
  readonly state: ChangeState;
  readonly undoneBy?: string;
  /** The run that reverted some of its values. */
  readonly partlyUndoneBy?: string;
  /** The run that this change reverts in part or in full. */
  readonly undoes?: string;
}

/** Lists the changes of these apps, newest first; `runs` must be sorted newest first. */
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
