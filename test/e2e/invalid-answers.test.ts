/** An invalid answer affects one app only: no crash, and the job continues. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INTERNAL_ERROR } from '../../src/engine/errors.ts';
import { between, reword, type Answer } from '../helpers/between.ts';
import { inside } from '../helpers/inside.ts';
import { world } from '../helpers/world.ts';

type Value = unknown;
const each = (value: Value, change: (text: string, name: string) => Value, name = ''): Value =>
  Array.isArray(value)
    ? value.map((item) => each(item, change, name))
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, each(inner, change, key)]))
      : typeof value === 'string'
        ? change(value, name)
        : value;
const KEPT = /^(id|type|nextLink|subscriptionId)$/;
const deep = (depth: number) => `{"properties":{"minTlsVersion":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
const raw = (text: string) => (answer: Answer) => void (answer.text = text);

const ODD: readonly (readonly [string, (answer: Answer) => void])[] = [
  ['numbers where text is documented', (answer) => reword(answer, (body) => each(body, (text, name) => (KEPT.test(name) ? text : 7)))],
  [
    'objects where text is documented',
    (answer) => reword(answer, (body) => each(body, (text, name) => (KEPT.test(name) ? text : { text }))),
  ],
  ['null where text is documented', (answer) => reword(answer, (body) => each(body, (text, name) => (KEPT.test(name) ? text : null)))],
  ['a list where an object is documented', (answer) => reword(answer, (body) => ({ ...body, properties: [body['properties']] }))],
  ['text where an object is documented', (answer) => reword(answer, (body) => ({ ...body, properties: 'x' }))],
  ['no properties', (answer) => reword(answer, (body) => ({ ...body, properties: undefined }))],
  ['brackets without end', raw(deep(200_000))],
  ['brackets one level too deep', raw(deep(250))],
  ['an incomplete body', (answer) => void (answer.text = answer.text.slice(0, -9))],
  ['nothing', raw('')],
  ['HTML', raw('<html>sign in</html>')],
];

const FILE = `version: 1
defaults: { steps: { ftp: { decision: apply, answers: { state: Disabled } }, https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }, error-handling: { decision: apply } } }
apps: { fn-orders: { steps: {} }, fn-billing: { steps: {} } }
`;

test.each(ODD)('invalid answer: %s, of one app: the other app is checked, planned and changed', { timeout: 30_000 }, async (_, change) => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, FILE);
  const { endpoint, writes } = await between(here.endpoint, {
    after: ({ url }, answer) => {
      if (/\/sites\/fn-orders(\/|\?)/i.test(url) && answer.status === 200) change(answer);
    },
  });
  const env = { FUNC_HARDEN_ARM_ENDPOINT: endpoint };
  const audited = await inside(here, ['audit', '--app', 'fn-orders', '--app', 'fn-billing', '--json'], env);
  const { apps } = JSON.parse(audited.stdout) as { apps: { name: string; steps: { controls: { state: string }[] }[] }[] };
  expect(apps.map(({ name }) => name)).toEqual(['fn-billing', 'fn-orders']);
  const states = (at: number) => apps[at]!.steps.flatMap(({ controls }) => controls.map(({ state }) => state));
  expect(states(0)).toContain('fail');
  expect(states(1)).toContain('unknown');
  const planned = await inside(here, ['plan', file], env);
  expect(planned.stdout).toContain('Plan for fn-billing');
  const ran = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders'], env);
  expect(ran.stdout + ran.stderr).not.toContain(INTERNAL_ERROR);
  expect(ran.stderr).toMatch(/fn-orders: .* could not be read/);
  expect(
    writes().some(({ url }) => url.includes('fn-billing')),
    ran.stdout + ran.stderr,
  ).toBe(true);
});

test('invalid answers in all lists give a message and no crash', async () => {
  const here = await world();
  for (const [name, change] of ODD) {
    const { endpoint } = await between(here.endpoint, {
      after: ({ url }, answer) => {
        if (/ResourceGraph|Microsoft\.Web\/sites\?/i.test(url)) change(answer);
      },
    });
    const ran = await inside(here, ['audit', '--all'], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
    expect([1, 2, 6], `${name}: ${ran.stdout}${ran.stderr}`).toContain(ran.code);
  }
});

const ROWS: readonly unknown[] = [
  null,
  7,
  'x',
  [],
  {},
  { id: null, kind: 'functionapp' },
  { id: '/x', kind: 'functionapp', tags: 7, properties: 'y' },
];
const withRows = (value: Value): Value =>
  Array.isArray(value)
    ? [...ROWS, ...value.map(withRows)]
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withRows(inner)]))
      : value;
const LISTS: readonly (readonly [string, RegExp])[] = [
  ['subscriptions', /\/subscriptions\?/i],
  ['apps', /Microsoft\.Web\/sites\?/i],
  ['slots', /\/slots\?/i],
  ['Azure Resource Graph', /ResourceGraph/i],
  ['locks', /\/locks\?/i],
  ['rights', /\/permissions\?/i],
  ['policies', /\/policyAssignments\?/i],
  ['role assignments', /\/roleAssignments\?/i],
  ['functions', /\/functions\?/i],
  ['publishing policies', /basicPublishingCredentialsPolicies\?/i],
  ['plan and network', /serverfarms|Microsoft\.Network/i],
  ['storage and vaults', /Microsoft\.(Storage|KeyVault)/i],
  ['diagnostics and Defender', /Microsoft\.(Insights|Security|OperationalInsights)/i],
];

test.each(LISTS)('invalid rows in the list of %s: a plan of the valid rows', { timeout: 30_000 }, async (_, where) => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, FILE);
  const { endpoint } = await between(here.endpoint, {
    after: ({ url }, answer) => {
      if (where.test(url) && answer.status === 200) reword(answer, (body) => withRows(body) as typeof body);
    },
  });
  const planned = await inside(here, ['plan', file], { FUNC_HARDEN_ARM_ENDPOINT: endpoint });
  const said = planned.stdout + planned.stderr;
  expect(said).toContain('Plan for fn-billing');
  expect(said).toContain('Plan for fn-orders');
  expect(said).not.toMatch(/Cannot read|is not a function|Internal error/);
});
