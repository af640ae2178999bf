/** Screen of one change over many apps: groups of the same edit, blocked apps, and the totals to send. */
import { hasChanges, isPlanned, summaryOf, type BatchGroup } from '../../../engine/findings/batch.ts';
import { wavesText } from '../../../engine/run/waves.ts';
import { plainText } from '../../../text/plain.ts';
import { line, span, type Line, type Tone } from '../../../text/spans.ts';
import { ellipsis } from '../../../text/symbols.ts';
import { cut, cutLine, padEnd, widthOf } from '../../../text/width.ts';
import { planLines } from '../../../view/change-lines.ts';
import { FIX_WORDS } from '../../../view/finding-lines.ts';
import { appOrCount, appsCount, controlLabel, editText, nameToType, waveChoices, workTitle } from '../../../view/batch-text.ts';
import { chosenTargets, rowsOf, totalOf, type BatchRow } from '../state/batch.ts';
import { windowOf } from '../state/derived-state.ts';
import { wrapped, listRows, type Frame } from '../frame.ts';
import { type BatchScreen, type WizardState } from '../state/state.ts';
import { flowFrame } from './flow.ts';
import { atRow, messageLines, pointer } from './parts.ts';

export function batchFrame(state: WizardState, screen: BatchScreen, now: number): Frame {
  // The name of the app is at its end, and must not be cut off where the change is confirmed.
  const title = wrapped([line(span(workTitle(screen.work), 'strong'), span(`   ${appOrCount(screen.targets)}`, 'dim'))], state.columns, 0);
  if (screen.flow) return flowFrame(state, screen.flow, title, now);
  if (screen.choosing) return wavesFrame(state, screen, title, screen.choosing.cursor);
  return screen.details ? detailsFrame(state, screen, title) : groupsFrame(state, screen, title);
}

function groupsFrame(state: WizardState, screen: BatchScreen, title: readonly Line[]): Frame {
  const rows = rowsOf(screen);
  const cursor = Math.min(screen.cursor, Math.max(0, rows.length - 1));
  const head = [...title, ...wrapped([countLine(state, screen)], state.columns, 0), []];
  const foot = [
    [],
    ...aboutRow(state, screen, rows[cursor]),
    ...wrapped(question(state, screen), state.columns, 0),
    ...messageLines(state.notice, 'info', state.columns),
  ];
  const room = Math.max(1, listRows(state) - head.length - foot.length - 3);
  const { start, end } = windowOf(rows.length, cursor, room);
  const more = (count: number, sign: string) => (count > 0 ? [line(span(`  ${sign} ${count} more`, 'dim'))] : []);
  return {
    head,
    body: [
      ...more(start, state.look.ascii ? '^' : '↑'),
      ...rows.slice(start, end).map((row, index) => atRow(rowLine(state, screen, row, start + index === cursor), start + index)),
      ...more(rows.length - end, state.look.ascii ? 'v' : '↓'),
      ...(rows.length === 0 ? [line(span(screen.isRead ? `  ${nothingPlanned(screen)}` : '', 'good'))] : []),
    ],
    foot,
  };
}

const nothingPlanned = ({ work }: BatchScreen): string =>
  work.kind === 'controls'
    ? 'No findings that func-harden can fix.'
    : work.risks.includes('disruptive')
      ? 'No findings that func-harden can fix without your answer.'
      : 'No safe fixes. Press F to include disruptive fixes.';

/** Formats `128 ready, 9 blocked, 4 need an answer, 12 done`, or the progress of reading. */
function countLine({ look }: WizardState, { apps, targets, isRead, isSettling }: BatchScreen): Line {
  const { ready, blocked, unanswered, done } = summaryOf(apps);
  const parts: readonly (readonly [number, string, Tone])[] = [
    [ready, 'ready', 'good'],
    [blocked, 'blocked', 'bad'],
    [unanswered, unanswered === 1 ? 'needs an answer' : 'need an answer', 'warn'],
    [done, 'with no changes', 'dim'],
  ];
  const shown = parts.filter(([number]) => number > 0);
  return line(
    ...(isSettling ? [span(`Updating the plan${ellipsis(look)}`, 'info')] : []),
    ...(!isSettling && !isRead ? [span(`${apps.length} of ${targets.length} planned${ellipsis(look)}   `, 'info')] : []),
    ...(isSettling ? [] : shown.flatMap(([number, word, tone], index) => [span(index > 0 ? ', ' : ''), span(`${number} ${word}`, tone)])),
  );
}

