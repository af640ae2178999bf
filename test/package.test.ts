/** What people install: packed, put into an empty folder, and run there. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { blocksOf } from './helpers/pages.ts';
import { isQuick } from './helpers/random-cases.ts';
import { checkout, noRelease, released, TARBALL } from './helpers/released.ts';
import { temporaryFolder, world } from './helpers/world.ts';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** The package of the release, or one that is packed here where no release is made. */
async function packed(): Promise<{ folder: string; tarball: string; files: string[] }> {
  const made = noRelease ? undefined : await released();
  if (made && !made.result.ok) throw new Error(made.result.log);
  const folder = made?.checkout ?? join(await temporaryFolder(), 'checkout');
  if (!made) {
    await checkout(folder);
    await run('npm', ['pack', '--pack-destination', '..'], { cwd: folder });
  }
  const tarball = made ? join(made.files, TARBALL) : join(folder, '..', TARBALL);
  const { stdout } = await run('tar', ['-tzf', tarball]);
  const files = stdout.split('\n').flatMap((path) => (path === '' ? [] : path.replace(/^package\//, '')));
  return { folder, tarball, files };
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => stat(join(folder, name))));
  return sizes.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
}

test('packed, installed in an empty folder, and run from there', { timeout: 300_000 }, async () => {
  const { folder, tarball, files } = await packed();
  expect(await readFile(join(folder, 'package.json'), 'utf8'), 'the tree is as it was').toBe(
    await readFile(join(ROOT, 'package.json'), 'utf8'),
  );
  expect(files.filter((path) => !/^(dist|docs)\//.test(path)).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'bin/func-harden.cjs',
    'bin/parts.cjs',
    'bin/process.cjs',
    'package.json',
  ]);
  expect(
    files
      .filter((path) => path.startsWith('dist/'))
      .every((path) => /^dist\/([\w-]+\.cjs|step\.js|LICENSES\.txt|types\/src\/[\w/-]+\.d\.ts)$/.test(path)),
  ).toBe(true);

  const home = join(await temporaryFolder(), 'leer und ünïcode');
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: home });
  expect((await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['func-harden']);
  const installed = join(home, 'node_modules', 'func-harden');
  expect(await sizeOf(installed), 'bytes').toBeLessThan(8e6);
  expect(await readFile(join(installed, 'dist', 'LICENSES.txt'), 'utf8')).toMatch(/^@azure\/identity [\s\S]*^ink /m);

  const bin = join(installed, 'bin', 'func-harden.cjs');
  await job(process.execPath, bin, home);
  if (!isQuick) await ownControls(bin, home);
  for (const version of isQuick ? [22] : [22, 26]) {
    const other = await nodeOf(version);
    if (other) await job(other, bin, home);
    else console.log(`Node ${version}: skipped, npm does not get it from here`);
  }
});

/** The worked example of docs/controls.md, checked by its types and run by the installed package. */
async function ownControls(bin: string, home: string): Promise<void> {
  const here = await world();
  const [source = ''] = blocksOf(await readFile(join(ROOT, 'docs', 'controls.md'), 'utf8'), 'ts');
  const folder = join(home, 'controls');
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, 'health-check.ts'), source, { mode: 0o600 });
  const tsc = [
    join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
  ];
  await run(process.execPath, [...tsc, 'controls/health-check.ts'], { cwd: home });
  await writeFile(join(folder, 'wrong.test.ts'), source.replace("id: 'path'", 'id: 7'));
  await expect(run(process.execPath, [...tsc, 'controls/wrong.test.ts'], { cwd: home }), 'the types are there').rejects.toThrow();
  const env = {
    PATH: dirname(process.execPath),
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
    XDG_STATE_HOME: join(home, 'state'),
  };
  const audit = run(process.execPath, [bin, 'audit', '--app', 'fn-orders', '--step', 'x-health-check', '--controls', folder], {
    cwd: home,
    env,
  });
  await expect(audit).rejects.toMatchObject({ code: 2, stdout: expect.stringContaining('Health check path') as string });
}

