/** What Azure asks of a subnet, said before anything is sent. */
import { describe, expect, test } from 'vitest';
import { keyOf } from '../../src/emulator/state.ts';
import { SUBNETS } from '../helpers/hostings.ts';
import { plannedOn } from '../helpers/planned.ts';
import { mayHoldEndpoint, mayJoin } from '../../steps/lib/network/subnets.ts';
import type { App, Site, Subnet } from '../../src/azure/index.ts';
import type { Found } from '../../steps/lib/network/networks.ts';
import type { GuardFinding } from '../../src/contract/index.ts';

const NETWORK = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet';
const subnet = (name: string, prefix: string, more: Partial<Subnet['properties']> = {}, delegatedTo?: string): Found => {
  const delegations = delegatedTo === undefined ? [] : [{ properties: { serviceName: delegatedTo } }];
  const one: Subnet = { id: `${NETWORK}/subnets/${name}`, name, properties: { addressPrefix: prefix, delegations, ...more } };
  return { network: { id: NETWORK, name: 'vnet', location: 'westeurope', properties: { subnets: [one] } }, subnet: one };
};
const site = (id: string, plan: string, subnetId?: string): Site => ({
  id,
  name: id,
  kind: 'functionapp',
  location: 'West Europe',
  properties: { serverFarmId: `/plans/${plan}`, ...(subnetId ? { virtualNetworkSubnetId: subnetId } : {}) },
});
const OWN = site('/sites/own', 'own');
const app = (plan: App['plan']): App => ({ name: 'own', plan, os: 'linux', ase: false });
const flex = (name: string, prefix: string, more: Partial<Subnet['properties']> = {}) =>
  subnet(name, prefix, more, 'Microsoft.App/environments');
const farm = (name: string, prefix: string, more: Partial<Subnet['properties']> = {}) =>
  subnet(name, prefix, more, 'Microsoft.Web/serverFarms');
const link = (name: string, to?: string) => ({ serviceAssociationLinks: [{ name, properties: to ? { link: to } : {} }] });
const worst = (found: readonly GuardFinding[]): string =>
  found.some(({ level }) => level === 'stop') ? 'stop' : found.some(({ level }) => level === 'warn') ? 'warn' : 'clear';

describe('joining a subnet', () => {
  test.each([
    ['a valid subnet', 'EP', farm('apps', '10.0.0.0/24'), [], 'clear'],
    ['not delegated', 'EP', subnet('apps', '10.0.0.0/24'), [], 'stop'],
    ['delegated to the other kind', 'FC1', farm('apps', '10.0.0.0/24'), [], 'stop'],
    ['an underscore, on Flex Consumption', 'FC1', flex('snet_apps', '10.0.0.0/24'), [], 'stop'],
    ['an underscore, elsewhere', 'D', farm('snet_apps', '10.0.0.0/24'), [], 'clear'],
    ['too small for Flex Consumption', 'FC1', flex('apps', '10.0.0.0/28'), [], 'stop'],
    ['too small', 'D', farm('apps', '10.0.0.0/29'), [], 'stop'],
    ['the smallest allowed size', 'D', farm('apps', '10.0.0.0/28'), [], 'warn'],
    ['of two ranges', 'D', farm('apps', '', { addressPrefixes: ['fd00::/64', '10.0.0.0/25'] }), [], 'clear'],
    ['of a size that was not read', 'D', farm('apps', ''), [], 'warn'],
    ['linked to App Service, on Flex Consumption', 'FC1', flex('apps', '10.0.0.0/24', link('AppServiceLink')), [], 'stop'],
    ['linked to Container Apps or Flex Consumption', 'FC1', flex('apps', '10.0.0.0/24', link('legionservicelink')), [], 'warn'],
    ['linked to Container Apps, elsewhere', 'EP', farm('apps', '10.0.0.0/24', link('legionservicelink')), [], 'stop'],
    ['linked to its own plan', 'EP', farm('apps', '10.0.0.0/24', link('AppServiceLink', '/PLANS/own')), [], 'clear'],
    ['linked to a plan that was not seen', 'EP', farm('apps', '10.0.0.0/24', link('AppServiceLink', '/plans/x')), [], 'warn'],
    ['in use by another plan', 'EP', farm('apps', '10.0.0.0/24'), [site('/sites/web', 'web', `${NETWORK}/subnets/APPS`)], 'warn'],
    [
      'a third subnet of the plan',
      'EP',
      farm('apps', '10.0.0.0/24'),
      ['one', 'two'].map((name) => site(`/sites/${name}`, 'own', `${NETWORK}/subnets/${name}`)),
      'stop',
    ],
  ] as const)('%s', (_, plan, found, sites, level) => {
    expect(worst(mayJoin({ app: app(plan), site: OWN, sites: [OWN, ...sites] }, found))).toBe(level);
  });
  test('of another region is refused', () => {
    const found = farm('apps', '10.0.0.0/24');
    const far = { ...found, network: { ...found.network, location: 'eastus' } };
    expect(worst(mayJoin({ app: app('EP'), site: OWN, sites: [] }, far))).toBe('stop');
  });
});

test.each([
  ['an unused subnet', subnet('endpoints', '10.0.0.0/24'), 'clear'],
  ['delegated', farm('apps', '10.0.0.0/24'), 'stop'],
  ['of a gateway', subnet('GatewaySubnet', '10.0.0.0/24'), 'stop'],
  ['linked to a service', subnet('endpoints', '10.0.0.0/24', link('AppServiceLink')), 'stop'],
  ['full', subnet('endpoints', '10.0.0.0/29', { ipConfigurations: [{}, {}, {}] }), 'stop'],
])('a private endpoint in a subnet: %s', (_, found, level) => {
  expect(worst(mayHoldEndpoint(found))).toBe(level);
});

test('that Azure refuses is not sent', async () => {
  const id = `${SUBNETS.replace('vnet/', 'far/')}/apps`;
  const plan = await plannedOn({
    plan: 'EP1',
    controls: ['isolation.vnet'],
    answers: { isolation: { subnet: id } },
    change: (state) => {
      const network = structuredClone(state.resources[keyOf(SUBNETS.replace('/subnets', ''))]!);
      const subnets = [
        {
          id,
          name: 'apps',
          properties: { addressPrefix: '10.0.2.0/24', delegations: [{ properties: { serviceName: 'Microsoft.Web/serverFarms' } }] },
        },
      ];
      const far = id.replace('/subnets/apps', '');
      state.resources[keyOf(far)] = { ...network, id: far, location: 'eastus', properties: { subnets } };
    },
  });
  expect(plan.changes).toEqual([]);
  expect(plan.blocked.map(({ says }) => says).join()).toContain('in the same region');
});
