/** The way to the content share: routed through the network, and private at its other end. */
import { expect, test } from 'vitest';
import { storageAccounts } from '../../src/arm/resources/storage.ts';
import { judgeContentShare, shareIsChecked } from '../../steps/lib/storage/content-share.ts';
import { altered, notesOf } from '../helpers/altered.ts';
import { withoutShare } from '../../steps/lib/storage/storage.ts';
import { deployedHow } from '../../steps/lib/storage/storage-by-identity.ts';
import type { Context } from '../../src/contract/index.ts';
import type { StorageAccount } from '../../src/azure/index.ts';

const SUBNET = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps';
const SHARE = 'DefaultEndpointsProtocol=https;AccountName=st;AccountKey=a';
const routed = { contentShareTraffic: true };
const named = { networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [{ id: SUBNET.toUpperCase() }] } };
const endpoint = (status: string, id = '/PE', provisioningState = 'Succeeded') => ({
  privateEndpointConnections: [
    { properties: { privateEndpoint: { id }, privateLinkServiceConnectionState: { status }, provisioningState } },
  ],
});
const leading = (...groupIds: readonly string[]) => [
  { id: '/pe', name: 'pe', properties: { privateLinkServiceConnections: [{ properties: { groupIds } }] } },
];

interface Given {
  readonly share?: string | null;
  readonly subnet?: string | null;
  readonly routing?: object | null;
  readonly account?: StorageAccount['properties'] | null;
  readonly settings?: Readonly<Record<string, string>>;
  readonly endpoints?: readonly unknown[];
  readonly older?: object;
  readonly dead?: readonly string[];
}
const judged = ({
  share = SHARE,
  subnet = SUBNET,
  routing = routed,
  account = {},
  settings = {},
  endpoints = [],
  older = {},
  dead = [],
}: Given) =>
  judgeContentShare({
    facts: {
      site: { properties: { virtualNetworkSubnetId: subnet, outboundVnetRouting: routing, ...older } },
      appSettings: { properties: { ...settings, ...(share ? { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: share } : {}) } },
      privateEndpoints: { value: endpoints },
      storageAccounts: {
        value: account ? [{ id: 'st', name: 'st', location: '', properties: account, rulesWithoutEffect: dead }] : [],
        missing: account ? [] : ['st'],
      },
    },
  } as unknown as Context<unknown>);

test('rules of an account that are not in force are kept', () => {
  const rule = (id: string, state: string) => ({ id, action: 'Allow', state });
  const networkAcls = { defaultAction: 'Deny', virtualNetworkRules: [rule(SUBNET, 'NetworkSourceDeleted'), rule('/other', 'Succeeded')] };
  expect(storageAccounts.clean?.({ id: 'st', properties: { networkAcls } })).toEqual({
    id: 'st',
    properties: { networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [{ id: SUBNET }, { id: '/other' }] } },
    rulesWithoutEffect: [SUBNET],
  });
});

