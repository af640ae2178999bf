/** Failures of requests that a policy denies. */
import type { Change } from '../../change/change.ts';
import type { ArmFailure } from '../ports.ts';

/** Adds the policy assignments in scope, known from the preview, if Azure does not name the assignment that denies a request. */
export function withPolicies(failure: ArmFailure, { guards }: Change): ArmFailure {
  const policies = guards.flatMap(({ policy }) => policy ?? []);
  if (failure.kind !== 'policy' || failure.namesPolicies || policies.length === 0) return failure;
  const next = `Ask the owner of the Azure Policy assignment for an exemption. Assignments in scope that deny: ${[...new Set(policies)].map((name) => `"${name}"`).join(', ')}.`;
  return failure.with({ next });
}
