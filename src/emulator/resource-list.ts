/** `/resources`: all resources of a subscription or group, without properties. Clients use it to find a vault by name. */
import { answer, gatewayError, type EmulatedResponse } from './answers.ts';
import { placeOf } from './place.ts';
import { isObject, type Json, type JsonObject, type State } from './state.ts';

/** The time at which the apps of a seed were created. */
const BEFORE = '2020-01-01T00:00:00.0000000Z';
const FILTER = /^resourceType eq '([^']+)'$/i;

/** Lists the resources; `below` returns whether an id is in the requested subscription or group. */
export function listResources(state: State, below: (id: string) => boolean, query: URLSearchParams): EmulatedResponse {
  const filter = query.get('$filter');
  const hasTimes = (query.get('$expand') ?? '').split(',').includes('createdTime');
  const type = FILTER.exec(filter ?? '')?.[1]?.toLowerCase();
  if (filter && !type) return gatewayError(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}' specified in the query string.`);
  const sites = Object.values(state.sites).map(({ id, location, kind, createdAt = BEFORE }) => ({
    id,
    location,
    kind,
    ...(hasTimes ? { createdTime: createdAt } : {}),
  }));
  const plans = Object.values(state.plans).map(({ id, location, kind }) => ({ id, location, kind }));
  const value = [...sites, ...plans, ...Object.values(state.resources)].flatMap((one) => {
    const row = rowOf(one);
    return row && below(String(one.id)) && (!type || String(row['type']).toLowerCase() === type) ? [row] : [];
  });
  return answer(200, { value });
}

/** undefined for children of other resources; slots are listed as `app/slot`. */
function rowOf(resource: JsonObject): JsonObject | undefined {
  const id = String(resource['id']);
  const place = placeOf(id);
  if (!place || !/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(place.scope)) return undefined;
  const slot = /\/providers\/Microsoft\.Web\/sites\/([^/]+)\/slots\/([^/]+)$/i.exec(id);
  if (!slot && id.split('/').length !== 9) return undefined;
  const members: [string, Json | undefined][] = ['kind', 'location', 'tags', 'createdTime'].map((name) => [name, resource[name]]);
  const shown = members.filter((one): one is [string, Json] => typeof one[1] === 'string' || isObject(one[1]));
  return { id, name: slot ? `${slot[1]}/${slot[2]}` : place.name, type: place.type, ...Object.fromEntries(shown) };
}
