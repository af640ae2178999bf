/** Undoing an undo, and undoing runs that wrote the same values, in any order. */
import { execFileSync } from 'node:child_process';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyOf, type State } from '../../src/emulator/state.ts';
import { between } from '../helpers/between.ts';
import { inside } from '../helpers/inside.ts';
import { runName, SITES, world, type Outcome, type World } from '../helpers/world.ts';

const SUBNET = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/apps-finance`;
const FINANCE = `${SITES}/rg-finance/providers`;
const ORDERS_SITE = keyOf(`${SITES}/rg-shop/providers/Microsoft.Web/sites/fn-orders`);

/** Replays areas of one app, and returns the name of the run. */
async function replayed(here: World, app: string, ...areas: string[]): Promise<string> {
  const path = join(here.folder, 'answers.yaml');
  await writeFile(path, `version: 1\napps:\n  ${app}:\n    steps:\n${areas.map((area) => `      ${area}\n`).join('')}`);
  const run = await inside(here, ['replay', path, '--yes', '--confirm', app]);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  return runName(run);
}
const undone = (here: World, run: string, app: string): Promise<Outcome> => inside(here, ['undo', run, '--yes', '--confirm', app]);
const flat = ({ stdout }: Outcome): string => stdout.replaceAll(/\s+/g, ' ');

test('the undo of an undo, and the undo of that, restore what Azure shows as not set', async () => {
  const here = await world();
  const run = await replayed(
    here,
    'fn-billing',
    `isolation: { answers: { subnet: "${SUBNET}" }, controls: { vnet: { decision: apply } } }`,
    'key-vault: { controls: { firewall: { decision: apply } } }',
    'storage: { controls: { entra-first: { decision: apply } } }',
  );
  const values = ({ resources }: State) =>
    ['Microsoft.KeyVault/vaults/kv-billing', 'Microsoft.Storage/storageAccounts/stfnbilling'].map(
      (id) => resources[keyOf(`${FINANCE}/${id}`)]!['properties'],
    );
  const hardened = values(await here.state());
  const first = await undone(here, run, 'fn-billing');
  const back = values(await here.state());
  expect(first.code, first.stdout + first.stderr).toBe(0);
  expect(back).not.toEqual(hardened);

  const second = await undone(here, runName(first), 'fn-billing');
  expect(second.code, second.stdout + second.stderr).toBe(0);
  expect(flat(second)).not.toContain('changed after this run');
  expect(values(await here.state())).toEqual(hardened);

  const third = await undone(here, runName(second), 'fn-billing');
  expect(third.code, third.stdout + third.stderr).toBe(0);
  expect(values(await here.state())).toEqual(back);
});

test('an undo that removed a secret is undone from the source that the run had read, and so is the undo of that', async () => {
  const here = await world();
  const settings = async () => (await here.state()).sites[ORDERS_SITE]!.appSettings;
  const start = await settings();
  const run = await replayed(
    here,
    'fn-orders',
    'monitoring: { answers: { component: appi-orders, workspace: log-contoso }, controls: { app-insights: { decision: apply } } }',
  );
  const applied = await settings();
  expect(applied['APPLICATIONINSIGHTS_CONNECTION_STRING']).toContain('InstrumentationKey=');
  const first = await undone(here, run, 'fn-orders');
  expect([first.code, await settings()]).toEqual([0, start]);
  const second = await undone(here, runName(first), 'fn-orders');
  expect([second.code, await settings()], second.stdout + second.stderr).toEqual([0, applied]);
  expect(second.stdout).toMatch(/^UNDONE: 2 undone, 2 verified/m);
  const third = await undone(here, runName(second), 'fn-orders');
  expect([third.code, await settings()], third.stdout + third.stderr).toEqual([0, start]);
});

test.each([
  [
    'the default action of access rules',
    (host: string) =>
      `access-restrictions: { decision: apply, answers: { rules: [{ name: a, priority: 1, action: Allow, ip: ${host} }], defaultAction: Deny } }`,
    ['198.51.100.0/24', '203.0.113.0/24'],
    'ipSecurityRestrictionsDefaultAction stays, because properties.ipSecurityRestrictions works only together with it',
  ],
  [
    'credentials of CORS',
    (host: string) => `cors: { decision: apply, answers: { allowedOrigins: ["${host}"] } }`,
    ['https://a.contoso.com', 'https://b.contoso.com'],
    'cors.supportCredentials stays, because properties.cors.allowedOrigins works only together with it',
  ],
])('%s stay where a later run changed the list', async (_, area, [one, two], says) => {
  const here = await world();
  const siteOf = async () => (await here.state()).sites[ORDERS_SITE]!;
  const start = await siteOf();
  const older = await replayed(here, 'fn-orders', area(one!));
  const newer = await replayed(here, 'fn-orders', area(two!));
  const both = await siteOf();

  const early = await undone(here, older, 'fn-orders');
  expect(early.code, early.stdout + early.stderr).toBe(5);
  expect(flat(early)).toContain(says);
  expect(await siteOf(), 'nothing of the rules is reverted').toEqual(both);

  expect((await undone(here, newer, 'fn-orders')).code).toBe(0);
  expect((await undone(here, older, 'fn-orders')).code).toBe(0);
  expect(await siteOf()).toEqual(start);
});

test('an undo names values that were not set before the run', async () => {
  const here = await world();
  const run = await replayed(here, 'fn-billing', 'https: { controls: { cipher-suite: { decision: apply } } }');
  expect(flat(await undone(here, run, 'fn-billing'))).toContain(
    'undo properties.minTlsCipherSuite was not set. Azure Resource Manager cannot remove it, so undo writes "TLS_RSA_WITH_AES_128_CBC_SHA", which behaves the same.',
  );
});

test('no undo is offered for a run with one-way changes only', async () => {
  const here = await world();
  const path = join(here.folder, 'answers.yaml');
  await writeFile(
    path,
    'version: 1\napps: { fn-orders: { steps: { deployment-credentials: { controls: { password: { decision: apply } } } } } }\n',
  );
  const replay = () => inside(here, ['replay', path, '--yes', '--confirm', 'fn-orders']);
  await here.faults([{ method: 'POST', path: 'newpassword', times: 9, drop: 'after' }]);
  const broken = await replay();
  expect([broken.code, broken.stdout]).toEqual([5, expect.not.stringContaining('func-harden undo')]);
  await here.faults([]);
  const run = await replay();
  expect(run.stdout).toMatch(/^APPLIED: 1 applied/m);
  expect(run.stdout).not.toContain('func-harden undo');
  const history = await inside(here, ['history', 'last']);
  expect(history.stdout).not.toContain('func-harden undo');
  const undo = await inside(here, ['undo', 'last']);
  expect([undo.code, undo.stderr]).toEqual([0, expect.stringContaining('has no change left to revert')]);
});

test.skipIf(process.platform === 'win32')(
  'an undo whose earlier log a pipe replaced during the undo ends, and names the change that the log does not record',
  async () => {
    const here = await world();
    const run = await replayed(here, 'fn-orders', 'https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }');
    const log = join(here.folder, 'func-harden', 'journal', `${run}.jsonl`);
    const { endpoint, writes } = await between(here.endpoint, {
      before: async ({ method }) => {
        if (method === 'GET' || (await stat(log)).isFIFO()) return;
        await rm(log);
        execFileSync('mkfifo', ['-m', '600', log]);
      },
    });
    const undo = await inside({ ...here, endpoint }, ['undo', run, '--yes', '--confirm', 'fn-orders']);
    expect(undo.code).toBe(5);
    expect(writes().length).toBeGreaterThan(1);
    const said = (undo.stdout + undo.stderr).replaceAll(/\s+/g, ' ');
    expect(said).toMatch(new RegExp(`Change \\d+ of run ${run} was reverted in Azure, but the undo log of that run could not record it`));
    expect(said).not.toContain('All changes were reverted');
  },
);
