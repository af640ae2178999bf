/** Finds the rights that the caller lacks before a change is offered or sent. */
import { isGranted, type Granted, type Target } from '../../azure/index.ts';
import type { Change } from '../../change/change.ts';
import { ArmFailure, type ArmWriter, type Fact } from '../ports.ts';
import { heldAt, permissionsOf, type Right } from './rights.ts';

export interface Preflight {
  /** Returns the rights that a change lacks, and those that could not be checked. */
  lacking(change: Change): Promise<{ readonly rights: readonly Right[]; readonly unknown: readonly ArmFailure[] }>;
  /** Returns whether the caller has an action on an app, or the failure where that could not be read. */
  has(target: Target, action: string): Promise<boolean | ArmFailure>;
}

/** For this many resources of one resource group or more, the permissions of the group are read first, because its resources inherit them. */
const MANY = 3;

/** Returns a preflight that reads each scope once. One preflight serves all apps of a run. `expected`: apps that will be asked about. */
export function preflight(arm: ArmWriter, expected: readonly Target[] = []): Preflight {
  const asked = new Map<string, Promise<Fact>>();
  const grantedAt = (target: Target, scope: string): Promise<Fact> => {
    const fact = asked.get(scope.toLowerCase()) ?? arm.readOne(target, 'permissions', permissionsOf(scope));
    asked.set(scope.toLowerCase(), fact);
    return fact;
  };
  const inGroup = new Map<string, Set<string>>();
  for (const { id } of expected) memberOf(inGroup, groupIn(id), id);
  /** Whether the group of a resource grants an action. False says nothing: the resource itself may grant more. */
  const groupGrants = async (target: Target, scope: string, action: string): Promise<boolean> => {
    const parts = scope.split('/');
    if (parts.length <= 5 || parts[3]?.toLowerCase() !== 'resourcegroups' || asked.has(scope.toLowerCase())) return false;
    const group = groupIn(scope);
    return memberOf(inGroup, group, scope).size >= MANY && grants(await grantedAt(target, group), action);
  };
  const hasAt = async (target: Target, scope: string, action: string): Promise<boolean | ArmFailure> => {
    if (await groupGrants(target, scope, action)) return true;
    const fact = await grantedAt(target, scope);
    return fact.state === 'unreadable' ? fact.failure : grants(fact, action);
  };
  return {
    has: (target, action) => hasAt(target, target.id, action),
    async lacking(change) {
      const isNew = change.diff.some(({ path, before }) => path === '' && before.kind === 'absent');
      const found = await Promise.all(
        arm.needs(change, change.key).map(async ({ action, scope: id }) => {
          const scope = heldAt(id, isNew && id === change.path);
          const has = await hasAt(change.target, scope, action);
          return has === true ? undefined : has || { action, scope };
        }),
      );
      const isFailure = (one: Right | ArmFailure): one is ArmFailure => one instanceof ArmFailure;
      const all = found.filter((one) => one !== undefined);
      return { rights: all.filter((one): one is Right => !isFailure(one)), unknown: [...new Set(all.filter(isFailure))] };
    },
  };
}

const groupIn = (id: string): string => id.split('/').slice(0, 5).join('/');

/** Adds a resource to its group, and returns all of that group. */
function memberOf(groups: Map<string, Set<string>>, group: string, id: string): ReadonlySet<string> {
  const members = groups.get(group.toLowerCase()) ?? new Set();
  groups.set(group.toLowerCase(), members.add(id.toLowerCase()));
  return members;
}

const grants = (fact: Fact, action: string): boolean =>
  fact.state === 'read' && isGranted((fact.body?.['value'] ?? []) as unknown as readonly Granted[], action);
