/** Ctrl-Z gives the terminal back to the shell, and fg continues where the wizard was, on the full screen and at a line prompt. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { terminal } from '../../helpers/terminal.ts';
import { BIN, QUICK, world } from '../../helpers/world.ts';

const CTRL_Z = '\u001A';

test.skipIf(process.platform === 'win32').each([
  ['the full screen', '', 'Which function app?   6 apps', 'bil', '1 matches'],
  ['a line prompt', '--plain', 'Which function app? Number', '6\r', 'which area?'],
  ['the question of a replay', 'replay given.yaml', 'Send this request?', 'n\r', 'Nothing was sent'],
])('Ctrl-Z and fg on %s', async (_, option, asked, keys, answered) => {
  const here = await world();
  const answers = 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n';
  await writeFile(join(here.folder, 'given.yaml'), answers);
  // A parent in the same job, like npm, for which the shell waits.
  const job = `sh -c '"${process.execPath}" "${BIN}" ${option}; echo ended'`;
  const screen = terminal(['--norc', '--noprofile', '-i'], {
    program: ['bash'],
    columns: 100,
    environment: {
      ...QUICK,
      FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
      FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
      XDG_STATE_HOME: here.folder,
      PS1: 'shell> ',
    },
  });
  screen.type(`cd '${here.folder}'; clear; ${job}\r`);
  await screen.sees(asked);
  screen.type(CTRL_Z);
  await screen.sees(/Stopped[\s\S]*shell>$/);
  screen.type('clear; fg\r');
  // The shell shows the command that it continues, and below it is the screen again.
  await screen.sees(new RegExp(`^sh -c[\\s\\S]*${asked.replace('?', '\\?')}`));
  screen.type(keys);
  await screen.sees(answered);
  screen.type('\u0003');
  expect(await screen.sees(/shell>$/)).not.toContain('Internal error');
});

test.skipIf(process.platform === 'win32').each([
  ['the full screen', '', 'Which function app?   6 apps'],
  ['a line prompt', '--plain', 'Which function app? Number'],
])('the wizard on %s ends if its parent npm is killed, and gives the terminal back to the shell', async (_, option, asked) => {
  const here = await world();
  const screen = terminal(['--norc', '--noprofile', '-i'], {
    program: ['bash'],
    columns: 100,
    environment: {
      FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
      FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
      XDG_STATE_HOME: here.folder,
      PS1: 'shell> ',
    },
  });
  const ends = `process.on('exit', (code) => require('node:fs').writeFileSync('ended', String(code)))`;
  await writeFile(join(here.folder, 'ends.cjs'), ends);
  screen.type(`cd '${here.folder}'; clear; sh -c 'echo $$ > parent; "${process.execPath}" --require ./ends.cjs "${BIN}" ${option}; :'\r`);
  await screen.sees(asked);
  process.kill(Number(await readFile(join(here.folder, 'parent'), 'utf8')), 'SIGKILL');
  await screen.sees(/Killed[\s\S]*shell>$/);
  // It ended as with Ctrl-C.
  const code = () => readFile(join(here.folder, 'ended'), 'utf8');
  expect(await vi.waitFor(code, { timeout: 10_000 })).toBe('130');
  expect(screen.history()).not.toContain('Internal error');
});

test.skipIf(process.platform === 'win32').each(['\u0004', '\u0000', '\u001A'])(
  'without job control, Ctrl-Z does not suspend, and %j at the same time does not end the wizard',
  async (key) => {
    const here = await world();
    const screen = terminal([], {
      columns: 100,
      environment: { FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint, XDG_STATE_HOME: here.folder },
    });
    await screen.sees('Which function app?   6 apps');
    for (const text of ['bil', 'ing']) {
      const begin = screen.raw().length;
      screen.type(CTRL_Z);
      // From here on the terminal reads lines, in which the key can be the end of the input.
      await vi.waitUntil(() => screen.raw().includes('\u001B[?2004l', begin), { interval: 1, timeout: 10_000 });
      screen.type(key);
      await vi.waitUntil(() => screen.raw().includes('\u001B[?2004h', begin), { interval: 1, timeout: 10_000 });
      screen.type(text);
      await screen.sees(text === 'bil' ? '1 matches' : 'billing');
    }
    screen.type('ctrlC');
    expect(await screen.ended).toBe(130);
  },
);

test.skipIf(process.platform === 'win32').each([
  ['the full screen', [], 'Which function app?   6 apps'],
  ['a line prompt', ['--plain'], 'Which function app? Number'],
  ['the question of a replay', ['replay', 'given.yaml'], 'Send this request?'],
])('a terminal that is closed ends %s with 129', async (_, words, asked) => {
  const here = await world();
  const given = join(here.folder, 'given.yaml');
  await writeFile(given, 'version: 1\napps: { fn-orders: { steps: { remote-debugging: { decision: apply } } } }\n');
  const ended = join(here.folder, 'ended');
  await writeFile(
    join(here.folder, 'ends.cjs'),
    `process.on('exit', (code) => require('node:fs').writeFileSync(${JSON.stringify(ended)}, String(code)))`,
  );
  const args = ['--require', join(here.folder, 'ends.cjs'), BIN, ...words.map((word) => (word === 'given.yaml' ? given : word))];
  const screen = terminal(args, {
    program: [process.execPath],
    columns: 100,
    environment: { FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint, XDG_STATE_HOME: here.folder },
  });
  await screen.sees(asked);
  screen.hangUp();
  expect(await vi.waitFor(() => readFile(ended, 'utf8'), { timeout: 10_000 })).toBe('129');
  expect(await here.writes()).toEqual([]);
});
