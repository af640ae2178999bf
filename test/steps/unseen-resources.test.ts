/** Verdicts and guards claim no more than what was read: gateways, log categories, roles, mounts. */
import { expect, test } from 'vitest';
import accessKeys from '../../steps/access-keys.ts';
import userPermissions from '../../steps/user-permissions.ts';
import { answerProblems, type Context, type Rule } from '../../src/contract/index.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { principalOf, role, systemIdentity } from '../../src/emulator/samples/sample-resources.ts';
import { keyOf } from '../../src/emulator/state.ts';
import type { Body } from '../../src/change/json-paths.ts';
import { altered, notesOf } from '../helpers/altered.ts';
import { GROUP, siteId, SUBSCRIPTION, targetOf } from '../helpers/hostings.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import type { ArmReader } from '../../src/engine/ports.ts';
import { account, component, functions, http, listOf, REFERS, roles, SENDS, vault, VAULT } from '../helpers/bodies.ts';
import { plannedOn } from '../helpers/planned.ts';
import { judgedOf, type OneApp } from '../helpers/one-app.ts';

test.each([
  [{ enabled: true, firewallMode: 'prevention' }, 'pass', /WAF on/],
  [{ enabled: true, firewallMode: 'Detection' }, 'fail', /is in Detection mode/],
  [{ enabled: false, firewallMode: 'Prevention' }, 'fail', /is disabled/],
  [undefined, 'fail', /has no WAF policy/],
])('an application gateway with its own firewall, %j: %s', async (webApplicationFirewallConfiguration, state, found) => {
  const id = `${GROUP}/providers/Microsoft.Network/applicationGateways/appgw`;
  const app = await altered((all, site) => {
    // The app also has the Front Door of the sample.
    for (const key of Object.keys(all.resources)) if (key.includes('/microsoft.cdn/')) delete all.resources[key];
    all.resources[keyOf(id)] = {
      id,
      name: 'appgw',
      type: 'Microsoft.Network/applicationGateways',
      location: 'westeurope',
      properties: {
        ...(webApplicationFirewallConfiguration ? { webApplicationFirewallConfiguration } : {}),
        backendAddressPools: [{ properties: { backendAddresses: [{ fqdn: (site.properties['hostNames'] as string[])[0]! }] } }],
      },
    };
  });
  expect(await app.judged('gateway.firewall')).toMatchObject({ state, found: expect.stringMatching(found) });
});

test.each<[readonly object[], string]>([
  [[], 'not-applicable'],
  [[{ properties: {} }], 'unknown'],
  [[{ properties: { status: { code: 'Healthy' } } }], 'pass'],
  [[{ properties: {} }, { properties: { status: { code: 'Unhealthy' } } }], 'fail'],
])('assessments of Defender %j: %s', async (value, state) => {
  expect((await judgedOf({ others: { defenderAssessments: { value } as never } }))('defender.assessments').state).toBe(state);
});

test.each([
  ['/', 'fail'],
  ['/health;/*', 'fail'],
  ['/health', 'pass'],
  ['/API', 'fail'],
  ['/api/place*', 'unknown'],
  ['/api/placeorder;//', 'fail'],
  ['/health;//', 'unknown'],
  [null, 'pass'],
])('client certificates with the excluded paths %s: %s', async (clientCertExclusionPaths, state) => {
  const site = { httpsOnly: true, clientCertEnabled: true, clientCertMode: 'Required', clientCertExclusionPaths };
  expect((await judgedOf({ site, others: functions(['PlaceOrder', http('function')]) }))('https.client-cert').state).toBe(state);
});

test('a missing gateway is reported with what was looked for', async () => {
  const judged = await judgedOf({ others: { gateways: { value: [] } } });
  for (const id of ['gateway.firewall', 'gateway.only-way'])
    expect(judged(id)).toMatchObject({
      state: 'not-applicable',
      reason: 'no Front Door or Application Gateway in this subscription uses a host name of the app (Front Door classic was not searched)',
    });
});

test.each(['', null, undefined])('an app that offers %j as its log categories is checked for FunctionAppLogs', async (offered) => {
  const site = offered === undefined ? {} : { eligibleLogCategories: offered };
  expect((await judgedOf({ site, others: { diagnosticSettings: { value: [] } } }))('monitoring.diagnostics')).toMatchObject({
    state: 'fail',
    found: 'not sent: FunctionAppLogs',
  });
});

