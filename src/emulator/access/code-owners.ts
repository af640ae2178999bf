/** Evidence that code declares a resource: deny assignments of deployment stacks, and changes in Azure Resource Graph. */
import { gatewayError, type EmulatedResponse } from '../answers.ts';
import { names, type Caller, type Right } from './rights.ts';
import { isObject, keyOf, type Json, type JsonObject, type State } from '../state.ts';
import { typeOf, type StoreContext } from '../place.ts';

const ABOVE = /\/providers\/microsoft\.authorization\/denyassignments\/.*$/;
const scopeOf = (assignment: JsonObject): string => keyOf(String(assignment['id'])).replace(ABOVE, '');

/** Returns the deny assignments at the scope and above it; without a filter also those below. */
export function denyAssignmentsFor({ place, url }: StoreContext, all: readonly JsonObject[]): JsonObject[] {
  const scope = keyOf(place.scope);
  const filter = url.searchParams.get('$filter') ?? '';
  return all.filter((one) => {
    const made = scopeOf(one);
    return `${scope}/`.startsWith(`${made}/`) || (!filter.includes('atScope()') && made.startsWith(`${scope}/`));
  });
}

const EVERYBODY = '00000000-0000-0000-0000-000000000000';
const textsOf = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
const idsOf = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value.filter(isObject) : []).map((one) => String(one['id']).toLowerCase());

/** Refuses a request that a deny assignment at its scope or above it covers; no role overrides that. */
export function deniedBy(state: State, { name, id }: Caller, { action, scope }: Right): EmulatedResponse | undefined {
  for (const assignment of Object.values(state.resources)) {
    if (typeOf(assignment) !== 'microsoft.authorization/denyassignments') continue;
    const made = scopeOf(assignment);
    const properties = isObject(assignment['properties']) ? assignment['properties'] : {};
    const isThere =
      properties['doNotApplyToChildScopes'] === true
        ? made === keyOf(scope)
        : `${keyOf(scope)}/`.startsWith(made === '' ? '/' : `${made}/`);
    const principals = idsOf(properties['principals']);
    const isMeant = principals.length === 0 || principals.includes(EVERYBODY) || principals.includes(id.toLowerCase());
    if (!isThere || !isMeant || idsOf(properties['excludePrincipals']).includes(id.toLowerCase())) continue;
    const rows = Array.isArray(properties['permissions']) ? properties['permissions'].filter(isObject) : [];
    if (!rows.some((row) => names(textsOf(row['actions']), action) && !names(textsOf(row['notActions']), action))) continue;
    const own = String(assignment['id']).split('/').at(-1) ?? '';
    const at = String(assignment['id']).replace(/\/providers\/Microsoft\.Authorization\/denyAssignments\/.*$/i, '');
    return gatewayError(
      403,
      'DenyAssignmentAuthorizationFailed',
      `The client '${name}' with object id '${id}' has permission to perform action '${action}' on scope '${scope}'; however, the access is denied because of the deny assignment with name '${String(properties['denyAssignmentName'] ?? own)}' and Id '${own}' at scope '${at}'.`,
    );
  }
  return undefined;
}

/** Returns the rows of `resourcechanges`: children of the changed resource. */
export const changesIn = (state: State): JsonObject[] =>
  Object.values(state.resources).filter(({ id }) => /\/providers\/Microsoft\.Resources\/changes\/[^/]+$/i.test(String(id)));

/** Returns a change as the service shows it: with the id of the target, and its type in lower case. */
export function changeRow(change: JsonObject): JsonObject {
  const properties = isObject(change['properties']) ? change['properties'] : {};
  const target = String(
    properties['targetResourceId'] ?? String(change['id']).replace(/\/providers\/Microsoft\.Resources\/changes\/[^/]+$/i, ''),
  );
  const type = [...target.matchAll(/\/providers\/([^/]+)\/(.+?)(?=\/providers\/|$)/gi)].at(-1);
  const words = (type?.[2] ?? '').split('/').filter((_, index) => index % 2 === 0);
  return {
    ...change,
    name: String(change['id']).split('/').at(-1) ?? '',
    properties: { targetResourceId: target, targetResourceType: [type?.[1] ?? '', ...words].join('/').toLowerCase(), ...properties },
  };
}
