import type { ApplyResult } from './apply.ts';
import type { Change } from '../../change/change.ts';
import type { RunEnd } from '../../change/undo-log.ts';

/** An event that hosts show during a run. `replay --json` prints these. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly run: string; readonly apps: readonly string[] }
  | { readonly type: 'change-start'; readonly change: number; readonly of: number; readonly what: Change }
  /** A change takes long: what is waited for, and for how many milliseconds so far. */
  | { readonly type: 'change-wait'; readonly change: number; readonly app: string; readonly waitsFor: string; readonly elapsed: number }
  | { readonly type: 'change-end'; readonly change: number; readonly what: Change; readonly result: ApplyResult }
  | { readonly type: 'rolled-back'; readonly change: number; readonly what: Change; readonly result: ApplyResult }
  | { readonly type: 'app-failed'; readonly app: string; readonly message: string; readonly next: readonly string[] }
  /** The first apps are done; where one of them failed or could not be verified, the others are not touched. */
  | { readonly type: 'canary'; readonly apps: readonly string[]; readonly ok: boolean }
  | ({
      readonly type: 'run-end';
      readonly run: string;
      /** In a resumed run: the number of applied changes that were applied before it was resumed. */
      readonly appliedBefore?: number;
    } & Omit<RunEnd, 'type' | 'at' | 'kept'>);
