import { expect, test } from 'vitest';
import type { Context, Rule } from '../../src/contract/index.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import type { ArmReader } from '../../src/engine/ports.ts';
import area from '../../steps/user-permissions.ts';
import { ROLE } from '../../src/emulator/roles.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { roles } from '../helpers/bodies.ts';
import { GONE_ROLE, siteId, SUBSCRIPTION, targetOf } from '../helpers/places.ts';

const at = siteId('fn');
const [ann, ben] = ['0a000000-0000-4000-8000-0000000000a1', '0a000000-0000-4000-8000-0000000000a2'];
const two = roles([ROLE.owner, `/subscriptions/${SUBSCRIPTION}`, ann, 'User'], [ROLE.contributor, at, ben, 'User']);

const OWN_ROLE = '7f3c1a52-0000-4000-8000-00000000abcd';
/** A role of the tenant's own that somebody holds on the app, and what its definition grants. */
const ownRole = (...actions: readonly string[]) => ({
  roleAssignments: roles([OWN_ROLE, at, ann, 'User']),
  roleDefinitions: { value: [{ role: OWN_ROLE, roleName: 'Contoso operator', granted: [{ actions: [...actions] }] }] },
});

areaTester.run(area, {
  pass: [
    ['roles', { others: { roleAssignments: two } }, '2 principals'],
    ['roles', { others: ownRole('*/read', 'Microsoft.Web/sites/restart/action') }, '0 principals'],
    ['roles', { others: ownRole('Microsoft.Web/sites/*') }, '1 principal'],
  ],
  unknown: [
    [
      'roles',
      { others: { ...ownRole(), roleDefinitions: { value: [{ role: OWN_ROLE, lacks: 'Microsoft.Authorization/roleDefinitions/read' }] } } },
      `0 principals; not checked: permissions of role ${OWN_ROLE} (requires the permission Microsoft.Authorization/roleDefinitions/read)`,
    ],
  ],
  fail: [
    ['roles', { others: { roleAssignments: two }, answers: { most: 1 } }, '2 principals'],
    ['roles', { others: { roleAssignments: roles([ROLE.owner, at, ann, 'Unknown']) } }, '1 principal, 1 deleted or unknown'],
  ],
  plan: [
    [
      'roles',
      { others: { roleAssignments: two }, answers: { remove: ['7f3c1a52-0000-4000-8000-000000000001'] } },
      ['roleAssignments: taken away'],
    ],
  ],
  // Too many known roles are a failure, whatever the others grant.
  notNeeded: { roles: ['roleDefinitions'] },
  answers: { most: 3, remove: [GONE_ROLE] },
  sample: (app, gone) => ({ most: 3, remove: app === 'fn-orders' ? gone : [] }),
});

test.each([
  ['one with a condition, which may not let its principal assign roles', ROLE.owner, { condition: '(!(ActionMatches{}))' }, 'warn'],
  ["a role of the tenant's own that was not read", OWN_ROLE, {}, 'warn'],
  ['an Owner', ROLE.owner, {}, undefined],
  ['a reader', ROLE.reader, {}, 'stop'],
])('the removal of the only administrator beside %s', async (_, role, more, level) => {
  const left = roles([ROLE.owner, at, ben, 'User'], [role, `/subscriptions/${SUBSCRIPTION}`, ann, 'User']);
  const [removed, other] = left['value'] as unknown as { name: string; properties: object }[];
  Object.assign(other!.properties, more);
  const reader = {
    read: (_target: unknown, key: string) =>
      Promise.resolve({ state: 'read', body: key === 'roleAssignments' ? left : key === 'site' ? { id: at } : { value: [] } }),
  } as unknown as ArmReader;
  const store = new FactStore(reader, targetOf('fn'));
  const control = area.controls[0] as Rule<unknown>;
  const x = { facts: store.view, planned: store.view, answers: { remove: [removed!.name] }, me: 'somebody' } as unknown as Context<unknown>;
  const notes = await store.looking(() => [control.guards![0]!.check(x)].flat());
  expect(notes.find(({ says }) => says.startsWith('After this change'))?.level).toBe(level);
});
