/** Requests of an interrupted run whose results Azure shows late. */
import { expect, test } from 'vitest';
import { plain } from '../../src/change/value.ts';
import type { RecordedRun } from '../../src/change/undo-log.ts';
import { resolveOpenChanges, type Resumption } from '../../src/engine/past/resume.ts';
import { hasWork } from '../../src/engine/session.ts';
import type { ArmReader } from '../../src/engine/ports.ts';
import { testTime } from '../helpers/clock.ts';
import { ORDERS } from '../helpers/world.ts';

const NAME = '11111111-2222-4333-8444-555555555555';
const resource = `${ORDERS}/providers/Microsoft.Authorization/roleAssignments/${NAME}`;
const body = { properties: { roleDefinitionId: '/r', principalId: 'p', principalType: 'ServicePrincipal' } };
const run = {
  run: 'run-1',
  start: { targets: [{ id: ORDERS, subscriptionId: ORDERS.split('/')[2], name: 'fn-orders', label: 'fn-orders' }] },
  changes: [
    {
      state: 'unknown',
      intent: {
        type: 'intent',
        change: 1,
        app: 'fn-orders',
        apiVersion: '2022-04-01',
        undo: 'exact',
        target: ORDERS,
        resource,
        key: 'roleAssignments',
        instance: true,
        method: 'PUT',
        path: resource,
        edits: [{ path: '', before: { kind: 'absent' }, after: plain(body) }],
      },
    },
  ],
} as unknown as RecordedRun;

const shownAfter = (late: number) => {
  const asked: (string | undefined)[] = [];
  const readOne: ArmReader['readOne'] = (_, __, of) => {
    asked.push(of);
    return Promise.resolve({ state: 'read', body: asked.length > late ? body : null });
  };
  return { asked, arm: { readOne, knows: () => true, describe: () => ({ secret: false }) } as unknown as ArmReader };
};

test('a role assignment that was sent is looked for by its name until Azure shows it', async () => {
  const { arm, asked } = shownAfter(2);
  expect(await resolveOpenChanges(run, arm, testTime().clock)).toMatchObject([{ found: 'done' }]);
  expect(asked).toEqual([resource, resource, resource]);
});

test('a role assignment that never shows was not created', async () => {
  expect(await resolveOpenChanges(run, shownAfter(99).arm, testTime().clock)).toMatchObject([{ found: 'not-done' }]);
});

test('a change that Azure accepted before the run was killed is verified when the run is resumed', async () => {
  const accepted = { ...run, changes: run.changes.map((one) => ({ ...one, state: 'applied' as const })) };
  const [settled] = await resolveOpenChanges(accepted, shownAfter(0).arm, testTime().clock);
  expect(settled?.entries).toMatchObject([{ type: 'verified', change: 1, state: 'shown' }]);
});

test('a stopped run whose changes are all applied can be marked as finished, and one that cannot be read cannot', () => {
  const stopped = { ...run, changes: [], state: 'stopped' } as unknown as RecordedRun;
  const left: Resumption = { settled: [], entries: [], apps: [], plans: [] };
  const plans = [{ unknown: [{ failure: { kind: 'throttled' } }], blocked: [] }] as unknown as Resumption['plans'];
  expect(hasWork({ do: 'resume', run: stopped, left })).toBe(true);
  expect(hasWork({ do: 'resume', run: stopped, left: { ...left, plans } })).toBe(false);
});
