/** Help and version have a way of their own: it says what the command would say. */
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { parse } from '../src/cli/parse.ts';
import { earlyText } from '../src/early.ts';
import { VERSION } from '../src/version.ts';
import { BIN, run, temporaryFolder } from './helpers/world.ts';

const printed = (argv: readonly string[]): string | undefined => {
  let text = '';
  return parse(argv, VERSION, (more) => (text += more), 80) === undefined ? text : undefined;
};

test('early.ts prints the same texts as the command itself', () => {
  const ways = [['--help'], ['-h'], ['help'], ['--version'], ['-V']];
  for (const { name } of COMMANDS) ways.push([name, '--help'], [name, '-h'], ['help', name]);
  for (const argv of ways) expect(earlyText(argv, 80), argv.join(' ')).toBe(printed(argv));
  expect(earlyText(['--version'], 132)).toBe(`${VERSION}\n`);
});

test('all other arguments go to the command', () => {
  for (const argv of [
    [],
    ['audit'],
    ['--help', 'audit'],
    ['help', 'nothing'],
    ['audit', '--all', '--help'],
    ['constructor', '--help'],
    ['--version', 'audit'],
  ])
    expect(earlyText(argv, 80), argv.join(' ')).toBeUndefined();
  expect(earlyText(['--help'], 132), 'another width').toBeUndefined();
});

test('the built command prints the same texts', async () => {
  expect(await run(['audit', '--help'])).toEqual({ code: 0, stdout: printed(['audit', '--help']), stderr: '' });
  expect(await run(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  expect((await run(['help', 'nothing'])).stdout + (await run(['nothing', '--help'])).stderr).toContain('nothing');
});

test.runIf(process.platform === 'linux')('the compile cache is in the home folder, because others may write to /tmp', async () => {
  const [home, temporary] = [await temporaryFolder(), await temporaryFolder()];
  const start = (env: NodeJS.ProcessEnv) =>
    execFileSync(process.execPath, [BIN, '--version'], { env: { TMPDIR: temporary, ...env }, encoding: 'utf8' });
  expect(start({ HOME: home })).toBe(`${VERSION}\n`);
  expect(await readdir(join(home, '.cache', 'func-harden'))).toHaveLength(1);
  expect(start({}), 'no home folder').toBe(`${VERSION}\n`);
  // Node.js itself would try to create a folder there forever.
  expect(start({ HOME: '/proc/nowhere' }), 'a home folder that cannot be made').toBe(`${VERSION}\n`);
  // Node runs the code in the cache, also if another user wrote it.
  const [shared, linked] = [await temporaryFolder(), await temporaryFolder()];
  await mkdir(join(shared, 'func-harden'));
  await chmod(join(shared, 'func-harden'), 0o777);
  await mkdir(join(linked, 'theirs'));
  await symlink(join(linked, 'theirs'), join(linked, 'func-harden'));
  for (const caches of [shared, linked]) expect(start({ XDG_CACHE_HOME: caches })).toBe(`${VERSION}\n`);
  expect(await readdir(join(shared, 'func-harden')), 'a folder that others can write to').toEqual([]);
  expect(await readdir(join(linked, 'theirs')), 'a link').toEqual([]);
  // As with sudo: a folder of root would remain in the home folder of another user.
  if (process.getuid?.() === 0) {
    const theirs = await temporaryFolder();
    await chown(theirs, 1234, 1234);
    expect(start({ HOME: theirs })).toBe(`${VERSION}\n`);
    expect(await readdir(theirs)).toEqual([]);
  }
  expect(await readdir(temporary)).toEqual([]);
});
