/** Many apps at once: the inventory, the reads beside it, and the limits of Azure. */
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { testTime } from '../helpers/clock.ts';
import { inside } from '../helpers/inside.ts';
import { world, type World } from '../helpers/world.ts';

interface App {
  readonly id: string;
  readonly plan: string;
  readonly source?: { readonly resourceGraph: readonly string[]; readonly asOf: string };
  readonly steps: readonly { readonly id: string; readonly controls: readonly { readonly id: string; readonly state: string }[] }[];
}
const audit = async (here: World, ...args: string[]) => {
  const ran = await inside(here, ['audit', ...args, '--json']);
  return { ...ran, apps: (JSON.parse(ran.stdout) as { apps: App[] }).apps };
};
const verdicts = (apps: readonly App[]) =>
  Object.fromEntries(apps.map(({ id, steps }) => [id, steps]).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
const asked = async (here: World) => (await here.exchanges()).map(({ method, url }) => `${method} ${new URL(url).pathname}`);

test('a fleet takes at most two requests for each app, with the same verdicts as single audits', { timeout: 60_000 }, async () => {
  const here = await world({ scenario: 'fleet', apps: 300 });
  const all = await audit(here, '--all', '--profile', 'baseline');
  expect(all.apps).toHaveLength(300);
  const ofApps = (await asked(here)).filter((one) => one.includes('/sites/'));
  expect(ofApps.length).toBeLessThanOrEqual(2 * 300);
  // The lists of the subscription.
  expect((await asked(here)).length - ofApps.length).toBeLessThanOrEqual(20);
  // On Container Apps too: a bad value fails there, although most of the configuration has no effect.
  expect(all.apps.every(({ source }) => source?.resourceGraph.join() === 'site,siteConfig' && source.asOf > '2026')).toBe(true);
  const some = all.apps.filter((_, index) => index % 15 === 4);
  const direct = await audit(here, ...some.flatMap(({ id }) => ['--app', id]), '--profile', 'baseline');
  expect(direct.apps.some(({ source }) => source)).toBe(false);
  expect(verdicts(direct.apps)).toEqual(verdicts(some));
});

test('strict audit of apps and slots in each state: the inventory changes no verdict', { timeout: 60_000 }, async () => {
  const here = await world();
  const all = await audit(here, '--all', '--slot', 'all');
  expect(all.apps.some(({ id }) => id.includes('/slots/'))).toBe(true);
  const direct = await audit(here, ...all.apps.flatMap(({ id }) => ['--app', id]));
  expect(verdicts(direct.apps)).toEqual(verdicts(all.apps));
});

test('a value that changed after the inventory is read again before a write', async () => {
  const here = await world();
  const [row] = await Array.fromAsync((await here.connection()).discovery.inventory(here.subscriptionIds[0] as string));
  expect([...(row?.held.keys() ?? [])]).toEqual(['site', 'siteConfig']);
});

test('without Resource Graph the apps are listed and read one by one, with a note', { timeout: 60_000 }, async () => {
  const here = await world();
  const before = await audit(here, '--all', '--slot', 'all', '--step', 'https');
  await here.faults([
    { method: 'POST', path: 'ResourceGraph', times: 50, status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
  ]);
  const after = await audit(here, '--all', '--slot', 'all', '--step', 'https');
  expect(after.stderr).toMatch(/NOTE: Azure Resource Graph does not answer for .*func-harden lists and reads its apps one by one/);
  expect(verdicts(after.apps)).toEqual(verdicts(before.apps));
  expect(after.code).toBe(before.code);
});

test('a member that the inventory does not contain is read, not guessed', async () => {
  const here = await world();
  const { apps } = await audit(here, '--all', '--step', 'https');
  const { discovery } = await here.connection();
  const rows = await Array.fromAsync(discovery.inventory(here.subscriptionIds[0] as string));
  const data = rows.map(({ held }) => {
    const { minTlsVersion: _, ...rest } = (held.get('siteConfig') as { properties: Record<string, unknown> }).properties;
    const pascal = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]));
    return { site: String(held.get('site')?.['id']).toLowerCase(), properties: pascal };
  });
  await here.faults([
    { method: 'POST', path: 'ResourceGraph', times: 1, status: 200, body: { data: [{ Count: 6 }] } },
    {
      method: 'POST',
      path: 'ResourceGraph',
      times: 1,
      status: 200,
      body: { data: rows.map(({ target, held }) => ({ ...held.get('site'), tags: target.tags })) },
    },
    { method: 'POST', path: 'ResourceGraph', times: 1, status: 200, body: { data } },
  ] as never);
  const before = (await asked(here)).length;
  const lacking = await audit(here, '--all', '--step', 'https');
  expect(verdicts(lacking.apps)).toEqual(verdicts(apps));
  expect((await asked(here)).slice(before).filter((one) => one.endsWith('/config/web'))).toHaveLength(apps.length);
  expect(lacking.apps.map(({ source }) => source?.resourceGraph)).toEqual(apps.map(() => ['site']));
});

