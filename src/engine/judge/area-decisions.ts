/** From what a person picks in an area to the decision that is planned, saved and replayed. */
import {
  answerProblems,
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

/** Whether ARM can change what a control is about: a control that writes nothing is reported only. */
const isChangeable = (control: AnyControl): boolean =>
  control.kind === 'setting' || (control.kind === 'rule' && control.draft !== undefined && control.writes?.length !== 0);

/** Whether a control can be brought in line from here. */
export const isFixable = ({ state, control, stays }: ControlState): boolean =>
  isChangeable(control) &&
  ((state === 'fail' && stays === undefined) || (control.kind === 'rule' && control.onDemand === true && state !== 'unknown'));

/** The areas with the controls that a profile looks at; an area that has none of them is left out. */
export const profiled = (steps: readonly AnyStep[], profile: Profile | undefined): readonly AnyStep[] =>
  steps.map((step) => inProfile(step, profile)).filter(({ controls }) => controls.length > 0);

export const inProfile = (step: AnyStep, profile: Profile | undefined): AnyStep =>
  profile === 'baseline' ? { ...step, controls: step.controls.filter(({ strict }) => !strict) } : step;

/** A decision that means the same without the profile: what the profile left out is skipped by name. */
export function spelledOut(step: AnyStep, decided: StepDecision, profile: Profile | undefined): StepDecision {
  if (profile !== 'baseline' || decided.decision?.decision !== 'apply') return decided;
  const out = step.controls.filter((control) => control.strict && !control.optIn && isChangeable(control));
  const skipped = Object.fromEntries(out.map(({ id }): [string, Decision] => [id, { decision: 'skip' }]));
  return { ...decided, controls: { ...skipped, ...decided.controls } };
}

/** A decision without controls that a guard stops, so that the file says no more than what is done. */
export function withoutStopped(step: AnyStep, decided: StepDecision, stopped: readonly string[]): StepDecision {
  const own: Record<string, Decision> = { ...decided.controls };
  for (const control of step.controls.filter((one) => stopped.includes(`${step.id}.${one.id}`) && isChosen(one, decided)))
    if (control.optIn) delete own[control.id];
    else own[control.id] = { decision: 'skip' };
  return { ...decided, controls: own };
}

/** The decision to change nothing in an area: what was chosen by its own name is chosen no longer. */
export const skipped = (before: StepDecision = NO_DECISION): StepDecision => ({ ...unchosen(before), decision: { decision: 'skip' } });

/** A decision without all that is to be applied. */
export const unchosen = ({ answers, controls }: StepDecision): StepDecision => ({
  answers,
  controls: Object.fromEntries(Object.entries(controls).filter(([, one]) => one.decision !== 'apply')),
});

/** Whether anything of an area is to be applied. */
export const isToApply = (decided: StepDecision | undefined): boolean =>
  decided?.decision?.decision === 'apply' || Object.values(decided?.controls ?? {}).some(({ decision }) => decision === 'apply');

/** What is ticked at first: what was decided before, else what the profile preselects. */
export function preselected({ controls }: StepState, decided: StepDecision | undefined, profile: Profile | undefined): string[] {
  // Single controls that were accepted or skipped are no decision on the area.
  const by: StepDecision = decided?.decision
    ? decided
    : { decision: { decision: 'apply' }, answers: {}, controls: decided?.controls ?? {} };
  return controls.filter((state) => isFixable(state) && isChosen(state.control, by, profile)).map(({ control }) => control.id);
}

/** The decision that stands for these ticks: the area, with its exceptions by name. */
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

/** The questions that the ticked controls need, less those that other answers make needless. */
export function questionsFor(
  step: AnyStep,
  ticked: readonly string[],
  answers: Readonly<Record<string, Json>>,
): readonly (readonly [string, Question])[] {
  const needed = new Set(step.controls.filter(({ id }) => ticked.includes(id)).flatMap(({ needs }: AnyControl) => needs ?? []));
  // A question is made needless by answers before it only, so that going back finds it again.
  const before: Record<string, Json> = {};
  return questionsOf(step).filter(([name]) => {
    const asked = needed.has(name) && !step.skip?.[name]?.(before);
    if (asked && answers[name] !== undefined) before[name] = answers[name];
    return asked;
  });
}

/** What a person should be told of an answer although a file may hold it: Enter on an empty list is no decision to leave the app open. */
export function unmeant(
  [name, question]: readonly [string, Question],
  value: Json | undefined,
): (Problem & { readonly question: string })[] {
  if (question.kind !== 'rules' || !Array.isArray(value) || value.length > 0) return [];
  const says =
    'The list has no rule. Add a rule for the callers. To change only the default action, go back and deselect this control, or accept the finding.';
  return [{ question: name, path: [name], says }];
}

/** What answers are looked at beside: the decisions of the app, this area included, and the questions that were asked. */
export interface Beside {
  readonly decisions: Decisions;
  readonly catalogue: readonly AnyStep[];
  readonly asked: readonly (readonly [string, Question])[];
}

/** Everything that is wrong with these answers, each with the question it belongs to. */
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
    ...asked.flatMap((one) => unmeant(one, answers[one[0]])),
    ...[...(step.contradictions?.(answers) ?? []), ...clashes].map(({ path, says }) => ({ path, says, question: String(path[0]) })),
  ];
}
