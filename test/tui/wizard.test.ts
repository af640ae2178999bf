import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { lineText } from '../../src/text/spans.ts';
import { widthOf } from '../../src/text/width.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { editedText } from '../../src/hosts/tui/fields/text-edit.ts';
import { liveRows, type WizardState } from '../../src/hosts/tui/state/state.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, world } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';
import { FUTURE_DAY } from '../helpers/future.ts';

const found = (state: WizardState) => !state.searching;
const at = (screen: WizardState['screen']['at']) => (state: WizardState) => state.screen.at === screen;
const mode =
  (kind: string) =>
  (state: WizardState): boolean =>
    flowOf(state)?.kind === kind || (state.screen.at === 'area' && state.screen.mode.kind === kind);

/** Opens an app and one of its areas. */
async function into(wizard: Pilot, app: string, area: string): Promise<void> {
  await wizard.until(found);
  wizard.press(app, 'enter');
  await wizard.until(at('areas'));
  wizard.press('home', ...Array.from({ length: catalogue.findIndex(({ id }) => id === area) }, () => 'down'), 'enter');
  await wizard.until(at('area'));
}

test('the filter finds apps by the letters of their name, best match first', async () => {
  const wizard = await pilot(await world());
  await wizard.until(found);
  wizard.press('blg');
  expect(wizard.screen().filter((line) => line.includes('fn-'))).toEqual([expect.stringContaining('fn-billing')]);
  wizard.press('clear', 'nothing-like-it');
  expect(wizard.screen().join('\n')).toContain('No app matches this filter.');
  wizard.press('escape');
  expect(wizard.screen().filter((line) => line.includes('fn-'))).toHaveLength(6);
});

test('Home and End go to the ends of a filter, on each list with one; without a filter they move in the list', async () => {
  const wizard = await pilot(await world());
  const filter = (): string => {
    const { screen } = wizard.store.state();
    return 'filter' in screen ? editedText(screen.filter) : '';
  };
  const cursor = (): number => (wizard.store.state().screen as { cursor: number }).cursor;
  await wizard.until(found);
  wizard.press('end');
  expect(cursor()).toBe(5);
  wizard.press('home', 'rders', 'home', 'fn-o', 'end', '-x', 'left', 'left', 'delete-rest');
  expect(filter()).toBe('fn-orders');
  wizard.press('clear', 'fn', 'down', 'down', 'left', 'home', 'end');
  expect([filter(), cursor()], 'moving in the text keeps the row').toEqual(['fn', 2]);
  wizard.press('escape', 'f2');
  await wizard.until(({ findings }) => (findings?.list.length ?? 0) > 10);
  wizard.press('/', 'ls', 'home', 't', 'down', 'end', 'left');
  expect([filter(), cursor()]).toEqual(['tls', 1]);
  wizard.press('escape', 'escape', 'fn-orders', 'enter');
  await wizard.until(at('areas'));
  wizard.press('/', 'tls', 'home', 'min', 'end', ' ', 'down', 'home');
  expect([filter(), cursor()]).toEqual(['mintls ', 0]);
});

test('a disruptive change requires a y after the question, alone', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter', 'y');
  await wizard.until(mode('preview'));
  wizard.press('y');
  expect(mode('preview')(wizard.store.state()), 'not yet on screen').toBe(true);
  expect(wizard.screen().join('\n')).toContain('remoteDebuggingEnabled true → false');
  wizard.paste('y\n');
  wizard.press('yy', 'enter');
  expect(mode('preview')(wizard.store.state()), 'pasted, glued or other keys').toBe(true);
  expect(await here.writes()).toEqual([]);
  wizard.press('y');
  await wizard.until(mode('done'));
  expect((await here.writes()).map(({ requestBody }) => requestBody)).toEqual([
    { properties: { remoteDebuggingEnabled: false, webSocketsEnabled: false } },
  ]);
});

