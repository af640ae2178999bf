import { expect, test } from 'vitest';
import area from '../../steps/user-permissions.ts';
import { ROLE } from '../../src/emulator/roles.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { judgedOf } from '../helpers/one-app.ts';
import { roles } from '../helpers/bodies.ts';
import { GONE_ROLE, siteId, SUBSCRIPTION } from '../helpers/places.ts';

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
      `0 principals; not checked: permissions of role ${OWN_ROLE}: you have no permission to read this resource (Microsoft.Authorization/roleDefinitions/read)`,
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

test('definitions are looked up once for all assignments of an app', async () => {
  const lookUps = async (count: number): Promise<number> => {
    let seen = 0;
    const { roleDefinitions } = ownRole('Microsoft.Web/sites/*');
    const others = {
      roleAssignments: roles(...Array.from({ length: count }, () => [OWN_ROLE, at, ann, 'User'] as const)),
      roleDefinitions: {
        get value() {
          seen += 1;
          return roleDefinitions.value;
        },
      },
    };
    const { state } = (await judgedOf({ others }))('user-permissions.roles');
    expect(state).toBe('pass');
    return seen;
  };
  expect(await lookUps(40)).toBe(await lookUps(1));
});
