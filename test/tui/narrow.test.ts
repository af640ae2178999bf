/** Narrow windows: complete ids, complete labels, and the most important keys. */
import { expect, test } from 'vitest';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { areaFrame } from '../../src/hosts/tui/screens/area.ts';
import { draw } from '../../src/hosts/tui/screens/index.ts';
import { footer } from '../../src/hosts/tui/frame.ts';
import { bindings } from '../../src/hosts/tui/keys/keys.ts';
import type { WizardState } from '../../src/hosts/tui/state/state.ts';
import { line, lineText, span } from '../../src/text/spans.ts';
import { widthOf, wrapLine } from '../../src/text/width.ts';
import { printLines } from '../../src/view/print-lines.ts';
import { FUTURE_DAY } from '../helpers/future.ts';
import { world } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';

const ID = '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg-shop/providers/Microsoft.Web/sites/fn-orders';
const LOOK = { colour: false, ascii: false } as const;

const found = ({ searching }: WizardState) => !searching;
const isAt = (at: WizardState['screen']['at']) => (state: WizardState) => state.screen.at === at;
const allRead = ({ findings }: WizardState) => findings !== undefined && findings.read === findings.targets.length;

async function opened(columns: number, rows = 24): Promise<Pilot> {
  const wizard = await pilot(await world(), { columns, rows });
  await wizard.until(found);
  wizard.answer('enter');
  await wizard.until(isAt('areas'));
  return wizard;
}

test('an id or an address is broken only if the window is narrower than it, between two names, and without added characters', () => {
  const text = [line('    scope ', span(ID, 'strong'), ' for https://learn.microsoft.com/en-us/azure/azure-functions/security')];
  const at = (columns: number) => wrapLine(text[0] ?? [], columns, 8).map(lineText);
  expect(at(120).some((one) => one.trim() === ID)).toBe(true);
  // As wide as the window: the indent makes room for it.
  expect(at(widthOf(ID))).toContain(ID);
  for (const one of at(40)) expect(widthOf(one)).toBeLessThanOrEqual(40);
  expect(at(40).join('')).toContain(ID);
  const begins = at(40).findIndex((one) => one.startsWith('/subscriptions/'));
  const parts = at(40).slice(
    begins,
    at(40).findIndex((one) => one.includes('fn-orders')),
  );
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.filter((one) => !one.endsWith('/'))).toEqual([]);
  // A mark before it is not left alone on a line.
  const marked = wrapLine([span('  ~ ', 'warn'), span(ID)], 40, 4).map(lineText);
  expect(marked[0]).toMatch(/^ {2}~ \/subscriptions\//);
  expect(marked.join('').trim()).toBe(`~ ${ID}`);
  // A name that fits only with less indent takes its mark along.
  const named = wrapLine([span('      - ', 'warn'), span('ipSecurityRestrictions[everybody]'), span(' 100 Allow')], 40, 4);
  expect(named.map(lineText)).toEqual(['     - ipSecurityRestrictions[everybody]', '    100 Allow']);
  // What is printed is broken by the terminal, so that it can be copied.
  expect(
    printLines(text, false, 40)
      .split('\n')
      .map((one) => one.trim()),
  ).toContain(ID);
});

test('a number stays in the row of its word', async () => {
  const wizard = await opened(40);
  const counted = () => [1, 2].map((row) => wizard.screen()[row]?.trim());
  wizard.answer('/', 'Disable FTP', 'enter');
  await wizard.until(isAt('area'));
  wizard.answer('a', 'Dana Lee', 'enter', 'old publisher', 'enter', FUTURE_DAY, 'enter');
  await wizard.until(({ open }) => open?.steps.find(({ step }) => step.id === 'ftp')?.state === 'accepted');
  wizard.answer('escape');
  expect(counted()).toEqual([
    expect.stringMatching(/^\d+\/\d+ pass {2}1 accepted {2}\d+ high$/),
    expect.stringMatching(/^\d+ medium {2}\d+ low$/),
  ]);
});

