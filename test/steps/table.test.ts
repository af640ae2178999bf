/** Every area on every hosting plan: a bad app, a good app and one that cannot be read. */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { OPERATOR_ID, ROLE } from '../../src/emulator/roles.ts';
import { bad, connectionString, healthy, planIn, siteOn, type PlanName } from '../../src/emulator/seeds.ts';
import {
  account,
  BAD_ACCOUNT,
  closed,
  component as appInsights,
  connectionOf,
  diagnostics,
  dnsZone,
  endpoint,
  frontDoor,
  GOOD_ACCOUNT,
  keeping,
  keyed,
  network,
  onboarded,
  operatorRoles,
  principalOf,
  role,
  secret,
  systemIdentity,
  vault,
  workspace,
} from '../../src/emulator/surroundings.ts';
import { keyOf, type JsonObject, type State } from '../../src/emulator/state.ts';
import type { AnyControl, Json, ResourceKey } from '../../src/step.ts';
import { assess, readsOf, readsOfSteps } from '../../src/engine/assess.ts';
import type { Decisions } from '../../src/engine/decisions.ts';
import { FactStore } from '../../src/engine/facts.ts';
import { plan as planChanges } from '../../src/engine/plan.ts';
import { ArmFailure, type ArmReader, type Target } from '../../src/engine/ports.ts';
import { applyChange, type ApplyResult } from '../../src/engine/apply.ts';
import { recordedRun } from '../../src/engine/journal.ts';
import { planUndo } from '../../src/engine/undo.ts';
import { systemClock } from '../../src/files/clock.ts';
import { world } from '../helpers/world.ts';
import { memoryJournal } from '../helpers/journal.ts';

const SUBSCRIPTION = '0a000000-0000-4000-8000-000000000001';
const HOSTINGS: readonly (readonly [string, PlanName, boolean])[] = [
  ['Consumption, Windows', 'Y1', false],
  ['Consumption, Linux', 'Y1', true],
  ['Flex Consumption', 'FC1', true],
  ['Elastic Premium', 'EP1', false],
  ['Dedicated, Windows', 'P1v3', false],
  ['Dedicated, Linux', 'P1v3', true],
];

const TENANT = '0a000000-0000-4000-8000-00000000000f';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/log`;
const SUBNETS = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets`;
const FRONT_DOOR = '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11';
const GONE = '7f3c1a52-0000-4000-8000-000000000009';
const gone = role(siteId('fn-bad'), ROLE.contributor, GONE, 'Unknown');

const answersOn = (plan: PlanName): Readonly<Record<string, Record<string, Json>>> => ({
  https: { minTls: '1.2', scmMinTls: '1.2' },
  monitoring: { component: 'appi-bad', workspace: 'log' },
  'access-keys': { open: ['PlaceOrder'], store: 'blob' },
  authentication: {
    clientId: '11111111-2222-3333-4444-555555555555',
    issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    secretSetting: '',
    audiences: [],
    action: 'Return401',
    excludedPaths: [],
  },
  'user-permissions': { most: 3, remove: [String(gone['id']).split('/').at(-1)!] },
  'key-vault': { vault: 'kv-bad', settings: ['ServiceBus', 'PaymentApiKey'] },
  storage: { keySource: 'Microsoft.Storage' },
  'private-access': { subnet: `${SUBNETS}/endpoints`, dnsZone: 'privatelink.azurewebsites.net' },
  isolation: { subnet: `${SUBNETS}/${plan === 'FC1' ? 'flex' : 'apps'}` },
  gateway: { frontDoorId: FRONT_DOOR },
  cors: { allowedOrigins: ['https://www.contoso.com'], supportCredentials: false },
  'usage-quota': { gbSeconds: 5000 },
  ftp: { state: 'Disabled' },
  scm: { rules: [{ name: 'agents', priority: 10, action: 'Allow', ip: '198.51.100.0/26' }], defaultAction: 'Deny' },
  'access-restrictions': {
    rules: [
      {
        name: 'fd',
        priority: 10,
        action: 'Allow',
        serviceTag: 'AzureFrontDoor.Backend',
        headers: { 'x-azure-fdid': [FRONT_DOOR] },
      },
    ],
    defaultAction: 'Deny',
  },
});
/** Controls that are only reported: what they want is changed where the app is built, or by people. */
const BY_HAND = [
  'https.host-names',
  'usage-quota.max-instances',
  'defender.assessments',
  'function-privilege.shared-credentials',
  'runtime.functions-version',
  'runtime.language',
  'access-keys.inventory',
  'app-settings.connection-strings',
  'app-settings.debug-flags',
  'gateway.firewall',
];
/** What a bad app cannot be bad at: nothing is there yet, or Azure itself no longer allows it. */
const NEVER_BAD = ['managed-identity.no-admin', 'key-vault.soft-delete', 'storage.key-source'];
const PRICING = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Security/pricings/AppServices`;
/** Values that ARM cannot take back to "not set"; what comes back behaves the same. */
const STAND_INS = {
  minTlsCipherSuite: 'TLS_RSA_WITH_AES_128_CBC_SHA',
  scmIpSecurityRestrictionsDefaultAction: 'Allow',
  sshEnabled: true,
  remoteDebuggingVersion: 'VS2022',
};

function siteId(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/${name}`;
}

