/** `/resources`: all resources of a subscription or group, without properties. Clients use it to find a vault by name. */
import { answer, gatewayError, type EmulatedResponse } from './answers.ts';
import { placeOf } from './place.ts';
import { isObject, type Json, type JsonObject, type State } from './state.ts';

const FILTER = /^resourceType eq '([^']+)'$/i;

/** Lists the resources; `below` returns whether an id is in the requested subscription or group. */
export function listResources(state: State, below: (id: string) => boolean, filter: string | null): EmulatedResponse {
  const type = FILTER.exec(filter ?? '')?.[1]?.toLowerCase();
  if (filter && !type) return gatewayError(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}' specified in the query string.`);
  const web = [...Object.values(state.sites), ...Object.values(state.plans)].map(({ id, location, kind }) => ({ id, location, kind }));
  const value = [...web, ...Object.values(state.resources)].flatMap((one) => {
    const row = rowOf(one);
    return row && below(String(one.id)) && (!type || String(row['type']).toLowerCase() === type) ? [row] : [];
  });
  return answer(200, { value });
}

/** undefined for children of other resources. */
function rowOf(resource: JsonObject): JsonObject | undefined {
  const id = String(resource['id']);
  const place = placeOf(id);
  if (!place || !/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(place.scope) || id.split('/').length !== 9) return undefined;
  const members: [string, Json | undefined][] = ['kind', 'location', 'tags'].map((name) => [name, resource[name]]);
  const shown = members.filter((one): one is [string, Json] => typeof one[1] === 'string' || isObject(one[1]));
  return { id, name: place.name, type: place.type, ...Object.fromEntries(shown) };
}
