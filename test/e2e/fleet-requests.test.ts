/** A fleet takes fewer requests than single apps, with the same results for each app. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { runName, world } from '../helpers/world.ts';

const ANSWERS = 'version: 1\ndefaults: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } }\n';
const LOCKS = '/providers/Microsoft.Authorization/locks/keep';
interface Planned {
  readonly changes: readonly { readonly app: string; readonly guards: readonly object[] }[];
}

test('one control over 40 apps: at most 3 requests for each app, and each app keeps its own notes', async () => {
  const here = await world({ scenario: 'fleet', apps: 40 });
  const file = join(here.folder, 'a.yaml');
  await writeFile(file, ANSWERS);
  const counted = async (...args: string[]) => {
    const before = (await here.exchanges()).length;
    const { stdout, stderr } = await inside(here, args);
    return { stdout, stderr, requests: (await here.exchanges()).slice(before) };
  };
  const plan = async (...apps: string[]) =>
    (JSON.parse((await inside(here, ['plan', file, '--json', ...apps, '--concurrency', '8'])).stdout) as Planned).changes;
  const [first, second, third] = (await plan('--all')).map(({ app }) => app);
  const idOf = (app: string) => here.apps.find((id) => id.endsWith(`/${app}`))!;
  const [own, group] = [`${idOf(first!)}${LOCKS}`, `${idOf(first!).split('/').slice(0, 5).join('/')}${LOCKS}`];
  await here.put(own, { level: 'ReadOnly', notes: 'of one app' });
  await here.put(group, { level: 'ReadOnly', notes: 'of a group' });
  const all = await plan('--all');
  for (const app of [first!, second!, third!])
    expect(all.find((change) => change.app === app)?.guards).toEqual((await plan('--app', app))[0]?.guards);
  const told = (app: string) => JSON.stringify(all.find((change) => change.app === app)?.guards);
  expect(told(first!)).toMatch(/of one app.*of a group|of a group.*of one app/);
  expect(all.filter(({ guards }) => JSON.stringify(guards).includes('of one app'))).toHaveLength(1);
  await here.send('DELETE', own, null);
  await here.send('DELETE', group, null);

  const replay = await counted('replay', file, '--all', '--yes', '--concurrency', '8');
  expect(replay.stderr).not.toContain('FAILED');
  expect(replay.requests.length / 40).toBeLessThanOrEqual(3);
  const undo = await counted('undo', runName({ code: 0, ...replay }), '--yes', '--concurrency', '8');
  expect(undo.stdout).toContain('UNDONE');
  expect(undo.requests.length / 40).toBeLessThanOrEqual(3);
});

test('the undo of many apps: a read before and after each write, one list for the plan, and permissions and times of creation once for each group', async () => {
  // Too few apps of each subscription change for a list of their own.
  const here = await world({ scenario: 'fleet', apps: 120, subscriptions: 3 });
  const file = join(here.folder, 'a.yaml');
  await writeFile(file, ANSWERS);
  const replay = await inside(here, ['replay', file, '--all', '--yes', '--concurrency', '8']);
  const before = (await here.exchanges()).length;
  const undo = await inside(here, ['undo', runName(replay), '--yes', '--concurrency', '8']);
  expect(undo.stdout).toContain('UNDONE');
  const requests = (await here.exchanges()).slice(before);
  const changed = requests.filter(({ method }) => method === 'PATCH').length;
  expect(changed).toBeGreaterThan(20);
  const read = requests.filter(({ method, url }) => method === 'GET' && url.includes('/config/web'));
  expect(read).toHaveLength(2 * changed);
  expect(requests.filter(({ url }) => url.includes('ResourceGraph'))).toHaveLength(1);
  // Three groups in each subscription; with two apps in a group, the permissions of each app are read.
  expect(requests.length - 3 * changed).toBeLessThanOrEqual(1 + 9 + 9);
});

test('a plan of everything safe over 12 apps reads shared resources once, and lists of sites do not grow with the square of the apps', async () => {
  const here = await world({ scenario: 'fleet', apps: 12 });
  const { stdout } = await inside(here, ['plan', '--safe', '--disruptive', '--all', '--json', '--concurrency', '4']);
  expect((JSON.parse(stdout) as Planned).changes.length).toBeGreaterThan(12);
  const paths = (await here.exchanges()).map(({ url }) => new URL(url).pathname);
  const counted = (pattern: RegExp) => paths.filter((path) => pattern.test(path)).length;
  // The sites for each of the first two apps, then for all; the latest changes of the subscription.
  expect(counted(/ResourceGraph/)).toBeLessThanOrEqual(4);
  expect(counted(/^\/subscriptions\/[^/]+\/providers\/Microsoft\.(Network|KeyVault|Storage|Insights|Cdn)\/[a-z]+$/i)).toBeLessThanOrEqual(
    9,
  );
});
