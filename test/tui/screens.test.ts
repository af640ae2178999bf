/** What a person sees and can do, screen by screen. */
import { expect, test } from 'vitest';
import { draw } from '../../src/hosts/tui/screens/index.ts';
import { flowOf } from '../../src/hosts/tui/state/derived-state.ts';
import { bindings } from '../../src/hosts/tui/keys/keys.ts';
import { closingLines } from '../../src/view/outcome-lines.ts';
import { plain } from '../../src/change/value.ts';
import { editOf } from '../../src/hosts/tui/fields/text-edit.ts';
import { ticksOf } from '../../src/hosts/tui/fields/widget-choose.ts';
import { threeWayLines } from '../../src/view/undo-lines.ts';
import { lineText } from '../../src/text/spans.ts';
import { MARKS, TICKED } from '../../src/text/symbols.ts';
import { hitsIn } from '../../src/view/search.ts';
import { world } from '../helpers/world.ts';
import { pilot } from './helpers.ts';

const opened = async () => {
  const wizard = await pilot(await world(), { columns: 120, rows: 40 });
  await wizard.until(({ searching }) => !searching);
  wizard.press('enter');
  const state = await wizard.until(({ screen }) => screen.at === 'areas');
  return { wizard, state };
};

test('a search lists matching names before matching descriptions', async () => {
  const { state } = await opened();
  const hits = hitsIn(state.open?.steps ?? [], 'https');
  expect(hits[0]?.label).toMatch(/https/i);
  const named = hits.map(({ step, control, label }) => /https/i.test(`${label} ${control ?? step.step.id}`) || step.step.id === 'https');
  expect(named.lastIndexOf(true)).toBeLessThan(named.indexOf(false) === -1 ? hits.length : named.indexOf(false));
});

test('the footer offers the useful keys: attest an attestation, accept a finding, revoke a signed decision', async () => {
  const { wizard, state } = await opened();
  const steps = state.open?.steps ?? [];
  const offered = () => bindings(wizard.store.state()).map(({ says }) => says);
  const at = steps.findIndex(({ controls }) => controls[0]?.control.kind === 'attestation');
  for (let index = 0; index < at; index++) wizard.press('down');
  wizard.press('enter');
  expect(offered()[0]).toBe('attest');
  // Space selects nothing here, so it is not on the screen, and only says why.
  expect(wizard.screen().at(-1)).not.toContain('Space');
  expect(wizard.screen().join('\n')).toMatch(/^No findings in this area\. \d not attested: move to the control and press a\./m);
  expect(offered()).not.toContain('queue');
  expect(offered()).not.toContain('revoke');
  wizard.press('escape');
  for (let index = 0; index < steps.length; index++) wizard.press('up');
  const failing = steps.findIndex(({ controls }) => controls[0]?.state === 'fail' && controls[0].control.kind !== 'attestation');
  for (let index = 0; index < failing; index++) wizard.press('down');
  wizard.press('enter');
  expect(offered()).toContain('accept');
  expect(offered()).not.toContain('attest');
  // Of the fields of a signature, the last one saves it.
  wizard.answer('a');
  expect(offered()[0]).toBe('next');
  wizard.answer('Dana', 'enter', 'legacy', 'enter');
  expect(offered()[0]).toBe('accept');
});

test('a multiple choice offers Space only on an item, and Enter adds a typed item', async () => {
  const { state } = await opened();
  const shown = (options: readonly string[], cursor: number, text = '') => {
    const widget = {
      ...ticksOf(
        options.map((value) => ({ value, label: value })),
        [],
      ),
      cursor,
      edit: editOf(text),
    };
    const mode = { kind: 'ask', question: 'q', widget } as const;
    return bindings({ ...state, screen: { at: 'area', step: 'cors', cursor: 0, ticked: [], answers: {}, mode } as never }).map(
      ({ shown: key, says }) => `${key} ${says}`,
    );
  };
  expect(shown(['a'], 0)).toEqual(['Enter answer', 'Space tick', '↑↓ move', '? help', 'Esc back']);
  expect(shown(['a'], 1)).toEqual(['Enter answer', '↑↓ move', '? help', 'Esc back']);
  expect(shown([], 0)).toEqual(['Enter answer', '? help', 'Esc back']);
  expect(shown([], 0, 'b')).toEqual(['Enter add', 'Esc back']);
});

test.each([40, 80])('a message is shown in full, also during a read, %i columns', async (columns) => {
  const never = new Promise<never>(() => {});
  const wizard = await pilot(await world(), { columns, rows: 30 }, {}, (session) => ({
    ...session,
    plan: (...given) => (isHeld ? never : session.plan(...given)),
    open: (target) => (isHeld ? never : session.open(target)),
  }));
  let isHeld = false;
  const says = 'Azure is slow to answer; waiting up to 55 s, until 03:37:28. Nothing was lost, and nothing was sent.';
  const shows = () => {
    wizard.store.dispatch({ type: 'saved', notice: says });
    expect(wizard.screen().join(' ').replaceAll(/\s+/g, ' ')).toContain(says);
  };
  await wizard.until(({ searching }) => !searching);
  shows();
  wizard.press('enter');
  await wizard.until(({ screen }) => screen.at === 'areas');
  shows();
  wizard.press(...Array.from({ length: 14 }, () => 'down'), 'enter');
  shows();
  wizard.press('enter');
  await wizard.until((state) => flowOf(state)?.kind === 'preview');
  shows();
  wizard.press('escape');
  isHeld = true;
  wizard.press('enter');
  expect(flowOf(wizard.store.state())?.kind).toBe('planning');
  shows();
  wizard.press('escape', 'escape', 'R');
  expect(wizard.store.state().screen.at).toBe('opening');
  shows();
});

