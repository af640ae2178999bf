/** Screens of lists: apps, a fleet, search. */
import { MARKS, QUEUED, ellipsis, rowSymbol, symbolOf, type Mark } from '../../../text/symbols.ts';
import { line, span, type Line } from '../../../text/spans.ts';
import { cut, padEnd, widthOf } from '../../../text/width.ts';
import { plainText } from '../../../text/plain.ts';
import type { StepState } from '../../../engine/judge/assess.ts';
import { editedText } from '../fields/text-edit.ts';
import { listRows, wrapped, type Frame } from '../frame.ts';
import { matchingApps, windowOf, type Match } from '../state/derived-state.ts';
import { bySeverity } from '../../../view/app-progress.ts';
import { type Screen, type WizardState, type SurveyedApp } from '../state/state.ts';
import { searchAll } from '../state/search-results.ts';
import { atRow, fieldLine, pointer } from './parts.ts';
import { counted } from '../../../text/counted.ts';

type At<A extends Screen['at']> = Extract<Screen, { at: A }>;

export function appsFrame(state: WizardState, screen: At<'apps'>): Frame {
  const { look, apps, searching } = state;
  const matches = matchingApps(state, editedText(screen.filter));
  const cursor = Math.min(screen.cursor, Math.max(0, matches.length - 1));
  const { start, end } = windowOf(matches.length, cursor, Math.max(1, listRows(state) - 10));
  const shown = matches.slice(start, end);
  const marked = new Set(screen.marked);
  const isNarrow = state.columns < 60;
  const total = searching ? `${apps.length} found so far${ellipsis(look)}` : `${apps.length} ${apps.length === 1 ? 'app' : 'apps'}`;
  const counted = [
    total,
    ...(matches.length === apps.length ? [] : [`${matches.length} ${matches.length === 1 ? 'matches' : 'match'}`]),
    ...(marked.size > 0 ? [`${marked.size} marked`] : []),
    ...(state.leftOut > 0 && !isNarrow ? [`${state.leftOut} Logic ${state.leftOut === 1 ? 'App' : 'Apps'} left out`] : []),
  ].join(', ');
  const none = searching
    ? `Asking Azure for function apps${ellipsis(look)}`
    : apps.length === 0
      ? 'No function app was found that this account can read.'
      : 'No app matches this filter.';
  return {
    head: [line(span('Which function app?', 'strong'), span(`   ${counted}`, 'dim')), fieldLine('Filter', screen.filter, state), []],
    body: [
      ...above(start, look),
      ...appRows(state, shown, cursor - start, marked).map((one, index) => atRow(one, start + index)),
      ...(end < matches.length ? [line(span(`  ${look.ascii ? 'v' : '↓'} ${matches.length - end} more`, 'dim'))] : []),
      ...(matches.length === 0 ? [line(span(`  ${none}`, 'dim'))] : []),
    ],
    // A notice takes the place of the explanation, not of its last line.
    foot: [[], ...(state.notice ? [] : queueLines(state))],
  };
}

/** Returns the sign before an app with queued changes; an empty text where no app has any. */
function queueSign({ apps, queues, look }: WizardState, id: string): string {
  if (!apps.some((app) => queues[app.id])) return '';
  const sign = `${symbolOf(QUEUED, look)} `;
  return queues[id] ? sign : ' '.repeat(widthOf(sign));
}

/** Explains the sign, and says how to see and apply what is queued. */
function queueLines({ apps, queues, look, columns }: WizardState): Line[] {
  const count = apps.filter(({ id }) => queues[id]).length;
  if (count === 0) return [];
  const says = ` ${count} ${count === 1 ? 'app has' : 'apps have'} queued changes. Open the app, then press `;
  return wrapped(
    [line(span(symbolOf(QUEUED, look), QUEUED.tone), span(says, 'dim'), span('g', 'strong'), span(' to preview them.', 'dim'))],
    columns,
    4,
  );
}

const above = (count: number, look: WizardState['look']): Line[] =>
  count > 0 ? [line(span(`  ${look.ascii ? '^' : '↑'} ${count} more`, 'dim'))] : [];

function appRows(state: WizardState, shown: readonly Match[], cursor: number, marked: ReadonlySet<string>): Line[] {
  const nameWidth = Math.min(
    Math.max(state.columns < 60 ? 0 : 12, ...shown.map(({ target }) => widthOf(target.label))),
    Math.floor(state.columns / 2),
  );
  const gap = state.columns < 60 ? '  ' : '   ';
  // A long resource group leaves room for the region.
  const regionWidth = Math.max(0, ...shown.map(({ target }) => widthOf(target.location)));
  const signWidth = widthOf(queueSign(state, ''));
  const room = state.columns - nameWidth - 2 * gap.length - (marked.size > 0 ? 4 : 2) - signWidth - regionWidth;
  const groupWidth = Math.min(Math.max(12, room), Math.max(0, ...shown.map(({ target }) => widthOf(target.resourceGroup))));
  return shown.map(({ target, hits }, index) => {
    const on = index === cursor;
    const name = cut(plainText(target.label), nameWidth, ellipsis(state.look));
    const letters = [...name].map((letter, at) => (hits.includes(at) ? span(letter, 'strong') : span(letter, on ? 'info' : undefined)));
    const group = cut(plainText(target.resourceGroup), groupWidth, ellipsis(state.look));
    const rest = `${gap}${padEnd(group, groupWidth)}${gap}${plainText(target.location)}`;
    return line(
      span(pointer(state, on), 'info'),
      ...(marked.size > 0 ? [span(marked.has(target.id) ? '* ' : '  ', 'info')] : []),
      span(queueSign(state, target.id), QUEUED.tone),
      ...letters,
      span(padEnd('', nameWidth - widthOf(name)) + rest, 'dim'),
    );
  });
}

