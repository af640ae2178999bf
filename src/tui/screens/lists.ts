/** The lists: apps, areas, runs. */
import { isUndone } from '../../engine/journal.ts';
import { PLAN_NAME } from '../../engine/hosting.ts';
import { MARKS, ellipsis, symbolOf } from '../../text/symbols.ts';
import { line, lineText, span, type Line } from '../../text/spans.ts';
import { cut, cutLine, padEnd, widthOf } from '../../text/width.ts';
import { controlLines, count, countLine } from '../../view/assessment.ts';
import { textOf } from '../edit.ts';
import { wrapped, type Frame } from '../frame.ts';
import { matchingApps, windowOf, type Match } from '../selectors.ts';
import { liveRows, type Screen, type State } from '../state.ts';
import { plainText } from '../../text/plain.ts';
import { fieldLine } from './parts.ts';

export const pointer = (state: State, on: boolean): string => (on ? (state.look.ascii ? '> ' : '❯ ') : '  ');

export function appsFrame(state: State, screen: Extract<Screen, { at: 'apps' }>): Frame {
  const { look, columns, apps, searching } = state;
  const matches = matchingApps(state, textOf(screen.filter));
  const cursor = Math.min(screen.cursor, Math.max(0, matches.length - 1));
  const room = Math.max(1, liveRows(state) - 10);
  const { start, end } = windowOf(matches.length, cursor, room);
  const nameWidth = Math.min(
    Math.max(12, ...matches.slice(start, end).map(({ target }) => widthOf(target.label))),
    Math.floor(columns / 2),
  );
  const groupWidth = Math.max(0, ...matches.slice(start, end).map(({ target }) => widthOf(target.resourceGroup)));
  const rows = matches.slice(start, end).map((match, index) => appRow(state, match, start + index === cursor, nameWidth, groupWidth));
  const total = searching ? `${apps.length} found so far${ellipsis(look)}` : `${apps.length} ${apps.length === 1 ? 'app' : 'apps'}`;
  const shown = matches.length === apps.length ? '' : `, ${matches.length} match`;
  return {
    head: [line(span('Which function app?', 'strong'), span(`   ${total}${shown}`, 'dim')), fieldLine('Filter', screen.filter, state), []],
    body: [
      ...(start > 0 ? [line(span(`  ${look.ascii ? '^' : '↑'} ${start} more`, 'dim'))] : []),
      ...rows,
      ...(end < matches.length ? [line(span(`  ${look.ascii ? 'v' : '↓'} ${matches.length - end} more`, 'dim'))] : []),
      ...(matches.length === 0
        ? [
            line(
              span(
                searching
                  ? '  Asking Azure for function apps…'
                  : apps.length === 0
                    ? '  No function app is in reach of this account.'
                    : '  No app matches this filter.',
                'dim',
              ),
            ),
          ]
        : []),
    ],
    foot: [[]],
  };
}

function appRow(state: State, { target, hits }: Match, on: boolean, nameWidth: number, groupWidth: number): Line {
  const name = cut(plainText(target.label), nameWidth, ellipsis(state.look));
  const letters = [...name].map((letter, index) => (hits.includes(index) ? span(letter, 'strong') : span(letter, on ? 'info' : undefined)));
  return line(
    span(pointer(state, on), 'info'),
    ...letters,
    span(
      padEnd('', nameWidth - widthOf(name)) + `   ${padEnd(plainText(target.resourceGroup), groupWidth)}   ${plainText(target.location)}`,
      'dim',
    ),
  );
}

const GROUPS = { operation: 'Secure operation', deployment: 'Secure deployment', network: 'Network security' } as const;

