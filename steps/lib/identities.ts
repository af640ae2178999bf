/** The identities that an app acts with, and the roles that a plan gives them. */
import { type Verdict, type Draft, later, SYSTEM_PRINCIPAL } from '../../src/contract/index.ts';
import {
  unnamedRoles,
  scopeOf,
  roleOf,
  roleName,
  type RoleAssignment,
  ROLE,
  type Listed,
  guidFor,
  type Json,
  type Site,
} from '../../src/azure/index.ts';

/** The identity that the app acts with: its own, or the only user-assigned one it has. */
export interface Acting {
  /** Known now, or made by the same plan. */
  readonly principal: Json;
  /** Resource id of a user-assigned identity. */
  readonly id?: string;
  /** Of a user-assigned identity. */
  readonly clientId?: string;
  /** What gives the app its own identity, where it has none. */
  readonly drafts: readonly Draft[];
}

export function actingIdentity({ identity }: Site): Acting {
  const known = identity?.principalId;
  if (known) return { principal: known, drafts: [] };
  const [user] = Object.entries(identity?.userAssignedIdentities ?? {});
  if (user?.[1].principalId)
    return { principal: user[1].principalId, id: user[0], ...(user[1].clientId ? { clientId: user[1].clientId } : {}), drafts: [] };
  return {
    principal: SYSTEM_PRINCIPAL,
    drafts: [{ at: ['siteIdentity', 'identity.type'], to: 'SystemAssigned', absent: 'None', risk: 'safe' }],
  };
}

/** The identity that Key Vault references are fetched with, and what chooses it where that is still to be done. */
export function referenceIdentity(site: Site): Acting {
  const chosen = site.properties.keyVaultReferenceIdentity ?? 'SystemAssigned';
  const users = Object.entries(site.identity?.userAssignedIdentities ?? {});
  const user = users.find(([id]) => id.toLowerCase() === chosen.toLowerCase());
  if (user?.[1].principalId) return { principal: user[1].principalId, id: user[0], drafts: [] };
  const acting = actingIdentity(site);
  if (acting.id === undefined) return acting;
  return { ...acting, drafts: [{ at: ['site', 'properties.keyVaultReferenceIdentity'], to: acting.id, absent: 'SystemAssigned' }] };
}

/** Gives a principal a role at a scope. `forWhom` keeps the name of the assignment apart from others. */
export function grant(
  scope: string,
  role: string,
  principal: Json,
  forWhom: string,
  type: 'ServicePrincipal' | 'User' = 'ServicePrincipal',
): Draft {
  const subscription = scope.split('/').slice(0, 3).join('/');
  return {
    whole: 'roleAssignments',
    instanceId: `${scope}/providers/Microsoft.Authorization/roleAssignments/${guidFor(`${scope} ${role} ${forWhom}`)}`,
    to: {
      properties: {
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId: principal,
        principalType: type,
      },
    },
    risk: 'safe',
    after: ['siteIdentity', `vaults ${scope}`],
  };
}

/** Tenant of the app's identity, once it has one. */
export const IDENTITY_TENANT = later({ from: 'tenant' });

const ADMINISTRATORS: readonly string[] = [ROLE.owner, ROLE.contributor, ROLE.userAccessAdministrator, ROLE.rbacAdministrator];

/** Whether the identity of an app may administer something, as far as its roles in the subscription tell. */
export function judgeAdministrator({ value }: Listed<RoleAssignment>): Verdict {
  const strong = value.filter((one) => ADMINISTRATORS.includes(roleOf(one)));
  const others = unnamedRoles(value);
  const rest = others.length > 0 ? `; not checked: permissions of ${others.join(', ')}` : '';
  return {
    state: strong.length > 0 ? 'fail' : 'pass',
    found: `${strong.length > 0 ? `${strong.length} administrator roles` : 'no built-in administrator role'} in this subscription${rest}`,
    wanted: 'data roles only',
    lines: strong.map((one) => `${roleName(roleOf(one))} at ${scopeOf(one)}`),
  };
}
