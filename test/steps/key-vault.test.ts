import area from '../../steps/key-vault.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { listOf, OWN_IDENTITY, REFERS, roles, vault, VAULT } from '../helpers/bodies.ts';

const noStrings = { connectionStrings: { properties: {} } };
const kv = (properties: Parameters<typeof vault>[0]) => ({ settings: REFERS, others: { ...noStrings, ...vault(properties) } });
const status = (value: string) => ({
  settings: REFERS,
  others: { ...noStrings, references: listOf({ name: 'Payment', properties: { status: value } }) },
});
const earlier = (value: string) => ({
  others: {
    ...noStrings,
    references: listOf({
      name: 'Payment',
      properties: {
        status: value,
        reference: '@Microsoft.KeyVault(VaultName=kv;SecretName=earlier)',
        vaultName: 'kv',
        secretName: 'earlier',
      },
    }),
  },
});
const ends = (exp: number | null, enabled: boolean | null = true) => ({
  settings: REFERS,
  others: {
    ...noStrings,
    vaultSecrets: listOf({ id: `${VAULT}/secrets/payment`, name: 'payment', properties: { attributes: { exp, enabled } } }),
  },
});
const clear = { ServiceBus: 'Endpoint=sb://contoso/;SharedAccessKey=eA==' };
const mayRead = { identityRoles: roles([ROLE.secretsUser, VAULT]) };

const USER = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-fn';