/** The job with the installed package, without HOME. */
async function job(node: string, bin: string, home: string): Promise<void> {
  const here = await world();
  const env = {
    PATH: dirname(process.execPath),
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
    XDG_STATE_HOME: join(home, 'state'),
  };
  const command = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    run(node, [bin, ...args], { cwd: home, env: { ...env, ...more }, maxBuffer: 1e8 }).then(
      ({ stdout }) => [0, stdout] as const,
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => [code, stdout + stderr] as const,
    );
  await writeFile(
    join(home, 'a.yaml'),
    'version: 1\napps: { fn-orders: { steps: { ftp: { decision: apply, answers: { state: Disabled } } } } }\n',
  );
  expect((await command(['--version']))[0]).toBe(0);
  expect((await command(['audit', '--all', '--json']))[0]).toBe(2);
  // A read-only home: reading works, and no change is sent that could not be reverted.
  const noHome = { HOME: '/proc/nowhere', XDG_STATE_HOME: '', LOCALAPPDATA: '' };
  expect((await command(['audit', '--app', 'fn-ledger', '--json'], noHome))[0]).toBe(0);
  expect(await command(['replay', 'a.yaml', '--yes'], noHome)).toEqual([1, expect.stringMatching(/undo log[\s\S]*--state DIR/)]);
  expect((await here.writes()).filter(({ method }) => method !== 'POST')).toEqual([]);
  expect((await command(['completion', 'bash']))[1]).toContain('func-harden');
  const [code, text] = await command(['replay', 'a.yaml', '--yes']);
  expect([code, text]).toEqual([0, expect.stringContaining('APPLIED: 1 applied, 1 verified')]);
  expect((await command(['undo', /^Run: (\S+)$/m.exec(text)?.[1] ?? '', '--yes']))[0]).toBe(0);
  expect((await command(['demo']))[0]).toBe(0);
}

/** Other versions of Node.js are cached, because unpacking one takes longer than all tests with it. */
const KEPT = join(ROOT, 'node_modules', '.cache', 'func-harden');

/** Another Node.js from npm; undefined if npm cannot install it. */
async function nodeOf(version: number): Promise<string | undefined> {
  const kept = join(KEPT, `node-${version}`);
  if (!existsSync(kept)) {
    const folder = await temporaryFolder();
    const name = `node-${process.platform}-${process.arch}@${version}`;
    const got = run('npm', ['pack', '--silent', '--prefer-offline', name], { cwd: folder, timeout: 60_000 });
    const tarball = await got.then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    if (tarball === undefined) return undefined;
    await run('tar', ['-xzf', tarball, 'package/bin/node'], { cwd: folder });
    await mkdir(KEPT, { recursive: true });
    const own = `${kept}.${process.pid}`;
    await copyFile(join(folder, 'package', 'bin', 'node'), own);
    await rename(own, kept);
  }
  const { stdout } = await run(kept, ['--version']);
  expect(stdout).toMatch(new RegExp(`^v${version}\\.`));
  return kept;
}

test('a Node.js that is too old prints the required version', () => {
  const old = spawnSync('/usr/bin/env', ['node', '--version'], { encoding: 'utf8', env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
  const version = /^v(\d+)/.exec(old.stdout)?.[1];
  // Reported if it cannot be tested.
  if (version === undefined || Number(version) >= 22)
    return void console.log('skipped: there is no older Node on this machine to try it with');
  const tried = spawnSync('node', [join(ROOT, 'bin', 'func-harden.cjs'), '--version'], {
    encoding: 'utf8',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', FUNC_HARDEN_RELAUNCHED: '1' },
  });
  expect(tried.stderr).toMatch(/^func-harden needs Node\.js 22\.22\.2 or newer/);
  expect(tried.status).not.toBe(0);
});
