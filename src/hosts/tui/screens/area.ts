/** Screen of one area: its state, the preview of its change, its questions, and signatures. */
import { isFixable, questionsFor } from '../../../engine/judge/area-decisions.ts';
import type { StepState } from '../../../engine/judge/assess.ts';
import type { Question, Signed } from '../../../contract/index.ts';
import { plainText } from '../../../text/plain.ts';
import { line, lineText, span, type Line } from '../../../text/spans.ts';
import { MARKS, QUEUED, TICKED, ellipsis, rowSymbol, symbolOf } from '../../../text/symbols.ts';
import { cut, padEnd, widthOf } from '../../../text/width.ts';
import { markOf, reasonLines } from '../../../view/assessment.ts';
import { blockedWord, changeLines, planSummary } from '../../../view/change-lines.ts';
import { queuedControls } from '../../../view/app-progress.ts';
import { RULE_EXAMPLE } from '../../../view/rule-text.ts';
import { wrapped, wrappedAtMost, type Frame } from '../frame.ts';
import { stepStateOf } from '../state/derived-state.ts';
import type { AreaMode, Screen, WizardState } from '../state/state.ts';
import { flowFrame } from './flow.ts';
import { appHead, beside } from './overview.ts';
import { atRow, fieldLine, messageLines, pointer, widgetLines, withoutHint } from './parts.ts';

type Area = Extract<Screen, { at: 'area' }>;
type Mode<K extends AreaMode['kind']> = Extract<AreaMode, { kind: K }>;

export function areaFrame(state: WizardState, screen: Area, now: number): Frame {
  const step = stepStateOf(state, screen.step);
  if (!step) return { head: [], body: [], foot: [] };
  const head = areaHead(state, step);
  const { mode } = screen;
  switch (mode.kind) {
    case 'look':
      return lookFrame(state, screen, step, head);
    case 'why':
      return whyFrame(state, mode, step, head);
    case 'sketch':
      return { head: [...head, []], body: wrapped(sketchLines(state, screen), state.columns, 4), scroll: mode.scroll, foot: [[]] };
    case 'ask':
      return askFrame(state, screen, mode, step, head);
    case 'sign':
      return signFrame(state, mode, step, head);
    case 'flow':
      return flowFrame(state, mode.flow, head, now);
  }
}

function areaHead(state: WizardState, { step }: StepState): Line[] {
  const steps = state.open?.steps ?? [];
  const number = steps.findIndex((one) => one.step.id === step.id) + 1;
  const place = state.columns >= 60 ? `Area ${number} of ${steps.length}` : `${number}/${steps.length}`;
  return [...appHead(state), line(span(`${place}  `, 'dim'), span(step.title, 'strong'))];
}

function lookFrame(state: WizardState, screen: Area, step: StepState, head: readonly Line[]): Frame {
  const { columns } = state;
  // An area without a change to preview uses the whole width.
  const wide = columns >= 110 && step.controls.some(isFixable);
  const width = wide ? Math.floor(columns * 0.56) : columns;
  const own = { ...state, columns: width };
  const about = wrapped([line(span(step.step.why, 'dim'))], width, 0);
  const mark = ellipsis(state.look);
  const more = line(span(cut(`${lineText(about[1] ?? []).trimEnd()} ${mark}`, width, mark), 'dim'));
  const why = about.length > 2 ? [...about.slice(0, 1), more] : about;
  const rows: Line[] = [];
  let focus = 0;
  for (const index of step.controls.keys()) {
    if (index === screen.cursor) focus = why.length + 1 + rows.length;
    rows.push(...controlRow(own, screen, step, index).map((one) => atRow(one, index)));
    if (index === screen.cursor)
      rows.push(
        ...wrapped(
          pointed(own, step, index).map((one) => line(span('          '), ...one)),
          width,
          0,
        ),
      );
  }
  const sketch = sketchLines(state, screen);
  const left = [...why, [], ...rows];
  return {
    head: [...head],
    body: wide
      ? beside(left, wrapped(sketch, columns - width - 3, 4), width, state)
      : [...left, ...(sketch.length > 0 ? [[], ...wrapped(sketch, columns, 4)] : [])],
    focus: Math.max(focus, 0),
    foot: [[], ...messageLines(state.notice ?? tally(screen, step), state.notice ? 'info' : 'dim', columns)],
  };
}

