/** Two tables define the resources that changes may write, one for requests and one for undo logs: both have the same resources. */
import { expect, test } from 'vitest';
import { idOf, RESOURCES } from '../../src/arm/resource-table.ts';
import { isPlaceOf, isSameId, isWithinId, KINDS, parentOfId, parseId, type ResourceKey, type Target } from '../../src/azure/index.ts';

const SITE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/app';
const TARGET: Target = {
  id: `${SITE}/slots/blue`,
  name: 'app',
  slot: 'blue',
  label: 'app/blue',
  resourceGroup: 'g',
  subscriptionId: 's',
  location: '',
  kind: '',
  tags: {},
};

test('each resource kind that is written is declared, and no other', () => {
  const written = Object.entries(RESOURCES).flatMap(([key, { write }]) => (write === null ? [] : [key]));
  expect(Object.keys(KINDS).toSorted()).toEqual(written.toSorted());
});

test.each(Object.entries(KINDS).filter(([, { below }]) => below !== undefined))('%s has the same path as its requests', (key, kind) => {
  expect(isPlaceOf(kind, idOf(TARGET, key as ResourceKey), TARGET.id, SITE)).toBe(true);
  expect(kind.secret === true).toBe(RESOURCES[key as ResourceKey].secret === true);
});

test.each(['%2e%2e', '..', '.', '', 'a\\b', 'a\n', 'a#b', 'a?b', 'a;b', 'a%2fb', ' a', 'a\u202Eb'])(
  '%j is refused as a name in an id',
  (name) => {
    expect(parseId(`${SITE}/config/${name}`)).toBeUndefined();
    expect(parseId(`${SITE}-${name}/../config/web`)).toBeUndefined();
  },
);

test('ids are compared part by part', () => {
  expect(isSameId(SITE, SITE.toUpperCase())).toBe(true);
  expect(isSameId(`${SITE}/`, SITE)).toBe(false);
  expect(isWithinId(`${SITE}/slots/blue/config/web`, SITE)).toBe(true);
  expect(isWithinId(`${SITE}-other/config/web`, SITE)).toBe(false);
  const role = `${SITE}/providers/Microsoft.Authorization/roleAssignments/1`;
  expect([parentOfId(role), parentOfId(`${SITE}/config/web`), isWithinId(role, SITE)]).toEqual([SITE, SITE, true]);
});
