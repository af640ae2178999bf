/** Locks and assignments of many apps: one list serves all of them, with the same result as the list of each app. */
import { expect, test } from 'vitest';
import type { ArmClient } from '../../src/arm/client.ts';
import { forgetAnswers, rowsInForce, scopeById, type ScopeList } from '../../src/arm/reads/kept-answers.ts';
import type { Target } from '../../src/azure/index.ts';
import type { Body } from '../../src/change/json-paths.ts';
import { sharedReads } from '../../src/arm/reads/shared-reads.ts';
import type { Azure } from '../../src/arm/resource-definition.ts';
import { ArmFailure, type FailureKind } from '../../src/engine/ports.ts';

const LOCKS = '/providers/Microsoft.Authorization/locks';
const list: ScopeList = { suffix: LOCKS, apiVersion: '2020-05-01', check: (row) => row, scopeOf: scopeById(LOCKS) };
const SUBSCRIPTION = '/subscriptions/s';
const group = (name: string): string => `${SUBSCRIPTION}/resourceGroups/${name}`;
const app = (name: string, at = 'g'): Target =>
  ({ id: `${group(at)}/providers/Microsoft.Web/sites/${name}`, subscriptionId: 's', resourceGroup: at }) as unknown as Target;
const lock = (scope: string, name: string): Body => ({ id: `${scope}${LOCKS}/${name}`, name });
const names = (rows: readonly Body[]): unknown[] => rows.map(({ name }) => name);

const MADE = [
  lock(SUBSCRIPTION, 'all'),
  lock('/providers/Microsoft.Management/managementGroups/root', 'root'),
  lock(group('G'), 'group'),
  lock(group('g2'), 'other group'),
  lock(app('c').id, 'own'),
  lock(`${app('c').id}/slots/x`, 'slot'),
  lock(app('c2').id, 'longer name'),
];

/** Answers like ARM. @param closed scopes without read permission */
function arm(
  closed: readonly string[] = [],
  made: readonly Body[] = MADE,
  kind: FailureKind = 'forbidden',
): { client: ArmClient; asked: string[] } {
  const asked: string[] = [];
  async function* rows(path: string) {
    const [scope = '', filter] = path.replace(LOCKS, '').split('?');
    asked.push(scope.split('/').at(-1) ?? '');
    if (closed.includes(scope)) throw new ArmFailure({ kind, code: 'AuthorizationFailed', message: 'No.', next: 'Ask.' });
    const within = (a: string, b: string): boolean => `${a}/`.toLowerCase().startsWith(`${b}/`.toLowerCase());
    for (const row of made) {
      const at = list.scopeOf(row) ?? '';
      if (at.startsWith('/providers') || within(scope, at) || (!filter && within(at, scope))) yield row;
    }
  }
  const client = { listAll: (path: string) => Array.fromAsync(rows(path)) } as unknown as ArmClient;
  return { client, asked };
}

test('from the third app of a subscription on, one list gives each app the entries on it and above it', async () => {
  const { client, asked } = arm();
  const found: Record<string, unknown[]> = {};
  for (const one of ['a', 'b', 'c', 'c2', 'd']) found[one] = names(await rowsInForce(client, app(one), list));
  expect(asked).toEqual(['a', 'b', 's']);
  expect(found).toEqual({
    a: ['all', 'root', 'group'],
    b: ['all', 'root', 'group'],
    c: ['all', 'root', 'group', 'own'],
    c2: ['all', 'root', 'group', 'longer name'],
    d: ['all', 'root', 'group'],
  });
  expect(names(await rowsInForce(client, { ...app('c'), id: `${app('c').id}/slots/X` } as Target, list))).toContain('slot');
  expect(names(await rowsInForce(client, app('e', 'g2'), list))).toEqual(['all', 'root', 'other group']);
  forgetAnswers(client);
  await rowsInForce(client, app('d'), list);
  expect(asked).toEqual(['a', 'b', 's', 'd']);
});

test('a caller without permission on the subscription gets the list of the resource group, then the list of the app', async () => {
  const first = arm([SUBSCRIPTION]);
  for (const one of ['a', 'b', 'c', 'd']) await rowsInForce(first.client, app(one), list);
  expect(first.asked).toEqual(['a', 'b', 's', 'g']);
  const second = arm([SUBSCRIPTION, group('g'), app('d').id]);
  for (const one of ['a', 'b', 'c']) await rowsInForce(second.client, app(one), list);
  // A scope that cannot be read stays unknown: no other list replaces it.
  await expect(rowsInForce(second.client, app('d'), list)).rejects.toThrow('No.');
  expect(second.asked).toEqual(['a', 'b', 's', 'g', 'c', 'd']);
});

test('a throttled list is not replaced by one list for each app', async () => {
  const { client, asked } = arm([SUBSCRIPTION], MADE, 'throttled');
  for (const one of ['a', 'b']) await rowsInForce(client, app(one), list);
  for (const one of ['c', 'd', 'e']) await expect(rowsInForce(client, app(one), list)).rejects.toThrow('No.');
  expect(asked).toEqual(['a', 'b', 's']);
});

test('a row with an unknown scope is not ignored: the app itself is read', async () => {
  const { client, asked } = arm([], [{ id: 'odd', name: 'odd' }]);
  for (const one of ['a', 'b', 'c']) await rowsInForce(client, app(one), list);
  expect(asked).toEqual(['a', 'b', 's', 'g', 'c']);
});

test('a list that all apps of an audit read is requested once and shared; a list of one app is requested again', async () => {
  const asked: string[] = [];
  const own = { listAll: (path: string) => (asked.push(path), Promise.resolve([{ id: path }])) } as unknown as ArmClient;
  const { client } = sharedReads({ client: own } as Azure);
  const accounts = '/subscriptions/s/providers/Microsoft.Storage/storageAccounts';
  const first = await client.listAll(accounts, '1');
  expect(await client.listAll(accounts, '1')).toBe(first);
  expect(await Array.fromAsync(client.list(accounts, '1'))).toEqual(first);
  const functions = `${app('a').id}/functions`;
  await client.listAll(functions, '1');
  await client.listAll(functions, '1');
  expect(asked).toEqual([accounts, functions, functions]);
});
