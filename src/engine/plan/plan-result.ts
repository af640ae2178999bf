/** The result of planning for one app. */
import type { Target } from '../../azure/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { Work } from '../../change/undo-log.ts';
import type { AnyStep, StepDecision } from '../../contract/index.ts';
import type { ControlState } from '../judge/assess.ts';

export interface MissingAnswer {
  readonly target: Target;
  readonly step: AnyStep;
  readonly question: string;
  readonly control: string;
  /** What is decided for the area. */
  readonly decided: StepDecision;
}

export interface Plan {
  readonly target: Target;
  /** The decisions, for a process that resumes the run. */
  readonly work: Work;
  readonly changes: readonly Change[];
  readonly missing: readonly MissingAnswer[];
  /** Controls whose change a guard stops. */
  readonly blocked: readonly GuardNote[];
  /** Controls that were chosen and could not be read. */
  readonly unknown: readonly ControlState[];
  /** Answers that had no effect, with the reason. */
  readonly unused: readonly string[];
}
