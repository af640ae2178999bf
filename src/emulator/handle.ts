/** The emulated Azure Resource Manager: a request in, an answer out, and the state between. No sockets, no clock of its own. */
import { readable, refused } from './access.ts';
import { answer, gatewayError, notFound, type EmulatedRequest, type EmulatedResponse } from './answers.ts';
import { isObject, keyOf, resourceGroupOf, type Json, type State } from './state.ts';
import { planBody, planOf, siteBody } from './bodies.ts';
import { isContained } from './contained.ts';
import { authorizationLists, lockedBy } from './authorization.ts';
import { everything } from './resource-list.ts';
import { graph, GRAPH } from './graph.ts';
import { provider, PROVIDER } from './providers.ts';
import { quota } from './quota.ts';
import { assessments, pricing } from './security.ts';
import { allows, type Caller } from './rights.ts';
import { accountKeys, readSecret } from './secrets.ts';
import { onResource } from './store.ts';
import { guidOf } from './guid.ts';
import { ROUTES, SITE } from './web.ts';
import { placeOf, type Place } from './place.ts';

export interface Emulator {
  state: State;
  handle(request: EmulatedRequest): EmulatedResponse;
}

/** Sites a page of the subscription's list; the service pages too, though it does not say how. */
const PAGE = 200;

