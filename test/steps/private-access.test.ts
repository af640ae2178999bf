import area from '../../steps/private-access.ts';
import type { Json } from '../../src/azure/index.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { ENDPOINT, listOf, NETWORK } from '../helpers/bodies.ts';
import { GROUP, SAMPLE_SUBNETS, SUBNETS } from '../helpers/places.ts';

const ZONE = 'privatelink.azurewebsites.net';
const zone = `${GROUP}/providers/Microsoft.Network/privateDnsZones/${ZONE}`;
const approval = (status: string, more: Record<string, Json> = {}) => ({
  site: { privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status }, ...more } }] },
});
const leaving = approval('Approved', { provisioningState: 'Deleting' });
/** What is read before public access is disabled. */
const closing = { privateEndpoints: listOf(ENDPOINT), deployments: listOf(), functions: listOf() };
/** An app that gets a private endpoint. */
const opening = (site: Record<string, Json>) => ({
  site,
  answers: { subnet: `${SUBNETS}/endpoints` },
  others: { virtualNetworks: NETWORK, privateEndpoints: listOf(), functions: listOf() },
});
/** An app in an App Service Environment, by its host name. */
const inEnvironment = (host: string) => ({
  site: {
    sku: 'IsolatedV2',
    hostingEnvironmentProfile: { id: `${GROUP}/providers/Microsoft.Web/hostingEnvironments/ase` },
    hostNames: [host],
  },
});
const groups = (...ids: string[]) => ({
  dnsZoneGroups: listOf(
    ...ids.map((privateDnsZoneId) => ({ properties: { privateDnsZoneConfigs: [{ properties: { privateDnsZoneId } }] } })),
  ),
});

const scmZone = (numberOfVirtualNetworkLinks?: number) => ({
  id: `${GROUP}/providers/Microsoft.Network/privateDnsZones/scm.${ZONE}`,
  name: `scm.${ZONE}`,
  properties: numberOfVirtualNetworkLinks === undefined ? {} : { numberOfVirtualNetworkLinks },
});

