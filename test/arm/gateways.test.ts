/** The firewall of a gateway counts on the routes that lead to the app. */
import { expect, test } from 'vitest';
import { gateways } from '../../src/arm/resources/gateways.ts';
import { storageAccounts } from '../../src/arm/resources/storage.ts';
import { ArmFailure } from '../../src/engine/ports.ts';
import type { Finder } from '../../src/arm/resource-definition.ts';
import type { Body } from '../../src/change/json-paths.ts';
import { judgedOf } from '../helpers/one-app.ts';
import { GROUP, SUBSCRIPTION, targetOf } from '../helpers/places.ts';

const HOST = 'fn.azurewebsites.net';
const NETWORK = `${GROUP}/providers/Microsoft.Network`;
const policy = (mode: string, isDoor = true): string =>
  `${NETWORK}/${isDoor ? 'frontdoor' : 'ApplicationGateway'}WebApplicationFirewallPolicies/${mode}`;

/** Returns the gateways that are found if Azure returns only these bodies. */
async function foundAmong(bodies: readonly Body[], rules: Body = {}) {
  const at = new Map(bodies.map((body) => [String(body['id']).toLowerCase(), body]));
  const mode = (id: string) => ({
    properties: { policySettings: { state: 'Enabled', enabledState: 'Enabled', mode: id.split('/').at(-1)! }, ...rules },
  });
  const inList = (list: string, id: string): boolean =>
    list.startsWith(`/subscriptions/${SUBSCRIPTION}/providers/`)
      ? id.replace(/^.*\/providers/, '').startsWith(`${list.replace(/^.*\/providers/, '').toLowerCase()}/`) && id.split('/').length === 9
      : id.startsWith(`${list.toLowerCase()}/`) && !id.slice(list.length + 1).includes('/');
  const client = {
    listAll: (path: string) => Promise.resolve([...at].flatMap(([id, body]) => (inList(path, id) ? [body] : []))),
    send: (_: string, id: string) => Promise.resolve({ body: mode(id) }),
  };
  const properties = {
    hostNames: [HOST],
    inboundIpAddress: '20.9.9.9',
    privateEndpointConnections: [{ properties: { ipAddresses: ['10.0.2.4'] } }],
  };
  const known = () => Promise.resolve({ state: 'read', body: { id: targetOf('fn').id, properties } });
  return gateways.find!({ client, known, target: targetOf('fn') } as unknown as Finder);
}
/** Returns the verdict on the WAF mode for these bodies. */
const MANAGED: Body = { managedRules: { managedRuleSets: [{ ruleSetType: 'OWASP' }] } };

async function firewallBehind(bodies: readonly Body[], rules: Body = MANAGED) {
  const found = await foundAmong(bodies, rules);
  const { state, found: says } = (await judgedOf({ others: { gateways: found! } }))('gateway.firewall');
  return [state, says];
}

const PROFILE = `${GROUP}/providers/Microsoft.Cdn/profiles/fd`;
const on = (endpoint: string) => `${PROFILE}/afdEndpoints/${endpoint}`;
const door = (...more: Body[]): Body[] => [
  { id: PROFILE, name: 'fd', sku: { name: 'Premium_AzureFrontDoor' }, properties: { frontDoorId: 'x' } },
  { id: `${PROFILE}/originGroups/apps`, name: 'apps', properties: {} },
  { id: `${PROFILE}/originGroups/apps/origins/app`, name: 'app', properties: { hostName: HOST, enabledState: 'Enabled' } },
  ...['web', 'api'].map((name) => ({ id: on(name), name, properties: { enabledState: 'Enabled' } })),
  ...more,
];
const route = (endpoint: string, group: string, more: Body = {}): Body => ({
  id: `${on(endpoint)}/routes/${endpoint}-${group}`,
  properties: { originGroup: { id: `${PROFILE}/originGroups/${group}` }, linkToDefaultDomain: 'Enabled', ...more },
});
const guard = (mode: string, ...domains: string[]): Body => ({
  id: `${PROFILE}/securityPolicies/${mode}`,
  properties: {
    parameters: {
      wafPolicy: { id: policy(mode) },
      associations: [{ domains: domains.map((id) => ({ id: id.toUpperCase(), isActive: true })), patternsToMatch: ['/*'] }],
    },
  },
});
const custom = `${PROFILE}/customDomains/shop`;

