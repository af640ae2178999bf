/** Rollback and undo of runs whose changes depend on each other. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyOf } from '../../src/emulator/state.ts';
import { seed, siteId } from '../helpers/hostings.ts';
import { cloud } from '../helpers/in-process.ts';
import { inside } from '../helpers/inside.ts';
import { rechained } from '../helpers/journal.ts';
import { ORDERS, runName, SITES, temporaryFolder, world, type World } from '../helpers/world.ts';

const BILLING = ORDERS.replace('rg-shop', 'rg-finance').replace('fn-orders', 'fn-billing');
const SUBNETS = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets`;
const refused = { error: { code: 'Conflict', message: 'Not now.' } };

async function file(here: World, app: string, steps: string): Promise<string> {
  const path = join(here.folder, 'answers.yaml');
  await writeFile(path, `version: 1\napps:\n  ${app}:\n    steps:\n${steps.replace(/^/gm, '      ')}\n`);
  return path;
}

test('resources that a run created are deleted when it is rolled back', async () => {
  const here = await world();
  const before = await here.state();
  const answers = await file(
    here,
    'fn-billing',
    [
      'monitoring: { answers: { workspace: log-contoso }, controls: { diagnostics: { decision: apply } } }',
      `private-access: { answers: { subnet: "${SUBNETS}/endpoints" }, controls: { endpoint: { decision: apply }, public-network: { decision: apply } } }`,
      'https: { answers: { minTls: "1.2" }, controls: { min-tls: { decision: apply } } }',
    ].join('\n'),
  );
  await here.faults([{ method: 'PATCH', path: 'sites/fn-billing(\\?|$)', times: 9, status: 409, body: refused }]);
  const run = await inside(here, ['replay', answers, '--yes', '--confirm', 'fn-billing', '--on-failure', 'rollback']);
  expect(run.code).not.toBe(0);
  expect(run.stderr.match(/^rolled back/gm)?.length, run.stderr).toBe(2);
  expect(await here.state()).toEqual(before);
});

const VAULT = 'key-vault: { answers: { vault: kv-events, settings: [PaymentApiKey] }, controls: { references: { decision: apply } } }';

test('a resource that a later change depends on is not deleted', async () => {
  const here = await world();
  const run = await inside(here, ['replay', await file(here, 'fn-orders', VAULT), '--yes', '--confirm', 'fn-orders']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const applied = await here.state();
  const identityOnly = await inside(here, ['undo', runName(run), '--change', '1', '--yes']);
  expect(identityOnly.stdout.replace(/\s+/g, ' ')).toMatch(/change \d+ depends on it and is not reverted/);
  expect(await here.state()).toEqual(applied);

  await here.faults([{ method: 'PUT', path: 'config/appsettings', times: 9, status: 409, body: refused }]);
  const undo = await inside(here, ['undo', runName(run), '--yes', '--on-failure', 'continue']);
  expect(undo.code).not.toBe(0);
  expect(undo.stderr).toContain('depends on a change that failed');
  expect(await here.state()).toEqual(applied);
});

test('a failing rollback keeps the identity and the permission that the reference needs', async () => {
  const here = await world();
  const unresolved = { value: [{ name: 'PaymentApiKey', properties: { status: 'SecretNotFound' } }] };
  await here.faults([{ method: 'GET', path: 'configreferences', times: 99, status: 200, body: unresolved }]);
  const answers = await file(here, 'fn-orders', VAULT);
  // The first write of the settings succeeds, and the write that would revert it fails.
  await here.faults([
    { method: 'GET', path: 'configreferences', times: 99, status: 200, body: unresolved },
    { method: 'PUT', path: 'config/appsettings', times: 1, status: null, delayMs: 1 },
    { method: 'PUT', path: 'config/appsettings', times: 9, status: 409, body: refused },
  ]);
  const run = await inside(here, ['replay', answers, '--yes', '--confirm', 'fn-orders', '--on-failure', 'rollback']);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain('not rolled back');
  const site = (await here.state()).sites[ORDERS.toLowerCase()]!;
  expect(site.appSettings['PaymentApiKey']).toContain('@Microsoft.KeyVault');
  expect(site.identity).toMatchObject({ type: 'SystemAssigned' });
});

test('a reference that cannot be reverted keeps the identity and the permission that it needs', async () => {
  const here = await world();
  const answers = await file(here, 'fn-events', VAULT.replace('PaymentApiKey', 'ServiceBus'));
  const run = await inside(here, ['replay', answers, '--yes', '--confirm', 'fn-events']);
  const undo = await inside(here, ['undo', runName(run), '--yes']);
  const again = await inside(here, ['undo', runName(undo), '--yes']);
  expect(again, again.stdout + again.stderr).toMatchObject({ code: 0 });
  const applied = await here.state();
  // The log has only a digest of the earlier value, whose source is this secret.
  await here.faults([{ method: 'GET', path: '/secrets/fn-events-ServiceBus', times: 99, status: 404, body: {} }]);
  const undone = await inside(here, ['undo', runName(again), '--yes']);
  expect(undone.stdout).toMatch(/^FAILED: 0 undone, 0 verified, 1 failed, 2 skipped/m);
  const identity = await inside(here, ['undo', runName(again), '--yes', '--change', '1']);
  expect(identity.stdout.replace(/\s+/g, ' ')).toContain('depends on it and is not reverted');
  expect(await here.state()).toEqual(applied);
});

test('a secret that another person had set before an undo overwrote it cannot be restored, and this is said', async () => {
  const here = await world();
  const run = await inside(here, ['replay', await file(here, 'fn-orders', VAULT), '--yes', '--confirm', 'fn-orders']);
  const { appSettings } = (await here.state()).sites[ORDERS.toLowerCase()]!;
  await here.put(`${ORDERS}/config/appsettings`, { ...appSettings, PaymentApiKey: 'sk_live_ofAnotherPerson0123456789' });
  const undo = await inside(here, ['undo', runName(run), '--yes', '--overwrite']);
  const applied = await here.state();
  const undone = await inside(here, ['undo', runName(undo), '--yes', '--change', '1']);
  expect(undone.stdout.replace(/\s+/g, ' ')).toContain('the log contains no source of the earlier secret');
  expect(await here.state()).toEqual(applied);
});

test('undo of a rotated secret writes its current value and says so; a second undo changes nothing', async () => {
  const here = await world();
  const run = await inside(here, ['replay', await file(here, 'fn-orders', VAULT), '--yes', '--confirm', 'fn-orders']);
  await here.put(`${SITES}/rg-events/providers/Microsoft.KeyVault/vaults/kv-events/secrets/fn-orders-PaymentApiKey`, {
    value: 'rotated-by-hand',
  });
  const undo = await inside(here, ['undo', runName(run), '--yes']);
  expect(undo.stdout).toContain('It differs from the value before the run');
  expect((await here.state()).sites[ORDERS.toLowerCase()]!.appSettings['PaymentApiKey']).toBe('rotated-by-hand');
  const again = await inside(here, ['undo', runName(run), '--yes']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('already reverted');
  expect(undo.stdout + undo.stderr + again.stdout).not.toContain('rotated-by-hand');
});

const HTTPS = 'https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }';

test('an undo accepts the confirmation of an app of the run that it does not change, and of no other app', async () => {
  const here = await world();
  const answers = await file(here, 'fn-orders', HTTPS);
  await writeFile(answers, `${await readFile(answers, 'utf8')}  fn-billing: { steps: { ${HTTPS} } }\n`);
  const run = await inside(here, ['replay', answers, '--yes']);
  const undo = (app: string) => inside(here, ['undo', runName(run), '--app', 'fn-orders', '--yes', '--confirm', app]);
  expect((await undo('fn-reports')).code).toBe(64);
  const undone = await undo('fn-billing');
  expect(undone, undone.stderr).toMatchObject({ code: 0 });
});

test('a resumed undo reports again the value that it kept, although nothing is left to send', async () => {
  const here = await world();
  const run = await inside(here, ['replay', await file(here, 'fn-orders', HTTPS), '--yes']);
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.3' });
  const undo = await inside(here, ['undo', runName(run), '--yes']);
  expect(undo.code).toBe(5);
  const resumed = await inside(here, ['resume', runName(undo), '--yes']);
  expect(resumed.code).toBe(5);
  expect(resumed.stdout).toMatch(/was changed\s+after\s+this\s+run/);
  expect(resumed.stdout).toMatch(/^PARTLY UNDONE: 0 undone, .* 1 kept\.$/m);
  // The undo log alone says it too, as without a sign-in.
  expect((await inside(here, ['history', runName(undo)])).stdout).toMatch(/^PARTLY UNDONE: \d undone, 1 kept\.$/m);
  const signedOut = await inside(here, [
    'resume',
    runName(undo),
    '--yes',
    '--auth',
    'environment',
    '--arm-endpoint',
    'https://management.azure.com',
  ]);
  expect(signedOut.stdout).toMatch(/^STOPPED: 0 undone, .* 1 kept\. Nothing was sent\.$/m);
});

test('a secret in a refusal of Azure reaches neither the screen nor the undo log', async () => {
  const here = await world();
  const canary = (await here.state()).sites[ORDERS.toLowerCase()]!.appSettings['PaymentApiKey']!;
  const quoting = { Code: 'BadRequest', Message: `The value '${canary}' is not allowed.` };
  await here.faults([{ method: 'PUT', path: 'config/appsettings', times: 9, status: 400, body: quoting }]);
  const run = await inside(here, [
    'replay',
    await file(here, 'fn-orders', 'access-keys: { controls: { home-page: { decision: apply } } }'),
    '--yes',
    '--json',
  ]);
  expect(run.code).toBe(1);
  expect(run.stdout).toContain('is not allowed');
  const journals = (await readdir(here.folder, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
  const text = await Promise.all(journals.map((name) => readFile(join(here.folder, name), 'utf8')));
  expect(journals).toHaveLength(1);
  expect(run.stdout + run.stderr + text.join('')).not.toContain(canary);
});

test('roles are assigned to the identity that the app uses', async () => {
  const here = await world();
  const id = `${SITES}/rg-finance/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared`;
  await here.send('PATCH', BILLING, { identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [id]: {} } } });
  const principal = Object.values(
    (await here.state()).sites[BILLING.toLowerCase()]!.identity!['userAssignedIdentities'] as Record<string, { principalId: string }>,
  )[0]!.principalId;
  const vault = `${SITES}/rg-events/providers/Microsoft.KeyVault/vaults/kv-events`;
  const role = `${vault}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-00000000000a`;
  await here.put(role, {
    roleDefinitionId: 'x/4633458b-17de-408a-b874-0445c86b69e6',
    principalId: principal,
    principalType: 'ServicePrincipal',
  });
  const steps =
    'key-vault: { answers: { vault: kv-events, settings: [AzureWebJobsDashboard] }, controls: { references: { decision: apply } } }';
  const settings = (await here.state()).sites[BILLING.toLowerCase()]!.appSettings;
  await here.put(`${BILLING}/config/appsettings`, { ...settings, AzureWebJobsDashboard: 'AccountKey=abcdefgh' });
  const run = await inside(here, ['replay', await file(here, 'fn-billing', steps), '--yes', '--confirm', 'fn-billing']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(
    (await here.writes()).filter(({ url }) => url.includes('roleAssignments')),
    'the system-assigned identity gets its own role',
  ).toHaveLength(2);
});

describe('an app that a run connects to a new component', () => {
  const SETTING = 'APPLICATIONINSIGHTS_CONNECTION_STRING';

  async function moved(change: (settings: Record<string, string>) => void) {
    const state = seed('FC1', true, 'good');
    change(state.sites[siteId('fn-good').toLowerCase()]!.appSettings);
    const here = cloud(state, await temporaryFolder());
    const answers = join(here.folder, 'answers.yaml');
    await writeFile(
      answers,
      'version: 1\napps: { fn-good: { steps: { monitoring: { answers: { component: appi-new, workspace: log }, controls: { app-insights: { decision: apply } } } } } }\n',
    );
    const run = await here.command('replay', answers, '--yes', '--confirm', 'fn-good');
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const undo = await here.command('undo', runName(run), '--yes', '--confirm', 'fn-good');
    const { resources, sites } = here.state();
    return {
      undo,
      to: sites[siteId('fn-good').toLowerCase()]!.appSettings[SETTING],
      isThere: Object.keys(resources).some((id) => id.endsWith('/components/appi-new')),
    };
  }

  test('gets its earlier connection string back from the earlier component', async () => {
    const before = seed('FC1', true, 'good').sites[siteId('fn-good').toLowerCase()]!.appSettings[SETTING];
    const { undo, to, isThere } = await moved(() => {});
    expect(undo.stdout).toMatch(/^UNDONE/m);
    expect([to, isThere]).toEqual([before, false]);
  });

  test('keeps the new component if no component has the earlier connection string, because the app still sends to it', async () => {
    const { undo, to, isThere } = await moved((settings) => (settings[SETTING] = settings[SETTING]!.replace(/;ApplicationId=.*/, '')));
    expect(undo.stdout).toMatch(/^(NOTHING TO DO|PARTLY UNDONE)/m);
    expect([to, isThere]).toEqual([expect.stringContaining('ApplicationId='), true]);
  });
});

