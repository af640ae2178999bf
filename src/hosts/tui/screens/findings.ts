/** Screen of all findings of the chosen apps. Only the lines in view are drawn, so that long lists stay fast. */
import type { Finding } from '../../../engine/findings/finding.ts';
import type { Sort } from '../../../engine/findings/finding-terms.ts';
import { tagWords } from '../../../engine/findings/order.ts';
import { tagOf } from '../../../engine/fleet/selectors.ts';
import { plainText } from '../../../text/plain.ts';
import { line, span, type Line, type Tone } from '../../../text/spans.ts';
import { ellipsis } from '../../../text/symbols.ts';
import { cut, cutLine, padEnd, widthOf, wrapLine } from '../../../text/width.ts';
import { appsText, controlText, FIX_WORDS, severitySpan, valueOf } from '../../../view/finding-lines.ts';
import { windowOf, windowOfRows } from '../state/derived-state.ts';
import { visibleFindings } from '../state/findings.ts';
import { wrapped, wrappedAtMost, listRows, type Frame } from '../frame.ts';
import { type FindingsScreen, type FoundFindings, type WizardState } from '../state/state.ts';
import { editedText } from '../fields/text-edit.ts';
import { atRow, fieldLine, pointer } from './parts.ts';

const RISK_TONES: Readonly<Record<Finding['risk'], Tone | undefined>> = {
  safe: 'good',
  disruptive: 'warn',
  'lock-out': 'bad',
  'one-way': 'bad',
  'by-hand': 'dim',
};

const SORT_WORDS = {
  severity: 'severity',
  risk: 'risk',
  area: 'area',
  app: 'app',
  apps: 'number of apps',
  subscription: 'subscription',
  owner: 'owner tag',
  tag: 'tags',
} as const;

export function findingsFrame(state: WizardState, screen: FindingsScreen): Frame {
  const list = visibleFindings(state.findings, screen);
  const cursor = Math.min(screen.cursor, Math.max(0, list.length - 1));
  const here = list[cursor];
  const foot = [[], ...(here ? aboutLines(state, here, screen.sort) : []), []];
  const head = [...headLines(state, screen, list), ...filterLines(state, screen)];
  const room = Math.max(1, listRows(state) - head.length - foot.length - 4);
  const widths = widthsFor(state.columns, state.findings?.targets.length ?? 0, list);
  const rowsOf = (index: number) => row(state, list[index] as Finding, index === cursor, widths);
  const { start, end } = widths.isNarrow
    ? windowOfRows(list.length, cursor, room, (index) => rowsOf(index).length)
    : windowOf(list.length, cursor, room);
  const more = (count: number, sign: string) => (count > 0 ? [line(span(`  ${sign} ${count} more`, 'dim'))] : []);
  return {
    head: [...head, ...(state.columns >= 60 ? [titles(widths)] : [])],
    body: [
      ...more(start, state.look.ascii ? '^' : '↑'),
      ...Array.from({ length: end - start }, (_, index) => rowsOf(start + index).map((part) => atRow(part, start + index))).flat(),
      ...more(list.length - end, state.look.ascii ? 'v' : '↓'),
      ...(list.length === 0 ? [line(span(`  ${emptyText(state)}`, 'dim'))] : []),
    ],
    foot,
  };
}

/** The filter has a cursor only while it takes keys. */
function filterLines(state: WizardState, { isTyping, filter }: FindingsScreen): Line[] {
  if (isTyping) return [fieldLine('Filter', filter, state)];
  const text = editedText(filter);
  return text === '' ? [] : [cutLine(line(span('Filter ', 'dim'), span(text, 'info')), state.columns, ellipsis(state.look))];
}

