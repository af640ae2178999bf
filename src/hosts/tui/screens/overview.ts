/** Screen with the areas of one app: state, progress, and what to fix first. */
import { ownerTags } from '../../../engine/plan/code-owners.ts';
import { hostingOf } from '../../../engine/judge/app-hosting.ts';
import type { StepState } from '../../../engine/judge/assess.ts';
import type { OpenApp } from '../../../engine/session.ts';
import { plainText } from '../../../text/plain.ts';
import { line, lineText, span, type Line, type Tone } from '../../../text/spans.ts';
import { MARKS, QUEUED, arrow, ellipsis, rowSymbol, type Look } from '../../../text/symbols.ts';
import { cutLine, padEnd, widthOf } from '../../../text/width.ts';
import { causeText, controlLines, count, GROUP_TITLES, unknownCauses } from '../../../view/assessment.ts';
import { wrapped, wrappedAtMost, type Frame } from '../frame.ts';
import { undecidedWorst, bySeverity, passingCount, queuedControls, queuedIn } from '../../../view/app-progress.ts';
import type { Screen, WizardState } from '../state/state.ts';
import { atRow, pointer } from './parts.ts';

export function areasFrame(state: WizardState, screen: Extract<Screen, { at: 'areas' }>): Frame {
  const { open, look, columns, rows } = state;
  if (!open) return { head: [], body: [], foot: [] };
  const wide = columns >= 100;
  // A little more than half if needed, so that titles are not cut.
  const listWidth = wide ? Math.min(62, Math.max(56, Math.floor(columns * 0.44))) : columns;
  const areas = queuedIn(open).length;
  const waiting = queuedControls(open);
  const list: Line[] = [];
  let focus = 0;
  let group = '';
  for (const [index, one] of open.steps.entries()) {
    if (one.step.group !== group) {
      if (group) list.push([]);
      group = one.step.group;
      list.push(line(span(GROUP_TITLES[one.step.group], 'dim')));
    }
    const on = index === screen.cursor;
    if (on) focus = list.length;
    list.push(...areaRow(state, one, on, listWidth, waiting).map((row) => atRow(row, index)));
  }
  const first = undecidedWorst(open).map(({ step }) => step.title);
  const [cause] = unknownCauses(open.steps);
  const foot = [
    ...(first.length > 0
      ? recommended(first, columns)
      : waiting.size > 0 || cause
        ? []
        : [line(span('No findings that func-harden can fix.', 'good'))]),
    ...(areas > 0
      ? [line(span(`${areas} ${areas === 1 ? 'area' : 'areas'} queued: `, 'info'), span('g', 'strong'), ' shows the preview.')]
      : rows >= 20 && columns >= 60
        ? [
            line(
              span(state.deletesAnswers ? 'Answers are deleted when the demo ends.' : `Answers are saved in ${state.answersFile}`, 'dim'),
            ),
          ]
        : []),
  ].map((one) => cutLine(one, columns, ellipsis(look)));
  // The screen of an area has all of it.
  const unread = cause && rows >= 20 ? wrappedAtMost([line(span(causeText(cause), 'warn'))], columns, 3, look) : [];
  const left: Frame = {
    head: [...appHead(state), ...scoreLines(state, open), []],
    body: list,
    focus,
    foot: [[], ...unread, ...(foot.length > 0 || unread.length === 0 ? foot : [[]])],
  };
  return wide ? { ...left, body: beside(list, detail(state, screen.cursor, columns - listWidth - 3), listWidth, state) } : left;
}

/** Names as many areas as fit on a line, and at least one, so that no title is cut. */
function recommended(titles: readonly string[], columns: number): Line[] {
  const label = 'Recommended first: ';
  const fitting = titles.filter((_, index) => widthOf(label + titles.slice(0, index + 1).join(', ')) <= columns);
  const shown = fitting.length > 0 ? fitting : titles.slice(0, 1);
  return wrapped([line(span(label, 'dim'), shown.join(', '))], columns, 0);
}

function areaRow(
  state: WizardState,
  { step, state: verdict, controls }: StepState,
  on: boolean,
  width: number,
  waiting: ReadonlySet<string>,
): Line[] {
  const { look, open } = state;
  const queued = controls.some(({ id }) => waiting.has(id));
  // If all failing controls are queued, the area will pass.
  const mark = controls.every((one) => one.state !== 'fail' || waiting.has(one.id)) && queued ? QUEUED : MARKS[verdict];
  const fails = controls.filter((control) => control.state === 'fail').length;
  const skipped = open?.decisions[step.id]?.decision?.decision === 'skip';
  const [worst] = bySeverity([{ step, state: verdict, controls }]);
  const narrow = state.columns < 60;
  // A narrow window has no room for the number of all controls.
  const counted = narrow
    ? `${fails} ${fails === 1 ? 'fails' : 'fail'}`
    : `${fails} of ${controls.length} ${fails === 1 ? 'fails' : 'fail'}`;
  const word =
    verdict !== 'fail' ? mark.word : queued ? `${counted}, queued` : skipped ? 'skipped' : `${counted}${worst ? `, ${worst[0]}` : ''}`;
  const sign = [span(pointer(state, on), 'info'), span(rowSymbol(mark, look), mark.tone)];
  // Two columns are between the title and the word.
  const free = width - 2 - widthOf(lineText(sign));
  // The longest words: "1 fails, medium", and "10 of 13 fail, medium".
  const room = Math.min(32, Math.max(10, free - (narrow ? 15 : 21)));
  const title = (text: string) => span(text, on ? 'strong' : undefined);
  const status = span(word, queued ? 'info' : mark.tone);
  // A long title moves the word to the next line; nothing is cut.
  const isLong = widthOf(step.title) > Math.max(room, free - widthOf(word));
  const rows = isLong
    ? [line(...sign, title(step.title)), line('      ', status)]
    : [line(...sign, title(`${padEnd(step.title, room)}  `), status)];
  return rows.map((row) => cutLine(row, width, ellipsis(look)));
}