function rowLine(state: WizardState, screen: BatchScreen, row: BatchRow, on: boolean): Line {
  const { look, columns } = state;
  const mark = ellipsis(look);
  const point = span(pointer(state, on), 'info');
  const box = (isOn: boolean) => span(isOn ? (look.ascii ? '[*] ' : '[x] ') : '[ ] ', isOn ? undefined : 'dim');
  if (row.kind === 'app') {
    const isOff = screen.off.apps.includes(row.target.id) || screen.off.groups.includes(row.of);
    const name = `${plainText(row.target.label)}   ${plainText(row.target.resourceGroup)}`;
    return cutLine(
      line(point, span('    '), ...(row.isBlocked ? [] : [box(!isOff)]), span(name, on ? 'strong' : undefined)),
      columns,
      mark,
    );
  }
  if (row.kind === 'block') {
    const count = padEnd(appsCount(row.block.apps.length), 9);
    return cutLine(
      line(point, span('    '), span(count, 'warn'), span(' not changed: ', 'warn'), span(plainText(row.block.says))),
      columns,
      mark,
    );
  }
  const { group } = row;
  const isOff = screen.off.groups.includes(group.key);
  const { text, edit, tail, room } = groupCells(state, screen, group);
  return line(
    point,
    box(!isOff),
    span(text, isOff ? 'dim' : on ? 'info' : undefined),
    span(edit, isOff ? 'dim' : 'strong'),
    span(' '.repeat(Math.max(2, room - widthOf(text + edit) + 2))),
    span(tail, group.risk === 'safe' || isOff ? 'dim' : group.risk === 'disruptive' ? 'warn' : 'bad'),
  );
}

/** Returns the texts of a row; the change is left out where there is no room for it. */
function groupCells({ areas, columns, look }: WizardState, { off, targets }: BatchScreen, group: BatchGroup) {
  const chosen = group.apps.filter(({ id }) => !off.apps.includes(id)).length;
  const isWhole = chosen === group.apps.length || off.groups.includes(group.key);
  const count = isWhole ? appsCount(group.apps.length) : `${chosen} of ${group.apps.length}`;
  // The number of apps is omitted if there is only one.
  const right = [targets.length > 1 ? count : '', ...riskWords(group)];
  const tail =
    columns >= 100
      ? `${padEnd(right[0] ?? '', 9)}  ${padEnd(right[1] ?? '', 10)}  ${padEnd(right[2] ?? '', 12)}`
      : right
          .slice(0, columns < 60 ? 1 : 3)
          .filter(Boolean)
          .join(', ');
  const room = Math.max(10, columns - 8 - widthOf(tail));
  const whole = controlLabel(areas, group.control);
  const short = whole.replace(/ \([^()]*\)$/, '');
  // The change is more useful than the name of the area, so it comes first.
  const edit = editText(group, look);
  const label = edit ? [whole, short].find((text) => widthOf(`${text}: ${edit}`) <= room) : undefined;
  // If there is no room for both, the control's name is kept and the area's is dropped.
  const text = label ?? (widthOf(whole) <= room ? whole : cut(short, room, ellipsis(look)));
  return { text, edit: label === undefined ? '' : `: ${edit}`, tail, room };
}

const riskWords = ({ risk, restarts }: BatchGroup): string[] => [
  FIX_WORDS[risk],
  ...(restarts > 0 ? [`${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`] : []),
];

/** Shows what the row under the cursor has no room for: the change, its risk, or the whole reason. */
function aboutRow(state: WizardState, screen: BatchScreen, row: BatchRow | undefined): Line[] {
  const { columns, look } = state;
  if (row?.kind === 'block') return wrapped([line(span('Not changed: ', 'dim'), plainText(row.block.says))], columns, 0);
  if (row?.kind !== 'group') return [];
  const edit = groupCells(state, screen, row.group).edit === '' ? editText(row.group, look) : '';
  const parts = [...(edit ? [edit] : []), ...(columns < 60 ? [riskWords(row.group).join(', ')] : [])];
  return parts.length === 0 ? [] : wrapped([line(span('Change: ', 'dim'), parts.join('; '))], columns, 0);
}

