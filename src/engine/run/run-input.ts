/** What a run is given: the apps with their changes, and what to do where one fails. */
import type { Change } from '../../change/change.ts';
import type { Locks } from '../ports.ts';
import type { RunStart, Work } from '../../change/undo-log.ts';
import type { Target } from '../../azure/index.ts';
import type { RunEvent } from './run-events.ts';
import type { Wave } from './waves.ts';

export type OnFailure = 'stop' | 'rollback' | 'continue';

export interface AppChanges {
  readonly target: Target;
  readonly changes: readonly Change[];
  /** What was decided, where it was decided: an undo has none. */
  readonly work?: Work;
}

/** The first apps of a run, which are done and verified before the others are touched. */
export interface Canary {
  readonly waves: readonly Wave[];
  /** Asked after each wave that is well, where there are others. */
  readonly goOn: () => Promise<boolean>;
}

export interface RunInput {
  readonly apps: readonly AppChanges[];
  readonly onFailure: OnFailure;
  /** One app's failure ends the run for the others too. */
  readonly stopOnFailure?: boolean;
  /** Apps that are worked on at the same time; the changes of one stay in order. */
  readonly concurrency?: number;
  readonly canary?: Canary;
  readonly start: Omit<RunStart, 'type' | 'at' | 'run' | 'targets'>;
  readonly locks: Locks;
  /** Number of the last change that the run made before it was cut off. */
  readonly lastChange?: number;
  /** What failed before anything was sent: apps that are not there, controls that could not be read. */
  readonly failedBefore?: number;
  /** Changes that an undo leaves as they are. */
  readonly kept?: number;
  readonly notify: (event: RunEvent) => void;
  /** Marks a change of an earlier run as taken back. */
  readonly markUndone?: (change: Change, by: string) => Promise<void>;
}
