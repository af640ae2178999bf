/** Connections between an app and networks: integration into a subnet, and private endpoints of the app. */
import { objects, propertiesOf, asObject } from '../parts.ts';
import { answer, gatewayError, invalidParameter, providerError, webError, type EmulatedResponse } from '../answers.ts';
import { isFlex } from './defaults.ts';
import { isObject, keyOf, type Json, type JsonObject, type PlanRecord, type SiteRecord, type State } from '../state.ts';
import { guidOf } from '../guid.ts';
import type { WebContext } from './web-context.ts';

const ENDPOINT = /\/providers\/microsoft\.network\/privateendpoints\/[^/]+$/;
/** Lists the connections of private endpoints to the app. */
export function connectionsOf(state: State, site: SiteRecord): JsonObject[] {
  const groupId = site.slot ? `sites-${site.slot}` : 'sites';
  const groupOf = (one: JsonObject): string => {
    const ids = propertiesOf(one)['groupIds'];
    return Array.isArray(ids) ? String(ids[0]) : 'sites';
  };
  return Object.entries(state.resources).flatMap(([key, endpoint]) => {
    if (!ENDPOINT.test(key) || propertiesOf(endpoint)['connectionDecision'] === 'Disconnected') return [];
    const {
      connectionDecision: decision,
      provisioningState = 'Updating',
      privateLinkServiceConnections,
      manualPrivateLinkServiceConnections: manual,
    } = propertiesOf(endpoint);
    return [...objects(privateLinkServiceConnections), ...objects(manual)]
      .filter(
        (one) =>
          keyOf(String(propertiesOf(one)['privateLinkServiceId'])) === keyOf(site.id).replace(/\/slots\/.*$/, '') &&
          groupOf(one) === groupId,
      )
      .map((one) => {
        const name = `${String(one['name'])}-${guidOf(key)}`;
        // A manually requested connection waits for approval.
        const isByHand = objects(manual).includes(one);
        const status = decision ?? (provisioningState === 'Succeeded' && !isByHand ? 'Approved' : 'Pending');
        return {
          id: `${site.id}/privateEndpointConnections/${name}`,
          name,
          type: 'Microsoft.Web/sites/privateEndpointConnections',
          location: site.location,
          properties: {
            provisioningState: 'Succeeded',
            privateEndpoint: { id: String(endpoint['id']) },
            groupIds: null,
            privateLinkServiceConnectionState: { status, description: '', actionsRequired: 'None' },
            ipAddresses: status === 'Approved' ? ['10.0.2.4'] : [],
          },
        };
      });
  });
}

/** The connections of private endpoints to a storage account or a vault, as its answer contains them. */
export function connectionsTo(state: State, id: string, type: string): JsonObject[] {
  return Object.entries(state.resources).flatMap(([key, endpoint]) => {
    const {
      privateLinkServiceConnections,
      manualPrivateLinkServiceConnections: manual,
      connectionDecision: decision,
    } = propertiesOf(endpoint);
    if (!ENDPOINT.test(key) || decision === 'Disconnected') return [];
    const own = [...objects(privateLinkServiceConnections), ...objects(manual)].filter(
      (one) => keyOf(String(propertiesOf(one)['privateLinkServiceId'])) === keyOf(id),
    );
    return own.map((one) => {
      const name = `${id.split('/').at(-1) ?? ''}.${guidOf(key)}`;
      const isDone = propertiesOf(endpoint)['provisioningState'] === 'Succeeded';
      const status = decision ?? (isDone && !objects(manual).includes(one) ? 'Approved' : 'Pending');
      return {
        id: `${id}/privateEndpointConnections/${name}`,
        name,
        type: `${type}/privateEndpointConnections`,
        properties: {
          provisioningState: 'Succeeded',
          privateEndpoint: { id: String(endpoint['id']) },
          privateLinkServiceConnectionState: { status, description: 'Auto-Approved', actionRequired: 'None' },
        },
      };
    });
  });
}

/** The connections of private endpoints to a vault, which lists them with an id only, and not at all where there are none. */
export function connectionsToVault(state: State, id: string): JsonObject {
  const all = connectionsTo(state, id, 'Microsoft.KeyVault/vaults').map(({ id: own, properties }) => ({
    id: own!,
    properties: properties!,
  }));
  return all.length > 0 ? { privateEndpointConnections: all } : {};
}

/** The answer for a single connection shows which part of the app it reaches. */
const alone = (one: JsonObject, site: SiteRecord): JsonObject => ({
  ...one,
  properties: { ...propertiesOf(one), groupIds: [site.slot ? `sites-${site.slot}` : 'sites'] },
});
const named = ({ state, site, names }: WebContext): JsonObject | undefined =>
  connectionsOf(state, site).find(({ name }) => keyOf(String(name)) === keyOf(names[0] ?? ''));
const unknownConnection = ({ site, names }: WebContext): EmulatedResponse =>
  providerError(404, 'NotFound', `Private endpoint connection ${names[0] ?? ''} was not found on ${site.name}.`);

