/** Two apps of one run that write the same value, and which app waits for which. */
import { expect, test } from 'vitest';
import type { Change } from '../../src/change/change.ts';
import { createResourceQueue } from '../../src/engine/run/resource-queue.ts';
import { mergeThreeWay, OwnWrites } from '../../src/change/own-writes.ts';
import type { Json } from '../../src/azure/index.ts';

test.each<[string, Json, Json, Json, Json | undefined]>([
  ['both added', ['a'], ['a', 'b'], ['a', 'c'], ['a', 'c', 'b']],
  ['one added, the other removed', ['a'], ['a', 'b'], [], ['b']],
  ['both added the same item', [], ['b'], ['b'], ['b']],
  ['no earlier value', null, [{ id: 1 }], [{ id: 2 }], [{ id: 2 }, { id: 1 }]],
  ['members one by one', { x: 1, l: [] }, { x: 2, l: ['a'] }, { x: 1, l: ['b'], n: 3 }, { x: 2, l: ['b', 'a'], n: 3 }],
  ['a contradicting member', { x: 1 }, { x: 2 }, { x: 3 }, undefined],
  ['a contradicting plain value', 'a', 'b', 'c', undefined],
  ['only the other one changed it', 'a', 'a', 'c', 'c'],
])('%s', (_, base, ours, theirs, wanted) => {
  expect(mergeThreeWay(base, ours, theirs)).toEqual(wanted);
});

test('values that the run wrote are recognized, whatever the service added', () => {
  const written = new OwnWrites();
  written.note('/Subscriptions/A', 'properties.x', { a: 1 }, 'fn-a');
  expect(written.by('/subscriptions/a', 'properties.x', { a: 1, b: 2 })).toBe('fn-a');
  expect(written.by('/subscriptions/a', 'properties.x', { a: 2 })).toBeUndefined();
  expect(written.by('/subscriptions/a', 'properties.y', { a: 1 })).toBeUndefined();
});

const on = (resource: string, ...after: string[]): Change => ({ resource, after, diff: [], needs: [], proofs: [] }) as unknown as Change;
const GROUP = '/subscriptions/s/resourceGroups/r/providers';
const VAULT = `${GROUP}/Microsoft.KeyVault/vaults/kv`;
const settled = async (promise: Promise<void>): Promise<boolean> => {
  let is = false;
  void promise.then(() => (is = true));
  for (let tick = 0; tick < 20; tick++) await Promise.resolve();
  return is;
};

test('an app waits only for earlier apps that write the same resource', async () => {
  const site = (name: string) => on(`${GROUP}/Microsoft.Web/sites/${name}/config/web`);
  const apps = [[site('a'), on(VAULT)], [site('b'), on(`${VAULT}/secrets/x`)], [site('c')], [on(VAULT)]];
  const turnOf = createResourceQueue(apps);
  const [a, b, c, d] = apps.map(turnOf);
  expect(await settled(b!.waitFor(apps[1]![0]!)), 'its own site').toBe(true);
  expect(await settled(c!.waitFor(apps[2]![0]!))).toBe(true);
  expect(await settled(b!.waitFor(apps[1]![1]!)), 'a secret of a vault that the first one writes').toBe(false);
  b!.releaseAllBut([]);
  expect(await settled(d!.waitFor(apps[3]![0]!)), 'who leaves early lets nobody past those before').toBe(false);
  a!.releaseAllBut([]);
  expect(await settled(b!.waitFor(apps[1]![1]!))).toBe(true);
  expect(await settled(d!.waitFor(apps[3]![0]!))).toBe(true);
});

test('a resource that apps only read causes no wait', async () => {
  const apps = [[on('/x/a', `vaults ${VAULT}`)], [on('/x/b', `vaults ${VAULT}`)]];
  const turnOf = createResourceQueue(apps);
  const [, second] = apps.map(turnOf);
  expect(await settled(second!.waitFor(apps[1]![0]!))).toBe(true);
});
