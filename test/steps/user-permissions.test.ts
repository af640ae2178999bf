import { expect, test } from 'vitest';
import area from '../../steps/user-permissions.ts';
import { ROLE } from '../../src/emulator/access/roles.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { judgedOf } from '../helpers/one-app.ts';
import { roles } from '../helpers/bodies.ts';
import { GONE_ROLE, siteId, SUBSCRIPTION } from '../helpers/places.ts';

const at = siteId('fn');
const [ann, ben] = ['0a000000-0000-4000-8000-0000000000a1', '0a000000-0000-4000-8000-0000000000a2'];
const two = roles([ROLE.owner, `/subscriptions/${SUBSCRIPTION}`, ann, 'User'], [ROLE.contributor, at, ben, 'User']);

const OWN_ROLE = '7f3c1a52-0000-4000-8000-00000000abcd';
/** A custom role that a principal has on the app, and the actions of its definition. */
const ownRole = (...actions: readonly string[]) => ({
  roleAssignments: roles([OWN_ROLE, at, ann, 'User']),
  roleDefinitions: { value: [{ role: OWN_ROLE, roleName: 'Contoso operator', granted: [{ actions: [...actions] }] }] },
});

areaTester.run(area, {
  pass: [
    ['roles', { others: { roleAssignments: two } }, '2 principals'],
    ['roles', { others: ownRole('*/read', 'Microsoft.Web/sites/restart/action') }, '0 principals'],
    ['roles', { others: ownRole('Microsoft.Web/sites/*') }, '1 principal'],
    ['roles', { others: ownRole('Microsoft.Web/sites/functions/*') }, '1 principal'],
    // It reads the publishing password and the master key.
    ['roles', { others: ownRole('Microsoft.Web/sites/*/list*/action') }, '0 principals, 1 more can read the secrets of the app'],
    [
      'roles',
      { others: { roleAssignments: roles([ROLE.owner, at, ann, 'Group']) } },
      '1 principal (1 group, whose members are not counted)',
    ],
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
  // Too many known roles fail, whatever the other roles allow.
  notNeeded: { roles: ['roleDefinitions'] },
  answers: { most: 3, remove: [GONE_ROLE] },
  sample: (app, gone) => ({ most: 3, remove: app === 'fn-orders' ? gone : [] }),
});

test('definitions are read once for all assignments of an app', async () => {
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

test('removing a group warns that the caller may lose access too', () => {
  const control = area.controls.find((one) => one.kind === 'rule');
  const owns = (roleAssignments: unknown): boolean[] => {
    const facts = { roleAssignments, site: { id: at }, maybe: () => undefined };
    const x = { me: ann, facts, answers: { remove: ['7f3c1a52-0000-4000-8000-000000000001'] } };
    return [control?.guards?.[0]?.check(x as never) ?? []].flat().map(({ own }) => own === true);
  };
  const group = [ROLE.contributor, at, ben, 'Group'] as const;
  expect(owns(roles([ROLE.owner, `/subscriptions/${SUBSCRIPTION}`, '0a000000-0000-4000-8000-0000000000a3', 'User'], group))).toContain(
    true,
  );
  // The caller keeps a role of their own.
  expect(owns(roles([ROLE.owner, `/subscriptions/${SUBSCRIPTION}`, ann, 'User'], group))).not.toContain(true);
});