areaTester.run(area, {
  pass: [
    ['endpoint', approval('Approved'), 'approved'],
    ['endpoint', approval('Approved', { groupIds: ['Sites'] }), 'approved'],
    ['endpoint', approval('Approved', { groupIds: null }), 'approved'],
    [
      'dns',
      { others: { ...groups(zone), privateDnsZones: listOf({ id: zone, name: ZONE, properties: { numberOfVirtualNetworkLinks: 1 } }) } },
      ZONE,
    ],
    [
      'dns',
      { others: { ...groups(zone.replace(/^\/subscriptions\/[^/]+/, '/subscriptions/hub')), privateDnsZones: listOf() } },
      `${ZONE} (its network links were not read)`,
    ],
    [
      'dns',
      {
        others: {
          ...groups(zone, zone.replace('/privatelink', '/PrivateLink').replace('resourceGroups/', 'resourceGroups/hub-')),
          privateDnsZones: listOf(
            { id: zone, name: ZONE, properties: { numberOfVirtualNetworkLinks: 0 } },
            { id: zone.replace('resourceGroups/', 'resourceGroups/hub-'), name: ZONE, properties: { numberOfVirtualNetworkLinks: 1 } },
          ),
        },
      },
      /^privatelink/i,
    ],
    ['dns', { others: { ...groups(zone), privateDnsZones: listOf({ id: zone, name: ZONE }, scmZone(0)) } }, /^privatelink/],
    ['public-network', { site: { publicNetworkAccess: 'Disabled' } }, 'off'],
    ['public-network', { plan: 'Y1', site: { publicNetworkAccess: 'disabled' } }, 'off'],
  ],
  fail: [
    ['endpoint', {}, 'none'],
    ['endpoint', approval('Pending'), 'Pending'],
    ['endpoint', leaving, 'Approved, but being deleted'],
    // The endpoint of a slot.
    ['endpoint', approval('Approved', { groupIds: ['sites-staging'] }), 'none'],
    ['public-network', approval('Approved', { groupIds: ['sites-staging'] }), 'on (not set)'],
    ['endpoint', inEnvironment('fn.ase.p.azurewebsites.net'), 'none'],
    ['public-network', inEnvironment('fn.ase.p.azurewebsites.net'), 'on (not set)'],
    ['dns', { others: { ...groups(), privateEndpoints: listOf() } }, 'none'],
    [
      'dns',
      { others: { ...groups(zone), privateDnsZones: listOf({ id: zone, name: ZONE, properties: { numberOfVirtualNetworkLinks: 0 } }) } },
      `${ZONE} is linked to no network`,
    ],
    [
      'dns',
      { others: { ...groups(`${GROUP}/providers/Microsoft.Network/privateDnsZones/contoso.com`), privateEndpoints: listOf() } },
      'contoso.com',
    ],
    ['public-network', { site: { publicNetworkAccess: 'Enabled' } }, 'on'],
    ['public-network', { site: { publicNetworkAccess: null } }, 'on (not set)'],
  ],
  unknown: [
    ['dns', { others: groups(zone) }],
    ['dns', { others: { ...groups(zone), privateDnsZones: listOf() } }, /is not in this subscription any more/],
    // The record of the SCM site is in the zone of the app, and networks of this zone do not find it there.
    ['dns', { others: { ...groups(zone), privateDnsZones: listOf({ id: zone, name: ZONE }, scmZone(1)) } }, /linked to scm\.privatelink/],
    ['dns', { others: { ...groups(zone), privateDnsZones: listOf({ id: zone, name: ZONE }, scmZone()) } }, /linked to scm\.privatelink/],
    ['endpoint', approval('Approved', { provisioningState: 'Failed' }), 'Approved, but its last operation failed'],
    ['public-network', approval('Approved', { provisioningState: 'Failed' }), 'not set; the last operation on the private endpoint failed'],
    ['public-network', leaving, 'not set; on, once the private endpoint is deleted'],
    ['public-network', inEnvironment('fn.apps.contoso.com'), /^on \(not set\); whether the App Service Environment has a public address/],
  ],
  plan: [
    [
      'endpoint',
      { answers: { subnet: `${SUBNETS}/endpoints` }, others: { virtualNetworks: NETWORK, privateEndpoints: listOf() } },
      ['privateEndpoints: made'],
    ],
    [
      'dns',
      {
        answers: { dnsZone: ZONE },
        others: { ...groups(), privateDnsZones: listOf({ id: zone, name: ZONE }), privateEndpoints: listOf(ENDPOINT) },
      },
      ['dnsZoneGroups: made'],
    ],
    ['public-network', {}, ['site: publicNetworkAccess = Disabled']],
  ],
  guards: [
    ...([0, 1] as const).map((links): readonly [string, string, 'clear' | 'warn', object] => [
      'zone',
      'dns',
      links === 0 ? 'clear' : 'warn',
      {
        answers: { dnsZone: ZONE },
        others: { ...groups(), privateDnsZones: listOf({ id: zone, name: ZONE }, scmZone(links)), privateEndpoints: listOf(ENDPOINT) },
      },
    ]),
    ['L7', 'endpoint', 'warn', opening({ publicNetworkAccess: 'Enabled' })],
    ['L7', 'endpoint', 'warn', opening({ publicNetworkAccess: null })],
    ['L7', 'endpoint', 'clear', opening({ publicNetworkAccess: 'Disabled' })],
    [
      'L7',
      'endpoint',
      'warn',
      opening({ publicNetworkAccess: 'Disabled', hostNameSslStates: [{ name: 'www.contoso.com', sslState: 'IpBasedEnabled' }] }),
    ],
    [
      'L7',
      'endpoint',
      'warn',
      {
        ...opening({ publicNetworkAccess: 'Disabled' }),
        config: { scmIpSecurityRestrictions: [{ name: 'vm', priority: 1, action: 'Allow', vnetSubnetResourceId: `${SUBNETS}/apps` }] },
      },
    ],
    ['L7', 'public-network', 'stop', { ...approval('Rejected'), others: closing }],
    ['L7', 'public-network', 'warn', { ...approval('Pending'), others: closing }],
    ['L7', 'public-network', 'stop', { ...leaving, others: closing }],
  ],
  answers: { subnet: `${SUBNETS}/endpoints`, dnsZone: ZONE },
  // Where the endpoint has no zone group, no zone was needed to see that.
  notNeeded: { dns: ['privateDnsZones'] },
  sample: () => ({ subnet: `${SAMPLE_SUBNETS}/endpoints`, dnsZone: ZONE }),
  recorded: {
    endpoint: {
      'not-applicable, a Consumption app cannot have a private endpoint':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'fail, none':
        '03[0-1] 04[1-3,6-7] 05[0-1] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0] 2-03[1-3,13-15,19,23,29-30] 2-07[12] 2-09[1] 2-11[1,6,13] 2-15[0-1,6-7] 2-17[5-7,11] 2-19[0,2] 2-20[0,3] 2-22[2] 2-23[4]',
      'not-applicable, the environment of Container Apps controls network access': '06[2,5]',
      'fail, Pending': '35[3]',
    },
    dns: {
      'not-applicable, a Consumption app cannot have a private endpoint':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'not-applicable, the environment of Container Apps controls network access': '06[2,5]',
    },
    'public-network': {
      'not-applicable, a Consumption app cannot have a private endpoint':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'fail, on (not set)':
        '03[0-1] 04[3] 05[1] 35[3] 2-03[1-3,13-15,19,23,29-30] 2-07[12] 2-09[1] 2-11[1,6,13] 2-15[0-1,6-7] 2-17[5-7,11] 2-19[0,2] 2-20[0,3] 2-22[2] 2-23[4]',
      'fail, on': '04[1-2,6-7] 05[0] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0]',
      'not-applicable, the environment of Container Apps controls network access': '06[2,5]',
    },
  },
});
