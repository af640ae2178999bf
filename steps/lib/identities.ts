/** Identities that an app uses, and the roles that a plan assigns to them. */
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

/** The identity that the app uses: its system-assigned one, or its only user-assigned one. */
interface Acting {
  /** The principal id, known now or created by the same plan. */
  readonly principal: Json;
  /** The resource id of a user-assigned identity. */
  readonly id?: string;
  /** The client id of a user-assigned identity. */
  readonly clientId?: string;
  /** The drafts that give the app a system-assigned identity, where it has none. */
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

/** Returns the identity that reads Key Vault references, and the drafts that select it where necessary. */
export function referenceIdentity(site: Site): Acting {
  const chosen = site.properties.keyVaultReferenceIdentity ?? 'SystemAssigned';
  const users = Object.entries(site.identity?.userAssignedIdentities ?? {});
  const user = users.find(([id]) => id.toLowerCase() === chosen.toLowerCase());
  if (user?.[1].principalId) return { principal: user[1].principalId, id: user[0], drafts: [] };
  const acting = actingIdentity(site);
  if (acting.id === undefined) return acting;
  return { ...acting, drafts: [{ at: ['site', 'properties.keyVaultReferenceIdentity'], to: acting.id, absent: 'SystemAssigned' }] };
}

/** Assigns a role at a scope to a principal. `forWhom` makes the name of the assignment different from others. */
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

/** The tenant of the app's identity, which the same plan may create. */
export const IDENTITY_TENANT = later({ from: 'tenant' });

const ADMINISTRATORS: readonly string[] = [
  ROLE.owner,
  ROLE.contributor,
  ROLE.userAccessAdministrator,
  ROLE.rbacAdministrator,
  // It can change the code of every app in its scope.
  ROLE.websiteContributor,
];

/** Judges whether the identity of an app can administer resources, as far as its roles in the subscription show. */
export function judgeAdministrator({ identity }: Site, { value }: Listed<RoleAssignment>): Verdict {
  const wanted = 'data roles only';
  const isNone = !identity?.principalId && Object.keys(identity?.userAssignedIdentities ?? {}).length === 0;
  if (isNone && value.length === 0)
    return /Assigned/i.test(identity?.type ?? '')
      ? { state: 'unknown', found: 'Azure does not report the principal of the identity', wanted }
      : { state: 'not-applicable', found: 'the app has no identity', wanted };
  const strong = value.filter((one) => ADMINISTRATORS.includes(roleOf(one)));
  const others = unnamedRoles(value);
  const rest = others.length > 0 ? `; not checked: permissions of ${others.join(', ')}` : '';
  return {
    // A custom role may include administrator rights.
    state: strong.length > 0 ? 'fail' : others.length > 0 ? 'unknown' : 'pass',
    found: `${strong.length > 0 ? `${strong.length} administrator roles` : 'no built-in administrator role'} in this subscription${rest}`,
    wanted,
    lines: strong.map((one) => `${roleName(roleOf(one))} at ${scopeOf(one)}`),
  };
}