test('a stop between the confirmation and the first request ends the wizard, and says that nothing was sent', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter');
  await wizard.until(mode('preview'));
  wizard.answer('y');
  wizard.store.stop('SIGTERM');
  const { finished } = await wizard.until(({ leaving }) => leaving);
  expect(finished.map(lineText)).toContain('Stopped before the first change. Nothing was sent.');
  expect([wizard.left(), wizard.store.busy(), await here.writes()]).toEqual([true, false, []]);
});

test('after the wizard the terminal has results and errors, what was not sent, and no screen', async () => {
  const here = await world();
  const wizard = await pilot(here);
  const left = (act: () => void): string[] => {
    act();
    const { finished, leaving } = wizard.store.state();
    expect(leaving).toBe(true);
    return finished.map(lineText);
  };
  const { store } = wizard;
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter');
  await wizard.until(mode('preview'));
  expect(left(() => store.stop('SIGINT'))).toEqual(['Stopped. Nothing of this plan was sent.']);
  wizard.answer('y');
  await wizard.until(mode('done'));
  expect(left(() => wizard.answer('q'))).toEqual([
    'Stopped. Nothing of this plan was sent.',
    expect.stringMatching(/remoteDebuggingEnabled, webSocketsEnabled {3}verified$/),
  ]);
  store.dispatch({ type: 'failed', effect: 'plan-queue', title: 'The operation failed', lines: [[{ text: 'No network.' }]] });
  expect(left(() => store.stop('SIGINT')).slice(-2)).toEqual(['The operation failed', 'No network.']);
});

test('a stop while the app is read again after a run ends with the result of the run', async () => {
  const here = await world();
  const never = new Promise<never>(() => {});
  let isRun = false;
  const wizard = await pilot(here, {}, {}, (session) => ({
    ...session,
    open: (target) => (isRun ? never : session.open(target)),
    run: (...job) => session.run(...job).finally(() => (isRun = true)),
  }));
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter');
  await wizard.until(mode('preview'));
  wizard.answer('y');
  await vi.waitUntil(() => isRun, { timeout: 10_000 });
  const shown = wizard.screen();
  expect([shown.join('\n'), shown.at(-1)]).toEqual([expect.stringContaining('Reading the app again…'), 'Ctrl-C leave']);
  wizard.store.stop('SIGINT');
  expect(wizard.left()).toBe(true);
  expect(wizard.store.state().endings).toMatchObject([{ applied: 1, verified: 1, state: 'done' }]);
});

test('a lock-out change requires the typed name of the app; a pasted newline does not confirm', async () => {
  const here = await world();
  const wizard = await pilot(here, {}, { myIp: '203.0.113.7' });
  await into(wizard, 'fn-orders', 'access-restrictions');
  wizard.press('enter');
  await wizard.until(mode('ask'));
  expect(wizard.screen().at(-1)).toContain('x remove');
  wizard.press('up', 'x');
  // Of an empty list, nothing can be removed, edited or reordered.
  expect(wizard.screen().at(-1)).toMatch(/^Enter done +\? help +Esc back$/);
  wizard.paste(
    '100 Allow 203.0.113.0/24 office\n110 Allow AzureFrontDoor.Backend fd x-azure-fdid=6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11\nrubbish',
  );
  expect(wizard.screen().join('\n')).toContain('Start with a priority');
  wizard.answer('clear', 'enter', 'enter');
  await wizard.until(mode('preview'));
  // Read to its end first, then the name is asked for.
  for (let page = 0; page < 10 && mode('preview')(wizard.store.state()); page++) {
    wizard.screen();
    wizard.press('enter');
  }
  expect(mode('naming')(wizard.store.state())).toBe(true);
  wizard.press('fn-orders');
  expect(wizard.screen().join('\n'), 'what was typed before it was on screen is dropped').toContain(
    'This change can lock people out of fn-orders.',
  );
  wizard.press('fn-order', 'enter');
  wizard.paste('s\n');
  expect(mode('naming')(wizard.store.state())).toBe(true);
  expect(await here.writes()).toEqual([]);
  wizard.press('enter');
  await wizard.until(mode('done'));
  const config = (await here.get(`${ORDERS}/config/web`))['properties'] as Record<string, unknown>;
  expect(config['ipSecurityRestrictionsDefaultAction']).toBe('Deny');
  expect((config['ipSecurityRestrictions'] as { name: string }[]).map(({ name }) => name)).toEqual(['office', 'fd', 'Deny all']);
});

