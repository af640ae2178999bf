/** Resources of other providers: created, read, changed and deleted by one set of rules; differences by type are in types.ts. */
import { propertiesOf, asObject } from './parts.ts';
import { answer, gatewayError, notFound, type EmulatedResponse } from './answers.ts';
import { canonical, keyOf, resourceGroupOf, type Json, type JsonObject } from './state.ts';
import { TYPES, type TypeRules } from './types.ts';
import { versionOf } from './web/versions.ts';
import { membersIn } from './web/older.ts';
import { type Place, placeOf, type StoreContext, typeOf } from './place.ts';

/** Handles a request, and answers as its API version does; undefined if the emulator does not have the type. */
export function onResource(x: StoreContext): EmulatedResponse | undefined {
  const answered = handled(x);
  return answered && answered.status < 300
    ? { ...answered, body: membersIn(x.place.type, versionOf(x.request), answered.body ?? null) }
    : answered;
}

function handled(x: StoreContext): EmulatedResponse | undefined {
  const rules = TYPES[x.place.type.toLowerCase()];
  if (!rules) return undefined;
  const { method } = x.request;
  if (x.place.isList) return method === 'GET' ? listOf(x, rules) : undefined;
  const found = x.state.resources[keyOf(x.place.id)];
  switch (method) {
    case 'GET': {
      if (!found && !rules.always) return missing(x.place);
      const body = bodyOf(x, rules, found ?? bare(x.place));
      return answer(200, body, rules.etag ? { etag: String(body['etag']) } : {});
    }
    case 'PUT':
      return put(x, rules, found);
    case 'PATCH':
      return rules.patch
        ? patch(x, rules, found)
        : gatewayError(405, 'MethodNotAllowed', 'The requested resource does not support this method.');
    case 'DELETE':
      return remove(x, rules, found);
    default:
      return undefined;
  }
}

const bare = ({ id }: Place): JsonObject => ({ id, properties: {} });
const missing = ({ type, name, id }: Place): EmulatedResponse => notFound(type, name, resourceGroupOf(id));
const kindOf = (resource: JsonObject): Place => placeOf(String(resource['id'])) as Place;

/** Returns the resource as it is read: defaults, set values, and computed values. */
export function bodyOf(x: Pick<StoreContext, 'state'>, rules: TypeRules, resource: JsonObject): JsonObject {
  const { type, name } = kindOf(resource);
  const stored = propertiesOf(resource);
  const properties = { ...rules.defaults?.(resource, x.state), ...stored, ...rules.computed?.(resource, x.state) };
  for (const hidden of rules.hides ?? []) delete properties[hidden];
  const body = { ...resource, name, type, ...rules.outer?.(resource, x.state), properties };
  return { ...body, ...rules.spelled?.(body) };
}

function listOf(x: StoreContext, rules: TypeRules): EmulatedResponse {
  const { place, state } = x;
  const type = place.type.toLowerCase();
  const of = Object.values(state.resources).filter((one) => typeOf(one) === type);
  const parent = keyOf(place.id).replace(/\/[^/]+$/, '');
  // The list of a top-level type contains everything below the subscription or group; a list of children those of the parent.
  const isExtension = /\/providers\//i.test(place.scope);
  const isTop = place.type.split('/').length === 2;
  const own = rules.listed
    ? rules.listed(x, of)
    : of.filter(({ id }) =>
        isTop && !isExtension
          ? keyOf(String(id)).startsWith(`${keyOf(place.scope)}/`)
          : keyOf(String(id)).startsWith(`${parent}/${place.name.toLowerCase()}/`),
      );
  // Resources that always exist are listed even if they were never written.
  const listed = rules.always && own.length === 0 ? [bare({ ...place, id: `${place.id}/default` })] : own;
  const value = listed.map((one) => bodyOf(x, rules, one));
  return answer(200, rules.emptyPage ? withEmptyPage(x, value) : { value, ...(rules.pages ? { nextLink: null } : {}) });
}

/** The first page names a second one however few there are, and that is empty (recorded of vaults, 23 of 23). */
function withEmptyPage({ url }: StoreContext, value: JsonObject[]): JsonObject {
  const token = url.searchParams.get('$skiptoken');
  if (token === END) return { value: [] };
  if (token !== null && value.length === 0) return { value };
  const next = new URL(url);
  next.searchParams.set('$skiptoken', END);
  return { value, nextLink: `{origin}${next.pathname}${next.search}` };
}
const END = 'end';