/** Keeps a number and its word in one row. */
const NO_BREAK = '\u00a0';

/** Formats `24 → 31 of 70 pass   3 queued   2 accepted   10 fail: 1 critical, 9 high`: passing, queued and accepted controls are counted apart. */
function scoreLines(state: WizardState, open: OpenApp): Line[] {
  const { look, columns, began } = state;
  const counts = count(open.steps);
  const all = open.steps.reduce((sum, { controls }) => sum + controls.length, 0) - (counts['not-applicable'] ?? 0);
  const pass = passingCount(open.steps);
  const unattested = (counts['attestation-missing'] ?? 0) + (counts['attestation-expired'] ?? 0);
  const before = began[open.target.id] ?? pass;
  const gap = columns < 60 ? '  ' : '   ';
  const part = (number: number, word: string, tone: Tone): Line => (number > 0 ? [span(`${gap}${number}${NO_BREAK}${word}`, tone)] : []);
  const fails = bySeverity(open.steps).map(([severity, number]) =>
    span(`${number}${NO_BREAK}${severity}`, severity === 'critical' || severity === 'high' ? 'bad' : 'warn'),
  );
  // A narrow window has no room to say that these fail.
  const failing =
    columns < 60 ? fails.flatMap((one) => [span(gap), one]) : fails.flatMap((one, index) => [span(index > 0 ? ', ' : ''), one]);
  const score = line(
    ...(before === pass ? [] : [span(`${before} ${arrow(look)} `, 'dim')]),
    span(columns < 60 ? `${pass}/${all} pass` : `${pass} of ${all} pass`, pass === all ? 'good' : 'strong'),
    ...part(queuedControls(open).size, 'queued', QUEUED.tone),
    ...part(counts.attested ?? 0, 'attested', 'info'),
    ...part(counts.accepted ?? 0, 'accepted', 'info'),
    ...(columns < 60 || fails.length === 0 ? [] : part(counts.fail ?? 0, 'fail: ', 'strong')),
    ...failing,
    ...part(counts.unknown ?? 0, 'unknown', 'warn'),
    ...(columns < 60 && fails.length > 0 ? [] : part(unattested, 'not attested', 'warn')),
  );
  return wrapped([score], columns, 0).map((row) => row.map((one) => ({ ...one, text: one.text.replaceAll(NO_BREAK, ' ') })));
}

/** Describes the area under the cursor, for the right half of a wide window. */
function detail(state: WizardState, cursor: number, width: number): Line[] {
  const step = state.open?.steps[cursor];
  if (!step) return [];
  return [
    ...wrapped([line(span(step.step.title, 'strong')), line(step.step.why)], width, 0),
    [],
    ...wrapped(controlLines(step, width, state.look, state.open && queuedControls(state.open)), width),
  ];
}

export function beside(left: readonly Line[], right: readonly Line[], width: number, state: WizardState): Line[] {
  const bar = span(state.look.ascii ? ' | ' : ' │ ', 'dim');
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const own = cutLine(left[index] ?? [], width, ellipsis(state.look));
    return line(...own, span(' '.repeat(Math.max(0, width - widthOf(lineText(own))))), bar, ...(right[index] ?? []));
  });
}

/** Names the app and its hosting. */
export function appHead({ open, columns, look, dryRun, isDemo }: WizardState): Line[] {
  if (!open) return [];
  const { target, app, readAt, codeTags } = open;
  const hosting = app ? hostingOf(app) : 'could not be read';
  const read = `read ${readAt.toTimeString().slice(0, 8)}`;
  const rest = columns >= 70 ? `   ${target.resourceGroup}   ${hosting}   ${read}` : `   ${hosting}`;
  return [
    cutLine(
      line(
        span(plainText(target.label), 'strong'),
        ...(isDemo ? [span('   demo', 'warn')] : []),
        span(plainText(rest), 'dim'),
        ...(dryRun ? [span('   dry run', 'warn')] : []),
      ),
      columns,
      ellipsis(look),
    ),
    ...ownerLines(target.tags, codeTags, columns, look),
  ];
}

/** Names the tags that show that code declares the app. The other evidence is read with a plan. */
function ownerLines(tags: Readonly<Record<string, string>>, more: readonly string[] | undefined, columns: number, look: Look): Line[] {
  const found = ownerTags(tags, more);
  return found.length === 0
    ? []
    : [cutLine(line(span(plainText(`Tag that shows deployment from code: ${found.join(', ')}`), 'warn')), columns, ellipsis(look))];
}
