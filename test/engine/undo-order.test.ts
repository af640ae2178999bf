/** The order of the apps of an undo: for each resource the reverse of the run, whatever ran in parallel. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/change/change.ts';
import { mapLimited } from '../../src/engine/concurrency.ts';
import { groupByApp } from '../../src/engine/past/undo-order.ts';
import { createResourceQueue } from '../../src/engine/run/resource-queue.ts';
import { expectGrowthBelow } from '../helpers/growth.ts';
import type { AppChanges } from '../../src/engine/run/run-input.ts';

const change = (app: string, resource: string, name = ''): Change =>
  ({
    target: { id: app, label: app },
    resource: `/r/${resource}`,
    path: name,
    after: [],
    diff: [],
    needs: [],
    proofs: [],
  }) as unknown as Change;

/** Runs apps like a run, and returns the changes in the order of their requests. @param waits the number of turns of each request */
async function sent(apps: readonly AppChanges[], concurrency: number, waits: readonly number[]): Promise<Change[]> {
  const turnOf = createResourceQueue(apps.map(({ changes }) => changes));
  const done: Change[] = [];
  await mapLimited(apps, concurrency, async ({ changes }) => {
    const turn = turnOf(changes);
    for (const [index, one] of changes.entries()) {
      turn.releaseAllBut(changes.slice(index));
      await turn.waitFor(one);
      done.push(one);
      for (let left = waits[done.length % waits.length] ?? 0; left > 0; left--) await Promise.resolve();
    }
    turn.releaseAllBut([]);
  });
  return done;
}

const ofResource = (changes: readonly Change[], resource: string) =>
  changes.filter((one) => one.resource === resource).map(({ path }) => path);
const ofApp = (changes: readonly Change[], app: string) => changes.filter((one) => one.target.id === app).map(({ path }) => path);

test('the app with the newest change waits for the app that changed the same resource later', () => {
  const run = [change('a', 'vault'), change('b', 'vault'), change('a', 'site-a')];
  expect(groupByApp({ changes: run.toReversed() }).map(({ target }) => target.id)).toEqual(['b', 'a']);
});

test('each resource and each app is reverted in the reverse order of the run', async () => {
  const apps = fc.array(fc.array(fc.constantFrom('own', 'p', 'q', 'r'), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 7 });
  const waits = fc.array(fc.nat(30), { minLength: 3, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(apps, waits, waits, fc.integer({ min: 1, max: 5 }), async (given, there, back, concurrency) => {
      const forward = given.map((resources, index): AppChanges => {
        const own = resources.map((one, at) => change(`app${index}`, one === 'own' ? `app${index}` : one, `${index}.${at}`));
        return { target: own[0]!.target, changes: own };
      });
      const run = await sent(forward, concurrency, there);
      const undo = await sent(groupByApp({ changes: run.toReversed() }), concurrency, back);
      expect(undo).toHaveLength(run.length);
      for (const resource of new Set(run.map((one) => one.resource)))
        expect(ofResource(undo, resource), resource).toEqual(ofResource(run, resource).toReversed());
      for (const { target } of forward) expect(ofApp(undo, target.id)).toEqual(ofApp(run, target.id).toReversed());
    }),
  );
});

test('the time to order apps that share a resource grows in proportion to their number', () => {
  const runOf = (length: number) => Array.from({ length }, (_, index) => change(`app${index}`, 'workspace'));
  const [few, many] = [runOf(3000), runOf(12_000)];
  expectGrowthBelow(9, few, many, (changes) => void groupByApp({ changes }));
});
