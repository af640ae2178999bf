/** The output of commands matches docs/schema, and the schemas refuse other output. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ABSENT, secret } from '../../src/change/value.ts';
import { parseAnswers } from '../../src/files/answers/answers.ts';
import { eventJson } from '../../src/report/event-json.ts';
import { answersExample } from '../../src/view/question-forms.ts';
import { catalogue } from '../../steps/index.ts';
import { inside } from '../helpers/inside.ts';
import { SCHEMAS, withStrayMember, wrongWith } from '../helpers/schemas.ts';
import { ANSWERS, ORDERS, world, type World } from '../helpers/world.ts';
import { generatedSchemas } from '../tools/schemas.ts';

const GOING = ['--json', '--yes', '--confirm', 'fn-orders'];
const SIGNED_FOR = `version: 1
defaults:
  steps:
    ftp: { decision: accept, by: Dana Lee, reason: legacy publisher, until: 2099-01-31 }
    remote-debugging: { decision: accept, by: Dana Lee, reason: support case, until: 2020-01-31 }
    data-validation: { decision: attest, by: Dana Lee, evidence: https://dev.contoso.com/reviews/1, until: 2099-05-01 }
    error-handling: { decision: attest, by: Dana Lee, evidence: https://dev.contoso.com/reviews/2, until: 2020-05-01 }
`;

async function fileIn(here: World, name: string, text: string): Promise<string> {
  const file = join(here.folder, name);
  await writeFile(file, text);
  return file;
}
const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
const typesOf = (lines: readonly unknown[]): Set<string> => new Set(lines.map((line) => (line as { type: string }).type));
/** A schema that accepts anything would pass each other test here. */
function refusesStray(schema: string, value: unknown, open: readonly string[] = []): void {
  for (const one of withStrayMember(value, open)) expect(wrongWith(schema, one), JSON.stringify(one).slice(0, 2000)).not.toEqual([]);
}

test('the generated schemas match the declarations (npm run docs writes them)', async () => {
  for (const [name, text] of Object.entries(await generatedSchemas()))
    expect(await readFile(join(import.meta.dirname, '..', '..', 'docs', 'schema', name), 'utf8'), name).toBe(text);
});

test.each(SCHEMAS)('%s compiles, and each of its own members is described', async (name) => {
  expect(() => wrongWith(name.replace('.json', ''), {})).not.toThrow();
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'schema', name), 'utf8');
  const bare: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'properties' && !/\/(then|if)$/.test(path))
        for (const [member, schema] of Object.entries(inner as Record<string, Record<string, unknown>>))
          if (!('description' in schema) && !('$ref' in schema) && !('const' in schema)) bare.push(`${path}/${member}`);
      visit(inner, `${path}/${key}`);
    }
  };
  visit(JSON.parse(text), '');
  expect(bare).toEqual([]);
});

describe('audit', () => {
  test('findings, answers, unreadable resources, and a comparison', async () => {
    const here = await world();
    const signed = await fileIn(here, 'signed.yaml', SIGNED_FOR);
    const states = new Set<string>();
    const audit = async (more: readonly string[], extra = {}) => {
      const { stdout } = await inside(here, ['audit', '--json', ...more], extra);
      const report = JSON.parse(stdout) as { apps: { steps: { controls: { state: string }[] }[] }[] };
      expect(wrongWith('audit', report), more.join(' ')).toEqual([]);
      for (const { state } of report.apps.flatMap(({ steps }) => steps.flatMap(({ controls }) => controls))) states.add(state);
      return { report, stdout };
    };
    const { stdout, report } = await audit(['--all', '--slot', 'all']);
    await audit(['--app', 'fn-orders', '--answers', signed]);
    await audit(['--app', 'fn-orders'], { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken });
    await here.patch(`${ORDERS}/config/web`, { remoteDebuggingEnabled: false });
    const { report: beside } = await audit(['--app', 'fn-orders', '--compare', await fileIn(here, 'old.json', stdout)]);
    expect([...states].toSorted()).toEqual([
      'accepted',
      'attestation-expired',
      'attestation-missing',
      'attested',
      'fail',
      'not-applicable',
      'pass',
      'unknown',
    ]);
    refusesStray('audit', { ...beside, apps: report.apps.slice(0, 1).map((app) => ({ ...app, steps: app.steps.slice(0, 2) })) });
    expect(wrongWith('audit', JSON.parse(stdout.replace('"https.min-tls"', '"https.min-tsl"')))).not.toEqual([]);
    expect(wrongWith('audit', JSON.parse(stdout.replace('"schemaVersion": 1', '"schemaVersion": 2')))).not.toEqual([]);
  });

  test('an app that could not be read', async () => {
    const here = await world();
    await here.faults([
      {
        method: 'GET',
        path: 'sites/fn-orders\\?',
        times: 99,
        status: 403,
        body: { error: { code: 'AuthorizationFailed', message: 'no' } },
      },
    ]);
    const { stdout } = await inside(here, ['audit', '--app', 'fn-orders', '--json']);
    expect(wrongWith('audit', JSON.parse(stdout))).toEqual([]);
  });
});