function headLines(state: WizardState, { sort, severities, risks }: FindingsScreen, list: readonly Finding[]): Line[] {
  const { findings, look, columns } = state;
  const [read, all] = [findings?.read ?? 0, findings?.targets.length ?? 0];
  const { failed = 0, unknown = 0 } = findings ?? {};
  const isFinding = state.findingsFilter !== undefined;
  const isRead = read + failed >= all && findings !== undefined && !isFinding;
  const total = findings?.list.length ?? 0;
  const counted = list.length === total ? `${total}` : `${list.length} of ${total}`;
  const shown = [
    `sorted by ${SORT_WORDS[sort]}`,
    ...(severities.length > 0 ? [`only ${severities.join(' and ')}`] : []),
    ...(risks.length > 0 ? [`only ${risks.map((one) => FIX_WORDS[one]).join(' and ')}`] : []),
  ].join(', ');
  const apps = `${all} ${all === 1 ? 'app' : 'apps'}`;
  return wrapped(
    [
      line(
        // Before the first app is read, the number of findings is unknown.
        span(total === 0 && read + failed === 0 ? 'Findings' : `${counted} ${total === 1 ? 'finding' : 'findings'}`, 'strong'),
        span(
          isRead ? ` in ${apps}` : `   ${read} of ${apps} read${isFinding ? ', more are being found' : ''}${ellipsis(look)}`,
          isRead ? 'dim' : 'info',
        ),
        ...(failed > 0 ? [span(`   ${failed} could not be read`, 'bad')] : []),
        ...(unknown > 0 ? [span(`   ${unknown} ${unknown === 1 ? 'control' : 'controls'} unknown`, 'warn')] : []),
        span(`   ${shown}`, 'dim'),
      ),
    ],
    columns,
    0,
  );
}

function emptyText({ findings }: WizardState): string {
  if (!findings || findings.read + findings.failed === 0) return 'Reading…';
  return findings.list.length === 0 ? 'No findings so far.' : 'No finding matches this filter.';
}

interface Widths {
  readonly severity: number;
  readonly risk: number;
  readonly control: number;
  /** Width of the app's name; 0 if there is only one app. */
  readonly app: number;
  readonly value: number;
  /** Whether a finding has several lines, on which its label is whole. */
  readonly isNarrow: boolean;
}

/** Returns column widths by window width. A narrow window gives the line to the control and adds lines for the rest. */
function widthsFor(columns: number, apps: number, list: readonly Finding[]): Widths {
  if (columns < 60) return { severity: 6, risk: 0, control: 0, app: 0, value: 0, isNarrow: true };
  const room = columns - 2 - 8 - 2 - 10 - 2 - (apps > 1 ? 4 : 2);
  const app = apps > 1 ? Math.min(widestApp(list), Math.floor(room * (columns < 100 ? 0.26 : 0.22))) : 0;
  // The labels distinguish findings, so values get the remaining space. The whole value is below the list.
  const control = Math.min(widestLabel(list, columns), room - app - Math.min(LEAST_VALUE, Math.floor((room - app) * 0.33)));
  return { severity: 8, risk: 10, control, app, value: room - control - app, isNarrow: false };
}

/** Width of the shortest column of values. */
const LEAST_VALUE = 11;

const labelOf = (one: Finding, columns: number): string => (columns < 100 ? one.control.label : controlText(one));

/** Number of findings that the width is measured on; the worst come first, and there are few different controls. */
const MOST_MEASURED = 1000;
const measured = new WeakMap<readonly Finding[], Map<boolean, number>>();
function widestLabel(list: readonly Finding[], columns: number): number {
  const known = measured.get(list) ?? new Map<boolean, number>();
  measured.set(list, known);
  const isShort = columns < 100;
  const widest = known.get(isShort) ?? Math.max(...list.slice(0, MOST_MEASURED).map((one) => widthOf(labelOf(one, columns))), 7);
  known.set(isShort, widest);
  return widest;
}

const measuredApps = new WeakMap<readonly Finding[], number>();
/** Short names leave their room to labels and values. */
function widestApp(list: readonly Finding[]): number {
  const widest = measuredApps.get(list) ?? Math.max(...list.slice(0, MOST_MEASURED).map((one) => widthOf(appsText(one))), 3);
  measuredApps.set(list, widest);
  return widest;
}

const GAP = '  ';

function titles({ severity, risk, control, app, value }: Widths): Line {
  const cells = [
    padEnd('SEVERITY', severity),
    ...(risk > 0 ? [padEnd('RISK', risk)] : []),
    padEnd('CONTROL', control),
    ...(app > 0 ? [padEnd('APP', app)] : []),
    ...(value > 0 ? [value < 13 ? 'VALUE' : 'CURRENT VALUE'] : []),
  ];
  return line(span(`  ${cells.join(GAP)}`, 'dim'));
}

