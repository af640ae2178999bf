/** Permissions of many resources: the group is asked once, and a resource only if the group does not grant enough. */
import { expect, test } from 'vitest';
import type { Change } from '../../src/change/change.ts';
import { preflight } from '../../src/engine/plan/preflight.ts';
import { ArmFailure, type ArmWriter, type Fact } from '../../src/engine/ports.ts';

const GROUP = '/subscriptions/s/resourceGroups/g';
const site = (name: string): string => `${GROUP}/providers/Microsoft.Web/sites/${name}`;
const ACTION = 'Microsoft.Web/sites/write';
const rows = (...actions: string[]): Fact => ({ state: 'read', body: { value: [{ actions }] } });
const closed: Fact = {
  state: 'unreadable',
  failure: new ArmFailure({ kind: 'forbidden', code: 'AuthorizationFailed', message: 'No.', next: 'Ask.' }),
};

async function ask(group: Fact, own: Fact): Promise<{ scopes: string[]; lacking: number[] }> {
  const scopes: string[] = [];
  const arm = {
    needs: (change: Change) => [{ action: ACTION, scope: change.path }],
    readOne: async (_target: unknown, _key: string, id: string) => {
      const scope = id.replace('/providers/Microsoft.Authorization/permissions', '');
      scopes.push(scope);
      return scope === GROUP ? group : own;
    },
  } as unknown as ArmWriter;
  const rights = preflight(arm);
  const lacking: number[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const found = await rights.lacking({ path: site(name), key: 'site', diff: [] } as unknown as Change);
    lacking.push(found.rights.length + found.unknown.length);
  }
  return { scopes, lacking };
}

test('a group that grants the action is asked once for its third and later resources', async () => {
  const { scopes, lacking } = await ask(rows('*'), rows('*'));
  expect(scopes).toEqual([site('a'), site('b'), GROUP]);
  expect(lacking).toEqual([0, 0, 0, 0, 0]);
});

test.each([
  ['grants less', rows('*/read')],
  ['cannot be read', closed],
])('permissions are read for each resource if its group %s', async (_, group) => {
  const { scopes, lacking } = await ask(group, rows('*'));
  expect(scopes).toEqual([site('a'), site('b'), GROUP, site('c'), site('d'), site('e')]);
  expect(lacking).toEqual([0, 0, 0, 0, 0]);
  expect((await ask(group, rows('*/read'))).lacking).toEqual([1, 1, 1, 1, 1]);
  expect((await ask(group, closed)).lacking).toEqual([1, 1, 1, 1, 1]);
});