test.each<[string, Given, string, string]>([
  ['no share', { share: null }, 'not-applicable', 'no setting names'],
  ['no network', { subnet: null, account: named }, 'fail', 'not integrated with a virtual network'],
  ['not routed', { routing: {}, account: named }, 'fail', 'not routed'],
  ['no routing at all', { routing: null, account: named }, 'fail', 'not routed'],
  ['routed, and the account is open to the internet only', {}, 'fail', 'no approved private endpoint'],
  ['a rule for the subnet', { account: named }, 'pass', 'a rule for vnet/apps'],
  ['all traffic routed', { routing: { allTraffic: true }, account: named }, 'pass', 'a rule'],
  ['routed by the older setting', { routing: null, account: named, settings: { WEBSITE_CONTENTOVERVNET: '1' } }, 'pass', 'a rule'],
  [
    'an approved endpoint for its shares',
    { account: endpoint('Approved'), endpoints: leading('File') },
    'pass',
    'an approved private endpoint',
  ],
  ['routed by the older member of the site', { routing: null, account: named, older: { vnetContentShareEnabled: true } }, 'pass', 'a rule'],
  ['a rule whose subnet was deleted', { account: named, dead: [SUBNET.toLowerCase()] }, 'fail', 'no rule for the subnet'],
  [
    'an approved endpoint that is being deleted',
    { account: endpoint('Approved', '/PE', 'Deleting'), endpoints: leading('file') },
    'fail',
    'no approved private endpoint',
  ],
  [
    'an approved endpoint whose last operation failed',
    { account: endpoint('Approved', '/PE', 'Failed'), endpoints: leading('file') },
    'unknown',
    'whose last operation failed',
  ],
  [
    'such an endpoint for its blobs',
    { account: endpoint('Approved', '/PE', 'Failed'), endpoints: leading('blob') },
    'fail',
    'no approved private endpoint',
  ],
  ['an approved endpoint for its blobs', { account: endpoint('Approved'), endpoints: leading('blob') }, 'fail', 'none of them for file'],
  ['an approved endpoint in another subscription', { account: endpoint('approved', '/elsewhere') }, 'unknown', 'its service is unknown'],
  ['a rule beside an endpoint for blobs', { account: { ...endpoint('Approved'), ...named }, endpoints: leading('blob') }, 'pass', 'a rule'],
  ['an endpoint that waits for approval', { account: endpoint('Pending') }, 'fail', 'no approved private endpoint'],
  ['an account in another subscription', { account: null }, 'unknown', 'st is not in this subscription'],
  ['a reference', { share: '@Microsoft.KeyVault(VaultName=kv;SecretName=share)' }, 'unknown', 'is a reference'],
])('%s', (_, given, state, found) => {
  const verdict = judged(given);
  expect([verdict.state, verdict.found]).toEqual([state, expect.stringContaining(found)]);
});

test.each([
  ['Y1', 'linux', true],
  ['Y1', 'windows', false],
  ['EP', 'linux', false],
])(
  'on %s %s with the share in a separate account, the warning about deployment tools that use the key of the host: %s',
  (plan, os, isWarned) => {
    const appSettings = { properties: { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: SHARE } };
    const planned = { appSettings, site: { properties: {} } };
    const x = { app: { plan, os }, facts: { appSettings }, planned } as unknown as Context<unknown>;
    for (const found of [[withoutShare(x)], deployedHow(x)])
      expect(JSON.stringify(found).includes('deployment tools upload the package with the connection string')).toBe(isWarned);
  },
);

test.each([
  ['is warned about', SHARE, {}, {}, 1],
  ['is not warned about, as the check is off', SHARE, { WEBSITE_SKIP_CONTENTSHARE_VALIDATION: '1' }, {}, 0],
  ['is not warned about, as the share is in another account', SHARE.replace('=st;', '=other;'), {}, {}, 0],
  ['is not warned about, as the account is closed already', SHARE, {}, { networkAcls: { defaultAction: 'Deny' } }, 0],
])('behind a new firewall, the check of the content share at each write of settings %s', (_, share, more, account, count) => {
  const facts = {
    appSettings: { properties: { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: share, ...more } },
    storageAccounts: { value: [{ id: '/st', name: 'st', location: 'x', properties: account }] },
  };
  expect(shareIsChecked({ app: { plan: 'EP' }, facts } as unknown as Context<unknown>)).toHaveLength(count);
});

test('a change of settings warns where the content share is a reference, which Azure cannot check', async () => {
  const notes = async (more: Record<string, string>) => {
    const app = await altered(
      (_, site) =>
        Object.assign(
          site.appSettings,
          { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=s)' },
          more,
        ),
      'EP1',
    );
    return notesOf(await app.planned(['access-keys.home-page'])).join('\n');
  };
  const warned = 'warn: Azure checks the content share when settings are written';
  expect(await notes({})).toContain(warned);
  expect(await notes({ WEBSITE_SKIP_CONTENTSHARE_VALIDATION: '1' })).not.toContain(warned);
});