function row(state: WizardState, one: Finding, on: boolean, widths: Widths): Line[] {
  if (widths.isNarrow) return narrowRow(state, one, on);
  const { severity, risk, control, app, value } = widths;
  const mark = ellipsis(state.look);
  const cell = (text: string, width: number) => padEnd(cut(plainText(text), width, mark), width);
  const { text, tone } = severitySpan(one.severity);
  const bright = on ? 'strong' : undefined;
  const first = line(
    span(pointer(state, on), 'info'),
    span(padEnd(text, severity), tone),
    ...(risk > 0 ? [span(`${GAP}${padEnd(FIX_WORDS[one.risk], risk)}`, RISK_TONES[one.risk])] : []),
    span(`${GAP}${cell(labelOf(one, state.columns), control)}`, bright),
    ...(app > 0 ? [span(`${GAP}${cell(appsText(one), app)}`, bright)] : []),
    ...(value > 0 ? [span(`${GAP}${cut(valueOf(one), value, mark)}`, bright)] : []),
  );
  return [cutLine(first, state.columns, mark)];
}

/** Number of lines for the value of a finding that is not under the cursor. */
const MOST_VALUE_ROWS = 2;
const MOST_POINTED_ROWS = 4;

/** Draws a finding below 60 columns: the whole label, then app, risk and value. */
function narrowRow(state: WizardState, one: Finding, on: boolean): Line[] {
  const { columns, look } = state;
  const { text, tone } = severitySpan(one.severity);
  const bright = on ? 'strong' : undefined;
  const indent = 10;
  const label = line(span(pointer(state, on), 'info'), span(padEnd(text, indent - 2), tone), span(plainText(one.control.label), bright));
  const isOneApp = (state.findings?.targets.length ?? 0) <= 1;
  const value = line(
    span(' '.repeat(indent)),
    ...(isOneApp ? [] : [span(`${plainText(appsText(one))}${GAP}`, 'dim')]),
    span(`${FIX_WORDS[one.risk]}${GAP}`, RISK_TONES[one.risk]),
    span(valueOf(one), bright),
  );
  return [...wrapLine(label, columns, indent), ...wrappedAtMost([value], columns, on ? MOST_POINTED_ROWS : MOST_VALUE_ROWS, look)];
}

/** Shows the finding under the cursor in full: current and desired value, and why it matters. */
function aboutLines(state: WizardState, one: Finding, sort: Sort): Line[] {
  const { columns, rows } = state;
  const names = one.apps.slice(0, 6).map(({ label }) => label);
  const others = one.apps.length > names.length ? ` and ${one.apps.length - names.length} more` : '';
  const lines = [
    ...(one.apps.length > 1 ? [line(span('Apps: ', 'dim'), plainText(names.join(', ')), others)] : []),
    ...sortedWord(one, sort, state.findings),
    line(
      // A narrow window shows the current value in the row of the finding.
      ...(columns < 60 ? [] : [span('Current value: ', 'dim'), span(valueOf(one), 'strong'), span('   ')]),
      span('Desired value: ', 'dim'),
      span(plainText(one.wanted), 'strong'),
    ),
    ...(rows >= 24 ? [line(span(one.control.because, 'dim'))] : []),
  ];
  return wrappedAtMost(lines, columns, rows >= 24 ? 5 : columns < 60 ? 3 : 2, state.look);
}

/** Shows the value by which a finding is sorted, if its line does not contain it. */
function sortedWord({ apps: [app] }: Finding, sort: Sort, { ownerTag = 'owner', subscriptionNames }: Partial<FoundFindings> = {}): Line[] {
  if (app === undefined) return [];
  if (sort === 'subscription')
    return [line(span('Subscription: ', 'dim'), plainText(subscriptionNames?.get(app.subscriptionId.toLowerCase()) ?? app.subscriptionId))];
  if (sort === 'owner') return [line(span('Owner: ', 'dim'), plainText(tagOf(app.tags, ownerTag) ?? `no tag ${ownerTag}`))];
  return sort === 'tag' ? [line(span('Tags: ', 'dim'), plainText(tagWords(app.tags) || 'none'))] : [];
}
