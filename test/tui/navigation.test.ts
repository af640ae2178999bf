/** Where each key leads back to; the keys that are needed next are on the screen. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { functionKey } from '../../src/hosts/tui/fields/key-events.ts';
import { lineText } from '../../src/text/spans.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { cloud } from '../helpers/in-process.ts';
import { ORDERS, temporaryFolder, world } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';

const text = (wizard: Pilot): string => wizard.screen().join('\n');
const footer = (wizard: Pilot): string => wizard.screen().at(-1) ?? '';
const isDone = (wizard: Pilot) => wizard.until((state) => flowOf(state)?.kind === 'done');

test('an undo right after a run leads back to the grid, which is read again; a reverted run offers no undo', async () => {
  const wizard = await pilot(await world());
  await wizard.until(({ searching }) => !searching);
  expect(footer(wizard)).toContain('F2 findings');
  wizard.answer('tab', 'down', 'tab', 'enter');
  const read = await wizard.until(({ fleet }) => fleet.length === 2 && fleet.every(({ steps }) => steps));
  // In the first area nothing can be fixed, so its key is not offered and only says so.
  expect(footer(wizard)).toMatch(/^Enter open {3}←→ area {3}f fix all safe/);
  wizard.answer('a');
  expect(text(wizard)).toContain('func-harden cannot change any control of this area.');
  const https = read.fleet[0]?.steps?.findIndex(({ step }) => step.id === 'https') ?? 0;
  wizard.answer(...Array.from({ length: https }, () => 'l'));
  expect(footer(wizard)).toContain('a fix area in all   ←→ area   f fix all safe');
  wizard.answer('f');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  expect(footer(wizard)).toContain('w waves   Enter list apps   d plan');
  wizard.answer('enter');
  expect(footer(wizard)).toContain('w waves   Enter hide apps   d plan');
  wizard.answer('down');
  expect(footer(wizard)).toContain('w waves   Enter plan   ');
  wizard.answer('enter');
  expect(footer(wizard)).toContain('Esc back');
  wizard.answer('escape', 'up', 'enter');
  expect(footer(wizard)).toContain('w waves   Enter list apps   d plan');
  expect(text(wizard)).toMatch(/requests, \d+ restarts \(all changes in one request cause\s+one restart\)/);
  wizard.answer('y');
  await isDone(wizard);
  wizard.answer('b');
  await wizard.until((state) => state.screen.at === 'undo' && flowOf(state)?.kind === 'preview');
  wizard.answer('y');
  await isDone(wizard);
  expect(text(wizard)).toContain('UNDONE');
  const above = wizard.store.state().finished.map(lineText);
  expect(above.slice(above.findIndex((one) => one.startsWith('APPLIED: '))), 'a blank line after each run').toEqual([
    expect.stringContaining('APPLIED: '),
    '',
  ]);
  expect(footer(wizard)).toMatch(/^Enter back/);
  wizard.answer('enter');
  expect(wizard.store.state().screen.at).toBe('fleet');
  await wizard.until(({ fleet }) => fleet.every(({ steps }, index) => steps && steps !== read.fleet[index]?.steps));
  wizard.answer('.');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  wizard.answer('escape');
  expect(wizard.store.state().screen.at).toBe('fleet');
});

test('Esc leads back to the list with the cursor on the app that was open, also while it is read and after a failure', async () => {
  const wizard = await pilot(await world());
  await wizard.until(({ searching }) => !searching);
  const chosen = (): string | undefined => {
    const { screen, apps } = wizard.store.state();
    return screen.at === 'apps' ? apps[screen.cursor]?.name : undefined;
  };
  wizard.answer('down', 'down');
  const third = chosen();
  expect(third).not.toBe(wizard.store.state().apps[0]?.name);
  wizard.answer('enter');
  await wizard.until(({ screen }) => screen.at === 'areas');
  wizard.answer('escape');
  expect(chosen()).toBe(third);
  // The filter and the marks stay where an app was not opened.
  wizard.answer('fn-', 'down', 'enter', 'escape');
  expect(wizard.store.state().screen).toMatchObject({ at: 'apps', cursor: 1, filter: { text: ['f', 'n', '-'] } });
  wizard.answer('enter');
  wizard.store.dispatch({ type: 'failed', effect: 'open', title: 'The app cannot be read', lines: [] });
  wizard.answer('enter');
  expect(wizard.store.state().screen).toMatchObject({ at: 'apps', cursor: 1 });
  wizard.answer('escape', 'tab', 'down', 'down', 'tab', 'enter');
  await wizard.until(({ fleet }) => fleet.length === 2 && fleet.every(({ steps }) => steps));
  wizard.answer('down');
  const second = wizard.store.state().fleet[1]?.target.name;
  wizard.answer('enter', 'escape');
  wizard.store.dispatch({ type: 'failed', effect: 'open', title: 'The app cannot be read', lines: [] });
  expect(wizard.store.state().screen).toMatchObject({ at: 'fleet', cursor: 1 });
  wizard.answer('escape');
  expect(chosen()).toBe(second);
});

test('an app that is opened again before its first read ended is shown with its newest values', async () => {
  const wizard = await pilot(await world());
  await wizard.until(({ searching }) => !searching);
  wizard.answer('enter', 'escape', 'enter', 'escape', 'enter');
  await wizard.until(({ screen }) => screen.at !== 'opening');
  for (let round = 0; round < 3; round++) {
    expect(wizard.store.state().screen.at).toBe('areas');
    wizard.answer('R', 'escape', 'R');
    await wizard.until(({ screen }) => screen.at !== 'opening');
  }
  await wizard.until(() => true);
  expect(text(wizard)).not.toContain('Internal error');
});

test('an app that is opened from the list of apps leads back to it, also after an app of a finding was not read to the end', async () => {
  const wizard = await pilot(await world());
  await wizard.until(({ searching }) => !searching);
  wizard.answer('f2');
  await wizard.until(({ findings }) => (findings?.read ?? 0) > 0 && findings?.read === findings?.targets.length);
  wizard.answer('enter', 'escape');
  expect(wizard.store.state().screen.at).toBe('findings');
  wizard.answer('escape', 'enter');
  await wizard.until(({ screen }) => screen.at === 'areas');
  wizard.answer('escape');
  expect(wizard.store.state().screen.at).toBe('apps');
});

test('an undo of the last run leads back to the screen of the key press; from the list of runs, to that list', async () => {
  const wizard = await pilot(await world(), {}, { app: ['fn-orders'] });
  await wizard.until(({ screen }) => screen.at === 'areas');
  wizard.answer('f');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  wizard.answer('y');
  await isDone(wizard);
  wizard.answer('enter', '.');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  wizard.answer('space', 'enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  wizard.answer('escape');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  wizard.answer('enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  wizard.answer('y');
  await isDone(wizard);
  wizard.answer('enter');
  expect(wizard.store.state().screen.at).toBe('areas');
  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.answer('down', 'enter');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  expect(text(wizard)).toContain('undone');
  expect(footer(wizard)).not.toMatch(/undo run|Space/);
});

test('a lock-out in one of the apps is confirmed by its name', async () => {
  const wizard = await pilot(await world(), { columns: 160, rows: 40 });
  await wizard.until(({ searching }) => !searching);
  wizard.answer('tab', 'f2');
  await wizard.until(({ findings }) => findings?.read === 1);
  wizard.answer('/', 'default action', ' ', 'scm', 'enter', 'x');
  await wizard.until(({ screen }) => screen.at === 'campaign');
  wizard.answer('enter');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  const changing = () =>
    wizard
      .drawn()
      .flat()
      .find((part) => part.text.includes('→') || part.text.includes('"Deny"'));
  expect(changing()?.tone, 'what changes is the brightest on its line').toBe('strong');
  wizard.answer('d');
  expect(text(wizard)).toContain('Plan for fn-orders');
  expect(changing()?.tone).toBe('strong');
  wizard.answer('escape');
  expect(text(wizard)).toContain('This can lock people out of fn-orders. After y, type fn-orders.');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'naming');
  expect(text(wizard)).toContain('fn-orders');
});

test('at 40 columns the demo shows the essential words, and a finding has its risk', async () => {
  const wizard = await pilot(await world(), { columns: 40, rows: 20 }, {}, (session) => ({ ...session, isDemo: true }));
  await wizard.until(({ searching }) => !searching);
  expect(text(wizard)).toContain('\nDemo: nothing is sent to Azure.\n');
  wizard.answer('f2');
  await wizard.until(({ findings }) => findings?.read === 6);
  expect(text(wizard)).toMatch(/fn-billing {2}disruptive {2}on/);
  wizard.answer('/', 'nothing like it', 'enter');
  expect(wizard.screen().slice(-2).join(' '), 'where nothing is listed, nothing is offered').toMatch(/^\/ filter {3}\? help.*Esc clear/);
});

test('the mistake in a typed item is shown once on the screen', async () => {
  const wizard = await pilot(await world(), { rows: 40 }, { app: ['fn-orders'] });
  await wizard.until(({ screen }) => screen.at === 'areas');
  wizard.answer('/', 'restrict cors', 'enter');
  await wizard.until(({ screen }) => screen.at === 'area');
  wizard.answer('enter', 'nonsense');
  expect(text(wizard).match(/is not an origin/g)).toHaveLength(1);
  wizard.answer('enter');
  expect(text(wizard).match(/is not an origin/g)).toHaveLength(1);
  const spans = wizard.drawn().flat();
  expect(spans.find((one) => one.text.includes('"nonsense"'))).toMatchObject({ tone: 'bad' });
  // The footer names the keys of the line under the cursor.
  expect(footer(wizard)).toMatch(/^Enter add {3}↑ then x remove {3}↑ then e edit/);
  wizard.answer('up');
  expect(footer(wizard)).toMatch(/^Enter edit {3}x remove {3}↑↓ move/);
});

test('the undo log opens from the list of apps, where letters filter, and leads back to the same app', async () => {
  const wizard = await pilot(await world());
  await wizard.until(({ searching }) => !searching);
  expect(footer(wizard)).toContain('F3 undo log');
  wizard.answer('i', 'down', 'f3');
  const { screen } = await wizard.until((state) => state.screen.at === 'runs' && state.screen.runs !== undefined);
  expect(screen).toMatchObject({ runs: [] });
  wizard.answer('escape');
  expect(wizard.store.state().screen).toMatchObject({ at: 'apps', cursor: 1 });
  // A terminal sends one of these for F3.
  for (const chunk of ['\u001BOR', '\u001B[13~', '\u001B[[C']) expect(functionKey(chunk)).toBe('f3');
  expect(functionKey('R')).toBeUndefined();
});

test('an undo of a value that another person changed since names the key for it, and then what happens to the value', async () => {
  const here = await world();
  const wizard = await pilot(here, { rows: 40 }, { app: ['fn-orders'] });
  await wizard.until(({ screen }) => screen.at === 'areas');
  wizard.answer('/', 'f', 't', 'p', 'enter', 'enter', 'enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  wizard.answer('y');
  await isDone(wizard);
  await here.patch(`${ORDERS}/config/web`, { ftpsState: 'FtpsOnly' });
  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.answer('enter');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  wizard.answer('enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  expect(text(wizard)).toContain('These values stay as they are. Press t to revert them as well.');
  expect(footer(wizard)).toContain('t overwrite');
  wizard.answer('t');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  expect(text(wizard)).toContain('The undo overwrites these values.');
  expect(footer(wizard)).toContain('t keep current values');
});

test('the screen of a run has who ran it, when, and who approved its plan', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const file = join(here.folder, 'plan.json');
  await here.command('plan', '--safe', '--app', 'fn-orders', '--out', file);
  await here.command('replay', '--plan', file, '--approved-by', 'Dana Lee', '--yes');
  const wizard = await pilot(here, { columns: 80 });
  await wizard.until(({ searching }) => !searching);
  wizard.answer('.');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  const { digest } = JSON.parse(await readFile(file, 'utf8')) as { digest: string };
  expect(text(wizard).replaceAll(/\s+/g, ' ')).toMatch(
    new RegExp(`\\d\\d:\\d\\d UTC operator@contoso.example fn-orders Saved plan ${digest}, approved by Dana Lee`),
  );
});

test('a run that is resumed from the undo log leads back to the log, and one from the offer at the start to the offer', async () => {
  const start = { at: '2026-01-01T00:00:00Z', mode: 'apply', targets: [], account: 'a' };
  const run = { run: 'r', state: 'open', start, changes: [], damage: [] } as never;
  const wizard = await pilot(await world(), {}, {}, (session) => ({
    ...session,
    unfinished: () => Promise.resolve(run),
    runs: () => Promise.resolve([run]),
    planResume: () => Promise.resolve({ settled: [], entries: [], apps: [], plans: [] }),
  }));
  const preview = () => wizard.until((state) => state.screen.at === 'resume' && flowOf(state)?.kind === 'preview');
  await wizard.until(({ searching, screen }) => !searching && screen.at === 'cut-off');
  wizard.answer('enter');
  await preview();
  wizard.answer('escape');
  expect(wizard.store.state().screen.at).toBe('cut-off');
  wizard.answer('escape', 'f3');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.answer('r');
  await preview();
  wizard.answer('escape');
  expect(wizard.store.state().screen.at).toBe('runs');
});

test.each([40, 80])('a run of the undo log that cannot be read is named, and the log is not called empty, %i columns', async (columns) => {
  const here = await world();
  const wizard = await pilot(here, { columns });
  const journal = join(here.folder, 'state', 'journal');
  await mkdir(journal, { recursive: true, mode: 0o700 });
  await writeFile(join(journal, '20260101T000000000Z-0001.jsonl'), 'damaged\n{}\n', { mode: 0o600 });
  await wizard.until(({ searching }) => !searching);
  for (const key of ['f3', '.']) {
    wizard.answer(key);
    await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
    const shown = text(wizard).replaceAll(/\s+/g, ' ');
    expect(shown).toMatch(/Not shown: .* the first line, which describes the run and its apps, is missing or was changed\./);
    expect(shown).not.toContain('is empty');
    wizard.answer('escape');
  }
});
