/** Turns the selection of a person in an area into the decision that is planned, saved and replayed. */
import {
  answerProblems,
  isChangeable,
  type AnyControl,
  type AnyStep,
  type Problem,
  type Question,
  questionsOf,
  type Decision,
  type Decisions,
  type Profile,
  type StepDecision,
} from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import type { ControlState, StepState } from './assess.ts';
import { clashesIn } from './contradictions.ts';
import { isChosen, NO_DECISION } from './decisions.ts';

/** Whether func-harden can fix a control in its current state. */
export const isFixable = ({ state, control, stays }: ControlState): boolean =>
  isChangeable(control) &&
  ((state === 'fail' && stays === undefined) || (control.kind === 'rule' && control.onDemand === true && state !== 'unknown'));

/** Returns the areas with the controls of a profile. An area without such controls is removed. */
export const filterByProfile = (steps: readonly AnyStep[], profile: Profile | undefined): readonly AnyStep[] =>
  steps.map((step) => inProfile(step, profile)).filter(({ controls }) => controls.length > 0);

/** Returns an area with the controls of a profile. */
export const inProfile = (step: AnyStep, profile: Profile | undefined): AnyStep =>
  profile === 'baseline' ? { ...step, controls: step.controls.filter(({ strict }) => !strict) } : step;

/** Returns a decision with the same meaning and without the profile: controls outside the profile are skipped by name. */
export function withoutProfile(step: AnyStep, decided: StepDecision, profile: Profile | undefined): StepDecision {
  if (profile !== 'baseline' || decided.decision?.decision !== 'apply') return decided;
  const out = step.controls.filter((control) => control.strict && !control.optIn && isChangeable(control));
  const skipped = Object.fromEntries(out.map(({ id }): [string, Decision] => [id, { decision: 'skip' }]));
  return { ...decided, controls: { ...skipped, ...decided.controls } };
}

/** Returns a decision without the controls that a guard stops, so that the answers file contains only decisions that take effect. */
export function withoutStopped(step: AnyStep, decided: StepDecision, stopped: readonly string[]): StepDecision {
  const own: Record<string, Decision> = { ...decided.controls };
  for (const control of step.controls.filter((one) => stopped.includes(`${step.id}.${one.id}`) && isChosen(one, decided)))
    if (control.optIn) delete own[control.id];
    else own[control.id] = { decision: 'skip' };
  return { ...decided, controls: own };
}

/** Returns the decision to change nothing in an area. Controls that were chosen by name are no longer chosen. */
export const skipArea = (before: StepDecision = NO_DECISION): StepDecision => ({ ...unchosen(before), decision: { decision: 'skip' } });

/** Returns a decision without anything to apply. */
export const unchosen = ({ answers, controls }: StepDecision): StepDecision => ({
  answers,
  controls: Object.fromEntries(Object.entries(controls).filter(([, one]) => one.decision !== 'apply')),
});

/** Returns a decision without one control, and without the answers that only this control needs. */
export function withoutControl(step: AnyStep, { controls, answers, ...rest }: StepDecision, control: AnyControl): StepDecision {
  const { [control.id]: _, ...others } = controls;
  const isOthers = (name: string) => step.controls.some(({ id, needs }) => id !== control.id && needs?.includes(name));
  const isOnlyIts = (name: string) => control.needs?.includes(name) === true && !isOthers(name);
  return { ...rest, answers: Object.fromEntries(Object.entries(answers).filter(([name]) => !isOnlyIts(name))), controls: others };
}

/** Whether anything of an area is to be applied. */
export const isToApply = (decided: StepDecision | undefined): boolean =>
  decided?.decision?.decision === 'apply' || Object.values(decided?.controls ?? {}).some(({ decision }) => decision === 'apply');

/** Returns the controls that are selected at first: by an earlier decision, else by the profile. */
export function preselect({ controls }: StepState, decided: StepDecision | undefined, profile: Profile | undefined): string[] {
  // Accepting or skipping single controls does not decide the area.
  const by: StepDecision = decided?.decision
    ? decided
    : { decision: { decision: 'apply' }, answers: {}, controls: decided?.controls ?? {} };
  return controls.filter((state) => isFixable(state) && isChosen(state.control, by, profile)).map(({ control }) => control.id);
}

/** Returns the decision for a selection of controls: the area, with exceptions by name. */
export function decisionFrom(
  { controls }: StepState,
  ticked: readonly string[],
  answers: Readonly<Record<string, Json>>,
  before: StepDecision | undefined,
): StepDecision {
  const own: Record<string, Decision> = { ...before?.controls };
  for (const state of controls) {
    const { control } = state;
    const wanted = ticked.includes(control.id);
    if (own[control.id]?.decision === 'accept' || own[control.id]?.decision === 'attest') continue;
    delete own[control.id];
    if (wanted && control.optIn) own[control.id] = { decision: 'apply' };
    else if (!wanted && isFixable(state) && !control.optIn) own[control.id] = { decision: 'skip' };
  }
  const { exception } = before ?? {};
  return { decision: { decision: 'apply' }, ...(exception ? { exception } : {}), answers, controls: own };
}

/** Returns the questions that the selected controls require, without those that other answers make unnecessary. */
export function questionsFor(
  step: AnyStep,
  ticked: readonly string[],
  answers: Readonly<Record<string, Json>>,
): readonly (readonly [string, Question])[] {
  const needed = new Set(step.controls.filter(({ id }) => ticked.includes(id)).flatMap(({ needs }: AnyControl) => needs ?? []));
  // Only earlier answers can make a question unnecessary, so that going back shows the same questions.
  const before: Record<string, Json> = {};
  return questionsOf(step).filter(([name]) => {
    const asked = needed.has(name) && !step.skip?.[name]?.(before);
    if (asked && answers[name] !== undefined) before[name] = answers[name];
    return asked;
  });
}

/** Returns a warning about an answer that may be a mistake: Enter on an empty list is not a decision to leave the app open. */
export function doubtsOf(
  [name, question]: readonly [string, Question],
  value: Json | undefined,
): (Problem & { readonly question: string })[] {
  if (question.kind !== 'rules' || !Array.isArray(value) || value.length > 0) return [];
  const says =
    'The list has no rule. Add a rule for the callers. To change only the default action, go back and deselect this control, or accept the finding.';
  return [{ question: name, path: [name], says }];
}

/** The context in which answers are checked: all decisions for the app, including this area, and the questions that were asked. */
interface Beside {
  readonly decisions: Decisions;
  readonly catalogue: readonly AnyStep[];
  readonly asked: readonly (readonly [string, Question])[];
}

/** Returns all problems of these answers, each with its question. */
export function problemsIn(
  step: AnyStep,
  answers: Readonly<Record<string, Json>>,
  { decisions, catalogue, asked }: Beside,
): (Problem & { readonly question: string })[] {
  const single = questionsOf(step).flatMap(([name, question]) =>
    answers[name] === undefined ? [] : answerProblems(question, answers[name]).map((problem) => ({ ...problem, question: name })),
  );
  if (single.length > 0) return single;
  const clashes = clashesIn(decisions, catalogue).filter((clash) => clash.step === step.id);
  return [
    ...asked.flatMap((one) => doubtsOf(one, answers[one[0]])),
    ...[...(step.contradictions?.(answers) ?? []), ...clashes].map(({ path, says }) => ({ path, says, question: String(path[0]) })),
  ];
}
