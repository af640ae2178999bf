import type { Draft, Verdict } from '../step.ts';
import type { Json, Listed, RoleAssignment, Site } from './resources.ts';
import { sameWord } from './any-case.ts';
import { later, SYSTEM_PRINCIPAL } from './late.ts';

/** Built-in roles (learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
export const ROLE = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  rbacAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  websiteContributor: 'de139f84-1756-47ae-9be6-808fbbe84772',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  vaultAdministrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
} as const;

const NAMES: Readonly<Record<string, string>> = {
  [ROLE.owner]: 'Owner',
  [ROLE.contributor]: 'Contributor',
  [ROLE.userAccessAdministrator]: 'User Access Administrator',
  [ROLE.rbacAdministrator]: 'Role Based Access Control Administrator',
  [ROLE.websiteContributor]: 'Website Contributor',
  [ROLE.secretsUser]: 'Key Vault Secrets User',
  [ROLE.secretsOfficer]: 'Key Vault Secrets Officer',
  [ROLE.vaultAdministrator]: 'Key Vault Administrator',
  [ROLE.blobOwner]: 'Storage Blob Data Owner',
  [ROLE.queueContributor]: 'Storage Queue Data Contributor',
  [ROLE.tableContributor]: 'Storage Table Data Contributor',
  [ROLE.metricsPublisher]: 'Monitoring Metrics Publisher',
  [ROLE.reader]: 'Reader',
};

export const roleOf = ({ properties }: RoleAssignment): string => properties.roleDefinitionId.split('/').at(-1)?.toLowerCase() ?? '';
export const roleName = (role: string): string => NAMES[role.toLowerCase()] ?? `role ${role}`;

/** Roles that have no name here, each once: what they allow is not known, and one may be an administrator's of somebody's own making. */
export const unnamedRoles = (assignments: readonly RoleAssignment[]): string[] =>
  [...new Set(assignments.map(roleOf))].filter((role) => !(role in NAMES)).map(roleName);

/** Where an assignment was made, and so up to where it reaches. */
export const scopeOf = ({ id, properties }: RoleAssignment): string =>
  properties.scope ?? id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, '');

/** Whether one of the assignments gives the principal one of the roles at the scope, there or from further up. */
export const hasRole = (
  assignments: Listed<RoleAssignment>,
  scope: string,
  roles: readonly string[],
  principal: Json | undefined,
): boolean =>
  assignments.value.some(
    (one) =>
      sameWord(one.heldBy ?? one.properties.principalId, principal) &&
      roles.includes(roleOf(one)) &&
      `${scope.toLowerCase()}/`.startsWith(`${scopeOf(one).toLowerCase().replace(/\/$/, '')}/`),
  );

const ADMINISTRATORS: readonly string[] = [ROLE.owner, ROLE.contributor, ROLE.userAccessAdministrator, ROLE.rbacAdministrator];

/** Whether the identity of an app may administer something, as far as its roles in the subscription tell. */
export function judgeAdministrator({ value }: Listed<RoleAssignment>): Verdict {
  const strong = value.filter((one) => ADMINISTRATORS.includes(roleOf(one)));
  const others = unnamedRoles(value);
  const rest = others.length > 0 ? `; not looked at: what ${others.join(', ')} may do` : '';
  return {
    state: strong.length > 0 ? 'fail' : 'pass',
    found: `${strong.length > 0 ? `${strong.length} administrator roles` : 'no built-in administrator role'} in this subscription${rest}`,
    wanted: 'data roles only',
    lines: strong.map((one) => `${roleName(roleOf(one))} at ${scopeOf(one)}`),
  };
}

/** The same guid for the same text, so that a plan made twice grants once. */
export function guidFor(text: string): string {
  const word = (seed: number) => {
    let hash = 0x811c9dc5 ^ seed;
    for (const character of text.toLowerCase()) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  const hex = [1, 2, 3, 4].map(word).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

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
    of: `${scope}/providers/Microsoft.Authorization/roleAssignments/${guidFor(`${scope} ${role} ${forWhom}`)}`,
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
export const IDENTITY_TENANT = later({ key: 'site', path: 'identity.tenantId', says: "tenant of the app's identity" });
