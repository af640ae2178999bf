/** The Azure CLI on the emulator: it shows the changes of func-harden, and func-harden finds its changes. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { azureCli, lacksAzureCli, type AzureCli } from '../tools/az/cli.ts';
import { ORDERS, runName, SITES, temporaryFolder, world, type World } from '../helpers/world.ts';

const lacking = lacksAzureCli();
const why = lacking ? ` (skipped: ${lacking})` : '';
if (lacking) console.log(`The Azure CLI is not tried: ${lacking}.`);
const withAz = test.skipIf(lacking !== undefined);

const ROOT = join(import.meta.dirname, '..', '..');
const APP = ['-g', 'rg-shop', '-n', 'fn-orders'];
const POLICY = ['-g', 'rg-shop', '--namespace', 'Microsoft.Web', '--parent', 'sites/fn-orders'];
const LOCKED = ['-g', 'rg-shop', '--resource-name', 'fn-orders', '--resource-type', 'Microsoft.Web/sites'];
const LOGS = '[{"category":"FunctionAppLogs","enabled":true}]';
const SCM = [...POLICY, '--resource-type', 'basicPublishingCredentialsPolicies', '-n', 'scm'];
const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { controls: { min-tls: { decision: apply } }, answers: { minTls: "1.2" } }
      app-settings: { controls: { development: { decision: apply } } }
      key-vault: { controls: { purge-protection: { decision: apply } } }
      access-restrictions: { decision: apply, answers: { rules: [{ name: vpn, priority: 100, action: Allow, ip: 198.51.100.0/24 }], defaultAction: Deny } }
`;

async function signedIn(): Promise<{ here: World; az: AzureCli }> {
  const here = await world();
  const az = await azureCli(here, here.folder);
  onTestFinished(() => az.close());
  return { here, az };
}

/** The states of the app's controls in func-harden. */
async function audited(here: World): Promise<Record<string, string>> {
  const { stdout, stderr } = await here.cli(['audit', '--app', 'fn-orders', '--json']);
  expect(stderr).toBe('');
  const { apps } = JSON.parse(stdout) as { apps: { steps: { controls: { id: string; state: string; found: string }[] }[] }[] };
  return Object.fromEntries(
    apps.flatMap(({ steps }) =>
      steps.flatMap(({ controls }) => controls.map(({ id, state, found }) => [id, `${state}: ${found}`] as const)),
    ),
  );
}

const settingsOf = (list: { name: string; value: string }[]) => Object.fromEntries(list.map(({ name, value }) => [name, value]));

