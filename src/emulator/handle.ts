/** The emulated Azure Resource Manager: maps a request and the state to an answer. It has no sockets and no clock of its own. */
import { readable, refused } from './access.ts';
import { answer, gatewayError, notFound, type EmulatedRequest, type EmulatedResponse } from './answers.ts';
import { isObject, keyOf, resourceGroupOf, type JsonObject, type State } from './state.ts';
import { planOf } from './web/bodies.ts';
import { CATEGORIES, logCategories } from './web/categories.ts';
import { createdSite, withoutSettings } from './web/creation.ts';
import { DEFINITIONS, roleDefinitions } from './access/definitions.ts';
import { list, subscriptionNotFound } from './lists.ts';
import { LOCK, lockItself } from './access/locks.ts';
import { putPlan } from './web/plans.ts';
import { SUBNET, subnet } from './subnets.ts';
import { accessPolicies, POLICIES } from './vaults.ts';
import { isContained } from './web/contained.ts';
import { authorizationLists, lockedBy } from './access/authorization.ts';
import { graph, GRAPH } from './graph/graph.ts';
import { propagation } from './propagation.ts';
import { provider, PROVIDER } from './providers.ts';
import { quota } from './server/quota.ts';
import { assessments, pricing, pricings } from './security.ts';
import { allows, type Caller } from './access/rights.ts';
import { accountKeys, readSecret } from './secrets.ts';
import { addSite, removeSites } from './web/site-index.ts';
import { onResource } from './store.ts';
import { guidOf } from './guid.ts';
import { routesAt, SITE } from './web/web.ts';
import { placeOf, type Place } from './place.ts';

export interface Emulator {
  state: State;
  handle(request: EmulatedRequest): EmulatedResponse;
  /** Replaces the state; the new one counts as known everywhere. */
  restart(state: State): void;
}

const PRICINGS = /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Security\/pricings$/i;
const PLAN = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/serverfarms\/[^/]+$/i;
/**
 * `callers`: callers by their tokens. `delay`: milliseconds until new identities and assignments are known everywhere. `recorded`
 * answers instead of the state, once the caller is identified.
 */
