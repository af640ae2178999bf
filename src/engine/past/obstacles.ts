/** The reasons for which a recorded change cannot be reverted, judged only by the undo log. */
import { isDeclaredOneWay } from '../../contract/index.ts';
import { KINDS, type Target } from '../../azure/index.ts';
import type { RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { ArmFailure, type ArmReader } from '../ports.ts';
import { problemOf, reasonToStay } from './record-check.ts';
import { instanceOf } from './three-way.ts';

/** The error code of a change that stays because Azure cannot unset its values. */
export const CANNOT_UNSET = 'CannotUnset';

interface Obstacle {
  readonly reason: string;
  /** Set if values of the run stay that undo should have reverted, and no area declares that they stay. */
  readonly failure?: ArmFailure;
}

/** Returns the reason why a change cannot be reverted, or undefined. */
export function obstacleTo({ intent }: RecordedChange, run: RecordedRun, arm: ArmReader, target: Target | undefined): Obstacle | undefined {
  const isUnknown = !arm.knows(intent.key) || !Object.hasOwn(KINDS, intent.key);
  const wrong = isUnknown ? `this version does not know the resource ${intent.key}` : problemOf(intent, run);
  if (wrong !== undefined) return { reason: wrong, failure: damaged(wrong) };
  if (intent.undo !== 'none' || !target) return undefined;
  const why = reasonToStay(intent, run.start, arm.describe(target, intent.key, instanceOf(intent)).replaces);
  const reason = `cannot be reverted: ${why?.says ?? 'the undo log marks this change as not revertible, although changes of this kind can be reverted'}`;
  if (!why) return { reason, failure: damaged(reason) };
  return { reason, ...(why.isUnset && !intent.controls.every(isDeclaredOneWay) ? { failure: staysSet(reason) } : {}) };
}

const damaged = (message: string): ArmFailure =>
  new ArmFailure({
    kind: 'untrusted',
    code: 'UndoLogDamaged',
    message,
    next: 'Restore a copy of the undo log, or change the values manually. Run func-harden audit to see the current values.',
  });

const staysSet = (message: string): ArmFailure =>
  new ArmFailure({
    kind: 'conflict',
    code: CANNOT_UNSET,
    message,
    next: 'If the app requires a different value, set it manually.',
  });
