/** Networks around an app: private endpoints and subnets. */
import { productionOf } from '../../engine/fleet/targets.ts';
import { type Body, isRecord, valueAt } from '../../change/json-paths.ts';
import type { ArmClient } from '../client.ts';
import { ENDPOINT, INTEGRATION, ZONES } from '../reads/linked-resources.ts';
import {
  listAll,
  listAt,
  bodyOf,
  get,
  inSubscription,
  itemsOf,
  list,
  readOnly,
  textOf,
  web,
  WEB,
  withRows,
  type Finder,
  type Resource,
} from '../resource-definition.ts';

const NETWORK = '2024-07-01';
const ENDPOINTS = '2025-07-01';
const DNS = '2024-06-01';
/** The connection of an endpoint as it was requested. The app has its state. */
const CONNECTIONS = withRows('properties.privateLinkServiceConnections', (row) =>
  only(row, 'privateLinkServiceId', 'groupIds', 'requestMessage'),
);
const ZONE_ROWS = withRows('properties.privateDnsZoneConfigs', (row) => only(row, 'privateDnsZoneId'));
const network = (...names: string[]) => names.map((name) => `Microsoft.Network/${name}`);

export const privateEndpoints: Resource = {
  clean: CONNECTIONS,
  ...inSubscription('Microsoft.Network/privateEndpoints', ENDPOINTS, {
    write: 'PUT',
    actions: { read: network('privateEndpoints/read'), write: network('privateEndpoints/write', 'privateEndpoints/delete') },
  }),
  links: ENDPOINT,
};
export const dnsZoneGroups: Resource = {
  apiVersion: ENDPOINTS,
  read: list,
  write: 'PUT',
  actions: {
    read: network('privateEndpoints/privateDnsZoneGroups/read'),
    write: network('privateEndpoints/privateDnsZoneGroups/write', 'privateEndpoints/privateDnsZoneGroups/delete'),
  },
  links: ZONES,
  through: ['privateEndpoints'],
  find: findZoneGroups,
  clean: ZONE_ROWS,
};
export const privateDnsZones: Resource = inSubscription(
  'Microsoft.Network/privateDnsZones',
  DNS,
  readOnly(...network('privateDnsZones/read')),
);
export const virtualNetworks: Resource = inSubscription(
  'Microsoft.Network/virtualNetworks',
  NETWORK,
  readOnly(...network('virtualNetworks/read')),
);
export const vnetConnection: Resource = {
  suffix: '/networkConfig/virtualNetwork',
  apiVersion: WEB,
  read: get,
  write: 'PUT',
  restarts: true,
  find: ({ client, target }) => integration(client, `${target.id}/networkConfig/virtualNetwork`),
  open: ({ client }, id) => integration(client, id),
  actions: {
    read: web('networkConfig/read'),
    write: web('networkConfig/write', 'networkConfig/delete'),
  },
  links: INTEGRATION,
};
/** Returns the network integration. Without integration the resource exists and names no subnet. */
async function integration(client: ArmClient, id: string): Promise<Body | null> {
  const { body } = await client.send('GET', id, WEB);
  return isRecord(body) && typeof valueAt(body, 'properties.subnetResourceId') === 'string' ? body : null;
}

const linksTo = (endpoint: Body, id: string): boolean =>
  [
    ...listAt(endpoint, 'properties.privateLinkServiceConnections'),
    ...listAt(endpoint, 'properties.manualPrivateLinkServiceConnections'),
  ].some((one) => textOf(valueAt(one, 'properties.privateLinkServiceId')).toLowerCase() === id);

async function findZoneGroups(x: Finder): Promise<Body> {
  const site = productionOf(x.target.id).toLowerCase();
  const own = itemsOf(await bodyOf(x, 'privateEndpoints')).filter((one) => linksTo(one, site));
  const lists = await Promise.all(own.map((one) => listAll(x.client, `${textOf(one['id'])}/privateDnsZoneGroups`, ENDPOINTS)));
  return { value: lists.flat().map(ZONE_ROWS) };
}

function only(row: Body, ...names: string[]): Body {
  const properties = valueAt(row, 'properties');
  const kept = isRecord(properties) ? names.filter((name) => name in properties).map((name) => [name, properties[name]]) : [];
  return { name: row['name'] ?? '', properties: Object.fromEntries(kept) as Body };
}
