/** What changed: what earlier runs did, and what an earlier audit said. */
import { lineText } from '../../../text/spans.ts';
import { diffLines } from '../../../view/plan.ts';
import type { Comparison, Trend } from '../../compare.ts';
import type { PastChange } from '../../changes.ts';
import { html, section, soft, stateCell, table } from './parts.ts';
import type { State } from '../../../engine/assess.ts';
import { MARKS } from '../../../text/symbols.ts';

/** Rows of each list; the rest is counted. */
export const MOST_ROWS = 200;
const LOOK = { colour: false, ascii: false } as const;

export function changed(changes: readonly PastChange[] | undefined, comparison: Comparison | undefined): string {
  if (!changes && !comparison) return '';
  return section('changed', 'What changed', comparison ? compared(comparison) : '', changes ? recorded(changes) : '');
}

const MODES: Readonly<Record<PastChange['mode'], string>> = { wizard: 'wizard', replay: 'replay', undo: 'undo', resume: 'resumed run' };
const STATES: Readonly<Record<PastChange['state'], string>> = {
  applied: '<b class="good">applied</b>',
  failed: '<b class="bad">failed</b>',
  unknown: '<b class="warn">not known</b>',
  undone: '<b class="info">undone</b>',
};

function recorded(changes: readonly PastChange[]): string {
  const head = '<h3>Changes on record</h3>';
  if (changes.length === 0) return `${head}${soft('The undo log on the machine of this report has no change of these apps.')}`;
  const rest = changes.length - MOST_ROWS;
  return [
    head,
    soft('From the undo log on the machine of this report, newest first. What others changed does not stand in it.'),
    table('changes', changes.slice(0, MOST_ROWS).map(changeRow)),
    rest > 0 ? soft(`${rest} older ${rest === 1 ? 'change is' : 'changes are'} left out: func-harden history has them.`) : '',
  ].join('\n');
}

function changeRow({ at, run, mode, account, app, controls, diff, call, state, undoneBy, undoes }: PastChange): string[] {
  const lines = diff.flatMap((one) => diffLines({ ...one, sensitive: false }, LOOK).map((line) => lineText(line).trim()));
  return [
    `${html(at.slice(0, 16).replace('T', ' '))} UTC<p class="soft">${html(MODES[mode])}${account ? ` by ${html(account)}` : ''}<br><span class="mono">${html(run)}</span></p>`,
    html(app),
    `<ul>${controls.map((control) => `<li>${html(control)}</li>`).join('')}</ul>`,
    `<ul class="mono">${(call === undefined ? lines : [call]).map((line) => `<li>${html(line)}</li>`).join('')}</ul>`,
    `${STATES[state]}${undoneBy ? `<p class="soft">by <span class="mono">${html(undoneBy)}</span></p>` : ''}${undoes ? `<p class="soft">takes back <span class="mono">${html(undoes)}</span></p>` : ''}`,
  ];
}

const TITLES: Readonly<Record<Trend, string>> = {
  worse: 'Worse',
  new: 'New and open',
  better: 'Better',
  gone: 'Gone',
  changed: 'Changed otherwise',
};

function compared({ generatedAt, shifts }: Comparison): string {
  const counts = (Object.keys(TITLES) as Trend[]).map((trend) => ({ trend, own: shifts.filter((shift) => shift.trend === trend) }));
  const head = `<h3>Since the audit of ${html(generatedAt.slice(0, 16).replace('T', ' '))}</h3>`;
  if (shifts.length === 0) return `${head}${soft('Every control has the state it had.')}`;
  return [
    head,
    soft(
      counts
        .filter(({ own }) => own.length > 0)
        .map(({ trend, own }) => `${own.length} ${TITLES[trend].toLowerCase()}`)
        .join(', '),
    ),
    ...counts
      .filter(({ own }) => own.length > 0)
      .map(
        ({ trend, own }) =>
          `<h4>${TITLES[trend]}</h4>${table(
            'shifts',
            own.slice(0, MOST_ROWS).map(({ app, control, before, after }) => [html(app), html(control), stateOf(before), stateOf(after)]),
          )}${own.length > MOST_ROWS ? soft(`${own.length - MOST_ROWS} more are left out: the report as JSON has them.`) : ''}`,
      ),
  ].join('\n');
}

/** An earlier report may hold any word. */
const stateOf = (state: string | null): string =>
  state === null ? '<span class="soft">not there</span>' : Object.hasOwn(MARKS, state) ? stateCell(state as State) : html(state);
