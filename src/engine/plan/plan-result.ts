/** What planning comes to for one app. */
import type { Target } from '../../azure/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { Work } from '../../change/undo-log.ts';
import type { AnyStep } from '../../contract/index.ts';
import type { ControlState } from '../judge/assess.ts';

export interface MissingAnswer {
  readonly target: Target;
  readonly step: AnyStep;
  readonly question: string;
  readonly control: string;
}

export interface Plan {
  readonly target: Target;
  /** What was decided, for whoever takes the run up again. */
  readonly work: Work;
  readonly changes: readonly Change[];
  readonly missing: readonly MissingAnswer[];
  /** Controls whose change a guard stands against. */
  readonly blocked: readonly GuardNote[];
  /** Controls that were chosen but could not be read. */
  readonly unknown: readonly ControlState[];
  /** Answers that nothing came of, and why. */
  readonly unused: readonly string[];
}