test('a value of the undo log that is cut has a note', () => {
  const edit = { path: 'properties.a', before: plain('x'.repeat(500)), after: plain('y'), restore: plain('x') };
  const lines = threeWayLines({ change: 1, edit, now: 'y', state: 'ours' } as never, '').map(lineText);
  expect(lines[1]).toMatch(/^ {2}before {2}"x{399}\.\.\.$/);
});

test('current and desired value of a finding are brighter than the explanation below them', async () => {
  const { wizard, state } = await opened();
  const at = (state.open?.steps ?? []).findIndex(({ step }) => step.id === 'https');
  for (let index = 0; index < at; index++) wizard.press('down');
  wizard.press('enter');
  const spans = wizard.drawn().flat();
  expect(spans.find(({ text }) => text.includes('; desired: '))?.tone).toBe('strong');
  expect(spans.find(({ text }) => text.includes('(severity'))?.tone).toBe('dim');
});

test('signs of different meaning look different', () => {
  const isIn = (marks: readonly string[]) => new Set(marks).size === marks.length;
  for (const form of ['symbol', 'ascii'] as const) {
    expect(isIn(['pass', 'fail', 'attested', 'attestation-missing', 'accepted'].map((one) => MARKS[one as 'pass'][form]))).toBe(true);
    expect(MARKS.fail[form]).not.toBe(TICKED.trim());
  }
});

test.each([false, true])('a selected finding has one sign for each meaning, ascii %s', async (ascii) => {
  const { wizard, state } = await opened();
  const https = (state.open?.steps ?? []).findIndex(({ step }) => step.id === 'https');
  for (let index = 0; index < https; index++) wizard.press('down');
  wizard.press('enter');
  const rows = draw({ ...wizard.store.state(), look: { colour: false, ascii } }, 0).lines.map(lineText);
  const signs = rows.flatMap((row) => /^(?:❯|>| ) (\[.\]) ([([]\S+[)\]]) +\S/.exec(row)?.slice(1, 3).join(' ') ?? []);
  const fails = MARKS.fail[ascii ? 'ascii' : 'symbol'];
  // Selected and not selected findings are on the screen, and neither box looks as the state beside it.
  expect(new Set(signs)).toEqual(new Set([`[*] ${fails}`, `[ ] ${fails}`]));
});

test.each([false, true])('rows with different signs are aligned, ascii %s', async (ascii) => {
  const { wizard } = await opened();
  const columns = (row: RegExp) => {
    const rows = draw({ ...wizard.store.state(), look: { colour: false, ascii } }, 0).lines.map(lineText);
    return rows.flatMap((one) => row.exec(one)?.[1]?.length ?? []);
  };
  const areas = columns(/^((?:❯|>| ) [([]\S+[)\]] +)\S/);
  expect(areas.length).toBeGreaterThan(4);
  expect(new Set(areas).size).toBe(1);
  wizard.press('enter');
  expect(new Set(columns(/^((?:❯|>| ) (?:\[.\]|   ) [([]\S+[)\]] +)\S/)).size).toBe(1);
});

test('changes of a demo do not name an undo command that could not work', () => {
  const ending = { run: 'r', mode: 'wizard', applied: 1, verified: 1, failed: 0, skipped: 0, left: 1, state: 'done', exitCode: 0 } as const;
  const text = (demo?: 'wizard' | 'headless', mode: 'wizard' | 'undo' = 'wizard') =>
    closingLines({ ...ending, mode, ...(demo ? { demo } : {}) })
      .map(lineText)
      .join('\n');
  expect(text()).toContain('func-harden undo r');
  expect(text('wizard')).toMatch(/^Undo: open the undo log before you end the demo\.$/m);
  expect(text('headless')).toMatch(/^Undo: the demo reverts this run below\.$/m);
  expect(text('headless', 'undo')).toMatch(/^Undo: not possible, because the demo ends here/m);
});

test.each([
  [80, 24],
  [40, 24],
])('an app that cannot be read gives the reason, once, at %i columns', async (columns, rows) => {
  const here = await world();
  await here.faults([
    {
      path: 'sites/fn-orders',
      times: 999,
      status: 404,
      body: { error: { code: 'ResourceNotFound', message: 'The resource was not found.' } },
    },
  ] as never);
  const wizard = await pilot(here, { columns, rows });
  await wizard.until(({ searching }) => !searching);
  wizard.press('enter');
  await wizard.until(({ screen }) => screen.at === 'areas');
  const text = draw(wizard.store.state(), 0).lines.map(lineText).join(' ').replace(/\s+/g, ' ');
  expect(text).toMatch(/Unknown: \d+ controls in \d+ areas\. The resource was not found\. Check the name/);
  // Unknown values never pass.
  expect(text).not.toContain('No findings');
  wizard.press('down', 'down', 'enter');
  const area = draw(wizard.store.state(), 0).lines.map(lineText).join(' ').replace(/\s+/g, ' ');
  expect(area).toContain('11 of 11 controls are unknown. Press m for the reasons.'.slice(0, columns === 40 ? 30 : 99));
});

test('the score of an app says which numbers fail', async () => {
  const { wizard } = await opened();
  expect(wizard.screen()[1]).toMatch(/^\d+ of \d+ pass {3}55 fail: 15 high, 19 medium, 21 low {3}7 not attested$/);
});