function sketchLines({ look }: WizardState, { mode, sketch, ticked }: Area): Line[] {
  if (ticked.length === 0 || !sketch) return [];
  const head = line(span('Preview of the selected changes', 'strong'));
  if (sketch.why) return [head, line(span(plainText(sketch.why), 'warn'))];
  const { plan } = sketch;
  if (!plan) return [head, line(span(`  planning${ellipsis(look)}`, 'dim'))];
  const missing = new Set(plan.missing.map(({ question }) => question)).size;
  return [
    head,
    ...plan.changes.flatMap((change) => changeLines(change, look)).map((one) => [span('  '), ...one]),
    ...plan.blocked.map((note) => line(span(`  ${blockedWord(note)} `, 'bad'), plainText(note.says))),
    ...(missing > 0
      ? [
          line(
            span(
              `  Not complete: ${missing === 1 ? '1 answer is' : `${missing} answers are`} missing.${mode.kind === 'look' ? ' Press Enter.' : ''}`,
              'dim',
            ),
          ),
        ]
      : []),
    ...(missing === 0 ? [line(span(`  ${planSummary(plan)}`, 'dim'))] : []),
  ];
}

const tally = (screen: Area, step: StepState): string => {
  const fails = step.controls.filter(({ state }) => state === 'fail').length;
  const unknown = step.controls.filter(({ state }) => state === 'unknown').length;
  if (fails === 0 && unknown > 0)
    return `${unknown} of ${step.controls.length} ${unknown === 1 ? 'control is' : 'controls are'} unknown. Press m for the reasons.`;
  const unsigned = step.controls.filter(({ state }) => state === 'attestation-missing' || state === 'attestation-expired').length;
  if (fails === 0) return `No findings in this area.${unsigned > 0 ? ` ${unsigned} not attested: move to the control and press a.` : ''}`;
  return `${screen.ticked.length} of ${fails} ${fails === 1 ? 'finding' : 'findings'} selected.`;
};

function valuesOf({ state, found, wanted }: StepState['controls'][number]): string {
  if (state === 'not-applicable' || state === 'unknown') return MARKS[state].word;
  return state === 'fail' ? `${found}; desired: ${wanted}` : found;
}

/** Returns the width of labels: as much as they need, up to half of the line. */
const labelRoom = (columns: number, { controls }: StepState): number =>
  Math.min(Math.max(...controls.map(({ control }) => widthOf(control.label))), Math.floor((columns - 11) / 2));

function controlRow(state: WizardState, screen: Area, step: StepState, index: number): Line[] {
  const control = step.controls[index];
  if (!control) return [];
  const { look, columns } = state;
  const on = index === screen.cursor;
  const mark = markOf(control, queuedOf(state));
  const tick = isFixable(control) ? (screen.ticked.includes(control.control.id) ? TICKED : '[ ] ') : '    ';
  const label = span(control.control.label, on ? 'info' : undefined);
  const head = line(span(pointer(state, on), 'info'), span(tick), span(rowSymbol(mark, look), mark.tone));
  const values = plainText(valuesOf(control));
  if (columns < 60) {
    const value = line(span(`${' '.repeat(10)}${values}`, control.state === 'fail' ? 'strong' : undefined));
    return [...wrapped([line(...head, label)], columns, 10), ...(on ? [] : wrappedAtMost([value], columns, 3, look))];
  }
  // Next to a short value, a long label gets more space, so that nothing is cut before the line is full.
  const before = widthOf(lineText(head)) + 2;
  const room = Math.max(labelRoom(columns, step), Math.min(widthOf(label.text), columns - before - widthOf(values)));
  return [
    line(
      ...head,
      { ...label, text: padEnd(cut(label.text, room, ellipsis(look)), room + 2) },
      span(cut(values, Math.max(8, columns - room - before), ellipsis(look)), control.state === 'fail' ? 'strong' : undefined),
    ),
  ];
}

const queuedOf = ({ open }: WizardState): ReadonlySet<string> | undefined => open && queuedControls(open);

/** Explains the control under the cursor. */
function pointed(state: WizardState, step: StepState, index: number): Line[] {
  const control = step.controls[index];
  if (!control) return [];
  const { columns } = state;
  const reason = reasonLines({ ...step, controls: [control] }).map((one) => one.slice(1));
  const values = plainText(valuesOf(control));
  // The value was cut in its row, so it is shown in full here.
  const whole = columns < 60 || widthOf(values) > columns - labelRoom(columns, step) - 11;
  const isQueued = queuedOf(state)?.has(control.id) === true;
  const lines = [
    ...(whole ? [line(span(values))] : []),
    ...(isQueued ? [line(span('Queued: passes after the queue is applied.', QUEUED.tone))] : []),
    line(span(`${control.control.because} (severity ${control.severity})`, 'dim')),
    ...reason.map((one) => one.map((part) => span(part.text, 'dim'))),
    ...(control.control.optIn && control.state === 'fail' ? [line(span(`Not selected by default: ${control.control.optIn}`, 'warn'))] : []),
  ];
  const most = columns < 60 ? 4 : 6;
  return lines.length > most ? [...lines.slice(0, most - 1), line(span(`${lines.length - most + 1} more lines: press m`, 'dim'))] : lines;
}

