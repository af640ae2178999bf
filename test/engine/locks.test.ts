/** Effects of a lock on a plan: writes that it refuses, and resources that undo cannot delete. */
import { expect, test } from 'vitest';
import type { Lock, State, SiteRecord } from '../../src/emulator/state.ts';
import { systemIdentity } from '../../src/emulator/samples/sample-resources.ts';
import { intentOf } from '../../src/change/intent.ts';
import { lockReader, refusedByLock } from '../../src/engine/plan/lock-notes.ts';
import type { Change } from '../../src/change/change.ts';
import type { ArmReader } from '../../src/engine/ports.ts';
import { GROUP, siteId } from '../helpers/hostings.ts';
import { notesOf, plannedOn } from '../helpers/planned.ts';

const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stfnbad`;
const under = (controls: string[], ...locks: (Pick<Lock, 'scope' | 'level'> & Partial<Lock>)[]) =>
  plannedOn({
    plan: 'P1v3',
    linux: true,
    controls,
    change: (state: State, site: SiteRecord) => {
      site.identity = systemIdentity(site.id, state.tenantId);
      state.locks.push(...locks.map((lock) => ({ notes: '', ...lock, name: 'keep' })));
    },
  });
const of = (changes: readonly Change[], key: string) => changes.filter((change) => change.key === key);
const CONTROLS = ['managed-identity.host-storage', 'monitoring.diagnostics'];

test('a lock on the group prevents the undo from deleting created resources, and nothing else', async () => {
  const { changes } = await under(CONTROLS, { scope: GROUP, level: 'CanNotDelete', notes: 'owned by platform' });
  const made = [...of(changes, 'roleAssignments'), ...of(changes, 'diagnosticSettings')];
  expect(made).toHaveLength(4);
  for (const change of made) {
    expect(change).toMatchObject({ undo: 'none', undoOnceUnlocked: 'exact', reversible: false });
    expect(change.stays).toBe(
      'the lock "keep" (owned by platform) on the resource group rg blocks DELETE, so undo cannot delete the resource until the lock is removed.',
    );
    expect(change.risk).toBe('safe');
  }
  expect(of(changes, 'appSettings')[0]!.undo).not.toBe('none');
});

test('a lock applies at the scope where it is and below', async () => {
  const plan = await under(CONTROLS, { scope: ACCOUNT, level: 'CanNotDelete' });
  expect(of(plan.changes, 'roleAssignments').map(({ undo }) => undo)).toEqual(['none', 'none', 'none']);
  expect(of(plan.changes, 'diagnosticSettings').map(({ undo }) => undo)).toEqual(['exact']);
});

test('a lock of one app does not apply to another app of the group', async () => {
  const { changes } = await under(CONTROLS, { scope: siteId('fn-bad'), level: 'CanNotDelete' });
  expect(of(changes, 'roleAssignments').map(({ undo }) => undo)).toEqual(['exact', 'exact', 'exact']);
  expect(of(changes, 'diagnosticSettings').map(({ undo }) => undo)).toEqual(['none']);
});

test('a lock on another resource that refuses each write is named', async () => {
  const plan = await under(['storage.min-tls'], { scope: ACCOUNT, level: 'ReadOnly' });
  expect(notesOf(plan, 'L29').map(({ says }) => says)).toEqual([
    'The lock "keep" on stfnbad blocks every change. Ask its owner to remove it first.',
  ]);
});

test('the undo log keeps how a blocked undo is done once the lock is removed', async () => {
  const { changes } = await under(CONTROLS, { scope: GROUP, level: 'CanNotDelete' });
  const [change] = of(changes, 'roleAssignments');
  const intent = await intentOf(change!, 1, null, [], 'run', '2026-11-28T00:00:00Z');
  expect(intent.undo).toBe('exact');
});

test('undo keeps resources that a lock protects from deletion, and reverts the rest', async () => {
  const { changes } = await under(CONTROLS, { scope: ACCOUNT, level: 'CanNotDelete' });
  const lock = { id: `${ACCOUNT}/providers/Microsoft.Authorization/locks/keep`, name: 'keep', properties: { level: 'CanNotDelete' } };
  const asked: string[] = [];
  const arm = {
    readOne: (_: unknown, __: string, id: string) => {
      asked.push(id);
      return Promise.resolve({ state: 'read', body: { value: id.startsWith(`${ACCOUNT}/`) ? [lock] : [] } });
    },
  } as unknown as ArmReader;
  const locksFor = lockReader(arm);
  const inverse = (key: string) => ({ ...of(changes, key)[0]!, method: 'DELETE' as const });
  const refused = await refusedByLock(inverse('roleAssignments'), locksFor);
  expect(refused).toMatchObject({ kind: 'locked', message: 'the lock "keep" on stfnbad refuses DELETE' });
  expect(await refusedByLock(inverse('diagnosticSettings'), locksFor)).toBeUndefined();
  expect(await refusedByLock(of(changes, 'appSettings')[0]!, locksFor)).toBeUndefined();
  expect(new Set(asked).size, 'each scope once').toBe(asked.length);
});
