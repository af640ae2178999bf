import { ownMember } from './own-member.ts';
import type { Json } from './resources.ts';
import type { Listed, RoleAssignment } from './provider-resources.ts';
import { sameWord } from './any-case.ts';

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
export const roleName = (role: string): string => ownMember(NAMES, role.toLowerCase()) ?? `role ${role}`;

/** Lists the roles that have no name here, without duplicates. A custom role may include administrator rights. */
export const unnamedRoles = (assignments: readonly RoleAssignment[]): string[] =>
  [...new Set(assignments.map(roleOf))].filter((role) => !(role in NAMES)).map(roleName);

/** Returns the scope of an assignment, which also applies to everything below it. */
export const scopeOf = ({ id, properties }: RoleAssignment): string =>
  properties.scope ?? id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, '');

/** Returns whether an assignment gives the principal one of the roles at the scope or above it. */
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

/** Returns the same GUID for the same text, so that a plan made twice creates the role assignment only once. */
export function guidFor(text: string): string {
  const word = (seed: number) => {
    let hash = 0x811c9dc5 ^ seed;
    for (const character of text.toLowerCase()) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  const hex = [1, 2, 3, 4].map(word).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
