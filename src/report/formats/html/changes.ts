/** Section of changes: changes of earlier runs, and the comparison with an earlier audit. */
import { lineText } from '../../../text/spans.ts';
import { diffLines } from '../../../view/change-lines.ts';
import type { AuditComparison, Shift, Trend } from '../../audit-comparison.ts';
import { MOST_NAMES, type Collected } from './collect.ts';
import type { PastChange } from '../../past-changes.ts';
import { html, listed, section, soft, stateCell, table } from './parts.ts';
import type { State } from '../../../engine/judge/assess.ts';
import { MARKS } from '../../../text/symbols.ts';

/** Number of rows per list; the others are counted. */
const MOST_ROWS = 200;
const LOOK = { colour: false, ascii: false } as const;

type Labels = ReadonlyMap<string, string>;

export function changesSection(
  changes: readonly PastChange[] | undefined,
  comparison: AuditComparison | undefined,
  { labels }: Pick<Collected, 'labels'>,
): string {
  if (!changes && !comparison) return '';
  return section('changed', 'What changed', comparison ? compared(comparison, labels) : '', changes ? recorded(changes, labels) : '');
}

/** Returns the label of a control, or its id if this version does not have it. */
const named = (labels: Labels, control: string): string => html(labels.get(control) ?? control);

const MODES: Readonly<Record<PastChange['mode'], string>> = {
  wizard: 'wizard',
  replay: 'replay',
  undo: 'undo',
  resume: 'resumed run',
  try: 'write test (doctor --try)',
};
const STATES: Readonly<Record<PastChange['state'], string>> = {
  applied: '<b class="good">applied</b>',
  failed: '<b class="bad">failed</b>',
  unknown: '<b class="warn">unknown</b>',
  undone: '<b class="info">undone</b>',
};

function recorded(changes: readonly PastChange[], labels: Labels): string {
  const head = '<h3>Recorded changes</h3>';
  if (changes.length === 0) return `${head}${soft('The undo log of this machine has no changes of these apps.')}`;
  const rest = changes.length - MOST_ROWS;
  return [
    head,
    soft('From the undo log of this machine, newest first. Changes by other tools are not included.'),
    table(
      'changes',
      changes.slice(0, MOST_ROWS).map((change) => changeRow(change, labels)),
    ),
    rest > 0 ? soft(`${rest} older ${rest === 1 ? 'change is' : 'changes are'} not shown. Run func-harden history to list them.`) : '',
  ].join('\n');
}

function changeRow(
  { at, run, mode, account, app, controls, diff, call, state, undoneBy, partlyUndoneBy, undoes }: PastChange,
  labels: Labels,
): string[] {
  const by = undoneBy ?? partlyUndoneBy;
  const lines = diff.flatMap((one) => diffLines(one, LOOK).map((line) => lineText(line).trim()));
  return [
    `${html(at.slice(0, 16).replace('T', ' '))} UTC<p class="soft">${html(MODES[mode])}${account ? ` by ${html(account)}` : ''}<br><span class="mono">${html(run)}</span></p>`,
    html(app),
    `<ul>${controls.map((control) => `<li>${named(labels, control)}</li>`).join('')}</ul>`,
    `<ul class="mono">${(call === undefined ? lines : [call]).map((line) => `<li>${html(line)}</li>`).join('')}</ul>`,
    `${partlyUndoneBy ? '<b class="warn">partly undone</b>' : STATES[state]}${by ? `<p class="soft">by <span class="mono">${html(by)}</span></p>` : ''}${undoes ? `<p class="soft">reverts <span class="mono">${html(undoes)}</span></p>` : ''}`,
  ];
}

const TITLES: Readonly<Record<Trend, string>> = {
  worse: 'Worse',
  new: 'New findings',
  better: 'Better',
  gone: 'Gone',
  changed: 'Other changes',
};

function compared({ generatedAt, shifts }: AuditComparison, labels: Labels): string {
  const head = `<h3>Since the audit of ${html(generatedAt.slice(0, 16).replace('T', ' '))}</h3>`;
  if (shifts.length === 0) return `${head}${soft('No control changed its state.')}`;
  const trends = (Object.keys(TITLES) as Trend[])
    .map((trend) => ({ trend, own: shifts.filter((shift) => shift.trend === trend) }))
    .filter(({ own }) => own.length > 0);
  const parts = trends.map(({ trend, own }) => {
    const rows = alike(own);
    const rest = rows.length - MOST_ROWS;
    const more = rest > 0 ? soft(`${rest} more are not shown. The JSON report contains them.`) : '';
    return `<h4>${TITLES[trend]}</h4>${table(
      'shifts',
      rows.slice(0, MOST_ROWS).map((row) => shiftRow(row, labels)),
    )}${more}`;
  });
  return [head, soft(trends.map(({ trend, own }) => `${own.length} ${TITLES[trend].toLowerCase()}`).join(', ')), ...parts].join('\n');
}

/** Groups shifts that differ only by app. */
function alike(shifts: readonly Shift[]): (readonly Shift[])[] {
  const groups = new Map<string, Shift[]>();
  for (const shift of shifts) {
    const key = JSON.stringify([shift.control, shift.before, shift.after]);
    groups.set(key, [...(groups.get(key) ?? []), shift]);
  }
  return [...groups.values()];
}

function shiftRow(shifts: readonly Shift[], labels: Labels): string[] {
  const { control = '', before = null, after = null } = shifts[0] ?? {};
  const apps = shifts.slice(0, MOST_NAMES).map(({ app }) => app);
  return [named(labels, control), listed(apps, shifts.length), stateOf(before), stateOf(after)];
}

/** Formats a state; an earlier report may contain an unknown word. */
const stateOf = (state: string | null): string =>
  state === null ? '<span class="soft">missing</span>' : Object.hasOwn(MARKS, state) ? stateCell(state as State) : html(state);