const noStrings = { connectionStrings: { properties: {} } };
const expires = (attributes: Body) => ({
  ...noStrings,
  vaultSecrets: listOf({ id: `${VAULT}/secrets/payment`, name: 'payment', properties: { attributes } }),
});
const sends = (enabled: string): Body => listOf({ name: 's', properties: { workspaceId: '/w', logs: [{ category: 'A', enabled }] } });
const signIn = (more: Body) => ({
  authSettings: {
    properties: {
      platform: { enabled: true },
      globalValidation: { requireAuthentication: true },
      identityProviders: { github: { registration: { clientId: 'c' } } },
      ...more,
    },
  },
});

const holding = (role: string, principalType: string | null = 'User', principalId = role): Body => ({
  id: `/${principalId}`,
  name: principalId,
  properties: { roleDefinitionId: `/x/${role}`, principalId, scope: '/subscriptions/s', ...(principalType ? { principalType } : {}) },
});
const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const OWN = '7f3c1a52-0000-4000-8000-000000000001';

test('permissions of a custom role were not checked, and that is no pass', async () => {
  const judged = await judgedOf({ others: { identityRoles: { value: [holding(OWN)] }, roleAssignments: { value: [holding(OWN)] } } });
  expect(judged('managed-identity.no-admin')).toMatchObject({
    state: 'unknown',
    found: `no administrator role in this subscription; not checked: permissions of role ${OWN}`,
  });
  expect(judged('user-permissions.roles')).toMatchObject({
    state: 'unknown',
    found: `0 principals; not checked: permissions of role ${OWN}`,
  });
});

const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
test.each([
  ['one with a condition, which may not let its principal assign roles', OWNER, { condition: '(!(ActionMatches{}))' }, 'warn'],
  ['a custom role that was not read', OWN, {}, 'warn'],
  ['an Owner', OWNER, {}, undefined],
  ['a reader', READER, {}, 'stop'],
])('the removal of the only administrator except %s', async (_, role, more, level) => {
  const [at, principal] = [siteId('fn'), '0a000000-0000-4000-8000-0000000000a1'];
  const left = roles([OWNER, at, principal, 'User'], [role, `/subscriptions/${SUBSCRIPTION}`, principal, 'User']);
  const [removed, other] = left['value'] as unknown as { name: string; properties: object }[];
  Object.assign(other!.properties, more);
  const reader = {
    read: (_target: unknown, key: string) =>
      Promise.resolve({ state: 'read', body: key === 'roleAssignments' ? left : key === 'site' ? { id: at } : { value: [] } }),
  } as unknown as ArmReader;
  const store = new FactStore(reader, targetOf('fn'));
  const control = userPermissions.controls[0] as Rule<unknown>;
  const x = { facts: store.view, planned: store.view, answers: { remove: [removed!.name] }, me: 'somebody' } as unknown as Context<unknown>;
  const notes = await store.looking(() => [control.guards![0]!.check(x)].flat());
  expect(notes.find(({ says }) => says.startsWith('After this change'))?.level).toBe(level);
});

test.each([
  ['User', 'pass', '1 principal'],
  ['ForeignGroup', 'fail', '1 principal (1 group, whose members are not counted), 1 of another tenant'],
  ['Unknown', 'fail', '1 principal, 1 deleted or unknown'],
  [null, 'fail', '1 principal, 1 deleted or unknown'],
])('a contributor of type %s: %s', async (type, state, found) => {
  const judged = await judgedOf({ others: { roleAssignments: { value: [holding(CONTRIBUTOR, type)] } } });
  expect(judged('user-permissions.roles')).toMatchObject({ state, found });
});

test.each([
  [{ AzureWebJobsStorage__blobServiceUri: 'https://files.contoso.com' }, /AzureWebJobsStorage__blobServiceUri/],
  [{ AzureWebJobsStorage: 'BlobEndpoint=https://files.contoso.com/;SharedAccessSignature=sv=2023-01-03&sig=a' }, /AzureWebJobsStorage/],
  [{ azurewebjobsstorage__accountname: 'no account' }, /AzureWebJobsStorage__accountName/],
])('an account that %j does not show does not count as missing', async (settings, found) => {
  const app = await altered((_, site) => (site.appSettings = settings as Record<string, string>));
  for (const id of ['storage.min-tls', 'storage.network', 'storage.soft-delete', 'storage.key-age'])
    expect([id, await app.judged(id)]).toEqual([id, expect.objectContaining({ state: 'unknown', found: expect.stringMatching(found) })]);
});

