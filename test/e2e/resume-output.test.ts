/** What a resume applies, and its output. It lists the work that is left, and calls a run interrupted only where it was. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { runName, world } from '../helpers/world.ts';

test('a resume lists only apps with a change, and its total once', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  const area = '{ steps: { remote-debugging: { decision: apply } } }';
  await writeFile(file, `version: 1\napps:\n  fn-orders: ${area}\n  fn-billing: ${area}\n`);
  await here.faults([{ method: 'PATCH', path: 'fn-orders/config/web', times: 9, status: null, drop: 'before' }]);
  const run = await inside(here, ['replay', file, '--yes', '--on-failure', 'continue']);
  expect(run.code, run.stdout + run.stderr).not.toBe(0);
  await here.faults([]);
  const resume = await inside(here, ['resume', runName(run), '--dry-run']);
  expect(resume.code, resume.stderr).toBe(2);
  expect(resume.stdout).toContain(`The decisions are those in the undo log of run ${runName(run)} (`);
  expect(resume.stdout).not.toContain('nothing to do');
  expect(resume.stdout).not.toContain('Plan for fn-billing');
  expect(resume.stdout).not.toContain('interrupted');
  expect(resume.stdout.match(/^Plan: .*$/gm)).toEqual(['Plan: 2 changes in 1 request on 1 app, 1 restart']);
});

test('what a guard stopped before a run of safe fixes is no failure of its resume', async () => {
  const here = await world();
  await here.faults([{ method: 'PATCH', path: 'fn-orders/config/web', times: 9, status: null, drop: 'before' }]);
  const run = await inside(here, ['replay', '--safe', '--disruptive', '--app', 'fn-orders', '--yes']);
  expect(run.code, run.stdout + run.stderr).toBe(5);
  expect(run.stdout).toContain('blocked monitoring.insights-auth');
  await here.faults([]);
  const resume = await inside(here, ['resume', runName(run), '--yes']);
  expect([resume.code, resume.stdout + resume.stderr]).toEqual([
    0,
    expect.stringMatching(/^APPLIED: (\d+) applied, \1 verified, 0 failed/m),
  ]);
});

test('a resume applies no change again that an undo reverted', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps:\n  fn-orders: { steps: { remote-debugging: { decision: apply }, https: { controls: { https-only: { decision: apply } } } } }\n',
  );
  const run = runName(await inside(here, ['replay', file, '--yes']));
  const undo = await inside(here, ['undo', run, '--change', '1', '--yes']);
  expect(undo.code, undo.stdout + undo.stderr).toBe(0);
  const sent = await here.writes();
  const resume = await inside(here, ['resume', run, '--yes']);
  expect(resume.code).toBe(64);
  expect(resume.stderr).toContain(`Changes of run ${run} were reverted by run ${runName(undo)}.`);
  expect(await here.writes()).toHaveLength(sent.length);
  // After the undo is reverted, the run is complete again.
  expect((await inside(here, ['undo', runName(undo), '--yes'])).code).toBe(0);
  expect((await inside(here, ['resume', run, '--yes'])).stdout).toContain('NOTHING TO DO');
});

const SIGNED_OUT = { FUNC_HARDEN_ACCESS_TOKEN: 'expired' };

test.each(['replay', 'undo'] as const)('a stopped %s that cannot be read stays stopped, and a later resume finishes it', async (mode) => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(
    file,
    'version: 1\napps:\n  fn-orders: { steps: { remote-debugging: { decision: apply }, https: { controls: { https-only: { decision: apply } } } } }\n',
  );
  const done = await inside(here, ['replay', file, '--yes']);
  const run = runName(mode === 'replay' ? done : await inside(here, ['undo', runName(done), '--yes']));
  const log = join(here.folder, 'func-harden', 'journal', `${run}.jsonl`);
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  // The process ended between its two requests.
  const second = lines.findLastIndex((line) => line.includes('"type":"intent"'));
  const cut = `${lines.slice(0, second).join('\n')}\n`;
  await writeFile(log, cut);
  const held = await inside(here, ['resume', run, '--yes'], SIGNED_OUT);
  expect(held, held.stdout + held.stderr).toMatchObject({ code: 5 });
  expect(held.stdout).toContain(`Resume: func-harden resume ${run}\nSTOPPED: 1 ${mode === 'undo' ? 'undone' : 'applied'}, 1 verified`);
  if (mode === 'replay') expect(held.stdout).toContain('3 failed, 0 skipped (counted in requests; 3 failed without a request).');
  const json = await inside(here, ['resume', run, '--yes', '--json'], SIGNED_OUT);
  expect(JSON.parse(json.stdout)).toMatchObject({ type: 'run-end', run, applied: 1, verified: 1, state: 'stopped' });
  // Without any sign-in nothing can be planned, and the counts come from the log alone.
  const unsigned = await inside(here, ['resume', run, '--yes', '--auth', 'token'], { FUNC_HARDEN_ACCESS_TOKEN: '' });
  expect(unsigned.stdout).toMatch(new RegExp(`^Run: ${run}\n.*\nResume: .*\nSTOPPED: 1 \\w+, 1 verified, 0 failed`));
  expect(await readFile(log, 'utf8')).toBe(cut);
  const resume = await inside(here, ['resume', run, '--yes']);
  expect(resume, resume.stdout + resume.stderr).toMatchObject({ code: 0 });
});

test('a resume that sends one app and cannot read another stays stopped, and a later resume finishes it', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  const area = '{ steps: { remote-debugging: { decision: apply } } }';
  await writeFile(file, `version: 1\napps:\n  fn-orders: ${area}\n  fn-billing: ${area}\n`);
  const ids = new Map(Object.keys((await here.state()).sites).map((id) => [id.split('/').at(-1), id]));
  const switchOn = async () => {
    for (const name of ['fn-orders', 'fn-billing']) await here.patch(`${ids.get(name)}/config/web`, { remoteDebuggingEnabled: true });
  };
  await switchOn();
  const run = runName(await inside(here, ['replay', file, '--yes']));
  const log = join(here.folder, 'func-harden', 'journal', `${run}.jsonl`);
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  // The process ended before its first request.
  const first = lines.findIndex((line) => line.includes('"type":"intent"'));
  await writeFile(log, `${lines.slice(0, first).join('\n')}\n`);
  await switchOn();
  await here.faults([{ method: 'GET', path: 'fn-billing/config/web', times: 99, status: 403 }]);
  const half = await inside(here, ['resume', run, '--yes']);
  expect([half.code, half.stdout], half.stderr).toEqual([
    5,
    expect.stringMatching(new RegExp(`^Resume: func-harden resume ${run}\nSTOPPED: 1 applied, 1 verified, 2 failed`, 'm')),
  ]);
  expect((await inside(here, ['history', run])).stdout).toMatch(/^STOPPED: 1 applied/m);
  await here.faults([]);
  const resume = await inside(here, ['resume', run, '--yes']);
  expect([resume.code, resume.stdout], resume.stderr).toEqual([0, expect.stringMatching(/^APPLIED: 2 applied, 2 verified/m)]);
  expect((await inside(here, ['history', run])).stdout).toMatch(/^APPLIED: 2 applied/m);
});

test('a resume of a complete undo that cannot be read does not change its log', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const undo = runName(await inside(here, ['undo', runName(await inside(here, ['replay', file, '--yes'])), '--yes']));
  expect(await inside(here, ['resume', undo, '--yes'], SIGNED_OUT)).toMatchObject({ code: 4 });
  expect((await inside(here, ['undo', undo, '--yes'], SIGNED_OUT)).stdout).toMatch(/^No change can be reverted\.$/m);
  const history = await inside(here, ['history', undo]);
  expect(history.stdout).toMatch(/^UNDONE: 1 undone/m);
});

test('an export that the account may not send does not say that every value is correct', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const exported = await inside(here, ['export', file, '--format', 'az'], { FUNC_HARDEN_ACCESS_TOKEN: here.readerToken });
  expect(exported.code).toBe(4);
  expect(exported.stderr).toContain('NOTE: Nothing to export: the plan contains no change.');
});