export function areasFrame(state: State, screen: Extract<Screen, { at: 'areas' }>): Frame {
  const { open, look, columns } = state;
  if (!open) return { head: [], body: [], foot: [] };
  const wide = columns >= 100;
  const listWidth = wide ? Math.min(58, Math.floor(columns * 0.42)) : columns;
  const list: Line[] = [];
  let focus = 0;
  let group = '';
  for (const [index, { step, state: stepState, controls }] of open.steps.entries()) {
    if (step.group !== group) {
      if (group) list.push([]);
      group = step.group;
      list.push(line(span(GROUPS[step.group], 'dim')));
    }
    const on = index === screen.cursor;
    if (on) focus = list.length;
    const mark = MARKS[stepState];
    const fails = controls.filter((control) => control.state === 'fail').length;
    const skipped = open.decisions[step.id]?.decision?.decision === 'skip';
    const word =
      stepState === 'fail' && skipped
        ? 'skipped'
        : stepState === 'fail'
          ? `${fails} of ${controls.length} ${fails === 1 ? 'fails' : 'fail'}`
          : mark.word;
    const title = padEnd(cut(step.title, listWidth - 24, ellipsis(look)), Math.min(32, Math.max(0, listWidth - 24)));
    list.push(
      line(
        span(pointer(state, on), 'info'),
        span(`${symbolOf(mark, look)} `, mark.tone),
        span(`${title}  `, on ? 'strong' : undefined),
        span(word, mark.tone),
      ),
    );
  }
  const counts = countLine(count(open.steps), look);
  const ready = open.steps.every(({ state: one }) => one !== 'fail' && one !== 'unknown');
  const left: Frame = {
    head: [...appHead(state), []],
    body: list,
    focus,
    foot: [
      [],
      cutLine(counts, columns, ellipsis(look)),
      line(span(ready ? 'Nothing is left to do here.' : `Answers are kept in ${state.answersFile}`, 'dim')),
    ],
  };
  return wide ? { ...left, body: beside(list, detail(state, screen.cursor, columns - listWidth - 3), listWidth, state) } : left;
}

/** What the pointed-at area is about, for the right half of a wide window. */
function detail(state: State, cursor: number, width: number): Line[] {
  const step = state.open?.steps[cursor];
  if (!step) return [];
  return [
    ...wrapped([line(span(step.step.title, 'strong')), line(step.step.why)], width, 0),
    [],
    ...controlLines(step, width, state.look).map((one) => cutLine(one, width, ellipsis(state.look))),
  ];
}

function beside(left: readonly Line[], right: readonly Line[], width: number, state: State): Line[] {
  const bar = span(state.look.ascii ? ' | ' : ' │ ', 'dim');
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const own = cutLine(left[index] ?? [], width, ellipsis(state.look));
    return line(...own, span(' '.repeat(Math.max(0, width - widthOf(lineText(own))))), bar, ...(right[index] ?? []));
  });
}

/** Which app this is, and how it is hosted. */
export function appHead({ open, columns, look, dryRun }: State): Line[] {
  if (!open) return [];
  const { target, app, readAt } = open;
  const hosting = app ? `${PLAN_NAME[app.plan]}, ${app.os}` : 'could not be read';
  const read = `read ${readAt.toTimeString().slice(0, 8)}`;
  const rest = columns >= 70 ? `   ${target.resourceGroup}   ${hosting}   ${read}` : `   ${hosting}`;
  return [
    cutLine(
      line(span(plainText(target.label), 'strong'), span(plainText(rest), 'dim'), ...(dryRun ? [span('   dry run', 'warn')] : [])),
      columns,
      ellipsis(look),
    ),
  ];
}

export function runsFrame(state: State, screen: Extract<Screen, { at: 'runs' }>): Frame {
  const { runs, cursor } = screen;
  const head = [line(span('Undo log', 'strong'), span('   what was changed from here, newest first', 'dim')), []];
  if (!runs) return { head, body: [line(span('Reading the undo log…', 'dim'))], foot: [[]] };
  if (runs.length === 0) return { head, body: [line('Nothing was changed from here yet.')], foot: [[]] };
  const body = runs.map((run, index) => {
    const apps = run.start.targets.map(({ label }) => label).join(', ');
    return line(
      span(pointer(state, index === cursor), 'info'),
      span(run.run, index === cursor ? 'strong' : undefined),
      span(
        `   ${isUndone(run) ? 'undone' : run.state}   ${run.changes.length} ${run.changes.length === 1 ? 'change' : 'changes'}   `,
        'dim',
      ),
      plainText(apps),
    );
  });
  return { head, body, focus: cursor, foot: [[]] };
}
