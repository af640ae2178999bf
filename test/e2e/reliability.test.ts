/** Reliability of the undo log: earlier values are restored, and every manipulation of the log is reported. */
import { appendFile, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../helpers/any-text.ts';
import { machineClock } from '../../src/emulator/server/clock.ts';
import { readRun } from '../../src/files/undo-log/journal.ts';
import type { ArmWriter } from '../../src/engine/ports.ts';
import { runCommand } from '../../src/run-command.ts';
import { inside } from '../helpers/inside.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { ANSWERS, ORDERS, runName, world, type World } from '../helpers/world.ts';

const BASELINE = `version: 1
defaults:
  steps:
    https: { decision: apply, answers: { minTls: "1.3", scmMinTls: "1.2" } }
    cors: { decision: apply, answers: { allowedOrigins: ["https://portal.azure.com"], supportCredentials: false } }
    remote-debugging: { decision: apply }
    deployment-credentials: { decision: apply }
    access-restrictions: { decision: apply, answers: { rules: [{ name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }], defaultAction: Deny } }
    scm: { decision: apply, answers: { sameAsMain: true } }
`;

test.each([3, 8, 21])(
  'a plan for %i apps of any kind that is applied and undone leaves them as they were',
  { timeout: 120_000 },
  async (apps) => {
    const here = await world({ scenario: 'fleet', apps });
    const before = await here.state();
    const file = join(here.folder, 'answers.yaml');
    await writeFile(file, BASELINE);
    const confirm = Object.values(before.sites).flatMap(({ name }) => ['--confirm', name]);
    const replay = await inside(here, ['replay', file, '--all', '--yes', ...confirm]);
    expect([0, 5], replay.stderr).toContain(replay.code);
    expect(withoutOneWay(await here.state(), before)).not.toEqual(before);
    const undo = await inside(here, ['undo', runName(replay), '--yes', ...confirm]);
    expect(undo, undo.stdout + undo.stderr).toMatchObject({ code: 0 });
    expect(withoutOneWay(await here.state(), before)).toEqual(before);
  },
);

/** One recorded run and its files. */
async function recorded(options: Parameters<typeof world>[0] = {}): Promise<{ here: World; run: string; log: string }> {
  const here = await world(options);
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps: { fn-orders: { steps: { https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }, access-keys: { controls: { home-page: { decision: apply } } } } } }\n',
  );
  const replay = await inside(here, ['replay', file, '--yes']);
  expect(replay.code).toBe(0);
  const run = runName(replay);
  return { here, run, log: join(here.folder, 'func-harden', 'journal', `${run}.jsonl`) };
}

test('a mutated undo log gives a plan or a message, never a crash, and nothing is sent', { timeout: 120_000 }, async () => {
  const { here, run, log } = await recorded();
  const text = await readFile(log, 'utf8');
  const writes = (await here.writes()).length;
  const change = fc.oneof(
    fc
      .record({ at: fc.nat(text.length - 1), length: fc.integer({ min: 1, max: 200 }) })
      .map(({ at, length }) => text.slice(0, at) + text.slice(at + length)),
    fc.record({ at: fc.nat(text.length - 1), put: anyText(20) }).map(({ at, put }) => text.slice(0, at) + put + text.slice(at)),
    fc.nat(text.length).map((end) => text.slice(0, end)),
    fc.shuffledSubarray(text.split('\n')).map((lines) => lines.join('\n')),
    fc.constantFrom('null', '[]', '{}', '""', '-1', 'true').chain((value) =>
      fc.nat(40).map((nth) => {
        let seen = 0;
        return text.replaceAll(/:("[^"]*"|\d+|\{\})/g, (found) => (seen++ === nth ? `:${value}` : found));
      }),
    ),
  );
  for (const [index, mutated] of fc.sample(change, { numRuns: 120, seed: 20261124 }).entries()) {
    await writeFile(log, mutated);
    for (const args of [['history'], ['history', run, '--json'], ['undo', run, '--dry-run'], ['resume', run, '--dry-run']]) {
      const { code } = await inside(here, args);
      expect([0, 1, 2, 4, 5, 64], `case ${index}: ${args.join(' ')}`).toContain(code);
    }
  }
  expect(await here.writes(), 'nothing is sent by looking').toHaveLength(writes);
});

test('any prefix of an undo log can be read', async () => {
  const { here, run, log } = await recorded();
  const text = await readFile(log, 'utf8');
  for (let end = 0; end <= text.length; end += 37) {
    await writeFile(log, text.slice(0, end));
    const known = await readRun(join(here.folder, 'func-harden'), run);
    if (end > text.indexOf('\n')) expect(known?.run).toBe(run);
  }
});

test('an undo log of a newer version is refused', async () => {
  const { here, run, log } = await recorded();
  for (const [now, later] of [
    ['"schemaVersion":2', '"schemaVersion":99'],
    ['"v":2', '"v":3'],
  ] as const) {
    const text = await readFile(log, 'utf8');
    await writeFile(log, text.replace(now, later));
    const undo = await inside(here, ['undo', run, '--yes']);
    expect([undo.code, undo.stderr]).toEqual([1, expect.stringContaining('was written by a newer func-harden')]);
    await writeFile(log, text);
  }
});

test('signed out during a run: completed changes are recorded, and the run continues with a new sign-in', async () => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps: { fn-orders: { steps: { https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } } } } }\n',
  );
  const error = { code: 'ExpiredAuthenticationToken', message: 'The access token expired.' };
  await here.faults([{ method: 'PATCH', path: 'config/web', times: 1, status: 401, body: { error } }]);
  const replay = await inside(here, ['replay', file, '--yes']);
  expect(replay.code).toBe(5);
  expect(replay.stderr).toMatch(/The access token expired\.\s+Sign in again/);
  expect((await here.get(ORDERS))['properties']).toMatchObject({ httpsOnly: true });
  const resumed = await inside(here, ['resume', runName(replay), '--yes']);
  expect(resumed, resumed.stderr).toMatchObject({ code: 0 });
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({ minTlsVersion: '1.2' });
  const undo = await inside(here, ['undo', runName(replay), '--yes']);
  expect(undo.code).toBe(0);
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});

