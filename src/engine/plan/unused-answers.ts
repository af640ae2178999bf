/** Answers that change nothing, with the reason: a plan says so instead of leaving them out. */
import type { AnyControl, StepDecision } from '../../contract/index.ts';
import type { Facts } from '../../azure/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { ControlState } from '../judge/assess.ts';
import { judge } from '../judge/verdict.ts';
import type { AnyContext } from '../judge/circumstances.ts';

/** Returns the controls that were answered and are changed only when they are chosen by their own name. */
export function findUnusedAnswers(controls: readonly ControlState[], decided: StepDecision): string[] {
  if (decided.decision?.decision !== 'apply') return [];
  const others = new Set(controls.filter(({ control }) => !control.optIn).flatMap(({ control }) => control.needs ?? []));
  return controls.flatMap(({ id, control }) => {
    const own = (control.needs ?? []).filter((name) => !others.has(name) && decided.answers[name] !== undefined);
    const isEmpty = own.every((name) => Array.isArray(decided.answers[name]) && decided.answers[name].length === 0);
    if (!control.optIn || decided.controls[control.id] || own.length === 0 || isEmpty) return [];
    return [
      `${id} has an answer but is not changed, because it must be selected by name (controls: { ${control.id}: { decision: apply } }). ${control.optIn}`,
    ];
  });
}

/** A control that is chosen, with its current value as a person reads it. */
interface Chosen {
  readonly id: string;
  readonly control: AnyControl;
  readonly context: AnyContext;
  readonly found: string;
}

/**
 * Returns the findings that no change of the plan is about, although their controls are chosen: their answers change no value. `later` are the
 * facts once the plan is applied, because the change of another control may be all that a control needs.
 */
export function findUnchanged(
  candidates: readonly Chosen[],
  changes: readonly Change[],
  blocked: readonly GuardNote[],
  later: Facts,
): string[] {
  const isPlanned = (id: string) => changes.some(({ controls }) => controls.includes(id)) || blocked.some(({ control }) => control === id);
  return candidates
    .filter(({ control, id }) => !isPlanned(id) && (control.kind === 'setting' || (control.kind === 'rule' && control.draft !== undefined)))
    .filter(({ control, context }) => control.kind !== 'rule' || judge(control, { ...context, facts: later }).state !== 'pass')
    .map(({ id, found }) => `${id} is not changed: the answers change no value. The finding stays (${found}).`);
}