test('a component that an app created is kept if another app of the run still sends to it, because its undo failed', async () => {
  const state = seed('FC1', true, 'good');
  const [first, id] = [state.sites[keyOf(siteId('fn-good'))]!, siteId('fn-second')];
  state.sites[keyOf(id)] = { ...structuredClone(first), id, name: 'fn-second' };
  let isRefused = false;
  const here = cloud(state, await temporaryFolder(), ({ method, url }, handle) => {
    const isUndo = isRefused && method === 'PUT' && url.includes('fn-second/config/appsettings');
    return isUndo ? { status: 409, headers: {}, text: JSON.stringify(refused) } : handle();
  });
  const answers = join(here.folder, 'answers.yaml');
  const steps = '{ monitoring: { answers: { component: appi-new, workspace: log }, controls: { app-insights: { decision: apply } } } }';
  await writeFile(answers, `version: 1\ndefaults: { steps: ${steps} }\n`);
  const run = await here.command('replay', answers, '--all', '--yes');
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const isThere = () => Object.keys(here.state().resources).some((one) => one.endsWith('/components/appi-new'));
  isRefused = true;
  const undo = await here.command('undo', runName(run), '--yes');
  expect(undo.stderr).toContain('it depends on a change that failed');
  expect(undo.stdout).toMatch(/^PARTLY UNDONE/m);
  expect(isThere()).toBe(true);
  isRefused = false;
  expect(await here.command('undo', runName(run), '--yes')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^UNDONE/m) });
  expect(isThere()).toBe(false);
});

