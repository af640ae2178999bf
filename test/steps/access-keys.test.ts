import area from '../../steps/access-keys.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { functions, http, OWN_IDENTITY, PRINCIPAL, roles, VAULT, vault } from '../helpers/bodies.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';

const open = (authLevel: string) => ({ others: { ...functions(['PlaceOrder', http(authLevel)]), authSettings: { properties: {} } } });
const keys = (functionKeys: string[], functions: Record<string, string[]> = {}) => ({
  others: { accessKeys: { properties: { functionKeys, systemKeys: [], functions } } },
});
const store = (AzureWebJobsSecretStorageType: string) => ({ settings: { AzureWebJobsSecretStorageType } });
const inKeyVault = { settings: { ...store('keyvault').settings, AzureWebJobsSecretStorageKeyVaultUri: 'https://kv-fn.vault.azure.net/' } };
const CLIENT = '11111111-2222-3333-4444-555555555555';
const asClient = { ...inKeyVault.settings, AzureWebJobsSecretStorageKeyVaultClientId: CLIENT };
const users = { type: 'UserAssigned', userAssignedIdentities: { '/id-fn': { clientId: CLIENT, principalId: PRINCIPAL } } };
/** A move of the keys to the vault, where the app's own identity may write secrets. */
const toVault = (AzureWebJobsSecretStorageKeyVaultClientId: string, identity: object = OWN_IDENTITY) => ({
  settings: {
    ...store('files').settings,
    ...(AzureWebJobsSecretStorageKeyVaultClientId ? { AzureWebJobsSecretStorageKeyVaultClientId } : {}),
  },
  identity: identity as typeof OWN_IDENTITY,
  others: {
    ...vault({ enableRbacAuthorization: true }),
    stickyNames: { properties: {} },
    identityRoles: roles([ROLE.secretsOfficer, VAULT]),
    neighbours: { value: [], beyond: 0, closed: [], total: 0 },
  },
  answers: { store: 'keyvault' as const, vault: VAULT },
});

areaTester.run(area, {
  pass: [
    ['anonymous', open('function')],
    ['inventory', keys(['default'], { PlaceOrder: ['default'] }), '3 keys, all expected'],
    ['admin-isolation', { site: { functionsRuntimeAdminIsolationEnabled: true } }, 'on'],
    ['secret-storage', { settings: {} }, 'blob storage'],
    ['secret-storage', { ...inKeyVault, identity: OWN_IDENTITY, answers: { store: 'keyvault' } }, 'keyvault'],
    ['secret-storage', { settings: { ...asClient, AzureWebJobsSecretStorageKeyVaultClientSecret: 's' } }, 'keyvault'],
    ['secret-storage', { settings: asClient, identity: users }, 'keyvault'],
    ['home-page', { settings: { AzureWebJobsDisableHomepage: 'true' } }, 'hidden'],
  ],
  fail: [
    ['anonymous', open('anonymous'), /PlaceOrder/],
    [
      'anonymous',
      {
        settings: { AzureFunctionsJobHost__extensions__mcp__system__webhookAuthorizationLevel: 'Anonymous' },
        others: { ...functions(['Lookup', { type: 'mcpToolTrigger' }]), authSettings: { properties: {} } },
      },
      'Lookup',
    ],
    ['inventory', keys(['default', 'ci']), 'host/ci'],
    ['inventory', keys(['default'], { PlaceOrder: ['default', 'partner'] }), 'PlaceOrder/partner'],
    ['rotate', { answers: { rotate: ['host/ci'] } }, 'selected for rotation: host/ci'],
    ['admin-isolation', {}, 'off'],
    ['secret-storage', store('files'), 'files'],
    ['secret-storage', { settings: { FUNCTIONS_EXTENSION_VERSION: '~1' } }, 'files'],
    ['secret-storage', inKeyVault, 'keyvault, but the app has no identity: the host cannot read its keys'],
    [
      'secret-storage',
      { ...inKeyVault, identity: users },
      'keyvault, but the app has no system-assigned identity, and no client id of another one is set: the host cannot read its keys',
    ],
    [
      'secret-storage',
      { settings: asClient, identity: OWN_IDENTITY },
      /does not have the identity in AzureWebJobsSecretStorageKeyVaultClientId/,
    ],
    ['secret-storage', store('keyvault'), /KeyVaultUri is not set: the host cannot start/],
    ['home-page', {}, 'shown'],
  ],
  unknown: [
    ['anonymous', { others: { ...functions(), authSettings: { properties: {} } } }, /^Azure lists no functions of the app/],
    [
      'anonymous',
      { others: { ...functions(['WarmUp', { type: 'warmupTrigger' }]), authSettings: { properties: {} } } },
      /lists no functions/,
    ],
    [
      'anonymous',
      { others: { ...functions(['Lookup', { type: 'mcpToolTrigger' }]), authSettings: { properties: {} } } },
      /^host.json decides whether the endpoint of Lookup requires a key/,
    ],
    ['anonymous', { ...open('function'), settings: { AzureWebJobsFeatureFlags: 'EnableProxies' } }, /may have proxies/],
    ['secret-storage', store('kubernetes'), /does not check/],
    ['secret-storage', { plan: 'CA', settings: {} }, /outside the app settings/],
  ],
  plan: [
    ['admin-isolation', {}, ['siteUnlisted: functionsRuntimeAdminIsolationEnabled = true']],
    ['secret-storage', store('files'), ['appSettings: AzureWebJobsSecretStorageType = blob']],
    [
      'secret-storage',
      {
        ...store('files'),
        identity: OWN_IDENTITY,
        others: { ...vault({}), stickyNames: { properties: {} } },
        answers: { store: 'keyvault', vault: VAULT },
      },
      [
        'appSettings: AzureWebJobsSecretStorageType = keyvault',
        'appSettings: AzureWebJobsSecretStorageKeyVaultUri = https://kv.vault.azure.net/',
      ],
    ],
    ['home-page', {}, ['appSettings: AzureWebJobsDisableHomepage = true']],
  ],
  // The host signs in with the client id of the setting, and not with the app's own identity.
  guards: [
    ['L16', 'secret-storage', 'warn', toVault('')],
    ['L16', 'secret-storage', 'stop', toVault(CLIENT)],
    ['L16', 'secret-storage', 'warn', toVault(CLIENT, users)],
  ],
  without: {
    'rotate: pass': 'ARM does not tell how old keys are',
    'rotate: plan': 'a new key changes nothing that can be read; test/e2e/reliability.test.ts sends it',
  },
  anyway: { 'admin-isolation': 'never bad: off is what "not set" means' },
  answers: { open: ['PlaceOrder'], known: ['host/ci'], store: 'blob' },
  sample: (app) => ({ open: app === 'fn-orders' ? ['PlaceOrder'] : [], known: app === 'fn-orders' ? ['host/ci'] : [], store: 'blob' }),
  exempted: ['inventory'],
  mended: ['anonymous'],
  notNeeded: { anonymous: ['appSettings'] },
  recorded: {
    rotate: {
      'not-applicable, no key is selected; Azure does not report the age of keys':
        '01[0-2,4] 02[0-1] 03[0-1] 04[1-3,6-7] 05[0-1] 06[2,5] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-01[1-3,16,22-23] 2-03[1-3,13-15,19,23,29-30] 2-05[1-3] 2-06[1-4] 2-07[1,12] 2-09[1] 2-11[1,6,13] 2-13[1,10] 2-15[0-1,6-7] 2-17[5-7,11] 2-19[0,2] 2-20[0,3] 2-22[2] 2-23[4]',
    },
  },
});
