/** Two apps of one name: a name never selects both. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NO_DECISION } from '../../src/engine/judge/decisions.ts';
import { parse } from '../../src/cli/parse.ts';
import { createWizardSession } from '../../src/app/wizard/wizard-session.ts';
import { catalogue } from '../../steps/index.ts';
import { inside } from '../helpers/inside.ts';
import { twins, TWIN } from '../helpers/twins.ts';
import { ORDERS, runName, type World } from '../helpers/world.ts';

const CLOSED = 'rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Deny';
const LOCK_OUT = `steps: { access-restrictions: { decision: apply, answers: { ${CLOSED} } } }`;
const SAFE = 'steps: { deployment-credentials: { controls: { ftp: { decision: apply } } } }';

async function fileWith(here: World, apps: string): Promise<string> {
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, `version: 1\napps:\n${apps.replace(/^/gm, '  ')}\n`);
  return file;
}

test('each command refuses an app name that fits two apps, and shows both ids', { timeout: 60_000 }, async () => {
  const here = await twins();
  const file = await fileWith(here, `fn-orders: { ${SAFE} }`);
  const report = join(here.folder, 'report.json');
  const commands = [
    ['plan', file],
    ['plan', file, '--all'],
    ['plan', file, '--app', ORDERS, TWIN],
    ['replay', file, '--yes'],
    ['replay', file, '--all', '--yes', '--canary', '1'],
    ['replay', file, '--dry-run'],
    ['export', file, '--format', 'az'],
    ['export', file, '--format', 'policy'],
    ['audit', '--app', 'FN-ORDERS'],
    ['audit', '--app', 'fn-orders', '--slot', 'all'],
    ['audit', '--app', 'fn-orders', TWIN],
    ['audit', '--app', 'fn-orders/staging'],
    ['audit', '--all', '--answers', file, '--json', '--output', report],
    ['audit', '--app', ORDERS, TWIN, '--answers', file],
    ['doctor', '--app', 'fn-orders'],
  ];
  for (const args of commands) {
    const { code, stdout, stderr } = await inside(here, args);
    const said = `${args.join(' ')}: ${code}\n${stdout}${stderr}`;
    expect(code, said).toBe(64);
    const ids = args.includes('fn-orders/staging') ? [`${ORDERS}/slots/staging`, `${TWIN}/slots/staging`] : [ORDERS, TWIN];
    for (const id of ids) expect((stdout + stderr).replaceAll(/\s/g, ''), said).toContain(id);
  }
  expect((await here.writes()).filter(({ method }) => method !== 'POST')).toEqual([]);
  await expect(readFile(report), 'nothing was written').rejects.toThrow();
});

test.each([
  ['a resource group', ['--resource-group', 'rg-shop']],
  ['a tag', ['--tag', 'env=prod']],
  ['its id', ['--app', ORDERS]],
])('with %s the run uses one of the two apps of the same name, and the name is enough', async (_, selection) => {
  const here = await twins();
  const file = await fileWith(here, `fn-orders: { ${SAFE} }`);
  const { code, stdout, stderr } = await inside(here, ['plan', file, '--json', ...selection]);
  expect(code, stderr).toBe(2);
  const { changes } = JSON.parse(stdout) as { changes: { resource: string }[] };
  expect(changes.every(({ resource }) => resource.startsWith(ORDERS))).toBe(true);
  expect(changes).not.toHaveLength(0);
});

test('a pattern and a tag may match both apps, and --confirm still approves one app at a time', { timeout: 60_000 }, async () => {
  const here = await twins();
  const file = await fileWith(here, `fn-order?: { ${LOCK_OUT} }`);
  const go = (...more: string[]) => inside(here, ['replay', file, '--my-ip', '203.0.113.9', '--yes', ...more]);
  const asked = await go();
  expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining(`--confirm ${ORDERS}   approves`)]);
  expect(asked.stderr).toContain(`--confirm ${TWIN}   approves`);
  for (const confirm of ['fn-orders', 'FN-Orders']) {
    const { code, stderr } = await go('--confirm', confirm);
    expect([code, stderr]).toEqual([64, expect.stringContaining(`--confirm ${confirm} matches 2 apps:`)]);
    expect(stderr).toContain(ORDERS);
    expect(stderr).toContain(TWIN);
  }
  const pattern = await go('--confirm', 'fn-order*');
  expect([pattern.code, pattern.stderr]).toEqual([64, expect.stringContaining('--confirm accepts app names and resource ids')]);
  expect((await go('--confirm', ORDERS)).code, 'the other app is not approved').toBe(3);
  expect(await here.writes()).toEqual([]);

  const done = await go('--confirm', ORDERS, '--confirm', TWIN);
  expect(done.code, done.stderr).toBe(0);
  const undo = ['undo', runName(done), '--yes'];
  const preview = await inside(here, [...undo, '--dry-run']);
  for (const id of [ORDERS, TWIN]) expect(preview.stdout.replaceAll(/\s/g, ''), 'the preview tells them apart').toContain(id);
});

test('missing answers of both apps are requested for both', async () => {
  const twin = TWIN.replace('FN-Orders', 'fn-orders');
  const here = await twins(twin);
  const file = await fileWith(here, 'fn-order?: { steps: { https: { decision: apply } } }');
  const { code, stderr } = await inside(here, ['plan', file]);
  expect([code, stderr]).toEqual([3, expect.stringContaining('4 answers are missing')]);
  for (const id of [ORDERS, twin]) expect(stderr).toContain(`${id}: https.minTls `);
  // Two lines with the same key would be a mistake of the file to which they are added.
  expect(stderr.match(/https: \{.*/g)).toEqual(['https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }']);
});