test('plan, replay, undo, history and the undo log of a successful run', async () => {
  const here = await world();
  const answers = await fileIn(here, 'answers.yaml', ANSWERS);
  const debug = join(here.folder, 'debug.ndjson');
  const plan = JSON.parse((await inside(here, ['plan', answers, '--json'])).stdout) as { changes: object[] };
  expect(plan.changes.length).toBeGreaterThan(2);
  expect(wrongWith('plan', plan)).toEqual([]);
  refusesStray('plan', { ...plan, changes: plan.changes.slice(0, 1) }, ['body', 'before', 'after']);

  const replayed = linesOf((await inside(here, ['replay', answers, ...GOING, '--debug', debug])).stdout);
  const again = linesOf((await inside(here, ['replay', answers, ...GOING])).stdout);
  const history = async () => JSON.parse((await inside(here, ['history', '--json'])).stdout) as { runs: { run: string }[] };
  const { run } = (await history()).runs[0]!;
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.3' });
  const undo = JSON.parse((await inside(here, ['undo', run, '--json', '--dry-run'])).stdout) as { conflicts: object[] };
  expect(undo.conflicts.length).toBeGreaterThan(0);
  expect(wrongWith('undo-plan', undo)).toEqual([]);
  refusesStray('undo-plan', undo, ['body', 'before', 'after', 'ours', 'now']);
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.2' });
  const undone = linesOf((await inside(here, ['undo', run, ...GOING])).stdout);
  const nothing = linesOf((await inside(here, ['undo', run, ...GOING])).stdout);
  for (const event of [...replayed, ...again, ...undone, ...nothing]) expect(wrongWith('replay-event', event)).toEqual([]);
  expect(typesOf(replayed)).toEqual(new Set(['run-start', 'change-start', 'change-end', 'run-end']));
  for (const event of replayed) refusesStray('replay-event', event, ['body', 'before', 'after']);

  const runs = await history();
  expect(wrongWith('history', runs)).toEqual([]);
  refusesStray('history', runs, ['before', 'after']);
  for (const entry of linesOf(await readFile(debug, 'utf8'))) expect(wrongWith('debug', entry)).toEqual([]);
  expect(wrongWith('debug', { time: 'now', method: 'GET', url: 'x', milliseconds: 1 })).not.toEqual([]);
  const entries = await entriesOf(here);
  for (const entry of entries) expect(wrongWith('journal-entry', entry)).toEqual([]);
  expect(typesOf(entries)).toEqual(new Set(['run-start', 'intent', 'outcome', 'verified', 'undo', 'run-end']));
  for (const entry of entries) expect(wrongWith('journal-entry', { ...(entry as object), stray: 1 })).not.toEqual([]);
});

async function entriesOf(here: World): Promise<unknown[]> {
  const folder = join(here.folder, 'func-harden', 'journal');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap(linesOf);
}

test('a run of some areas keeps the decisions for the others, exceptions included', async () => {
  const here = await world();
  const exception = 'decision: apply, by: Dana Lee, reason: a probe, until: 2099-06-30, answers: { open: [PlaceOrder] }';
  const decided = `version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply }, access-keys: { ${exception} } } } }\n`;
  const file = await fileIn(here, 'answers.yaml', decided);
  await inside(here, ['replay', file, ...GOING, '--step', 'remote-debugging']);
  const entries = await entriesOf(here);
  expect(entries[0]).toHaveProperty('work.0.beside.access-keys.exception.by', 'Dana Lee');
  for (const entry of entries) expect(wrongWith('journal-entry', entry)).toEqual([]);
});

test('a run that fails and is rolled back', async () => {
  const here = await world();
  const answers = await fileIn(here, 'answers.yaml', ANSWERS);
  await here.faults([
    { method: 'PATCH', path: 'config/web', times: 99, status: 400, body: { error: { code: 'BadRequest', message: 'no' } } },
  ]);
  const events = linesOf((await inside(here, ['replay', answers, ...GOING, '--on-failure', 'rollback'])).stdout);
  expect(typesOf(events)).toContain('rolled-back');
  expect(JSON.stringify(events)).toContain('"state":"failed"');
  for (const event of events) expect(wrongWith('replay-event', event)).toEqual([]);
  for (const entry of await entriesOf(here)) expect(wrongWith('journal-entry', entry)).toEqual([]);
});

