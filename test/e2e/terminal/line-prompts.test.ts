/** Line prompts (screen readers, --plain): the complete job. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wizard } from '../../helpers/wizard.ts';
import { ORDERS, world } from '../../helpers/world.ts';
import { FUTURE_DAY } from '../../helpers/future.ts';

test('line prompts do the same job as the wizard', async () => {
  const here = await world();
  const before = await here.state();
  const screen = wizard(here, ['--app', 'fn-orders'], { rows: 70, environment: { INK_SCREEN_READER: 'true' } });
  const answer = async (asked: string | RegExp, ...keys: string[]) => {
    await screen.sees(asked);
    screen.type(...keys, 'enter');
  };
  // A refused word is removed from the line, so that the next one is not typed after it.
  await answer(/fn-orders: which area\? Number(?:, or \? for the list)?\s*$/, 'nowhere');
  await answer(
    /which area\? Number nowhere\n> "nowhere" is not in the list\. Type a number[\s\S]*which area\? Number\s*$/,
    'Disable remote',
  );
  await answer(/What now\? Number\s*$/, 'fix');
  await answer(/Which controls\? .*\(Enter: .*\)\s*$/s);
  await answer(/Send this plan\? \(y\/N\)\s*$/, 'y');
  await screen.sees('APPLIED: 1 applied');
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({ remoteDebuggingEnabled: false });
  await answer(/which area\? Number(?:, or \? for the list)?\s*$/, 'undo log');
  await answer(/Which run\? Number\s*$/, '1');
  await answer(/before +true\n +written +false[\s\S]*What now\? Number\s*$/, 'undo the whole');
  await answer(/Send this plan\? \(y\/N\)\s*$/, 'y');
  await answer(/UNDONE[\s\S]*which area\? Number(?:, or \? for the list)?\s*$/, 'leave');
  expect(await screen.ended).toBe(0);
  expect(await here.state()).toEqual(before);
});

test('line prompts: each safe fix of several apps in one preview, one question and one run', async () => {
  const here = await world();
  const screen = wizard(here, ['--plain'], { rows: 70 });
  const answer = async (asked: RegExp, ...keys: string[]) => {
    await screen.sees(asked);
    screen.type(...keys, 'enter');
  };
  await answer(/Which function app\? Number(?:, or \? for the list)?\s*$/, 'apply all safe');
  await answer(/Which function apps\?[\s\S]*\(Enter: .*\)\s*$/, '1 2');
  await answer(/on 2 apps[\s\S]*Order\? Number \(Enter: 1, .*\)\s*$/);
  await answer(/Send this plan\? \(y\/N\)\s*$/, 'y');
  await answer(/APPLIED: (\d+) applied, \1 verified, 0 failed[\s\S]*Which function app\? Number(?:, or \? for the list)?\s*$/, 'fn-orders');
  // Nothing safe is left in this app.
  await answer(/which area\? Number(?:, or \? for the list)?\s*$/, 'apply all safe');
  await answer(/NOTHING TO DO[\s\S]*which area\? Number(?:, or \? for the list)?\s*$/, 'leave');
  expect(await screen.ended).toBe(0);
  const apps = (await here.writes()).map(({ url }) => /sites\/([^/?]+)/.exec(url)?.[1]).filter(Boolean);
  expect([...new Set(apps)].toSorted()).toEqual(['fn-intake', 'fn-orders']);
});

test('line prompts ignore input before a question', async () => {
  const here = await world({ latency: 500 });
  const screen = wizard(here, ['--plain', '--app', 'fn-orders', '--step', 'remote-debugging']);
  await screen.sees('fn-orders: which area? Number');
  screen.type('1', 'enter');
  await screen.sees('What now? Number');
  screen.type('1', 'enter');
  await screen.sees('the selected ones)');
  screen.type('enter');
  screen.type('y', 'enter', 'y', 'enter');
  await screen.sees('Send this plan? (y/N)');
  expect(await here.writes()).toEqual([]);
  screen.type('n', 'enter');
  await screen.sees('Not approved. Nothing was sent.');
  expect(await here.writes()).toEqual([]);
});

test('line prompts: a dry run sends nothing', async () => {
  const here = await world();
  const screen = wizard(here, ['--plain', '--dry-run', '--app', 'fn-orders', '--step', 'remote-debugging']);
  await screen.sees('fn-orders: which area? Number');
  screen.type('1', 'enter');
  await screen.sees('What now? Number');
  screen.type('1', 'enter');
  await screen.sees('the selected ones)');
  screen.type('enter');
  await screen.sees('Dry run: nothing was sent.');
  expect(await here.writes()).toEqual([]);
});

test('line prompts: accept a finding, queue two areas, and apply them together', async () => {
  const here = await world();
  const screen = wizard(here, ['--plain', '--app', 'fn-orders'], { rows: 70 });
  const answer = async (asked: RegExp, ...keys: string[]) => {
    await screen.sees(asked);
    screen.type(...keys, 'enter');
  };
  const WHERE = /which area\? Number(?:, or \? for the list)?\s*$/;
  await answer(WHERE, 'Disable FTP');
  await answer(/What now\? Number\s*$/, 'accept');
  await answer(/Name of the person who decides.*:\s*$/, 'Dana Lee');
  await answer(/Reason:\s*$/, 'old publisher');
  await answer(/End date.*:\s*$/, FUTURE_DAY);
  await answer(WHERE, 'Restrict CORS');
  await answer(/What now\? Number\s*$/, 'queue');
  await answer(/\(Enter: .*\)\s*$/);
  await answer(/separate them with spaces, or type none\).*:[\s\S]*$/, '');
  await answer(/Queued\.[\s\S]*which area\? Number(?:, or \? for the list)?\s*$/, 'Disable remote');
  await answer(/What now\? Number\s*$/, 'queue');
  await answer(/\(Enter: .*\)\s*$/);
  await answer(/Queued\.[\s\S]*which area\? Number(?:, or \? for the list)?\s*$/, 'apply the queue');
  await answer(/Send this plan\? \(y\/N\)\s*$/, 'y');
  await answer(/APPLIED: 1 applied[\s\S]*which area\? Number(?:, or \? for the list)?\s*$/, 'leave');
  expect(await screen.ended).toBe(0);
  expect((await here.get(`${ORDERS}/config/web`))['properties']).toMatchObject({
    remoteDebuggingEnabled: false,
    cors: { supportCredentials: false },
  });
  expect(await readFile(join(here.folder, 'answers.yaml'), 'utf8')).toMatch(/reason: old publisher/);
});

test('line prompts that end with a queue say where it is saved and how to send it, and say nothing without decisions', async () => {
  const here = await world();
  for (const decides of [false, true]) {
    const screen = wizard(here, ['--plain', '--app', 'fn-orders', '--step', 'remote-debugging'], { columns: 200 });
    await screen.sees(/which area\? Number\s*$/);
    if (decides) {
      for (const [asked, key] of [
        [/which area\? Number\s*$/, '1'],
        [/What now\? Number\s*$/, 'queue'],
        [/Which controls\?.*\)\s*$/, ''],
      ] as const) {
        await screen.sees(asked);
        screen.type(key, 'enter');
      }
      await screen.sees(/Queued[\s\S]*which area\?.*list\s*$/);
    }
    screen.type('leave', 'enter');
    expect(await screen.ended).toBe(0);
    expect(screen.screen().includes(`Replay: func-harden replay ${join(here.folder, 'answers.yaml')}`)).toBe(decides);
    expect(screen.screen().includes(`Report: func-harden audit --answers ${join(here.folder, 'answers.yaml')}`)).toBe(decides);
  }
});
