/** Moving secrets to a vault: each step of the chain, a failure of each step, and that no value is ever shown. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json, SiteRecord } from '../../src/emulator/state.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, runName, SITES, world, type World } from '../helpers/world.ts';

const VAULT = `${SITES}/rg-events/providers/Microsoft.KeyVault/vaults/kv-events`.toLowerCase();
const answers = (vault: string, settings: readonly string[]) =>
  `version: 1\napps:\n  fn-orders:\n    steps:\n      key-vault:\n        answers: { vault: ${vault}, settings: [${settings.join(', ')}] }\n        controls: { references: { decision: apply } }\n`;

async function setUp(vault = 'kv-events', settings = ['ServiceBus', 'PaymentApiKey'], options: Parameters<typeof world>[0] = {}) {
  const here = await world(options);
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, answers(vault, settings));
  const before = await here.state();
  return { here, file, before, secrets: before.sites[ORDERS.toLowerCase()]!.appSettings };
}

const siteNow = async (here: World): Promise<SiteRecord> => (await here.state()).sites[ORDERS.toLowerCase()]!;
const replay = (here: World, file: string, ...more: string[]) => inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders', ...more]);

test('a secret moves to a vault: identity, permission, secret, reference, in that order, and undo', async () => {
  const { here, file, before, secrets } = await setUp();
  const run = await replay(here, file);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(
    (await here.writes()).map(({ method, url }) =>
      `${method} ${new URL(url).pathname.split('/').slice(-2).join('/')}`.replace(/roleAssignments.*/, 'role'),
    ),
  ).toEqual([
    'PATCH sites/fn-orders',
    expect.stringContaining('PUT role'),
    'PUT secrets/fn-orders-ServiceBus',
    'PUT secrets/fn-orders-PaymentApiKey',
    'PUT config/appsettings',
  ]);
  const state = await here.state();
  expect(state.sites[ORDERS.toLowerCase()]!.appSettings).toEqual({
    ...secrets,
    ServiceBus: '@Microsoft.KeyVault(VaultName=kv-events;SecretName=fn-orders-ServiceBus)',
    PaymentApiKey: '@Microsoft.KeyVault(VaultName=kv-events;SecretName=fn-orders-PaymentApiKey)',
  });
  expect(state.resources[`${VAULT}/secrets/fn-orders-paymentapikey`]!['properties']).toEqual({ value: secrets['PaymentApiKey'] });
  const references = (await here.get(`${ORDERS}/config/configreferences/appsettings`))['value'] as {
    name: string;
    properties: { status: string };
  }[];
  expect(references.filter(({ name }) => name !== 'Legacy').map(({ properties }) => properties.status)).toEqual(['Resolved', 'Resolved']);

  const undo = await inside(here, ['undo', runName(run), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  const after = await here.state();
  for (const name of ['servicebus', 'paymentapikey']) delete after.resources[`${VAULT}/secrets/fn-orders-${name}`];
  expect(after).toEqual(before);
});

test('a principal with an access policy keeps it, with the permission to read secrets added', async () => {
  const { here, file } = await setUp('kv-events', ['PaymentApiKey']);
  await here.send('PATCH', ORDERS, { identity: { type: 'SystemAssigned' } });
  const { principalId } = (await here.get(ORDERS))['identity'] as { principalId: string };
  const tenantId = ((await here.state()).resources[VAULT]!['properties'] as { tenantId: string }).tenantId;
  const policy = (objectId: string, permissions: Json, more: object = {}) =>
    ({ tenantId, objectId, permissions, ...more }) as unknown as Json;
  const before = [
    policy('11111111-2222-3333-4444-555555555555', { secrets: ['all'] }),
    policy(principalId.toUpperCase(), { keys: ['get'], secrets: ['list'] }),
    policy(principalId, { secrets: ['set'] }, { applicationId: '22222222-3333-4444-5555-666666666666' }),
  ];
  const policies = async () => ((await here.state()).resources[VAULT]!['properties'] as { accessPolicies: Json }).accessPolicies;
  await here.send('PATCH', VAULT, { properties: { enableRbacAuthorization: false, accessPolicies: before } });
  expect(await policies()).toEqual(before);
  const plan = await inside(here, ['plan', file, '--json']);
  const { changes } = JSON.parse(plan.stdout) as { changes: { resource: string; diff: { path: string; after: Json }[] }[] };
  const edit = changes.flatMap(({ diff }) => diff).find(({ path }) => path === 'properties.accessPolicies');
  const [others, , acting] = before;
  expect(edit?.after).toEqual([others, policy(principalId.toUpperCase(), { keys: ['get'], secrets: ['list', 'get'] }), acting]);
});

test('a new vault is created with roles and purge protection, and the operator may read secrets', async () => {
  const { here, file } = await setUp('kv-brand-new', ['PaymentApiKey']);
  const run = await replay(here, file);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const made = await here.get(`${SITES}/rg-shop/providers/Microsoft.KeyVault/vaults/kv-brand-new`);
  expect(made['properties']).toMatchObject({ enableRbacAuthorization: true, enablePurgeProtection: true, provisioningState: 'Succeeded' });
  expect((await siteNow(here)).appSettings['PaymentApiKey']).toBe(
    '@Microsoft.KeyVault(VaultName=kv-brand-new;SecretName=fn-orders-PaymentApiKey)',
  );
});

