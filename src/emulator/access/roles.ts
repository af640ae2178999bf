/** Role assignments: the roles of principals at a scope or above it. */
import { propertiesOf } from '../parts.ts';
import { providerError, type EmulatedResponse } from '../answers.ts';
import { guidOf } from '../guid.ts';
import { isObject, keyOf, type JsonObject, type State } from '../state.ts';
import type { StoreContext } from '../place.ts';

/** Object ids of the two callers that have tokens. */
export const OPERATOR_ID = '6f1d3a52-0c1e-4a57-9a35-2d1f0c9b7e01';
export const READER_ID = '6f1d3a52-0c1e-4a57-9a35-2d1f0c9b7e02';

export const ROLE = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  websiteContributor: 'de139f84-1756-47ae-9be6-808fbbe84772',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  vaultAdministrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
} as const;

const scopeOf = (assignment: JsonObject): string =>
  keyOf(String(assignment['id'])).replace(/\/providers\/microsoft\.authorization\/roleassignments\/.*$/, '');
/** Returns whether an assignment at `made` applies at the scope; a management group is above every subscription here. */
const isAbove = (made: string, scope: string): boolean =>
  made.startsWith('/providers/microsoft.management/managementgroups/') || `${keyOf(scope)}/`.startsWith(`${made}/`);
const isBelow = (made: string, scope: string): boolean => `${made}/`.startsWith(`${keyOf(scope)}/`);
export const isRoleAssignment = ({ id }: JsonObject): boolean =>
  /\/providers\/microsoft\.authorization\/roleassignments\//i.test(String(id));

export function roleAssignmentsFor({ place, url, state }: StoreContext, all: readonly JsonObject[]): JsonObject[] {
  const filter = url.searchParams.get('$filter') ?? '';
  const principal = /^(?:principalId eq|assignedTo\() ?'([^']+)'\)?$/.exec(filter)?.[1];
  const groups =
    principal && filter.startsWith('assignedTo')
      ? Object.entries(state.groups).flatMap(([group, members]) => (members.includes(principal) ? [group] : []))
      : [];
  return all.filter((one) => {
    const made = scopeOf(one);
    if (!isAbove(made, place.scope) && (filter.includes('atScope()') || !isBelow(made, place.scope))) return false;
    return !principal || [principal, ...groups].includes(String(propertiesOf(one)['principalId']));
  });
}

/** Returns whether the directory contains the principal: an identity of the subscription, a group, a member of a group, or a caller. */
function isKnown(state: State, principal: string): boolean {
  const ofSites = Object.values(state.sites).flatMap(({ identity }) => principalsIn(identity));
  const ofResources = Object.values(state.resources).flatMap((one) => [
    ...principalsIn(isObject(one['identity']) ? one['identity'] : undefined),
    ...(/\/userassignedidentities\/[^/]+$/i.test(String(one['id'])) ? [guidOf(`${String(one['id'])}/principal`)] : []),
    ...(isRoleAssignment(one) ? [String(propertiesOf(one)['principalId'])] : []),
  ]);
  const groups = Object.entries(state.groups).flatMap(([group, members]) => [group, ...members]);
  return [OPERATOR_ID, READER_ID, ...ofSites, ...ofResources, ...groups, ...(state.principals ?? [])].includes(principal);
}
/** Lists the principals of an identity: system-assigned and user-assigned. */
export function principalsIn(identity: JsonObject | undefined): string[] {
  if (!identity) return [];
  const users = isObject(identity['userAssignedIdentities']) ? Object.values(identity['userAssignedIdentities']) : [];
  return [identity, ...users].flatMap((one) => (isObject(one) && typeof one['principalId'] === 'string' ? [one['principalId']] : []));
}

/** Finds the type of a principal, as the service does if it is not given. */
export const principalTypeOf = (assignment: JsonObject): string =>
  [OPERATOR_ID, READER_ID].includes(String(propertiesOf(assignment)['principalId'])) ? 'User' : 'ServicePrincipal';

export function roleAssignmentRefusal({ state, place }: StoreContext, body: JsonObject): EmulatedResponse | undefined {
  const { roleDefinitionId, principalId, principalType } = propertiesOf(body);
  const roleOf = (id: unknown) => String(id).toLowerCase().split('/').at(-1);
  const same = Object.values(state.resources).some(
    (one) =>
      isRoleAssignment(one) &&
      keyOf(String(one['id'])) !== keyOf(place.id) &&
      scopeOf(one) === keyOf(place.scope) &&
      propertiesOf(one)['principalId'] === principalId &&
      roleOf(propertiesOf(one)['roleDefinitionId']) === roleOf(roleDefinitionId),
  );
  if (same) return providerError(409, 'RoleAssignmentExists', 'The role assignment already exists.');
  if (!/^[0-9a-f-]{36}$/i.test(String(principalId)))
    return providerError(400, 'InvalidPrincipalId', `A valid principal ID must be provided for role assignment.`);
  // With its type, a principal is not looked up (Microsoft's advice for new identities).
  return principalType === undefined && !isKnown(state, String(principalId))
    ? providerError(
        400,
        'PrincipalNotFound',
        `Principal ${String(principalId).replaceAll('-', '')} does not exist in the directory. Check that you have the correct principal ID.`,
      )
    : undefined;
}

/** Returns whether a principal has one of the roles at the scope, directly or through a group. */
export function holds(state: State, principal: string, scope: string, roles: readonly string[]): boolean {
  const groups = Object.entries(state.groups).flatMap(([group, members]) => (members.includes(principal) ? [group] : []));
  return Object.values(state.resources).some((one) => {
    if (!isRoleAssignment(one) || !isAbove(scopeOf(one), scope)) return false;
    const { principalId, roleDefinitionId } = propertiesOf(one);
    return (
      [principal, ...groups].includes(String(principalId)) && roles.includes(String(roleDefinitionId).toLowerCase().split('/').at(-1) ?? '')
    );
  });
}
