/** The scripts that CONTRIBUTING.md shows and no other test runs. */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { BIN, temporaryFolder } from './helpers/world.ts';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

test('npm run gallery draws each screen at each width, including the pictures of the pages', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder();
  await run(process.execPath, [join(ROOT, 'test', 'tools', 'gallery.ts'), folder]);
  const files = await readdir(folder);
  const screens = files.filter((name) => name.endsWith('-80.txt'));
  expect(screens.length).toBeGreaterThan(20);
  for (const name of screens) for (const width of [40, 120]) expect(files).toContain(name.replace('-80', `-${width}`));
  const timeless = async (file: string) => (await readFile(file, 'utf8')).replaceAll(/\d\d:\d\d:\d\d/g, 'TIME');
  for (const picture of ['wizard.svg', 'screen-app.svg', 'screen-lock-out.svg'])
    expect(await timeless(join(ROOT, 'docs', picture)), 'npm run gallery draws it').toBe(await timeless(join(folder, picture)));
});

test('the pre-commit check accepts valid files and refuses invalid ones', { timeout: 120_000 }, async () => {
  const folder = join(await temporaryFolder(), 'copy');
  await mkdir(join(folder, 'src'), { recursive: true });
  for (const name of [
    '.githooks',
    '.gitignore',
    '.oxlintrc.json',
    '.oxfmtrc.json',
    'package.json',
    'tsconfig.json',
    'test/tools/check-quick.ts',
  ])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, '.gitignore'), 'node_modules\n.cache/\n');
  const who = {
    GIT_AUTHOR_NAME: 'x',
    GIT_AUTHOR_EMAIL: 'x@contoso.example',
    GIT_COMMITTER_NAME: 'x',
    GIT_COMMITTER_EMAIL: 'x@contoso.example',
  };
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const git = (...args: string[]) => run('git', args, { cwd: folder, env: { ...others, ...who } });
  const commit = async (text: string) => {
    await writeFile(join(folder, 'src', 'one.ts'), text);
    await git('add', '.');
    return git('commit', '--quiet', '--message', 'x');
  };
  await git('init', '--quiet');
  await commit('export const one = 1;\n');
  await git('config', 'core.hooksPath', '.githooks');
  await commit('export const one = 2;\n');
  await expect(commit("export const one: number = 'x';\n")).rejects.toThrow(/not assignable/);
  await expect(commit('export const one  =  3;\n')).rejects.toThrow(/one\.ts/);
  await expect(commit('export const one = (of: number): boolean => of == 5;\n')).rejects.toThrow(/eqeqeq/);
  expect((await git('log', '--oneline')).stdout.trim().split('\n')).toHaveLength(2);
});

test('func-harden emulator prints its address and ends on a signal', async () => {
  const child = spawn(process.execPath, [BIN, 'emulator', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const [line] = (await child.stdout.setEncoding('utf8').take(1).toArray()) as string[];
  const { endpoint, accessToken } = JSON.parse(line!) as Record<string, string>;
  const headers = { authorization: `Bearer ${accessToken}` };
  expect((await fetch(`${endpoint}/subscriptions?api-version=2022-12-01`, { headers })).status).toBe(200);
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  await ended;
  await expect(fetch(`${endpoint}/subscriptions?api-version=2022-12-01`, { headers })).rejects.toThrow();
});