const denied: Json = { error: { code: 'Forbidden', message: 'You may not do that.' } };
const unresolved = { value: [{ name: 'PaymentApiKey', properties: { status: 'SecretNotFound', vaultName: 'kv-events' } }] };
const LINKS: readonly (readonly [string, Json, RegExp])[] = [
  ['the identity', { method: 'PATCH', path: 'sites/fn-orders\\?', status: 403, body: denied, times: 9 }, /sites\/fn-orders|fn-orders site/],
  ['the right', { method: 'PUT', path: 'roleAssignments', status: 403, body: denied, times: 9 }, /roleAssignments/],
  [
    'the secret',
    { method: 'PUT', path: 'vaults/kv-events/secrets', status: 403, body: denied, times: 9 },
    /secrets\/fn-orders-PaymentApiKey/,
  ],
  [
    'reading it back',
    { method: 'GET', path: '^/vault/', status: 403, body: denied, times: 9 },
    /read back|secrets\/fn-orders-PaymentApiKey/,
  ],
  ['the settings', { method: 'PUT', path: 'config/appsettings', status: 403, body: denied, times: 9 }, /appsettings/],
  [
    'the reference',
    { method: 'GET', path: 'configreferences', status: 200, body: unresolved, times: 99 },
    /the reference in PaymentApiKey resolves/,
  ],
];

describe.each(LINKS)('a move to a vault where %s fails', (_, fault, named) => {
  test.each(['stop', 'continue', 'rollback'])(
    'the app keeps its value, and the failing step is named (--on-failure %s)',
    async (onFailure) => {
      const { here, file, secrets } = await setUp('kv-events', ['PaymentApiKey']);
      await here.faults([fault]);
      const run = await replay(here, file, '--on-failure', onFailure);
      expect(run.code, run.stderr).not.toBe(0);
      expect(run.stderr + run.stdout).toMatch(named);
      expect((await siteNow(here)).appSettings).toEqual(secrets);
    },
  );
});

test('settings that cannot move to a vault are refused with the reason', async () => {
  const { here, file } = await setUp('kv-events', [
    'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
    'AzureWebJobsStorage',
    'FUNCTIONS_EXTENSION_VERSION',
  ]);
  const run = await replay(here, file);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/WEBSITE_CONTENTAZUREFILECONNECTIONSTRING must stay: the platform mounts/);
  expect(run.stderr).toMatch(/AzureWebJobsStorage must stay: the host needs it/);
  expect(run.stderr).toMatch(/FUNCTIONS_EXTENSION_VERSION must stay: the platform reads it directly/);
  expect(await here.writes()).toEqual([]);
});

test('undo writes the current value of the vault, and keeps a setting that another person changed since', async () => {
  const { here, file, secrets } = await setUp();
  const run = await replay(here, file);
  await here.put(`${VAULT}/secrets/fn-orders-PaymentApiKey`, { value: 'turned since' });
  const settings = (await siteNow(here)).appSettings;
  await here.put(`${ORDERS}/config/appsettings`, { ...settings, ServiceBus: 'written by hand' });
  const undo = await inside(here, ['undo', runName(run), '--yes']);
  expect(undo.code, 'something was left as it is').toBe(5);
  expect((await siteNow(here)).appSettings).toEqual({ ...secrets, PaymentApiKey: 'turned since', ServiceBus: 'written by hand' });
  expect(undo.stdout + undo.stderr).not.toContain('written by hand');
});

test('no secret value is ever on a screen, in a file or in a log', async () => {
  const log = join((await world()).folder, 'exchanges.ndjson');
  const { here, file, secrets } = await setUp('kv-events', ['ServiceBus', 'PaymentApiKey'], { logFile: log });
  const outputs: string[] = [];
  const cli = async (...args: string[]) => {
    const { stdout, stderr } = await inside(here, args);
    outputs.push(stdout, stderr);
    return { stdout, stderr, code: 0 };
  };
  await cli('audit', '--app', 'fn-orders', '--json');
  await cli('audit', '--app', 'fn-orders');
  await cli('plan', file);
  await cli('plan', file, '--json');
  const run = await cli('replay', file, '--yes', '--confirm', 'fn-orders');
  await cli('history', runName(run), '--json');
  await cli('undo', runName(run), '--dry-run', '--json');
  await cli('undo', runName(run), '--yes', '--json');
  await cli('replay', file, '--yes', '--confirm', 'fn-orders', '--json');
  for (const name of await readdir(here.folder, { recursive: true }))
    if (/\.(jsonl|yaml|json)$/.test(name)) outputs.push(await readFile(join(here.folder, name), 'utf8'));
  outputs.push(await readFile(log, 'utf8'), JSON.stringify(await here.exchanges()));
  const all = outputs.join('\n');
  expect(all.length).toBeGreaterThan(20_000);
  const values = ['PaymentApiKey', 'ServiceBus', 'AzureWebJobsStorage'].map((name) => secrets[name]!);
  const pieces = [...values, ...values.flatMap((value) => /Key=([^;]+)$/.exec(value)?.[1] ?? []), 'hunter2'];
  for (const piece of pieces) expect(all.includes(piece), `${piece.slice(0, 6)}… shows somewhere`).toBe(false);
});
