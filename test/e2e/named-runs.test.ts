/** Selecting runs by name, prefix and app, through the command. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { world } from '../helpers/world.ts';

const FILE = `version: 1
apps:
  fn-intake: { steps: { deployment-credentials: { controls: { ftp: { decision: apply } } } } }
  fn-orders: { steps: { deployment-credentials: { controls: { ftp: { decision: apply } } } } }
`;

test('undo last --app NAME reverts what the newest run changed there, and the list describes each run', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, FILE);
  const cli = (...args: string[]) => inside(here, args);
  expect((await cli('history', 'last')).stderr).toContain('The undo log contains no run.');
  expect((await cli('replay', file, '--yes')).code).toBe(0);
  const list = (await cli('history')).stdout;
  expect(list).toMatch(/just now · .+ · 2 apps/);
  expect(list).toMatch(/\n\nShow one run: func-harden history RUN\. Revert it: func-harden undo RUN\.\n$/);
  const run = /Run (\S+)/.exec((await cli('history', 'last')).stdout)?.[1] ?? '';
  expect((await cli('history', run.slice(0, 18))).stdout).toContain(run);
  const noSlot = await cli('audit', '--app', 'fn-orders', '--slot', 'nowhere');
  expect([noSlot.code, noSlot.stderr]).toEqual([
    1,
    expect.stringContaining('Function app "fn-orders" has no slot with the name of --slot'),
  ]);
  const wrong = await cli('undo', 'last', '--app', 'fn-nobody', '--yes');
  expect([wrong.code, wrong.stderr]).toEqual([64, `ERROR: Run ${run} has no app "fn-nobody".\n  Apps of the run: fn-intake, fn-orders\n`]);
  const changes = JSON.parse((await cli('history', run, '--json')).stdout) as { runs: { changes: { app: string }[] }[] };
  const apps = new Set(changes.runs[0]?.changes.map(({ app }) => app));
  expect((await cli('undo', 'last', '--app', [...apps][0] ?? '', '--yes')).code).toBe(0);
  const after = JSON.parse((await cli('history', run, '--json')).stdout) as { runs: { changes: { app: string; state: string }[] }[] };
  expect(after.runs[0]?.changes.map(({ app, state }) => [app, state])).toEqual(
    [...apps].map((app, index) => [app, index === 0 ? 'undone' : 'applied']),
  );
  const several = await cli('undo', '2', '--yes');
  const listed = [64, expect.stringMatching(/^ERROR: "2" matches 2 runs:\n {2}\S+\n {2}\S+\n/)];
  expect([several.code, several.stderr]).toEqual(listed);
  const exported = await cli('export', '2', '--format', 'bicep');
  expect([exported.code, exported.stderr]).toEqual(listed);
  const odd = await cli('undo', run, '--change', 'first', '--yes');
  expect([odd.code, odd.stderr]).toEqual([64, expect.stringContaining('ERROR: "first" is not the number of a change.\n')]);
});

test('the list of runs counts each area of a run, also if several areas share one request', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  // Both are properties of config/web, so they are sent in one request.
  await writeFile(
    file,
    `version: 1
apps:
  fn-orders:
    steps:
      ftp: { decision: apply, answers: { state: Disabled } }
      cors: { decision: apply, answers: { allowedOrigins: [], supportCredentials: false } }
`,
  );
  expect((await inside(here, ['replay', file, '--yes'])).stdout).toContain('APPLIED: 1 ');
  expect((await inside(here, ['history'])).stdout).toMatch(/just now · (Restrict CORS|Disable FTP) and 1 more area · 1 app: fn-orders/);
});

test('undo last never reverts an earlier run: if the newest run left nothing to revert, it names the last run that did, with the command', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, FILE);
  const cli = (...args: string[]) => inside(here, args);
  const runs = async () => (JSON.parse((await cli('history', '--json')).stdout) as { runs: { run: string }[] }).runs.map(({ run }) => run);
  expect((await cli('replay', file, '--yes')).code).toBe(0);
  const [first] = await runs();
  expect((await cli('undo', 'last', '--dry-run')).stderr).toBe('');
  // A run that failed changed nothing.
  await here.faults([
    { method: 'PATCH', path: 'fn-orders', times: 9, status: 400, body: { error: { code: 'BadRequest', message: 'no' } } },
  ]);
  const other = join(here.folder, 'other.yaml');
  await writeFile(other, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  expect((await cli('replay', other, '--yes')).code).toBe(1);
  const [failed] = await runs();
  const last = await cli('undo', 'last', '--yes');
  expect([last.code, last.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'NOTHING TO DO: no value is left to revert.']);
  expect(last.stderr).toMatch(
    new RegExp(
      `^NOTE: The last run, ${failed}, changed nothing\\.\n  Last run with a change to revert: ${first} \\(just now .+\\)\n  To revert it, run: func-harden undo ${first}\n$`,
    ),
  );
  // With --app, the run and the command are about that app, also if the newest run is not.
  const intake = await cli('undo', 'last', '--app', 'fn-intake', '--yes');
  expect([intake.code, intake.stderr]).toEqual([
    64,
    expect.stringContaining(`  To revert it, run: func-harden undo ${first} --app fn-intake\n`),
  ]);
  // A run that was reverted is not named, and its undo is the newest run.
  expect((await cli('undo', first ?? '', '--yes')).code).toBe(0);
  expect((await cli('undo', 'last', '--dry-run')).stderr).toBe('');
});

test('the command that reverts a run is shown at its end, in the history, and after a resume that has nothing left to do', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, FILE);
  const cli = async (...args: string[]) => (await inside(here, args)).stdout;
  const commandsIn = (text: string) => text.split('\n').filter((one) => /^(Undo|Resume): func-harden /.test(one));
  const replayed = commandsIn(await cli('replay', file, '--yes'));
  expect(replayed).toEqual([expect.stringMatching(/^Undo: func-harden undo \S+$/)]);
  const resumed = await cli('resume', 'last', '--yes');
  expect(resumed).toMatch(/^NOTHING TO DO: /m);
  expect(commandsIn(resumed)).toEqual(replayed);
  expect(commandsIn(await cli('history', 'last'))).toEqual(replayed);
  const [undo] = commandsIn(await cli('undo', 'last', '--yes'));
  expect(commandsIn(await cli('resume', 'last', '--yes'))).toEqual([undo]);
  expect(commandsIn(await cli('history', 'last'))).toEqual([undo]);
});