withAz(`az and the tool see and change the same app${why}`, { timeout: 180_000 }, async () => {
  const { here, az } = await signedIn();
  const [before, site] = await Promise.all([audited(here), az.json('functionapp', 'show', ...APP)]);
  expect(site).toMatchObject({ httpsOnly: false, siteConfig: { minTlsVersion: '1.0', ftpsState: 'AllAllowed' } });
  expect(before).toMatchObject({
    'https.https-only': 'fail: off',
    'https.min-tls': 'fail: 1.0',
    'deployment-credentials.scm': 'fail: on',
    'app-settings.development': 'fail: ASPNETCORE_ENVIRONMENT is Development',
    'key-vault.purge-protection': 'fail: kv-orders: off',
  });

  await Promise.all([
    az.run('rest', '--method', 'patch', '--url', `${ORDERS}?api-version=2024-11-01`, '--body', '{"properties":{"httpsOnly":true}}'),
    az.run('resource', 'update', ...SCM, '--set', 'properties.allow=false'),
  ]);
  expect(await audited(here)).toMatchObject({ 'https.https-only': 'pass: on', 'deployment-credentials.scm': 'pass: off' });

  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const replay = await here.cli(['replay', file, '--yes', '--confirm', 'fn-orders']);
  expect(replay, replay.stderr + replay.stdout).toMatchObject({ code: 0 });
  const [config, settings] = await Promise.all([
    az.json('functionapp', 'config', 'show', ...APP),
    az.json<{ name: string; value: string }[]>('functionapp', 'config', 'appsettings', 'list', ...APP),
  ]);
  const [restrictions, vault] = await Promise.all([
    az.json('functionapp', 'config', 'access-restriction', 'show', ...APP),
    az.json('keyvault', 'show', '-n', 'kv-orders'),
  ]);
  expect(config).toMatchObject({ minTlsVersion: '1.2' });
  expect(settingsOf(settings)).toEqual((await here.state()).sites[ORDERS.toLowerCase()]!.appSettings);
  expect(settingsOf(settings)['ASPNETCORE_ENVIRONMENT']).not.toBe('Development');
  expect(restrictions).toMatchObject({
    ipSecurityRestrictions: [
      { name: 'vpn', ip_address: '198.51.100.0/24', action: 'Allow' },
      { name: 'Deny all', action: 'Deny' },
    ],
  });
  expect(vault).toMatchObject({ properties: { enablePurgeProtection: true } });

  const undo = await here.cli(['undo', runName(replay), '--yes', '--confirm', 'fn-orders']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  const [after, refused] = await Promise.all([
    az.json('functionapp', 'show', ...APP),
    az.run('functionapp', 'config', 'show', '-g', 'rg-shop', '-n', 'fn-nowhere').catch(String),
  ]);
  expect(after).toMatchObject({ httpsOnly: true, siteConfig: { minTlsVersion: '1.0' } });
  expect(refused).toContain('ResourceNotFound');
});

/** Returns one member of each item that az lists. */
const each = (list: readonly Record<string, unknown>[], member: string) => list.map((one) => one[member]);

withAz(`az makes, lists and takes away what stands around an app${why}`, { timeout: 300_000 }, async () => {
  const { here, az } = await signedIn();
  const [resource, workspace] = [
    ['--resource', ORDERS],
    `${SITES}/rg-network/providers/Microsoft.OperationalInsights/workspaces/log-contoso`,
  ];
  const slot = ['-g', 'rg-finance', '-n', 'fn-billing', '--slot', 'blue'];
  const before = await here.state();

  expect(await az.json('functionapp', 'identity', 'assign', ...APP)).toMatchObject({ type: 'SystemAssigned' });
  await az.run('webapp', 'config', 'connection-string', 'set', ...APP, '-t', 'SQLAzure', '--settings', 'Db=x');
  await az.run('webapp', 'auth', 'update', ...APP, '--enabled', 'true', '--action', 'AllowAnonymous');
  await az.run('monitor', 'diagnostic-settings', 'create', ...resource, '--name', 'd', '--workspace', workspace, '--logs', LOGS);
  await az.run('functionapp', 'deployment', 'slot', 'create', ...slot);
  await az.run('lock', 'create', '--name', 'keep', '--lock-type', 'CanNotDelete', ...LOCKED);

  expect(await audited(here)).toMatchObject({ 'managed-identity.assigned': 'pass: SystemAssigned' });
  const [identity, strings, auth] = await Promise.all([
    az.json('functionapp', 'identity', 'show', ...APP),
    az.json<Record<string, unknown>[]>('webapp', 'config', 'connection-string', 'list', ...APP),
    az.json('webapp', 'auth', 'show', ...APP),
  ]);
  expect([identity, strings, auth]).toMatchObject([
    { type: 'SystemAssigned' },
    [{ name: 'Db', type: 'SQLAzure', value: 'x' }],
    { enabled: true, unauthenticatedClientAction: 'AllowAnonymous', configVersion: 'v1' },
  ]);
  const [settings, slots, locks, categories] = await Promise.all([
    az.json<{ value: Record<string, unknown>[] } | Record<string, unknown>[]>('monitor', 'diagnostic-settings', 'list', ...resource),
    az.json<Record<string, unknown>[]>('functionapp', 'deployment', 'slot', 'list', '-g', 'rg-finance', '-n', 'fn-billing'),
    az.json<Record<string, unknown>[]>('lock', 'list', ...resource),
    az.json<{ value: Record<string, unknown>[] }>('monitor', 'diagnostic-settings', 'categories', 'list', ...resource),
  ]);
  expect(each(Array.isArray(settings) ? settings : settings.value, 'name')).toContain('d');
  expect(each(slots, 'name')).toEqual(['staging', 'blue']);
  expect(each(locks, 'name')).toEqual(['keep']);
  expect(each(categories.value, 'name')).toEqual(['FunctionAppLogs', 'AppServiceAuthenticationLogs', 'AllMetrics']);

  expect(await az.run('monitor', 'diagnostic-settings', 'delete', ...resource, '--name', 'd').catch(String)).toContain('ScopeLocked');
  await az.run('lock', 'delete', '--name', 'keep', ...LOCKED);
  await az.run('monitor', 'diagnostic-settings', 'delete', ...resource, '--name', 'd');
  await az.run('functionapp', 'deployment', 'slot', 'delete', ...slot);
  await az.run('webapp', 'config', 'connection-string', 'delete', ...APP, '--setting-names', 'Db');
  await az.run('functionapp', 'identity', 'remove', ...APP);
  const after = await here.state();
  expect([Object.keys(after.sites), after.locks, Object.keys(after.resources)]).toEqual([
    Object.keys(before.sites),
    before.locks,
    Object.keys(before.resources),
  ]);
  const { identity: none, connectionStrings } = after.sites[ORDERS.toLowerCase()]!;
  expect([none, connectionStrings]).toEqual([before.sites[ORDERS.toLowerCase()]!.identity, {}]);
});

const asked = promisify(execFile);

/** Runs the emulator of the page until the test ends, and saves its output in the file that the page uses. */
async function leftRunning(args: readonly string[], file: string): Promise<void> {
  const emulator = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(emulator, 'exit');
  onTestFinished(async () => {
    emulator.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: emulator.stdout })) {
    lines.push(line);
    if (line.startsWith('#')) break;
  }
  await writeFile(file, `${lines.join('\n')}\n`);
}