function whyFrame(state: WizardState, { scroll }: { readonly scroll: number }, step: StepState, head: readonly Line[]): Frame {
  const { look } = state;
  const about = step.controls.flatMap((control) => [
    [],
    line(
      span(`${symbolOf(MARKS[control.state], look)} `, MARKS[control.state].tone),
      span(control.control.label, 'strong'),
      span(`   severity ${control.severity}`, 'dim'),
    ),
    line(`    ${plainText(valuesOf(control))}`),
    line(span(`    ${control.control.because}`, 'dim')),
    ...reasonLines({ ...step, controls: [control] }).map((one) => line(span('    '), ...one.slice(1).map(({ text }) => span(text, 'dim')))),
    ...('effect' in control.control && control.control.effect
      ? [line(span('    Effect of the change: ', 'dim'), control.control.effect)]
      : []),
    ...(control.control.docs ? [line(span(`    ${control.control.docs}`, 'info'))] : []),
  ]);
  const links = step.step.docs.map((url) => line(span(url, 'info')));
  return { head: [...head], body: wrapped([line(step.step.why), ...links, ...about], state.columns, 0), scroll, foot: [[]] };
}

function askFrame(state: WizardState, screen: Area, mode: Mode<'ask'>, step: StepState, head: readonly Line[]): Frame {
  const questions = questionsFor(step.step, screen.ticked, screen.answers);
  const index = questions.findIndex(([name]) => name === mode.question);
  const question = questions[index]?.[1] as Question;
  const form =
    question.kind === 'rules'
      ? [line(span(`Example: ${RULE_EXAMPLE}`, 'dim'))]
      : question.kind === 'origins'
        ? [line(span('Example: https://www.contoso.com (you can paste several)', 'dim'))]
        : [];
  const short = state.rows < 20;
  const asked = wrapped(
    [
      line(span(`Question ${index + 1} of ${questions.length}  `, 'dim'), span(question.label, 'strong')),
      ...(short ? [] : [line(span(question.help, 'dim'))]),
      ...form,
    ],
    state.columns,
    0,
  );
  const { lines, focus } = widgetLines(mode.widget, state);
  // Half a preview would mislead, so it is left out if there is no room.
  const sketch = short ? [] : wrapped(sketchLines(state, screen), state.columns, 4);
  return {
    head: [...head, [], ...asked, []],
    body: [...withoutHint(lines, mode.problem), ...(sketch.length > 0 ? [[], ...sketch] : [])],
    focus,
    foot: [...messageLines(mode.problem, 'bad', state.columns), []],
  };
}

const ASKS: Readonly<Record<Signed, Readonly<Record<string, string>>>> = {
  accept: {
    by: 'Name of the person who accepts the finding',
    reason: 'Reason',
    until: 'End date as YYYY-MM-DD. After it, the control fails again.',
  },
  attest: {
    by: 'Name of the person who attests',
    evidence: 'Evidence: a link or a document',
    until: 'End date as YYYY-MM-DD. After it, the attestation expires.',
  },
};
const SIGNED_TITLE: Readonly<Record<Signed, readonly [string, string]>> = {
  accept: ['Accept', 'The value stays as it is. The report shows the finding as accepted, with a name, a reason and an end date.'],
  attest: ['Attest', 'func-harden cannot check this. The report shows the control as attested, with a name, evidence and an end date.'],
};

function signFrame(state: WizardState, mode: Mode<'sign'>, step: StepState, head: readonly Line[]): Frame {
  const control = step.controls.find((one) => one.control.id === mode.control)?.control;
  const label = control?.label ?? mode.control;
  const statement = control?.kind === 'attestation' ? [line(`"${control.statement}"`)] : [];
  const answered = Object.entries(mode.values).map(([field, value]) => line(span(`  ${field} `, 'dim'), plainText(value)));
  const [title, says] = SIGNED_TITLE[mode.decision];
  return {
    head: [
      ...head,
      [],
      ...wrapped([line(span(`${title}: ${label}`, 'strong')), ...statement, line(span(says, 'dim'))], state.columns, 0),
      [],
    ],
    body: [...answered, ...wrapped([line(ASKS[mode.decision][mode.field] ?? '')], state.columns, 0), fieldLine('', mode.edit, state)],
    focus: answered.length + 1,
    foot: [...messageLines(mode.problem, 'bad', state.columns), []],
  };
}
