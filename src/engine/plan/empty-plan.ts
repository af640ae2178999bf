/** The plan of an app for which Azure returned an unexpected response: nothing is changed, and every chosen control is unknown. */
import { type AnyStep, type StepDecision } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { adviceOf, assess, type ControlState } from '../judge/assess.ts';
import type { Circumstances } from '../judge/circumstances.ts';
import { isChosen, NO_DECISION } from '../judge/decisions.ts';
import type { FactStore } from '../judge/facts.ts';
import type { Work } from '../../change/undo-log.ts';
import type { Plan } from './plan-result.ts';
import type { ArmFailure, ArmReader } from '../ports.ts';

/** Returns such a plan, so that the other apps of the job are still planned. */
export function planWithoutChanges(
  steps: readonly AnyStep[],
  store: FactStore,
  arm: ArmReader,
  by: Circumstances,
  failure: ArmFailure,
): Plan {
  const unknown = assess(steps, store, arm, by)
    .flatMap(({ step, controls }) => controls.filter(({ control }) => isChosen(control, by.decisions[step.id] ?? NO_DECISION, by.profile)))
    .map((state) => (state.state === 'unknown' ? state : unknownBy(state, failure)));
  return { target: store.target, work: workOf(steps, store.target, by), changes: [], missing: [], blocked: [], unknown, unused: [] };
}

export const unknownBy = (state: ControlState, failure: ArmFailure): ControlState => ({
  ...state,
  state: 'unknown',
  reason: adviceOf(failure),
  failure,
});

/** Returns the decisions for an app, for a process that resumes the run. */
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
