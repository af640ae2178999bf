/** Memory of plans: a fleet has thousands of plans, so none may keep the data that was read for its app. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { openApp } from '../../src/app/open-app.ts';
import type { Decisions } from '../../src/contract/index.ts';
import { planSafe } from '../../src/engine/findings/plan-safe.ts';
import { plan, type Plan } from '../../src/engine/plan/plan.ts';
import { ABSENT, jsonOf, plain, secret, type Value } from '../../src/change/value.ts';
import { shareValues } from '../../src/engine/plan/shared-values.ts';
import { world, type World } from '../helpers/world.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const TODAY = '2026-11-24';
const MOVE: Decisions = {
  'key-vault': { answers: { vault: 'kv-events', settings: ['ServiceBus'] }, controls: { references: { decision: 'apply' } } },
};

/** Plans one app, and keeps only a weak reference to the data that was read. */
async function planned(here: World, id: string, decisions?: Decisions): Promise<{ made: Plan; read: WeakRef<object> }> {
  const connection = await here.connection();
  const target = (await Array.fromAsync(connection.discovery.apps(id.split('/')[2]!))).find((one) => one.id === id)!;
  const { store } = await openApp(connection.writer, target, catalogue, undefined);
  const by = { decisions: decisions ?? {}, today: TODAY };
  const made = decisions
    ? await plan(catalogue, store, connection.writer, by)
    : (await planSafe(catalogue, store, connection.writer, by, { risks: ['safe', 'disruptive'] })).plan;
  return { made, read: new WeakRef(store.view) };
}

/** Data of the last requests is released after a few turns of the event loop, unless the plan keeps it. */
async function isCollected(read: WeakRef<object>): Promise<boolean> {
  for (let turns = 0; turns < 50; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    if (read.deref() === undefined) return true;
  }
  return false;
}

test.each([
  ['everything safe', undefined, 'managed-identity.host-storage', { scenario: 'fleet', apps: 3 }],
  ['a secret that moves to a vault', MOVE, 'key-vault.references', {}],
] as const)('a plan keeps no data that was read for its app: %s', async (_, decisions, control, options) => {
  const here = await world(options);
  const id = here.apps.find((one) => /\/fn-(orders|00001)$/.test(one))!;
  const { made, read } = await planned(here, id, decisions);
  expect(made.changes.flatMap(({ controls }) => controls)).toContain(control);
  expect(made.changes.some(({ proofs }) => proofs.length > 0)).toBe(true);
  expect(await isCollected(read)).toBe(true);
  expect(made.changes.length).toBeGreaterThan(1);
});

test('plans of several apps share equal notes, edits and bodies; secrets and deferred values are not shared', () => {
  const note = (says: string) => ({ id: 'shared', control: 'a.b', level: 'warn' as const, says });
  const share = shareValues();
  const planOf = (app: string, after: Value, ...says: string[]) =>
    share({
      blocked: [note('x')],
      work: { target: `/sites/${app}`, decisions: { ftp: { answers: { state: 'Disabled' }, controls: {} } } },
      changes: [
        {
          resource: `/sites/${app}`,
          path: `/sites/${app}`,
          body: { properties: { httpsOnly: true } },
          diff: [
            { path: 'properties.httpsOnly', before: plain(false), after: plain(true) },
            { path: 'properties.a', before: ABSENT, after },
          ],
          guards: says.map(note),
          needs: [],
          proofs: [],
        },
      ],
    } as unknown as Plan);
  const [first, second] = [planOf('a', secret('x'), 'x', 'y'), planOf('b', secret('y'), 'y', 'z')];
  const [one, other] = [first.changes[0]!, second.changes[0]!];
  expect(other.guards).toEqual([note('y'), note('z')]);
  expect(other.guards[0]).toBe(one.guards[1]);
  expect(second.blocked[0]).toBe(one.guards[0]);
  expect(second.work.decisions).toBe(first.work.decisions);
  expect([first, second].map(({ work }) => work.target)).toEqual(['/sites/a', '/sites/b']);
  expect(other.body).toBe(one.body);
  expect(other.diff[0]).toBe(one.diff[0]);
  expect([one, other].map(({ diff }) => jsonOf(diff[1]!.after))).toEqual(['x', 'y']);
  expect([one, other].map(({ path, resource }) => path === resource && path)).toEqual(['/sites/a', '/sites/b']);
});