areaTester.run(area, {
  pass: [
    ['references', { settings: REFERS }, 'none in plain text'],
    ['resolve', status('Resolved'), '1 reference resolves'],
    // Azure keeps the row of a setting that is gone or has plain text now (Azure/azure-dev 2631, Azure/azure-cli 21634).
    ['resolve', { ...status('SecretNotFound'), settings: {} }, 'no references'],
    ['resolve', { ...status('SecretNotFound'), settings: { PAYMENT: 'none' } }, 'no references'],
    ['resolve', { ...status('Initialized'), settings: { Payment: '' } }, 'no references'],
    ['secret-expiry', ends(4_102_444_800), 'kv/payment: expires on 2100-01-01'],
    ['secret-expiry', ends(4_102_444_800, null), 'kv/payment: expires on 2100-01-01'],
    ['soft-delete', kv({}), 'kv: on'],
    ['purge-protection', kv({ enablePurgeProtection: true }), 'kv: on'],
    ['rbac', kv({ enableRbacAuthorization: true }), 'kv: Azure RBAC'],
    ['firewall', kv({ networkAcls: { defaultAction: 'Deny' } }), 'kv: closed except for named networks'],
  ],
  fail: [
    ['references', { settings: clear }, 'in plain text: ServiceBus'],
    ['resolve', status('SecretNotFound'), 'not resolved: Payment'],
    ['resolve', { ...status('SecretNotFound'), settings: { PAYMENT: REFERS.Payment } }, 'not resolved: Payment'],
    ['resolve', { ...status('InvalidSyntax'), settings: { Payment: '@Microsoft.KeyVault(VaultName=kv)' } }, 'not resolved: Payment'],
    ['secret-expiry', ends(null), 'kv/payment: no expiry date'],
    ['secret-expiry', ends(1_600_000_000), 'kv/payment: expired on 2020-09-13'],
    ['secret-expiry', ends(4_102_444_800, false), /disabled, so the reference does not resolve/],
    ['soft-delete', kv({ enableSoftDelete: false }), 'kv: off'],
    ['purge-protection', kv({}), 'kv: off'],
    ['purge-protection', kv({ enablePurgeProtection: 'false' }), 'kv: off'],
    ['rbac', kv({}), 'kv: access policies'],
    ['firewall', kv({ networkAcls: { defaultAction: 'Allow' } }), 'kv: open to all networks'],
  ],
  unknown: [
    ...['secret-expiry', 'soft-delete', 'purge-protection', 'rbac', 'firewall'].map((control): [string, object, RegExp] => [
      control,
      {
        settings: { Payment: '@Microsoft.AppConfiguration(Endpoint=https://contoso.azconfig.io; Key=payment)' },
        others: { ...noStrings, ...vault({}), vaultSecrets: listOf() },
      },
      /Payment: a reference to App Configuration, whose value may be a reference to a vault/,
    ]),
    // Azure has the state of the secret that the setting named before.
    ['resolve', { settings: REFERS, ...earlier('Resolved') }, 'Azure has not resolved Payment yet'],
    ['resolve', { settings: REFERS, ...earlier('SecretNotFound') }, 'Azure has not resolved Payment yet'],
    ['resolve', { settings: REFERS, others: { ...noStrings, references: listOf() } }, 'Azure does not list the state of Payment'],
    [
      'resolve',
      { ...status('Resolved'), settings: { ...REFERS, Mail: '@Microsoft.KeyVault(VaultName=kv;SecretName=mail)' } },
      'Azure does not list the state of Mail',
    ],
  ],
  guards: [
    [
      'L19',
      'references',
      'stop',
      {
        identity: { ...OWN_IDENTITY, type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [USER]: {} } },
        site: { keyVaultReferenceIdentity: USER },
        settings: clear,
        answers: { vault: 'kv', settings: ['ServiceBus'] },
        others: { ...vault({ enableRbacAuthorization: true }), ...mayRead },
      },
    ],
  ],
  plan: [
    [
      'references',
      {
        identity: OWN_IDENTITY,
        settings: clear,
        others: { ...vault({ enableRbacAuthorization: true }), ...mayRead, references: listOf(), sites: listOf() },
        answers: { vault: 'kv', settings: ['ServiceBus'] },
      },
      ['vaultSecret: made', 'appSettings: ServiceBus = @Microsoft.KeyVault(VaultName=kv;SecretName=fn-ServiceBus)'],
    ],
    // References would still use the identity that the app no longer has.
    [
      'references',
      {
        identity: OWN_IDENTITY,
        site: {
          keyVaultReferenceIdentity: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/gone',
        },
        settings: clear,
        others: { ...vault({ enableRbacAuthorization: true }), ...mayRead, references: listOf(), sites: listOf() },
        answers: { vault: 'kv', settings: ['ServiceBus'] },
      },
      [
        'site: keyVaultReferenceIdentity = SystemAssigned',
        'vaultSecret: made',
        'appSettings: ServiceBus = @Microsoft.KeyVault(VaultName=kv;SecretName=fn-ServiceBus)',
      ],
    ],
    ['purge-protection', kv({}), ['vaults: enablePurgeProtection = true']],
    ['purge-protection', kv({ enableSoftDelete: false }), ['vaults: enableSoftDelete = true', 'vaults: enablePurgeProtection = true']],
    [
      'rbac',
      { identity: OWN_IDENTITY, settings: REFERS, others: { ...noStrings, ...vault({ accessPolicies: [] }), ...mayRead } },
      ['vaults: enableRbacAuthorization = true'],
    ],
    // An access policy for keys alone is no reason to read secrets.
    [
      'rbac',
      {
        identity: { ...OWN_IDENTITY, type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { '/id-fn': { principalId: 'p' } } },
        settings: REFERS,
        others: { ...noStrings, ...vault({ accessPolicies: [{ objectId: 'p', permissions: { keys: ['get'] } }] }), ...mayRead },
      },
      ['vaults: enableRbacAuthorization = true'],
    ],
    ['firewall', kv({}), ['vaults: networkAcls = {"bypass":"AzureServices","defaultAction":"Deny","ipRules":[],"virtualNetworkRules":[]}']],
  ],
  answers: { vault: 'kv-bad', settings: ['ServiceBus', 'PaymentApiKey'] },
  sample: (app) => ({
    vault: `kv-${app.replace('/staging', '').replace('fn-', '')}`,
    settings: app === 'fn-orders' ? ['ServiceBus', 'PaymentApiKey'] : app === 'fn-events' ? ['ServiceBus'] : [],
  }),
  neverBad: ['soft-delete'],
  mended: ['resolve'],
  byHand: ['secret-expiry'],
  // A bad vault in a setting fails, whatever connection strings name.
  notNeeded: {
    resolve: ['connectionStrings', 'appSettings'],
    'purge-protection': ['connectionStrings'],
    rbac: ['connectionStrings'],
    firewall: ['connectionStrings'],
  },
  recorded: {
    firewall: {
      'not-applicable, a Consumption app has no virtual network, so the firewall would block it':
        '01[0-2,4] 02[0-1] 2-01[1-3,16,22-23] 2-05[1-3] 2-06[1-4] 2-07[1] 2-13[1,10]',
      'fail, open to all networks': '28[1-3,6-7] 29[0-1] 2-30[0-2]',
      'pass, closed except for named networks': '28[4-5]',
      'fail, its rules allow every address: 0.0.0.0/2, 64.0.0.0/3, 96.0.0.0/4, 112.0.0.0/5, 120.0.0.0/6, 124.0.0.0/7, 128.0.0.0/1':
        '2-28[3]',
    },
    'soft-delete': {
      'pass, on': '28[1-7] 29[0-1] 2-28[3] 2-30[0-2]',
    },
    'purge-protection': {
      'fail, off': '28[1-6] 29[0-1] 2-28[3] 2-30[0-2]',
      'pass, on': '28[7]',
    },
    rbac: {
      'fail, access policies': '28[1-5] 29[0-1] 2-28[3] 2-30[0-2]',
      'pass, Azure RBAC': '28[6-7]',
    },
  },
});