/** One character per verdict, so that 25 areas fit on the line of an app. */
const CELLS: Readonly<Record<StepState['state'], readonly [symbol: string, ascii: string]>> = {
  pass: ['✓', '+'],
  fail: ['x', 'x'],
  unknown: ['?', '?'],
  'not-applicable': ['·', '-'],
  attested: ['✎', 'a'],
  'attestation-missing': ['!', '!'],
  'attestation-expired': ['e', 'e'],
  accepted: ['~', '~'],
};

/** Returns the cell of one area of an app; an area whose failing controls are all queued is shown as queued. */
function cellOf({ state, controls }: StepState, queued: ReadonlySet<string> | undefined, ascii: boolean): { cell: string; mark: Mark } {
  const willPass = state === 'fail' && controls.every((one) => one.state !== 'fail' || queued?.has(one.id));
  return { cell: willPass ? (ascii ? '>' : '→') : CELLS[state][ascii ? 1 : 0], mark: willPass ? QUEUED : MARKS[state] };
}

export function fleetFrame(state: WizardState, screen: At<'fleet'>): Frame {
  const { fleet, look, columns } = state;
  const areas = fleet.find(({ steps }) => steps)?.steps ?? [];
  const read = fleet.filter(({ steps, why }) => steps ?? why).length;
  const { start, end } = windowOf(fleet.length, screen.cursor, Math.max(1, listRows(state) - 9));
  const shown = fleet.slice(start, end);
  const nameWidth = Math.min(Math.max(8, ...shown.map(({ target }) => widthOf(target.label))), Math.max(8, columns - areas.length - 6));
  const here = fleet[screen.cursor];
  const pointedStep = here?.steps?.[screen.area];
  const pointed = pointedStep && cellOf(pointedStep, here.queued, look.ascii);
  const cells = shown.flatMap(({ steps = [], queued }) => steps.map((step) => cellOf(step, queued, look.ascii)));
  const legend = [...new Map(cells.map(({ cell, mark }) => [`${cell} ${mark.word}`, mark])).keys()].toSorted();
  const hasCounts = columns >= nameWidth + areas.length + 24;
  const countsOf = ({ steps = [] }: SurveyedApp): string =>
    bySeverity(steps)
      .map(([severity, count]) => `${count} ${severity}`)
      .join(', ') || 'no findings';
  const row = (one: SurveyedApp, on: boolean): Line => {
    const name = padEnd(cut(plainText(one.target.label), nameWidth, ellipsis(look)), nameWidth);
    return line(
      span(pointer(state, on), 'info'),
      span(`${name}  `, on ? 'strong' : undefined),
      ...(one.steps
        ? one.steps.map((step, index) => {
            const { cell, mark } = cellOf(step, one.queued, look.ascii);
            return span(cell, on && index === screen.area ? 'strong' : mark.tone);
          })
        : [span(one.why ? plainText(one.why) : `reading${ellipsis(look)}`, one.why ? 'bad' : 'dim')]),
      ...(one.steps && hasCounts ? [span(`   ${countsOf(one)}`, 'dim')] : []),
    );
  };
  const cursorLine = line(span(' '.repeat(nameWidth + 4 + screen.area)), span(look.ascii ? 'v' : '▾', 'info'));
  return {
    head: [
      line(
        span(counted(fleet.length, 'app'), 'strong'),
        span(`   ${read < fleet.length ? `${read} read` : 'all read'}   one column per area`, 'dim'),
      ),
      cursorLine,
    ],
    body: [...above(start, look), ...shown.map((one, index) => atRow(row(one, start + index === screen.cursor), start + index))],
    focus: screen.cursor - start + (start > 0 ? 1 : 0),
    foot: [
      [],
      line(
        span(areas[screen.area]?.step.title ?? '', 'strong'),
        ...(pointed ? [span('   '), span(`${symbolOf(pointed.mark, look)} ${pointed.mark.word}`, pointed.mark.tone)] : []),
      ),
      ...(hasCounts || !here?.steps ? [] : [line(span(`${plainText(here.target.label)}: ${countsOf(here)}`, 'dim'))]),
      // A notice takes the place of the legend.
      ...(state.notice ? [[]] : packedLegend(legend, columns)),
    ],
  };
}

/** Breaks the legend into lines between its entries, never inside one. */
function packedLegend(entries: readonly string[], columns: number): Line[] {
  const rows: string[] = [];
  for (const entry of entries) {
    const longer = `${rows.at(-1)}   ${entry}`;
    if (rows.length > 0 && widthOf(longer) <= columns) rows[rows.length - 1] = longer;
    else rows.push(entry);
  }
  return rows.map((row) => line(span(row, 'dim')));
}

export function searchFrame(state: WizardState, screen: At<'search'>): Frame {
  const hits = searchAll(state, screen);
  const what = screen.from?.at === 'runs' ? 'runs' : 'areas and controls';
  const cursor = Math.min(screen.cursor, Math.max(0, hits.length - 1));
  return {
    head: [line(span(`Search ${what}`, 'strong'), span(`   ${hits.length} found`, 'dim')), fieldLine('Find', screen.filter, state), []],
    body:
      hits.length === 0
        ? [line(span(`  No ${what} match.`, 'dim'))]
        : hits.map(({ mark, label }, index) =>
            atRow(
              line(
                span(pointer(state, index === cursor), 'info'),
                ...(mark ? [span(rowSymbol(mark, state.look), mark.tone)] : []),
                span(plainText(label), index === cursor ? 'strong' : undefined),
              ),
              index,
            ),
          ),
    focus: cursor,
    foot: [[]],
  };
}
