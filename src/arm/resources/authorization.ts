/** Microsoft.Authorization: locks, policies, and roles of an app. */
import { unnamedRoles, type Json } from '../../azure/index.ts';
import { isRecord, valueAt, type Body } from '../../change/json-paths.ts';
import { ArmFailure } from '../../engine/ports.ts';
import { rowsInForce, scopeById, type ScopeList } from '../reads/kept-answers.ts';
import {
  readList,
  listAll,
  bodyOf,
  list,
  checkNamedRow,
  unexpectedShapeFailure,
  readOnly,
  resourceOf,
  textOf,
  type Finder,
  type Resource,
} from '../resource-definition.ts';
import { definitionOf, MOST_DEFINITIONS } from './kept-definitions.ts';
import { findPolicyEffects } from './policy-effects.ts';

const POLICY = '2024-04-01';
const LOCKS = '2020-05-01';
const ROLES = '2022-04-01';
const at = (name: string) => `/providers/Microsoft.Authorization/${name}`;
const AT_SCOPE = { method: 'GET', list: true, query: '$filter=atScope()' } as const;

const ASSIGNMENTS: ScopeList = {
  suffix: at('policyAssignments'),
  apiVersion: POLICY,
  check: (row) => row,
  scopeOf: scopeById(at('policyAssignments')),
};
const LOCK_LIST: ScopeList = { suffix: at('locks'), apiVersion: LOCKS, check: checkNamedRow, scopeOf: scopeById(at('locks')) };

export const policyAssignments: Resource = {
  suffix: at('policyAssignments'),
  apiVersion: POLICY,
  read: AT_SCOPE,
  find: async ({ client, target }) => ({
    value: (await rowsInForce(client, target, ASSIGNMENTS)).filter((row) => !isExcluded(row, target.id)),
  }),
  ...readOnly('Microsoft.Authorization/policyAssignments/read'),
};
/** Whether an assignment leaves out a scope that contains the app. */
const isExcluded = (assignment: Body, id: string): boolean => {
  const scopes = valueAt(assignment, 'properties.notScopes');
  return (
    Array.isArray(scopes) &&
    (scopes as readonly Json[]).some((scope) => {
      const place = textOf(scope).replace(/\/$/, '');
      return place !== '' && `${id}/`.toLowerCase().startsWith(`${place}/`.toLowerCase());
    })
  );
};
export const locks: Resource = {
  suffix: at('locks'),
  apiVersion: LOCKS,
  read: AT_SCOPE,
  ...readOnly('Microsoft.Authorization/locks/read'),
  clean: checkNamedRow,
  find: async ({ client, target }) => ({ value: await rowsInForce(client, target, LOCK_LIST) }),
  open: async ({ client }, id) => ({ value: (await listAll(client, `${id}?$filter=atScope()`, LOCKS)).map(checkNamedRow) }),
};
export const permissions: Resource = {
  suffix: at('permissions'),
  apiVersion: ROLES,
  ...readList('Microsoft.Authorization/permissions/read'),
  clean: patternsIn,
  open: async ({ client }, id) => ({ value: (await client.listAll(id, ROLES)).map(patternsIn) }),
};

/** Returns the patterns of a row. @throws ArmFailure if it has none, because an unreadable row must not count as a right or as none */
function patternsIn(row: Json): Body {
  if (!isRecord(row)) throw unexpectedShapeFailure();
  const patterns = (name: string): [string, Json][] => {
    const found = row[name] ?? [];
    if (!Array.isArray(found) || !found.every((one) => typeof one === 'string')) throw unexpectedShapeFailure();
    return [[name, found]];
  };
  return { ...row, ...Object.fromEntries(['actions', 'notActions', 'dataActions', 'notDataActions'].flatMap(patterns)) };
}
export const policyEffects: Resource = {
  suffix: at('policyAssignments'),
  apiVersion: POLICY,
  ...readList(...['policyAssignments', 'policyDefinitions', 'policySetDefinitions'].map((name) => `Microsoft.Authorization/${name}/read`)),
  through: ['policyAssignments'],
  find: findPolicyEffects,
};

const roleActions = {
  read: ['Microsoft.Authorization/roleAssignments/read'],
  write: ['Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleAssignments/delete'],
};
export const roleAssignments: Resource = {
  suffix: at('roleAssignments'),
  apiVersion: ROLES,
  read: AT_SCOPE,
  write: 'PUT',
  actions: roleActions,
};
export const identityRoles: Resource = {
  suffix: at('roleAssignments'),
  apiVersion: ROLES,
  read: list,
  write: 'PUT',
  actions: roleActions,
  through: ['site'],
  find: findIdentityRoles,
};

export const roleDefinitions: Resource = definitionsOf('roleAssignments');
export const identityDefinitions: Resource = definitionsOf('identityRoles');

function definitionsOf(key: 'roleAssignments' | 'identityRoles'): Resource {
  return {
    suffix: at('roleDefinitions'),
    apiVersion: ROLES,
    ...readList('Microsoft.Authorization/roleDefinitions/read'),
    through: [key],
    find: (x) => findRoleDefinitions(x, key),
  };
}

/** Reads the definitions of the roles that are not known by their id. A definition that cannot be read has no permissions here. */
async function findRoleDefinitions(x: Finder, key: 'roleAssignments' | 'identityRoles'): Promise<Body> {
  const roles = unnamedRoles((await resourceOf(x, key)).value).slice(0, MOST_DEFINITIONS);
  const read = async (role: string): Promise<Body> => {
    try {
      const body = await definitionOf(x.client, `/subscriptions/${x.target.subscriptionId}${at('roleDefinitions')}/${role}`, ROLES);
      const permissions = valueAt(body, 'properties.permissions');
      if (!Array.isArray(permissions)) return { role };
      const roleName = valueAt(body, 'properties.roleName');
      return {
        role,
        ...(typeof roleName === 'string' ? { roleName } : {}),
        granted: (permissions as readonly Json[]).map(patternsIn),
      };
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      return { role, ...(error.lacks ? { lacks: error.lacks } : {}) };
    }
  };
  return { value: await Promise.all(roles.map(read)) };
}

/** Finds the roles of the app's identity. `assignedTo` includes roles of its groups. */
async function findIdentityRoles(x: Finder): Promise<Body> {
  const site = await bodyOf(x, 'site');
  const users = valueAt(site ?? {}, 'identity.userAssignedIdentities') ?? {};
  const principals = [
    valueAt(site ?? {}, 'identity.principalId'),
    ...Object.values(users as Record<string, Body | null>).map((one) => one?.['principalId']),
  ].filter((id): id is string => typeof id === 'string' && /^[0-9a-f-]{36}$/i.test(id));
  const lists = await Promise.all(
    principals.map(async (id) => {
      const path = `/subscriptions/${x.target.subscriptionId}${at('roleAssignments')}?$filter=assignedTo('${id}')`;
      return (await listAll(x.client, path, ROLES)).map((one) => ({ ...one, heldBy: id }));
    }),
  );
  return { value: lists.flat() };
}
