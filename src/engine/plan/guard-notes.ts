/** The drafts of a control, and the findings of its guards. */
import type { AnyControl, Draft, GuardFinding } from '../../contract/index.ts';
import type { GuardNote } from '../../change/change.ts';
import type { AnyContext } from '../judge/circumstances.ts';
import { unexpectedShapeIn } from '../judge/unexpected-shape.ts';

/** Returns the drafts of a control. */
export function draftsOf(control: Exclude<AnyControl, { kind: 'attestation' }>, context: AnyContext): readonly Draft[] {
  if (control.kind === 'rule') return control.draft?.(context) ?? [];
  const to = typeof control.set === 'function' ? control.set(context) : control.set;
  return [{ at: control.at, to, ...(control.absent === undefined ? {} : { absent: control.absent }) }];
}

/** Runs the guards of a control. A guard whose resources could not be read, or have another shape, says that it could not check. */
export function guardNotes(control: AnyControl, id: string, context: AnyContext): GuardNote[] {
  return (control.guards ?? []).flatMap((guard) => {
    try {
      const found = guard.check(context);
      return (Array.isArray(found) ? (found as readonly GuardFinding[]) : [found as GuardFinding]).map((finding) => ({
        ...finding,
        id: guard.id,
        control: id,
      }));
    } catch (error) {
      const failure = unexpectedShapeIn(error, context.facts);
      if (!failure) throw error;
      const says = `Could not check the effects of "${control.label}": ${failure.message}`;
      return [{ id: guard.id, control: id, level: 'warn' as const, says, own: true, unchecked: true }];
    }
  });
}
