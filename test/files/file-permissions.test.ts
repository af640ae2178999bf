/** Owner and permissions of files, symbolic links, and limits of what is read. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog, readState } from '../../src/emulator/server/kept-files.ts';
import { checkFolder, checkOwned, findOtherWriters } from '../../src/files/file-owner.ts';
import { folderState } from '../../src/files/undo-log/folder-state.ts';
import { readLimited, TooLarge } from '../../src/files/read-limited.ts';
import { inside } from '../helpers/inside.ts';
import { run, temporaryFolder, world } from '../helpers/world.ts';

const me = { uid: 1000, gid: 1000 };

test.each([
  ['my own', { uid: 1000, gid: 1000, mode: 0o644 }, undefined],
  ['of the group of the user', { uid: 1000, gid: 1000, mode: 0o664 }, undefined],
  ['of root', { uid: 0, gid: 0, mode: 0o644 }, undefined],
  ['a shared folder with the sticky bit', { uid: 0, gid: 0, mode: 0o1777 }, undefined],
  ['of another user', { uid: 1001, gid: 1000, mode: 0o600 }, 'it belongs to another user (1001)'],
  ['writable by a group', { uid: 1000, gid: 50, mode: 0o664 }, 'the group 50 can change it'],
  ['writable by all', { uid: 1000, gid: 1000, mode: 0o666 }, 'all users of this machine can change it'],
])('owner and permissions of an input file: %s', (_, file, why) => {
  expect(findOtherWriters(file, me)?.says).toBe(why);
});

test.skipIf(process.platform === 'win32')(
  'owner and permissions of the answers file, its folder and the undo log folder are checked',
  async () => {
    const folder = await temporaryFolder();
    const inner = join(folder, 'shared');
    await mkdir(inner);
    const file = join(inner, 'answers.yaml');
    await writeFile(file, 'version: 1\n');
    await expect(checkOwned(file)).resolves.toBeUndefined();
    await chmod(inner, 0o777);
    await expect(checkOwned(file)).rejects.toThrow(`${inner} is not used`);
    await symlink(file, join(folder, 'link.yaml'));
    await expect(checkOwned(join(folder, 'link.yaml')), 'a link to it').rejects.toThrow(`${inner} is not used`);
    await expect(checkFolder(inner)).rejects.toThrow('cannot be used for the undo log');
    await chmod(inner, 0o755);
    const { uid = 0, gid = 0 } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    await expect(checkOwned(file, { uid: uid + 1, gid }), 'as somebody else sees it')
      .rejects.toThrow(uid === 0 ? 'nothing' : 'another user')
      .catch((error: unknown) => {
        // Files of root are accepted for all users.
        if (uid !== 0) throw error;
      });
    await expect(checkFolder(join(folder, 'does not exist yet'))).resolves.toBeUndefined();
  },
);

test.skipIf(process.platform === 'win32')(
  'each folder of the undo log is checked, and a log that is a pipe is refused at once',
  async () => {
    for (const name of ['journal', 'locks']) {
      const folder = await temporaryFolder();
      await mkdir(join(folder, name));
      await expect(folderState(folder).check()).resolves.toBeUndefined();
      await chmod(join(folder, name), 0o777);
      await expect(folderState(folder).check()).rejects.toThrow(`${join(folder, name)} cannot be used for the undo log`);
    }
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'journal'));
    execFileSync('mkfifo', ['-m', '600', join(folder, 'journal', 'run.jsonl')]);
    await expect(folderState(folder).read('run')).rejects.toThrow('it is not a regular file');
  },
);

test.skipIf(process.platform === 'win32')('the files of the emulator have size limits, and errors in plain words', async () => {
  const folder = await temporaryFolder();
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(readState(pipe)).rejects.toThrow('is not a regular file');
  await expect(readState(folder)).rejects.toThrow();
  await expect(readState(join(folder, 'new.json'))).resolves.toBeUndefined();
  const file = join(folder, 'state.json');
  for (const text of ['', 'null', '[]', '5', '{"tenantId":"t"}', '{"tenantId":"t","subscriptions":[5]}']) {
    await writeFile(file, text);
    await expect(readState(file), text).rejects.toThrow(`${file} holds no state of the emulator`);
  }
  const link = join(folder, 'link');
  await symlink(file, link);
  await expect(readState(link)).rejects.toThrow('is a symbolic link');
  await expect(openLog(link)).rejects.toThrow('ELOOP');
  await symlink(join(folder, 'nothing'), join(folder, 'dangling'));
  await expect(readState(join(folder, 'dangling'))).rejects.toThrow('is a symbolic link to nothing');
  await truncate(file, 600 * 1024 * 1024);
  await expect(readState(file)).rejects.toThrow('is too large');
  for (const place of [pipe, folder]) await expect(openLog(place)).rejects.toThrow(/ENXIO|EISDIR/);
});

test.skipIf(process.platform === 'win32')('reading pipes and devices ends at a limit', async () => {
  const folder = await temporaryFolder();
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(readLimited(pipe, 100, 100), 'nobody writes').rejects.toThrow('no data was received from the pipe');
  const text = readLimited(pipe, 100, 10_000);
  await writeFile(pipe, 'version: 1\n');
  expect(await text).toBe('version: 1\n');
  await expect(readLimited('/dev/zero', 1000)).rejects.toThrow(TooLarge);
});

test.skipIf(process.platform === 'win32')('--output and --debug follow no symbolic link', async () => {
  const here = await world();
  const precious = join(here.folder, 'precious');
  await writeFile(precious, 'mine');
  const link = join(here.folder, 'link');
  await symlink(precious, link);
  for (const option of ['--output', '--debug']) {
    const { code, stderr } = await inside(here, ['audit', '--app', 'fn-orders', '--step', 'ftp', option, link]);
    expect([code, stderr]).toEqual([64, expect.stringContaining('symbolic link')]);
  }
  expect(await readFile(precious, 'utf8')).toBe('mine');
});

test.skipIf(process.platform !== 'linux')('a full disk is an error, also for stdout', async () => {
  const here = await world();
  const full = await inside(here, ['audit', '--app', 'fn-orders', '--step', 'ftp', '--output', '/dev/full']);
  expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('/dev/full cannot be written')]);
  const debug = await here.cli(['audit', '--app', 'fn-orders', '--step', 'ftp', '--debug', '/dev/full']);
  expect(debug.stderr).toContain('The debug log is not complete');
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'func-harden.cjs');
  for (const args of ['steps', 'steps --json', '--help', '--version', 'completion bash']) {
    const script = `"${process.execPath}" "${bin}" ${args} > /dev/full`;
    expect(() => execFileSync('sh', ['-c', script], { stdio: 'pipe' }), args).toThrow(/cannot be written/);
  }
  expect((await run(['steps'])).code).toBe(0);
});
