/** The wizard in a real pseudo-terminal: keys in, screen out, the emulator's state checked. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { widthOf } from '../../src/text/width.ts';
import { terminal, type TerminalOptions } from '../helpers/terminal.ts';
import { ORDERS, world, type World } from '../helpers/world.ts';

function wizard(here: World, args: readonly string[] = [], options: TerminalOptions = {}) {
  return terminal([...args, '--save', join(here.folder, 'answers.yaml'), '--my-ip', '203.0.113.7'], {
    ...options,
    environment: {
      FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
      FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
      XDG_STATE_HOME: here.folder,
      ...options.environment,
    },
  });
}

/** From the top of the list to an area. */
const toArea = (id: string): string[] => ['home', ...Array.from({ length: catalogue.findIndex((step) => step.id === id) }, () => 'down')];

describe.each([
  [80, 24],
  [40, 20],
  [160, 50],
])('at %i by %i', (columns, rows) => {
  test('from the first key to undo', async () => {
    const here = await world();
    const before = await here.state();
    const screen = wizard(here, [], { columns, rows });
    await screen.sees('6 apps');
    screen.type('ord');
    await screen.sees('1 match');
    screen.type('enter');
    await screen.sees('Require HTTPS');
    screen.type(...toArea('https'));
    await screen.sees(/❯ \(x\) Require HTTPS/);
    screen.type('enter');
    await screen.sees('findings ticked');
    screen.type('enter');
    await screen.sees('Question 1 of 2');
    screen.type('enter');
    await screen.sees('Question 2 of 2');
    screen.type('enter');
    await screen.sees('Apply this?');
    expect(await here.writes(), 'nothing goes out before the yes').toEqual([]);
    screen.type('y');
    await screen.sees('2 applied');
    expect((await here.get(ORDERS))['properties']).toMatchObject({ httpsOnly: true });
    expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({
      minTlsVersion: '1.2',
      scmMinTlsVersion: '1.2',
      http20Enabled: true,
    });
    screen.type('u');
    await screen.sees('Undo log');
    await screen.sees(/T\d+Z-[\s\S]* done/);
    screen.type('enter');
    await screen.sees('as it was written');
    screen.type('enter');
    await screen.sees('Apply this?');
    screen.type('y');
    await screen.sees('Enter back');
    expect(await here.state()).toEqual(before);
    for (const line of screen.screen().split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    screen.type('enter');
    await screen.sees('Undo log');
    screen.type('esc');
    await screen.sees('Require HTTPS');
    screen.type('q');
    expect(await screen.ended).toBe(0);
    expect(screen.history()).toMatch(/Undo: func-harden undo \d{8}T/);
    expect(await readFile(join(here.folder, 'answers.yaml'), 'utf8')).toContain('minTls: "1.2"');
  });
});

test('a lock-out change: evidence, a paste of ranges, the name of the app', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders']);
  await screen.sees('1 app');
  screen.type('enter');
  await screen.sees('Secure operation');
  screen.type(...toArea('access-restrictions'), 'enter');
  await screen.sees('findings ticked');
  screen.type('enter');
  await screen.sees('Who may reach the app');
  screen.paste('100 Allow 198.51.100.0/24 agents\n110 Allow 2001:db8::/48 office-v6\n');
  await screen.sees('office-v6');
  screen.type('enter');
  await screen.sees('Callers that no rule names');
  screen.type('enter');
  await screen.sees('Enter shows the rest');
  screen.type('enter');
  await screen.sees('Enter goes on');
  screen.type('enter');
  await screen.sees('Type fn-orders to apply');
  screen.paste('fn-orders\n');
  await screen.sees('Enter applies');
  expect(await here.writes(), 'a pasted newline does not confirm').toEqual([]);
  screen.type('enter');
  await screen.sees('1 applied');
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({ ipSecurityRestrictionsDefaultAction: 'Deny' });
});

