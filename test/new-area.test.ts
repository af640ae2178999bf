/** `npm run new-area` in a copy of the tree: the created area passes the same tests as all others. */
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { catalogue } from '../steps/index.ts';
import { nameProblem, UNEDITED } from './tools/area.ts';
import { temporaryFolder } from './helpers/world.ts';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

test('the created area passes the type check and the tests of all areas', { timeout: 240_000 }, async () => {
  const folder = join(await temporaryFolder(), 'copy');
  for (const name of [
    'src',
    'steps',
    'test',
    'docs',
    'bin',
    '.ci',
    'action.yml',
    'README.md',
    'package.json',
    'tsconfig.json',
    '.oxfmtrc.json',
    '.oxlintrc.json',
  ])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const node = (...args: string[]) => run(process.execPath, args, { cwd: folder });
  const tool = (name: string) => join(folder, 'node_modules', '.bin', name);

  const before = await tree(folder);
  expect((await node('test/tools/new-area.ts', 'sample-area')).stdout).toContain('steps/sample-area.ts');
  const after = await tree(folder);
  const changed = [...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
  expect(changed.toSorted(), 'two files, and one line of a third').toEqual([
    'steps/index.ts',
    'steps/sample-area.ts',
    'test/steps/sample-area.test.ts',
  ]);
  const lines = (text: string | undefined) => text!.split('\n');
  expect(lines(after.get('steps/index.ts')).filter((line) => !lines(before.get('steps/index.ts')).includes(line))).toEqual([
    "  import('./sample-area.ts'),",
  ]);
  expect(await readFile(join(folder, 'docs', 'areas', 'sample-area.md'), 'utf8')).toContain('# Sample area');
  await writeFile(
    join(folder, 'steps.json'),
    JSON.stringify({ extends: './tsconfig.json', include: ['steps', 'src/emulator', 'test/steps/sample-area.test.ts'] }),
  );
  const types = run(tool('tsc'), ['--project', 'steps.json'], { cwd: folder });
  await run(tool('oxlint'), ['--deny-warnings', 'steps', 'test/steps'], { cwd: folder });
  await run(tool('oxfmt'), ['--check', 'steps', 'test/steps/sample-area.test.ts'], { cwd: folder });
  const tests = [
    'test/steps/sample-area.test.ts',
    'test/steps/catalogue.test.ts',
    'test/steps/table.test.ts',
    '-t',
    'sample-area|request-tracing|in line|nothing is planned',
  ];
  // No test of these runs the bundle, and files in one process load the sources once.
  await writeFile(
    join(folder, 'test', 'area.config.ts'),
    "import configFor from './vitest.config.ts';\nconst config = configFor({ command: 'serve', mode: 'test' });\nexport default { ...config, test: { ...config.test, globalSetup: [], maxWorkers: 1 } };\n",
  );
  const { stdout } = await run(tool('vitest'), ['run', '--config', 'test/area.config.ts', '--reporter', 'verbose', ...tests], {
    cwd: folder,
    // What is compiled from a copy is never loaded again.
    env: { ...process.env, NO_COLOR: '1', NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  for (const name of [
    'fail > request-tracing',
    'sample-area > has unique control ids',
    'Elastic Premium: a bad app',
    'Dedicated, Linux: a good app',
  ])
    expect(stdout).toContain(name);
  await types;
  await expect(node('test/tools/new-area.ts', 'sample-area'), 'a second time').rejects.toMatchObject({ code: 64 });
});

/** All files that people write. */
async function tree(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await Promise.all(
    ['src', 'steps', 'test'].map((room) => readdir(join(folder, room), { recursive: true, withFileTypes: true })),
  );
  const files = names.flat().flatMap((one) => (one.isFile() ? [join(one.parentPath, one.name)] : []));
  return new Map(await Promise.all(files.map(async (file) => [relative(folder, file), await readFile(file, 'utf8')] as const)));
}

test('the name of a new area must be valid and unused', () => {
  for (const name of ['', 'Health', 'health_check', '-x', 'a--b', '../x']) expect(nameProblem(name, []), name).toBeDefined();
  expect(nameProblem('cors', ['cors'])).toContain('steps/cors.ts');
  expect(nameProblem('health-check', ['cors'])).toBeUndefined();
});

test('no area still has the generated reason', () => {
  expect(catalogue.filter(({ why }) => why.includes(UNEDITED)).map(({ id }) => id)).toEqual([]);
});