test('a change that Azure accepted and that was not verified before a stop is verified when the run is resumed', async () => {
  const here = cloud(seed('P1v3', false), await temporaryFolder());
  const answers = join(here.folder, 'answers.yaml');
  await writeFile(answers, 'version: 1\napps: { fn-bad: { steps: { remote-debugging: { decision: apply } } } }\n');
  const replay = await here.command('replay', answers, '--yes');
  const log = join(here.folder, 'state', 'journal', `${runName(replay)}.jsonl`);
  const text = (await readFile(log, 'utf8'))
    .replaceAll('"state":"shown"', '"state":"not-shown"')
    .replaceAll('"state":"done"', '"state":"stopped"');
  await writeFile(log, rechained(text));
  const last = async () => (await here.command('history', runName(replay))).stdout.trimEnd().split('\n').at(-1);
  expect(await last()).toMatch(/^STOPPED/);
  const resume = await here.command('resume', runName(replay), '--yes');
  expect([resume.code, await last()], resume.stderr).toEqual([0, 'APPLIED: 1 applied.']);
  // No request is left, and the last line is still about the complete run.
  expect(resume.stdout.trimEnd().split('\n').at(-1)).toBe(
    'APPLIED: 1 applied, 1 verified, 0 failed, 0 skipped (counted in requests). 1 applied before resume.',
  );
  // Now the run has ended, and nothing of it is open.
  const again = await here.command('resume', runName(replay), '--yes');
  expect([again.code, again.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/^NOTHING TO DO: 0 applied/)]);
});
