import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare } from '../../src/change/compare.ts';
import { membersOf, pathOf, equals, containsJson, valueAt, withValue, type Body } from '../../src/change/json-paths.ts';
import type { Json } from '../../src/azure/index.ts';

const names = fc.array(
  fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
  { minLength: 1, maxLength: 4 },
);

test('a path of any names is parsed into the same names', () => {
  fc.assert(
    fc.property(names, (members) => {
      expect(membersOf(pathOf(...members))).toEqual(members);
    }),
  );
});

test('a value that is set at a path is found there, and other values stay', () => {
  fc.assert(
    fc.property(names, fc.jsonValue(), (members, value) => {
      const start: Body = { other: 1 };
      const body = withValue(start, pathOf('properties', ...members), value as Json);
      expect(equals(valueAt(body, pathOf('properties', ...members)), value as Json)).toBe(true);
      expect(valueAt(body, 'other')).toBe(1);
      expect(start).toEqual({ other: 1 });
    }),
  );
});

test('a path cannot reach a prototype', () => {
  withValue({}, '__proto__.polluted', true);
  withValue({}, 'a.__proto__.polluted', true);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('null and missing are equal; lists are ordered', () => {
  expect(equals({ a: null }, {})).toBe(true);
  expect(equals([1, 2], [2, 1])).toBe(false);
  expect(containsJson({ a: 1, added: 2 }, { a: 1 })).toBe(true);
  expect(containsJson([{ a: 1, header: 'x' }], [{ a: 1 }]), 'a rule with one member more is another rule').toBe(false);
  expect(containsJson([1, 2], [1])).toBe(false);
  expect(containsJson('Allow', 'allow')).toBe(false);
  expect(containsJson('/subscriptions/a/resourcegroups/b', '/subscriptions/a/resourceGroups/b')).toBe(true);
});

test('a comparison is empty only if nothing differs', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      expect(compare(before as Json, before as Json).differences).toEqual([]);
      const equal = equals(before as Json, after as Json) && JSON.stringify(before) === JSON.stringify(after);
      if (equal) expect(compare(before as Json, after as Json).differences).toEqual([]);
      else if (!equals(before as Json, after as Json)) expect(compare(before as Json, after as Json).differences.length).toBeGreaterThan(0);
    }),
  );
});

test('list items are matched by name: one changed, one added, one removed', () => {
  const rule = (name: string, priority: number) => ({ name, priority });
  const { differences, same: kept } = compare(
    [rule('a', 1), rule('b', 2), rule('c', 3)],
    [rule('a', 1), rule('b', 9), rule('d', 4)],
    'rules',
  );
  expect(differences.map(({ operation, path }) => `${operation} ${path}`)).toEqual([
    'modify rules[b].priority',
    'create rules[d]',
    'delete rules[c]',
  ]);
  expect(kept).toBe(2);
});

test('a repeated list item differs from a removed one', () => {
  const paths = (before: Json, after: Json) =>
    compare(before, after, 'origins').differences.map(({ operation, path }) => `${operation} ${path}`);
  expect(paths(['a', 'a', 'b'], ['a'])).toEqual(['delete origins[a, listed again]', 'delete origins[b]']);
  expect(paths(['a'], ['b', 'b'])).toEqual(['create origins[b]', 'create origins[b]', 'delete origins[a]']);
});
