/** Findings that were decided and that the answers do not change any further: whatever they ask for is in place. */
import type { AnyStep, ResourceKey } from '../step.ts';
import { contextOf, type Circumstances, type ControlState, type StepState } from './assess.ts';
import { isInPlace } from './changes.ts';
import { isChosen, NO_DECISION, type Decisions } from './decisions.ts';
import { Unreadable, type FactStore } from './facts.ts';
import { draftsOf } from './plan.ts';

const mayBeIdle = ({ state, stays, control }: ControlState): boolean =>
  state === 'fail' && stays === undefined && control.kind === 'rule' && control.draft !== undefined && !control.onDemand;

/** What has to be read to tell, of the areas that were decided. */
export const readsForIdle = (states: readonly StepState[], decisions: Decisions): ResourceKey[] =>
  states.flatMap(({ step, controls }) =>
    controls.flatMap((one) =>
      mayBeIdle(one) && isChosen(one.control, decisions[step.id] ?? NO_DECISION) && one.control.kind === 'rule'
        ? (one.control.draftReads ?? [])
        : [],
    ),
  );

/** The same states; a decided finding whose change would change nothing says that it stays. What was not read is left as it is. */
export function withIdle(states: readonly StepState[], store: FactStore, by: Circumstances): StepState[] {
  return states.map((one) => {
    const controls = one.controls.map((control) => (isIdle(control, one.step, store, by) ? { ...control, stays: IN_PLACE } : control));
    return controls.some((control, index) => control !== one.controls[index]) ? { ...one, controls } : one;
  });
}

const IN_PLACE = 'everything that was answered is in place';

function isIdle(state: ControlState, step: AnyStep, store: FactStore, by: Circumstances): boolean {
  const decided = by.decisions[step.id] ?? NO_DECISION;
  const { control } = state;
  if (control.kind !== 'rule' || !mayBeIdle(state) || !isChosen(control, decided)) return false;
  if ((control.needs ?? []).some((name) => decided.answers[name] === undefined && !step.skip?.[name]?.(decided.answers))) return false;
  if ((control.draftReads ?? []).some((key) => store.fact(key) === undefined)) return false;
  const context = contextOf(store, decided, by, (id) => step.controls.some((one) => one.id === id && isChosen(one, decided)));
  if (!('app' in context)) return false;
  try {
    return draftsOf(control, context).every((draft) => isInPlace(draft, store));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return false;
  }
}