test('an app that was deleted: its changes are named, and the others are reverted', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\ndefaults: { steps: { remote-debugging: { decision: apply } } }\napps: { fn-orders: {}, fn-billing/staging: {} }\n',
  );
  const replay = await inside(here, ['replay', file, '--yes']);
  expect(replay, replay.stderr).toMatchObject({ code: 0 });
  const body = { error: { code: 'ResourceNotFound', message: "The Resource 'Microsoft.Web/sites/fn-orders' was not found." } };
  await here.faults([{ method: 'GET', path: 'fn-orders/config/web', times: 50, status: 404, body }]);
  const undo = await inside(here, ['undo', runName(replay), '--yes']);
  expect(undo.code).toBe(1);
  expect(undo.stdout).toMatch(/change \d of fn-orders[\s\S]*was not\s+found/);
  expect(undo.stderr).toContain('fn-billing/staging config/web');
});

test('a run that another process is working on is not changed', async () => {
  // The service answers only after the other command was checked.
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { here, run } = await recorded({ clock: { ...machineClock, sleep: () => held } });
  const locks = join(here.folder, 'func-harden', 'locks');
  await mkdir(locks, { recursive: true });
  await here.faults([{ method: 'PATCH', path: '.', times: 1, delayMs: 1, status: null }]);
  const slow = here.cli(['undo', run, '--yes'], { NODE_OPTIONS: '' });
  const ended = slow.then(() => true);
  // Read from the file, because another command would lock the run for a moment and stop the other.
  // It locks the run that it reverts, and then its app.
  while ((await readdir(locks)).filter((name) => name.endsWith('.lock')).length < 2)
    expect(await Promise.race([ended, nextTurn(false)]), 'the other one never held its app').toBe(false);
  expect((await inside(here, ['resume', run, '--dry-run'])).stderr).toContain('is in use by run');
  const second = await inside(here, ['undo', run, '--yes']);
  expect([second.code, second.stdout]).toEqual([1, expect.stringMatching(/^FAILED: .* Nothing was sent\.\n$/m)]);
  expect((await inside(here, ['undo', run, '--yes', '--json'])).stdout).toContain('{"type":"run-end","run":null,');
  release();
  expect((await slow).code).toBe(0);
});

test('a torn line does not damage the line after it', async () => {
  const { here, run, log } = await recorded();
  await appendFile(log, '{"type":"undo","chan');
  const undo = await inside(here, ['undo', run, '--yes']);
  expect(undo.code).toBe(0);
  expect((await readRun(join(here.folder, 'func-harden'), run))?.changes.map(({ state }) => state)).toEqual(['undone', 'undone', 'undone']);
});