const GATE = `${NETWORK}/applicationGateways/agw`;
const part = (kind: string, name: string, properties: Body): Body => ({ id: `${GATE}/${kind}/${name}`, name, properties });
const ref = (kind: string, name: string) => ({ id: `${GATE}/${kind}/${name}` });
const waf = (mode: string) => ({ firewallPolicy: { id: policy(mode, false) } });
const gate = (more: Body, tier = 'WAF_v2'): Body => ({
  id: GATE,
  name: 'agw',
  properties: {
    sku: { tier },
    backendAddressPools: [
      part('backendAddressPools', 'app', { backendAddresses: [{ fqdn: HOST }] }),
      part('backendAddressPools', 'other', { backendAddresses: [{ fqdn: 'other' }] }),
    ],
    ...more,
  },
});
const listening = (listener: Body, more: Body = { backendAddressPool: ref('backendAddressPools', 'app') }): Body => ({
  httpListeners: [part('httpListeners', 'l', listener)],
  requestRoutingRules: [part('requestRoutingRules', 'r', { httpListener: ref('httpListeners', 'l'), ...more })],
});
const byPath = (own: Body): Body => ({
  ...listening({}, { urlPathMap: ref('urlPathMaps', 'm') }),
  urlPathMaps: [
    part('urlPathMaps', 'm', {
      defaultBackendAddressPool: ref('backendAddressPools', 'other'),
      pathRules: [part('pathRules', 'p', { backendAddressPool: ref('backendAddressPools', 'app'), ...own })],
    }),
  ],
});

test.each<[string, Body[], string, string]>([
  [
    'the policy covers the domain of the route',
    [route('api', 'apps'), guard('Prevention', on('api'))],
    'pass',
    'fd: WAF on, in Prevention mode',
  ],
  ['the policy covers another domain', [route('api', 'apps'), guard('Prevention', on('web'))], 'fail', 'fd: api: has no WAF policy'],
  [
    'the policy of another domain does not count',
    [route('api', 'apps'), route('web', 'others'), guard('Prevention', on('api')), guard('Detection', on('web'))],
    'pass',
    'fd: WAF on, in Prevention mode',
  ],
  [
    'one of two domains is covered',
    [
      route('api', 'apps', { linkToDefaultDomain: 'Disabled', customDomains: [{ id: custom }] }),
      route('web', 'apps'),
      guard('Prevention', custom),
      guard('Detection', on('web')),
    ],
    'fail',
    'fd: web: its WAF is in Detection mode',
  ],
  [
    'the route is disabled',
    [route('api', 'apps', { enabledState: 'Disabled' }), guard('Prevention', on('api'))],
    'fail',
    'fd: no enabled route leads to the app',
  ],
  [
    'a domain has the name of an endpoint',
    [
      route('api', 'apps', { customDomains: [{ id: `${PROFILE}/customDomains/api` }] }),
      guard('Prevention', `${PROFILE}/customDomains/api`),
    ],
    'fail',
    'fd: api: has no WAF policy',
  ],
  [
    'the only way is an application gateway',
    [route('api', 'apps', { enabledState: 'Disabled' }), gate({ ...waf('Prevention'), ...listening({}) })],
    'pass',
    'agw: WAF on, in Prevention mode',
  ],
  [
    'a rule set may send requests to the app',
    [route('api', 'apps'), route('web', 'others', { ruleSets: [{ id: `${PROFILE}/ruleSets/r` }] }), guard('Prevention', on('api'))],
    'unknown',
    'fd: its rule sets were not read; they may route requests to the app from web (has no WAF policy)',
  ],
])('Front Door: %s', async (_, more, state, says) => {
  expect(await firewallBehind(door(...more))).toEqual([state, says]);
});

test.each([
  ['sites', 'pass'],
  [null, 'pass'],
  ['sites-staging', 'not-applicable'],
])('Front Door with a private link to the group %s reaches the app: %s', async (groupId, state) => {
  const link = { privateLink: { id: targetOf('fn').id.toUpperCase() }, groupId };
  const bodies = door(route('api', 'apps'), guard('Prevention', on('api'))).map((one) =>
    String(one['id']).endsWith('/origins/app') ? { ...one, properties: { hostName: 'other', sharedPrivateLinkResource: link } } : one,
  );
  expect((await firewallBehind(bodies))[0]).toBe(state);
});

test('a Front Door without endpoints is judged by its security policies', async () => {
  const without = door(guard('Prevention', on('web'))).filter(({ id }) => !String(id).includes('/afdEndpoints/'));
  expect(await firewallBehind(without)).toEqual(['pass', 'fd: WAF on, in Prevention mode']);
});

test.each<[string, Body, string, string]>([
  ['its policy covers a listener without one', gate({ ...waf('Prevention'), ...listening({}) }), 'pass', 'agw: WAF on, in Prevention mode'],
  [
    'the policy of the listener counts',
    gate({ ...waf('Prevention'), ...listening(waf('Detection')) }),
    'fail',
    'agw: its WAF is in Detection mode',
  ],
  ['only the listener has a policy', gate(listening(waf('Prevention'))), 'pass', 'agw: WAF on, in Prevention mode'],
  [
    'the policy of the path counts',
    gate({ ...waf('Prevention'), ...byPath(waf('Detection')) }),
    'fail',
    'agw: its WAF is in Detection mode',
  ],
  ['the tier has no firewall', gate({ ...waf('Prevention'), ...listening({}) }, 'Standard_v2'), 'fail', 'agw: has no WAF policy'],
  [
    'no rule uses the pool of the app',
    gate({ ...waf('Prevention'), ...listening({}, { backendAddressPool: ref('backendAddressPools', 'other') }) }),
    'fail',
    'agw: no enabled route leads to the app',
  ],
])('application gateway: %s', async (_, body, state, says) => {
  expect(await firewallBehind([body])).toEqual([state, says]);
});

