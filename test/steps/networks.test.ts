/** Whether an app still gets through to what is closed: said from the firewall as the plan leaves it. */
import { keyOf, type JsonObject } from '../../src/emulator/state.ts';
import { altered, notesOf, STORAGE, VAULT } from '../helpers/altered.ts';
import { GROUP, siteId, SUBNETS } from '../helpers/hostings.ts';
import { judgedOf } from '../helpers/one-app.ts';
import { type Body } from '../../src/change/json-paths.ts';
import { expect, test } from 'vitest';
import { reachesBehind, type Walled } from '../../steps/lib/network/networks.ts';
import { lockedOutCallers } from '../../steps/lib/network/private-callers.ts';
import { scaleNote } from '../../steps/lib/monitoring/scale-monitoring.ts';
import type { Context } from '../../src/contract/index.ts';
import { hasRole, ROLE, type Facts } from '../../src/azure/index.ts';

const SUBNET = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps';
const OTHER = SUBNET.replace('apps', 'other');
const approved = [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' } } }];
const facts = (subnet: string | null, endpoints: readonly string[]): Facts => {
  const one = { id: SUBNET, name: 'apps', properties: { serviceEndpoints: endpoints.map((service) => ({ service })) } };
  const held = { virtualNetworks: { value: [{ id: '/v', name: 'vnet', location: 'x', properties: { subnets: [one] } }] } };
  return {
    site: { properties: { virtualNetworkSubnetId: subnet } },
    maybe: (key: string) => (held as Record<string, unknown>)[key],
  } as unknown as Facts;
};
const listing = (...ids: string[]): Partial<Walled> => ({
  networkAcls: { defaultAction: 'Deny', virtualNetworkRules: ids.map((id) => ({ id })) },
});

test.each([
  ['its subnet is listed', SUBNET, ['Microsoft.KeyVault'], listing(OTHER, SUBNET.toUpperCase()), 'clear'],
  ['its subnet is not listed', SUBNET, ['Microsoft.KeyVault'], listing(OTHER), 'stop'],
  ['its subnet is listed, without a service endpoint', SUBNET, ['Microsoft.Sql'], listing(SUBNET), 'stop'],
  [
    'public access is off, and no endpoint is approved',
    SUBNET,
    ['Microsoft.KeyVault'],
    { ...listing(SUBNET), publicNetworkAccess: 'Disabled' },
    'stop',
  ],
  ['an endpoint is approved: where names lead was not read', SUBNET, [], { privateEndpointConnections: approved }, 'warn'],
  ...(['Failed', 'Deleting'] as const).map(
    (provisioningState) =>
      [
        `an endpoint is approved and ${provisioningState}`,
        SUBNET,
        ['Microsoft.KeyVault'],
        {
          publicNetworkAccess: 'Disabled',
          privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' }, provisioningState } }],
        },
        provisioningState === 'Failed' ? 'warn' : 'stop',
      ] as const,
  ),
  [
    'an endpoint is approved, and the app is not integrated with a virtual network',
    null,
    [],
    { privateEndpointConnections: approved },
    'stop',
  ],
] as const)('%s', (_, subnet, endpoints, wall, level) => {
  expect(reachesBehind(facts(subnet, endpoints), 'Microsoft.KeyVault', { name: 'kv', ...(wall as Partial<Walled>) }).level).toBe(level);
});

// app-service/app-service-key-vault-references#access-network-restricted-vaults
test.each<[object, Record<string, string>, string, boolean]>([
  [{ reserved: true }, {}, 'Microsoft.KeyVault', true],
  [{ reserved: true, outboundVnetRouting: { applicationTraffic: true } }, {}, 'Microsoft.KeyVault', false],
  [{ reserved: true }, { WEBSITE_VNET_ROUTE_ALL: '1' }, 'Microsoft.KeyVault', false],
  [{ reserved: true, sku: 'FlexConsumption' }, {}, 'Microsoft.KeyVault', false],
  [{ reserved: false }, {}, 'Microsoft.KeyVault', false],
  [{ reserved: true }, {}, 'Microsoft.Storage', false],
])(
  'references of an app %j with settings %j and a private endpoint of %s need all traffic routed: %s',
  (site, settings, service, needs) => {
    const planned = {
      site: { properties: { virtualNetworkSubnetId: SUBNET, ...site } },
      maybe: (key: string) => (key === 'appSettings' ? { properties: settings } : undefined),
    } as unknown as Facts;
    const { level, says } = reachesBehind(planned, service, { name: 'one', privateEndpointConnections: approved as never });
    expect([level, says.includes('isolation.route-all')]).toEqual(['warn', needs]);
  },
);

test.each([
  [
    'an App Service Environment',
    { hostingEnvironmentProfile: { id: '/ase' } },
    {},
    'stop',
    /^The app runs in an App Service Environment, and no rule/,
  ],
  [
    'such an environment',
    { hostingEnvironmentProfile: { id: '/ase' } },
    listing(OTHER),
    'warn',
    /^The app runs in an App Service Environment/,
  ],
  [
    'Container Apps',
    { managedEnvironmentId: '/env' },
    listing(OTHER),
    'warn',
    /^The app runs in an environment of Container Apps, whose subnet/,
  ],
  [
    'an environment',
    { hostingEnvironmentProfile: { id: '/ase' } },
    { privateEndpointConnections: approved },
    'warn',
    /1 approved private endpoint/,
  ],
])('an app in %s gets no advice to join a network', (_, site, wall, level, says) => {
  const planned = { site: { properties: site }, maybe: () => undefined } as unknown as Facts;
  expect(reachesBehind(planned, 'Microsoft.KeyVault', { name: 'kv', ...wall })).toEqual({ level, says: expect.stringMatching(says) });
});

test.each([
  ['x', 'Microsoft.Storage', 'clear'],
  ['West Europe', 'Microsoft.Storage', 'warn'],
  ['West Europe', 'Microsoft.Storage.Global', 'clear'],
])('an account in %s, with the service endpoint %s: %s', (location, service, level) => {
  expect(reachesBehind(facts(SUBNET, [service]), 'Microsoft.Storage', { name: 'st', location, ...listing(SUBNET) }).level).toBe(level);
});

test.each([
  ['a queue on Elastic Premium', 'EP', 'queueTrigger', false, 1],
  ['the same, with scale monitoring', 'EP', 'QueueTrigger', true, 0],
  ['requests on Elastic Premium', 'EP', 'httpTrigger', false, 0],
  ['a queue on Dedicated', 'D', 'queueTrigger', false, 0],
  ['a function without a listed trigger', 'EP', undefined, false, 1],
])('an app that waits for %s with a closed storage firewall', (_, plan, type, isOn, count) => {
  const held = {
    siteConfig: { properties: { functionsRuntimeScaleMonitoringEnabled: isOn } },
    functions: { value: [{ name: 'fn/F', properties: { config: type === undefined ? null : { bindings: [{ type }] } } }] },
  };
  const x = { app: { plan }, facts: { maybe: (key: keyof typeof held) => held[key] } } as unknown as Context<unknown>;
  expect(scaleNote(x)).toHaveLength(count);
});

test.each([
  ['no zone', [], true],
  ['a DNS zone of another service', ['/x/privateDnsZones/privatelink.blob.core.windows.net'], true],
  ['its zone', ['/x/privateDnsZones/privatelink.azurewebsites.net'], false],
])('public access is closed beside an endpoint with %s', (_, zones, isNoted) => {
  const groups = zones.map((privateDnsZoneId) => ({ properties: { privateDnsZoneConfigs: [{ properties: { privateDnsZoneId } }] } }));
  const held = (key: string) => (key === 'dnsZoneGroups' ? { value: groups } : undefined);
  const site = { id: siteId('fn'), properties: { privateEndpointConnections: approved } };
  const x = { facts: { site, maybe: held }, planned: { maybe: held, privateEndpoints: { value: [] } } } as unknown as Context<unknown>;
  expect(lockedOutCallers(x).some(({ says }) => says.startsWith('No private DNS zone'))).toBe(isNoted);
});

test('a role assignment with a condition does not count as the whole role', () => {
  const holds = (condition?: string) => {
    const properties = {
      roleDefinitionId: `/x/${ROLE.blobOwner}`,
      principalId: 'p',
      scope: '/subscriptions/s',
      ...(condition ? { condition } : {}),
    };
    return hasRole({ value: [{ id: '/a', name: 'a', properties }] }, '/subscriptions/s/st', [ROLE.blobOwner], 'p');
  };
  expect([holds(), holds("@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'x'")]).toEqual([
    true,
    false,
  ]);
});

test('the DNS zone of an endpoint that cannot be read does not count as missing; words of an endpoint count in any case', async () => {
  const id = siteId('fn');
  const endpoint = (groupIds: readonly string[], by: string): Body =>
    ({
      value: [{ id: '/pe', name: 'pe', properties: { [by]: [{ properties: { privateLinkServiceId: id.toUpperCase(), groupIds } }] } }],
    }) as never;
  const site = {
    privateEndpointConnections: [
      { properties: { privateEndpoint: { id: '/pe' }, privateLinkServiceConnectionState: { status: 'Approved' } } },
    ],
  };
  const judged = async (privateEndpoints: Body) =>
    (await judgedOf({ site, others: { dnsZoneGroups: { value: [] }, privateEndpoints } }))('private-access.dns');
  expect(await judged({ value: [] })).toMatchObject({ state: 'unknown', reason: expect.stringContaining('is not in this subscription') });
  expect((await judged(endpoint(['sites'], 'privateLinkServiceConnections'))).state).toBe('fail');
  expect((await judged(endpoint(['Sites'], 'manualPrivateLinkServiceConnections'))).state).toBe('fail');
});

test.each([
  ['key-vault.firewall', VAULT, 'vault', 'kv-bad'],
  ['storage.network', STORAGE, 'blob', 'stfnbad'],
])(
  '%s: a subnet without a service endpoint gets no rule, which Azure would refuse; the private endpoint is named',
  async (control, to, part, name) => {
    const app = await altered((state, site) => {
      site.properties['virtualNetworkSubnetId'] = `${SUBNETS}/apps`;
      site.appSettings['Secret'] = '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=s)';
      const network = state.resources[keyOf(SUBNETS.replace(/\/subnets$/, ''))]!['properties'] as JsonObject;
      for (const subnet of network['subnets'] as JsonObject[]) (subnet['properties'] as JsonObject)['serviceEndpoints'] = [];
      const id = `${GROUP}/providers/Microsoft.Network/privateEndpoints/pe-${part}`;
      const connection = { name: part, properties: { privateLinkServiceId: to, groupIds: [part] } };
      state.resources[keyOf(id)] = {
        id,
        location: 'westeurope',
        properties: { provisioningState: 'Succeeded', privateLinkServiceConnections: [connection] },
      };
    });
    const plan = await app.planned([control]);
    expect(plan.changes.map(({ body }) => body)).toEqual([
      { properties: { networkAcls: expect.objectContaining({ defaultAction: 'Deny', virtualNetworkRules: [] }) } },
    ]);
    expect(notesOf(plan).join('\n')).toMatch(new RegExp(`warn: ${name} has 1 approved private endpoint`));
  },
);
