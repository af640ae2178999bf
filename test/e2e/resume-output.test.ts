/** What a resume applies, and its output. It lists the work that is left, and calls a run interrupted only where it was. */
import { writeFile } from 'node:fs/promises';
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