test('without colour nothing is coloured and the pointer is a sign', async () => {
  const here = await world();
  const screen = wizard(here, ['--ascii'], { environment: { NO_COLOR: '1' } });
  await screen.sees('> fn-orders');
  screen.type('enter');
  await screen.sees('[x] Require HTTPS');
  // oxlint-disable-next-line no-control-regex
  expect(screen.raw()).not.toMatch(/\u001B\[(3[0-7]|9[0-7]|38|2|1|7)(;\d+)*m/);
  expect(screen.screen()).not.toMatch(/[❯✓…→↑↓│·▏]/);
});

test('Ctrl-C leaves with 130 and gives the terminal back, also inside a paste that never ends', async () => {
  const here = await world();
  const screen = wizard(here);
  await screen.sees('6 apps');
  screen.type('\u001B[200~never ends');
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
  expect(screen.raw().lastIndexOf('\u001B[?25h'), 'the cursor is shown again').toBeGreaterThan(screen.raw().lastIndexOf('\u001B[?25l'));
});

test('Ctrl-C during a change finishes the request in flight, and the undo log knows it', async () => {
  const here = await world();
  const screen = wizard(here, ['--app', 'fn-orders']);
  await screen.sees('1 app');
  screen.type('enter');
  await screen.sees('Secure operation');
  screen.type(...toArea('deployment-credentials'));
  await screen.sees('❯ (x) Deployment');
  screen.type('enter');
  await screen.sees('findings ticked');
  await here.faults([{ method: 'PUT', path: 'scm', times: 1, delayMs: 1500, status: null }]);
  screen.type('enter');
  await screen.sees('Apply this?');
  screen.type('y');
  await screen.sees('1 of 2');
  screen.type('ctrlC');
  await screen.sees('Finishing the request in flight');
  expect(await screen.ended).toBe(130);
  expect((await here.writes()).map(({ url }) => new URL(url).pathname.split('/').at(-1))).toEqual(['scm']);
  const history = JSON.parse((await here.cli(['history', '--json'])).stdout) as { runs: { state: string; changes: { state: string }[] }[] };
  expect(history.runs.map(({ state, changes }) => [state, changes.map((change) => change.state)])).toEqual([['stopped', ['applied']]]);
});

test('a window that is too small says so, and goes on once it is larger', async () => {
  const here = await world();
  const screen = wizard(here, [], { columns: 30, rows: 10 });
  await screen.sees(/needs 40 by 15/);
  screen.resize(80, 24);
  await screen.sees('6 apps');
});

test('the same job by line prompts', async () => {
  const here = await world();
  const before = await here.state();
  const screen = wizard(here, ['--plain', '--app', 'fn-orders'], { rows: 70 });
  const answer = async (asked: string | RegExp, ...keys: string[]) => {
    await screen.sees(asked);
    screen.type(...keys, 'enter');
  };
  await answer(/fn-orders: which area\? Number\s*$/, 'Disable remote');
  await answer(/What now\? Number\s*$/, 'change');
  await answer(/Which controls\? .*marked x\s*$/s);
  await answer(/Send this\? \(y\/N\)\s*$/, 'y');
  await screen.sees('SUCCESS: 1 applied');
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({ remoteDebuggingEnabled: false });
  await answer(/which area\? Number\s*$/, 'undo log');
  await answer(/Which run\? Number\s*$/, '1');
  await answer(/was +true\n +ours +false[\s\S]*What now\? Number\s*$/, 'undo all');
  await answer(/Send this\? \(y\/N\)\s*$/, 'y');
  await answer(/SUCCESS[\s\S]*which area\? Number\s*$/, 'leave');
  expect(await screen.ended).toBe(0);
  expect(await here.state()).toEqual(before);
});

test('by line prompts, what was typed before the question was asked does not answer it', async () => {
  const here = await world({ latency: 500 });
  const screen = wizard(here, ['--plain', '--app', 'fn-orders', '--step', 'remote-debugging']);
  await screen.sees('fn-orders: which area? Number');
  screen.type('1', 'enter');
  await screen.sees('What now? Number');
  screen.type('1', 'enter');
  await screen.sees('marked x');
  screen.type('enter');
  screen.type('y', 'enter', 'y', 'enter');
  await screen.sees('Send this? (y/N)');
  expect(await here.writes()).toEqual([]);
  screen.type('n', 'enter');
  await screen.sees('Not approved; nothing was sent.');
  expect(await here.writes()).toEqual([]);
});

test('a dry run by line prompts sends nothing', async () => {
  const here = await world();
  const screen = wizard(here, ['--plain', '--dry-run', '--app', 'fn-orders', '--step', 'remote-debugging']);
  await screen.sees('fn-orders: which area? Number');
  screen.type('1', 'enter');
  await screen.sees('What now? Number');
  screen.type('1', 'enter');
  await screen.sees('marked x');
  screen.type('enter');
  await screen.sees('Dry run: nothing was sent.');
  expect(await here.writes()).toEqual([]);
});

test('the demo opens the wizard on a terminal', async () => {
  const screen = terminal(['demo']);
  await screen.sees('6 apps');
  screen.type('ctrlC');
  expect(await screen.ended).toBe(130);
});
