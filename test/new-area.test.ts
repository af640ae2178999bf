/** `npm run new-area` in a copy of the tree: what it lays out is an area like any other. */
import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { catalogue } from '../steps/index.ts';
import { nameProblem, UNEDITED } from './tools/area.ts';
import { temporaryFolder } from './helpers/world.ts';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

test('what it lays out passes the type check and every test that the other areas pass', { timeout: 240_000 }, async () => {
  const folder = join(await temporaryFolder(), 'copy');
  for (const name of ['src', 'steps', 'test', 'docs', 'bin', 'package.json', 'tsconfig.json', '.prettierrc.json', '.oxlintrc.json'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const node = (...args: string[]) => run(process.execPath, args, { cwd: folder });
  const tool = (name: string) => join(folder, 'node_modules', '.bin', name);

  expect((await node('test/tools/new-area.ts', 'sample-area')).stdout).toContain('steps/sample-area.ts');
  expect(await readFile(join(folder, 'docs', 'areas', 'sample-area.md'), 'utf8')).toContain('# Sample area');
  await writeFile(join(folder, 'steps.json'), JSON.stringify({ extends: './tsconfig.json', include: ['steps', 'src/emulator'] }));
  const types = run(tool('tsc'), ['--project', 'steps.json'], { cwd: folder });
  await run(tool('oxlint'), ['--deny-warnings', 'steps', 'test/helpers'], { cwd: folder });
  await run(tool('prettier'), ['--check', 'steps', 'test/helpers/good-members.ts'], { cwd: folder });
  const tests = ['test/steps/catalogue.test.ts', 'test/steps/table.test.ts', '-t', 'sample-area|in line|nothing is planned'];
  const { stdout } = await run(tool('vitest'), ['run', '--config', 'test/vitest.config.ts', '--reporter', 'verbose', ...tests], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  for (const name of ['sample-area > has unique control ids', 'Elastic Premium: a bad app', 'Dedicated, Linux: a good app'])
    expect(stdout).toContain(name);
  await types;
  await expect(node('test/tools/new-area.ts', 'sample-area'), 'a second time').rejects.toMatchObject({ code: 64 });
});

test('a name has to be one, and free', () => {
  for (const name of ['', 'Health', 'health_check', '-x', 'a--b', '../x']) expect(nameProblem(name, []), name).toBeDefined();
  expect(nameProblem('cors', ['cors'])).toContain('steps/cors.ts');
  expect(nameProblem('health-check', ['cors'])).toBeUndefined();
});

test('no area was left as it is laid out', () => {
  expect(catalogue.filter(({ why }) => why.includes(UNEDITED)).map(({ id }) => id)).toEqual([]);
});
