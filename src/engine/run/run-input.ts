/** The input of a run: the apps with their changes, and the reaction to a failure. */
import type { Change } from '../../change/change.ts';
import type { Locks } from '../ports.ts';
import type { RecordedChange, RunStart, Work } from '../../change/undo-log.ts';
import type { Target } from '../../azure/index.ts';
import type { RunEvent } from './run-events.ts';
import type { Wave } from './waves.ts';

export type OnFailure = 'stop' | 'rollback' | 'continue';

export interface AppChanges {
  readonly target: Target;
  readonly changes: readonly Change[];
  /** The decisions that the changes come from. An undo has none. */
  readonly work?: Work;
}

/** The first apps of a run. They are changed and verified before the others. */
export interface Canary {
  readonly waves: readonly Wave[];
  /** Called after each successful wave, if others remain. Returns whether to continue. */
  readonly confirmOthers: () => Promise<boolean>;
}

export interface RunInput {
  readonly apps: readonly AppChanges[];
  readonly onFailure: OnFailure;
  /** Whether the failure of one app ends the run for the others. */
  readonly stopOnFailure?: boolean;
  /** The number of apps that are changed in parallel. The changes of one app stay in order. */
  readonly concurrency?: number;
  readonly canary?: Canary;
  readonly start: Omit<RunStart, 'type' | 'at' | 'run' | 'targets'>;
  readonly locks: Locks;
  /** The number of the last change before the run was interrupted. */
  readonly lastChange?: number;
  /** The changes that the run had applied before it was interrupted. The counts at its end are those of the whole run. */
  readonly earlier?: readonly RecordedChange[];
  /** Whether the run stays stopped, because a later resume can finish work that is not part of it now. */
  readonly staysStopped?: boolean;
  /** The number of failures before anything was sent: apps that do not exist, controls that could not be read. */
  readonly failedBefore?: number;
  /** The number of changes that an undo leaves as they are. */
  readonly kept?: number;
  readonly notify: (event: RunEvent) => void;
  /** Records that a change of an earlier run was reverted. */
  readonly markUndone?: (change: Change, by: string) => Promise<void>;
}