export function createEmulator(
  seed: State,
  callers: ReadonlyMap<string, Caller>,
  now: () => Date,
  delay = 0,
  recorded?: (request: EmulatedRequest) => EmulatedResponse,
): Emulator {
  let version = 0x1dcbf27;
  const emulator: Emulator = {
    state: seed,
    handle,
    restart(state) {
      emulator.state = state;
      spreading?.restart(state);
    },
  };
  /** Operations in progress, by the path where they are polled. */
  const operations = new Map<string, () => EmulatedResponse>();
  const spreading = delay > 0 ? propagation(delay, seed, now) : undefined;

  function handle(sent: EmulatedRequest): EmulatedResponse {
    // A second slash at the start would be read as a host name.
    const request = { ...sent, url: sent.url.replace(/^\/{2,}/, '/') };
    const url = new URL(request.url, 'http://arm.invalid');
    const caller = callers.get(tokenIn(request.headers['authorization']) ?? '');
    if (!caller) return unauthorized(request.headers['authorization'], now(), emulator.state.tenantId);
    // Vaults number their own versions.
    if (!/^(\d{4}-\d\d-\d\d(-preview)?|7\.\d)$/.test(url.searchParams.get('api-version') ?? '')) {
      return gatewayError(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      );
    }
    // Old clients send a whole scope id as one segment, with an extra slash before it.
    const path = decodeURIComponent(url.pathname)
      .replace(/\/{2,}/g, '/')
      .replace(/\/$/, '');
    const response =
      refused(caller, request, path, emulator.state) ??
      spreading?.refusal(request.method, path, request.body, emulator.state) ??
      (recorded ? recorded(request) : readable(caller, request, path, route(request, url, path, caller)));
    if (request.method !== 'GET') spreading?.noticed(emulator.state);
    const counts = response.headers['x-ms-failure-cause'] === 'gateway' ? {} : quota(request, path);
    return { ...response, headers: { ...counts, ...response.headers } };
  }

  function route(request: EmulatedRequest, url: URL, path: string, caller: Caller): EmulatedResponse {
    const { state } = emulator;
    const operation = operations.get(path);
    if (operation) return operation();
    const match = SITE.exec(path);
    // Most requests are about an app itself, and no rule until `onSite` is.
    if (match && !/\/providers\//i.test(match[2] ?? '')) return onSite(request, match[1] ?? '', match[2] ?? '');
    if (LOCK.test(path)) {
      const lock = lockItself(state, request, path);
      if (lock) return lock;
    }
    const special = besides(request, url, path);
    if (special) return special;
    const guarding = request.method === 'GET' ? authorizationLists(state, path, caller, url.searchParams.get('$filter')) : undefined;
    if (guarding) return guarding;
    const found = /^(.*)\/providers\/Microsoft\.Security\/assessments$/i.exec(path);
    if (found && request.method === 'GET') return assessments(state, found[1] ?? '');
    if (/^\/subscriptions\/[^/]+\/providers\/Microsoft\.Security\/pricings\/[^/]+$/i.test(path) && /^(GET|PUT)$/.test(request.method))
      return pricing(state, request, path);
    if (PROVIDER.test(path) && request.method === 'GET') return provider(state, path) ?? subscriptionNotFound(path);
    const vault = /^\/vault\/([^/]+)\/secrets\/([^/]+)$/.exec(path);
    if (vault) return readSecret(spreading?.settled(state) ?? state, vault[1] ?? '', vault[2] ?? '', caller);
    if (request.method === 'POST' && GRAPH.test(path)) return graph(state, request, (right) => allows(caller, right));
    const place = placeOf(path);
    if (place && !/^Microsoft\.(Web|Security)$/i.test(place.type.split('/')[0] ?? '')) return elsewhere(request, url, place);
    if (match) return onSite(request, match[1] ?? '', match[2] ?? '');
    if (request.method !== 'GET') return gatewayError(405, 'MethodNotAllowed', `The emulator has no ${request.method} for this resource.`);
    return list(state, path, url) ?? gatewayError(404, 'InvalidResourceType', 'The emulator does not have this resource type.');
  }

  /** Answers paths that no rule of the store covers. */
  function besides(request: EmulatedRequest, url: URL, path: string): EmulatedResponse | undefined {
    const { state } = emulator;
    const guarded = POLICIES.test(path) || SUBNET.test(path) || PLAN.test(path);
    const locked = guarded && request.method !== 'GET' ? lockedBy(state, path, request.method) : undefined;
    if (locked) return locked;
    if (POLICIES.test(path)) return accessPolicies(state, request, path);
    if (DEFINITIONS.test(path)) return roleDefinitions(request, path, url.searchParams.get('$filter'), state);
    if (CATEGORIES.test(path) && request.method === 'GET') return logCategories(state, path);
    if (SUBNET.test(path)) return subnet(state, request, path, () => begin(path, () => {}));
    if (PRICINGS.test(path) && request.method === 'GET') return pricings(state, path);
    if (PLAN.test(path) && request.method === 'PUT') return putPlan(state, request, path, etag());
    return undefined;
  }

  const etag = (): string => `"${(version += 1).toString(16).toUpperCase()}0F2B85"`;

  /** Starts a long-running operation of the network provider; `done` runs at the second poll. */
  function begin(of: string, done: () => void): string {
    const id = `/subscriptions/${of.split('/')[2] ?? ''}/providers/Microsoft.Network/locations/westeurope/operations/${(version += 1).toString(16)}`;
    let looks = 0;
    operations.set(id, () => {
      looks += 1;
      if (looks === 2) done();
      return answer(200, { status: looks < 2 ? 'InProgress' : 'Succeeded' }, looks < 2 ? { 'retry-after': '0' } : {});
    });
    return `${id}?api-version=2025-07-01`;
  }

  /** Creates a storage account: accepted first, and present at the second poll. */
  function accepted(of: string, body: JsonObject): EmulatedResponse {
    const place = `/subscriptions/${of.split('/')[2] ?? ''}/providers/Microsoft.Storage/locations/westeurope/asyncoperations/${guidOf(String((version += 1)))}`;
    const still = answer(202, null, {
      location: `{origin}${place}?monitor=true&api-version=2024-01-01`,
      'content-type': 'text/plain; charset=utf-8',
      'retry-after': '0',
    });
    let looks = 0;
    operations.set(place, () => ((looks += 1) < 2 ? still : answer(200, body)));
    return still;
  }

  /** Handles resources of other providers; long-running operations finish at the second poll. */
  function elsewhere(request: EmulatedRequest, url: URL, place: Place): EmulatedResponse {
    const { state } = emulator;
    const keys = /^(.*)\/listKeys$/i.exec(place.id);
    const locked = request.method === 'GET' ? undefined : lockedBy(state, place.id, request.method);
    if (locked) return locked;
    const account = state.resources[keyOf(keys?.[1] ?? '')];
    if (keys && request.method === 'POST')
      return account
        ? accountKeys(account)
        : notFound('Microsoft.Storage/storageAccounts', keys[1]?.split('/').at(-1) ?? '', resourceGroupOf(place.id));
    return (
      onResource({
        state,
        request,
        place,
        url,
        begin: (done) => begin(place.id, done),
        later: (body) => accepted(place.id, body),
      }) ??
      (request.method === 'GET'
        ? gatewayError(404, 'InvalidResourceType', 'The emulator does not have this resource type.')
        : gatewayError(405, 'MethodNotAllowed', `The emulator has no ${request.method} for this resource.`))
    );
  }

  function onSite(request: EmulatedRequest, id: string, rest: string): EmulatedResponse {
    const { state } = emulator;
    const routes = routesAt(rest);
    const found = routes.find((one) => one.method === request.method);
    if (!found)
      return routes.length > 0
        ? gatewayError(405, 'MethodNotAllowed', 'The requested resource does not support this method.')
        : gatewayError(404, 'InvalidResourceType', 'The emulator does not have this resource type.');
    if (found.method !== 'GET' && request.body !== null && !isObject(request.body))
      return gatewayError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
    const known = Object.hasOwn(state.sites, keyOf(id)) ? state.sites[keyOf(id)] : undefined;
    const isNew = !known && rest === '' && request.method === 'PUT';
    const site = isNew ? createdSite(state, id, request, now()) : known;
    // DELETE of a missing site succeeds (recorded).
    if (!site) return request.method === 'DELETE' && rest === '' ? answer(204) : missingSite(request.method, id);
    const locked = found.method === 'GET' ? undefined : lockedBy(state, id, request.method);
    if (locked) return locked;
    const names = (found.path.exec(rest) ?? []).slice(1);
    const sent = isNew ? { ...request, body: withoutSettings(request) } : request;
    if (isNew) addSite(state, site);
    // References and the storage of the host are checked where assignments arrive with delay.
    const seen = spreading && /\/(?:configreferences|host|functions)\//i.test(rest) ? spreading.settled(state) : state;
    const response = found.handle({ state: seen, site, plan: planOf(state, site), request: sent, names, etag });
    if (isNew && response.status >= 400) removeSites(state, [keyOf(id)]);
    if (response.status === 202) follow(response);
    const isSite = rest === '' && /^(PUT|PATCH)$/.test(found.method) && response.status === 200;
    return isSite && isContained(site) ? later(site.id, response) : response;
  }

  /** Returns the two URLs that an accepted write names: its status, and its result. */
  function follow({ headers }: EmulatedResponse): void {
    for (const name of ['azure-asyncoperation', 'location']) {
      const at = headers[name]?.replace('{origin}', 'http://arm.invalid');
      if (!at) continue;
      let looks = 0;
      operations.set(decodeURIComponent(new URL(at).pathname), () => {
        const isDone = (looks += 1) > 1;
        if (name === 'location') return isDone ? answer(200) : answer(202, null, { location: headers[name] ?? '', 'retry-after': '0' });
        return answer(200, { status: isDone ? 'Succeeded' : 'InProgress' }, isDone ? {} : { 'retry-after': '0' });
      });
    }
  }

  /** Apps on Container Apps accept a write and finish it later: it is polled at a separate URL and finished at the second poll. */
  function later(id: string, { body }: EmulatedResponse): EmulatedResponse {
    const place = `${id}/operationresults/${guidOf(String((version += 1)))}`;
    const at = { location: `{origin}${place}?api-version=2024-11-01`, 'retry-after': '0' };
    let looks = 0;
    operations.set(place, () => ((looks += 1) < 2 ? answer(202, null, at) : answer(200, body)));
    return answer(202, null, at);
  }
  return emulator;
}

function missingSite(method: string, id: string): EmulatedResponse {
  const name = id.replace(/^.*\/sites\//i, '').replace(/\/slots\//i, '/');
  const target = name.split('/').at(-1) ?? name;
  if (method === 'PATCH')
    return gatewayError(
      404,
      'PatchResourceNotFound',
      `The resource '${id}' was not found when evaluating policies for a PATCH operation.`,
      { target },
    );
  return notFound(name.includes('/') ? 'Microsoft.Web/sites/slots' : 'Microsoft.Web/sites', name, resourceGroupOf(id));
}

const tokenIn = (header: string | undefined): string | undefined => /^Bearer (.+)$/.exec(header ?? '')?.[1];

function unauthorized(header: string | undefined, now: Date, tenant: string): EmulatedResponse {
  const challenge = (code: string, message: string): EmulatedResponse =>
    gatewayError(
      401,
      code,
      message,
      {},
      {
        'www-authenticate': `Bearer authorization_uri="https://login.windows.net/${tenant}", error="invalid_token", error_description="${message}"`,
      },
    );
  if (!header) return challenge('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  const token = tokenIn(header);
  if (!token)
    return challenge(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  const expiry = expiryOf(token);
  if (expiry !== undefined && expiry < now.getTime()) {
    return challenge(
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${new Date(expiry).toISOString()}' is earlier than current UTC time '${now.toISOString()}'.`,
    );
  }
  return challenge('InvalidAuthenticationToken', 'The access token is invalid.');
}

function expiryOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isObject(claims) && typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : undefined;
  } catch {
    return undefined;
  }
}