export function connection(x: WebContext): EmulatedResponse {
  const found = named(x);
  const endpoint = found && endpointOf(x, found);
  if (!found || !endpoint) return unknownConnection(x);
  // The first read shows it in progress, the next one finished.
  const done = DONE[String(propertiesOf(endpoint)['connectionDecision'])];
  if (done) endpoint['properties'] = { ...propertiesOf(endpoint), connectionDecision: done };
  return answer(200, alone(found, x.site));
}

const DONE: Readonly<Record<string, string>> = { Approving: 'Approved', Rejecting: 'Rejected' };

/** Updates the connection as the endpoint shows it. */
const endpointOf = ({ state }: WebContext, found: JsonObject): JsonObject | undefined => {
  const end = propertiesOf(found)['privateEndpoint'];
  return isObject(end) ? state.resources[keyOf(String(end['id']))] : undefined;
};
const LATER = (x: WebContext): Record<string, string> => {
  const [, , subscription = ''] = x.site.id.split('/');
  const at = `{origin}/subscriptions/${subscription}/providers/Microsoft.Web/locations/${encodeURIComponent(x.site.location)}`;
  const id = guidOf(x.etag());
  return {
    location: `${at}/operations/${id}?api-version=2024-11-01`,
    'azure-asyncoperation': `${at}/operationResults/${id}?api-version=2024-11-01`,
  };
};

/** Approves or rejects a connection; the change is finished at the next read. */
export function decideConnection(x: WebContext): EmulatedResponse {
  const found = named(x);
  const endpoint = found && endpointOf(x, found);
  if (!found || !endpoint) return unknownConnection(x);
  const asked = propertiesOf(asObject(x.request.body))['privateLinkServiceConnectionState'];
  const wanted = isObject(asked) ? String(asked['status']) : '';
  if (wanted !== 'Approved' && wanted !== 'Rejected') return invalidParameter('privateLinkServiceConnectionState');
  const status = wanted === 'Approved' ? 'Approving' : 'Rejecting';
  endpoint['properties'] = { ...propertiesOf(endpoint), connectionDecision: status };
  const body = alone(found, x.site);
  const properties = { ...propertiesOf(body), privateLinkServiceConnectionState: { status, description: '', actionsRequired: 'None' } };
  return answer(202, { ...body, properties }, { etag: x.etag(), ...LATER(x) });
}

export function dropConnection(x: WebContext): EmulatedResponse {
  const found = named(x);
  const endpoint = found && endpointOf(x, found);
  if (!endpoint) return answer(204);
  endpoint['properties'] = { ...propertiesOf(endpoint), connectionDecision: 'Disconnected' };
  return answer(202, null, LATER(x));
}

/** The same integration as a list, which the service returns as an array and not as an object. */
export function integrationsOf(site: SiteRecord): JsonObject[] {
  const vnetResourceId = site.properties['virtualNetworkSubnetId'];
  if (typeof vnetResourceId !== 'string') return [];
  const name = `${guidOf(`${site.id}${vnetResourceId}`)}_${vnetResourceId.split('/').at(-1) ?? ''}`;
  return [
    {
      id: `${site.id}/virtualNetworkConnections/${name}`,
      name,
      type: 'Microsoft.Web/sites/virtualNetworkConnections',
      location: site.location,
      properties: {
        vnetResourceId,
        certThumbprint: null,
        certBlob: null,
        routes: null,
        resyncRequired: false,
        dnsServers: null,
        isSwift: true,
      },
    },
  ];
}

export const vnetBody = ({ site }: WebContext): JsonObject => ({
  // The id differs from the requested path (recorded).
  id: `${site.id}/config/virtualNetwork`,
  name: 'virtualNetwork',
  type: 'Microsoft.Web/sites/config',
  location: site.location,
  properties: { subnetResourceId: site.properties['virtualNetworkSubnetId'] ?? null, swiftSupported: true },
});

export function putVnet(x: WebContext): EmulatedResponse {
  const subnet = propertiesOf(asObject(x.request.body))['subnetResourceId'];
  const refused = subnetRefusal(x.state, x.plan, subnet ?? null);
  if (refused) return refused;
  x.site.properties['virtualNetworkSubnetId'] = subnet ?? null;
  return answer(200, vnetBody(x), { etag: x.etag() });
}

/** Checks that the subnet exists and is delegated to App Service, or to Container Apps for Flex Consumption. */
export function subnetRefusal(state: State, plan: PlanRecord, subnet: Json): EmulatedResponse | undefined {
  if (typeof subnet !== 'string') return undefined;
  if (plan.sku.tier === 'Dynamic') return webError(400, 'BadRequest', '51021', 'VNet integration is not supported on this plan.');
  const network = state.resources[keyOf(subnet).replace(/\/subnets\/[^/]+$/, '')];
  const found = objects(network ? propertiesOf(network)['subnets'] : undefined).find((one) => keyOf(String(one['id'])) === keyOf(subnet));
  if (!found) return gatewayError(404, 'NotFound', `The subnet ${subnet} was not found.`);
  const wanted = isFlex(plan) ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms';
  const delegated = objects(propertiesOf(found)['delegations']).some(
    (one) => String(propertiesOf(one)['serviceName']).toLowerCase() === wanted.toLowerCase(),
  );
  return delegated
    ? undefined
    : webError(400, 'BadRequest', '51021', `SubnetMissingDelegation: the subnet must be delegated to ${wanted}.`);
}