/** Shows the totals to send, and the key that sends. */
function question(state: WizardState, screen: BatchScreen): Line[] {
  if (!screen.isRead || screen.isSettling) return [line(span('Nothing is sent before you confirm.', 'dim'))];
  const { apps, changes, restarts, risky } = totalOf(screen);
  if (changes.length === 0) return [line(span('No change is selected.', 'dim'))];
  const controls = new Set(changes.flatMap((change) => change.controls)).size;
  const all =
    apps.length < summaryOf(screen.apps).ready ? `${apps.length} of ${appsCount(summaryOf(screen.apps).ready)}` : appsCount(apps.length);
  const counted = [
    `${controls} ${controls === 1 ? 'control' : 'controls'} on ${all}`,
    `${changes.length} ${changes.length === 1 ? 'request' : 'requests'}`,
    ...(restarts > 0 ? [restartsText(restarts, screen)] : []),
  ].join(', ');
  const never = changes.filter(({ undo }) => undo === 'none').length;
  const first =
    screen.first !== undefined
      ? ` Change first: ${plainText(wavesText(screen.first))}. If one of these apps fails, the other apps are not changed.`
      : '';
  return [
    line(`${counted}.`, span(first, 'info'), ...(never > 0 ? [span(` ${never} cannot be reverted.`, 'bad')] : [])),
    ...(risky.length > 0
      ? [
          line(
            span(
              `This can lock people out of ${appOrCount(risky.map(({ target }) => target))}. After y, type ${plainText(nameToType(risky))}.`,
              'bad',
            ),
          ),
        ]
      : []),
    state.dryRun
      ? line(span('Dry run: this is what would be sent.', 'warn'))
      : line('Apply this? ', span('y', 'strong'), ' or ', span('N', 'strong')),
  ];
}

/** The restarts of all requests; fewer than the rows have together where changes are sent in one request. */
function restartsText(restarts: number, { apps, off }: BatchScreen): string {
  const ofRows = summaryOf(apps).groups.filter(({ key }) => !off.groups.includes(key));
  const together = off.apps.length === 0 ? ofRows.reduce((sum, group) => sum + group.restarts, 0) : restarts;
  return `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}${together > restarts ? ' (all changes in one request cause one restart)' : ''}`;
}

function wavesFrame(state: WizardState, screen: BatchScreen, title: readonly Line[], cursor: number): Frame {
  const choices = waveChoices(chosenTargets(screen));
  return {
    head: [...title, line('Which apps are changed first? If one of them fails, the other apps are not changed.'), []].flatMap((one) =>
      wrapped([one], state.columns, 0),
    ),
    body: choices.map(({ says }, index) =>
      cutLine(
        line(span(pointer(state, index === cursor), 'info'), span(plainText(says), index === cursor ? 'strong' : undefined)),
        state.columns,
        ellipsis(state.look),
      ),
    ),
    focus: cursor,
    foot: [[]],
  };
}

/** Cached, because wrapping a long plan for each key is noticeably slow. */
const wrappedOnce = new WeakMap<object, { columns: number; lines: Line[] }>();

function detailsFrame(state: WizardState, screen: BatchScreen, title: readonly Line[]): Frame {
  const app = screen.apps.find(({ target }) => target.id === screen.details?.id);
  if (!app || !screen.details) return { head: title, body: [], foot: [[]] };
  if (!isPlanned(app)) return { head: [...title, []], body: wrapped([line(plainText(app.why))], state.columns), foot: [[]] };
  const known = wrappedOnce.get(app);
  const lines = known?.columns === state.columns ? known.lines : wrapped(planLines(app.plan, state.look), state.columns, 4);
  wrappedOnce.set(app, { columns: state.columns, lines });
  return {
    head: [...title, []],
    body: lines,
    scroll: screen.details.scroll,
    foot: hasChanges(app) ? [[]] : [[], line(span('Nothing is sent to this app.', 'dim'))],
  };
}
