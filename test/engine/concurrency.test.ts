/** Apps of several subscriptions take turns, because Azure limits the requests to each subscription by itself. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Target } from '../../src/azure/index.ts';
import { findSelectedApps } from '../../src/app/target-selection.ts';
import type { Connection } from '../../src/engine/ports.ts';
import { forEachLimited, inTurn, mapApps, mapLimited, streamLimited } from '../../src/engine/concurrency.ts';
import { appsWithSites, type ListedApp } from '../../src/engine/fleet/listed-sites.ts';
import { ArmFailure, type Discovery } from '../../src/engine/ports.ts';
import { inside } from '../helpers/inside.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { runName, world } from '../helpers/world.ts';

test('groups are interleaved, each in its own order, and nothing is lost', () => {
  expect(inTurn(['a1', 'a2', 'a3', 'b1', 'c1', 'c2'], ([group]) => group!)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat())), (items) => {
      const ordered = inTurn(items, ([group]) => group);
      for (const group of ['a', 'b', 'c']) expect(ordered.filter(([own]) => own === group)).toEqual(items.filter(([own]) => own === group));
      expect(ordered).toHaveLength(items.length);
    }),
  );
});

test('results have the order of the apps, whatever order the work had', async () => {
  const apps = [1, 1, 1, 2, 2, 3].map((subscription, index) => ({ subscriptionId: `s${subscription}`, index }));
  const begun: number[] = [];
  const results = await mapApps(apps, 2, async ({ index }) => (begun.push(index), index * 10));
  expect(results).toEqual([0, 10, 20, 30, 40, 50]);
  expect(begun).toEqual([0, 3, 5, 1, 4, 2]);
});

test('a limit far above the number of items asks for each item once, and a failure ends the work', async () => {
  let asked = 0;
  const counting = (items: number[]): AsyncIterator<number> => ({
    next: () => Promise.resolve(asked++ < items.length ? { value: items[asked - 1]! } : { done: true, value: undefined }),
  });
  const done: number[] = [];
  await forEachLimited(counting([1, 2, 3]), 999_999, async (item) => void done.push(item));
  expect(done).toEqual([1, 2, 3]);
  expect(asked).toBeLessThan(10);
  await expect(forEachLimited(counting([]), 2, () => Promise.resolve())).resolves.toBeUndefined();
  asked = 0;
  let [atOnce, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, (atOnce += 1));
    await nextTurn();
    atOnce -= 1;
  };
  await forEachLimited(counting(Array.from({ length: 20 }, (_, at) => at)), 3, work);
  expect(most).toBe(3);
  asked = 0;
  await expect(forEachLimited(counting([1, 2, 3, 4]), 2, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

test('a signal ends work that reads at once, although an answer never comes', async () => {
  const stop = new AbortController();
  const never = () => new Promise<never>(() => {});
  const items = () => [1, 2][Symbol.iterator]() as unknown as AsyncIterator<number>;
  const yielded: number[] = [];
  const stream = async () => {
    const all = streamLimited(Readable.from([1, 2]), 1, (item: number) => (item === 1 ? Promise.resolve(item) : never()), stop.signal);
    for await (const item of all) yielded.push(item);
    return 'ended';
  };
  const ends: Promise<unknown>[] = [mapLimited([1], 1, never, stop.signal), forEachLimited(items(), 2, never, stop.signal)].map((work) =>
    work.catch(String),
  );
  const discovery = new Proxy({}, { get: () => never });
  ends.push(findSelectedApps({ discovery } as Connection, {}, { apps: ['a'], matching: [] }, stop.signal).catch(String));
  const streamed = stream();
  await nextTurn();
  stop.abort(new Error('stopped'));
  expect(await Promise.all([...ends, streamed])).toEqual([...ends.map(() => 'Error: stopped'), 'ended']);
  expect(yielded).toEqual([1]);
});

test('a plan holds at most one page of each list of sites and loses no app: listed twice, not listed, a slot, an incomplete list', async () => {
  const idOf = (subscription: number, name: string) =>
    `/subscriptions/s${subscription}/resourceGroups/r/providers/Microsoft.Web/sites/${name}`;
  const targetOf = (subscription: number, name: string, slot?: string): Target => {
    const id = `${idOf(subscription, name)}${slot ? `/slots/${slot}` : ''}`;
    const base = {
      id,
      name,
      label: name,
      resourceGroup: 'r',
      subscriptionId: `s${subscription}`,
      location: '',
      kind: 'functionapp',
      tags: {},
    };
    return { ...base, ...(slot ? { slot } : {}) };
  };
  const MANY = 40;
  const targets = [1, 2, 3].flatMap((subscription) => [
    ...Array.from({ length: MANY }, (_, index) => targetOf(subscription, `fn-${index}`)),
    targetOf(subscription, 'fn-0', 'staging'),
  ]);
  let [ahead, taken, most] = [0, 0, 0];
  const sites = async function* (subscription: string) {
    for (let index = MANY - 2; index >= 0; index--) {
      if (subscription === 's3' && index === 10) throw new ArmFailure({ kind: 'server', code: 'Cut', message: 'Cut off.', next: 'Again.' });
      most = Math.max(most, (ahead += 1) - taken);
      const target = targetOf(Number(subscription.slice(1)), `FN-${index}`);
      yield { target, held: new Map() };
      if (index === 5) yield { target, held: new Map() };
    }
    yield { target: targetOf(Number(subscription.slice(1)), 'other'), held: new Map() };
  };
  const seen: ListedApp[] = [];
  await forEachLimited(appsWithSites({ sites } as unknown as Discovery, targets), 4, async (app) => {
    taken += app.held ? 1 : 0;
    seen.push(app);
    await Promise.resolve();
  });
  expect(seen.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([...targets.keys()]);
  expect(seen.every(({ target, index }) => target === targets[index])).toBe(true);
  expect(seen.filter(({ held }) => held)).toHaveLength(2 * (MANY - 1) + MANY - 2 - 10);
  expect(seen.some(({ target, held }) => target.slot !== undefined && held)).toBe(false);
  expect(most).toBeLessThan(12);
  expect(new Set(seen.slice(0, 3).map(({ target }) => target.subscriptionId)).size).toBe(3);
});

test('a replay reads and changes apps of all its subscriptions in turn; its undo restores all values', async () => {
  const here = await world({ scenario: 'fleet', apps: 24, subscriptions: 3 });
  const before = await here.state();
  const file = join(here.folder, 'a.yaml');
  await writeFile(file, 'version: 1\ndefaults: { steps: { deployment-credentials: { decision: apply } } }\n');
  const replay = await inside(here, ['replay', file, '--all', '--yes', '--concurrency', '3']);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  const subscriptionOf = (url: string) => /subscriptions\/([^/]+)/.exec(url)?.[1];
  const written = (await here.writes()).map(({ url }) => subscriptionOf(url));
  expect(new Set(written.slice(0, 9)).size).toBe(3);
  const read = (await here.exchanges()).filter(({ method, url }) => method === 'GET' && url.includes('basicPublishing'));
  expect(new Set(read.slice(0, 9).map(({ url }) => subscriptionOf(url))).size).toBe(3);
  const undo = await inside(here, ['undo', runName(replay), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});
