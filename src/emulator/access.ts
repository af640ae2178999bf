/** The ARM action that a request needs, and its scope: from its path and method, and from resources that its body links to. */
import type { EmulatedRequest, EmulatedResponse } from './answers.ts';
import { GRAPH } from './graph/graph.ts';
import { PROVIDER } from './providers.ts';
import { allows, allowsSome, linkedRefusal, refusal, type Caller, type Right } from './access/rights.ts';
import { deniedBy } from './access/code-owners.ts';
import { isObject, type Json, type JsonObject, type State } from './state.ts';
import { placeOf } from './place.ts';
import { routesAt, SITE } from './web/web.ts';

interface Need extends Right {
  /** The list leaves out resources that the caller may not read. */
  readonly list?: true;
}

/** undefined: no permission is needed, or the emulator does not have the path. */
export function needOf({ method }: EmulatedRequest, path: string): Need | undefined {
  if (GRAPH.test(path)) return { action: 'Microsoft.ResourceGraph/resources/read', scope: '/', list: true };
  const subscription = /^\/subscriptions\/[^/]+(\/resourceGroups(?:\/[^/]+)?)?$/i.exec(path);
  if (subscription)
    return {
      action: `Microsoft.Resources/subscriptions/${subscription[1] ? 'resourceGroups/' : ''}read`,
      scope: path.replace(/\/resourceGroups$/i, ''),
      ...(/\/resourceGroups$/i.test(path) ? { list: true as const } : {}),
    };
  const group = /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+)\/resources$/i.exec(path);
  if (group) return { action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read', scope: group[1] ?? '' };
  const provider = PROVIDER.exec(path);
  if (provider) return { action: 'Microsoft.Resources/subscriptions/providers/read', scope: provider[1] ?? '' };
  const place = placeOf(path);
  // The caller who started a long-running operation may poll it, because permissions on a single group are enough to start one.
  if (!place || /\/locations\/[^/]+\/operations\//i.test(path)) return undefined;
  if (/^Microsoft\.Web$/i.test(place.type.split('/')[0] ?? '')) {
    const site = SITE.exec(path);
    if (site) return onSite(method, site[1] ?? '', site[2] ?? '', path);
  }
  // For tenant-wide resources, such as built-in policies, a permission at any scope is enough.
  if (!path.startsWith('/subscriptions/')) return { action: `${place.type}/read`, scope: '/', list: true };
  if (method === 'POST') return { action: `${place.type}/action`, scope: path.replace(/\/[^/]+$/, '') };
  if (method === 'GET')
    return place.isList
      ? { action: `${place.type}/read`, scope: path.replace(/\/[^/]+$/, ''), list: true }
      : { action: `${place.type}/read`, scope: path };
  return { action: `${place.type}/${method === 'DELETE' ? 'delete' : 'write'}`, scope: path };
}

/** Returns the permission that a request on a site or slot requires. Slots have different actions from the production site. */
function onSite(method: string, id: string, rest: string, path: string): Need | undefined {
  const route = routesAt(rest).find((one) => one.method === method);
  if (!route) return undefined;
  const action = /\/slots\//i.test(id) ? route.action.replace('/sites/', '/sites/slots/') : route.action;
  return { action, scope: method === 'POST' ? path.replace(/\/[^/]+$/, '') : path };
}

/** Returns the refusal if the caller lacks permission for the request, or for a resource that its body links to. */
export function refused(caller: Caller, request: EmulatedRequest, path: string, state: State): EmulatedResponse | undefined {
  const need = needOf(request, path);
  if (!need) return undefined;
  if (!(need.list ? allowsSome(caller, need) : allows(caller, need))) return refusal(caller, need);
  const denied = need.list ? undefined : deniedBy(state, caller, need);
  if (denied) return denied;
  if (request.method !== 'PUT' && request.method !== 'PATCH') return undefined;
  const lacking = linkedTo(need, request.body).find((one) => !allows(caller, one));
  return lacking && linkedRefusal(caller, need, lacking);
}

/** Returns a list as the caller may see it. */
export function readable(caller: Caller, request: EmulatedRequest, path: string, response: EmulatedResponse): EmulatedResponse {
  const { status, body } = response;
  if (request.method !== 'GET' || status !== 200 || !isObject(body) || !Array.isArray(body['value'])) return response;
  if (/^\/subscriptions$/i.test(path)) {
    const known = body['value'].filter((one) => isObject(one) && hasAny(caller, String(one['id'])));
    return { ...response, body: { ...body, value: known, count: { type: 'Total', value: known.length } } };
  }
  const need = needOf(request, path);
  if (!need?.list || allows(caller, need)) return response;
  const isOpen = (one: Json) => isObject(one) && allows(caller, { action: need.action, scope: String(one['id']) });
  return { ...response, body: { ...body, value: body['value'].filter(isOpen) } };
}

/** A subscription is listed for callers with any permission in it. */
const hasAny = ({ grants }: Caller, id: string): boolean =>
  grants.some(({ scope, actions }) => actions.length > 0 && (id.startsWith(scope) || scope.toLowerCase().startsWith(id.toLowerCase())));

const at = (value: Json | undefined, ...path: string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
const listAt = (value: Json | undefined, ...path: string[]): JsonObject[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
};
const to = (action: string, ...ids: (Json | undefined)[]): Right[] =>
  ids.flatMap((id) => (typeof id === 'string' && id.startsWith('/') ? [{ action, scope: id }] : []));
const JOIN = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const JOIN_VIA_SERVICE = 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action';

const firewall = (body: Json): Right[] =>
  to(JOIN_VIA_SERVICE, ...listAt(body, 'properties', 'networkAcls', 'virtualNetworkRules').map(({ id }) => id));
const site = (body: Json): Right[] => {
  const users = at(body, 'identity', 'userAssignedIdentities');
  const assigned = isObject(users) ? Object.keys(users).filter((id) => users[id] !== null) : [];
  return [
    ...to(JOIN, at(body, 'properties', 'virtualNetworkSubnetId')),
    ...to('Microsoft.Web/serverfarms/join/action', at(body, 'properties', 'serverFarmId')),
    ...to('Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', ...assigned),
  ];
};
const config = (body: Json): Right[] =>
  ['ipSecurityRestrictions', 'scmIpSecurityRestrictions'].flatMap((name) =>
    to(JOIN_VIA_SERVICE, ...listAt(body, 'properties', name).map((rule) => rule['vnetSubnetResourceId'])),
  );
const integration = (body: Json): Right[] => to(JOIN, at(body, 'properties', 'subnetResourceId'));

/** Resources in a body on which ARM requires permission, by the action of the write. */
const LINKS: Readonly<Record<string, (body: Json) => Right[]>> = {
  'microsoft.web/sites/write': site,
  'microsoft.web/sites/slots/write': site,
  'microsoft.web/sites/config/write': config,
  'microsoft.web/sites/slots/config/write': config,
  'microsoft.web/sites/networkconfig/write': integration,
  'microsoft.web/sites/slots/networkconfig/write': integration,
  'microsoft.storage/storageaccounts/write': firewall,
  'microsoft.keyvault/vaults/write': firewall,
  'microsoft.insights/diagnosticsettings/write': (body) =>
    to('Microsoft.OperationalInsights/workspaces/sharedKeys/action', at(body, 'properties', 'workspaceId')),
  'microsoft.network/privateendpoints/write': (body) => [
    ...to(JOIN, at(body, 'properties', 'subnet', 'id')),
    ...listAt(body, 'properties', 'privateLinkServiceConnections').flatMap((one) =>
      to('Microsoft.Web/sites/PrivateEndpointConnectionsApproval/action', at(one, 'properties', 'privateLinkServiceId')),
    ),
  ],
  'microsoft.network/privateendpoints/privatednszonegroups/write': (body) =>
    listAt(body, 'properties', 'privateDnsZoneConfigs').flatMap((one) =>
      to('Microsoft.Network/privateDnsZones/join/action', at(one, 'properties', 'privateDnsZoneId')),
    ),
};

export const linkedTo = ({ action }: Right, body: Json): Right[] => LINKS[action.toLowerCase()]?.(body) ?? [];
