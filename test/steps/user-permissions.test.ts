import area from '../../steps/user-permissions.ts';
import { ROLE } from '../../src/emulator/roles.ts';
import { areaTester } from '../helpers/area-tester.ts';
import { roles } from '../helpers/bodies.ts';
import { GONE_ROLE, siteId, SUBSCRIPTION } from '../helpers/places.ts';

const at = siteId('fn');
const [ann, ben] = ['0a000000-0000-4000-8000-0000000000a1', '0a000000-0000-4000-8000-0000000000a2'];
const two = roles([ROLE.owner, `/subscriptions/${SUBSCRIPTION}`, ann, 'User'], [ROLE.contributor, at, ben, 'User']);

areaTester.run(area, {
  pass: [['roles', { others: { roleAssignments: two } }, '2 principals']],
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
  answers: { most: 3, remove: [GONE_ROLE] },
  sample: (app, gone) => ({ most: 3, remove: app === 'fn-orders' ? gone : [] }),
});
