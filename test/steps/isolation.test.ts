import area from '../../steps/isolation.ts';
import type { Json } from '../../src/azure/index.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { account, listOf, NETWORK } from '../helpers/bodies.ts';
import { SAMPLE_SUBNETS, SUBNETS } from '../helpers/places.ts';

type Members = Record<string, Json>;
const subnet = `${SUBNETS}/apps`;
const settings = { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: 'DefaultEndpointsProtocol=https;AccountName=stfn;AccountKey=eA==' };
const inside = (outboundVnetRouting: Record<string, boolean> = {}) => ({
  plan: 'EP' as const,
  settings,
  site: { virtualNetworkSubnetId: subnet, outboundVnetRouting },
});
const content = { contentShareTraffic: true, imagePullTraffic: true, backupRestoreTraffic: true };
const rules = (...ids: string[]) => account({ networkAcls: { defaultAction: 'Deny', virtualNetworkRules: ids.map((id) => ({ id })) } });

/** A network of the region, with a subnet that is large enough and delegated to a service: by default, App Service. */
const joinable = (more: { network?: Members; subnet?: Members; service?: string } = {}) => ({
  answers: { subnet },
  others: {
    virtualNetworks: listOf({
      id: subnet.replace(/\/subnets\/.*$/, ''),
      name: 'vnet',
      location: 'westeurope',
      properties: {
        subnets: [
          {
            id: subnet,
            name: 'apps',
            properties: {
              addressPrefix: '10.0.1.0/24',
              delegations: [{ properties: { serviceName: more.service ?? 'Microsoft.Web/serverFarms' } }],
              ...more.subnet,
            },
          },
        ],
        ...more.network,
      },
    }),
    sites: listOf(),
    appSettings: { properties: {} },
  },
});
/** What Azure answers beside the settings of the app, which a row gives. */
const noSettings = ({ others: { virtualNetworks, sites } }: ReturnType<typeof joinable>) => ({ virtualNetworks, sites });
const toFlex = (subnetOfFlex: Members) => ({
  plan: 'FC1' as const,
  ...joinable({ service: 'Microsoft.App/environments', subnet: subnetOfFlex }),
});

