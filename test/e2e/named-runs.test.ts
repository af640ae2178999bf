/** Runs by the names that people use, through the command. */
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

test('undo last --app NAME takes back what the newest run did there, and the list says what each run was', async () => {
  const here = await world();
  const file = join(here.folder, 'answers.yaml');
  await writeFile(file, FILE);
  const cli = (...args: string[]) => inside(here, args);
  expect((await cli('history', 'last')).stderr).toContain('The undo log contains no run.');
  expect((await cli('replay', file, '--yes')).code).toBe(0);
  expect((await cli('history')).stdout).toMatch(/just now · .+ · 2 apps/);
  const run = /Run (\S+)/.exec((await cli('history', 'last')).stdout)?.[1] ?? '';
  expect((await cli('history', run.slice(0, 18))).stdout).toContain(run);
  const noSlot = await cli('audit', '--app', 'fn-orders', '--slot', 'nowhere');
  expect([noSlot.code, noSlot.stderr]).toEqual([
    1,
    expect.stringContaining('Function app "fn-orders" has no slot with the name of --slot'),
  ]);
  const wrong = await cli('undo', 'last', '--app', 'fn-nobody', '--yes');
  expect([wrong.code, wrong.stderr]).toEqual([64, `ERROR: Run ${run} has no app "fn-nobody".\n  Its apps: fn-intake, fn-orders\n`]);
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

test('the list of runs counts every area of a run, also where several areas share one request', async () => {
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