test('a report distinguishes two apps of the same name', async () => {
  const here = await twins();
  const suites = async (format: string, shape: RegExp) => {
    const { stdout } = await inside(here, ['audit', '--app', ORDERS, TWIN, '--step', 'https', '--format', format]);
    return [...stdout.matchAll(shape)].map(([, name]) => name);
  };
  expect(await suites('junit', /<testsuite name="([^"]+)"/g)).toEqual(['fn-orders', 'FN-Orders (rg-events)']);
  expect(await suites('html', /<summary><h3>(.*?)<\/h3>/g)).toEqual(['fn-orders', 'FN-Orders (rg-events)']);
});

test('the wizard keeps answers by the id of the app, and uses none of the other app', async () => {
  const here = await twins();
  const save = await fileWith(here, `fn-orders: { ${SAFE} }\nfn-events: { ${SAFE} }`);
  const { options } = parse(['--save', save], 'test', () => {})!;
  const io = { interactive: true } as never;
  const signal = new AbortController().signal;
  const environment = { XDG_STATE_HOME: here.folder };
  const invocation = { options, io, environment, version: 'test', signal, args: [], catalogue: () => Promise.resolve(catalogue) };
  const session = await createWizardSession(invocation as never, await here.connection());
  // No app was listed before: the app was opened directly.
  const found = await Array.fromAsync((await here.connection()).discovery.apps(here.subscriptionIds[0]!));
  const [orders, twin, events] = [ORDERS, TWIN, 'fn-events'].map((name) => found.find(({ id, label }) => id === name || label === name)!);
  expect(Object.keys((await session.open(orders!)).decisions)).toEqual([]);
  expect(Object.keys((await session.survey(twin!)).decisions)).toEqual([]);
  expect(Object.keys((await session.open(events!)).decisions)).toEqual(['deployment-credentials']);
  const step = catalogue.find(({ id }) => id === 'https')!;
  await session.decide(twin!, step, { ...NO_DECISION, decision: { decision: 'skip' } });
  await session.decide(events!, step, { ...NO_DECISION, decision: { decision: 'skip' } });
  expect(Object.keys((await session.open(orders!)).decisions)).toEqual([]);
  expect(Object.keys((await session.open(twin!)).decisions)).toEqual(['https']);
  const text = await readFile(save, 'utf8');
  expect([...text.matchAll(/^ {2}(\S+):(?: \{.*)?$/gm)].map(([, key]) => key)).toEqual(['fn-orders', 'fn-events', TWIN]);
});

test('the wizard started with an ambiguous name opens neither app', async () => {
  const here = await twins();
  const { options } = parse(['--app', 'fn-orders', '--save', join(here.folder, 'a.yaml')], 'test', () => {})!;
  const invocation = { options, environment: {}, version: 'test', args: [], catalogue: () => Promise.resolve(catalogue) };
  const session = await createWizardSession(invocation as never, await here.connection());
  await expect(Array.fromAsync(session.apps())).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining(TWIN) as string });
});