/** A value of another kind than Azure documents never passes. */
test.each<[string, OneApp]>([
  ['authentication.token-store', { others: { ...signIn({ login: { tokenStore: { enabled: 'false' } } }) } }],
  [
    'authentication.token-store',
    { others: { ...signIn({ login: { tokenStore: { enabled: true } }, httpSettings: { requireHttps: 'false' } }) } },
  ],
  ['https.client-cert', { site: { clientCertEnabled: 'false', clientCertMode: 'Required' } }],
  ['monitoring.diagnostics', { site: { eligibleLogCategories: 'A' }, others: { diagnosticSettings: sends('false') } }],
  ['key-vault.soft-delete', { settings: REFERS, others: vault({ enableSoftDelete: 'false' }) }],
  ['storage.secure-transfer', { others: account({ supportsHttpsTrafficOnly: 'false' }) }],
  ['storage.anonymous-blobs', { others: account({ allowBlobPublicAccess: 'true' }) }],
  ['storage.sftp', { others: account({ isSftpEnabled: 'true' }) }],
  ['storage.key-age', { others: account({ keyCreationTime: { key1: 'soon', key2: 'later' } }) }],
  ['key-vault.secret-expiry', { settings: REFERS, others: expires({ exp: '4102444800' }) }],
  ['key-vault.secret-expiry', { settings: REFERS, others: expires({ exp: 4_102_444_800, nbf: 4_000_000_000 }) }],
  ['monitoring.app-insights', { settings: SENDS, others: component({ publicNetworkAccessForIngestion: 'SecuredByPerimeter' }) }],
  ['access-restrictions.rules', { config: { ipSecurityRestrictions: [{ action: 'Allow', priority: 1, name: 'all' }] } }],
  ['access-keys.anonymous', { others: { ...functions(['F', http('%LEVEL%')]), authSettings: { properties: {} } } }],
])('%s of %j is no pass', async (id, app) => {
  expect(['fail', 'unknown']).toContain((await judgedOf(app))(id).state);
});

test.each(['host/my.key', 'host/a+b', 'system/Event.Grid'])('the key %s that Azure lists can be accepted, and is not rotated', (name) => {
  const { known, rotate } = accessKeys.questions!;
  expect(answerProblems(known, [name])).toEqual([]);
  expect(answerProblems(rotate, [name])).toHaveLength(1);
});

test('keys stay on if the app mounts a share of the account', async () => {
  const app = await altered((_, site) => {
    site.appSettings = { AzureWebJobsStorage__accountName: 'stfnbad' };
    Object.assign(site.config, {
      azureStorageAccounts: { files: { type: 'AzureFiles', accountName: 'STFNBAD', shareName: 's', mountPath: '/files' } },
    });
  });
  expect(notesOf(await app.planned(['storage.shared-key'])).join('\n')).toMatch(
    /stop: The app mounts shares of stfnbad with a key \(files\)/,
  );
});

test.each([
  ['https://login.microsoftonline.com/72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c/v2.0', 'not-applicable'],
  ['https://login.microsoftonline.com/common/v2.0', 'attestation-missing'],
])('an attestation about API Management for an app with its own authentication and the issuer %s: %s', async (openIdIssuer, state) => {
  const identityProviders = { azureActiveDirectory: { registration: { clientId: 'c', openIdIssuer } } };
  const judged = await judgedOf({ settings: {}, others: { ...functions(['F', http('anonymous')]), ...signIn({ identityProviders }) } });
  expect(judged('authentication.api-management').state).toBe(state);
});

test.each([
  ['a condition', { condition: "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'a'" }, 1],
  ['none', {}, 0],
])('a role that the identity already has on the account, with %s', async (_, more, stops) => {
  const { changes, blocked } = await plannedOn({
    plan: 'P1v3',
    controls: ['managed-identity.host-storage'],
    change: (state, site) => {
      site.identity = systemIdentity(site.id, state.tenantId);
      const held = role(`${GROUP}/providers/Microsoft.Storage/storageAccounts/stfnbad`, ROLE.blobOwner, principalOf(site.id));
      Object.assign(held['properties'] as object, more);
      state.resources[keyOf(String(held['id']))] = held;
    },
  });
  expect(blocked.filter(({ id }) => id === 'condition')).toHaveLength(stops);
  expect(changes.some(({ key }) => key === 'roleAssignments')).toBe(stops === 0);
});