const NETWORK = network(GROUP, 'vnet', [
  { name: 'endpoints', prefix: '10.0.1.0/24' },
  { name: 'apps', prefix: '10.0.2.0/24', delegatedTo: 'Microsoft.Web/serverFarms', endpoints: ['Microsoft.Storage', 'Microsoft.KeyVault'] },
  {
    name: 'flex',
    prefix: '10.0.3.0/24',
    delegatedTo: 'Microsoft.App/environments',
    endpoints: ['Microsoft.Storage', 'Microsoft.KeyVault'],
  },
]);
const CONTENT = 'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING';

/** A bad app and what lies around it: everything is there to make it good, and nothing is used. */
function badApp(plan: PlanName, linux: boolean): { site: ReturnType<typeof bad>; around: JsonObject[] } {
  const site = bad('fn-bad');
  const share = (plan === 'Y1' || plan === 'EP1') && !linux;
  const bus = { type: 'serviceBusTrigger', direction: 'in', name: 'item', connection: 'ServiceBus' };
  return {
    site: {
      ...site,
      moreSettings: {
        ...site.moreSettings,
        ServiceBus:
          'Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=bm90LWEta2V5LWVpdGhlci1qdXN0LWZha2U=',
        PaymentApiKey: 'canary-4f1c9e',
        FLASK_DEBUG: '1',
        AzureWebJobsSecretStorageType: 'files',
        Legacy: '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=legacy)',
        ...(share ? { [CONTENT]: connectionString('stfnbad') } : {}),
      },
      connectionStrings: { Sql: { value: 'Server=tcp:sql;Database=orders;User ID=app;Password=hunter2hunter2;', type: 'SQLAzure' } },
      keys: { 'host/default/functionKeys/ci': 'x' },
      functions: [...(site.functions ?? []), { name: 'OnMessage', language: 'dotnet-isolated', bindings: [bus] }],
    },
    around: [
      account(GROUP, 'stfnbad', BAD_ACCOUNT),
      vault(GROUP, 'kv-bad', TENANT, { enableRbacAuthorization: false }),
      secret(`${GROUP}/providers/Microsoft.KeyVault/vaults/kv-bad`, 'legacy', 'old'),
      workspace(GROUP, 'log'),
      NETWORK,
      dnsZone(GROUP),
      ...frontDoor(GROUP, 'fd-bad', 'fn-bad.azurewebsites.net', FRONT_DOOR, 'Detection'),
      gone,
      ...operatorRoles(SUBSCRIPTION),
    ],
  };
}

