/** Telemetry: which component, by which key or identity, whom a closed component shuts out, and which logs go where. */
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { OPERATOR_ID, ROLE } from '../../src/emulator/access/roles.ts';
import { siteOn } from '../../src/emulator/web/sites.ts';
import { keyOf, type JsonObject, type SiteRecord, type State } from '../../src/emulator/state.ts';
import { component, connectionOf, principalOf, role, systemIdentity } from '../../src/emulator/samples/sample-resources.ts';
import { assess, readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { rowsWith } from '../../steps/lib/monitoring/diagnostic-settings.ts';
import type { DiagnosticSetting, Json } from '../../src/azure/index.ts';
import type { Rule } from '../../src/contract/index.ts';
import { GROUP, seed, siteId, targetOf, WORKSPACE } from '../helpers/hostings.ts';
import { world } from '../helpers/world.ts';

const APPI = `${GROUP}/providers/Microsoft.Insights/components/appi`;
const CONNECTION = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const AUTH = 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING';
const ELSEWHERE =
  'InstrumentationKey=b2657225-329f-461b-aa97-94eb10e71419;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/';
const VAULTED = '@Microsoft.KeyVault(VaultName=kv;SecretName=insights)';
const CLIENT = '11111111-2222-3333-4444-555555555555';

const KEY = 'APPINSIGHTS_INSTRUMENTATIONKEY';
const keyOnly =
  (key: string): Change =>
  (site) => {
    delete site.appSettings[CONNECTION];
    site.appSettings[KEY] = key;
  };
// prowler-cloud/prowler 7298: an app may have the older key only.
describe('an app with an instrumentation key only', () => {
  const own = /InstrumentationKey=([^;]+)/.exec(connectionOf(APPI))![1]!;
  const ANSWERS = { component: 'appi-new', workspace: 'log' };
  test.each([
    [
      'another component is answered',
      own.toUpperCase(),
      ANSWERS,
      /warn .*with an instrumentation key to appi\. After this change, it sends telemetry to appi-new/,
    ],
    ['its own component is answered', own, { ...ANSWERS, component: 'appi' }, /clear .*that was read, or to none/],
    [
      'its component is not visible',
      '00000000-1111-4222-8333-444444444444',
      ANSWERS,
      /warn .*was not found in this subscription\. After this change/,
    ],
  ])('%s', async (_, key, answers, note) => {
    const { notes } = await planned('app-insights', keyOnly(key), answers);
    expect(notes.filter(({ id }) => id === 'component').map(({ level, says }) => `${level} ${says}`)[0]).toMatch(note);
  });
  test('has its component as the suggestion, so that its telemetry stays in one place', async () => {
    const { store } = await opened(keyOnly(own));
    expect(step[0]!.prefill?.['component']?.({ facts: store.view, app: { name: 'fn-bad' } } as never)).toBe('appi');
  });
});

type Change = (site: SiteRecord, state: State) => void;
const step = catalogue.filter(({ id }) => id === 'monitoring');

async function opened(change: Change) {
  const here = await world({
    seed: () => {
      const state = seed('P1v3', false);
      const add = (one: JsonObject) => (state.resources[keyOf(String(one['id']))] = one);
      add(component(GROUP, 'appi', WORKSPACE));
      change(state.sites[keyOf(siteId('fn-bad'))]!, state);
      return state;
    },
  });
  const { reader, writer } = await here.connection();
  const store = new FactStore(reader, targetOf('fn-bad'));
  await store.load(readsOfSteps(step));
  return { reader, writer, store };
}
const by = (control: string, answers: Record<string, Json> = {}) => ({
  decisions: { monitoring: { answers, controls: { [control]: { decision: 'apply' as const } } } },
  today: '2026-11-24',
  me: OPERATOR_ID,
});
async function judged(control: string, change: Change, answers: Record<string, Json> = {}): Promise<string> {
  const { store, reader } = await opened(change);
  const [area] = assess(step, store, reader, by(control, answers));
  const { state, found } = area!.controls.find(({ id }) => id === `monitoring.${control}`)!;
  return `${state}: ${found}`;
}
async function planned(control: string, change: Change, answers: Record<string, Json> = {}) {
  const { store, writer } = await opened(change);
  const { changes, blocked } = await plan(step, store, writer, by(control, answers));
  return { changes, blocked, stops: blocked.map(({ says }) => says).join(' '), notes: changes.flatMap(({ guards }) => guards) };
}
const connected =
  (value = connectionOf(APPI), more: Readonly<Record<string, string>> = {}): Change =>
  (site) =>
    void Object.assign(site.appSettings, { [CONNECTION]: value, ...more });
const NO_ROLE = 'the identity does not have the role Monitoring Metrics Publisher on appi';
const signedIn: Change = (site, state) => {
  connected(undefined, { [AUTH]: 'Authorization=AAD' })(site, state);
  site.identity = systemIdentity(site.id, state.tenantId);
};
const mayPublish = (state: State): void => {
  const one = role(APPI, ROLE.metricsPublisher, principalOf(siteId('fn-bad')));
  state.resources[keyOf(String(one['id']))] = one;
};

describe('the component that an app sends telemetry to', () => {
  const OTHER =
    'a component that is not in this subscription, or that you have no permission to read; other subscriptions were not checked';
  const HIDDEN = 'the connection string is a reference to a value outside the app settings, so the component is unknown';
  test.each<[string, Change, string]>([
    ['none', () => {}, 'fail: not connected'],
    ['one of the subscription', connected(), 'pass: appi'],
    [
      'its setting spelled in another case of the key',
      connected(connectionOf(APPI).toUpperCase().replace('INSTRUMENTATIONKEY', 'InstrumentationKey')),
      'pass: appi',
    ],
    ['a component that is not visible', connected(ELSEWHERE), `unknown: ${OTHER}`],
    ['a component in a vault', connected(VAULTED), `unknown: ${HIDDEN}`],
    ['no key at all', connected('IngestionEndpoint=https://x/'), 'fail: a connection string without an instrumentation key'],
  ])('%s', async (_, change, expected) => {
    expect(await judged('app-insights', change)).toBe(expected);
  });

  test('is wrong if another visible component is answered', async () => {
    expect(await judged('app-insights', connected(ELSEWHERE), { component: 'appi' })).toBe(`fail: ${OTHER}`);
    expect(await judged('app-insights', connected(ELSEWHERE), { component: 'appi-elsewhere' })).toBe(`unknown: ${OTHER}`);
    expect(await judged('app-insights', connected(VAULTED), { component: 'appi' })).toBe(`unknown: ${HIDDEN}`);
    const { notes } = await planned('app-insights', connected(ELSEWHERE), { component: 'appi', workspace: 'log' });
    expect(notes).toContainEqual(
      expect.objectContaining({ level: 'warn', says: expect.stringContaining('it sends telemetry to appi') as string }),
    );
  });

  test('is not created in another subscription, where none is looked for', async () => {
    const id = '/subscriptions/0b000000-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/components/central';
    const { changes, stops } = await planned('app-insights', () => {}, { component: id, workspace: 'log' });
    expect([changes, stops]).toEqual([[], expect.stringContaining('central is in another subscription')]);
  });
});

describe('telemetry with Entra ID', () => {
  test('the setting is written before the key is switched off, if both are chosen', async () => {
    const { store, writer } = await opened(connected());
    const controls = { 'insights-auth': { decision: 'apply' as const }, 'insights-local-auth': { decision: 'apply' as const } };
    const { changes } = await plan(step, store, writer, { ...by('insights-auth'), decisions: { monitoring: { answers: {}, controls } } });
    expect(changes.map(({ key }) => key)).toEqual(['siteIdentity', 'roleAssignments', 'appSettings', 'components']);
    expect(changes[0]?.diff, 'what stands there now is known').toMatchObject([
      { before: { json: 'None' }, after: { json: 'SystemAssigned' } },
    ]);
  });

  const users = {
    [`${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id`]: { principalId: OPERATOR_ID, clientId: CLIENT },
  };
  const as =
    (value: string, identity?: JsonObject): Change =>
    (site, state) => {
      connected(undefined, { [AUTH]: value })(site, state);
      if (identity) site.identity = identity;
    };
  test.each<[string, Change, string]>([
    ['not connected', () => {}, 'fail: not connected'],
    ['by key', connected(), 'fail: with the key in the connection string'],
    [
      'as the app itself',
      (site, state) => {
        signedIn(site, state);
        mayPublish(state);
      },
      'pass: with Entra ID',
    ],
    ['as the app itself, without the role', signedIn, `fail: with Entra ID, but ${NO_ROLE}`],
    ['as nobody', as('Authorization=AAD'), 'fail: with Entra ID, but the app has no system-assigned identity'],
    [
      'as another identity',
      as(`ClientId=${CLIENT.toUpperCase()};authorization=aad`, { type: 'UserAssigned', userAssignedIdentities: users }),
      `fail: with Entra ID, but ${NO_ROLE}`,
    ],
    [
      'as an identity of another app',
      as(`Authorization=AAD;ClientId=${CLIENT}`),
      'fail: with Entra ID, but the app does not have the identity that the setting names',
    ],
    ['other words', as('Authorization=Key'), 'fail: with the key in the connection string'],
    ['in a vault', as(VAULTED), `unknown: ${AUTH} is a reference, and its value was not checked`],
  ])('%s', async (_, change, expected) => {
    expect(await judged('insights-auth', change)).toBe(expected);
  });

  test('the identity gets the role on the component before the setting is written', async () => {
    const { changes } = await planned('insights-auth', connected());
    expect(changes.map(({ key, resource }) => [key, resource.split('/providers/')[1]])).toEqual([
      ['siteIdentity', 'Microsoft.Web/sites/fn-bad'],
      ['roleAssignments', 'microsoft.insights/components/appi'],
      ['appSettings', 'Microsoft.Web/sites/fn-bad/config/appsettings'],
    ]);
    expect(changes.at(-1)?.after).toContain('roleAssignments');
    expect(changes.at(-1)?.diff).toMatchObject([{ path: `properties.${AUTH}`, after: { json: 'Authorization=AAD' } }]);
  });

  test('until the component is answered, sign-in to it is not stopped, and no part of it is sent', async () => {
    const { store, writer } = await opened(() => {});
    const controls = { 'app-insights': { decision: 'apply' as const }, 'insights-auth': { decision: 'apply' as const } };
    const ticked = (names: Partial<typeof controls>, answers: Readonly<Record<string, Json>> = {}) =>
      plan(step, store, writer, { ...by('insights-auth'), decisions: { monitoring: { answers, controls: names } } });
    const { changes, blocked, missing } = await ticked(controls);
    expect([changes, blocked]).toEqual([[], []]);
    expect(await ticked(controls, { component: 'appi-new' })).toMatchObject({ changes: [], blocked: [] });
    expect(missing.map(({ question }) => question)).toContain('component');
    const alone = await ticked({ 'insights-auth': controls['insights-auth'] });
    expect(alone.blocked.map(({ says }) => says)).toEqual([expect.stringContaining('Connect it first')]);
  });

  test('a user-assigned identity is given by its client id', async () => {
    const { changes } = await planned('insights-auth', as('', { type: 'UserAssigned', userAssignedIdentities: users }));
    expect(changes.at(-1)?.diff).toMatchObject([{ after: { json: `ClientId=${CLIENT};Authorization=AAD` } }]);
  });

  test('if the component cannot be read, nothing is written', async () => {
    const { changes, stops } = await planned('insights-auth', connected(ELSEWHERE));
    expect([changes, stops]).toEqual([[], expect.stringContaining('Monitoring Metrics Publisher there')]);
  });
});

describe('the key of a component', () => {
  const off: Change = (_, state) => {
    (state.resources[keyOf(APPI)]!['properties'] as JsonObject)['DisableLocalAuth'] = true;
  };
  const ready: Change = (site, state) => {
    signedIn(site, state);
    mayPublish(state);
  };
  const beside =
    (settings: Readonly<Record<string, string>>): Change =>
    (site, state) => {
      ready(site, state);
      const other = siteOn(Object.values(state.plans)[0]!, { name: 'fn-other', moreSettings: settings });
      state.sites[keyOf(other.id)] = other;
    };
  test.each<[string, Change, string]>([
    ['nowhere', () => {}, 'not-applicable: no component is known to receive telemetry: not connected'],
    [
      'not seen',
      connected(ELSEWHERE),
      'unknown: a component that is not in this subscription, or that you have no permission to read; other subscriptions were not checked',
    ],
    ['taken', connected(), 'fail: on at appi'],
    ['refused', (site, state) => (connected()(site, state), off(site, state)), 'pass: off at appi'],
  ])('%s', async (_, change, expected) => {
    expect(await judged('insights-local-auth', change)).toBe(expected);
  });

  test('is switched off if the app signs in and no other app is found with the key', async () => {
    const { changes, notes } = await planned('insights-local-auth', ready);
    expect(changes).toMatchObject([
      { key: 'components', method: 'PUT', risk: 'lock-out', diff: [{ path: 'properties.DisableLocalAuth', after: { json: true } }] },
    ]);
    expect(changes[0]?.body).toMatchObject({ kind: 'web', properties: { Application_Type: 'web', WorkspaceResourceId: WORKSPACE } });
    expect(JSON.stringify(changes[0]?.body)).not.toContain('InstrumentationKey');
    expect(notes).toContainEqual(expect.objectContaining({ level: 'warn', says: expect.stringContaining('were not checked') as string }));
  });

  test.each<[string, Change, RegExp]>([
    ['the app itself sends by key', connected(), /The app itself sends/],
    ['its identity has no role', signedIn, /does not have the role Monitoring Metrics Publisher/],
    ['another app sends by key', beside({ [CONNECTION]: connectionOf(APPI) }), /fn-other sends telemetry to appi with the key/],
    ['another app has the old key', beside({ APPINSIGHTS_INSTRUMENTATIONKEY: /=([^;]+)/.exec(connectionOf(APPI))![1]! }), /fn-other sends/],
  ])('stays on if %s', async (_, change, says) => {
    const { changes, stops } = await planned('insights-local-auth', change);
    expect(changes).toEqual([]);
    expect(stops).toMatch(says);
  });

  test('apps that sign in do not count, and apps with unknown settings are reported', async () => {
    const signs = await planned('insights-local-auth', beside({ [CONNECTION]: connectionOf(APPI), [AUTH]: 'Authorization=AAD' }));
    expect(signs.changes).toHaveLength(1);
    const hidden = await planned('insights-local-auth', beside({ [CONNECTION]: VAULTED }));
    expect(hidden.notes.map(({ says }) => says).join(' ')).toContain('func-harden does not know where fn-other sends telemetry');
  });
});

describe('logs', () => {
  const setting = (name: string, logs: readonly Json[], workspaceId = WORKSPACE): DiagnosticSetting => ({
    id: `x/${name}`,
    name,
    properties: { workspaceId, logs: logs as never },
  });
  const group = (categoryGroup: string): Json => ({ categoryGroup, enabled: true });
  const row = (category: string, enabled = true): Json => ({ category, enabled });
  const OFFERED = ['FunctionAppLogs', 'AppServiceAuthenticationLogs', 'AppServiceAuditLogs', 'AppServiceIPSecAuditLogs'];
  const rows = (own: DiagnosticSetting | undefined, others: readonly DiagnosticSetting[], added: readonly string[]) =>
    rowsWith(own, others, added, OFFERED).map((one) => (one as { category: string }).category);

  test.each<[string, DiagnosticSetting | undefined, readonly DiagnosticSetting[], readonly string[], readonly string[]]>([
    ['no diagnostic setting', undefined, [], ['FunctionAppLogs'], ['FunctionAppLogs']],
    ['a group of another setting has some', undefined, [setting('policy', [group('audit')])], OFFERED, OFFERED.slice(0, 2)],
    ['a group of another setting has all', undefined, [setting('policy', [group('AllLogs')])], OFFERED, []],
    [
      'another setting sends one category by name',
      undefined,
      [setting('x', [row('functionapplogs')])],
      OFFERED.slice(0, 2),
      ['AppServiceAuthenticationLogs'],
    ],
    [
      'a group of our own is spelled out',
      setting('func-harden', [group('audit')]),
      [],
      ['FunctionAppLogs'],
      ['AppServiceAuditLogs', 'AppServiceIPSecAuditLogs', 'FunctionAppLogs'],
    ],
    [
      'ours moves to where another sends the same',
      setting('func-harden', [row('FunctionAppLogs')]),
      [setting('x', [row('FunctionAppLogs')])],
      ['AppServiceAuditLogs'],
      ['AppServiceAuditLogs'],
    ],
  ])('%s', (_, own, others, added, expected) => {
    expect(rows(own, others, added)).toEqual(expected);
  });

  test('a workspace of another subscription is not checked for Sentinel', async () => {
    const to =
      (workspaceId: string): Change =>
      (site, state) => {
        const id = `${site.id}/providers/Microsoft.Insights/diagnosticSettings/x`;
        state.resources[keyOf(id)] = { id, properties: { workspaceId, logs: [group('allLogs') as JsonObject] } };
      };
    const central =
      '/subscriptions/0b000000-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/central';
    expect(await judged('sentinel', to(WORKSPACE))).toBe('fail: not enabled on log');
    expect(await judged('sentinel', to(central))).toBe('unknown: central: not among the workspaces of this subscription, so not checked');
  });

  test('categories that a category group sends are not missing, and are not sent again', async () => {
    const sent =
      (name: string, ...logs: Json[]): Change =>
      (site, state) => {
        const id = `${site.id}/providers/Microsoft.Insights/diagnosticSettings/${name}`;
        state.resources[keyOf(id)] = { id, properties: { workspaceId: WORKSPACE, logs: logs as never } };
      };
    expect(await judged('diagnostics', sent('by-policy', group('allLogs')))).toBe('pass: group allLogs');
    expect(await judged('diagnostics', sent('by-policy', group('audit')))).toBe(
      'fail: not sent: FunctionAppLogs, AppServiceAuthenticationLogs',
    );
    const { changes, notes } = await planned('diagnostics', sent('by-policy', group('audit')), { workspace: 'log' });
    expect(changes).toHaveLength(1);
    expect(notes).toContainEqual(expect.objectContaining({ level: 'warn', says: expect.stringContaining('the group audit') as string }));
  });

  test('a category whose row is disabled is sent by an enabled row in its place', () => {
    const row = (category: string, enabled: boolean) => ({ category, enabled, retentionPolicy: { enabled: true, days: 7 } });
    const own = {
      id: '/x',
      name: 'func-harden',
      properties: { logs: [row('FunctionAppLogs', false), row('AppServiceAuthenticationLogs', true)] },
    };
    expect(rowsWith(own as DiagnosticSetting, [], ['FunctionAppLogs'], [])).toEqual([
      row('AppServiceAuthenticationLogs', true),
      { category: 'FunctionAppLogs', enabled: true },
    ]);
  });
});

test('of several workspaces, components or DNS zones with one name, none is guessed', () => {
  const two = (type: string, name: string) => ({
    value: ['one', 'two'].map((group) => ({ id: `/subscriptions/s/resourceGroups/${group}/providers/${type}/${name}`, name })),
  });
  const ZONE = 'privatelink.azurewebsites.net';
  const facts = {
    site: { id: '/s', properties: {} },
    workspaces: two('Microsoft.OperationalInsights/workspaces', 'log'),
    components: two('Microsoft.Insights/components', 'appi'),
    privateDnsZones: two('Microsoft.Network/privateDnsZones', ZONE),
    diagnosticSettings: { value: [] },
  };
  const guard = (area: string, id: string, name: string, answers: object) => {
    const rule = catalogue.find((one) => one.id === area)!.controls.find((one) => one.id === id) as Rule<unknown>;
    return rule.guards!.find((one) => one.id === name)!.check({ facts, planned: facts, answers } as never);
  };
  const stop = {
    level: 'stop',
    says: expect.stringMatching(/^2 .* have the name .*\/resourceGroups\/one\/.*\/resourceGroups\/two\//) as string,
  };
  expect(guard('monitoring', 'diagnostics', 'workspace', { workspace: 'LOG' })).toEqual(stop);
  expect(guard('monitoring', 'sentinel', 'workspace', { workspace: 'log' })).toEqual(stop);
  expect(guard('monitoring', 'app-insights', 'workspace', { component: 'appi' })).toEqual(stop);
  expect(guard('monitoring', 'app-insights', 'workspace', { component: 'new', workspace: 'log' })).toEqual(stop);
  expect(guard('private-access', 'dns', 'zone', { dnsZone: ZONE })).toEqual(stop);
  expect(guard('monitoring', 'app-insights', 'workspace', { component: facts.components.value[1]!.id })).toMatchObject({ level: 'clear' });
});
