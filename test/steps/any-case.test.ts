/** Azure takes its words in any case and gives them back as they were sent: kinds, tiers, states. */
import { type Body } from '../../src/change/json-paths.ts';
import { expect, test } from 'vitest';
import type { App } from '../../src/azure/index.ts';
import type { Intent } from '../../src/change/undo-log.ts';
import { problemOf } from '../../src/engine/past/record-check.ts';
import { runStart } from '../helpers/journal.ts';
import { appOf } from '../../src/engine/judge/app-hosting.ts';
import { targetOf } from '../helpers/hostings.ts';
import { account, functions, REFERS, vault } from '../helpers/bodies.ts';
import { judgedOf, type OneApp } from '../helpers/one-app.ts';

test.each([
  ['functionapp,linux,container,azurecontainerapps', {}, 'CA', 'linux'],
  ['functionapp,linux,container,AzureContainerApps', { sku: null }, 'CA', 'linux'],
  ['FunctionApp,Linux', { sku: 'dynamic' }, 'Y1', 'linux'],
  ['functionapp', { sku: 'FLEXCONSUMPTION', reserved: true }, 'FC1', 'linux'],
  ['functionapp', { sku: 'elasticPremium' }, 'EP', 'windows'],
  ['functionapp', { sku: 'Standard' }, 'D', 'windows'],
] as const)('%s with %j is %s on %s', (kind, properties, plan, os) => {
  const app: App = appOf(targetOf('fn'), { id: 'x', name: 'fn', location: 'x', kind, properties: properties as never });
  expect([app.plan, app.os]).toEqual([plan, os]);
});

const passing: readonly (readonly [string, OneApp])[] = [
  ['ftp.state', { config: { ftpsState: 'disabled' } }],
  ['https.cipher-suite', { config: { minTlsCipherSuite: 'tls_aes_256_gcm_sha384' } }],
  ['https.client-cert', { site: { httpsOnly: true, clientCertEnabled: true, clientCertMode: 'required' } }],
  ['https.min-tls', { config: { minTlsVersion: 1.2 } }],
  ['https.https-only', { site: { httpsOnly: 'True' } }],
  ['remote-debugging.off', { config: { remoteDebuggingEnabled: 'false' } }],
  ['private-access.public-network', { site: { publicNetworkAccess: 'disabled' } }],
];
test.each(passing)('%s passes with %j', async (id, app) => {
  expect((await judgedOf(app))(id).state).toBe('pass');
});

test.each([
  [{ type: 'none' }, 'fail'],
  [{ type: '' }, 'fail'],
  [{ type: 'UserAssigned', userAssignedIdentities: {} }, 'fail'],
  [{ type: 'UserAssigned', userAssignedIdentities: null }, 'fail'],
  [{ type: 'userAssigned', userAssignedIdentities: { '/id': {} } }, 'pass'],
  [{ type: 'systemAssigned', principalId: 'p' }, 'pass'],
])('the identity %j: %s', async (identity, state) => {
  expect((await judgedOf({ identity }))('managed-identity.assigned').state).toBe(state);
});

const binding = (members: Body): Body => ({ value: [{ name: 'fn/One', properties: { config: { bindings: [members] } } }] });
const behind = (state: string): Body => ({
  value: [{ id: 'x', name: 'appgw', properties: { kind: 'Application Gateway', waf: { enabled: true, mode: state } } }],
});
const READER = { principalType: 'User', roleDefinitionId: '/x/b24988ac-6180-42a0-ab88-20f7382dd24c', scope: '/subscriptions/s' };
const holders = (...ids: readonly string[]): Body => ({
  value: ids.map((principalId, index) => ({ id: `/a/${index}`, name: String(index), properties: { ...READER, principalId } })),
});
test.each<[string, OneApp['others'], string, RegExp]>([
  [
    'data-validation.reviewed',
    { functions: binding({ type: 'HTTPTRIGGER', authLevel: 'Anonymous' }) },
    'attestation-missing',
    /httpTrigger, level anonymous/,
  ],
  [
    'defender.assessments',
    { defenderAssessments: { value: [{ properties: { status: { code: 'unhealthy' } } }] } as Body },
    'fail',
    /1 open/,
  ],
  ['gateway.firewall', { gateways: behind('prevention') }, 'pass', /appgw/],
  ['gateway.firewall', { gateways: behind('detection') }, 'fail', /detection mode/],
  [
    'key-vault.resolve',
    { references: { value: [{ name: 'PAYMENT', properties: { status: 'resolved' } }] } as Body, connectionStrings: { properties: {} } },
    'pass',
    /1 reference resolves/,
  ],
  ['user-permissions.roles', { roleAssignments: holders('AB', 'ab', 'cd', 'ef') }, 'pass', /^3 principals/],
])('%s reads %j: %s', async (id, others, state, says) => {
  const { state: judged, found, lines } = (await judgedOf({ settings: REFERS, others: others! }))(id);
  expect([judged, [found, ...lines].join('; ')]).toEqual([state, expect.stringMatching(says)]);
});

