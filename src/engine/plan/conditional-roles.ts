/** A role that a plan would assign, and that the principal already has at that scope with a condition. */
import { nameIn, roleName, roleOf, sameWord, scopeOf } from '../../azure/index.ts';
import { valueAt } from '../../change/json-paths.ts';
import type { GuardNote } from '../../change/change.ts';
import type { Draft } from '../../contract/index.ts';
import type { FactStore } from '../judge/facts.ts';

const ASSIGNMENT = /^(.*)\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i;

/**
 * Returns a stop for each such role: Azure refuses a second assignment of a role to a principal at one scope, whatever its condition
 * (RoleAssignmentExists; Azure/bicep#19690).
 */
export function heldWithCondition(drafts: readonly Draft[], control: string, store: FactStore): GuardNote[] {
  const held = store.fact('identityRoles')?.state === 'read' ? store.view.identityRoles.value : [];
  const conditional = held.filter(({ properties }) => properties.condition);
  return drafts.flatMap((draft) => {
    if (!('whole' in draft) || draft.whole !== 'roleAssignments' || draft.to === null) return [];
    const scope = ASSIGNMENT.exec(draft.instanceId ?? '')?.[1] ?? '';
    const role = String(valueAt(draft.to, 'properties.roleDefinitionId') ?? '')
      .split('/')
      .at(-1);
    const principal = valueAt(draft.to, 'properties.principalId');
    const found = conditional.some(
      (one) => sameWord(scopeOf(one), scope) && sameWord(roleOf(one), role) && sameWord(one.properties.principalId, principal),
    );
    const says = `${roleName(role ?? '')} is assigned on ${nameIn(scope)} with a condition, so it may give less than required. Azure refuses a second assignment of the role there. Remove the condition first.`;
    return found ? [{ id: 'condition', control, level: 'stop', says }] : [];
  });
}
