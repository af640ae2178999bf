/** Keys of an answers file: the apps that they select, and which of several decides. */
import { describe, expect, test } from 'vitest';
import { decisionsFor } from '../../src/engine/judge/decisions.ts';
import { ArmFailure, type Discovery } from '../../src/engine/ports.ts';
import { keyProblem, matchesKey } from '../../src/engine/fleet/selectors.ts';
import { findTargets } from '../../src/engine/fleet/targets.ts';
import { parseAnswers } from '../../src/files/answers/answers.ts';
import { answersText } from '../../src/files/answers/write-answers.ts';
import { catalogue } from '../../steps/index.ts';
import type { Target } from '../../src/azure/index.ts';

const SITES = '/subscriptions/s/resourceGroups/r/providers/Microsoft.Web/sites';
const target = (label: string, tags: Record<string, string> = {}): Target => {
  const [name = '', slot] = label.split('/');
  const id = `${SITES}/${name}${slot ? `/slots/${slot}` : ''}`;
  return { id, name, label, resourceGroup: 'r', subscriptionId: 's', location: '', kind: '', tags, ...(slot ? { slot } : {}) };
};

test.each([
  ['fn-orders', 'FN-Orders', true],
  ['fn-orders', 'fn-orders/staging', false],
  ['fn-*', 'fn-orders', true],
  ['FN-*', 'fn-orders', true],
  ['fn-*', 'fn-orders/staging', false],
  ['fn-*/staging', 'fn-orders/staging', true],
  ['fn-*/staging', 'fn-orders', false],
  ['fn-*/*', 'fn-orders/blue', true],
  ['*', 'fn-orders', true],
  ['*', 'fn-orders/staging', false],
  ['*-orders', 'fn-orders', true],
  ['fn-order?', 'fn-orders', true],
  ['fn-order?', 'fn-order', false],
  ['fn.orders*', 'fn-orders', false],
  [`${SITES}/fn-orders`, 'fn-orders', true],
  [`${SITES}/FN-ORDERS/slots/staging`, 'fn-orders/staging', true],
])('%s and %s: %s', (key, label, wanted) => {
  expect(matchesKey(key, target(label))).toBe(wanted);
});

test.each([
  ['tag:env=prod', { env: 'prod' }, true],
  ['tag:ENV=prod', { env: 'prod' }, true],
  ['tag:env=Prod', { env: 'prod' }, false],
  ['tag:env=prod,team=shop', { env: 'prod', team: 'shop' }, true],
  ['tag:env=prod, team=shop', { env: 'prod' }, false],
  ['tag:url=a=b', { url: 'a=b' }, true],
  ['tag:env=', { env: '' }, true],
  ['tag:env=prod', {}, false],
])('%s with %j: %s', (key, tags, wanted) => {
  expect(matchesKey(key, target('fn', tags))).toBe(wanted);
});

const minTls = (version: string) => `steps: { https: { answers: { minTls: "${version}" } } }`;

describe('which of several selectors decides', () => {
  const read = (text: string) => parseAnswers(`version: 1\n${text}`, 'a.yaml', catalogue);
  const tls = (text: string, label = 'fn-a', tags: Record<string, string> = { env: 'prod' }) =>
    decisionsFor(read(text), target(label, tags))['https']?.answers['minTls'];
  // Written from strong to weak, so that the order of the file is not what decides.
  const all = [
    `  ${SITES}/fn-a: { ${minTls('1.3')} }`,
    `  fn-a: { ${minTls('1.2')} }`,
    `  fn-*: { ${minTls('1.3')} }`,
    `  tag:env=prod: { ${minTls('1.2')} }`,
  ];
  test.each([
    ['an id over a name', 0, '1.3'],
    ['a name over a pattern', 1, '1.2'],
    ['a pattern over tags', 2, '1.3'],
    ['tags over the defaults', 3, '1.2'],
  ])('%s', (_, from, wanted) => {
    expect(tls(`defaults: { ${minTls('1.3')} }\napps:\n${all.slice(from).join('\n')}\n`)).toBe(wanted);
  });

  test('the later of two patterns, or of two tags, decides', () => {
    expect(tls(`apps:\n  fn-a*: { ${minTls('1.3')} }\n  '*': { ${minTls('1.2')} }\n`)).toBe('1.2');
    expect(
      tls(`apps:\n  tag:env=prod: { ${minTls('1.3')} }\n  tag:team=x: { ${minTls('1.2')} }\n`, 'fn-a', { env: 'prod', team: 'x' }),
    ).toBe('1.2');
  });

  test('selectors decide area by area and control by control', () => {
    const file = read(`defaults: { steps: { https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } } } }
apps:
  tag:env=prod: { steps: { ftp: { decision: apply, answers: { state: Disabled } }, https: { controls: { http2: { decision: skip } } } } }
  fn-*: { ${minTls('1.3')} }
  fn-a: { steps: { ftp: { decision: skip } } }
`);
    expect(decisionsFor(file, target('fn-a', { env: 'prod' }))).toMatchObject({
      https: { decision: { decision: 'apply' }, answers: { minTls: '1.3', scmMinTls: '1.2' }, controls: { http2: { decision: 'skip' } } },
      ftp: { decision: { decision: 'skip' }, answers: { state: 'Disabled' } },
    });
  });
});

test.each([
  ['fn-[ab]', 'is not an app name'],
  ['fn-*/a/b', 'is not a pattern'],
  ['fn-*/', 'is not a pattern'],
  ['fn *', 'has an invalid character'],
  ['/subscriptions/*/x', 'is a resource id with * or ?'],
  ['tag:env', 'requires a name and a value'],
  ['tag:=x', 'requires a name and a value'],
  ['tag:a=1,', 'requires a name and a value'],
])('%s is an error: %s', (key, says) => {
  expect(keyProblem(key)).toContain(says);
});