test('another word is wrong in any case, and no switch that is shown as wanted fails', async () => {
  expect((await judgedOf({ config: { ftpsState: 'ftpsOnly' } }))('ftp.state').state).toBe('fail');
  expect((await judgedOf({ site: { httpsOnly: 'False' } }))('https.https-only')).toMatchObject({ state: 'fail', found: 'off' });
  expect((await judgedOf({ config: { remoteDebuggingEnabled: 'true' } }))('remote-debugging.off').state).toBe('fail');
  expect((await judgedOf({ site: { httpsOnly: 'True ' } }))('https.https-only')).toMatchObject({ state: 'pass', found: 'on' });
});

test('a switch as a word means the same in storage accounts, vaults and the site', async () => {
  const accounts = {
    ...account({ allowBlobPublicAccess: 'False', supportsHttpsTrafficOnly: 'true', allowSharedKeyAccess: 'false' }),
  };
  const stored = await judgedOf({
    settings: REFERS,
    others: {
      ...accounts,
      connectionStrings: { properties: {} },
      ...vault({ enablePurgeProtection: 'True', enableRbacAuthorization: 'true' }),
    },
  });
  for (const id of [
    'storage.anonymous-blobs',
    'storage.secure-transfer',
    'storage.shared-key',
    'key-vault.purge-protection',
    'key-vault.rbac',
  ])
    expect([id, stored(id).state]).toEqual([id, 'pass']);
  expect(
    (await judgedOf({ site: { reserved: 'False' }, config: { detailedErrorLoggingEnabled: 'True' } }))('error-handling.detailed-errors')
      .state,
  ).toBe('fail');
});

test.each([
  [{ sku: 'Standard', endToEndEncryptionEnabled: false }, 'fail'],
  [{ sku: 'isolatedv2', endToEndEncryptionEnabled: null }, 'fail'],
  [{ sku: 'Basic', endToEndEncryptionEnabled: false }, 'not-applicable'],
  [{ sku: null, endToEndEncryptionEnabled: false }, 'unknown'],
  [{ sku: null, endToEndEncryptionEnabled: true }, 'pass'],
  [{ sku: 'Quantum', endToEndEncryptionEnabled: false }, 'unknown'],
] as const)('end-to-end encryption with %j: %s', async (site, state) => {
  const judged = (await judgedOf({ site }))('https.end-to-end');
  expect(judged.state).toBe(state);
  if (state === 'unknown') expect(judged.reason).toMatch(/tier/);
});

test.each(['Quantum', null])(
  'a control that depends on the plan is unknown on the tier %s, also where Azure reports the tier',
  async (sku) => {
    const { state, reason } = (await judgedOf({ site: { sku, dailyMemoryTimeQuota: 0 } }))('usage-quota.daily');
    expect([state, reason]).toEqual([
      'unknown',
      'func-harden does not know the plan of the app, so it is unknown whether this control applies',
    ]);
  },
);

