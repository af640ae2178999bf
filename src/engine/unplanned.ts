/** A plan for an app of which Azure said something odd: nothing is changed, and every control that was chosen is unknown. */
import type { AnyStep } from '../step.ts';
import { assess, type Circumstances, type ControlState } from './assess.ts';
import { isChosen, NO_DECISION, type StepDecision } from './decisions.ts';
import type { FactStore } from './facts.ts';
import type { Work } from './journal.ts';
import type { Plan } from './plan.ts';
import type { ArmFailure, ArmReader, Target } from './ports.ts';

/** The other apps of the job are planned all the same. */
export function unplanned(steps: readonly AnyStep[], store: FactStore, arm: ArmReader, by: Circumstances, failure: ArmFailure): Plan {
  const unknown = assess(steps, store, arm, by)
    .flatMap(({ step, controls }) => controls.filter(({ control }) => isChosen(control, by.decisions[step.id] ?? NO_DECISION, by.profile)))
    .map((state) => (state.state === 'unknown' ? state : unknownBy(state, failure)));
  return { target: store.target, work: workOf(steps, store.target, by), changes: [], missing: [], blocked: [], unknown, unused: [] };
}

export const unknownBy = (state: ControlState, failure: ArmFailure): ControlState => ({
  ...state,
  state: 'unknown',
  reason: `${failure.message} ${failure.next}`,
  failure,
});

/** What was decided for an app, for whoever takes the run up again. */
export function workOf(steps: readonly AnyStep[], { id }: Target, { decisions, profile }: Circumstances): Work {
  const isPlanned = ([step]: [string, StepDecision]) => steps.some((one) => one.id === step);
  const all = Object.entries(decisions);
  const beside = all.filter((one) => !isPlanned(one));
  return {
    target: id,
    decisions: Object.fromEntries(all.filter(isPlanned)),
    ...(beside.length > 0 ? { beside: Object.fromEntries(beside) } : {}),
    ...(profile ? { profile } : {}),
  };
}
