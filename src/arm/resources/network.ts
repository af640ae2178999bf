/** Networks around an app: private endpoints, subnets, and gateways in front of it. */
import { productionOf } from '../../engine/fleet/targets.ts';
import { type Body, equals, isRecord, valueAt } from '../../change/json-paths.ts';
import type { Json } from '../../azure/index.ts';
import type { ArmClient } from '../client.ts';
import { ENDPOINT, INTEGRATION, ZONES } from '../linked-resources.ts';
import {
  readList,
  listAll,
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
const CDN = '2024-02-01';
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
export const gateways: Resource = {
  apiVersion: CDN,
  ...readList(
    'Microsoft.Cdn/profiles/read',
    'Microsoft.Cdn/profiles/originGroups/read',
    'Microsoft.Cdn/profiles/originGroups/origins/read',
    'Microsoft.Cdn/profiles/securityPolicies/read',
    ...network(
      'applicationGateways/read',
      'frontdoorWebApplicationFirewallPolicies/read',
      'ApplicationGatewayWebApplicationFirewallPolicies/read',
    ),
  ),
  through: ['site'],
  find: findGateways,
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
const listAt = (body: Json, path: string): readonly Body[] => ((valueAt(body, path) ?? []) as readonly Json[]).filter(isRecord);

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

/** Finds the gateways of an app. The site does not name them, so each gateway is checked for its backends. */
async function findGateways(x: Finder): Promise<Body> {
  // The lists need not wait for the names.
  const hosts = bodyOf(x, 'site').then((site) => listOfTexts(valueAt(site ?? {}, 'properties.hostNames')));
  hosts.catch(() => undefined); // Told where it is awaited.
  const [doors, gates] = await Promise.all([frontDoors(x, hosts), applicationGateways(x, hosts)]);
  return { value: [...doors, ...gates] };
}

const listOfTexts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value)
    ? (value as readonly Json[]).filter((one): one is string => typeof one === 'string').map((one) => one.toLowerCase())
    : [];
const subscription = (x: Finder): string => `/subscriptions/${x.target.subscriptionId}/providers`;

async function frontDoors(x: Finder, names: Promise<readonly string[]>): Promise<Body[]> {
  const profiles = (await listAll(x.client, `${subscription(x)}/Microsoft.Cdn/profiles`, CDN)).filter((one) =>
    /AzureFrontDoor$/i.test(textOf(valueAt(one, 'sku.name'))),
  );
  const hosts = await names;
  const found = await Promise.all(
    profiles.map(async (profile) => {
      const groups = await listAll(x.client, `${textOf(profile['id'])}/originGroups`, CDN);
      const origins = (await Promise.all(groups.map((one) => listAll(x.client, `${textOf(one['id'])}/origins`, CDN)))).flat();
      if (!origins.some((one) => hosts.includes(textOf(valueAt(one, 'properties.hostName')).toLowerCase()))) return [];
      const policies = await listAll(x.client, `${textOf(profile['id'])}/securityPolicies`, CDN);
      // A security policy without associations covers no domain. Which of several covers the route to the app was not read.
      const attached = policies.filter((one) => !equals(valueAt(one, 'properties.parameters.associations') ?? null, []));
      const ids = new Set(attached.flatMap((one) => textOf(valueAt(one, 'properties.parameters.wafPolicy.id')) || []));
      const walls = await Promise.all([...ids].map((id) => wafOf(x, id)));
      const [wall = {}] = walls;
      const isMixed = walls.some((one) => !equals(one, wall));
      return [
        gateway(profile, 'Front Door', {
          frontDoorId: textOf(valueAt(profile, 'properties.frontDoorId')),
          ...wall,
          ...(isMixed ? { isMixed: true } : {}),
        }),
      ];
    }),
  );
  return found.flat();
}

async function applicationGateways(x: Finder, names: Promise<readonly string[]>): Promise<Body[]> {
  const gates = await listAll(x.client, `${subscription(x)}/Microsoft.Network/applicationGateways`, NETWORK);
  const hosts = await names;
  const own = gates.filter((one) =>
    listAt(one, 'properties.backendAddressPools').some((pool) =>
      listAt(pool, 'properties.backendAddresses').some(({ fqdn }) => hosts.includes(textOf(fqdn).toLowerCase())),
    ),
  );
  return Promise.all(
    own.map(async (one) => {
      const subnet = textOf(valueAt(listAt(one, 'properties.gatewayIPConfigurations')[0] ?? {}, 'properties.subnet.id'));
      return gateway(one, 'Application Gateway', {
        ...(subnet ? { subnet } : {}),
        ...ownFirewall(one),
        ...(await wafOf(x, textOf(valueAt(one, 'properties.firewallPolicy.id')))),
      });
    }),
  );
}

const gateway = (body: Body, kind: string, properties: Body): Body => ({
  id: body['id'] ?? '',
  name: body['name'] ?? '',
  properties: { kind, ...properties },
});

/** Returns the firewall of a gateway. Older gateways hold it in themselves; a policy takes precedence. */
function ownFirewall(gate: Body): Body {
  const own = valueAt(gate, 'properties.webApplicationFirewallConfiguration');
  return isRecord(own) ? { waf: { enabled: own['enabled'] === true, mode: textOf(own['firewallMode']) } } : {};
}

/** Returns a firewall policy with its state. A new policy is disabled and only detects, so its existence means nothing. */
async function wafOf({ client }: Finder, id: string | undefined): Promise<Body> {
  if (!id) return {};
  const { body } = await client.send('GET', id, NETWORK);
  const settings = valueAt(body, 'properties.policySettings') ?? {};
  const enabled = textOf(valueAt(settings, 'enabledState') ?? valueAt(settings, 'state'));
  return { waf: { enabled: /^enabled$/i.test(enabled), mode: textOf(valueAt(settings, 'mode')) } };
}