withAz(`the commands of docs/azure-cli.md do what it says${why}`, { timeout: 180_000 }, async () => {
  const page = await readFile(join(ROOT, 'docs', 'azure-cli.md'), 'utf8');
  const [single = '', running = '', other = ''] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!);
  const folder = await temporaryFolder();
  expect([single, running, other]).toEqual([
    expect.stringMatching(/^node (.*)\n$/),
    expect.stringMatching(/^node (\S+) \| tee az\.env\n$/),
    expect.stringMatching(/^\. \.\/az\.env\naz [\s\S]*\nnpm run func-harden -- audit --app fn-orders\n$/),
  ]);
  const [list] = await Promise.all([
    asked(process.execPath, single.trim().split(' ').slice(1), { cwd: ROOT }),
    leftRunning([running.split(' ')[1]!], join(folder, 'az.env')),
  ]);
  expect(list).toMatchObject({ stdout: expect.stringMatching(/^Name[\s\S]*\nfn-orders +West Europe/) as string, stderr: '' });

  // It is built already; another folder is used, so that no file remains in the checkout.
  const script = `cd "$1"\n${other.replace('npm run func-harden --', '"$2" "$3"')}`;
  const parameters = ['bash', folder, process.execPath, join(ROOT, 'bin', 'func-harden.cjs')];
  const shell = await asked('bash', ['-c', script, ...parameters], { env: { ...process.env, XDG_STATE_HOME: folder } }).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  expect(shell).toMatchObject({ code: 2, stderr: '' });
  expect(shell.stdout).toMatch(/^"1\.0"\n[\s\S]*"httpsOnly": true[\s\S]*HTTPS/);
});
