/** A plan that sets again what an earlier run had set names the run, the time and the current value. */
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Drift } from '../../src/engine/past/drift.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, runName, SITES, world, type World } from '../helpers/world.ts';

const WEB = `${ORDERS}/config/web`;
const HTTPS = 'https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }';

async function replayed(steps: string, app = 'fn-orders'): Promise<{ here: World; file: string; run: string }> {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, `version: 1\napps:\n  ${app}:\n    steps:\n      ${steps}\n`);
  const replay = await inside(here, ['replay', file, '--yes', '--confirm', app]);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  return { here, file, run: runName(replay) };
}
const driftIn = async (here: World, file: string, ...args: string[]): Promise<Drift[]> =>
  (JSON.parse((await inside(here, [...args, file, '--json'])).stdout) as { drift: Drift[] }).drift;

test('an undo that sends nothing counts a change that stays once, in text and in JSON', async () => {
  const { here, run } = await replayed('ftp: { decision: apply, answers: { state: Disabled } }');
  await here.patch(WEB, { ftpsState: 'FtpsOnly' });
  const text = await inside(here, ['undo', run, '--yes']);
  expect([text.code, text.stdout.trimEnd().split('\n').at(-1)]).toEqual([
    5,
    'FAILED: 0 undone, 0 verified, 0 failed, 0 skipped, 1 kept. Nothing was sent.',
  ]);
  const json = await inside(here, ['undo', run, '--yes', '--json']);
  expect([json.code, JSON.parse(json.stdout)]).toMatchObject([5, { type: 'run-end', run: null, failed: 0, state: 'failed' }]);
});

test('plan, replay and dry run show values that changed since an earlier run, and no others', async () => {
  const { here, file, run } = await replayed(HTTPS);
  expect(await driftIn(here, file, 'plan'), 'nothing to do').toEqual([]);
  await here.patch(WEB, { minTlsVersion: '1.0' });
  await here.patch(ORDERS, { httpsOnly: false });
  const wanted = [
    { app: 'fn-orders', controls: ['https.min-tls'], resource: WEB, path: 'properties.minTlsVersion', run, wanted: '1.2', now: '1.0' },
    { app: 'fn-orders', controls: ['https.https-only'], resource: ORDERS, path: 'properties.httpsOnly', run, wanted: true, now: false },
  ].map((one) => ({ ...one, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string }));
  const drift = await driftIn(here, file, 'plan');
  expect(drift).toHaveLength(2);
  expect(drift).toEqual(expect.arrayContaining(wanted));
  expect(await driftIn(here, file, 'replay', '--dry-run')).toEqual(drift);
  const text =
    /Changed since the last run[\s\S]*fn-orders {2}https\.min-tls: minTlsVersion, set by\s+run \S+\s+on \d{4}-\d\d-\d\d, current\s+value "1\.0"/;
  expect((await inside(here, ['plan', file])).stdout).toMatch(text);
  const again = await inside(here, ['replay', file, '--yes']);
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(text)]);

  // Now the second run was the last to set it.
  await here.patch(WEB, { minTlsVersion: '1.1' });
  expect(await driftIn(here, file, 'plan')).toMatchObject([{ run: runName(again), now: '1.1' }]);
});

test('a changed access rule is shown with the controls that write it, not with all controls of the request', async () => {
  const rules = 'answers: { rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Deny }';
  const { here, file } = await replayed(`${HTTPS}\n      access-restrictions: { decision: apply, ${rules} }`);
  await here.patch(WEB, { ipSecurityRestrictionsDefaultAction: 'Allow' });
  expect(await driftIn(here, file, 'plan')).toMatchObject([{ path: 'properties.ipSecurityRestrictionsDefaultAction' }]);
  await here.patch(WEB, { minTlsVersion: '1.0' });
  const drift = await driftIn(here, file, 'plan');
  expect(drift.map(({ path, controls }) => [path, controls.map((id) => id.split('.')[0])]).toSorted()).toEqual([
    ['properties.ipSecurityRestrictionsDefaultAction', ['access-restrictions']],
    ['properties.minTlsVersion', ['https']],
  ]);
});

test('a reverted value is not shown as changed, and neither is a value that should now differ', async () => {
  const { here, file, run } = await replayed(HTTPS);
  await here.patch(WEB, { minTlsVersion: '1.0' });
  await writeFile(file, `version: 1\napps: { fn-orders: { steps: { ${HTTPS.replace('"1.2"', '"1.3"')} } } }\n`);
  expect(await driftIn(here, file, 'plan'), 'it was another value').toEqual([]);
  await here.patch(WEB, { minTlsVersion: '1.2' });
  expect((await inside(here, ['undo', run, '--yes'])).code).toBe(0);
  await writeFile(file, `version: 1\napps: { fn-orders: { steps: { ${HTTPS} } } }\n`);
  const { drift, changes } = JSON.parse((await inside(here, ['plan', file, '--json'])).stdout) as { drift: Drift[]; changes: unknown[] };
  expect([drift, changes.length > 0]).toEqual([[], true]);
});

test('a changed secret is reported without its current value', async () => {
  const steps = 'key-vault: { answers: { vault: kv-events, settings: [ServiceBus] }, controls: { references: { decision: apply } } }';
  const { here, file, run } = await replayed(steps, 'fn-events');
  const settings = `${SITES}/rg-events/providers/Microsoft.Web/sites/fn-events/config/appsettings`;
  const secret = 'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=Zm9yIGEgdGVzdA==';
  const known = (await (
    await fetch(`${here.endpoint}${settings}/list?api-version=2024-11-01`, {
      method: 'POST',
      headers: { authorization: `Bearer ${here.accessToken}` },
    })
  ).json()) as { properties: Record<string, string> };
  await here.put(settings, { ...known.properties, ServiceBus: secret });
  const plan = await inside(here, ['plan', file, '--json']);
  const { drift } = JSON.parse(plan.stdout) as { drift: Drift[] };
  expect(drift).toMatchObject([
    {
      app: 'fn-events',
      run,
      path: 'properties.ServiceBus',
      wanted: expect.stringContaining('@Microsoft.KeyVault'),
      now: '(sensitive value)',
    },
  ]);
  expect(plan.stdout + (await inside(here, ['plan', file])).stdout).not.toContain('Zm9yIGEgdGVzdA');
});

test.skipIf(process.platform === 'win32')('a plan is made although an undo log cannot be read', async () => {
  const { here, file } = await replayed(HTTPS);
  await here.patch(WEB, { minTlsVersion: '1.0' });
  const folder = join(here.folder, 'func-harden', 'journal');
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o644);
  const { code, stderr, stdout } = await inside(here, ['plan', file, '--json']);
  expect([code, (JSON.parse(stdout) as { drift: Drift[] }).drift]).toEqual([2, []]);
  expect(stderr).toMatch(/^NOTE: Changes since the last run are not completely known: .*can be read or changed by other users\.$/m);
});
