/** Undo does not remove what a run created and others use since. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import type { JsonObject, State } from '../../src/emulator/state.ts';
import { cloud } from '../helpers/in-process.ts';
import { SITES, temporaryFolder } from '../helpers/world.ts';

const REPORTS = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-reports`;
const SUBNET = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/endpoints`;
const LOGS = 'monitoring: { controls: { diagnostics: { decision: apply } }, answers: { workspace: log-contoso } }';
const COMPONENT =
  'monitoring: { controls: { app-insights: { decision: apply } }, answers: { workspace: log-contoso, component: appi-new } }';
const IDENTITY = 'managed-identity: { controls: { assigned: { decision: apply } } }';
const ENDPOINT = `private-access: { controls: { endpoint: { decision: apply } }, answers: { subnet: "${SUBNET}" } }`;

const siteIn = (state: State) => state.sites[REPORTS.toLowerCase()]!;
const resourcesIn = (state: State, place: RegExp) => Object.entries(state.resources).flatMap(([id, one]) => (place.test(id) ? [one] : []));

/** The identity is new, and the app sends telemetry nowhere. */
function seed(): State {
  const state = contoso();
  const site = siteIn(state);
  delete site.identity;
  delete site.appSettings['APPLICATIONINSIGHTS_CONNECTION_STRING'];
  return state;
}

async function undone(steps: string, meanwhile: (state: State) => void, ...more: string[]) {
  const state = seed();
  const folder = await temporaryFolder();
  const here = cloud(state, folder);
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, `version: 1\napps: { fn-reports: { steps: { ${steps} } } }\n`);
  const ran = await here.command('replay', answers, '--yes', '--confirm', 'fn-reports', '--no-input');
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  meanwhile(state);
  const { code, stdout, stderr } = await here.command('undo', 'last', '--yes', '--no-input', ...more);
  return { code, says: (stdout + stderr).replaceAll(/\s+/g, ' '), state };
}

function grantRole(state: State): void {
  const id = `${SITES}/rg-finance/providers/Microsoft.Storage/storageAccounts/stfnreports/providers/Microsoft.Authorization/roleAssignments/11111111-1111-4111-8111-111111111111`;
  const roleDefinitionId = '/providers/Microsoft.Authorization/roleDefinitions/b7e6dc6d-f1e8-4753-8033-0f276bb0955b';
  const { principalId } = siteIn(state).identity as JsonObject;
  state.resources[id.toLowerCase()] = {
    id,
    properties: { roleDefinitionId, principalId: principalId ?? null, principalType: 'ServicePrincipal' },
  };
}

test('an identity that got a role since is kept', async () => {
  const { code, says, state } = await undone(IDENTITY, grantRole);
  expect(says).toContain(
    'the identity of fn-reports got roles after this run: Storage Blob Data Owner on stfnreports. The change is not reverted',
  );
  expect(code).toBe(5);
  expect(siteIn(state).identity).toMatchObject({ type: 'SystemAssigned' });
});

test('with --overwrite, an identity that got a role since is turned off', async () => {
  const { code, state } = await undone(IDENTITY, grantRole, '--overwrite');
  expect(code).toBe(0);
  expect(siteIn(state).identity).toBeUndefined();
});

test('an identity that nothing uses is turned off', async () => {
  const { code, state } = await undone(IDENTITY, () => undefined);
  expect(code).toBe(0);
  expect(siteIn(state).identity).toBeUndefined();
});

test('a component that another app uses is kept, and the setting of the app is reverted', async () => {
  const { code, says, state } = await undone(COMPONENT, ({ sites }) => {
    const other = sites[`${SITES}/rg-shop/providers/Microsoft.Web/sites/fn-orders`.toLowerCase()]!;
    other.appSettings['APPLICATIONINSIGHTS_CONNECTION_STRING'] =
      sites[REPORTS.toLowerCase()]!.appSettings['APPLICATIONINSIGHTS_CONNECTION_STRING']!;
  });
  expect(says).toContain('other apps send telemetry to appi-new now: fn-orders. The change is not reverted');
  expect(says).toContain('PARTLY UNDONE');
  expect(code).toBe(5);
  expect(resourcesIn(state, /components\/appi-new$/)).toHaveLength(1);
  expect(siteIn(state).appSettings).not.toHaveProperty('APPLICATIONINSIGHTS_CONNECTION_STRING');
});

test.each([
  ['another sink', { storageAccountId: `${SITES}/rg-finance/providers/Microsoft.Storage/storageAccounts/stfnreports` }],
  ['metrics', { metrics: [{ category: 'AllMetrics', enabled: true }] }],
])('a diagnostic setting that got %s is kept', async (_, more) => {
  const place = /fn-reports\/providers\/microsoft\.insights\/diagnosticsettings/;
  const { code, says, state } = await undone(LOGS, (now) => {
    for (const one of resourcesIn(now, place)) Object.assign(one['properties'] as JsonObject, more);
  });
  expect(says).toContain('diagnosticSettings/func-harden of sites/fn-reports was changed after this run');
  expect(code).toBe(5);
  expect(resourcesIn(state, place)).toMatchObject([{ properties: more }]);
});

test('the only private endpoint of an app without public access is not deleted without a confirmation', async () => {
  const close = (state: State) => void (siteIn(state).properties['publicNetworkAccess'] = 'Disabled');
  const refused = await undone(ENDPOINT, close);
  expect(refused.says).toContain('Without this private endpoint, no caller can reach the app.');
  expect(refused.code).toBe(3);
  expect(resourcesIn(refused.state, /privateendpoints\/pe-fn-reports$/)).toHaveLength(1);
  const confirmed = await undone(ENDPOINT, close, '--confirm', 'fn-reports');
  expect(confirmed.code).toBe(0);
});

test('a value that a later run of the same person changed is not reported as changed by another person', async () => {
  const state = seed();
  const folder = await temporaryFolder();
  const here = cloud(state, folder);
  const answers = join(folder, 'answers.yaml');
  const run = async (minTls: string) => {
    await writeFile(
      answers,
      `version: 1\napps: { fn-reports: { steps: { https: { controls: { min-tls: { decision: apply } }, answers: { minTls: "${minTls}" } } } } }\n`,
    );
    const { code, stdout } = await here.command('replay', answers, '--yes', '--no-input');
    expect(code).toBe(0);
    return /^Run: (\S+)$/m.exec(stdout)?.[1] ?? '';
  };
  siteIn(state).config['minTlsVersion'] = '1.0';
  const first = await run('1.2');
  await run('1.3');
  const { code, stdout } = await here.command('undo', first, '--yes', '--no-input');
  expect(code).toBe(5);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('properties.minTlsVersion was changed after this run');
  expect(stdout).not.toContain('someone else');
});