function put(x: StoreContext, rules: TypeRules, found: JsonObject | undefined): EmulatedResponse {
  const body = asObject(x.request.body);
  const refused = rules.refuse?.(x, body, found);
  if (refused) return refused;
  const { properties: given, ...outer } = body;
  const kept = rules.merges && found ? propertiesOf(found) : {};
  const stored: JsonObject = {
    ...(found && rules.merges ? found : {}),
    ...withoutReadOnly(outer),
    id: found?.['id'] ?? x.place.id,
    properties: written(x, rules, found ? kept : (rules.olderUsual?.(versionOf(x.request)) ?? {}), asObject(given)),
  };
  x.state.resources[keyOf(x.place.id)] = pruned(x, rules, stored);
  forgetEmpty(x, rules);
  const shown = bodyOf(x, rules, x.state.resources[keyOf(x.place.id)] ?? stored);
  if (rules.later && !found) return x.later(shown);
  if (rules.echoes)
    return answer(200, { id: shown['id'] ?? null, name: shown['name'] ?? null, type: shown['type'] ?? null, properties: asObject(given) });
  const located: Record<string, string> = rules.located && !found ? { location: String(shown['id']) } : {};
  if (!rules.slow) return answer(found ? 200 : (rules.created ?? 200), { ...shown, ...rules.answered?.(shown) }, located);
  const operation = x.begin(() => rules.slow?.(stored, x.state));
  return answer(found ? 200 : 201, shown, { 'azure-asyncoperation': `{origin}${operation}`, 'retry-after': '0' });
}

function patch(x: StoreContext, rules: TypeRules, found: JsonObject | undefined): EmulatedResponse {
  if (!found) return missing(x.place);
  const body = asObject(x.request.body);
  const refused = rules.refuse?.(x, body, found);
  if (refused) return refused;
  const { properties: given, ...outer } = body;
  const changes = Object.entries(asObject(given)).filter(([, value]) => value !== null);
  const stored: JsonObject = {
    ...found,
    ...withoutReadOnly(outer),
    properties: written(x, rules, propertiesOf(found), Object.fromEntries(changes)),
  };
  x.state.resources[keyOf(x.place.id)] = pruned(x, rules, stored);
  return answer(200, bodyOf(x, rules, x.state.resources[keyOf(x.place.id)] ?? stored));
}

/** Merges what was sent with what is stored, as the service does. */
function written(x: StoreContext, rules: TypeRules, kept: JsonObject, given: JsonObject): JsonObject {
  const properties = { ...kept, ...given };
  for (const name of rules.ignores ?? []) delete properties[name];
  return { ...properties, ...rules.spellsOut?.(properties, rules.defaults?.({ id: x.place.id, properties }, x.state) ?? {}) };
}

function remove(x: StoreContext, rules: TypeRules, found: JsonObject | undefined): EmulatedResponse {
  if (!found) return answer(204);
  delete x.state.resources[keyOf(x.place.id)];
  for (const key of Object.keys(x.state.resources)) if (key.startsWith(`${keyOf(x.place.id)}/`)) delete x.state.resources[key];
  if (rules.slow) {
    const operation = x.begin(() => {});
    return answer(202, null, { 'azure-asyncoperation': `{origin}${operation}`, location: `{origin}${operation}`, 'retry-after': '0' });
  }
  return answer(200, rules.deleted ? rules.deleted(bodyOf(x, rules, found)) : null);
}

const READ_ONLY: readonly string[] = ['id', 'name', 'type', 'systemData'];
const withoutReadOnly = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !READ_ONLY.includes(name)));

/** Keeps only properties that differ from those of a new resource. */
function pruned({ state }: StoreContext, rules: TypeRules, resource: JsonObject): JsonObject {
  const usual = { ...rules.absent, ...rules.defaults?.(resource, state) };
  const computed = Object.keys(rules.computed?.(resource, state) ?? {});
  const isOwn = ([name, value]: [string, Json]) =>
    value !== null && !computed.includes(name) && canonical(value) !== canonical(usual[name] ?? null);
  return { ...resource, properties: Object.fromEntries(Object.entries(propertiesOf(resource)).filter(isOwn)) };
}

/** A resource that always exists is not stored if it equals its initial state. */
function forgetEmpty({ state, place }: StoreContext, rules: TypeRules): void {
  const stored = state.resources[keyOf(place.id)];
  if (rules.always && stored && Object.keys(propertiesOf(stored)).length === 0) delete state.resources[keyOf(place.id)];
}
