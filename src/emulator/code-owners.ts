/** What tells that code declares a resource: deny assignments of deployment stacks, and changes that Azure Resource Graph keeps. */
import { isObject, keyOf, type JsonObject, type State } from './state.ts';
import type { StoreContext } from './place.ts';

const ABOVE = /\/providers\/microsoft\.authorization\/denyassignments\/.*$/;
const scopeOf = (assignment: JsonObject): string => keyOf(String(assignment['id'])).replace(ABOVE, '');

/** Those at the scope and above it; without a filter those below as well. */
export function denyAssignmentsFor({ place, url }: StoreContext, all: readonly JsonObject[]): JsonObject[] {
  const scope = keyOf(place.scope);
  const filter = url.searchParams.get('$filter') ?? '';
  return all.filter((one) => {
    const made = scopeOf(one);
    return `${scope}/`.startsWith(`${made}/`) || (!filter.includes('atScope()') && made.startsWith(`${scope}/`));
  });
}

/** Rows of `resourcechanges`: children of the resource that was changed. */
export const changesIn = (state: State): JsonObject[] =>
  Object.values(state.resources).filter(({ id }) => /\/providers\/Microsoft\.Resources\/changes\/[^/]+$/i.test(String(id)));

/** As the service tells them: the kind of the target stands in small letters beside its id. */
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