test('one app that cannot be read does not stop the audit of the others', async () => {
  const here = await world({ scenario: 'fleet', apps: 20 });
  await here.faults([{ method: 'POST', path: 'fn-00007/config/appsettings/list', times: 99, status: 500 }]);
  const { apps, code } = await audit(here, '--all', '--step', 'app-settings', '--profile', 'baseline');
  const states = apps.map(({ id, steps }) => [id.endsWith('fn-00007'), steps[0]?.controls[0]?.state === 'unknown']);
  expect(states).toHaveLength(20);
  expect(states.every(([broken, unknown]) => broken === unknown)).toBe(true);
  expect(code).toBe(6);
});

test('a selection without apps is reported', async () => {
  const here = await world();
  const ran = await inside(here, ['audit', '--resource-group', 'rg-nowhere', '--json']);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain('No function app matches, or you have no permission to read it.');
  expect(JSON.parse(ran.stdout)).toMatchObject({ apps: [] });
});

test('with the limits of ARM, all requests are sent within the budget and none is refused', { timeout: 60_000 }, async () => {
  const [size, rate] = [20, 25];
  const apps = 95;
  const budget = { reads: { size: 60, rate: 60 }, writes: { size, rate }, deletes: { size, rate } };
  const time = testTime();
  const here = await world({ scenario: 'fleet', apps, budget, time });
  const began = time.clock.elapsed();
  await audit(here, '--all', '--profile', 'baseline');
  const seconds = (time.clock.elapsed() - began) / 1000;
  const exchanges = await here.exchanges();
  expect(exchanges.filter(({ status }) => status === 429)).toEqual([]);
  const used = exchanges.filter(({ method, url }) => method === 'POST' && url.includes('/sites/')).length;
  expect(used).toBe(apps);
  // Share of the tokens that the bucket had and got; the remaining time is the start and the end of the process, longer on a busy machine.
  expect(used / (size + rate * seconds)).toBeGreaterThan(0.6);
});

const fallback = /NOTE: Azure Resource Graph does not answer for .*func-harden lists and reads its apps one by one/;

test.each([
  [
    'fewer rows than it counts',
    (rows: readonly object[]) => ({ totalRecords: 40, count: 2, data: rows.slice(0, 2), resultTruncated: 'true' }),
  ],
  ['no rows', () => ({ data: null })],
  ['a list', () => []],
  ['a row of no app', (rows: readonly object[]) => ({ data: [...rows, { id: 'x', kind: 'functionapp' }] })],
  ['rows without a kind', (rows: readonly object[]) => ({ data: rows.map((row) => ({ ...row, kind: undefined })) })],
])('an answer of Resource Graph with %s is not accepted as complete', async (_, body) => {
  const here = await world();
  const { apps } = await audit(here, '--all', '--step', 'ftp');
  const rows = (await Array.fromAsync((await here.connection()).discovery.inventory(here.subscriptionIds[0] as string))).map(
    ({ held }) => held.get('site') as object,
  );
  await here.faults([
    { method: 'POST', path: 'ResourceGraph', times: 1, status: 200, body: { data: [{ Count: 6 }] } },
    { method: 'POST', path: 'ResourceGraph', times: 1, status: 200, body: body(rows) },
  ] as never);
  const again = await audit(here, '--all', '--step', 'ftp');
  expect(again.stderr).toMatch(fallback);
  expect(verdicts(again.apps)).toEqual(verdicts(apps));
});

test('an app that is listed twice is audited once', async () => {
  const here = await world();
  const rows = (await Array.fromAsync((await here.connection()).discovery.inventory(here.subscriptionIds[0] as string))).map(
    ({ held }) => held.get('site') as object,
  );
  await here.faults([{ method: 'POST', path: 'ResourceGraph', times: 1, status: 200, body: { data: [...rows, ...rows] } }] as never);
  const { apps } = await audit(here, '--all', '--slot', 'all', '--step', 'ftp');
  expect(apps).toHaveLength(rows.length);
});

test('function apps on Container Apps are left out with a note, because their settings are elsewhere', async () => {
  const seed = contoso();
  for (const [name, kind] of Object.entries({ 'ca-orders': 'functionapp', 'ca-web': '' })) {
    const id = `/subscriptions/${seed.subscriptions[0]!.id}/resourceGroups/rg-shop/providers/Microsoft.App/containerApps/${name}`;
    seed.resources[id.toLowerCase()] = { id, ...(kind ? { kind } : {}), location: 'westeurope', properties: {} };
  }
  const here = await world({ seed: () => seed });
  const all = await inside(here, ['audit', '--all', '--step', 'ftp']);
  expect(all.stderr).toMatch(/NOTE: 1 container app with functions \(Microsoft\.App\/containerApps\) in .* not checked/);
});

test('Logic Apps have the same type: they are left out with a note, and named if they were asked for', async () => {
  const here = await world();
  const all = await inside(here, ['audit', '--all', '--step', 'ftp']);
  expect(all.stderr).toMatch(/NOTE: 1 Logic App in .* skipped/);
  const named = await inside(here, ['audit', '--app', 'la-approvals']);
  expect([named.code, named.stderr]).toEqual([1, expect.stringContaining('"la-approvals" is a Logic App (workflow app)')]);
});
