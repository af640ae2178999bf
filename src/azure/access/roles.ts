import { ownMember } from '../own-member.ts';
import type { Json } from '../resources/resources.ts';
import { coversAction, isGranted, type Granted } from '../resources/granted-actions.ts';
import type { Listed, RoleAssignment, RoleDefinition } from '../resources/provider-resources.ts';
import { sameWord } from '../resources/any-case.ts';

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
  // Roles that apps often hold for their data. None of them can change resources or assign roles.
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
  '19e7f393-937e-4f77-808e-94535e297925': 'Storage Queue Data Reader',
  '8a0f0c08-91a1-4084-bc3d-661d67233fed': 'Storage Queue Data Message Processor',
  'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': 'Storage Queue Data Message Sender',
  '76199698-9eea-4c19-bc75-cec21354c6b6': 'Storage Table Data Reader',
  '0c867c2a-1d8c-454a-a3db-ab2ea1bdc8bb': 'Storage File Data SMB Share Contributor',
  'aba4ae5f-2193-4029-9191-0cb91df5e314': 'Storage File Data SMB Share Reader',
  '090c5cfd-751d-490a-894a-3ce6f1109419': 'Azure Service Bus Data Owner',
  '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0': 'Azure Service Bus Data Receiver',
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39': 'Azure Service Bus Data Sender',
  'f526a384-b230-433a-b45c-95f59c4a2dec': 'Azure Event Hubs Data Owner',
  'a638d3c7-ab3a-418d-83e6-5f17a39d4fde': 'Azure Event Hubs Data Receiver',
  '2b629674-e913-4c01-ae53-ef4638d8f975': 'Azure Event Hubs Data Sender',
  'd5a91429-5739-47e2-a06b-3470a27159e7': 'EventGrid Data Sender',
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'AcrPull',
  '8311e382-0749-4cb8-b61a-304f252e45ec': 'AcrPush',
  '21090545-7ca7-4776-b22c-e363652d74d2': 'Key Vault Reader',
  '12338af0-0e69-4776-bea7-57ae8d297424': 'Key Vault Crypto User',
  '516239f1-63e1-4d78-a4de-a74fb236a071': 'App Configuration Data Reader',
  '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd': 'Cognitive Services OpenAI User',
  '0ad04412-c4d5-4796-b79c-f76d14c8d402': 'Durable Task Data Contributor',
  '420fcaa2-552c-430f-98ca-3264be4806c7': 'SignalR App Server',
  '1407120a-92aa-4202-b7e9-c0e197c71c8f': 'Search Index Data Reader',
  '8ebe5a00-799e-43f5-93ac-243d3dce84a7': 'Search Index Data Contributor',
  'a97b65f3-24c7-4388-baec-2e87135dc908': 'Cognitive Services User',
  '43d0d8ad-25c7-4714-9337-8ba259a9fe05': 'Monitoring Reader',
  '73c42c96-874c-492b-b04d-ab87d138a893': 'Log Analytics Reader',
};

export const roleOf = ({ properties }: RoleAssignment): string => properties.roleDefinitionId.split('/').at(-1)?.toLowerCase() ?? '';
export const roleName = (role: string): string => ownMember(NAMES, role.toLowerCase()) ?? `role ${role}`;

/** Lists the roles that have no name here, without duplicates. Their definitions show what they grant. */
export const unnamedRoles = (assignments: readonly RoleAssignment[]): string[] =>
  [...new Set(assignments.map(roleOf))].filter((role) => ownMember(NAMES, role) === undefined);

function ofSites(...names: readonly string[]): string[] {
  return names.flatMap((name) => ['', 'slots/'].map((slot) => `Microsoft.Web/sites/${slot}${name}`));
}

/** Actions that assign roles or change what they grant, or that change the code or settings of an app. */
const POWERS = [
  ...['roleAssignments', 'roleDefinitions', 'roleAssignmentScheduleRequests', 'roleEligibilityScheduleRequests'].map(
    (name) => `Microsoft.Authorization/${name}/write`,
  ),
  'Microsoft.Authorization/elevateAccess/action',
  ...ofSites('write', 'config/write', 'extensions/write', 'sourcecontrols/write', 'publish/action', 'publishxml/action'),
  // Adds and calls functions (role-based-access-control/permissions/web-and-mobile).
  ...ofSites('functions/write', 'hostruntime/host/action'),
];
/** Actions that return the settings, the publishing password or the master key of an app. */
const SECRETS = ofSites('config/list/action', 'host/listkeys/action');
const ASSIGNS_ROLES = POWERS.slice(0, 1);

/** Roles without a name here that were read by their definition. */
export interface RolesRead {
  /** Returns whether the definition grants an action that changes apps or roles. */
  readonly isPowerful: (role: string) => boolean;
  /** Returns whether the definition grants reading the secrets of an app. */
  readonly readsSecrets: (role: string) => boolean;
  /** Returns whether the definition grants assigning roles. */
  readonly assignsRoles: (role: string) => boolean;
  /** Returns the actions other than reads that the definition grants on resources, as it writes them. */
  readonly changes: (role: string) => readonly string[];
  /** Names a role, by its definition where it has no name here. */
  readonly nameOf: (role: string) => string;
  readonly isUnread: (role: string) => boolean;
  /** Names the roles whose definition could not be read, with the permission that is missing. */
  readonly unread: readonly string[];
}

/** Reads what the definitions show of the roles of some assignments. `definitions` is undefined if they could not be read. */
export function rolesRead(assignments: readonly RoleAssignment[], definitions: Listed<RoleDefinition> | undefined): RolesRead {
  const known = new Map((definitions?.value ?? []).map((one) => [one.role, one]));
  const grantedBy = (role: string): readonly Granted[] => known.get(role)?.granted ?? [];
  const grants = (role: string, actions: readonly string[]): boolean => actions.some((action) => isGranted(grantedBy(role), action));
  const nameOf = (role: string): string => known.get(role)?.roleName ?? roleName(role);
  const unread = unnamedRoles(assignments).filter((role) => known.get(role)?.granted === undefined);
  return {
    isPowerful: (role) => grants(role, POWERS),
    readsSecrets: (role) => grants(role, SECRETS),
    assignsRoles: (role) => grants(role, ASSIGNS_ROLES),
    changes: (role) =>
      grantedBy(role).flatMap(({ actions = [], notActions = [] }) =>
        actions.filter((action) => !/(^|\/)read$/i.test(action) && !coversAction(notActions, action)),
      ),
    nameOf,
    isUnread: (role) => unread.includes(role),
    unread: unread.map((role) => {
      const lacks = known.get(role)?.lacks;
      return `${nameOf(role)}${lacks ? `: you have no permission to read this resource (${lacks})` : ''}`;
    }),
  };
}

/** Returns the scope of an assignment, which also applies to everything below it. */
export const scopeOf = ({ id, properties }: RoleAssignment): string =>
  properties.scope ?? id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, '');

/** Returns whether an assignment gives the principal one of the roles at the scope or above it. One with a condition may give less. */
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
      !one.properties.condition &&
      `${scope.toLowerCase()}/`.startsWith(`${scopeOf(one).toLowerCase().replace(/\/$/, '')}/`),
  );

/** Whether a principal has an assignment at the scope or above it whose effect is not known here: of a role without a name, or with a condition. */
export const mayHaveRole = (assignments: Listed<RoleAssignment>, scope: string, principal: Json | undefined): boolean =>
  assignments.value.some(
    (one) =>
      sameWord(one.heldBy ?? one.properties.principalId, principal) &&
      (Boolean(one.properties.condition) || unnamedRoles([one]).length > 0) &&
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
