/** Screens of the undo log: the runs, one run with its three-way view, and an interrupted run. */
import type { RecordedRun } from '../../../change/undo-log.ts';
import { plainText } from '../../../text/plain.ts';
import { line, lineText, span, type Line } from '../../../text/spans.ts';
import { TICKED, ellipsis } from '../../../text/symbols.ts';
import { changeWord, outcomeSpan } from '../../../view/outcome-lines.ts';
import { namedApps } from '../../../view/plan-lines.ts';
import { runLine, savedPlanText } from '../../../view/run-line.ts';
import { widthOf } from '../../../text/width.ts';
import { titlesOf } from '../state/search-results.ts';
import { resourceOfApp } from '../../../view/change-lines.ts';
import { threeWayLines } from '../../../view/undo-lines.ts';
import { wrapped, type Frame } from '../frame.ts';
import type { Screen, WizardState } from '../state/state.ts';
import { atRow, messageLines, pointer } from './parts.ts';
import { counted } from '../../../text/counted.ts';

type At<A extends Screen['at']> = Extract<Screen, { at: A }>;

/** The number of apps that are all named. */
const MOST_APPS = 10;
const appsOf = ({ start: { targets } }: RecordedRun): string => {
  const names = targets.map(({ label }) => label);
  return names.length > MOST_APPS ? `${counted(names.length, 'app')}: ${namedApps(names)}` : plainText(names.join(', '));
};

export function runsFrame(state: WizardState, screen: At<'runs'>, now: number): Frame {
  const { runs, unread = [], cursor } = screen;
  const head = [
    line(span('Undo log', 'strong'), span(state.columns < 60 ? '   newest first' : '   runs of func-harden, newest first', 'dim')),
    [],
  ];
  if (!runs) return { head, body: [line(span(`Reading the undo log${ellipsis(state.look)}`, 'dim'))], foot: [[]] };
  const foot = [
    [],
    ...unread.flatMap((why) => messageLines(`Not shown: ${why}`, 'bad', state.columns)),
    ...(unread.length > 0 ? [[]] : []),
  ];
  if (runs.length === 0 && unread.length > 0) return { head, body: [], foot };
  if (runs.length === 0)
    return { head, body: messageLines('The undo log is empty: no run has changed anything yet.', undefined, state.columns), foot };
  const titles = titlesOf(state);
  const rows = runs.map((run) => ({ run, says: runLine(run, titles, now, state.look.ascii), ended: outcomeSpan(run) }));
  const widest = Math.max(...rows.map(({ says, ended }) => widthOf(says) + widthOf(ended.text)));
  // If a line is too short, each run gets two, so that its name is not cut.
  const isOneLine = widest + 24 + 2 + 6 <= state.columns;
  const body: Line[] = [];
  let focus = 0;
  for (const [index, { run, says, ended }] of rows.entries()) {
    const on = index === cursor;
    if (on) focus = body.length;
    const name = [span(pointer(state, on), 'info'), span(run.run, on ? 'strong' : undefined)];
    const what = span(says, on ? 'strong' : undefined);
    const lines = isOneLine
      ? [line(...name, '   ', what, '   ', ended)]
      : [line(...name, '   ', ended), ...wrapped([line('    ', what)], state.columns, 0)];
    body.push(...lines.map((one) => atRow(one, index)));
  }
  return { head, body, focus, foot };
}

export function runFrame(state: WizardState, screen: At<'run'>): Frame {
  const { run, cursor, ticked, rows } = screen;
  const { look, columns } = state;
  const body: Line[] = [];
  let focus = 0;
  for (const [index, change] of run.changes.entries()) {
    const { intent, state: verdict } = change;
    const on = index === cursor;
    if (on) focus = body.length;
    const box = ticked.includes(intent.change) ? TICKED : '[ ] ';
    const own = rows?.filter(({ change }) => change === intent.change) ?? [];
    const foreign = own.some((one) => one.state === 'foreign');
    const name = [
      span(pointer(state, on), 'info'),
      span(box),
      span(`${intent.change}  `, 'dim'),
      span(plainText(`${intent.app}  ${resourceOfApp(intent.target, intent.resource)}`), on ? 'strong' : undefined),
    ];
    const verdicts = [
      span(`   ${changeWord(change, run)}`, verdict === 'applied' ? 'good' : verdict === 'unknown' ? 'warn' : 'dim'),
      ...(foreign ? [span('   changed since', 'warn')] : []),
      ...(intent.undo === 'none' ? [span('   cannot be reverted', 'dim')] : []),
    ];
    const whole = line(...name, ...verdicts);
    // The state of a change is never cut: if it does not fit on the line of the name, it gets a separate line.
    const lines = widthOf(lineText(whole)) <= columns ? [whole] : [line(...name), line('      ', ...verdicts)];
    body.push(...lines.map((one) => atRow(one, index)));
    if (!on) continue;
    if (intent.call !== undefined) body.push(line(`          ${plainText(intent.call)}`));
    else if (!rows) body.push(line(span(`          comparing with current values${ellipsis(look)}`, 'dim')));
    for (const one of own) body.push(...wrapped(threeWayLines(one, columns < 60 ? '    ' : '          '), columns, 8));
  }
  const changes = run.changes.length === 0 ? [line(span('This run made no change.', 'dim'))] : body;
  return {
    head: [
      line(span(`${run.start.mode === 'undo' ? 'Undo, run' : 'Run'} ${run.run}`, 'strong'), span('   '), outcomeSpan(run)),
      line(
        span(
          `${run.start.at.slice(0, 16).replace('T', ' ')} UTC   ${plainText(run.start.account ?? run.start.user)}   ${appsOf(run)}`,
          'dim',
        ),
      ),
      ...(run.start.plan ? wrapped([line(span(savedPlanText(run.start.plan), 'dim'))], columns, 0) : []),
      [],
    ],
    body: changes,
    focus,
    foot: [[]],
  };
}

export function cutOffFrame(state: WizardState, { run }: At<'cut-off'>): Frame {
  const unknown = run.changes.filter((one) => one.state === 'unknown').length;
  const done = run.changes.filter((one) => one.state === 'applied').length;
  const says = [
    line(span('A run was interrupted', 'strong')),
    [],
    line(span('Run   ', 'dim'), run.run),
    line(span('Start ', 'dim'), `${run.start.at.slice(0, 16).replace('T', ' ')} UTC, by ${plainText(run.start.account ?? run.start.user)}`),
    line(span('Apps  ', 'dim'), appsOf(run)),
    ...(run.start.undoes === undefined ? [] : [line(span('Type  ', 'dim'), `undo of run ${run.start.undoes}`)]),
    line(span('State ', 'dim'), `${counted(done, 'request')} applied${unknown > 0 ? `, ${unknown} without a response from Azure` : ''}`),
    [],
    line('func-harden checks what the run completed and shows the remaining changes before it sends anything.'),
  ];
  return { head: [], body: wrapped(says, state.columns, 0), foot: [[]] };
}
