import area from '../../steps/storage.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { account, services } from '../helpers/bodies.ts';

const st = (properties: Parameters<typeof account>[0]) => ({ others: account(properties) });
const smb = (versions: string, channelEncryption: string) => {
  const [service] = services(true).fileServices['value'] as [{ id: string; properties: object }];
  const protocolSettings = { smb: { versions, channelEncryption } };
  return {
    settings: { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: 'AccountName=stfn;AccountKey=eA==' },
    others: { ...account({}), fileServices: { value: [{ ...service, properties: { protocolSettings } }] } },
  };
};
const keys = (day: string) => st({ keyCreationTime: { key1: `${day}T00:00:00Z`, key2: `${day}T00:00:00Z` } });
/** An Elastic Premium app with its content share in an account. */
const sharedBy = (name: string) => ({
  plan: 'EP' as const,
  settings: { AzureWebJobsStorage__accountName: 'stfn', WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: `AccountName=${name};AccountKey=eA==` },
});
const closed = { defaultAction: 'Deny', bypass: 'None' };

areaTester.run(area, {
  pass: [
    ['secure-transfer', st({ supportsHttpsTrafficOnly: true }), 'stfn: on'],
    ['min-tls', st({ minimumTlsVersion: 'TLS1_2' }), 'stfn: TLS1_2 or later'],
    ['anonymous-blobs', st({}), 'stfn: not allowed'],
    ['cross-tenant', st({ allowCrossTenantReplication: false }), 'stfn: not allowed'],
    ['entra-first', st({ defaultToOAuthAuthentication: true }), 'stfn: with Entra ID'],
    ['shared-key', st({ allowSharedKeyAccess: false }), 'stfn: not allowed'],
    ['network', st({ networkAcls: closed }), 'stfn: closed except for named networks'],
    [
      'key-source',
      st({
        encryption: { keySource: 'Microsoft.Keyvault', keyvaultproperties: { keyname: 'k', keyvaulturi: 'https://kv.vault.azure.net' } },
      }),
      'stfn: Microsoft.Keyvault',
    ],
    ['soft-delete', { others: { ...account({}), ...services(true) } }, 'blobs of stfn, shares of stfn: deleted data is retained'],
    ['sftp', st({}), 'stfn: off'],
    ['trusted-services', st({ networkAcls: { ...closed, bypass: 'AzureServices' } }), 'stfn: trusted Azure services allowed'],
    ['smb-encryption', smb('SMB3.1.1', 'AES-256-GCM')],
    ['key-age', keys('2026-11-01')],
  ],
  fail: [
    ['soft-delete', { others: { ...account({}), ...services(true, 0) } }, /^blobs of stfn: deleted data is not retained/],
    ['soft-delete', { others: { ...account({}), ...services(true, 2) } }, 'blobs of stfn: deleted data is retained for 2 days only'],
    ['soft-delete', { others: { ...account({}), ...services(true, 1) } }, 'blobs of stfn: deleted data is retained for 1 day only'],
    ['secure-transfer', st({ supportsHttpsTrafficOnly: false }), 'stfn: off'],
    ['min-tls', st({}), 'stfn: not set, which is TLS1_0'],
    ['min-tls', st({ minimumTlsVersion: 'TLS1_1' }), 'stfn: TLS1_1'],
    ['anonymous-blobs', st({ allowBlobPublicAccess: true }), 'stfn: allowed'],
    [
      'anonymous-blobs',
      st({ creationTime: '2020-01-01T00:00:00Z' }),
      'stfn: not set, which means allowed for an account created on 2020-01-01',
    ],
    ['cross-tenant', st({ allowCrossTenantReplication: true }), 'stfn: allowed'],
    ['entra-first', st({}), 'stfn: with the account key'],
    ['shared-key', st({}), 'stfn: allowed'],
    ['shared-key', { ...st({}), ...sharedBy('stshare') }, 'stfn: allowed (the content share requires a key of stshare)'],
    ['network', st({}), 'stfn: open to all networks'],
    ['key-source', { ...st({}), answers: { keySource: 'Microsoft.Keyvault' } }, 'stfn: managed by Microsoft'],
    [
      'soft-delete',
      { others: { ...account({}), ...services(false) } },
      'blobs of stfn: deleted data is not retained; shares of stfn: deleted data is not retained',
    ],
    ['sftp', st({ isSftpEnabled: true }), 'stfn: on'],
    ['trusted-services', st({ networkAcls: closed })],
    ['smb-encryption', smb('SMB2.1;SMB3.1.1', 'AES-256-GCM')],
    ['key-age', keys('2025-01-01')],
  ],
  unknown: [
    [
      'shared-key',
      { plan: 'EP', settings: { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: '@Microsoft.KeyVault(VaultName=kv;SecretName=s)' }, ...st({}) },
      /does not show of which account/,
    ],
    ['key-source', st({ encryption: { keySource: 'Microsoft.Other' } }), /does not know the key source Microsoft.Other/],
  ],
  plan: [
    ['secure-transfer', st({ supportsHttpsTrafficOnly: false }), ['storageAccounts: supportsHttpsTrafficOnly = true']],
    ['min-tls', st({}), ['storageAccounts: minimumTlsVersion = TLS1_2']],
    ['anonymous-blobs', st({ allowBlobPublicAccess: true }), ['storageAccounts: allowBlobPublicAccess = false']],
    ['cross-tenant', st({ allowCrossTenantReplication: true }), ['storageAccounts: allowCrossTenantReplication = false']],
    ['entra-first', st({}), ['storageAccounts: defaultToOAuthAuthentication = true']],
    ['shared-key', st({}), ['storageAccounts: allowSharedKeyAccess = false']],
    ['shared-key', { ...st({}), ...sharedBy('stfn') }, []],
    [
      'network',
      st({}),
      ['storageAccounts: networkAcls = {"bypass":"AzureServices","defaultAction":"Deny","ipRules":[],"virtualNetworkRules":[]}'],
    ],
    [
      'soft-delete',
      { others: { ...account({}), ...services(false) } },
      [
        'blobServices: deleteRetentionPolicy = {"enabled":true,"days":7}',
        'blobServices: containerDeleteRetentionPolicy = {"enabled":true,"days":7}',
        'fileServices: shareDeleteRetentionPolicy = {"enabled":true,"days":7}',
      ],
    ],
    ['sftp', st({ isSftpEnabled: true }), ['storageAccounts: isSftpEnabled = false']],
    ['trusted-services', st({ networkAcls: closed }), ['storageAccounts: networkAcls.bypass = AzureServices']],
    [
      'smb-encryption',
      smb('SMB2.1;SMB3.1.1', 'AES-256-GCM'),
      ['fileServices: protocolSettings = {"smb":{"versions":"SMB3.1.1","channelEncryption":"AES-128-GCM;AES-256-GCM"}}'],
    ],
  ],
  answers: { keySource: 'Microsoft.Storage' },
  neverBad: ['key-source'],
  byHand: ['key-age'],
  recorded: {
    network: {
      'not-applicable, a Consumption app has no virtual network, so it would not start with a closed storage firewall':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'fail, open to all networks': '30[2-5,7-8] 2-23[1] 2-41[4] 2-42[4-5]',
      'pass, closed except for named networks': '30[6] 2-41[1]',
    },
    'secure-transfer': {
      'pass, on': '30[2-8] 2-23[1] 2-42[4-5]',
      'fail, off': '2-41[1,4]',
    },
    'min-tls': {
      'fail, TLS1_0': '30[2-6,8]',
      'pass, TLS1_2 or later': '30[7] 2-42[4-5]',
      'fail, not set, which is TLS1_0': '2-23[1] 2-41[1,4]',
    },
    'anonymous-blobs': {
      'pass, not allowed': '30[2-8] 2-42[4-5]',
      'fail, not set, which means allowed for an account created on 2019-07-18': '2-23[1]',
      'fail, not set, which means allowed for an account created on 2019-09-06': '2-41[1,4]',
    },
    'cross-tenant': {
      'pass, not allowed': '30[2-8] 2-42[4-5]',
      'fail, not set, which means allowed for an account created on 2019-07-18': '2-23[1]',
      'fail, not set, which means allowed for an account created on 2019-09-06': '2-41[1,4]',
    },
    'entra-first': {
      'fail, with the account key': '30[2-8] 2-23[1] 2-41[1,4] 2-42[4-5]',
    },
    'key-source': {
      'not-applicable, managed by Microsoft, and no answer requires a customer-managed key': '30[2-8] 2-23[1] 2-41[1,4] 2-42[4-5]',
    },
    sftp: {
      'pass, off': '30[2-8] 2-23[1] 2-41[1,4] 2-42[4-5]',
    },
    'trusted-services': {
      'pass, trusted Azure services allowed': '30[2-8] 2-23[1] 2-41[1,4] 2-42[4-5]',
    },
    'key-age': {
      'fail, key1 is 563 days old, key2 is 563 days old': '30[2-4,6]',
      'not-applicable, keys are not allowed': '30[5]',
      'fail, key1 is 497 days old, key2 is 497 days old': '30[8]',
      'fail, key1 is 879 days old, key2 is 879 days old': '30[7]',
      'fail, key1 is 682 days old, key2 is 682 days old': '2-42[4-5]',
    },
  },
});