const named = (member: Body, more: Body = {}): Body =>
  gate({
    ...waf('Prevention'),
    ...listening({}),
    backendAddressPools: [part('backendAddressPools', 'app', { backendAddresses: [member] })],
    ...more,
  });
test.each([
  ['the private endpoint of the app', '10.0.2.4', 'unknown', 'agw: it may lead to the app by the address 10.0.2.4, which was not checked'],
  ['the app and others', '20.9.9.9', 'unknown', 'agw: it may lead to the app by the address 20.9.9.9, which was not checked'],
  ['another endpoint', '10.0.2.5', 'not-applicable', expect.stringMatching(/^no Front Door or Application Gateway/)],
])('application gateway: a backend pool with the address of %s', async (_, ipAddress, state, says) => {
  expect(await firewallBehind([named({ ipAddress })])).toEqual([state, says]);
});

test('the addresses of a gateway are found, public addresses through their resource id', async () => {
  const id = `${NETWORK}/publicIPAddresses/agw`;
  const frontendIPConfigurations = [{ properties: { publicIPAddress: { id } } }, { properties: { privateIPAddress: '10.0.9.4' } }];
  const found = await foundAmong([named({ fqdn: HOST }, { frontendIPConfigurations })]);
  expect(found).toMatchObject({ value: [{ properties: { addresses: [id, '10.0.9.4'] } }] });
});

test.each<[string, () => Promise<unknown>]>([
  ['the pools of a gateway', () => firewallBehind([gate({ backendAddressPools: {} })])],
  [
    'the network rules of an account',
    () =>
      storageAccounts.find!({
        client: { listAll: () => Promise.resolve([{ name: 'stfn', properties: { networkAcls: { virtualNetworkRules: {} } } }]) },
        known: (key: string) =>
          Promise.resolve({ state: 'read', body: { properties: key === 'site' ? {} : { AzureWebJobsStorage__accountName: 'stfn' } } }),
        target: targetOf('fn'),
      } as unknown as Finder),
  ],
])('%s that are not a list are a failed read, not an internal error', async (_, read) => {
  await expect(read()).rejects.toBeInstanceOf(ArmFailure);
});

test.each<[string, Body, 'pass' | 'fail' | 'unknown']>([
  ['a Front Door policy without any rule', { managedRules: { managedRuleSets: [] }, customRules: { rules: [] } }, 'fail'],
  ['a gateway policy without any rule', { managedRules: { managedRuleSets: [] }, customRules: [] }, 'fail'],
  ['no managed rules and no member for custom rules', { managedRules: { managedRuleSets: [] } }, 'fail'],
  [
    'only disabled rules of Front Door',
    { managedRules: { managedRuleSets: [] }, customRules: { rules: [{ name: 'limit', enabledState: 'Disabled' }] } },
    'fail',
  ],
  [
    'only disabled rules of a gateway',
    { managedRules: { managedRuleSets: [] }, customRules: [{ name: 'limit', state: 'Disabled' }] },
    'fail',
  ],
  ['only a custom rule', { managedRules: { managedRuleSets: [] }, customRules: { rules: [{ name: 'limit' }] } }, 'pass'],
  ['a managed rule set', { managedRules: { managedRuleSets: [{ ruleSetType: 'OWASP' }] }, customRules: [] }, 'pass'],
  ['a custom rule, and managed rules that Azure does not return', { customRules: { rules: [{ name: 'limit' }] } }, 'pass'],
  ['rules that Azure does not return', {}, 'unknown'],
  ['managed rules that are null', { managedRules: { managedRuleSets: null }, customRules: [] }, 'unknown'],
  ['custom rules that are not a list', { managedRules: { managedRuleSets: [] }, customRules: { rules: {} } }, 'unknown'],
])('a WAF in Prevention mode blocks nothing without rules: %s', async (_, rules, state) => {
  expect(await firewallBehind(door(route('api', 'apps'), guard('Prevention', on('api'))), rules)).toEqual([
    state,
    {
      pass: 'fd: WAF on, in Prevention mode',
      fail: 'fd: api: its WAF has no enabled rules',
      unknown: 'fd: its WAF is on, but the response of Azure does not contain its managed rules',
    }[state],
  ]);
});
