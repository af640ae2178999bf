/** Warnings about access rules and origins, derived from the rules themselves. */
import { describe, expect, test } from 'vitest';
import type { Context } from '../../src/contract/index.ts';
import { admitted, mainRulesDrafts, ownAddress, removedNote, restrictionsOf } from '../../steps/lib/network/access-restrictions.ts';
import { privateNote, subnetNote } from '../../steps/lib/network/restriction-notes.ts';
import { judgeDefault, judgeRules } from '../../steps/lib/network/restriction-verdicts.ts';
import { reach, type RestrictionRow } from '../../src/azure/index.ts';
import { judgedOf } from '../helpers/one-app.ts';

const row = (action: string, source: object, priority = 100): RestrictionRow =>
  ({ name: `r${priority}`, priority, action, ...source }) as RestrictionRow;
const ip = (ipAddress: string) => ({ ipAddress, tag: 'Default' });
const tag = (ipAddress: string) => ({ ipAddress, tag: 'ServiceTag' });
const SUBNET = { vnetSubnetResourceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/a' };

test.each<[string, RestrictionRow[], string | null, string]>([
  ['rules that only deny', [row('Deny', ip('203.0.113.0/24'))], 'Allow', 'fail: 1 rule, deny rules only: all other callers are allowed'],
  [
    'a rule that denies, and no other caller is allowed',
    [row('Deny', ip('203.0.113.0/24'))],
    'Deny',
    'pass: rules that only deny, all other callers denied',
  ],
  [
    'a rule that denies in another case',
    [row('deny', ip('203.0.113.0/24'))],
    'allow',
    'fail: 1 rule, deny rules only: all other callers are allowed',
  ],
  [
    'two halves of the internet',
    [row('Allow', ip('0.0.0.0/1'), 1), row('Allow', ip('128.0.0.0/1'), 2)],
    'Deny',
    'fail: 2 rules; rule "r1" and rule "r2" together allow all callers',
  ],
  [
    'a half of the internet',
    [row('Allow', ip('203.0.113.0/24, 128.0.0.0/1'))],
    'Deny',
    'fail: 1 rule; rule "r100" (128.0.0.0/1) allows more addresses than one organization has',
  ],
  [
    'a quarter of IPv4 and a range of IPv4 written as IPv6',
    [row('Allow', ip('64.0.0.0/2'), 1), row('Allow', ip('::ffff:0:0/97'), 2)],
    'Deny',
    'fail: 2 rules; rule "r1" (64.0.0.0/2) and rule "r2" (::ffff:0:0/97) each allow more addresses than one organization has',
  ],
  ['the private addresses of IPv6', [row('Allow', ip('10.0.0.0/8'), 1), row('Allow', ip('fc00::/7'), 2)], 'Deny', 'pass: 2 rules'],
  ['a half of the internet, denied first', [row('Deny', ip('0.0.0.0/0'), 1), row('Allow', ip('0.0.0.0/1'), 2)], 'Deny', 'pass: 2 rules'],
  ['a rule that denies every caller', [row('Deny', ip('Any'))], 'Allow', 'pass: rules that only deny, all other callers denied'],
  [
    'ranges that deny every address, and no subnet with a service endpoint',
    [row('Deny', ip('0.0.0.0/0'), 1), row('Deny', ip('::/0'), 2)],
    'Allow',
    'fail: 2 rules, deny rules only: all other callers are allowed',
  ],
  ['the service tag Internet', [row('Allow', tag('internet'))], 'Deny', 'fail: 1 rule; rule "r100" allows all callers'],
  ['a range of IPv4 written as IPv6', [row('Allow', ip('::ffff:0:0/96'))], 'Deny', 'fail: 1 rule; rule "r100" allows all callers'],
  [
    'a subnet mask beside the address',
    [row('Allow', { ipAddress: '0.0.0.0', subnetMask: '0.0.0.0' })],
    'Deny',
    'fail: 1 rule; rule "r100" allows all callers',
  ],
  ['a mask of one network', [row('Allow', { ipAddress: '203.0.113.0', subnetMask: '255.255.255.0' })], 'Deny', 'pass: 1 rule'],
  [
    'every subnet with a service endpoint',
    [row('Allow', ip('AnyVnets'))],
    'Deny',
    'fail: 1 rule; rule "r100" allows every subnet with a service endpoint (AnyVnets)',
  ],
  [
    'a tag whose meaning is not documented',
    [row('Allow', { ...ip('203.0.113.0/24'), tag: 'XffProxy' })],
    'Deny',
    'unknown: 1 rule; Azure does not document which callers match rule "r100" (tag XffProxy)',
  ],
  [
    'a text that is no address',
    [row('Allow', ip('203.0.113.0/24,0.0.0.0-255.255.255.255'))],
    'Deny',
    'unknown: 1 rule; Azure does not document which callers match rule "r100" (address 0.0.0.0-255.255.255.255)',
  ],
  [
    'such a tag on every address, which does not hide a rule behind it',
    [row('Deny', { ...ip('0.0.0.0/0'), tag: 'XffProxy' }, 1), row('Allow', ip('0.0.0.0/0'), 2)],
    'Deny',
    'fail: 2 rules; rule "r2" allows all callers',
  ],
  [
    'every Front Door',
    [row('Allow', tag('AzureFrontDoor.Backend'))],
    'Deny',
    'fail: 1 rule; rule "r100" allows every Azure Front Door, because it does not require the id of your Front Door (header x-azure-fdid)',
  ],
  ['one Front Door', [row('Allow', { ...tag('AzureFrontDoor.Backend'), headers: { 'X-Azure-FDID': ['x'] } })], 'Deny', 'pass: 1 rule'],
  [
    'all of Azure, with a header that any client can send',
    [row('Allow', { ...tag('AzureCloud.WestEurope'), headers: { 'x-azure-fdid': ['x'] } })],
    'Deny',
    'fail: 1 rule; rule "r100" allows the service tag AzureCloud, which contains the addresses of all Azure customers',
  ],
  ['all of Azure, denied', [row('Deny', tag('AzureCloud'))], 'Deny', 'pass: rules that only deny, all other callers denied'],
  ['a range that holds the internet, in IPv6', [row('Allow', ip('::/0'))], 'Deny', 'fail: 1 rule; rule "r100" allows all callers'],
])('%s', (_, rows, stored, expected) => {
  const { state, found } = judgeRules(restrictionsOf(rows, stored), undefined);
  expect(`${state}: ${found}`).toBe(expected);
});

test('removed rules are named with their callers, also those that denied', () => {
  const before = restrictionsOf([row('Deny', ip('198.51.100.0/24'), 1), row('Allow', ip('203.0.113.0/24'), 2)], 'Deny');
  const after = (rows: RestrictionRow[], action: string) => removedNote(before, restrictionsOf(rows, action)).map(({ says }) => says);
  const denied = expect.stringMatching(/^These rules that deny are removed: 198\.51\.100\.0\/24 \(r1\)\. /) as string;
  expect(after([row('Allow', ip('203.0.113.0/24'))], 'Deny')).toEqual([denied]);
  expect(after([], 'Allow')).toEqual([denied]);
  expect(after([row('Deny', ip('198.51.100.0/24'))], 'Deny')).toEqual(['These rules are removed: 203.0.113.0/24 (r2).']);
});

test('a default action that is neither Allow nor Deny is unknown', () => {
  expect(judgeDefault(restrictionsOf([row('Allow', ip('203.0.113.0/24'))], 'Block'), 'Deny')).toMatchObject({
    state: 'unknown',
    found: '"Block": App Service documents Allow and Deny only',
  });
});

test('a rule that denies each caller leaves no caller to the default action', () => {
  const judged = (...rows: RestrictionRow[]) => judgeDefault(restrictionsOf(rows, 'Allow'), 'Deny');
  const office = row('Allow', ip('203.0.113.0/24'), 1);
  expect(judged(office, row('Deny', ip('Any')))).toMatchObject({
    state: 'pass',
    found: 'Allow, but rule "r100" denies all other callers first',
  });
  for (const source of [{ ...ip('Any'), headers: { 'x-azure-fdid': ['x'] } }, ip('0.0.0.0/0'), tag('Internet'), SUBNET])
    expect(judged(office, row('Deny', source))).toMatchObject({ state: 'fail', found: 'Allow' });
  expect(judged(office, row('Allow', ip('Any'))).state).toBe('fail');
});

test('an answer without the rule that denies each caller does not open the app', () => {
  const siteConfig = {
    properties: { ipSecurityRestrictions: [row('Deny', ip('Any'))], ipSecurityRestrictionsDefaultAction: 'Allow' },
  };
  const rules = [{ name: 'office', priority: 1, action: 'Allow', ip: '203.0.113.0/24' }];
  const decidedIn = (area: string, id: string) => (area === 'access-restrictions' && id === 'rules' ? { rules } : undefined);
  const drafts = mainRulesDrafts({ facts: { siteConfig }, decidedIn } as unknown as Context<unknown>);
  expect(drafts.at(-1)).toMatchObject({ at: ['siteConfig', 'properties.ipSecurityRestrictionsDefaultAction'], to: 'Deny' });
});

test('a stored rule with another tag is not the answered rule, and it is uncertain whether it allows an address', () => {
  const stored = row('Allow', { ...ip('203.0.113.0/24'), tag: 'XffProxy' });
  const asked = [{ name: 'r100', priority: 100, action: 'Allow' as const, ip: '203.0.113.0/24' }];
  expect(judgeRules(restrictionsOf([stored], 'Deny'), asked).state).toBe('fail');
  expect(judgeRules(restrictionsOf([{ ...stored, tag: 'Default' }], 'Deny'), asked).state).toBe('pass');
  expect(reach('203.0.113.7', [stored], 'Deny')).toBe('depends');
});

test.each<[string, RestrictionRow, RegExp | undefined]>([
  ['every Front Door', row('Allow', tag('AzureFrontDoor.Backend')), /^rule "r100" allows every Azure Front Door/],
  ['one Front Door', row('Allow', { ...tag('AzureFrontDoor.Backend'), headers: { 'X-Azure-FDID': ['x'] } }), undefined],
  ['all of Azure', row('Allow', tag('AzureCloud.WestEurope')), /^rule "r100" allows the service tag AzureCloud/],
  ['all of Azure, denied', row('Deny', tag('AzureCloud')), undefined],
])('a rule that also matches other customers is reported: %s', (_, one, says) => {
  const lines = judgeRules(restrictionsOf([one], 'Deny'), undefined).lines ?? [];
  expect(lines.filter((line) => line.startsWith('rule "r100" allows'))).toEqual(says ? [expect.stringMatching(says)] : []);
});

test('a service tag is named as that of all customers of the service, in the audit and in the preview', () => {
  const note = (one: RestrictionRow): boolean[] => [
    (judgeRules(restrictionsOf([one], 'Deny'), undefined).lines ?? []).some((line) =>
      /LogicApps contains the addresses .* all its customers/.test(line),
    ),
    / all its customers: LogicApps, AppService\.WestEurope\./.test(admitted(restrictionsOf([one], 'Deny'))),
  ];
  expect(note(row('Allow', tag('LogicApps, AppService.WestEurope')))).toEqual([true, true]);
  expect(note(row('Deny', tag('LogicApps, AppService.WestEurope')))).toEqual([false, false]);
  expect(
    admitted(restrictionsOf([row('Allow', { ...tag('AzureFrontDoor.Backend'), headers: { 'x-azure-fdid': ['x'] } })], 'Deny')),
  ).not.toMatch(/customers/);
});

describe('warnings about access rules', () => {
  const IPV6 = / Callers with IPv6 addresses get 403, because no rule contains an IPv6 range\./;
  test.each<[string, RestrictionRow[]]>([
    ['one range', [row('Allow', ip('203.0.113.0/24'))]],
    ['two ranges of IPv4', [row('Allow', ip('203.0.113.0/24'), 1), row('Allow', ip('198.51.100.0/24'), 2)]],
  ])('%s locks IPv6 callers out', (_, rows) => {
    expect(admitted(restrictionsOf(rows, 'Deny'))).toMatch(IPV6);
  });
  test.each<[string, RestrictionRow[]]>([
    ['a range of IPv6 beside it', [row('Allow', ip('203.0.113.0/24'), 1), row('Allow', ip('2001:db8::/48'), 2)]],
    ['a service tag', [row('Allow', tag('AzureFrontDoor.Backend'))]],
    ['a subnet', [row('Allow', SUBNET)]],
  ])('%s: no warning about IPv6', (_, rows) => {
    expect(admitted(restrictionsOf(rows, 'Deny'))).not.toMatch(IPV6);
  });
  test('rules that only deny', () => {
    const rows = [row('Deny', ip('203.0.113.0/24'))];
    expect(admitted(restrictionsOf(rows, 'Allow'))).toBe(
      'The default action is Allow, so all callers are allowed except those that a rule denies.',
    );
    expect(admitted(restrictionsOf(rows, 'Deny'))).toBe('No caller from the internet is allowed.');
  });
  test('the addresses of all Azure customers', () => {
    expect(admitted(restrictionsOf([row('Allow', tag('azurecloud.westeurope'))], 'Deny'))).toMatch(/all Azure customers/);
  });
});

const NETWORK = { id: '/v', name: 'v', location: 'x' };
const withEndpoint = (service: string) => ({
  ...NETWORK,
  properties: { subnets: [{ id: SUBNET.vnetSubnetResourceId.toUpperCase(), name: 'a', properties: { serviceEndpoints: [{ service }] } }] },
});
test.each([
  [
    'a private endpoint',
    'Approved',
    false,
    [],
    'warn',
    /^Rule "r100": Azure does not support rules for subnets on an app with a private endpoint\./,
  ],
  [
    'an endpoint that waits for approval',
    'Pending',
    false,
    [],
    'warn',
    /^Rule "r100": a rule for a subnet matches only if .* Microsoft\.Web\..* did not check/,
  ],
  ['a service endpoint in its subnet', 'Pending', false, [withEndpoint('Microsoft.Web')], 'clear', /has a service endpoint/],
  ['another service endpoint in its subnet', 'Pending', false, [withEndpoint('Microsoft.Storage')], 'warn', /the rule matches no caller/],
  ['an isolated environment', 'Pending', true, [withEndpoint('Microsoft.Web')], 'warn', /do not work in an App Service Environment/],
])('a rule for a subnet on an app with %s', (_, status, ase, networks, level, says) => {
  const site = { properties: { privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status } } }] } };
  const x = { app: { ase }, facts: { site, maybe: () => ({ value: networks }) } } as unknown as Context<unknown>;
  expect(subnetNote(x, restrictionsOf([row('Allow', SUBNET)], 'Deny'))).toEqual([{ level, says: expect.stringMatching(says) }]);
  expect(subnetNote(x, restrictionsOf([row('Deny', SUBNET), row('Allow', ip('203.0.113.0/24'))], 'Deny'))).toEqual([]);
});