test('answers are saved in a file that replay accepts, and undo restores all values', async () => {
  const here = await world();
  const before = await here.state();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'ftp');
  wizard.answer('enter', 'enter');
  await wizard.until(mode('preview'));
  wizard.screen();
  wizard.press('y');
  await wizard.until(mode('done'));
  const file = join(here.folder, 'answers.yaml');
  expect(await readFile(file, 'utf8')).toContain('state: Disabled');
  const replay = await inside(here, ['replay', file, '--yes']);
  expect([replay.code, replay.stdout]).toEqual([0, expect.stringContaining('NOTHING TO DO')]);

  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.press('enter');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  expect(wizard.screen().join('\n')).toMatch(/ftpsState +as the run wrote it\n +before +"AllAllowed"\n +written +"Disabled"/);
  wizard.press('enter');
  await wizard.until(mode('preview'));
  wizard.screen();
  wizard.press('y');
  await wizard.until(mode('done'));
  expect(await here.state()).toEqual(before);
});

test('a finding is accepted with a name, a reason and an end date', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'ftp');
  wizard.answer('a', 'clear', 'Dana Lee', 'enter', 'old publisher', 'enter', 'enter');
  expect(wizard.screen().join('\n')).toContain('An end date is required. Write it as YYYY-MM-DD.');
  wizard.answer('soon', 'enter');
  expect(wizard.screen().join('\n')).toContain('"soon" is not a date');
  wizard.answer('clear', FUTURE_DAY, 'enter');
  await wizard.until(({ open }) => open?.steps.find(({ step }) => step.id === 'ftp')?.state === 'accepted');
  expect(await readFile(join(here.folder, 'answers.yaml'), 'utf8')).toContain('reason: old publisher');
  expect(await here.writes()).toEqual([]);
});

test('a failed change gives the reason and the next step, and can be retried', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter');
  await wizard.until(mode('preview'));
  await here.faults([
    {
      method: 'PATCH',
      path: 'config/web',
      times: 1,
      status: 409,
      body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
    },
  ]);
  wizard.screen();
  wizard.press('y');
  await wizard.until(mode('done'));
  expect(wizard.screen().join('\n')).toMatch(/The scope is locked\.[\s\S]*Ask the owner of the lock[\s\S]*ScopeLocked/);
  wizard.answer('r');
  await wizard.until(mode('preview'));
  wizard.screen();
  wizard.press('y');
  await wizard.until(mode('done'));
  expect(wizard.screen().join('\n')).toContain('1 applied, 1 verified, 0 failed');
});

test('a late read does not replace the app in the preview', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'remote-debugging');
  const orders = wizard.store.state().open!;
  wizard.press('escape', 'escape');
  await into(wizard, 'fn-intake', 'cors');
  wizard.store.dispatch({ type: 'opened', open: orders, keep: true });
  wizard.store.dispatch({ type: 'opened', open: orders });
  expect(wizard.store.state().open?.target.label).toBe('fn-intake');
});

test('nothing is confirmed in a window that shows nothing, nor before it is drawn again', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter');
  await wizard.until(mode('preview'));
  wizard.screen();
  wizard.store.dispatch({ type: 'resize', columns: 30, rows: 10 });
  wizard.press('y');
  wizard.store.dispatch({ type: 'resize', columns: 80, rows: 24 });
  wizard.press('y');
  expect(mode('preview')(wizard.store.state())).toBe(true);
  wizard.screen();
  wizard.press('n');
  expect(mode('look')(wizard.store.state()), 'N goes back').toBe(true);
  expect(await here.writes()).toEqual([]);
});

