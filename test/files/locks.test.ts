/** Locks between real processes: dead, zombie, of another start, of another namespace, frozen. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLocks } from '../../src/files/undo-log/locks.ts';
import type { Target } from '../../src/azure/index.ts';

const target = { id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/fn', label: 'fn' } as Target;
const LOCKS = new URL('../../src/files/undo-log/locks.ts', import.meta.url).href;
/** Holds the lock, prints that, and renews it at each line that it reads. */
const HOLDER = `
  const { createLocks } = await import(${JSON.stringify(LOCKS)});
  const held = await createLocks(process.argv[1], () => new Date(), Number(process.argv[2])).hold(${JSON.stringify(target)}, 'theirs').catch((error) => error);
  if (held instanceof Error) { console.log('refused: ' + held.message); process.exit(0); }
  console.log('held ' + process.pid);
  for await (const _ of process.stdin) console.log(await held.assertHeld().then(() => 'still held', (error) => error.message));
`;
const NODE = [process.execPath, '--no-warnings', '--input-type=module', '-e', HOLDER];
const LINUX = process.platform === 'linux';
const UNSHARE = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
const canUnshare = LINUX && spawnSync(UNSHARE[0]!, [...UNSHARE.slice(1), 'true']).status === 0;

async function folderFor(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'locks-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(command: readonly string[], folder: string, lease = 60_000) {
  const child = spawn(command[0]!, [...command.slice(1), folder, String(lease)], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
  const said = async () => String((await lines.next()).value).trim();
  const ask = () => {
    child.stdin.write('?\n');
    return said();
  };
  return { child, first: await said(), ask };
}

const locksIn = (folder: string, lease?: number) => createLocks(folder, () => new Date(), lease);
const fileIn = async (folder: string): Promise<string> =>
  join(folder, 'locks', (await readdir(join(folder, 'locks'))).find((name) => name.endsWith('.lock')) ?? '');
const takeOver = async (folder: string) => (await locksIn(folder).hold(target, 'ours'))();
const age = async (file: string) => utimes(file, new Date(0), new Date(0));

test('a run that another command holds is not named as its own holder', async () => {
  const folder = await folderFor();
  const release = await locksIn(folder).holdRun('mine');
  await expect(locksIn(folder).holdRun('mine')).rejects.toThrow(`run mine is in use by another command (process ${process.pid}`);
  await release();
});

test('a living process keeps its lock, however old its last renewal is', async () => {
  const folder = await folderFor();
  const { child, first } = await start(NODE, folder);
  expect(first).toBe(`held ${child.pid}`);
  if (LINUX) {
    child.kill('SIGSTOP');
    await age(await fileIn(folder));
  }
  await expect(takeOver(folder)).rejects.toThrow(`fn is in use by run theirs (process ${child.pid}`);
});

test.runIf(LINUX)('a killed process loses its lock at once', async () => {
  const folder = await folderFor();
  const { child } = await start(NODE, folder);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await takeOver(folder);
});

test.runIf(LINUX)('a zombie process holds no lock', async () => {
  const folder = await folderFor();
  const { first } = await start(['sh', '-c', '"$@" <&0 & exec sleep 1000', 'sh', ...NODE], folder);
  const pid = Number(first.replace('held ', ''));
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /), { timeout: 10_000 });
  await takeOver(folder);
});

test.runIf(LINUX)('a reused process id holds no lock', async () => {
  const folder = await folderFor();
  await locksIn(folder).hold(target, 'earlier');
  const file = await fileIn(folder);
  const holder = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  expect(holder['started']).toMatch(/^\d+$/);
  await writeFile(file, JSON.stringify({ ...holder, started: String(Number(holder['started']) - 1) }));
  await takeOver(folder);
});

test.skipIf(!canUnshare)(
  'another PID namespace (skipped where unshare is not allowed): a process keeps its lock while it renews it, and stops when it was lost',
  async () => {
    const folder = await folderFor();
    const { child, first, ask } = await start([...UNSHARE, ...NODE], folder);
    expect(first).toMatch(/^held \d+$/);
    await expect(takeOver(folder)).rejects.toThrow('fn is in use by run theirs');
    expect(await ask()).toBe('still held');
    await age(await fileIn(folder));
    const release = await locksIn(folder).hold(target, 'ours');
    expect(await ask()).toBe('The lock of fn was lost. Run ours took the lock. No further requests are sent.');
    child.kill('SIGKILL');
    await once(child, 'exit');
    // A process that lost its lock does not release the lock of another process.
    await release.assertHeld();
  },
);

