/** Identities that an app uses, and the roles that a plan assigns to them. */
import { type Verdict, type Draft, type GuardFinding, later, stop, SYSTEM_PRINCIPAL, warn } from '../../src/contract/index.ts';
import { type Facts, rolesRead, scopeOf, roleOf, ROLE, guidFor, nameIn, sameWord, type Json, type Site } from '../../src/azure/index.ts';

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
  const users = Object.entries(identity?.userAssignedIdentities ?? {});
  // Roles are assigned to the principal, and settings name the client, so an identity without one of them cannot be used.
  for (const [id, user] of users)
    if (user?.principalId && user.clientId) return { principal: user.principalId, id, clientId: user.clientId, drafts: [] };
  return {
    principal: SYSTEM_PRINCIPAL,
    drafts: [
      {
        at: ['siteIdentity', 'identity.type'],
        to: users.length === 0 ? 'SystemAssigned' : 'SystemAssigned, UserAssigned',
        absent: 'None',
        risk: 'safe',
      },
    ],
  };
}

/** Warns where a change uses one of several user-assigned identities. `id`: the one that it uses, if it is a user-assigned one. */
export function firstOfSeveral(site: Site, id = actingIdentity(site).id): GuardFinding[] {
  const users = Object.keys(site.identity?.userAssignedIdentities ?? {});
  return id === undefined || users.length < 2
    ? []
    : [
        warn(
          `The app has ${users.length} user-assigned identities (${users.map(nameIn).join(', ')}) and no system-assigned identity. This change uses ${nameIn(id)}. To use another identity, change the settings and roles manually.`,
        ),
      ];
}

/** The identity that reads references, without a choice: the one that every area uses, or one whose client id is not known, which no setting names. */
function readingIdentity(site: Site): Acting {
  const acting = actingIdentity(site);
  if (acting.drafts.length === 0) return acting;
  const [id, user] = Object.entries(site.identity?.userAssignedIdentities ?? {}).find(([, one]) => Boolean(one?.principalId)) ?? [];
  return id !== undefined && user?.principalId ? { principal: user.principalId, id, drafts: [] } : acting;
}

/** Returns the user-assigned identity that can read references, if the app has no other. */
export const usableUser = (site: Site): string | undefined =>
  sameWord(site.identity?.type, 'UserAssigned') ? readingIdentity(site).id : undefined;

/** Returns the identity that reads Key Vault references, and the drafts that select it where necessary. */
export function referenceIdentity(site: Site): Acting {
  const chosen = site.properties.keyVaultReferenceIdentity || 'SystemAssigned';
  const users = Object.entries(site.identity?.userAssignedIdentities ?? {});
  const user = users.find(([id]) => id.toLowerCase() === chosen.toLowerCase());
  if (user?.[1]?.principalId) return { principal: user[1].principalId, id: user[0], drafts: [] };
  const acting = readingIdentity(site);
  if (acting.id === undefined && sameWord(chosen, 'SystemAssigned')) return acting;
  // The app does not have the chosen identity, or has only user-assigned ones.
  const choice: Draft = {
    at: ['site', 'properties.keyVaultReferenceIdentity'],
    to: acting.id ?? 'SystemAssigned',
    absent: 'SystemAssigned',
    after: ['siteIdentity'],
  };
  return { ...acting, drafts: [...acting.drafts, choice] };
}

/**
 * Stops a change for the identity that reads Key Vault references if Azure does not report its principal: no role can be assigned to it, and with
 * another identity the references that resolve today might not.
 */
export function unknownReader({ properties, identity }: Site): GuardFinding[] {
  const [id, user] =
    Object.entries(identity?.userAssignedIdentities ?? {}).find(([one]) => sameWord(one, properties.keyVaultReferenceIdentity)) ?? [];
  return id === undefined || user?.principalId
    ? []
    : [
        stop(
          `The app reads Key Vault references with ${nameIn(id)}, and Azure does not report the principal of this identity, so func-harden cannot give it access. Change the identity for references first (keyVaultReferenceIdentity).`,
        ),
      ];
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

/** Names the identities of an app whose principal Azure does not report, for example because they were deleted. Their roles are not read. */
function withoutPrincipal({ identity }: Site): string[] {
  const isKnown = (principal: string | null | undefined): boolean => /^[0-9a-f-]{36}$/i.test(principal ?? '');
  const users = Object.entries(identity?.userAssignedIdentities ?? {});
  return [
    ...(/SystemAssigned/i.test(identity?.type ?? '') && !isKnown(identity?.principalId) ? ['the system-assigned identity'] : []),
    ...users.flatMap(([id, user]) => (isKnown(user?.principalId) ? [] : [nameIn(id)])),
  ];
}

/** Judges whether the identity of an app can administer resources, as far as its roles in the subscription show. */
export function judgeAdministrator({ site, identityRoles: { value }, maybe }: Facts): Verdict {
  const wanted = 'data roles only';
  const { identity } = site;
  const isNone = !identity?.principalId && Object.keys(identity?.userAssignedIdentities ?? {}).length === 0;
  if (isNone && value.length === 0)
    return /Assigned/i.test(identity?.type ?? '')
      ? { state: 'unknown', found: 'Azure does not report the principal of the identity', wanted }
      : { state: 'not-applicable', found: 'the app has no identity', wanted };
  const read = rolesRead(value, maybe('identityDefinitions'));
  const strong = value.filter((one) => ADMINISTRATORS.includes(roleOf(one)) || read.isPowerful(roleOf(one)));
  const changing = [...new Set(value.filter((one) => !strong.includes(one)).map(roleOf))].filter((role) => read.changes(role).length > 0);
  const lost = withoutPrincipal(site);
  const open = [
    ...(read.unread.length > 0 ? [`not checked: permissions of ${read.unread.join(', ')}`] : []),
    ...(lost.length > 0 ? [`not checked: roles of ${lost.join(', ')}, because Azure does not report the principal`] : []),
    ...changing.map((role) => `${read.nameOf(role)} can change resources (${read.changes(role).join(', ')})`),
  ];
  const roles = `${strong.length} administrator ${strong.length === 1 ? 'role' : 'roles'}`;
  return {
    state: strong.length > 0 ? 'fail' : open.length > 0 ? 'unknown' : 'pass',
    found: [`${strong.length > 0 ? roles : 'no administrator role'} in this subscription`, ...open].join('; '),
    wanted,
    lines: strong.map((one) => `${read.nameOf(roleOf(one))} at ${scopeOf(one)}`),
  };
}