test.each(['fn-orders', 'fn-*', '*', '*/*', 'fn-?/staging', 'tag:env=prod', `${SITES}/fn`])('%s is valid', (key) => {
  expect(keyProblem(key)).toBeUndefined();
});

test('an error in a key has its place in the file', () => {
  const mistakes = (text: string) => {
    try {
      parseAnswers(text, 'a.yaml', catalogue);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(mistakes('version: 1\napps:\n  fn-a: {}\n  tag:env: {}\n')).toContain('a.yaml:4:3: "tag:env" requires a name and a value');
  expect(mistakes('version: 1\napps:\n  fn-[a]: {}\n')).toContain('a.yaml:3:3: "fn-[a]" is not an app name');
  expect(mistakes('version: 1\napps:\n  */staging: {}\n')).toMatch(
    /1 mistake[\s\S]*a\.yaml:3:3: put quotes around a key that begins with \*/,
  );
});

test('the wizard writes patterns and tags back unchanged', () => {
  const file = parseAnswers(`version: 1\napps: { '*': {}, '*/*': {}, 'fn-?': {}, tag:env=prod: {}, fn-a: {} }`, 'a.yaml', catalogue);
  expect(Object.keys(parseAnswers(answersText(file), 'b.yaml', catalogue).apps)).toEqual(Object.keys(file.apps));
});

test('a file selects apps and slots, and whose slots are listed', async () => {
  const listed: string[] = [];
  const apps = [target('fn-a', { env: 'prod' }), target('fn-b'), target('web-c', { env: 'prod' })];
  const discovery: Discovery = {
    subscriptions: () => Promise.resolve([{ id: 's', name: 'S', tenantId: null }]),
    subscriptionsUnder: () => Promise.resolve([]),
    apps: async function* () {
      yield* apps;
    },
    slots: (app) => {
      listed.push(app.label);
      return Promise.resolve([target(`${app.name}/staging`, { env: 'prod' }), target(`${app.name}/blue`, { env: 'prod' })]);
    },
    inventory: async function* () {},
    sites: async function* () {},
    configs: async function* () {},
    count: () => Promise.resolve(0),
  };
  const found = async (...keys: string[]) => {
    listed.length = 0;
    const { targets, missing } = await findTargets(discovery, { subscriptions: [], apps: [], matching: keys, tags: [] });
    return [targets.map(({ label }) => label), missing, listed.toSorted()];
  };
  expect(await found('fn-*')).toEqual([['fn-a', 'fn-b'], [], []]);
  expect(await found('tag:env=prod')).toEqual([['fn-a', 'web-c'], [], []]);
  expect(await found('fn-*/staging', 'tag:env=prod')).toEqual([['fn-a', 'fn-a/staging', 'fn-b/staging', 'web-c'], [], ['fn-a', 'fn-b']]);
  expect(await found('x*')).toEqual([[], [], []]);
});

test('a plan that names each app looks the names up and does not compare them one by one', async () => {
  let looks = 0;
  const apps = Array.from({ length: 300 }, (_, index): Target => {
    const { id, ...rest } = target(`fn-${index}`);
    // Counts how often the id of an app is read.
    return {
      ...rest,
      get id() {
        looks += 1;
        return id;
      },
    };
  });
  const discovery: Discovery = {
    subscriptions: () => Promise.resolve([{ id: 's', name: 'S', tenantId: null }]),
    subscriptionsUnder: () => Promise.resolve([]),
    apps: async function* () {
      yield* apps;
    },
    slots: () => Promise.resolve([]),
    inventory: async function* () {},
    sites: async function* () {},
    configs: async function* () {},
    count: () => Promise.resolve(0),
  };
  const ids = [...apps.map(({ id }) => id.toUpperCase()), '/no/app'];
  looks = 0;
  const { targets, missing } = await findTargets(discovery, { subscriptions: [], apps: ids, tags: [] });
  expect([targets.length, missing]).toEqual([300, ['/no/app']]);
  expect(looks / apps.length).toBeLessThan(10);
});

test('a subscription that cannot be listed hides no other, and an app that is listed twice is one app', async () => {
  const closed = new ArmFailure({ kind: 'missing', code: 'SubscriptionNotFound', message: 'Not there.', next: 'Look.' });
  const found = async (apps: string[], ...open: string[]) => {
    const discovery: Discovery = {
      subscriptions: () => Promise.resolve(['s', 't'].map((id) => ({ id, name: id.toUpperCase(), tenantId: null }))),
      subscriptionsUnder: () => Promise.resolve([]),
      apps: async function* (id) {
        if (!open.includes(id)) throw closed;
        yield target(`fn-${id}`);
        yield target(`fn-${id}`); // A list that changes between two pages.
      },
      slots: () => Promise.resolve([]),
      inventory: async function* () {},
      sites: async function* () {},
      configs: async function* () {},
      count: () => Promise.resolve(0),
    };
    const { targets, missing, failures } = await findTargets(discovery, { subscriptions: [], apps, tags: [] });
    return [targets.map(({ label }) => label), missing, failures.map(({ app, what }) => `${what} of ${app}`)];
  };
  expect(await found([], 's')).toEqual([['fn-s'], [], ['apps of subscription T']]);
  expect(await found(['fn-s'], 's')).toEqual([['fn-s'], [], []]);
  expect(await found(['fn-t'], 's')).toEqual([[], ['fn-t'], ['apps of subscription T']]);
  await expect(found(['fn-t'])).rejects.toThrow('Not there.');
});
