/** An app that was deleted and created again after a run is another app under the same name. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordedRun } from '../../src/change/undo-log.ts';
import { creationsOf } from '../../src/engine/past/created-since.ts';
import { findTargets } from '../../src/engine/fleet/targets.ts';
import { testTime } from '../helpers/clock.ts';
import { inside } from '../helpers/inside.ts';
import { runStart } from '../helpers/journal.ts';
import { ORDERS, runName, SITES, world, type Outcome, type World } from '../helpers/world.ts';

const STAGING = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-billing/slots/staging`;
const LIST = `${SITES}/rg-shop/resources`;
const flat = ({ stdout, stderr }: Outcome): string => `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ');

/** Replays two areas of an app and a slot. */
async function replayed(): Promise<{ here: World; run: string }> {
  const here = await world({ time: testTime() });
  const file = join(here.folder, 'answers.yaml');
  const area = '{ steps: { remote-debugging: { decision: apply }, https: { controls: { https-only: { decision: apply } } } } }';
  await writeFile(file, `version: 1\napps:\n  fn-orders: ${area}\n  fn-billing/staging: ${area}\n`);
  const replay = await inside(here, ['replay', file, '--yes']);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  return { here, run: runName(replay) };
}

/** Deletes an app and creates another one under its name, which has the values that the run had written. */
async function createAgain(here: World, id: string): Promise<void> {
  const site = (await here.get(id)) as { location: string; kind: string; properties: { serverFarmId: string } };
  await here.send('DELETE', id, null);
  // Clocks of Azure and of the machine may differ by a minute.
  await here.clock.sleep(61_000);
  await here.send('PUT', id, {
    location: site.location,
    kind: site.kind,
    properties: { serverFarmId: site.properties.serverFarmId, httpsOnly: true },
  });
}
const isSecure = async (here: World, id: string) => ((await here.get(id)) as { properties: { httpsOnly: boolean } }).properties.httpsOnly;

test.each([ORDERS, STAGING])('an undo leaves an app that was created after the run, and reverts the others: %s', async (id) => {
  const { here, run } = await replayed();
  await createAgain(here, id);
  const other = id === ORDERS ? STAGING : ORDERS;
  const preview = await inside(here, ['undo', run, '--dry-run']);
  expect(preview.code, preview.stderr).toBe(5);
  expect(flat(preview)).toMatch(/this app was created at \S+, after the start of the run \(\S+\): it is another app with the same name/);
  expect(flat(preview)).toContain('or add --overwrite to revert the changes in it anyway');
  expect(flat(preview)).not.toContain('was changed after this run');
  const undo = await inside(here, ['undo', run, '--yes']);
  expect(undo.code, undo.stderr).toBe(5);
  expect(undo.stdout).toContain('PARTLY UNDONE');
  expect([await isSecure(here, id), await isSecure(here, other)]).toEqual([true, false]);
});

test('an undo with --overwrite reverts the changes in the new app, and says that it is another app', async () => {
  const { here, run } = await replayed();
  await createAgain(here, ORDERS);
  const undo = await inside(here, ['undo', run, '--yes', '--overwrite']);
  expect(undo.code, undo.stdout + undo.stderr).toBe(0);
  expect(flat(undo)).toMatch(/This app was created at \S+, after the start of the run/);
  expect(await isSecure(here, ORDERS)).toBe(false);
});

test('changes that were reverted before are no failure, although the app was created again', async () => {
  const { here, run } = await replayed();
  expect((await inside(here, ['undo', run, '--yes'])).code).toBe(0);
  await createAgain(here, ORDERS);
  await here.patch(ORDERS, { httpsOnly: false });
  await here.patch(`${ORDERS}/config/web`, { remoteDebuggingEnabled: true, webSocketsEnabled: true });
  const again = await inside(here, ['undo', run, '--yes']);
  expect(again.code, again.stdout + again.stderr).toBe(0);
});

test('a resume sends nothing to an app that was created after the run, and does not read the result of the run in it', async () => {
  const here = await world({ time: testTime() });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  await here.faults([{ method: 'PATCH', path: 'fn-orders/config/web', times: 9, status: null, drop: 'before' }]);
  const run = runName(await inside(here, ['replay', file, '--yes']));
  await here.faults([]);
  await createAgain(here, ORDERS);
  await here.patch(`${ORDERS}/config/web`, { remoteDebuggingEnabled: true });
  const sent = (await here.writes()).length;
  const resume = await inside(here, ['resume', run, '--yes']);
  expect(resume.code, resume.stdout + resume.stderr).toBe(1);
  expect(flat(resume)).toContain('config/web unknown: this app was created at');
  expect(flat(resume)).toMatch(/remote-debugging\.\S+ is not changed: This app was created at \S+, after the start of the run/);
  expect(await here.writes()).toHaveLength(sent);
});

test.each([
  ['the list is refused', 403, { error: { code: 'AuthorizationFailed', message: 'No.' } }],
  ['the list does not have the app', 200, { value: [] }],
  ['the app has no time', 200, { value: [{ id: ORDERS, name: 'fn-orders', type: 'Microsoft.Web/sites' }] }],
  ['the time has no zone', 200, { value: [{ id: ORDERS, name: 'fn-orders', createdTime: '2999-01-01T00:00:00' }] }],
])('where Azure does not show the time, one line says so and nothing is blocked: %s', async (_, status, body) => {
  const { here, run } = await replayed();
  await here.faults([{ method: 'GET', path: LIST, times: 9, status, body }]);
  const undo = await inside(here, ['undo', run, '--yes']);
  expect(undo.code, undo.stdout + undo.stderr).toBe(0);
  expect(flat(undo).match(/It is unknown whether this app was created after the run/g)).toHaveLength(1);
});

test('an app that is created within a minute of the start of its run is the app of the run', async () => {
  const { here, run } = await replayed();
  const createdTime = new Date(here.clock.now().getTime() + 50_000).toISOString();
  await here.faults([
    { method: 'GET', path: LIST, times: 9, status: 200, body: { value: [{ id: ORDERS, name: 'fn-orders', createdTime }] } },
  ]);
  const undo = await inside(here, ['undo', run, '--yes']);
  expect(undo.code, undo.stdout + undo.stderr).toBe(0);
  expect(flat(undo)).not.toContain('this app was created');
});

test('an audit, a plan and a replay do not read the time', async () => {
  const { here } = await replayed();
  await inside(here, ['audit', '--app', 'fn-orders']);
  await inside(here, ['plan', join(here.folder, 'answers.yaml')]);
  expect((await here.exchanges()).filter(({ url }) => url.includes('createdTime'))).toEqual([]);
});

test('without a valid start of the run, it is unknown whether the app is another one', async () => {
  const here = await world();
  const { reader, discovery } = await here.connection();
  const { targets } = await findTargets(discovery, { subscriptions: [], apps: ['fn-orders'], tags: [] });
  const creations = await creationsOf(recordedRun([runStart('r', targets[0]!)])!, targets, reader);
  expect([...creations.values()]).toEqual([
    {
      isAnother: false,
      says: 'It is unknown whether this app was created after the run: the undo log does not show when the run started.',
    },
  ]);
});
