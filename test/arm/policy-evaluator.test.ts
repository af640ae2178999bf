/** The evaluator of Azure Policy definitions, on definitions made for the test. */
import { expect, test } from 'vitest';
import { cases } from '../helpers/policy/grid.ts';
import { evaluate, type Condition, type Definition, type Resource } from '../helpers/policy/evaluate.ts';

const SITES = 'Microsoft.Web/sites';
const definition = (condition: Condition, details?: object): Definition => ({
  name: 'made-for-this',
  properties: {
    displayName: 'made for this test',
    parameters: { least: { defaultValue: '1.2' } },
    // `then` is what Azure Policy calls it.
    // oxlint-disable-next-line unicorn/no-thenable
    policyRule: { if: condition, then: details ? { details: details as { type: string } } : {} },
  },
});
const site = (properties: Resource['properties'], config: Resource['properties'] = {}): Resource => ({
  type: SITES,
  name: 'fn',
  kind: 'functionapp,linux',
  properties,
  children: [{ type: `${SITES}/config`, name: 'web', properties: config }],
});
const on = (condition: Condition): Condition => ({ allOf: [{ field: 'type', equals: SITES }, condition] });
const member = (rest: object): Condition => on({ field: `${SITES}/member`, ...rest });

/** `fail` if the condition of the rule holds, as with the effect Audit. */
const AUDIT: readonly (readonly [object, Resource['properties'], 'pass' | 'fail'])[] = [
  [{ equals: 'Disabled' }, { member: 'disabled' }, 'fail'],
  [{ equals: 'true' }, { member: true }, 'fail'],
  [{ equals: '' }, { member: '' }, 'fail'],
  // A missing value is no text, so definitions that compare with an empty text do not match it.
  [{ equals: '' }, { member: null }, 'pass'],
  [{ equals: '' }, {}, 'pass'],
  [{ notEquals: 'Disabled' }, {}, 'fail'],
  [{ notEquals: 'Disabled' }, { member: 'DISABLED' }, 'pass'],
  [{ exists: 'false' }, { member: null }, 'fail'],
  [{ exists: 'false' }, { member: false }, 'pass'],
  [{ exists: true }, { member: '' }, 'fail'],
  [{ in: ['A', 'b'] }, { member: 'B' }, 'fail'],
  [{ notIn: ['A', 'b'] }, {}, 'fail'],
  [{ contains: 'LINUX' }, { member: 'a,linux' }, 'fail'],
  [{ notContains: 'x' }, {}, 'fail'],
  [{ like: 'cluster*' }, { member: 'Cluster1' }, 'fail'],
  [{ like: 'cluster*' }, { member: 'aCluster' }, 'pass'],
  [{ notLike: 'cluster*' }, {}, 'fail'],
  [{ less: "[parameters('least')]" }, { member: '1.1' }, 'fail'],
  [{ less: "[parameters('least')]" }, {}, 'pass'],
  [{ greaterOrEquals: 10 }, { member: 9 }, 'pass'],
];

test.each(AUDIT)('%j on %j: %s', (rest, properties, verdict) => {
  expect(evaluate(definition(member(rest)), site(properties))).toBe(verdict);
});

test('a condition on a field with [*] holds if it holds for each member, and for an empty list', () => {
  const star = definition(on({ field: `${SITES}/list[*].value`, notEquals: 'bad' }));
  const listed = (...values: readonly string[]) => site({ list: values.map((value) => ({ value })) });
  expect(evaluate(star, listed('good', 'good'))).toBe('fail');
  expect(evaluate(star, listed('good', 'bad'))).toBe('pass');
  expect(evaluate(star, listed())).toBe('fail');
  expect(evaluate(star, site({}))).toBe('fail');
});

test('count conditions count the members of a list', () => {
  const counted = definition(on({ count: { field: `${SITES}/list[*]` }, greaterOrEquals: 1 }));
  expect([evaluate(counted, site({ list: [{}] })), evaluate(counted, site({ list: [] })), evaluate(counted, site({}))]).toEqual([
    'fail',
    'pass',
    'pass',
  ]);
});

test('a resource to which a definition does not apply is skipped and does not pass', () => {
  const slots = definition({
    allOf: [
      { field: 'type', equals: `${SITES}/slots` },
      { field: `${SITES}/slots/member`, equals: 'a' },
    ],
  });
  const logicApps = definition({
    allOf: [
      { field: 'type', equals: SITES },
      { field: 'kind', notContains: 'linux' },
      { field: `${SITES}/member`, equals: 'a' },
    ],
  });
  expect([evaluate(slots, site({ member: 'a' })), evaluate(logicApps, site({ member: 'a' }))]).toEqual(['skip', 'skip']);
});

test('AuditIfNotExists passes if one related resource meets the condition, of the given name if there is one', () => {
  const exists = { field: `${SITES}/config/web.minTlsVersion`, greaterOrEquals: '1.2' };
  const of = (name: string): Definition =>
    definition({ field: 'type', equals: SITES }, { type: `${SITES}/config`, name, existenceCondition: exists });
  expect(evaluate(of('web'), site({}, { minTlsVersion: '1.3' }))).toBe('pass');
  expect(evaluate(of('web'), site({}, { minTlsVersion: '1.0' }))).toBe('fail');
  expect(evaluate(of('logs'), site({}, { minTlsVersion: '1.3' }))).toBe('fail');
});

test('the api-version decides the result if a definition asks for it', () => {
  const byVersion = definition(on({ value: '[requestContext().apiVersion]', less: '2024-11-01' }));
  expect([evaluate(byVersion, site({})), evaluate(byVersion, site({}), '2023-12-01')]).toEqual(['pass', 'fail']);
});

test('a condition that the evaluator does not know is an error, not a verdict', () => {
  expect(() => evaluate(definition(member({ matchInsensitively: 'a' })), site({}))).toThrow('operator');
  expect(() => evaluate(definition(member({ equals: "[field('tags')]" })), site({}))).toThrow('expression');
  expect(() => evaluate(definition(on({ field: 'Microsoft.Sql/servers/member', equals: 'a' })), site({}))).toThrow('alias');
});

test('the grid of cases is the same each time, and has each hosting', () => {
  const labels = () => [...cases(50, 1)].map(({ label }) => label);
  expect(labels()).toEqual(labels());
  expect(new Set([...cases(0, 1)].map(({ hosting }) => hosting.name)).size).toBe(10);
});
