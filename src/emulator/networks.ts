/** How an app and networks see each other: integration into a subnet, private endpoints that point at it. */
import { objects, propertiesOf } from './parts.ts';
import { answer, gatewayError, webError, type EmulatedResponse } from './answers.ts';
import { isFlex } from './defaults.ts';
import { isObject, keyOf, type Json, type JsonObject, type PlanRecord, type SiteRecord, type State } from './state.ts';
import { guidOf } from './guid.ts';
import type { WebContext } from './web-context.ts';

/** The connections that private endpoints hold to the app. */
export function connectionsOf(state: State, site: SiteRecord): JsonObject[] {
  const groupId = site.slot ? `sites-${site.slot}` : 'sites';
  const groupOf = (one: JsonObject): string => {
    const ids = propertiesOf(one)['groupIds'];
    return Array.isArray(ids) ? String(ids[0]) : 'sites';
  };
  const isEndpoint = (key: string) => /\/providers\/microsoft\.network\/privateendpoints\/[^/]+$/.test(key);
  return Object.entries(state.resources).flatMap(([key, endpoint]) => {
    if (!isEndpoint(key)) return [];
    const {
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
        // One that is asked for by hand waits for somebody who approves it.
        const status = provisioningState === 'Succeeded' && !objects(manual).includes(one) ? 'Approved' : 'Pending';
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

/** The same integration as a list, which is an array and no object. */
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
  id: `${site.id}/networkConfig/virtualNetwork`,
  name: 'virtualNetwork',
  type: 'Microsoft.Web/sites/networkConfig',
  location: site.location,
  properties: { subnetResourceId: site.properties['virtualNetworkSubnetId'] ?? null, swiftSupported: true },
});

export function putVnet(x: WebContext): EmulatedResponse {
  const subnet = propertiesOf(isObject(x.request.body) ? x.request.body : {})['subnetResourceId'];
  const refused = subnetRefusal(x.state, x.plan, subnet ?? null);
  if (refused) return refused;
  x.site.properties['virtualNetworkSubnetId'] = subnet ?? null;
  return answer(200, vnetBody(x));
}

/** A subnet must be there, and handed over to App Service; on Flex Consumption to Container Apps. */
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
