/** Findings that can be fixed at once: their change has a low risk, and requires no answer except recommended ones. */
import {
  type AnyControl,
  type AnyStep,
  type Decision,
  type Decisions,
  type Questions,
  type Risk,
  type StepDecision,
} from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import { isFixable } from '../judge/area-decisions.ts';
import type { ControlState, StepState } from '../judge/assess.ts';
import { decisionOn } from '../judge/decisions.ts';

type Answered = Readonly<Record<string, Json>>;

/** Returns the answers that a change requires, recommended where no one answered; undefined if only a person can answer. */
function recommendedAnswers(step: AnyStep, control: AnyControl, given: Answered = {}): Answered | undefined {
  const answers: Record<string, Json> = { ...given };
  for (const name of control.needs ?? []) {
    if (answers[name] !== undefined || step.skip?.[name]?.(answers)) continue;
    const question = (step.questions as Questions | undefined)?.[name];
    const recommended = question && 'preselect' in question && !question.exempts ? question.preselect : undefined;
    if (recommended !== undefined) answers[name] = recommended;
    else if (!question?.optional) return undefined;
  }
  return answers;
}

/** The risks that a change of everything safe may have. */
export type MildRisk = Extract<Risk, 'safe' | 'disruptive'>;

/** Whether a finding can be fixed without an answer. Controls chosen by name only, or skipped by someone, are left out. */
export function isSafeFix(step: AnyStep, state: ControlState, decided: StepDecision | undefined, risks: readonly MildRisk[]): boolean {
  const { control } = state;
  if (state.state !== 'fail' || control.kind === 'attestation' || control.optIn || !isFixable(state)) return false;
  if (!risks.includes((control.risk ?? 'disruptive') as MildRisk)) return false;
  return decisionOn(decided, control.id)?.decision !== 'skip' && recommendedAnswers(step, control, decided?.answers) !== undefined;
}

const APPLY: Decision = { decision: 'apply' };

/** Returns the decisions that fix, control by control, everything that can be fixed without an answer. */
export function safeDecisions(steps: readonly StepState[], before: Decisions, risks: readonly MildRisk[]): Decisions {
  return Object.fromEntries(
    steps.flatMap(({ step, controls }): [string, StepDecision][] => {
      const decided = before[step.id];
      const chosen = controls.filter((state) => isSafeFix(step, state, decided, risks));
      if (chosen.length === 0) return [];
      const answers = chosen.reduce((known, { control }) => recommendedAnswers(step, control, known) ?? known, decided?.answers ?? {});
      return [[step.id, { answers, controls: Object.fromEntries(chosen.map(({ control }) => [control.id, APPLY])) }]];
    }),
  );
}

/** Returns the decisions without these controls, by full id. An area without any control left is removed. */
export function withoutControls(decisions: Decisions, ids: ReadonlySet<string>): Decisions {
  return Object.fromEntries(
    Object.entries(decisions).flatMap(([step, decided]): [string, StepDecision][] => {
      const controls = Object.fromEntries(Object.entries(decided.controls).filter(([name]) => !ids.has(`${step}.${name}`)));
      return Object.keys(controls).length === 0 ? [] : [[step, { ...decided, controls }]];
    }),
  );
}