test.skipIf(!canUnshare)('two PID namespaces that see the /proc of their parent do not consider each other dead', async () => {
  const folder = await folderFor();
  const [command = '', ...rest] = UNSHARE.filter((word) => word !== '--mount-proc');
  expect((await start([command, ...rest, ...NODE], folder)).first).toMatch(/^held/);
  expect((await start([command, ...rest, ...NODE], folder)).first).toMatch(/^refused: fn is in use/);
});

test('a lock is renewed during the whole run, and a lock of another machine is valid as long as it is renewed', async () => {
  const folder = await folderFor();
  const release = await locksIn(folder, 200).hold(target, 'ours');
  const file = await fileIn(folder);
  const other = { ...(JSON.parse(await readFile(file, 'utf8')) as object), boot: 'of another machine', space: 'pid:[4026531836]' };
  await age(file);
  await vi.waitFor(async () => expect((await stat(file)).mtimeMs).toBeGreaterThan(0), { interval: 20, timeout: 10_000 });
  await release.assertHeld();
  await release();
  await writeFile(file, JSON.stringify(other));
  await expect(takeOver(folder)).rejects.toThrow('is in use by run ours');
  await age(file);
  await takeOver(folder);
});

test.skipIf(process.platform === 'win32')('a lock whose folder became read-only ends without an error', async () => {
  const folder = await folderFor();
  const script = `
    const { chmod } = await import('node:fs/promises');
    const { createLocks } = await import(${JSON.stringify(LOCKS)});
    // The permissions of a folder do not bind the superuser.
    if (process.getuid() === 0) process.setuid(65534);
    const release = await createLocks(process.argv[1], () => new Date()).hold(${JSON.stringify(target)}, 'ours');
    await chmod(process.argv[1] + '/locks', 0o500);
    await release();
    console.log('released');
  `;
  await chmod(folder, 0o777);
  const { stdout, stderr } = spawnSync(process.execPath, [...NODE.slice(1, -1), script, folder], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['released\n', '']);
});

/** A folder in which a lock was held and released, and the file of that lock. */
async function heldTwice(): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await folderFor();
  await (
    await locksIn(folder).hold(target, 'first')
  )();
  const release = await locksIn(folder).hold(target, 'second');
  const file = await fileIn(folder);
  await release();
  return { folder, file };
}

test('a lock of version 0.1 on another host is never replaced, because that version does not renew it', async () => {
  const { folder, file } = await heldTwice();
  await writeFile(file, JSON.stringify({ pid: 1, host: 'elsewhere', boot: null, run: 'old', since: '2026-01-01', token: 'x' }));
  await age(file);
  await expect(takeOver(folder)).rejects.toThrow('is in use by run old (process 1 on elsewhere');
});

test('a lock whose file was removed is lost', async () => {
  const folder = await folderFor();
  const held = await locksIn(folder).hold(target, 'ours');
  await rm(await fileIn(folder));
  await expect(held.assertHeld()).rejects.toThrow(
    'The lock of fn was lost. It no longer exists or cannot be renewed. No further requests are sent.',
  );
});

test.each([
  ['a lease without an end', { lease: 1e15 }],
  ['a lease that is not a number', { lease: 'long' }],
  ['a negative lease', { lease: -5 }],
  ['a name that is not a text', { run: ['x'] }],
])('a lock file with %s was not written by func-harden and blocks for seconds only', async (_, forged) => {
  const { folder, file } = await heldTwice();
  const other = { pid: 1, host: 'elsewhere', boot: null, space: null, run: 'r', since: 's', token: 't', lease: 60_000, ...forged };
  await writeFile(file, JSON.stringify(other));
  await expect(takeOver(folder)).rejects.toThrow('fn is in use by another process');
  await age(file);
  await takeOver(folder);
});

test('a file in place of the lock folder is reported in plain words', async () => {
  const folder = await folderFor();
  await writeFile(join(folder, 'locks'), '');
  await expect(takeOver(folder)).rejects.toThrow('cannot be written in');
});
