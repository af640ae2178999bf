/** Keys with the same meaning on each screen: back, the last run, the link of the selected item, search. */
import { expect, test } from 'vitest';
import { bindings } from '../../src/hosts/tui/keys/keys.ts';
import type { Screen, WizardState } from '../../src/hosts/tui/state/state.ts';
import { world } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';

const at =
  (name: Screen['at']) =>
  ({ screen }: WizardState): boolean =>
    screen.at === name && (screen.at !== 'runs' || screen.runs !== undefined);

/** Opens the wizard on the list of areas of one app. */
async function onAreas(columns = 100): Promise<Pilot> {
  const wizard = await pilot(await world(), { columns, rows: 30 });
  await wizard.until(({ searching }) => !searching);
  wizard.answer('fn-orders', 'enter');
  await wizard.until(at('areas'));
  return wizard;
}

/** The wizard on the grid of all apps. */
async function onGrid(): Promise<Pilot> {
  const wizard = await pilot(await world(), { columns: 100, rows: 30 });
  await wizard.until(({ searching }) => !searching);
  wizard.answer('shift-tab', 'enter');
  await wizard.until(({ screen, fleet }) => screen.at === 'fleet' && fleet.every(({ steps, why }) => steps ?? why));
  return wizard;
}

/** Applies all safe fixes of the open app, and goes back to the list of areas. */
async function withRun(wizard: Pilot): Promise<void> {
  wizard.press('f');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  wizard.answer('y');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.flow?.kind === 'done');
  wizard.answer('escape');
  await wizard.until(at('areas'));
}

test('Esc goes back to the previous screen, from each screen', async () => {
  const wizard = await onAreas();
  await withRun(wizard);
  const ways: readonly (readonly [from: string, keys: readonly string[], to: Screen['at'], back: Screen['at']])[] = [
    ['areas', ['u'], 'runs', 'areas'],
    ['areas', ['.'], 'run', 'areas'],
    ['areas', ['/'], 'search', 'areas'],
    ['areas', ['i'], 'address', 'areas'],
    ['areas', ['v'], 'findings', 'areas'],
    ['area', ['/'], 'search', 'area'],
    ['area', ['.'], 'run', 'area'],
    ['runs', ['/'], 'search', 'runs'],
    ['runs', ['enter'], 'run', 'runs'],
    ['findings', ['.'], 'run', 'findings'],
  ];
  for (const [from, keys, to, back] of ways) {
    // The third area, so that a way back to the first one shows.
    wizard.press('home', 'down', 'down');
    if (from === 'area') wizard.press('enter');
    if (from === 'runs') wizard.press('u');
    if (from === 'findings') wizard.press('v');
    const before = await wizard.until(at(from as Screen['at']));
    wizard.press(...keys);
    await wizard.until(at(to));
    wizard.answer('escape');
    const after = await wizard.until(at(back));
    const place = ({ screen }: WizardState) => ('cursor' in screen ? screen.cursor : undefined);
    expect([keys, place(after)]).toEqual([keys, place(before)]);
    if (after.screen.at === 'area' && before.screen.at === 'area') expect(after.screen.step).toBe(before.screen.step);
    if (from !== 'areas') wizard.answer('escape');
    await wizard.until(at('areas'));
    expect((wizard.store.state().screen as Extract<Screen, { at: 'areas' }>).cursor).toBe(2);
  }
});

test('the list of runs has time, areas and apps, with complete names of runs at 40 columns', async () => {
  for (const columns of [40, 120]) {
    const wizard = await onAreas(columns);
    await withRun(wizard);
    wizard.press('u');
    const { screen } = await wizard.until(at('runs'));
    const text = wizard.screen().join('\n');
    expect(text.replace(/\s+/g, ' ')).toMatch(/just now · .* · 1 app/);
    expect(text).toContain(screen.at === 'runs' ? (screen.runs?.[0]?.run ?? '?') : '?');
  }
});

test('the key of the last run says so if there is none', async () => {
  const wizard = await onAreas();
  wizard.press('.');
  await wizard.until(({ screen, notice }) => screen.at === 'areas' && notice?.startsWith('The undo log is empty') === true);
});

test('a key opens the other slot of an app', async () => {
  const wizard = await onAreas();
  const state = wizard.store.state();
  const { open } = state;
  if (!open) throw new Error('no app is open');
  const slots = { ...state, open: { ...open, siblings: [open.target, { ...open.target, id: `${open.target.id}/slots/staging` }] } };
  expect(bindings(slots).find(({ command }) => command === 'slot')?.keys).toEqual(['t']);
});

test('/ searches the runs in the undo log', async () => {
  const one = await onAreas();
  await withRun(one);
  one.press('u');
  await one.until(at('runs'));
  one.press('/', 'fn-orders', 'enter');
  await one.until(at('run'));
});

test('o shows the pages about a run and about one of its changes', async () => {
  const wizard = await onAreas();
  await withRun(wizard);
  wizard.press('.');
  await wizard.until(at('run'));
  wizard.press('o');
  expect(wizard.store.state().links?.map(({ says }) => says)).toEqual(['Portal', 'Microsoft Learn']);
  wizard.press('escape', 'u');
  await wizard.until(at('runs'));
  wizard.press('o');
  expect(wizard.store.state().links?.map(({ says }) => says)).toEqual(['Portal']);
});

test('the legend of the grid names the symbols on the screen, each once', async () => {
  const wizard = await onGrid();
  const legend = wizard.screen().at(-2) ?? '';
  const entries = legend.split(/ {3,}/).map((one) => one.trim());
  const symbols = entries.map((one) => one[0]);
  expect(new Set(symbols).size).toBe(symbols.length);
});
