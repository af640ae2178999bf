/** Mistakes of a user: each has a message, a next step, the right exit code, no stack trace, and no partial file. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenario } from '../../src/emulator/samples/seeds.ts';
import { inside } from '../helpers/inside.ts';
import { QUICK, ANSWERS, run, SITES, temporaryFolder, world, type Outcome } from '../helpers/world.ts';

const jwt = (claims: object) => `${Buffer.from('{}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
const expired = jwt({ exp: 1_700_000_000 });

function clean({ stdout, stderr }: Outcome): void {
  expect(`${stdout}${stderr}`, 'no stack trace').not.toMatch(/\n\s+at .+:\d+:\d+|node_modules|Internal error/);
  expect(stderr).toMatch(/^ERROR: ./m);
}

test.each([
  ['an unknown command', ['adit'], 64, 'Unknown command "adit". Did you mean "audit"?'],
  ['an unknown option', ['audit', '--al'], 64, 'Unknown option "--al"'],
  ['an invalid choice', ['audit', '--profile', 'strct'], 64, 'Allowed values: baseline, strict'],
  ['a missing argument', ['replay'], 64, 'The argument ANSWERS is missing.'],
  ['an unknown area', ['audit', '--all', '--step', 'htps'], 64, 'Unknown area "htps". Did you mean "https"?'],
  ['an unknown area to explain', ['steps', 'htps'], 64, 'Did you mean "https"?'],
  ['a control to explain that two areas have', ['steps', 'min-tls'], 64, '"min-tls" is a control of 2 areas.'],
  ['a control to explain that no area has', ['steps', 'min-tsl'], 64, 'Did you mean "min-tls"?'],
  ['an answers file that does not exist', ['replay', 'nowhere.yaml'], 64, 'nowhere.yaml cannot be read: the file does not exist.'],
  ['a folder for an answers file', ['plan', '/'], 64, '/ cannot be read: it is a folder.'],
  ['a saved plan that does not exist', ['replay', '--plan', 'nowhere.json'], 64, 'nowhere.json cannot be read (the file does not exist).'],
  [
    'a report in a folder that does not exist',
    ['audit', '--all', '--output', '/nowhere/audit.txt'],
    1,
    '/nowhere/audit.txt cannot be written (its folder does not exist).',
  ],
  ['a subscription that does not exist', ['audit', '--subscription', 'nowhere'], 1, 'ERROR: Subscription "nowhere" was not found, or'],
  ['a selection of no app', ['audit', '--all', '--tag', 'no=where'], 1, 'ERROR: No function app matches, or'],
  ['the last run of an empty log', ['undo', 'last'], 64, 'A run is recorded when changes are sent.'],
  [
    'an undo log below a file',
    ['undo', 'last', '--state', '/etc/hosts'],
    1,
    'The undo log cannot be read (a part of the path is not a folder)',
  ],
  ['a Terraform state without code', ['audit', '--all', '--terraform-state', 'x'], 64, '--terraform-state requires --source DIR.'],
  ['parameters without a template', ['audit', '--all', '--parameters', 'x'], 64, '--parameters requires --template FILE.'],
  ['an invalid address', ['audit', '--all', '--my-ip', '300.1.1.1'], 64, '"300.1.1.1" is not an IP address.'],
  ['an invalid port', ['emulator', '--port', '65536'], 64, '--port requires a whole number from 0 to 65535'],
  ['a run that does not exist', ['undo', '20260101T000000Z-0000', '--yes'], 64, 'Run "20260101T000000Z-0000" is not in the undo log.'],
  [
    'plain http to another machine',
    ['audit', '--all', '--arm-endpoint', 'http://management.azure.com'],
    64,
    'the token would be sent unencrypted',
  ],
  [
    'a file for an endpoint',
    ['audit', '--all', '--arm-endpoint', 'file:///etc/hosts'],
    64,
    'file:// cannot be the Azure Resource Manager endpoint',
  ],
  [
    'an app that does not exist',
    ['audit', '--app', 'fn-ordes'],
    1,
    'ERROR: Function app "fn-ordes" was not found, or you have no permission to read it. Did you mean "fn-orders"?',
  ],
  ['the wizard without a terminal', [], 3, 'The wizard requires a terminal'],
])('%s', async (_, args, code, says) => {
  const here = await world();
  const outcome = await inside(here, args);
  expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(says)]);
  clean(outcome);
});

test('no network: the message names the unreachable host and what to check', async () => {
  const outcome = await run(['audit', '--all'], {
    FUNC_HARDEN_ACCESS_TOKEN: 'x',
    FUNC_HARDEN_ARM_ENDPOINT: 'http://127.0.0.1:9',
    ...QUICK,
  });
  expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringMatching(/127\.0\.0\.1:9 cannot be reached[\s\S]*Check the network/)]);
  clean(outcome);
});

test.each([
  ['expired', expired, 'The access token expiry UTC time'],
  ['unknown', 'token-4711-of-no-form', 'The access token is invalid.'],
])('a token that is %s', async (_, token, says) => {
  const here = await world();
  const outcome = await inside(here, ['audit', '--all'], { FUNC_HARDEN_ACCESS_TOKEN: token });
  expect([outcome.code, outcome.stderr]).toEqual([4, expect.stringContaining(says)]);
  expect(outcome.stderr).toContain('Sign in again');
  expect(outcome.stderr).not.toContain(token);
  clean(outcome);
});

test('--auth token without a token', async () => {
  const here = await world();
  const outcome = await inside(here, ['audit', '--all', '--auth', 'token'], { FUNC_HARDEN_ACCESS_TOKEN: undefined });
  expect([outcome.code, outcome.stderr]).toEqual([4, expect.stringContaining('FUNC_HARDEN_ACCESS_TOKEN')]);
  clean(outcome);
});

test('a reader can audit; a replay is refused with the missing action and changes nothing', async () => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const reader = { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken };
  expect((await inside(here, ['audit', '--app', 'fn-orders', '--step', 'https', 'cors', 'ftp'], reader)).code).toBe(2);
  expect(
    (await inside(here, ['audit', '--app', 'fn-orders'], reader)).code,
    'settings are kept from a reader, and the rest is judged',
  ).toBe(2);
  const replay = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders'], reader);
  expect([replay.code, replay.stderr]).toEqual([
    4,
    expect.stringContaining('It requires Microsoft.Web/sites/write on fn-orders, which the role'),
  ]);
  expect(await here.writes(), 'not even tried').toEqual([]);
  expect(await here.state()).toEqual(before);
});

test('all missing answers are listed at once, with the lines to add, and nothing is sent', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps:\n  fn-orders:\n    steps:\n      https: { decision: apply, answers: { minTls: "1.2" } }\n      ftp: { decision: apply }\n',
  );
  const outcome = await inside(here, ['replay', file, '--yes']);
  expect([outcome.code, outcome.stderr]).toEqual([3, expect.stringContaining('2 answers are missing')]);
  for (const text of ['https.scmMinTls', 'ftp.state', 'ftp: { decision: apply, answers: { state: "Disabled" } }'])
    expect(outcome.stderr).toContain(text);
  expect(await here.writes()).toEqual([]);
  clean(outcome);
});

test('all missing approvals are listed at once; nothing is sent and no run is started', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const outcome = await inside(here, ['replay', file]);
  expect([outcome.code, outcome.stderr]).toEqual([3, expect.stringMatching(/--yes[\s\S]*--confirm fn-orders/)]);
  expect(await here.writes()).toEqual([]);
  expect(await readdir(here.folder)).toEqual(['answers.yaml']);
  const wrong = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-other']);
  expect([wrong.code, wrong.stderr]).toEqual([64, expect.stringContaining('--confirm contains "fn-other"')]);
});

test('a change that cannot be reverted needs --confirm as well', async () => {
  const here = await world();
  const file = join(here.folder, 'a.yaml');
  await writeFile(
    file,
    'version: 1\napps: { fn-orders: { steps: { key-vault: { controls: { purge-protection: { decision: apply } } } } } }\n',
  );
  const refused = await inside(here, ['replay', file, '--yes']);
  expect([refused.code, refused.stderr, await here.writes()]).toEqual([3, expect.stringContaining('--confirm fn-orders'), []]);
  expect((await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders'])).code).toBe(0);
});

test('an answers file that names no app asks for one', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\ndefaults:\n  steps:\n    remote-debugging: { decision: apply }\n');
  const outcome = await inside(here, ['replay', file, '--yes']);
  expect([outcome.code, outcome.stderr]).toEqual([3, expect.stringContaining('The answers file contains no app')]);
});

test('one app that does not exist does not stop the others', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  const one = '{ steps: { remote-debugging: { decision: apply } } }';
  await writeFile(file, `version: 1\napps:\n  fn-gone: ${one}\n  fn-billing/staging: ${one}\n`);
  const outcome = await inside(here, ['replay', file, '--yes']);
  expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringContaining('Function app "fn-gone" was not found')]);
  expect(await here.writes()).toHaveLength(1);
});

test('an undo log that cannot be written stops the run before anything is sent', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const outcome = await inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders', '--state-dir', join(file, 'below-a-file')]);
  expect([outcome.code, outcome.stderr]).toEqual([1, expect.stringContaining('The undo log cannot be written')]);
  expect(await here.writes()).toEqual([]);
  clean(outcome);
});

test('a Node.js that is too old is reported with the required version', async () => {
  const folder = await temporaryFolder();
  const { readFile } = await import('node:fs/promises');
  const { BIN } = await import('../helpers/world.ts');
  const launcher = join(folder, 'launcher.cjs');
  // The launcher without a newer Node.js beside it, as with an old Node.js.
  await writeFile(launcher, (await readFile(BIN, 'utf8')).replace('process.versions.node', "'20.20.0'"));
  const { spawnSync } = await import('node:child_process');
  const { status, stderr } = spawnSync(process.execPath, [launcher], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining('func-harden needs Node.js')]);
});

test('a lock or a missing permission is shown in the plan, before anything is sent', async () => {
  const here = await world({
    seed: () => ({
      ...scenario({ scenario: 'contoso', apps: 0 }),
      locks: [{ scope: `${SITES}/rg-shop`, name: 'freeze', level: 'ReadOnly', notes: 'until Monday' }],
    }),
  });
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps:\n  fn-orders:\n    steps:\n      remote-debugging: { decision: apply }\n');
  const told = async (token: string) => {
    const { code, stdout } = await inside(here, ['plan', file], { FUNC_HARDEN_ACCESS_TOKEN: token });
    return [code, stdout.replaceAll(/\s+/g, ' ')];
  };
  expect(await told(here.accessToken)).toEqual([2, expect.stringContaining('note The lock "freeze" (until Monday) blocks every change')]);
  expect(await told(here.readerToken)).toEqual([
    4,
    expect.stringContaining(
      'missing permission remote-debugging.off, remote-debugging.web-sockets: You have no permission for this change. It requires Microsoft.Web/sites/config/write on fn-orders',
    ),
  ]);
  const replay = await inside(here, ['replay', file, '--yes']);
  expect([replay.code, replay.stderr]).toEqual([1, expect.stringContaining('ScopeLocked')]);
});

test('an internal error is reported as a bug of func-harden, with what to attach, and exits with 1', async () => {
  const here = await world();
  const broken = join(here.folder, 'broken.cjs');
  await writeFile(broken, "Array.prototype.toSorted = () => { throw new TypeError('x is undefined'); };");
  const { code, stderr } = await here.cli(['audit', '--app', 'fn-orders'], { NODE_OPTIONS: `--require=${JSON.stringify(broken)}` });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ERROR: Internal error in func-harden: TypeError: x is undefined\n {4}at /m);
  expect(stderr).toContain('Run the command again with --debug FILE');
});
