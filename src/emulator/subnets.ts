/** A subnet for itself: it is kept in its network. */
import { answer, notFound, type EmulatedRequest, type EmulatedResponse } from './answers.ts';
import { etagOf } from './shapes-network.ts';
import { nameOf, objects, propertiesOf } from './parts.ts';
import { isObject, keyOf, resourceGroupOf, type JsonObject, type State } from './state.ts';

export const SUBNET = /^(.*\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+)\/subnets\/([^/]+)$/i;

/** GET, and PUT by which a subnet is made or handed over to a service; undefined for other methods. */
export function subnet(
  state: State,
  { method, body }: EmulatedRequest,
  path: string,
  operation: () => string,
): EmulatedResponse | undefined {
  const [, networkId = '', name = ''] = SUBNET.exec(path) ?? [];
  const network = state.resources[keyOf(networkId)];
  if (!network) return notFound('Microsoft.Network/virtualNetworks', networkId.split('/').at(-1) ?? '', resourceGroupOf(path));
  const all = objects(propertiesOf(network)['subnets']);
  const found = all.find((one) => keyOf(String(one['name'])) === keyOf(name));
  if (method === 'GET') {
    if (!found) return notFound('Microsoft.Network/virtualNetworks/subnets', `${nameOf(network)}/${name}`, resourceGroupOf(path));
    const shown = spelled(found);
    return answer(200, shown, { etag: String(shown['etag']) });
  }
  if (method !== 'PUT' || !isObject(body)) return undefined;
  const { provisioningState: _, ...sent } = propertiesOf(body);
  const delegations = objects(sent['delegations']).map((one) => ({
    name: one['name'] ?? 'delegation',
    properties: { serviceName: propertiesOf(one)['serviceName'] ?? '' },
  }));
  const kept: JsonObject = { id: found?.['id'] ?? path, name: found?.['name'] ?? name, properties: { ...sent, delegations } };
  network['properties'] = { ...propertiesOf(network), subnets: found ? all.map((one) => (one === found ? kept : one)) : [...all, kept] };
  return answer(found ? 200 : 201, spelled(kept, 'Updating'), { 'azure-asyncoperation': `{origin}${operation()}`, 'retry-after': '0' });
}

function spelled(found: JsonObject, provisioningState = 'Succeeded'): JsonObject {
  const { serviceEndpoints, ...properties } = propertiesOf(found);
  const etag = etagOf(found);
  const id = String(found['id']);
  const delegations = objects(properties['delegations']).map((one) => ({
    ...one,
    id: `${id}/delegations/${String(one['name'])}`,
    etag,
    properties: {
      provisioningState: 'Succeeded',
      ...propertiesOf(one),
      actions: ['Microsoft.Network/virtualNetworks/subnets/action'],
    },
    type: 'Microsoft.Network/virtualNetworks/subnets/delegations',
  }));
  return {
    name: found['name'] ?? '',
    id,
    etag,
    properties: {
      provisioningState,
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
      ...properties,
      ...(objects(serviceEndpoints).length > 0
        ? { serviceEndpoints: objects(serviceEndpoints).map((one) => ({ provisioningState: 'Succeeded', locations: ['*'], ...one })) }
        : {}),
      delegations,
    },
    type: 'Microsoft.Network/virtualNetworks/subnets',
  };
}
