/** The mouse is off unless it is requested; it scrolls, selects and opens, confirms nothing, and is released at the end. */
import { expect, test } from 'vitest';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { draw } from '../../src/hosts/tui/screens/index.ts';
import { lineText } from '../../src/text/spans.ts';
import { wizard as inTerminal } from '../helpers/wizard.ts';
import { world } from '../helpers/world.ts';
import { pilot, type Pilot } from './helpers.ts';

const ON = '\u001B[?1000h\u001B[?1006h';
const OFF = '\u001B[?1006l\u001B[?1000l';

/** Clicks the line that shows this. */
function click(wizard: Pilot, text: string): void {
  const { lines } = draw(wizard.store.state(), 0);
  const one = lines.find((line) => lineText(line).includes(text) && line.some((part) => part.row !== undefined));
  const row = one?.find((part) => part.row !== undefined)?.row;
  expect(row, `${text} in\n${lines.map(lineText).join('\n')}`).toBeDefined();
  wizard.store.dispatch({ type: 'point', row: row! });
}

test.each([40, 80, 120])('at %i columns a click selects, a second click opens, and no click confirms a preview', async (columns) => {
  const here = await world();
  const wizard = await pilot(here, { columns, rows: 40 });
  await wizard.until(({ searching }) => !searching);
  click(wizard, 'fn-events');
  expect(wizard.screen().find((line) => line.includes('fn-events'))).toMatch(/^❯/);
  click(wizard, 'fn-orders');
  click(wizard, 'fn-orders');
  await wizard.until(({ screen }) => screen.at === 'areas');
  click(wizard, 'Require HTTPS');
  click(wizard, 'Require HTTPS');
  const area = await wizard.until(({ screen }) => screen.at === 'area');
  const ticked = area.screen.at === 'area' ? area.screen.ticked : [];
  click(wizard, 'HTTPS only');
  click(wizard, 'HTTPS only');
  const { screen } = wizard.store.state();
  expect(screen.at === 'area' && screen.ticked).not.toEqual(ticked);
  wizard.answer('escape', 'f');
  await wizard.until((state) => state.screen.at === 'batch' && state.screen.isRead);
  for (let count = 0; count < 4; count++) click(wizard, 'HTTP/2');
  expect(flowOf(wizard.store.state())).toBeUndefined();
  expect(await here.writes()).toEqual([]);
});

test('in a terminal the wheel scrolls, a click on a line opens it, and the mouse is released at the end', async () => {
  const here = await world();
  const screen = inTerminal(here, ['--mouse']);
  await screen.sees('fn-billing');
  expect(screen.raw()).toContain(ON);
  screen.type('\u001B[<65;5;5M');
  await screen.sees(/❯ fn-\w+ [\s\S]*/);
  expect(screen.screen()).not.toMatch(/Filter ❯ \S*\[/);
  const before = screen.screen();
  const at = before.split('\n').findIndex((line) => line.includes('fn-events')) + 1;
  screen.type(`\u001B[<0;5;${at}M`, `\u001B[<0;5;${at}m`);
  await screen.sees(/❯ fn-events/);
  screen.type(`\u001B[<0;5;${at}M`);
  await screen.sees('Secure operation');
  screen.type('q');
  await screen.ended;
  expect(screen.raw().lastIndexOf(OFF)).toBeGreaterThan(screen.raw().lastIndexOf(ON));
});

test('the mouse is used only if that was requested', async () => {
  const here = await world();
  const screen = inTerminal(here);
  await screen.sees('fn-billing');
  screen.type('ctrlC');
  await screen.ended;
  expect(screen.raw()).not.toContain('?1000h');
});
