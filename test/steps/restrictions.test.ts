import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerProblems, cidrProblem, originProblem } from '../../src/contract/index.ts';
import {
  type AccessRule,
  effectiveDefault,
  reach,
  rowOf,
  rowsOf,
  ruleOf,
  rulesForAllCallers,
  sameRules,
  shadowed,
} from '../../src/azure/index.ts';
import { parseRule, ruleText } from '../../src/view/rule-text.ts';

const octet = fc.integer({ min: 0, max: 255 });
const cidr = fc
  .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }))
  .map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`);
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/);
const rule: fc.Arbitrary<AccessRule> = fc
  .record({
    name: fc.oneof(
      word,
      fc.tuple(word, word).map(([a, b]) => `${a.slice(0, 8)} ${b.slice(0, 8)}`),
    ),
    priority: fc.integer({ min: 1, max: 2_147_483_646 }),
    action: fc.constantFrom('Allow' as const, 'Deny' as const),
    source: fc.oneof(
      cidr.map((ip) => ({ ip })),
      fc.constantFrom('AzureFrontDoor.Backend', 'AzureCloud').map((serviceTag) => ({ serviceTag })),
    ),
    headers: fc.option(fc.record({ 'x-azure-fdid': fc.array(fc.uuid(), { minLength: 1, maxLength: 3 }) }), { nil: undefined }),
    description: fc.option(fc.stringMatching(/^[a-z][a-z ]{0,20}[a-z]$/), { nil: undefined }),
  })
  .map(({ source, headers, description, ...rest }) => ({
    ...rest,
    ...source,
    ...(headers ? { headers } : {}),
    ...(description ? { description } : {}),
  }));

test('an access rule equals the same rule from ARM and the same rule written as a line', () => {
  fc.assert(
    fc.property(rule, (one) => {
      expect(ruleOf(rowOf(one))).toEqual(one);
      expect(parseRule(ruleText(one))).toEqual(one);
      expect(answerProblems({ kind: 'rules', label: '', help: '' }, [one as never])).toEqual([]);
    }),
  );
});

test('the order of written rules does not matter', () => {
  fc.assert(
    fc.property(fc.uniqueArray(rule, { selector: ({ name }) => name, maxLength: 5 }), (rules) => {
      expect(sameRules(rowsOf(rules), rules.toReversed())).toBe(true);
    }),
  );
});

describe('a null default action', () => {
  test('allows where there are no rules and denies where there are', () => {
    expect(effectiveDefault([], null)).toBe('Allow');
    expect(effectiveDefault([{ ipAddress: '10.0.0.0/8' }], null)).toBe('Deny');
    expect(effectiveDefault([{ ipAddress: '10.0.0.0/8' }], 'Allow')).toBe('Allow');
  });
});

test.each([
  ['an address in an allowed range', '203.0.113.7', [{ ipAddress: '203.0.113.0/24', action: 'Allow', priority: 1 }], null, 'allowed'],
  ['an address that no rule names', '198.51.100.1', [{ ipAddress: '203.0.113.0/24', action: 'Allow', priority: 1 }], null, 'denied'],
  [
    'the earlier rule decides',
    '203.0.113.7',
    [
      { ipAddress: '203.0.113.0/24', action: 'Allow', priority: 20 },
      { ipAddress: '203.0.113.7/32', action: 'Deny', priority: 10 },
    ],
    null,
    'denied',
  ],
  [
    'a service tag may hold it',
    '203.0.113.7',
    [{ ipAddress: 'AzureCloud', tag: 'ServiceTag', action: 'Allow', priority: 1 }],
    null,
    'depends',
  ],
  [
    'a denial of the internet by its service tag',
    '203.0.113.7',
    [{ ipAddress: 'Internet', tag: 'ServiceTag', action: 'Deny', priority: 1 }],
    'Allow',
    'denied',
  ],
  [
    'an address without a prefix length',
    '203.0.113.7',
    [
      { ipAddress: '203.0.113.7', action: 'Deny', priority: 1 },
      { ipAddress: '203.0.113.0/24', action: 'Allow', priority: 2 },
    ],
    'Deny',
    'denied',
  ],
  [
    'of two rules with one priority, the one that Azure lists first',
    '203.0.113.7',
    [
      { ipAddress: '203.0.113.0/24', action: 'Deny', priority: 1 },
      { ipAddress: '203.0.113.0/24', action: 'Allow', priority: 1 },
    ],
    'Deny',
    'denied',
  ],
  ['an IPv6 range', '2001:db8::1', [{ ipAddress: '2001:db8::/32', action: 'Allow', priority: 1 }], 'Deny', 'allowed'],
  ['several ranges in one rule', '10.1.2.3', [{ ipAddress: '192.0.2.0/24,10.0.0.0/8', action: 'Allow', priority: 1 }], 'Deny', 'allowed'],
] as const)('reach of access rules: %s', (_, address, rows, defaultAction, expected) => {
  expect(reach(address, rows, defaultAction)).toBe(expected);
});

test('a rule after a wider rule never decides', () => {
  const rows = [
    { name: 'all', ipAddress: '0.0.0.0/0', priority: 1 },
    { name: 'office', ipAddress: '203.0.113.0/24', priority: 2 },
  ];
  expect(shadowed(rows).map(({ rule: { name }, by }) => `${name} behind ${by.name}`)).toEqual(['office behind all']);
});

test('a deny rule for the tag Internet comes before a rule for all callers', () => {
  const rows = [
    { name: 'none', ipAddress: 'Internet', tag: 'ServiceTag', action: 'Deny', priority: 1 },
    { name: 'all', ipAddress: '0.0.0.0/0', action: 'Allow', priority: 2 },
  ];
  expect(shadowed(rows).map(({ rule: { name }, by }) => `${name} behind ${by.name}`)).toEqual(['all behind none']);
  expect(rulesForAllCallers(rows)).toEqual([]);
});

test.each(['203.0.113.7', '203.0.113.0/33', '10/8', 'office', '2001:db8::/129', ''])('%s is no address range', (text) => {
  expect(cidrProblem(text)).toMatch(/address range|prefix length/);
});
test.each(['203.0.113.0/24', '0.0.0.0/0', '2001:db8::/48'])('%s is an address range', (text) => {
  expect(cidrProblem(text)).toBeUndefined();
});
test.each(['www.contoso.com', 'https://www.contoso.com/', 'https://www.contoso.com/path', 'ftp://x.example', 'null', ''])(
  '%s is no origin',
  (text) => {
    expect(originProblem(text)).toMatch(/origin|https|must be/);
  },
);
test.each(['*', 'http://www.contoso.com', 'http://localhost:3000', 'https://*.contoso.com'])(
  '%s is refused as an answer, and can be kept by an accepted finding',
  (text) => {
    expect(originProblem(text)).toContain('decision: accept');
  },
);
test.each(['https://www.contoso.com', 'https://www.contoso.com:8443', 'https://portal.azure.com'])('%s is an origin', (text) => {
  expect(originProblem(text)).toBeUndefined();
});