/** `callers`: who is who, by their tokens. */
export function createEmulator(seed: State, callers: ReadonlyMap<string, Caller>, now: () => Date): Emulator {
  let version = 0x1dcbf27;
  const emulator: Emulator = { state: seed, handle };
  /** What is going on, by the path it is asked after at. */
  const operations = new Map<string, () => EmulatedResponse>();

  function handle(request: EmulatedRequest): EmulatedResponse {
    const url = new URL(request.url, 'http://arm.invalid');
    const stranger = unauthorized(request.headers['authorization'], callers, now(), emulator.state.tenantId);
    if (stranger) return stranger;
    // Vaults number their own versions.
    if (!/^(\d{4}-\d\d-\d\d(-preview)?|7\.\d)$/.test(url.searchParams.get('api-version') ?? '')) {
      return gatewayError(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      );
    }
    const caller = callers.get(tokenIn(request.headers['authorization']) ?? '') as Caller;
    const path = decodeURIComponent(url.pathname).replace(/\/$/, '');
    const response = refused(caller, request, path) ?? readable(caller, request, path, route(request, url, path, caller));
    const told = response.headers['x-ms-failure-cause'] === 'gateway' ? {} : quota(request);
    return { ...response, headers: { ...told, ...response.headers } };
  }

  function route(request: EmulatedRequest, url: URL, path: string, caller: Caller): EmulatedResponse {
    const { state } = emulator;
    const guarding = request.method === 'GET' ? authorizationLists(state, path, caller) : undefined;
    if (guarding) return guarding;
    const found = /^(.*)\/providers\/Microsoft\.Security\/assessments$/i.exec(path);
    if (found && request.method === 'GET') return assessments(state, found[1] ?? '');
    if (/^\/subscriptions\/[^/]+\/providers\/Microsoft\.Security\/pricings\/[^/]+$/i.test(path) && /^(GET|PUT)$/.test(request.method))
      return pricing(state, request, path);
    if (PROVIDER.test(path) && request.method === 'GET') return provider(state, path) ?? subscriptionNotFound(path);
    const vault = /^\/vault\/([^/]+)\/secrets\/([^/]+)$/.exec(path);
    if (vault) return readSecret(state, vault[1] ?? '', vault[2] ?? '', caller);
    const operation = operations.get(path);
    if (operation) return operation();
    if (request.method === 'POST' && GRAPH.test(path)) return graph(state, request, (right) => allows(caller, right));
    const place = placeOf(path);
    if (place && !/^Microsoft\.(Web|Security)$/i.test(place.type.split('/')[0] ?? '')) return elsewhere(request, url, place);
    const match = SITE.exec(path);
    if (match) return onSite(request, match[1] ?? '', match[2] ?? '');
    if (request.method !== 'GET') return gatewayError(405, 'MethodNotAllowed', `The emulator has no ${request.method} for this resource.`);
    return list(state, path, url) ?? gatewayError(404, 'InvalidResourceType', 'The emulator does not have this resource type.');
  }

  /** Resources of other providers; long operations are asked after twice before they are done. */
  function elsewhere(request: EmulatedRequest, url: URL, place: Place): EmulatedResponse {
    const { state } = emulator;
    const keys = /^(.*)\/listKeys$/i.exec(place.id);
    const locked = request.method === 'GET' ? undefined : lockedBy(state, place.id, request.method);
    if (locked) return locked;
    if (keys && request.method === 'POST')
      return state.resources[keyOf(keys[1] ?? '')]
        ? accountKeys()
        : notFound('Microsoft.Storage/storageAccounts', keys[1]?.split('/').at(-1) ?? '', resourceGroupOf(place.id));
    const begin = (done: () => void): string => {
      const id = `/subscriptions/${place.id.split('/')[2] ?? ''}/providers/Microsoft.Network/locations/westeurope/operations/${(version += 1).toString(16)}`;
      let looks = 0;
      operations.set(id, () => {
        looks += 1;
        if (looks === 2) done();
        return answer(200, { status: looks < 2 ? 'InProgress' : 'Succeeded' }, looks < 2 ? { 'retry-after': '0' } : {});
      });
      return `${id}?api-version=2025-07-01`;
    };
    return (
      onResource({ state, request, place, url, begin }) ??
      (request.method === 'GET'
        ? gatewayError(404, 'InvalidResourceType', 'The emulator does not have this resource type.')
        : gatewayError(405, 'MethodNotAllowed', `The emulator has no ${request.method} for this resource.`))
    );
  }

  function onSite(request: EmulatedRequest, id: string, rest: string): EmulatedResponse {
    const { state } = emulator;
    const routes = ROUTES.filter((one) => one.path.test(rest));
    const found = routes.find((one) => one.method === request.method);
    if (!found)
      return routes.length > 0
        ? gatewayError(405, 'MethodNotAllowed', 'The requested resource does not support this method.')
        : gatewayError(404, 'InvalidResourceType', 'The emulator does not have this resource type.');
    if (found.method !== 'GET' && request.body !== null && !isObject(request.body))
      return gatewayError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
    const site = Object.hasOwn(state.sites, keyOf(id)) ? state.sites[keyOf(id)] : undefined;
    if (!site) return missingSite(request.method, id);
    const locked = found.method === 'GET' ? undefined : lockedBy(state, id, request.method);
    if (locked) return locked;
    const etag = () => `"${(version += 1).toString(16).toUpperCase()}0F2B85"`;
    const response = found.handle({ state, site, plan: planOf(state, site), request, names: (found.path.exec(rest) ?? []).slice(1), etag });
    const isSite = rest === '' && found.method !== 'GET' && response.status === 200;
    return isSite && isContained(site) ? later(site.id, response) : response;
  }

  /** Apps on Container Apps take a write at once and finish it later: asked after at a place of its own, done at the second look. */
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

function list(state: State, path: string, url: URL): EmulatedResponse | undefined {
  if (/^\/tenants$/i.test(path))
    return answer(200, {
      value: [{ id: `/tenants/${state.tenantId}`, tenantId: state.tenantId, displayName: 'Contoso', defaultDomain: 'contoso.example' }],
    });
  if (/^\/subscriptions$/i.test(path))
    return answer(200, {
      value: state.subscriptions.map((one) => subscription(state, one)),
      count: { type: 'Total', value: state.subscriptions.length },
    });
  const match = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(\/.*)?$/i.exec(path);
  const found = state.subscriptions.find(({ id }) => id === match?.[1]?.toLowerCase());
  if (!match) return undefined;
  if (!found) return subscriptionNotFound(path);
  const [, , group, rest = ''] = match;
  const below = (id: string) => id.split('/')[2] === found.id && (!group || resourceGroupOf(id).toLowerCase() === group.toLowerCase());
  if (/^\/resources$/i.test(rest)) return everything(state, below, url.searchParams.get('$filter'));
  if (/^\/providers\/Microsoft\.Web\/sites$/i.test(rest)) {
    const sites = Object.values(state.sites).filter((site) => !site.slot && below(site.id));
    return paged(sites, url, (site) => siteBody(site, planOf(state, site), state));
  }
  if (/^\/providers\/Microsoft\.Web\/serverfarms$/i.test(rest))
    return paged(
      Object.values(state.plans).filter((plan) => below(plan.id)),
      url,
      (plan) => planBody(state, plan),
    );
  const plan = /^\/providers\/Microsoft\.Web\/serverfarms\/([^/]+)$/i.exec(rest);
  if (plan) {
    const body = state.plans[keyOf(path)];
    return body ? answer(200, planBody(state, body)) : notFound('Microsoft.Web/serverfarms', plan[1] ?? '', group ?? '');
  }
  if (rest === '' && group === undefined) return answer(200, subscription(state, found));
  return groups(state, found.id, rest, group);
}

const subscriptionNotFound = (path: string): EmulatedResponse =>
  gatewayError(404, 'SubscriptionNotFound', `The subscription '${path.split('/')[2] ?? ''}' could not be found.`);

function groups(state: State, subscriptionId: string, rest: string, group: string | undefined): EmulatedResponse | undefined {
  const names = new Map(
    Object.values(state.plans)
      .filter(({ id }) => id.split('/')[2] === subscriptionId)
      .map((plan) => [resourceGroupOf(plan.id), plan.location]),
  );
  const body = (name: string) => ({
    id: `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location: (names.get(name) ?? '').toLowerCase().replaceAll(' ', ''),
    properties: { provisioningState: 'Succeeded' },
  });
  if (rest.toLowerCase() === '/resourcegroups') return answer(200, { value: [...names.keys()].map(body) });
  const name = [...names.keys()].find((one) => one.toLowerCase() === group?.toLowerCase());
  if (rest !== '' || group === undefined) return undefined;
  return name ? answer(200, body(name)) : gatewayError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
}

function paged<T>(items: readonly T[], url: URL, render: (item: T) => Json): EmulatedResponse {
  const start = Number(url.searchParams.get('$skipToken') ?? 0);
  const next = new URL(url);
  next.searchParams.set('$skipToken', String(start + PAGE));
  const more = start + PAGE < items.length;
  return answer(200, {
    value: items.slice(start, start + PAGE).map(render),
    nextLink: more ? `{origin}${next.pathname}${next.search}` : null,
  });
}

const subscription = (state: State, { id, name }: State['subscriptions'][number]): Json => ({
  id: `/subscriptions/${id}`,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionId: id,
  tenantId: state.tenantId,
  displayName: name,
  state: 'Enabled',
  subscriptionPolicies: { locationPlacementId: 'Public_2014-09-01', quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
});

const tokenIn = (header: string | undefined): string | undefined => /^Bearer (.+)$/.exec(header ?? '')?.[1];

function unauthorized(
  header: string | undefined,
  callers: ReadonlyMap<string, Caller>,
  now: Date,
  tenant: string,
): EmulatedResponse | undefined {
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
  if (callers.has(token)) return undefined;
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