test('answers that cannot be saved stop the change', async () => {
  const here = await world();
  await writeFile(join(here.folder, 'a-file'), '');
  const wizard = await pilot(here, {}, { save: join(here.folder, 'a-file', 'answers.yaml') });
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter');
  await wizard.until(mode('preview'));
  wizard.screen();
  wizard.press('y');
  await wizard.until(at('trouble'));
  expect(stripVTControlCharacters(wizard.screen().join(' ')).replaceAll(/ +/g, ' ')).toContain('Nothing was sent.');
  expect(await here.writes()).toEqual([]);
});

test('accepting one finding keeps the other ticks', async () => {
  const here = await world();
  const wizard = await pilot(here);
  await into(wizard, 'fn-orders', 'https');
  wizard.answer('a', 'clear', 'Dana', 'enter', 'reason', 'enter', FUTURE_DAY, 'enter', 'escape');
  await wizard.until(({ open }) => open?.decisions['https'] !== undefined);
  wizard.press('home', ...Array.from({ length: catalogue.findIndex(({ id }) => id === 'https') }, () => 'down'), 'enter');
  const { screen } = wizard.store.state();
  expect(screen.at === 'area' && screen.ticked).toEqual(['min-tls', 'scm-min-tls', 'http2', 'client-affinity']);
});

test('a dry run previews and sends nothing', async () => {
  const here = await world();
  const wizard = await pilot(here, {}, { dryRun: true });
  await into(wizard, 'fn-orders', 'remote-debugging');
  wizard.press('enter');
  await wizard.until(mode('preview'));
  wizard.screen();
  wizard.press('y');
  expect(wizard.screen().join('\n')).toContain('Dry run: nothing is sent.');
  expect(await here.writes()).toEqual([]);
});

const KEYS = [
  'up',
  'down',
  'enter',
  'escape',
  'tab',
  'left',
  'right',
  'home',
  'end',
  'backspace',
  'pagedown',
  'pageup',
  ' ',
  'x',
  'e',
  'w',
  'g',
  'n',
  'y',
  'm',
  '/',
  'i',
  'b',
  'r',
  't',
  'J',
  'd',
  's',
  'u',
  'R',
  'o',
  '?',
  'j',
  'k',
  '1',
  'Allow',
  '関数',
  'fn-orders',
];

test(
  'random keys and sizes: nothing is wider or taller than the window, and nothing is written without confirmation',
  { timeout: 60_000 },
  async () => {
    const here = await world();
    const wizard = await pilot(here);
    await wizard.until(found);
    const event = fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...KEYS).map((key) => () => wizard.press(key)) },
      { weight: 1, arbitrary: fc.string({ maxLength: 30 }).map((text) => () => wizard.paste(text)) },
      {
        weight: 2,
        arbitrary: fc
          .record({ columns: fc.integer({ min: 20, max: 200 }), rows: fc.integer({ min: 5, max: 60 }) })
          .map((size) => () => wizard.store.dispatch({ type: 'resize', ...size })),
      },
    );
    const seeds = fc.sample(fc.array(event, { minLength: 40, maxLength: 60 }), { numRuns: 60, seed: 20261124 });
    let sent = 0;
    for (const act of seeds.flat()) {
      const before = wizard.screen().join('\n');
      const wasApplying = mode('applying')(wizard.store.state());
      act();
      if (!wasApplying && mode('applying')(wizard.store.state())) {
        sent += 1;
        expect(before, 'it was asked for on the screen').toMatch(/Apply this\?|Enter applies|marks the run as finished/);
      }
      await new Promise((resolve) => setImmediate(resolve));
      const { columns } = wizard.store.state();
      const lines = wizard.screen();
      expect(lines.length).toBeLessThanOrEqual(liveRows(wizard.store.state()));
      for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
      if (wizard.left() !== undefined) wizard.store.dispatch({ type: 'saved', notice: 'goes on' });
    }
    if (sent === 0) expect(await here.writes()).toEqual([]);
  },
);
