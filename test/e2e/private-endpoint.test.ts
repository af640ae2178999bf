/** A private endpoint takes long: its progress is shown, and public access is disabled only after its approval. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { ORDERS, runName, SITES, world } from '../helpers/world.ts';

const BILLING = ORDERS.replace('rg-shop', 'rg-finance').replace('fn-orders', 'fn-billing');
const SUBNET = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/endpoints`;
const ANSWERS = `version: 1\napps:\n  fn-billing:\n    steps:\n      private-access: { decision: apply, answers: { subnet: "${SUBNET}", dnsZone: privatelink.azurewebsites.net } }\n`;
const OPERATION = '/providers/Microsoft.Network/locations/';

async function setUp() {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  return { here, file, before: await here.state() };
}

test('private access: endpoint, name, then public access, with progress, and undo', async () => {
  const { here, file, before } = await setUp();
  const run = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-billing', '--json']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  const events = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; waitsFor?: string; run?: string });
  expect(events.flatMap(({ waitsFor }) => waitsFor ?? [])).toContain('Azure completes the operation (status InProgress)');
  const sent = (await here.writes()).map(({ method, url }) => `${method} ${new URL(url).pathname.split('/providers/').at(-1)}`);
  expect(sent).toEqual([
    'PUT Microsoft.Network/privateEndpoints/pe-fn-billing',
    'PUT Microsoft.Network/privateEndpoints/pe-fn-billing/privateDnsZoneGroups/default',
    'PATCH Microsoft.Web/sites/fn-billing',
  ]);
  expect((await here.get(BILLING))['properties']).toMatchObject({
    publicNetworkAccess: 'Disabled',
    privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' } } }],
  });
  const undo = await inside(here, ['undo', events.at(-1)!.run!, '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect(await here.state()).toEqual(before);
});

test.each(['stop', 'continue'])('a private endpoint that fails leaves public access enabled (--on-failure %s)', async (onFailure) => {
  const { here, file } = await setUp();
  const failed = { status: 'Failed', error: { code: 'SubnetIsFull', message: 'No address is left in the subnet.' } };
  await here.faults([{ method: 'GET', path: OPERATION, times: 9, status: 200, body: failed }]);
  const run = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-billing', '--on-failure', onFailure]);
  expect(run.code, run.stdout + run.stderr).toBe(5);
  expect(run.stderr).toContain('No address is left in the subnet.');
  expect((await here.get(BILLING))['properties']).toMatchObject({ publicNetworkAccess: 'Enabled' });
});

test('public access of an app without a private endpoint is not disabled', async () => {
  const { here } = await setUp();
  const file = join(here.folder, 'only.yaml');
  await writeFile(
    file,
    'version: 1\napps:\n  fn-billing:\n    steps:\n      private-access: { controls: { public-network: { decision: apply } } }\n',
  );
  const run = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-billing']);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('The app has no approved private endpoint');
  expect(await here.writes()).toEqual([]);
});

test('the undo of an undo says that it does not create the private endpoint again, and what does', async () => {
  const { here, file } = await setUp();
  const go = ['--yes', '--confirm', 'fn-billing'];
  const run = await inside(here, ['replay', file, ...go]);
  const undo = await inside(here, ['undo', runName(run), ...go]);
  expect(undo.code, undo.stdout + undo.stderr).toBe(0);
  const sent = await here.writes();
  const again = await inside(here, ['undo', runName(undo), ...go]);
  expect(again.code).toBe(1);
  const text = again.stdout.replaceAll(/\s+/g, ' ');
  expect(text).toContain('The private endpoint pe-fn-billing no longer exists, and undo does not create private endpoints again.');
  expect(text).toContain('To create it again, replay the answers file that created it.');
  expect(text).not.toContain('belongs to');
  expect(await here.writes()).toHaveLength(sent.length);
});
