/** New identities and roles, which other services know later: the wait is shown, and nothing fails that only needs time. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testTime } from '../helpers/clock.ts';
import { seed, siteId } from '../helpers/hostings.ts';
import { inside } from '../helpers/inside.ts';
import type { JsonObject } from '../../src/emulator/state.ts';
import { goesOnFrom, recorded } from '../helpers/killed.ts';
import { ORDERS, runName, SITES, world, type World } from '../helpers/world.ts';

const REFERENCES = 'key-vault: { answers: { vault: kv-events, settings: [PaymentApiKey] }, controls: { references: { decision: apply } } }';
const HOST = 'managed-identity: { controls: { host-storage: { decision: apply } } }';
const GO = ['--yes', '--confirm', 'fn-orders'];
/** The longest recorded delay, in milliseconds. */
const RECORDED = 54_000;

async function setUp(steps: string, propagation: number, options: Parameters<typeof world>[0] = {}, app = 'fn-orders') {
  const here = await world({ time: testTime(), propagation, ...options });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, `version: 1\napps:\n  ${app}:\n    steps:\n      ${steps}\n`);
  return { here, file, before: await here.state() };
}

const puts = async (here: World) =>
  (await here.writes()).filter(({ method, url }) => method === 'PUT' && url.includes('/roleAssignments/')).map(({ status }) => status);
const assignments = async (here: World) =>
  Object.keys((await here.state()).resources).filter((id) => id.includes('/vaults/kv-events/providers/microsoft.authorization/'));
const SECRETS_USER = '4633458b-17de-408a-b874-0445c86b69e6';
/** The principal of the future identity of the app. */
async function principalOf(here: World): Promise<string> {
  await here.send('PATCH', ORDERS, { identity: { type: 'SystemAssigned' } });
  const { principalId } = (await here.get(ORDERS))['identity'] as { principalId: string };
  await here.send('PATCH', ORDERS, { identity: { type: 'None' } });
  return principalId;
}
const fault = { method: 'PUT', path: 'roleAssignments' } as const;
const answer = (code: string, message: string) => ({ body: { error: { code, message } } });

test('identity, role and reference: each waits for the previous one with a message, and undo reverts all of them', async () => {
  const { here, file, before } = await setUp(REFERENCES, RECORDED);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect((await puts(here)).slice(0, 2)).toEqual([400, 400]);
  expect((await puts(here)).at(-1)).toBe(201);
  expect(run.stderr).toMatch(/fn-orders: waiting until Azure accepts the new identity in role assignments \(\d+ s\)/);
  expect(run.stderr).toMatch(/fn-orders: waiting until the reference in PaymentApiKey resolves \(\d+ s\)/);
  const undo = await inside(here, ['undo', runName(run), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  const after = await here.state();
  for (const id of Object.keys(after.resources)) if (id.includes('/secrets/fn-orders-')) delete after.resources[id];
  expect(after).toEqual(before);
});

test('the wait for propagation is an event of the progress', async () => {
  const { here, file } = await setUp(REFERENCES, RECORDED);
  const run = await inside(here, ['replay', file, ...GO, '--json']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(run.stdout).toContain('"waitsFor":"Azure accepts the new identity in role assignments"');
});

test('a change of the host waits until its role assignments have propagated', async () => {
  const keyed = () => {
    const state = seed('P1v3', true);
    Object.values(state.sites)[0]!.appSettings['AzureWebJobsStorage'] =
      'DefaultEndpointsProtocol=https;AccountName=stfnbad;AccountKey=bm90LWEta2V5;EndpointSuffix=core.windows.net';
    return state;
  };
  const { here, file } = await setUp(HOST, RECORDED, { seed: keyed }, 'fn-bad');
  const run = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-bad']);
  expect(run, run.stderr + run.stdout).toMatchObject({ code: 0 });
  expect((await here.state()).sites[siteId('fn-bad').toLowerCase()]!.appSettings).toHaveProperty('AzureWebJobsStorage__accountName');
  expect(run.stderr).toMatch(/fn-bad: waiting until the host can access its storage with the identity/);
});

test('a new vault is readable once the role assignment of the operator has propagated', async () => {
  const { here, file } = await setUp(REFERENCES.replace('kv-events', 'kv-brand-new'), 0);
  const late = { error: { code: 'Forbidden', message: 'Please observe propagation time.', innererror: { code: 'ForbiddenByRbac' } } };
  await here.faults([{ method: 'GET', path: '^/vault/kv-brand-new', times: 5, status: 403, body: late }]);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run, run.stderr + run.stdout).toMatchObject({ code: 0 });
  expect(run.stderr).toMatch(/fn-orders: waiting until you can reach the vault kv-brand-new/);
});

test('a read is repeated if another server of the vault knows the role assignment of the operator later', async () => {
  const { here, file } = await setUp(REFERENCES.replace('kv-events', 'kv-brand-new'), 0);
  const late = { error: { code: 'Forbidden', message: 'Please observe propagation time.', innererror: { code: 'ForbiddenByRbac' } } };
  const missing = { error: { code: 'SecretNotFound', message: 'A secret was not found in this key vault.' } };
  await here.faults([
    { method: 'GET', path: '^/vault/kv-brand-new', times: 2, status: 404, body: missing },
    { method: 'GET', path: '^/vault/kv-brand-new', times: 2, status: 403, body: late },
  ]);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run, run.stderr + run.stdout).toMatchObject({ code: 0 });
});

test.each(['MSINotEnabled', 'VaultNotFound', 'SecretNotFound'])(
  'a reference that App Service reports as %s at first is checked again',
  async (status) => {
    const { here, file } = await setUp(REFERENCES, 0);
    const value = [{ name: 'PaymentApiKey', properties: { status, vaultName: 'kv-events' } }];
    await here.faults([{ method: 'GET', path: 'configreferences', times: 4, status: 200, body: { value } }]);
    const run = await inside(here, ['replay', file, ...GO]);
    expect(run, run.stderr + run.stdout).toMatchObject({ code: 0 });
  },
);

test('a reference that does not resolve is given up after a minute, with the reason', async () => {
  const { here, file } = await setUp(REFERENCES, 0);
  const value = [{ name: 'PaymentApiKey', properties: { status: 'SecretNotFound', vaultName: 'kv-events' } }];
  await here.faults([{ method: 'GET', path: 'configreferences', times: 99, status: 200, body: { value } }]);
  const began = here.clock.elapsed();
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain('Azure reports SecretNotFound.');
  expect(here.clock.elapsed() - began).toBeLessThan(200_000);
});

test('an identity that stays unknown is a failure after two minutes, with a next step', async () => {
  const { here, file } = await setUp(REFERENCES, 3_600_000);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run.code).not.toBe(0);
  expect(await puts(here)).toHaveLength(8);
  expect(run.stderr.replace(/\s+/g, ' ')).toContain('If the identity is new, try again in a few minutes');
});