test('findings in a narrow window have complete labels, and the name of the app only if there are several', async () => {
  const wizard = await opened(40);
  wizard.answer('v');
  await wizard.until(allRead);
  const one = wizard.screen();
  expect(one.join('\n')).toContain('Secrets stored in Key Vault');
  expect(one.filter((row) => row.includes('fn-orders'))).toEqual([]);
  wizard.answer('escape', 'escape', 'tab', 'down', 'tab', 'f2');
  await wizard.until((state) => allRead(state) && state.findings?.targets.length === 2);
  const two = wizard.screen();
  expect(two.join('\n')).toMatch(/Basic authentication \(SCM/);
  // The second row of a label begins below the first, with and without the cursor.
  expect(two.filter((row) => row.endsWith('site)'))).toEqual(['          site)', '          site)']);
  expect(two.some((row) => /^ +fn-(orders|events)  /.test(row))).toBe(true);
});

test.each([
  [40, 20],
  [40, 50],
  [80, 24],
  [160, 50],
])(
  'lists at %i columns and %i rows show recommended areas, labels and values whole, or whole for the row under the cursor',
  async (columns, rows) => {
    const wizard = await opened(columns, rows);
    const joined = () => wizard.screen().join(' ').replace(/\s+/g, ' ');
    expect(joined()).toMatch(/Recommended first: Store data encrypted(?!…)/);
    expect(wizard.screen().filter((row) => row.includes('Recommended first') && row.includes('…'))).toEqual([]);
    wizard.answer('v');
    await wizard.until(allRead);
    for (let row = 0; row < 30; row++) {
      const shown = wizard.screen();
      const rowsOfList = shown.slice(
        0,
        shown.findIndex((one) => /^(Current|Desired) value/.test(one)),
      );
      expect(rowsOfList.some((one) => one.startsWith('❯ '))).toBe(true);
      expect(shown.length).toBeLessThanOrEqual(rows - 2);
      // Below 60 columns only a long value of another row ends with the mark, after its second line.
      if (columns < 60) expect(rowsOfList.filter((one) => one.endsWith('…') && !/^ {10}\S/.test(one))).toEqual([]);
      wizard.answer('down');
    }
  },
);

test('at 40 columns and 20 rows the preview of a lock-out has more rows for the plan than for the warning below it', async () => {
  const wizard = await opened(40, 20);
  wizard.answer('/', 'Set acc', 'enter');
  await wizard.until(isAt('area'));
  wizard.answer('enter');
  await wizard.until((state) => state.screen.at === 'area' && state.screen.mode.kind === 'ask');
  wizard.answer('100 Allow 203.0.113.0/24 office', 'enter', 'enter', 'enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  const screen = wizard.screen();
  const warning = screen.findIndex((one) => one.startsWith('(!) Your public IP address'));
  expect(screen.slice(warning, warning + 3)).toEqual([
    expect.stringMatching(/^\(!\) Your public IP address is not set, ?$/),
    expect.stringMatching(/^so func-harden cannot check whether.*…$/),
    expect.stringMatching(/^\(!\) /),
  ]);
  expect(screen.indexOf(screen.find((one) => one.endsWith('more lines'))!)).toBeGreaterThan(6);
});

test('40 columns fit a whole row of the apps, the words of the areas, and the app whose change is confirmed', async () => {
  const wizard = await pilot(await world(), { columns: 40 });
  await wizard.until(found);
  const text = () => wizard.screen().join('\n');
  expect(text()).toMatch(/fn-orders +rg-shop +West Europe$/m);
  expect(text()).toMatch(/^Which function app\? {3}6 apps$/m);
  wizard.answer('enter');
  await wizard.until(isAt('areas'));
  expect(text()).toMatch(/Organize functions by privilege\n {6}not attested$/m);
  wizard.answer('v');
  await wizard.until(allRead);
  wizard.answer('/', ...'minimum tls version (scm', 'enter', 'x', 'enter');
  await wizard.until((state) => state.screen.at === 'batch' && state.screen.isRead);
  expect(text()).toMatch(/^Minimum TLS version \(SCM site\) \(Require ?\nHTTPS\) {3}fn-orders\n/);
  // A period alone on a line says nothing.
  expect(wizard.screen().filter((row) => row.trim() === '.')).toEqual([]);
});

test('the grid at 40 columns breaks its legend between entries, and counts the findings of the selected app', async () => {
  const wizard = await pilot(await world(), { columns: 40 });
  await wizard.until(found);
  wizard.answer('tab', 'down', 'tab', 'enter');
  await wizard.until(({ fleet }) => fleet.length === 2 && fleet.every(({ steps }) => steps));
  const text = () => wizard.screen().join('\n');
  expect(text()).toMatch(/^fn-\S+: \d+ high, \d+ medium, \d+ low\n! not attested {3}x fails\n. not applicable/m);
  wizard.answer('a');
  // A notice is wrapped, and nothing of the legend is left beside it.
  expect(text()).toMatch(/low\nfunc-harden cannot change any control of\nthis area\.$/m);
  expect(text()).not.toContain('not attested');
});

test('a list of findings of one app has no column for the app, and labels are cut only if the line is full', async () => {
  const wizard = await opened(80);
  wizard.answer('v');
  await wizard.until(allRead);
  const rows = wizard.screen();
  expect(rows.join('\n')).not.toMatch(/\bAPP\b|fn-orders/);
  expect(rows.find((row) => row.includes('Basic authentication'))).toMatch(/Basic authentication \(SCM site\) +on/);
});

test.each([
  [40, 15],
  [40, 24],
  [80, 24],
  [200, 50],
])('the footer of a window of %i by %i has the next step, help, back and everything safe', async (columns, rows) => {
  const wizard = await opened(columns, rows);
  const keys = (): string => wizard.screen().slice(-2).join('   ');
  for (const shown of [/Enter open/, /\bf (fix all )?safe/, /\? help/, /Esc apps/]) expect(keys()).toMatch(shown);
  wizard.answer('v');
  await wizard.until(allRead);
  for (const shown of [/Enter open/, /\bf (fix all )?safe/, /\? help/, /Esc back/]) expect(keys()).toMatch(shown);
  for (const one of footer(bindings(wizard.store.state()), columns, LOOK)) expect(widthOf(lineText(one))).toBeLessThanOrEqual(columns);
});

test('a label that is wider than the window is wrapped at a word, as in a custom area', async () => {
  const wizard = await opened(40);
  wizard.press('home', 'down', 'enter');
  const state = await wizard.until(isAt('area'));
  if (state.screen.at !== 'area') throw new Error('another screen');
  const rows = areaFrame({ ...state, columns: 39 }, state.screen, 0).body.map(lineText);
  const first = rows.findIndex((row) => row.includes('Telemetry local'));
  expect(rows.slice(first, first + 2).map((row) => row.trim())).toEqual(['(-) Telemetry local', 'authentication']);
});

test('an empty undo log offers no key without effect', async () => {
  const wizard = await opened(80);
  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  expect(bindings(wizard.store.state()).map(({ command }) => command)).toEqual(['back', 'help', 'quit']);
});

test('a filter without a match hides the keys that select until there is a match again', async () => {
  const wizard = await pilot(await world(), { columns: 80 });
  await wizard.until(({ searching }) => !searching);
  const shown = () => bindings(wizard.store.state()).map(({ command }) => command);
  expect(shown()).toEqual(expect.arrayContaining(['choose', 'mark', 'mark-all', 'findings', 'move']));
  wizard.answer('z', 'z', 'enter', 'tab', 'f2');
  expect(wizard.screen().join('\n')).toContain('No app matches this filter.');
  expect(shown()).toEqual(['undo-log', 'back']);
  wizard.answer('clear');
  expect(shown()).toContain('choose');
  // Marked apps are still there to be opened, also where the filter hides them.
  wizard.answer('tab', 'z', 'z');
  expect(shown()).toEqual(['choose', 'findings', 'undo-log', 'back']);
  wizard.answer('enter');
  await wizard.until(isAt('areas'));
  wizard.answer('/', 'z', 'z');
  expect(shown()).toEqual(['back']);
});

test('a run shows that it is undone right after it was undone from its screen', async () => {
  const wizard = await opened(80, 40);
  wizard.answer('f');
  await wizard.until(({ screen }) => screen.at === 'batch' && screen.isRead);
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  wizard.answer('u');
  await wizard.until(({ screen }) => screen.at === 'runs' && screen.runs !== undefined);
  wizard.answer('enter');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  expect(
    wizard
      .screen()
      .filter((row) => /\d {2}fn-orders/.test(row))
      .every((row) => row.includes('applied')),
  ).toBe(true);
  // In a narrow window the state of each change has its own line, and is not cut.
  const narrow = draw({ ...wizard.store.state(), columns: 40 }, 0).lines.map(lineText);
  const changes = narrow.filter((row) => /\d {2}fn-orders/.test(row));
  expect(changes.length).toBeGreaterThan(3);
  expect(narrow.filter((row) => /(^| {3})applied$/.test(row.trimEnd()))).toHaveLength(changes.length + 1);
  wizard.answer('enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  wizard.answer('y');
  await wizard.until((state) => flowOf(state)?.kind === 'done');
  wizard.answer('escape');
  await wizard.until(({ screen }) => screen.at === 'run' && screen.rows !== undefined);
  const rows = wizard.screen().filter((row) => /\d {2}fn-orders/.test(row));
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter((row) => !row.includes('undone'))).toEqual([]);
});

test.each([80, 160])('a long name and a long resource group leave space for the region, %i columns', async (columns) => {
  const long = `rg-${'資源'.repeat(40)}`;
  const wizard = await pilot(await world(), { columns }, {}, (session) => ({
    ...session,
    async *apps() {
      for await (const target of session.apps()) yield { ...target, label: `fn-${'x'.repeat(57)}`, resourceGroup: long };
    },
  }));
  await wizard.until(({ searching }) => !searching);
  const rows = () => wizard.screen().filter((one) => one.includes('fn-xxx'));
  expect(rows()).toHaveLength(6);
  for (const one of rows()) expect(one).toMatch(/rg-資源.*… {3,4}(West Europe|Sweden Central)$/);
  wizard.answer('tab');
  for (const one of rows()) expect(one).toMatch(/rg-資源.*… {3,4}(West Europe|Sweden Central)$/);
});