/** An app that passes everything its plan has. */
function goodApp(plan: PlanName, linux: boolean): { site: ReturnType<typeof bad>; around: JsonObject[] } {
  const site = healthy('fn-good');
  const id = siteId('fn-good');
  const share = (plan === 'Y1' || plan === 'EP1') && !linux;
  const inside = plan !== 'Y1';
  const subnet = `${SUBNETS}/${plan === 'FC1' ? 'flex' : 'apps'}`;
  const component = `${GROUP}/providers/Microsoft.Insights/components/appi-good`;
  const kv = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-good`;
  const routing = {
    allTraffic: true,
    applicationTraffic: false,
    contentShareTraffic: true,
    imagePullTraffic: true,
    backupRestoreTraffic: true,
  };
  const categories = [
    'FunctionAppLogs',
    'AppServiceAuthenticationLogs',
    ...(plan === 'FC1' ? ['AppServiceAuditLogs', 'AppServiceIPSecAuditLogs'] : []),
  ];
  const zone = dnsZone(GROUP);
  return {
    site: {
      ...site,
      identity: systemIdentity(id, TENANT),
      properties: {
        ...site.properties,
        functionsRuntimeAdminIsolationEnabled: true,
        ...(inside ? { publicNetworkAccess: 'Disabled', virtualNetworkSubnetId: subnet } : {}),
        ...(plan === 'EP1' || plan === 'P1v3' ? { outboundVnetRouting: routing } : {}),
        ...(plan === 'FC1'
          ? {
              functionAppConfig: {
                deployment: {
                  storage: {
                    type: 'blobcontainer',
                    value: 'https://stfngood.blob.core.windows.net/app',
                    authentication: { type: 'systemassignedidentity' },
                  },
                },
                scaleAndConcurrency: { maximumInstanceCount: 40 },
                runtime: { name: 'python', version: '3.13' },
              },
            }
          : {}),
      },
      appSettings: {
        FUNCTIONS_EXTENSION_VERSION: '~4',
        FUNCTIONS_WORKER_RUNTIME: linux ? 'python' : 'dotnet-isolated',
        APPLICATIONINSIGHTS_CONNECTION_STRING: connectionOf(component),
        AzureWebJobsDisableHomepage: 'true',
        Payment: '@Microsoft.KeyVault(VaultName=kv-good;SecretName=payment)',
        ...(share
          ? { AzureWebJobsStorage: connectionString('stfngood'), [CONTENT]: connectionString('stfngood') }
          : { AzureWebJobsStorage__accountName: 'stfngood' }),
      },
      auth: {
        platform: { enabled: true },
        globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
        identityProviders: {
          azureActiveDirectory: { registration: { clientId: 'x', openIdIssuer: 'https://login.microsoftonline.com/x/v2.0' } },
        },
        login: { tokenStore: { enabled: true } },
      },
    },
    around: [
      account(GROUP, 'stfngood', { ...GOOD_ACCOUNT, ...(share ? {} : { allowSharedKeyAccess: false }), ...(inside ? closed(subnet) : {}) }),
      ...keeping(GROUP, 'stfngood'),
      role(`${GROUP}/providers/Microsoft.Storage/storageAccounts/stfngood`, ROLE.blobOwner, principalOf(id)),
      vault(GROUP, 'kv-good', TENANT, { enablePurgeProtection: true, ...(inside ? closed(subnet) : {}) }),
      secret(kv, 'payment', 'p'),
      role(kv, ROLE.secretsUser, principalOf(id)),
      workspace(GROUP, 'log'),
      onboarded(WORKSPACE),
      appInsights(GROUP, 'appi-good', WORKSPACE),
      diagnostics(id, WORKSPACE, categories),
      NETWORK,
      zone,
      ...(inside ? endpoint(GROUP, id, `${SUBNETS}/endpoints`, String(zone['id'])) : []),
      ...frontDoor(GROUP, 'fd-good', 'fn-good.azurewebsites.net', FRONT_DOOR),
      ...operatorRoles(SUBSCRIPTION),
    ],
  };
}

function seed(plan: PlanName, linux: boolean, quality: 'bad' | 'good' = 'bad'): State {
  const record = planIn(SUBSCRIPTION, 'rg', 'plan', plan, linux);
  const app = quality === 'bad' ? badApp(plan, linux) : goodApp(plan, linux);
  const site = siteOn(record, app.site);
  if (plan === 'Y1' && quality === 'good') site.properties['dailyMemoryTimeQuota'] = 9000;
  if (linux) site.config['linuxFxVersion'] = quality === 'good' ? 'Python|3.13' : 'Python|3.8';
  if (linux && quality === 'good') site.properties['sshEnabled'] = false;
  if (plan === 'FC1' && quality === 'bad')
    site.properties['functionAppConfig'] = {
      deployment: {
        storage: {
          type: 'blobcontainer',
          value: 'https://stfnbad.blob.core.windows.net/app',
          authentication: { type: 'storageaccountconnectionstring' },
        },
      },
      scaleAndConcurrency: { maximumInstanceCount: null },
      runtime: { name: 'python', version: '3.9' },
    };
  return {
    tenantId: TENANT,
    subscriptions: [{ id: SUBSCRIPTION, name: 'Table' }],
    plans: { [keyOf(record.id)]: record },
    sites: { [keyOf(site.id)]: site },
    policyAssignments: [],
    pricings: quality === 'good' ? { [keyOf(PRICING)]: { pricingTier: 'Standard' } } : {},
    assessments: [{ site: siteId('fn-bad'), name: 'cb0acdc6', displayName: 'HTTPS only', code: 'Unhealthy' }],
    locks: [],
    resources: keyed(app.around),
    groups: {},
  };
}

function targetOf(name: string): Target {
  return {
    id: siteId(name),
    name,
    label: name,
    resourceGroup: 'rg',
    subscriptionId: SUBSCRIPTION,
    location: 'West Europe',
    kind: 'functionapp',
    tags: {},
  };
}

/** Everything that can be changed, those chosen by name only included, less what is one-way. */
const everything = (plan: PlanName): Decisions =>
  Object.fromEntries(
    catalogue.map((step) => [
      step.id,
      {
        decision: { decision: 'apply' as const },
        answers: answersOn(plan)[step.id] ?? {},
        controls: Object.fromEntries(
          step.controls
            .filter((control) => control.optIn || isOneWay(control))
            .map((control) => [control.id, { decision: isOneWay(control) ? ('skip' as const) : ('apply' as const) }]),
        ),
      },
    ]),
  );
const isOneWay = (control: AnyControl): boolean => control.kind === 'rule' && control.risk === 'one-way';

const judged = async (reader: ArmReader, target: Target, decisions: Decisions = {}) => {
  const store = new FactStore(reader, target);
  await store.load(readsOfSteps(catalogue));
  return { store, states: assess(catalogue, store, reader, { decisions, today: '2026-11-24' }).flatMap(({ controls }) => controls) };
};

test.each(HOSTINGS)(
  '%s: a bad app fails, is brought in line, and comes back to what it was',
  { timeout: 60_000 },
  async (_, planName, linux) => {
    const here = await world({ seed: () => seed(planName, linux) });
    const { reader, writer } = await here.connection();
    const target = targetOf('fn-bad');
    const before = await here.state();

    const first = await judged(reader, target);
    for (const { id, state, reason, lines } of first.states) {
      if (state === 'not-applicable') expect(reason, `${id} says why it does not apply`).toMatch(/\w{3}/);
      else if (state === 'attestation-missing') expect(lines.length, `${id} says what it is about`).toBeGreaterThan(0);
      else if (!NEVER_BAD.includes(id)) expect([id, state]).toEqual([id, 'fail']);
    }

    const decisions = everything(planName);
    const by = { decisions, today: '2026-11-24', me: OPERATOR_ID };
    const plan = await planChanges(catalogue, first.store, writer, by);
    expect(plan.missing).toEqual([]);
    expect(plan.unknown).toEqual([]);
    expect(plan.blocked).toEqual([]);
    // A secret that was moved stays in the vault, and says so; everything else can be taken back.
    expect(plan.changes.filter(({ undo }) => undo === 'none').map(({ key, stays }) => [key, stays !== undefined])).toEqual([
      ['vaultSecret', true],
      ['vaultSecret', true],
    ]);

    const { entries, journal } = memoryJournal(target);
    const tools = { arm: writer, journal, clock: { ...systemClock, sleep: () => Promise.resolve() } };
    for (const [index, change] of plan.changes.entries())
      expect(told(await applyChange(change, index + 1, tools)), change.resource).toEqual(['applied', 'shown']);

    const second = await judged(reader, target, decisions);
    for (const { id, state, control } of second.states) {
      if (control.kind === 'attestation' || isOneWay(control)) continue;
      expect([id, state]).toEqual([id, state === 'not-applicable' ? state : BY_HAND.includes(id) ? 'fail' : 'pass']);
    }
    expect((await planChanges(catalogue, second.store, writer, by)).changes, 'nothing is left to do').toEqual([]);

    const undo = await planUndo(recordedRun(entries)!, writer);
    expect(undo.conflicts).toEqual([]);
    for (const [index, change] of undo.changes.entries())
      expect(told(await applyChange(change, index + 1, tools)), change.resource).toEqual(['applied', 'shown']);
    const after = withoutStandIns(await here.state(), before);
    for (const id of Object.keys(after.resources)) if (/\/secrets\/fn-bad-/.test(id)) delete after.resources[id];
    expect(after).toEqual(before);
  },
);

const told = (result: ApplyResult): unknown[] =>
  result.state === 'applied'
    ? ['applied', result.verified]
    : [result.state, result.state === 'failed' ? result.failure.message : JSON.stringify(result)];

/** Drops a stand-in where the app had nothing before. */
function withoutStandIns(after: State, start: State): State {
  for (const [key, site] of Object.entries(after.sites)) {
    // Once written, the settings of a sign-in can be switched off but not made unwritten.
    if (start.sites[key]?.auth === undefined && JSON.stringify(site.auth) === '{"platform":{"enabled":false}}') delete site.auth;
    for (const part of ['properties', 'config'] as const) {
      for (const [name, value] of Object.entries(STAND_INS))
        if (site[part][name] === value && start.sites[key]?.[part][name] === undefined) delete site[part][name];
    }
  }
  return after;
}

test.each(HOSTINGS)('%s: a good app passes and nothing is planned', async (_, planName, linux) => {
  const here = await world({ seed: () => seed(planName, linux, 'good') });
  const { reader, writer } = await here.connection();
  const { store, states } = await judged(reader, targetOf('fn-good'));
  for (const { id, state, found } of states)
    expect(['pass', 'not-applicable', 'attestation-missing'], `${id}: ${state} ${found}`).toContain(state);
  const decisions = Object.fromEntries(
    catalogue.map((step) => [step.id, { decision: { decision: 'apply' as const }, answers: {}, controls: {} }]),
  );
  const plan = await planChanges(catalogue, store, writer, { decisions, today: '2026-11-24' });
  expect([plan.changes, plan.missing]).toEqual([[], []]);
});

test('what cannot be read is unknown with the reason, never pass or fail', async () => {
  const here = await world({ seed: () => seed('EP1', false) });
  const { reader } = await here.connection();
  const target = targetOf('fn-bad');
  const keys = readsOfSteps(catalogue);
  for (const hidden of keys) {
    const failure = new ArmFailure({ kind: 'forbidden', code: 'AuthorizationFailed', message: 'You may not read this.', next: 'Ask.' });
    const blind: ArmReader = {
      ...reader,
      read: (at, key: ResourceKey, known) =>
        key === hidden ? Promise.resolve({ state: 'unreadable', failure }) : reader.read(at, key, known),
    };
    for (const { id, control, state, reason } of (await judged(blind, target)).states) {
      if (!readsOf(control).includes(hidden) || state === 'not-applicable' || control.kind === 'attestation') continue;
      expect([id, state]).toEqual([id, 'unknown']);
      expect(reason).toContain('You may not read this.');
    }
  }
});