test('a role assignment of an earlier identity of the app under the same name is reported as a conflict', async () => {
  const { here, file } = await setUp(REFERENCES, 0);
  const refused = answer('RoleAssignmentUpdateNotPermitted', 'Tenant ID, principal ID and scope are not allowed to be updated.');
  await here.faults([{ ...fault, status: 400, times: 9, ...refused }]);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run.code).not.toBe(0);
  expect(run.stderr.replace(/\s+/g, ' ')).toContain('Delete that role assignment (az role assignment delete --ids ID)');
});

test('a role assignment that cannot be read back yet is read again', async () => {
  const { here, file } = await setUp(REFERENCES, 0);
  const missing = { status: 404, ...answer('RoleAssignmentNotFound', 'The role assignment is not found.') };
  await here.faults([{ method: 'GET', path: 'roleAssignments/[0-9a-f-]+\\?', times: 5, ...missing }]);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run, run.stderr).toMatchObject({ code: 0 });
});

test('a role assignment whose answer was lost belongs to the run although the second request says that it exists; undo deletes it', async () => {
  const { here, file } = await setUp(REFERENCES, 0);
  const missing = { status: 404, ...answer('RoleAssignmentNotFound', 'The role assignment is not found.') };
  await here.faults([
    { method: 'GET', path: 'roleAssignments/[0-9a-f-]+\\?', times: 4, ...missing },
    { ...fault, status: 504, drop: 'after', times: 1 },
    { ...fault, status: 409, times: 1, ...answer('RoleAssignmentExists', 'The role assignment already exists.') },
  ]);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(await puts(here)).toEqual([0, 409]);
  expect(await assignments(here)).toHaveLength(1);
  const undo = await inside(here, ['undo', runName(run), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect(await assignments(here)).toEqual([]);
});

test('a role assignment that exists under another name and is listed late counts as done; undo keeps it', async () => {
  const { here, file } = await setUp(REFERENCES, 0);
  const vault = `${SITES}/rg-events/providers/Microsoft.KeyVault/vaults/kv-events`;
  const exists = { ...fault, status: 409, times: 1, ...answer('RoleAssignmentExists', 'The role assignment already exists.') };
  const listed = (times: number, value: JsonObject[]): JsonObject => ({
    method: 'GET',
    path: 'vaults/kv-events/.*principalId',
    times,
    status: 200,
    body: { value },
  });
  const principalId = await principalOf(here);
  const other = {
    id: `${vault}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555`,
    properties: { principalId, roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${SECRETS_USER}` },
  };
  // The list simulates the assignment; without the role of the app, no reference resolves.
  const value = [{ name: 'PaymentApiKey', properties: { status: 'Resolved' } }];
  await here.faults([
    exists,
    listed(2, []),
    listed(9, [other]),
    { method: 'GET', path: 'configreferences', times: 9, status: 200, body: { value } },
  ]);
  const run = await inside(here, ['replay', file, ...GO]);
  expect(run, run.stderr + run.stdout).toMatchObject({ code: 0 });
  expect(await puts(here)).toEqual([409]);
  expect(run.stderr).toMatch(/fn-orders: waiting until Azure lists the existing role assignment/);
  const undo = await inside(here, ['undo', runName(run), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect((await here.writes()).filter(({ method, url }) => method === 'DELETE' && url.includes('roleAssignments'))).toEqual([]);
});

test('a run with a new identity and role is killed at any point, resumed and undone', { timeout: 300_000 }, async () => {
  // The time of the service counts requests, so that the stops of the tested process at each boundary do not count as waiting.
  const time = testTime();
  let requests = 0;
  const now = () => new Date(Date.now() + (requests += 1) * 1000);
  const grounds = await recorded({ time: { ...time, service: { ...time.service, now } }, propagation: 20_000 }, async (folder) => {
    const file = join(folder, 'answers.yaml');
    await writeFile(file, `version: 1\napps:\n  fn-orders:\n    steps:\n      ${REFERENCES}\n`);
    return { replay: ['replay', file], go: GO };
  });
  // The emulator did refuse the new identity at first.
  expect(await puts(grounds.here)).toContain(400);
  for (const moment of new Set(grounds.moments)) await goesOnFrom(grounds, moment);
});