describe('an undo log that was edited by hand', () => {
  const edited = async (change: (text: string, run: string) => string, ...more: string[]) => {
    const { here, run, log } = await recorded();
    await writeFile(log, change(await readFile(log, 'utf8'), run));
    const writes = (await here.writes()).length;
    const result = await inside(here, ['undo', run, '--yes', '--confirm', 'fn-orders', ...more]);
    return { ...result, sent: (await here.writes()).slice(writes) };
  };

  test('naming another app: nothing is written there', async () => {
    const { code, stderr, sent } = await edited((text) =>
      text.replaceAll(/"resource":"[^"]*fn-orders/g, (found) => found.replace('rg-shop', 'rg-finance').replace('fn-orders', 'fn-ledger')),
    );
    expect(stderr).toMatch(/jsonl:2: it changes a resource that does not belong to this app/);
    expect([code, sent]).toEqual([1, []]);
  });

  test('naming another app as one of several', async () => {
    const { sent } = await edited(
      (text) =>
        text
          .replaceAll('"instance":false', '"instance":true')
          .replaceAll(/"resource":"[^"]*fn-orders/g, (found) => found.replace('rg-shop', 'rg-finance').replace('fn-orders', 'fn-ledger')),
      '--overwrite',
    );
    expect(sent).toEqual([]);
  });

  test('with different names in its header and its changes', async () => {
    const { code, stderr, sent } = await edited((text, run) => text.replaceAll(`"run":"${run}"`, '"run":"../../../../pwn"'));
    expect([code, stderr, sent]).toEqual([1, expect.stringContaining('with a different file name'), []]);
  });

  test('with escape sequences: they do not reach the terminal', async () => {
    const { stdout, stderr } = await edited(
      (text) => text.replaceAll('"app":"fn-orders"', '"app":"fn\\u001b[2J\\u001b]0;pwn\\u0007"'),
      '--dry-run',
    );
    expect(stdout + stderr).not.toMatch(/[\u001B\u0007]/);
  });
});

test('a log that cannot be read is named, not ignored', async () => {
  const { here, log } = await recorded();
  await chmod(log, 0o644);
  const { code, stderr } = await inside(here, ['history']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('can be read or changed by other users')]);
});

test('a value that a run wrote twice is reverted step by step', async () => {
  const here = await world();
  const before = await here.state();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps: { fn-orders: { steps: { https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } } } } }\n',
  );
  await here.faults([
    {
      method: 'PATCH',
      path: 'sites/fn-orders.api',
      times: 1,
      status: 403,
      body: { error: { code: 'AuthorizationFailed', message: 'No.' } },
    },
  ]);
  const cut = await inside(here, ['replay', file, '--yes', '--on-failure', 'continue']);
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.0', scmMinTlsVersion: '1.0', http20Enabled: false });
  expect((await inside(here, ['resume', runName(cut), '--yes'])).code).toBe(0);
  const undo = await inside(here, ['undo', runName(cut), '--yes']);
  expect(undo.code, undo.stdout + undo.stderr).toBe(0);
  expect(withoutOneWay(await here.state(), before)).toEqual(before);
});

test('a run that another process continued in the meantime is not resumed', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps: { fn-orders: { steps: { deployment-credentials: { controls: { scm: { decision: apply }, password: { decision: apply } } } } } }\n',
  );
  await here.faults([
    { method: 'PUT', path: 'scm', times: 1, status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No.' } } },
  ]);
  const go = ['--yes', '--confirm', 'fn-orders'];
  const run = runName(await inside(here, ['replay', file, ...go]));
  const both = await Promise.all([inside(here, ['resume', run, ...go]), inside(here, ['resume', run, ...go])]);
  expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1]);
  expect(both.map(({ stderr }) => stderr).join()).toMatch(/is in use|went on with run/);
  expect((await here.writes()).filter(({ url }) => url.includes('newpassword'))).toHaveLength(1);
});

test('an error in a run is reported, also if a signal stopped the run', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const stop = new AbortController();
  const connection = await here.connection();
  const send = (): never => {
    stop.abort();
    throw new TypeError('not foreseen');
  };
  const writer = Object.assign(Object.create(connection.writer) as ArmWriter, { send });
  let stderr = '';
  const look = { colour: false, ascii: false } as const;
  const io = { out: () => {}, err: (text: string) => void (stderr += text), outLook: look, errLook: look, width: 80 };
  const { code } = await runCommand(['replay', file, '--yes', '--confirm', 'fn-orders'], {
    terminal: () => ({ ...io, interactive: false, asks: false, fullScreen: false }),
    connection: { ...connection, writer },
    environment: { XDG_STATE_HOME: here.folder },
    clock: here.clock,
    version: 'test',
    signal: stop.signal,
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining('not foreseen')]);
});