// app-service/overview-arc-integration: networking, identities and FTP are not available there.
test.each([{ kind: 'functionapp,linux,Kubernetes' }, { site: { sku: 'Kubernetes' } }])(
  'no control of an app on Azure Arc passes or is changed, and its hosting has ended: %j',
  async (app) => {
    const judged = await judgedOf({ ...app, config: { ftpsState: 'Disabled', minTlsVersion: '1.0' } });
    for (const id of ['ftp.state', 'https.min-tls', 'access-restrictions.rules', 'usage-quota.daily'])
      expect([id, judged(id).state, judged(id).reason]).toEqual([id, 'unknown', expect.stringContaining('Azure Arc')]);
    expect([judged('runtime.plan').state, judged('runtime.plan').found]).toEqual(['fail', 'App Service on Azure Arc ended on 2026-03-31']);
    expect(judged('data-validation.reviewed').state).toBe('attestation-missing');
  },
);

test.each(['Free', 'shared'])('the %s tier supports no client certificates and no cipher suite', async (sku) => {
  const judged = await judgedOf({ site: { sku, clientCertEnabled: false }, config: { minTlsCipherSuite: null } });
  for (const id of ['https.client-cert', 'https.cipher-suite'])
    expect([id, judged(id).state, judged(id).reason]).toEqual([id, 'not-applicable', expect.stringContaining('Basic or higher')]);
});

test('client certificates without a mode count as required', async () => {
  const state = async (site: OneApp['site']) => (await judgedOf({ site: { httpsOnly: true, ...site } }))('https.client-cert').state;
  expect(await state({ clientCertEnabled: true, clientCertMode: null })).toBe('pass');
  expect(await state({ clientCertEnabled: true })).toBe('pass');
  expect(await state({ clientCertEnabled: true, clientCertMode: 'OptionalInteractiveUser' })).toBe('fail');
  expect(await state({ clientCertEnabled: null, clientCertMode: 'Required' })).toBe('fail');
});

// Templates and PowerShell leave settings without a value (Azure/Azure-Functions#1711).
test('a setting or connection string whose value is null hides no verdict on the others', async () => {
  const judged = await judgedOf({
    settings: { ProxyUrl: null, PaymentApiKey: 'canary-4f1c9e' },
    others: {
      connectionStrings: { properties: { Empty: { value: null, type: 'Custom' }, Sql: { value: 'Server=s;Password=p', type: null } } },
    },
  });
  expect(judged('app-settings.clear-secrets')).toMatchObject({ state: 'fail', found: 'PaymentApiKey' });
  expect(judged('app-settings.debug-flags').state).toBe('pass');
  expect(judged('app-settings.connection-strings')).toMatchObject({ state: 'fail', found: expect.stringMatching(/^Sql/) as string });
});

test('the value of a setting that names a connection is not shown', async () => {
  const uses = { type: 'queueTrigger', connection: '%Name%' };
  const judged = await judgedOf({ settings: { Name: 'canary-4f1c9e' }, others: functions(['A', uses]) });
  expect(judged('function-privilege.shared-credentials').lines).toEqual(['%Name%: A']);
  expect(judged('function-privilege.reviewed').lines).toEqual(['A uses %Name% (queueTrigger)']);
});

test('an undo log may restore a switch as the word that Azure had, and no other text', () => {
  const target = targetOf('fn');
  const intent = (before: string) =>
    ({
      type: 'intent',
      key: 'site',
      target: target.id,
      app: target.label,
      resource: target.id,
      path: target.id,
      apiVersion: '2024-11-01',
      method: 'PATCH',
      undo: 'restore',
      edits: [{ path: 'properties.httpsOnly', before: { kind: 'plain', json: before }, after: { kind: 'plain', json: true } }],
    }) as unknown as Intent;
  const problem = (before: string) => problemOf(intent(before), { start: runStart('r', target) });
  expect(problem('False')).toBeUndefined();
  expect(problem('x')).toMatch(/different type/);
});

test('the setting that has the secret of a connection is named, also with the prefix of the host', async () => {
  const settings = {
    Orders: '@Microsoft.KeyVault(VaultName=kv;SecretName=o)',
    AzureWebJobsOrders: 'Endpoint=sb://c/;SharedAccessKey=eA==',
  };
  const others = { ...functions(['A', { type: 'serviceBusTrigger', connection: 'Orders' }]), connectionStrings: { properties: {} } };
  expect((await judgedOf({ settings, others }))('managed-identity.connections').lines).toEqual([
    'A (serviceBusTrigger) signs in with the secret in AzureWebJobsOrders',
  ]);
});
