/** Microsoft.Authorization: locks, policies, and roles of an app. */
import { unnamedRoles, type Json } from '../../azure/index.ts';
import { isRecord, valueAt, type Body } from '../../change/json-paths.ts';
import { ArmFailure } from '../../engine/ports.ts';
import type { ArmClient } from '../client.ts';
import { keptAnswer, rowsInForce, scopeById, type ScopeList } from '../kept-answers.ts';
import {
  readList,
  listAll,
  bodyOf,
  itemsOf,
  list,
  checkNamedRow,
  unexpectedShapeFailure,
  readOnly,
  resourceOf,
  textOf,
  type Finder,
  type Resource,
} from '../resource-definition.ts';

const POLICY = '2024-04-01';
const DEFINITIONS = '2023-04-01';
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
  find: async ({ client, target }) => ({ value: await rowsInForce(client, target, ASSIGNMENTS) }),
  ...readOnly('Microsoft.Authorization/policyAssignments/read'),
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
  open: async ({ client }, id) => ({ value: (await Array.fromAsync(client.list(id, ROLES))).map(patternsIn) }),
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
export const denyPolicies: Resource = {
  suffix: at('policyAssignments'),
  apiVersion: POLICY,
  ...readList(...['policyAssignments', 'policyDefinitions', 'policySetDefinitions'].map((name) => `Microsoft.Authorization/${name}/read`)),
  through: ['policyAssignments'],
  find: findDenyPolicies,
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

/** The most definitions that are read for their effects. A scope with more is reported as not known. */
const MOST_DEFINITIONS = 40;

/** Finds policies that deny. The effect is in the assignment's parameters or in its definition. */
async function findDenyPolicies(x: Finder): Promise<Body> {
  const assignments = itemsOf(await bodyOf(x, 'policyAssignments')).filter(
    (one) => !/^donotenforce$/i.test(textOf(valueAt(one, 'properties.enforcementMode'))),
  );
  const effects = await Promise.all(
    assignments.map(async (one, index) => {
      const name = textOf(valueAt(one, 'properties.displayName') ?? one['name']);
      const given = valueAt(one, 'properties.parameters.effect.value');
      if (given !== undefined) return { name, effect: textOf(given) };
      const definition = textOf(valueAt(one, 'properties.policyDefinitionId'));
      if (overridesOf(one).some((effect) => /^deny$/i.test(effect))) return { name, effect: 'deny' };
      if (index >= MOST_DEFINITIONS) return { name, effect: undefined };
      if (/\/policySetDefinitions\//i.test(definition)) return { name, ...(await effectOfSet(x, definition, one)) };
      return { name, ...(await effectOf(x, definition, one)) };
    }),
  );
  return {
    value: effects.filter(({ effect }) => effect?.toLowerCase() === 'deny').map(({ name }) => ({ name })),
    unknown: effects
      .filter(({ effect }) => effect === undefined)
      .map((one) => ('lacks' in one && one.lacks ? `${one.name} (requires the permission ${one.lacks})` : one.name)),
  };
}

/** Returns the effects that an assignment sets for definitions of its initiative, whatever their own effect is. */
const overridesOf = (assignment: Body): string[] => {
  const all = valueAt(assignment, 'properties.overrides');
  return (Array.isArray(all) ? (all as readonly Json[]) : []).flatMap((one) =>
    /^policyEffect$/i.test(textOf(valueAt(one, 'kind'))) ? [textOf(valueAt(one, 'value'))] : [],
  );
};

/**
 * The default initiative of Defender for Cloud, which nearly every subscription has. Of its definitions, those with an effect of their own
 * only audit (Azure/azure-policy, AzureSecurityCenter.json and the definitions it names).
 */
const AUDITS = /^\/providers\/Microsoft\.Authorization\/policySetDefinitions\/1f3afdf9-d0c9-4c3d-847f-89da613e70a8$/i;

/**
 * Returns whether a definition of an initiative denies, by the effect that the initiative or its assignment gives it. Definitions with an
 * effect of their own are not read, so it is unknown whether they deny.
 */
async function effectOfSet({ client }: Finder, id: string, assignment: Body): Promise<{ effect: string | undefined; lacks?: string }> {
  try {
    const body = await definitionOf(client, id);
    const definitions = valueAt(body, 'properties.policyDefinitions');
    if (!Array.isArray(definitions)) return { effect: undefined };
    const effects = (definitions as readonly Json[]).map((one) => {
      const given = memberOf(valueAt(one, 'parameters'), 'effect')?.['value'];
      return given === undefined && AUDITS.test(id) ? '' : chosenEffect(textOf(given), assignment, body);
    });
    return { effect: effects.find((effect) => /^deny$/i.test(effect ?? '')) ?? (effects.includes(undefined) ? undefined : '') };
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return { effect: undefined, ...(error.lacks ? { lacks: error.lacks } : {}) };
  }
}

/** Returns an effect in words; undefined for an expression of another kind, or none at all: it may forbid. */
function chosenEffect(effect: string, assignment: Body, definition: Json): string | undefined {
  const [, parameter] = /^\[\s*parameters\('([^']+)'\)\s*\]$/i.exec(effect) ?? [];
  const chosen = parameter
    ? (memberOf(valueAt(assignment, 'properties.parameters'), parameter)?.['value'] ??
      memberOf(valueAt(definition, 'properties.parameters'), parameter)?.['defaultValue'])
    : effect;
  return typeof chosen === 'string' && /^\w+$/.test(chosen) ? chosen : undefined;
}

function memberOf(parameters: Json | undefined, name: string): Body | undefined {
  const all = isRecord(parameters) ? parameters : {};
  const found = Object.keys(all).find((one) => one.toLowerCase() === name.toLowerCase());
  const member = found === undefined ? undefined : all[found];
  return isRecord(member) ? member : undefined;
}

async function effectOf({ client }: Finder, definition: string, assignment: Body): Promise<{ effect: string | undefined; lacks?: string }> {
  try {
    const body = await definitionOf(client, definition);
    return { effect: chosenEffect(textOf(valueAt(body, 'properties.policyRule.then.effect')), assignment, body) };
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    // A definition of another tenant or scope may be closed to the caller.
    return { effect: undefined, ...(error.lacks ? { lacks: error.lacks } : {}) };
  }
}

/** Returns a definition of a policy or role. It is read once for all apps in the scope of its assignment; a refusal is the same for all of them. */
async function definitionOf(client: ArmClient, id: string, apiVersion = DEFINITIONS): Promise<Json> {
  const answer = await keptAnswer(client, id, () =>
    client.send('GET', id, apiVersion).then(
      ({ body }) => body,
      (error: unknown) => {
        if (error instanceof ArmFailure && (error.kind === 'forbidden' || error.kind === 'missing')) return error;
        throw error;
      },
    ),
  );
  if (answer instanceof ArmFailure) throw answer;
  return answer;
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
