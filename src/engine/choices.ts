/** From what a person picks in an area to the decision that is planned, saved and replayed. */
import type { AnyControl, AnyStep, Json } from '../step.ts';
import { answerProblems, questionsOf, type Problem, type Question } from '../step.ts';
import type { ControlState, StepState } from './assess.ts';
import { clashesIn } from './contradictions.ts';
import type { Decision, Decisions, StepDecision } from './decisions.ts';
import { isChosen, type Profile } from './plan.ts';

/** Whether a control can be brought in line from here. */
export const isFixable = ({ state, control, stays }: ControlState): boolean =>
  (state === 'fail' && stays === undefined && (control.kind === 'setting' || (control.kind === 'rule' && control.draft !== undefined))) ||
  (control.kind === 'rule' && control.onDemand === true && state !== 'unknown');

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
  return {
    decision: { decision: 'apply' },
    ...(before?.exception ? { exception: before.exception } : {}),
    answers,
    controls: own,
  };
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
function unmeant([name, question]: readonly [string, Question], value: Json | undefined): (Problem & { readonly question: string })[] {
  if (question.kind !== 'rules' || !Array.isArray(value) || value.length > 0) return [];
  const says =
    'No rule is listed, so nothing would be restricted. Add a rule, or go back and accept the finding with a name, a reason and an end.';
  return [{ question: name, path: [name], says }];
}

/** Everything that is wrong with these answers, each with the question it belongs to; `beside` is what is decided for the app as a whole, this area included. */
export function problemsIn(
  step: AnyStep,
  answers: Readonly<Record<string, Json>>,
  beside: {
    readonly decisions: Decisions;
    readonly catalogue: readonly AnyStep[];
    readonly asked: readonly (readonly [string, Question])[];
  },
): (Problem & { readonly question: string })[] {
  const single = questionsOf(step).flatMap(([name, question]) =>
    answers[name] === undefined ? [] : answerProblems(question, answers[name]).map((problem) => ({ ...problem, question: name })),
  );
  if (single.length > 0) return single;
  return [
    ...beside.asked.flatMap((one) => unmeant(one, answers[one[0]])),
    ...(step.contradictions?.(answers) ?? []).map((problem) => ({ ...problem, question: String(problem.path[0]) })),
    ...clashesIn(beside.decisions, beside.catalogue)
      .filter((clash) => clash.step === step.id)
      .map(({ path, says }) => ({ path, says, question: String(path[0]) })),
  ];
}
