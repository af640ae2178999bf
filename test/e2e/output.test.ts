/** Output of commands: old files stay until the new one is complete, closed readers, interrupted commands. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { terminal } from '../../src/cli/terminal.ts';
import { inside } from '../helpers/inside.ts';
import { ANSWERS, BIN, temporaryFolder, world, type World } from '../helpers/world.ts';

const environment = (here: World) => ({
  ...process.env,
  FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
  FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
  XDG_STATE_HOME: here.folder,
});

test('a report that fails leaves the earlier report as it was', async () => {
  const here = await world();
  const file = join(here.folder, 'audit.json');
  await inside(here, ['audit', '--all', '--step', 'ftp', '--json', '--output', file]);
  const before = await readFile(file, 'utf8');
  const tries = [
    inside(here, ['audit', '--all', '--json', '--output', file], { FUNC_HARDEN_ACCESS_TOKEN: 'bad' }).catch(() => undefined),
    inside(here, ['audit', '--app', 'nope', '--json', '--output', file]),
    inside(here, ['audit', '--resource-group', 'nope', '--json', '--output', file]),
  ];
  await Promise.all(tries);
  expect(await readFile(file, 'utf8')).toBe(before);
  expect((await readdir(here.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  await inside(here, ['audit', '--app', 'fn-ledger', '--step', 'ftp', '--json', '--output', file]);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ apps: [{ name: 'fn-ledger' }] });
});

test('an audit that fails before its first app prints no partial document', async () => {
  const here = await world();
  await here.faults([
    { method: 'GET', path: '/subscriptions\\?', times: 9, status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
  ]);
  const ran = await inside(here, ['audit', '--all', '--json']);
  expect([ran.code, ran.stdout]).toEqual([4, '']);
});

test.each([
  ['--output', 'plan'],
  ['--debug', 'plan'],
])('%s does not overwrite an input file', async (option, command) => {
  const here = await world();
  const file = join(here.folder, 'a.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } } }\n');
  const ran = await inside(here, [command, file, option, join(here.folder, '.', 'a.yaml')]);
  expect(ran.code).toBe(64);
  expect(ran.stderr).toContain(`${option} would overwrite`);
  expect(await readFile(file, 'utf8')).toContain('version: 1');
});

test.each([
  [['audit', '--all', '--output', ''], 'The option --output requires a value.'],
  [['audit', '--all', '--json', '--format', 'html'], 'cannot be combined'],
  [['audit', '--all', '--tag', 'env'], '"env" is not a tag'],
])('%j is a usage error', async (args, says) => {
  const ran = await inside(await world(), args);
  expect([ran.code, ran.stderr]).toEqual([64, expect.stringContaining(says)]);
});

test('an unknown name in --confirm is an error also if there is nothing to do', async () => {
  const here = await world();
  const file = join(here.folder, 'a.yaml');
  await writeFile(file, 'version: 1\napps: { fn-ledger: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } } }\n');
  expect((await inside(here, ['replay', file, '--yes', '--confirm', 'nope'])).code).toBe(64);
});

test('--debug makes an existing file private, and does not wait for a reader of a pipe', async () => {
  const here = await world();
  const file = join(here.folder, 'debug.log');
  await writeFile(file, '');
  await chmod(file, 0o666);
  await inside(here, ['audit', '--app', 'fn-ledger', '--step', 'ftp', '--debug', file]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const pipe = join(here.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const option of ['--debug', '--output']) {
    const ran = await inside(here, ['audit', '--app', 'fn-ledger', '--step', 'ftp', option, pipe]);
    expect([ran.code === 64 || ran.code === 1, ran.stderr]).toEqual([true, expect.stringContaining('cannot be written')]);
  }
});

test.each<[stderr: string, isTTY: boolean]>([
  ['a terminal', true],
  ['a file', false],
])('where stderr is %s, a command asks only what is seen there', (_, isTTY) => {
  const screen = { isTTY: true, columns: 80 } as NodeJS.WriteStream;
  const io = terminal(
    { stdin: screen, stdout: screen, stderr: { ...screen, isTTY } as NodeJS.WriteStream, env: {}, platform: 'linux' },
    [],
  );
  expect([io.interactive, io.asks]).toEqual([true, isTTY]);
});

test('waiting for a slow reader of stdout does not add listeners', async () => {
  const stdout = Object.assign(new PassThrough({ highWaterMark: 1 }), { isTTY: false }) as unknown as NodeJS.WriteStream & PassThrough;
  const io = terminal({ stdin: {}, stdout, stderr: stdout, env: {}, platform: 'linux' }, []);
  await io.drained!();
  const count = () => ['drain', 'close', 'error'].map((event) => stdout.listenerCount(event));
  const before = count();
  for (let time = 0; time < 3; time++) {
    io.out('more than there is room for');
    const drained = io.drained!();
    stdout.read();
    await drained;
  }
  expect(count()).toEqual(before);
});

test('a closed stdout does not turn findings into success', { timeout: 30_000 }, async () => {
  const here = await world({ scenario: 'fleet', apps: 60 });
  const child = spawn(process.execPath, [BIN, 'audit', '--all', '--json'], { env: environment(here), stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(2);
});

test('a second signal leaves no folder of the demo behind', async () => {
  const folder = await temporaryFolder();
  const twice = join(folder, 'twice.cjs');
  await writeFile(
    twice,
    // Several files are being made when the signals arrive.
    `const fs = require('node:fs/promises');
const make = fs.mkdtemp;
fs.mkdtemp = async (...args) => {
  const folder = await make(...args);
  setImmediate(() => {
    for (let file = 0; file < 200; file++) require('node:fs').open(folder + '/' + file, 'w', () => {});
    ['SIGINT', 'SIGTERM'].forEach((name) => process.emit(name));
  });
  return folder;
};
`,
  );
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, NODE_OPTIONS: `--require=${JSON.stringify(twice)}` };
  expect(spawnSync(process.execPath, [BIN, 'demo'], { env, stdio: 'ignore' }).status).toBe(143);
  expect(await readdir(folder)).toEqual(['twice.cjs']);
});

test.skipIf(process.platform !== 'linux')(
  'a full disk during a run stops it between two changes with exit code 5, and the run can be resumed',
  async () => {
    const here = await world();
    const [answers, full, shown] = [join(here.folder, 'a.yaml'), join(here.folder, 'full.cjs'), join(here.folder, 'shown')];
    await writeFile(answers, ANSWERS);
    // The disk becomes full after the first line with this text; /dev/full is full from the beginning.
    await writeFile(
      full,
      `const fs = require('node:fs');
const write = fs.writeSync;
let isFull = false;
fs.writeSync = (fd, text, ...more) => {
  if (fd === 1 && isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  isFull ||= fd === 1 && String(text).includes('change-end');
  return write(fd, text, ...more);
};
`,
    );
    const script = (to: string) => [
      '-c',
      `exec "$0" "$1" replay "$2" --yes --confirm fn-orders $3 > "${to}"`,
      process.execPath,
      BIN,
      answers,
    ];
    const ended = (args: readonly string[], more: object = {}) =>
      new Promise((resolve) => spawn('sh', args, { env: { ...environment(here), ...more }, stdio: 'ignore' }).on('close', resolve));
    // Where the plan cannot be printed, nothing is sent.
    expect(await ended(script('/dev/full'))).toBe(1);
    expect([await here.writes(), (await inside(here, ['history'])).stdout]).toEqual([[], 'No runs yet.\n']);
    expect(await ended([...script(shown), '--json'], { NODE_OPTIONS: `--require=${JSON.stringify(full)}` })).toBe(5);
    const history = await inside(here, ['history', '--json']);
    // The change that was announced on the full disk is still done and recorded.
    const applied = [{ state: 'applied' }, { state: 'applied' }];
    expect(JSON.parse(history.stdout)).toMatchObject({
      runs: [{ state: 'stopped', changes: applied, endedAt: expect.any(String) as string }],
    });
    expect(await here.writes()).toHaveLength(applied.length);
    expect((await inside(here, ['resume', 'last', '--yes', '--confirm', 'fn-orders'])).code).toBe(0);
  },
);

test.each([
  ['plan', [], ''],
  ['plan', ['--safe'], ''],
  ['replay', ['--yes'], 'STOPPED: 0 applied, 0 verified, 0 failed, 0 skipped. Nothing was sent.\n'],
  ['replay', ['--yes', '--json'], '{"type":"run-end","run":null,"applied":0,"verified":0,"failed":0,"skipped":0,"state":"stopped"}\n'],
  ['replay', ['--dry-run'], ''],
])('a signal ends %s %j before the next app, without a result', async (command, options, result) => {
  const here = await world();
  const file = join(here.folder, 'a.yaml');
  await writeFile(file, 'version: 1\ndefaults: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } }\n');
  const args = [command, ...(options.includes('--safe') ? [] : [file]), ...options, '--all', '--concurrency', '1'];
  const { stdout } = await inside(here, args, {}, 80, true, AbortSignal.abort());
  const read = (await here.exchanges()).flatMap(({ url }) => /\/sites\/([^/?]+)\/config\//i.exec(url)?.slice(1) ?? []);
  expect(stdout).toBe(result);
  expect(new Set(read).size).toBeLessThan(2);
});

test('NODE_DEBUG does not make Node.js print requests with their tokens', async () => {
  const here = await world();
  const ran = await here.cli(['audit', '--app', 'fn-orders', '--step', 'ftp'], { NODE_DEBUG: 'http' });
  expect([ran.code, ran.stderr]).toEqual([64, expect.stringContaining('unset NODE_DEBUG')]);
  expect(ran.stderr).not.toContain(here.accessToken);
});

test('an interrupted audit says so in each format, and calls no app gone', { timeout: 60_000 }, async () => {
  const here = await world({ scenario: 'fleet', apps: 40, latency: 40 });
  const old = join(here.folder, 'old.json');
  await inside(here, ['audit', '--all', '--step', 'ftp', '--json', '--output', old]);
  const args = ['audit', '--all', '--concurrency', '1', '--profile', 'baseline'];
  /** HTML, Markdown and SARIF are written at the end; requested settings show that the audit is in progress. */
  const begun = (stop: () => void) => {
    let isStopped = false;
    const look = async (): Promise<void> => {
      const asked = (await here.exchanges()).filter(({ url }) => url.includes('/appsettings/list')).length;
      // Only once, also if two checks overlap, because a second signal exits at once.
      if (asked < 2 || isStopped) return;
      isStopped = true;
      clearInterval(timer);
      stop();
    };
    const timer = setInterval(() => void look(), 100);
    return async () => {
      clearInterval(timer);
      await fetch(`${here.endpoint}/_emulator/reset`, { method: 'POST', headers: { authorization: `Bearer ${here.accessToken}` } });
    };
  };
  const byASignal = async (...more: string[]): Promise<{ code: unknown; text: string }> => {
    const child = spawn(process.execPath, [BIN, ...args, ...more], { env: environment(here), stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const reset = begun(() => child.kill('SIGTERM'));
    // Not at its exit, because output may still be unread then.
    const code = await new Promise((resolve) => child.on('close', resolve));
    await reset();
    return { code, text };
  };
  const stopped = async (...more: string[]): Promise<string> => {
    const stop = new AbortController();
    const reset = begun(() => stop.abort());
    const { stdout } = await inside(here, [...args, ...more], {}, 80, true, stop.signal);
    await reset();
    return stdout;
  };
  const json = await byASignal('--json', '--compare', old);
  expect(json.code).toBe(143);
  const report = JSON.parse(json.text) as { stopped: boolean; apps: unknown[]; comparison: { shifts: { trend: string }[] } };
  expect(report.stopped).toBe(true);
  expect(report.apps.length).toBeLessThan(40);
  expect(report.comparison.shifts.filter(({ trend }) => trend === 'gone')).toEqual([]);
  for (const format of ['html', 'markdown', 'junit', 'text']) {
    const text = await stopped('--format', format);
    expect(text.replaceAll(/\s+/g, ' '), format).toContain('The audit was stopped before it was complete. Some apps are missing.');
  }
  const sarif = JSON.parse(await stopped('--format', 'sarif')) as { runs: { invocations: { executionSuccessful: boolean }[] }[] };
  expect(sarif.runs[0]?.invocations[0]?.executionSuccessful).toBe(false);
});

test('an app that was not checked is not reported as gone', async () => {
  const here = await world();
  const old = join(here.folder, 'old.json');
  await inside(here, ['audit', '--all', '--step', 'ftp', '--step', 'cors', '--json', '--output', old]);
  const gone = async (...args: string[]) => {
    const { stdout } = await inside(here, ['audit', ...args, '--json', '--compare', old]);
    const { comparison } = JSON.parse(stdout) as { comparison: { shifts: { trend: string; app: string; control: string }[] } };
    return comparison.shifts.filter(({ trend }) => trend === 'gone').map(({ app, control }) => `${app} ${control}`);
  };
  expect(await gone('--app', 'fn-orders')).toEqual([]);
  expect(await gone('--all', '--step', 'ftp')).toEqual([]);
  expect(await gone('--resource-group', 'rg-shop')).toEqual([]);
  expect(await gone('--all', '--step', 'ftp', '--slot', 'all')).toEqual([]);
});