areaTester.run(area, {
  pass: [
    ['vnet', inside(), 'vnet/apps'],
    ['route-all', inside({ allTraffic: true }), 'on'],
    ['content-routing', inside(content), 'all routed'],
    ['content-routing', inside({ allTraffic: true }), 'all routed, set by allTraffic'],
    ['content-share', { ...inside(content), others: rules(subnet) }, 'stfn: a rule for vnet/apps'],
  ],
  fail: [
    ['vnet', { plan: 'EP' }, 'none'],
    ['vnet', { plan: 'D', config: { vnetName: 'vnet-hub' } }, /^through a VPN gateway with vnet-hub/],
    ['route-all', inside(), 'off'],
    [
      'route-all',
      { plan: 'EP', site: { outboundVnetRouting: { allTraffic: true } } },
      'on, but the app is not integrated with a virtual network',
    ],
    ['content-routing', inside({ contentShareTraffic: true }), 'not routed: imagePull, backupRestore'],
    ['content-share', { ...inside(content), others: { ...rules(), privateEndpoints: listOf() } }],
    ['content-share', { plan: 'EP', settings, others: rules(subnet) }, 'the app is not integrated with a virtual network'],
  ],
  plan: [
    ['vnet', { plan: 'EP', answers: { subnet }, others: { virtualNetworks: NETWORK } }, ['vnetConnection: made']],
    ['route-all', inside(), ['site: outboundVnetRouting.allTraffic = true']],
    [
      'content-routing',
      inside({ contentShareTraffic: true }),
      ['site: outboundVnetRouting.imagePullTraffic = true', 'site: outboundVnetRouting.backupRestoreTraffic = true'],
    ],
  ],
  guards: [
    ['L24', 'vnet', 'warn', { ...joinable(), config: { vnetName: 'vnet-hub' } }],
    ['L24', 'vnet', 'clear', joinable()],
    // Flex Consumption sends all traffic through the network, as does an app whose routing is on already.
    ['L24', 'vnet', 'warn', toFlex({})],
    ['L24', 'vnet', 'clear', toFlex({ natGateway: { id: '/nat' } })],
    ['L24', 'vnet', 'warn', { ...joinable(), site: { outboundVnetRouting: { allTraffic: true } } }],
    ['L24', 'vnet', 'warn', joinable({ subnet: { networkSecurityGroup: { id: '/nsg' } } })],
    ['L24', 'vnet', 'warn', joinable({ subnet: { routeTable: { id: '/routes' } } })],
    ['L24', 'vnet', 'warn', joinable({ subnet: { serviceEndpoints: [{ service: 'Microsoft.Storage' }] } })],
    ['L24', 'vnet', 'warn', joinable({ network: { dhcpOptions: { dnsServers: ['10.0.0.4'] } } })],
    // MicrosoftDocs/azure-docs 80262: it is disputed whether DNS servers of the app replace those of the network.
    ['L24', 'vnet', 'warn', { ...joinable(), settings: { WEBSITE_DNS_SERVER: '168.63.129.16' }, others: noSettings(joinable()) }],
    ['L24', 'vnet', 'warn', { ...joinable(), site: { dnsConfiguration: { dnsServers: ['10.0.0.4'] } } }],
    ['L24', 'vnet', 'warn', joinable({ network: { virtualNetworkPeerings: [{ properties: { useRemoteGateways: true } }] } })],
  ],
  answers: (plan) => ({ subnet: `${SUBNETS}/${plan === 'FC1' ? 'flex' : 'apps'}` }),
  sample: (app) => ({
    subnet:
      app === 'fn-events'
        ? `${SAMPLE_SUBNETS.replace('vnet-contoso', 'vnet-events')}/apps-flex`
        : `${SAMPLE_SUBNETS}/${app === 'fn-reports' ? 'apps-reports' : 'apps-finance'}`,
  }),
  mended: ['content-share'],
  notNeeded: { 'content-share': ['privateEndpoints'] },
  recorded: {
    vnet: {
      'not-applicable, a Consumption app cannot join a virtual network':
        '01[0-4] 02[0-2] 2-01[1-5,16,18-19,22-23] 2-05[1-4] 2-06[1-6] 2-07[1,3,10,17] 2-13[1-2,10-11]',
      'fail, none':
        '03[2] 07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-03[4,16,20,24-25] 2-07[13] 2-09[3] 2-11[3,7] 2-15[2,8] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
      'pass, swiftname000006/swiftsubnet000005': '04[6-7] 27[0]',
      'not-applicable, the environment of Container Apps joins the network': '06[2,5-6]',
    },
    'route-all': {
      'not-applicable, a Consumption app cannot join a virtual network':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'not-applicable, Flex Consumption always routes all traffic through the network': '03[0-1] 2-19[0,2]',
      'fail, off':
        '04[1-3] 05[0-1] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[2] 35[0,3] 2-03[1-3,13-15,19,23,29-30] 2-07[12] 2-09[1] 2-11[1,6,13] 2-15[0-1,6-7] 2-17[5-7,11] 2-20[0,3] 2-22[2] 2-23[4]',
      'not-applicable, the environment of Container Apps joins the network': '06[2,5]',
    },
    'content-routing': {
      'not-applicable, a Consumption app cannot join a virtual network':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'not-applicable, Flex Consumption has no content share': '03[0-1] 2-19[0,2]',
      'fail, not routed: contentShare, imagePull, backupRestore':
        '04[1-3] 05[0-1] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[2] 35[0,3] 2-03[1-3,13-15,19,23,29-30] 2-07[12] 2-09[1] 2-11[1,6,13] 2-15[0-1,6-7] 2-17[5-7,11] 2-20[0,3] 2-22[2] 2-23[4]',
      'not-applicable, the environment of Container Apps joins the network': '06[2,5]',
    },
    'content-share': {
      'not-applicable, a Consumption app cannot join a virtual network':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'not-applicable, Flex Consumption has no content share': '03[0-1] 2-19[0,2]',
      'not-applicable, the environment of Container Apps joins the network': '06[2,5]',
    },
    ase: {
      'attestation-missing, no attestation':
        '01[0-2,4] 02[0-1] 03[0-1] 04[1-3,6-7] 05[0-1] 06[2,5] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-01[1-3,16,22-23] 2-03[1-3,13-15,19,23,29-30] 2-05[1-3] 2-06[1-4] 2-07[1,12] 2-09[1] 2-11[1,6,13] 2-13[1,10] 2-15[0-1,6-7] 2-17[5-7,11] 2-19[0,2] 2-20[0,3] 2-22[2] 2-23[4]',
    },
  },
});