// MicrosoftDocs/azure-docs 51139
test.each([
  ['IpBasedEnabled', 'warn', /with an IP-based TLS binding \(www\.contoso\.com\)/],
  ['SniEnabled', 'clear', /has a service endpoint/],
])('a rule for a subnet on an app whose binding is %s', (sslState, level, says) => {
  const site = { properties: { hostNameSslStates: [{ name: 'www.contoso.com', sslState }] } };
  const x = { app: {}, facts: { site, maybe: () => ({ value: [withEndpoint('Microsoft.Web')] }) } } as unknown as Context<unknown>;
  expect(subnetNote(x, restrictionsOf([row('Allow', SUBNET)], 'Deny'))).toEqual([{ level, says: expect.stringMatching(says) }]);
});

test.each<[string, string, boolean, string, boolean]>([
  ['a private address, which App Service never sees', '10.1.2.3', false, 'warn', true],
  // Reports show such addresses at the app, and no page says where they come from.
  ['a private address of IPv6', 'fd00::7', false, 'clear', false],
  ['a private address in an environment', '10.1.2.3', true, 'clear', false],
  ['a public address', '203.0.113.7', false, 'clear', false],
])('%s in a rule and as the address of the operator', (_, myIp, ase, level, isNoted) => {
  const x = { app: { ase }, myIp } as Context<unknown>;
  const rules = restrictionsOf([row('Allow', ip(`${myIp}/${myIp.includes(':') ? 128 : 32}`))], 'Deny');
  expect(ownAddress(x, rules, 'the app').level).toBe(level);
  expect(privateNote(x, rules)).toHaveLength(isNoted ? 1 : 0);
});

test('a rule with a subnet mask is the range of the mask', () => {
  const rows = [row('Allow', { ipAddress: '203.0.112.0', subnetMask: '255.255.254.0' })];
  expect(judgeRules(restrictionsOf(rows, 'Deny'), undefined).lines).toEqual(['100 Allow 203.0.112.0/23 (r100)']);
});

test.each([
  ['null', 'fail'],
  ['NULL', 'fail'],
  ['*', 'fail'],
  ['http://www.contoso.com', 'fail'],
  ['https://*.contoso.com', 'fail'],
  ['https://www.contoso.com/', 'fail'],
  ['file://', 'fail'],
  ['https://www.contoso.com', 'pass'],
  ['HTTPS://www.contoso.com:8443', 'pass'],
  ['capacitor://localhost', 'pass'],
])('the origin %s is set: %s', async (origin, state) => {
  const config = { cors: { allowedOrigins: ['https://portal.azure.com', origin], supportCredentials: false } };
  expect((await judgedOf({ config }))('cors.origins').state).toBe(state);
});
