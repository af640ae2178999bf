/** Failures of a change that the engine finds itself, in what it read and in what Azure answered. */
import { ArmFailure } from '../ports.ts';
import type { Change } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import { equals, isRecord, valueAt } from '../../change/json-paths.ts';
import { jsonOf } from '../../change/value.ts';
import type { Json } from '../../azure/index.ts';
import type { Seen } from './verify.ts';

/** Whether a role assignment has the name that a new one gets, from an earlier identity of the app. Plans read only those of the current one. */
export const isOfAnotherPrincipal = ({ key }: Change, { path, before, after }: Edit, value: Json): boolean =>
  (key === 'roleAssignments' || key === 'identityRoles') &&
  path === '' &&
  before.kind === 'absent' &&
  isRecord(value) &&
  !equals(valueAt(value, 'properties.principalId'), valueAt(jsonOf(after), 'properties.principalId'));

export const nameTaken = ({ resource }: Change): ArmFailure =>
  new ArmFailure({
    kind: 'conflict',
    code: 'RoleAssignmentOfAnotherPrincipal',
    message:
      'A role assignment with this name exists for another principal, usually an earlier identity of the app. Azure does not move a role assignment to another principal. Nothing was sent.',
    next: `Check that no one needs it, delete it (az role assignment delete --ids ${resource}), then preview again.`,
  });

export const changedMeanwhile = (): ArmFailure =>
  new ArmFailure({
    kind: 'conflict',
    code: 'ChangedMeanwhile',
    message: 'Someone changed this resource while the request was prepared. Nothing was sent.',
    next: 'Create the plan again (func-harden plan, or go back in the wizard) to use the current values.',
  });

/** Returns the failure of a write whose answers were lost, with what the resource showed after the last one. */
export const notSeen = (failure: ArmFailure, times: number, { hidden, other }: Pick<Seen, 'hidden' | 'other'>): ArmFailure =>
  withSentence(
    failure,
    `The request was sent ${times === 1 ? 'once' : `${times} times`}, and the resource ${other ? THIRD_VALUE : hidden ? 'shows only some of the new values' : 'does not show the new value'}.`,
  );

/** What a resource has where a read shows neither the old nor the new value. */
export const THIRD_VALUE = 'has a value that is neither the old nor the new one';

export const withSentence = (failure: ArmFailure, says: string): ArmFailure =>
  failure.with({ message: `${failure.message.replace(/\.?$/, '.')} ${says}` });

/** The failure of an action that Azure accepted (202) without an operation to poll: no read shows whether it was carried out. */
export const withoutResult = (status: number, correlationId: string | null): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'NoResult',
    status,
    correlationId,
    message: 'Azure accepted the request and did not report its result, which no read can show.',
    mayHaveHappened: true,
    next: 'Check in the portal whether the old key or password still works. func-harden does not repeat the action.',
  });