test('an undo that cannot read the current value gives the reason', async () => {
  const here = await world();
  await inside(here, ['replay', await fileIn(here, 'answers.yaml', ANSWERS), ...GOING]);
  const { runs } = JSON.parse((await inside(here, ['history', '--json'])).stdout) as { runs: { run: string }[] };
  await here.faults([
    { method: 'GET', path: 'config/web', times: 99, status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
  ]);
  const undo = JSON.parse((await inside(here, ['undo', runs[0]!.run, '--json', '--dry-run'])).stdout) as { left: object[] };
  expect(undo.left).toEqual([
    expect.objectContaining({ failure: expect.objectContaining({ message: expect.any(String) as string }) as object }),
  ]);
  expect(wrongWith('undo-plan', undo)).toEqual([]);
});

test('a secret that changed in the meantime is reported without its value', () => {
  const line = { path: 'properties.Key', before: secret('hush-hush'), after: ABSENT };
  const result = { state: 'moved', diff: [line] } as const;
  const target = { label: 'fn-orders' };
  const what = { target, resource: '/subscriptions/x', controls: ['app-settings.secrets'] };
  const event = eventJson({ type: 'change-end', change: 1, what, result } as unknown as Parameters<typeof eventJson>[0]);
  expect(JSON.stringify(event)).not.toContain('hush-hush');
  expect(wrongWith('replay-event', event)).toEqual([]);
});

test('steps and doctor', async () => {
  const here = await world();
  const steps = JSON.parse((await inside(here, ['steps', '--json'])).stdout) as { steps: object[] };
  expect(wrongWith('steps', steps)).toEqual([]);
  for (const step of steps.steps.slice(0, 4)) refusesStray('steps', { ...steps, steps: [step] }, ['cis', 'notOn']);
  const roles = JSON.parse(
    (await inside(here, ['steps', '--permissions', '--step', 'https', '--profile', 'baseline', '--json'])).stdout,
  ) as object;
  expect(wrongWith('permissions', roles)).toEqual([]);
  refusesStray('permissions', roles);
  const doctor = JSON.parse((await inside(here, ['doctor', '--json'])).stdout) as object;
  expect(wrongWith('doctor', doctor)).toEqual([]);
  refusesStray('doctor', doctor);
});

describe('answers', () => {
  test.each(catalogue.map((step) => [step.id, step] as const))('the example of %s is valid', (_, step) => {
    const file = { version: 1, defaults: { steps: parse(answersExample(step).join('\n')) as object } };
    expect(wrongWith('answers', file)).toEqual([]);
  });

  test('answers files of the README and of these tests are valid, with the people who sign them', async () => {
    const readme = await readFile(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    for (const text of [yaml, ANSWERS, SIGNED_FOR]) expect(wrongWith('answers', parse(text))).toEqual([]);
  });

  test.each([
    'https: { decision: aply }',
    'htps: { decision: apply }',
    'https: { decision: apply, answers: { minTsl: "1.2" } }',
    'https: { decision: apply, answers: { minTls: 1.2 } }',
    'https: { decision: accept, by: Dana Lee, reason: because }',
    'https: { decision: apply, until: 2027-01-01 }',
    'https: { controls: { min-tsl: { decision: apply } } }',
    'https: { controls: { min-tls: {} } }',
    'https: { decision: accept, by: " ", reason: x, until: 2027-01-01 }',
    'https: { decision: accept, by: Dana, reason: x, until: 2027-02-30 }',
    'usage-quota: { decision: apply, answers: { gbSeconds: 0.5 } }',
    'cors: { decision: apply, answers: { allowedOrigins: ["www.contoso.com"] } }',
    'cors: { decision: apply, answers: { allowedOrigins: ["*"] } }',
    'cors: { decision: apply, answers: { allowedOrigins: ["http://www.contoso.com"] } }',
    'cors: { decision: apply, answers: { allowedOrigins: ["https://*.contoso.com"] } }',
    'access-keys: { decision: apply, by: Dana Lee, answers: { open: [Health] } }',
    'access-keys: { decision: apply, answers: { open: [Health], by: Dana Lee, reason: a probe } }',
    'scm: { decision: apply, answers: { rules: [{ name: a, priority: 1, action: Allow }] } }',
    'scm: { decision: apply, answers: { rules: [{ name: a, priority: 1, action: Allow, ip: 10.0.0.1 }] } }',
  ])('invalid for the schema and for func-harden: %s', (step) => {
    expect(wrongWith('answers', { version: 1, defaults: { steps: parse(step) as object } })).not.toEqual([]);
  });

  test.each([
    'access-keys: { decision: apply, by: Dana Lee, reason: a probe, until: 2027-06-30, answers: { open: [Health] } }',
    'access-keys: { decision: apply, answers: { open: [Health], by: Dana Lee, reason: a probe, until: 2027-06-30 } }',
    'user-permissions: { by: Dana Lee, reason: on call, until: 2027-06-30, answers: { most: 6 } }',
  ])('an exception is valid for the schema and for func-harden: %s', (step) => {
    const file = `version: 1\ndefaults: { steps: { ${step} } }\n`;
    expect(() => parseAnswers(file, 'answers.yaml', catalogue)).not.toThrow();
    expect(wrongWith('answers', parse(file))).toEqual([]);
  });

  test('refused as a whole: no version, additional members', () => {
    for (const file of [{}, { version: 2 }, { version: 1, app: {} }, { version: 1, apps: { x: { step: {} } } }])
      expect(wrongWith('answers', file)).not.toEqual([]);
  });
});
