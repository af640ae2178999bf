/** Resources that are created and deleted completely: planned, applied and reverted like other changes. */
import { expect, test } from 'vitest';
import type { Draft } from '../../src/contract/index.ts';
import { applyChange } from '../../src/engine/run/apply.ts';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { recordedRun } from '../../src/change/undo-log.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import type { ArmWriter } from '../../src/engine/ports.ts';
import { planUndo } from '../../src/engine/past/plan-undo.ts';
import type { Body } from '../../src/change/json-paths.ts';
import { requestFor } from '../../src/arm/writes/requests.ts';
import { systemClock } from '../../src/files/clock.ts';
import { memoryJournal } from '../helpers/journal.ts';
import { trialStep } from '../helpers/trial-step.ts';
import type { Target } from '../../src/azure/index.ts';

const target: Target = {
  id: '/subscriptions/s/resourceGroups/r/providers/Microsoft.Web/sites/fn',
  name: 'fn',
  label: 'fn',
  resourceGroup: 'r',
  subscriptionId: 's',
  location: '',
  kind: 'functionapp',
  tags: {},
};
const site: Body = { id: target.id, name: 'fn', kind: 'functionapp', properties: { sku: 'ElasticPremium' } };
const roleId = (name: string) => `${target.id}/providers/Microsoft.Authorization/roleAssignments/${name}`;

/** A cloud with role assignments by their ids, without HTTP. */
function cloud(held: Map<string, Body>): { arm: ArmWriter; sent: string[] } {
  const sent: string[] = [];
  const one = (of: string | undefined) => held.get((of ?? '').toLowerCase()) ?? null;
  const arm: ArmWriter = {
    read: (_, key) =>
      Promise.resolve({
        state: 'read',
        body: key === 'site' ? site : { value: key === 'roleAssignments' ? [...held.values()] : [], unknown: [] },
      }),
    readOne: (_, key, of) => Promise.resolve({ state: 'read', body: key === 'site' ? site : one(of) }),
    knows: () => true,
    describe: (_, key, of) => ({
      key,
      id: of ?? target.id,
      apiVersion: '1',
      secret: false,
      restarts: false,
      replaces: false,
    }),
    // Role assignments are an example of a resource with its own id.
    needs: () => [],
    request: (at, _, fresh, sets, of) => requestFor(at, 'siteConfig', fresh, sets, of),
    send({ method, path, body }) {
      sent.push(`${method} ${path.split('/').at(-1)}`);
      if (method === 'DELETE') held.delete(path.toLowerCase());
      else held.set(path.toLowerCase(), { ...(body as Body), id: path, name: path.split('/').at(-1) ?? '' });
      return Promise.resolve({ status: 200, correlationId: null });
    },
  };
  return { arm, sent };
}

const body = (level: string): Body => ({ properties: { level } });
const stepWith = (drafts: readonly Draft[]) => trialStep('trial', ['roleAssignments'], drafts);

test.each([
  ['made', [], [{ whole: 'roleAssignments', instanceId: roleId('new'), to: body('ReadOnly') }], ['PUT new', 'DELETE new']],
  [
    'taken away',
    ['old'],
    [{ whole: 'roleAssignments', instanceId: roleId('old'), to: null, restore: body('CanNotDelete') }],
    ['DELETE old', 'PUT old'],
  ],
] as const)('a resource is %s, and undo does the opposite', async (_, existing, drafts, wanted) => {
  const held = new Map(existing.map((name) => [roleId(name).toLowerCase(), { ...body('CanNotDelete'), id: roleId(name), name }]));
  const before = structuredClone([...held]);
  const { arm, sent } = cloud(held);
  const steps = [stepWith(drafts as readonly Draft[])];
  const store = new FactStore(arm, target);
  await store.load(readsOfSteps(steps));
  const planned = await plan(steps, store, arm, {
    decisions: { trial: { decision: { decision: 'apply' }, answers: {}, controls: {} } },
    today: '2026-11-24',
  });
  expect(planned.changes.map(({ undo, resource }) => [undo, resource])).toEqual([
    ['exact', (drafts[0] as { instanceId: string }).instanceId],
  ]);

  const { entries, journal } = memoryJournal(target);
  const tools = { arm, journal, clock: systemClock };
  expect(await applyChange(planned.changes[0]!, 1, tools)).toMatchObject({ state: 'applied', verified: 'shown' });
  const undo = await planUndo(recordedRun(entries)!, arm);
  expect(undo.conflicts).toEqual([]);
  expect(await applyChange(undo.changes[0]!, 2, tools)).toMatchObject({ state: 'applied', verified: 'shown' });
  expect(sent).toEqual(wanted);
  expect([...held]).toEqual(before);
});
