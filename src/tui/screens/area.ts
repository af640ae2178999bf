/** One area: its state, its questions, the preview of its change, and what came of it. */
import { isFixable, questionsFor } from '../../engine/choices.ts';
import type { StepState } from '../../engine/assess.ts';
import type { Signed } from '../../engine/decisions.ts';
import type { Question } from '../../step.ts';
import { plainText } from '../../text/plain.ts';
import { line, span, type Line } from '../../text/spans.ts';
import { MARKS, ellipsis, symbolOf } from '../../text/symbols.ts';
import { cut, padEnd } from '../../text/width.ts';
import { reasonLines } from '../../view/assessment.ts';
import { planLines } from '../../view/plan.ts';
import { RULE_EXAMPLE } from '../../view/rule-text.ts';
import { textOf } from '../edit.ts';
import { wrapped, type Frame } from '../frame.ts';
import { stepStateOf } from '../selectors.ts';
import type { AreaMode, Preview, Progress, Screen, State } from '../state.ts';
import { appHead, pointer } from './lists.ts';
import { fieldLine, widgetLines } from './parts.ts';

type Area = Extract<Screen, { at: 'area' }>;

export function areaFrame(state: State, screen: Area, now: number): Frame {
  const step = stepStateOf(state, screen.step);
  if (!step) return { head: [], body: [], foot: [] };
  const head = areaHead(state, step);
  const { mode } = screen;
  switch (mode.kind) {
    case 'look':
      return lookFrame(state, screen, step, head);
    case 'ask':
      return askFrame(state, screen, mode, step, head);
    case 'sign':
      return signFrame(state, mode, step, head);
    case 'planning':
      return { head, body: [line(span(`Reading what stands there now${ellipsis(state.look)}`, 'dim'))], foot: [[]] };
    case 'preview':
      return previewFrame(state, mode.preview, head, planLines(mode.plan, state.look));
    case 'applying':
      return progressFrame(state, mode.progress, head, now);
    case 'done':
      return {
        head: [...head, []],
        body: wrapped(mode.lines, state.columns),
        focus: Number.MAX_SAFE_INTEGER,
        foot: [[], ...(mode.summary ? [line(span(`Undo: u here, or later func-harden undo ${mode.summary.run}`, 'dim'))] : [])],
      };
  }
}

function areaHead(state: State, { step }: StepState): Line[] {
  const steps = state.open?.steps ?? [];
  const number = steps.findIndex((one) => one.step.id === step.id) + 1;
  const place = state.columns >= 60 ? `Step ${number} of ${steps.length}` : `${number}/${steps.length}`;
  return [...appHead(state), line(span(`${place}  `, 'dim'), span(step.title, 'strong'))];
}

function lookFrame(state: State, screen: Area, step: StepState, head: readonly Line[]): Frame {
  const why = wrapped([line(span(step.step.why, 'dim'))], state.columns, 0);
  const rows: Line[] = [];
  let focus = 0;
  for (const index of step.controls.keys()) {
    if (index === screen.cursor) focus = why.length + 1 + rows.length;
    rows.push(...controlRow(state, screen, step, index));
    if (index === screen.cursor)
      rows.push(
        ...wrapped(
          pointed(state, step, index).map((one) => line(span('          '), ...one)),
          state.columns,
          0,
        ),
      );
  }
  return {
    head: [...head],
    body: [...why, [], ...rows],
    focus: Math.max(focus, 0),
    foot: [[], line(span(state.notice ?? tally(screen, step), state.notice ? 'info' : 'dim'))],
  };
}

const tally = (screen: Area, step: StepState): string => {
  const fails = step.controls.filter(({ state }) => state === 'fail').length;
  const unknown = step.controls.find((one) => one.state === 'unknown');
  if (fails === 0 && unknown) return `Not known: ${plainText(unknown.reason ?? '')}`;
  if (fails === 0) return 'Nothing fails here.';
  return `${screen.ticked.length} of ${fails} findings ticked for change.`;
};

function controlRow(state: State, screen: Area, step: StepState, index: number): Line[] {
  const control = step.controls[index];
  if (!control) return [];
  const { look, columns } = state;
  const on = index === screen.cursor;
  const mark = MARKS[control.state];
  const tick = isFixable(control) ? (screen.ticked.includes(control.control.id) ? (look.ascii ? '[*] ' : '[x] ') : '[ ] ') : '    ';
  const symbol = span(`${symbolOf(mark, look)} `, mark.tone);
  const label = span(control.control.label, on ? 'strong' : undefined);
  const values =
    control.state === 'not-applicable'
      ? mark.word
      : control.state === 'unknown'
        ? mark.word
        : control.state === 'fail'
          ? `${control.found}, wanted ${control.wanted}`
          : control.found;
  const head = line(span(pointer(state, on), 'info'), span(tick), symbol);
  if (columns < 60)
    return [line(...head, label), line(span(`${' '.repeat(10)}${cut(plainText(values), columns - 10, ellipsis(look))}`, 'dim'))];
  const labelWidth = Math.min(32, Math.floor(columns * 0.4));
  return [
    line(
      ...head,
      { ...label, text: padEnd(cut(label.text, labelWidth, ellipsis(look)), labelWidth + 2) },
      span(cut(plainText(values), Math.max(8, columns - labelWidth - 13), ellipsis(look)), 'dim'),
    ),
  ];
}

/** Why the pointed-at control matters, and what is known about it. */
function pointed(state: State, step: StepState, index: number): Line[] {
  const control = step.controls[index];
  if (!control) return [];
  const reason = reasonLines({ ...step, controls: [control] }).map((one) => one.slice(1));
  return [
    line(span(`${control.control.because} (${control.severity})`, 'dim')),
    ...reason.map((one) => one.map((part) => span(part.text, 'dim'))),
    ...(control.control.optIn && control.state === 'fail' ? [line(span(`Only when you tick it: ${control.control.optIn}`, 'warn'))] : []),
  ].slice(0, state.columns < 60 ? 3 : 6);
}

function askFrame(state: State, screen: Area, mode: Extract<AreaMode, { kind: 'ask' }>, step: StepState, head: readonly Line[]): Frame {
  const questions = questionsFor(step.step, screen.ticked, screen.answers);
  const index = questions.findIndex(([name]) => name === mode.question);
  const question = questions[index]?.[1] as Question;
  const form =
    question.kind === 'rules'
      ? [line(span(`Write: ${RULE_EXAMPLE}`, 'dim'))]
      : question.kind === 'origins'
        ? [line(span('Write: https://www.contoso.com (paste takes many)', 'dim'))]
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
  return {
    head: [...head, [], ...asked, []],
    body: lines,
    focus,
    foot: [...(mode.problem ? wrapped([line(span(plainText(mode.problem), 'bad'))], state.columns, 0) : []), []],
  };
}

const ASKS: Readonly<Record<Signed, Readonly<Record<string, string>>>> = {
  accept: { by: 'Who accepts it?', reason: 'Why?', until: 'Until which day? It is a finding again after that. Like 2027-05-01' },
  attest: {
    by: 'Who attests it?',
    evidence: 'Where is the evidence? A link or a document',
    until: 'Until which day does it hold? Like 2027-05-01',
  },
};
const SIGNED_TITLE: Readonly<Record<Signed, readonly [string, string]>> = {
  accept: ['Accept', 'The finding stays open, with a name, a reason and an end.'],
  attest: ['Attest', 'Nothing checks this; it is shown as attested, with a name, evidence and an end.'],
};

function signFrame(state: State, mode: Extract<AreaMode, { kind: 'sign' }>, step: StepState, head: readonly Line[]): Frame {
  const control = step.controls.find((one) => one.control.id === mode.control)?.control;
  const label = control?.label ?? mode.control;
  const statement = control?.kind === 'attestation' ? [line(`"${control.statement}"`)] : [];
  const told = Object.entries(mode.values).map(([field, value]) => line(span(`  ${field} `, 'dim'), value));
  const [title, says] = SIGNED_TITLE[mode.decision];
  return {
    head: [
      ...head,
      [],
      ...wrapped([line(span(`${title}: ${label}`, 'strong')), ...statement, line(span(says, 'dim'))], state.columns, 0),
      [],
    ],
    body: [...told, ...wrapped([line(ASKS[mode.decision][mode.field] ?? '')], state.columns, 0), fieldLine('', mode.edit, state)],
    focus: told.length + 1,
    foot: [...(mode.problem ? [line(span(mode.problem, 'bad'))] : []), []],
  };
}

/** Diff, evidence, effect, undo, and the question that fits the risk. */
export function previewFrame(state: State, preview: Preview, head: readonly Line[], lines: readonly Line[]): Frame {
  const bodies = preview.changes.flatMap((change) => [
    line(span(`${change.method} ${change.path}?api-version=${change.apiVersion}`, 'strong')),
    ...(change.body === null
      ? [line(span('(no body)', 'dim'))]
      : JSON.stringify(change.body, null, 2)
          .split('\n')
          .map((text) => line(plainText(text)))),
    [],
  ]);
  return {
    head: [...head, []],
    body: wrapped(preview.bodies ? bodies : lines, state.columns, 4),
    scroll: preview.scroll,
    foot: [[], ...wrapped(question(state, preview), state.columns, 0), ...(state.notice ? [line(span(state.notice, 'info'))] : [])],
  };
}

function question(state: State, { changes, asked, typed }: Preview): Line[] {
  if (changes.length === 0) return [];
  if (state.dryRun) return [line(span('Dry run: this is what would be sent.', 'warn'))];
  if (asked === 'enter') return [line(span('Enter', 'strong'), ' applies this.')];
  if (asked === 'yes') return [line('Apply this? ', span('y', 'strong'), ' or ', span('N', 'strong'))];
  const done = textOf(typed) === asked.name;
  // The one thing a person must not miss, beside the prompt and not only in the notes that scroll.
  const own = [
    ...new Set(
      changes.flatMap(({ guards }) =>
        guards.filter(({ level, says }) => level === 'warn' && says.startsWith('Your')).map(({ says }) => says),
      ),
    ),
  ];
  const one = changes.some(({ risk }) => risk === 'one-way')
    ? `Part of this cannot be taken back.`
    : `This can lock people out of ${asked.name}.`;
  return [
    ...own.map((says) => line(span(`(!) ${plainText(says)}`, 'bad'))),
    line(span('(!) ', 'bad'), span(one, 'bad'), ` Type ${asked.name} to apply it.`),
    line(...fieldLine('', typed, state), ...(done ? [span('  Enter applies', 'good')] : [])),
  ];
}

export function progressFrame(state: State, progress: Progress, head: readonly Line[], now: number): Frame {
  const seconds = progress.since > 0 ? Math.floor((now - progress.since) / 1000) : 0;
  const current = progress.current
    ? [
        line(
          span(state.look.ascii ? '[..] ' : '(…) ', 'info'),
          plainText(progress.current),
          ...(seconds >= 2 ? [span(`   ${seconds} s`, 'dim')] : []),
        ),
        ...(progress.waitsFor ? [line(span(`     waiting: ${plainText(progress.waitsFor)}`, 'dim'))] : []),
      ]
    : [];
  const stopping = progress.stopping
    ? [line(span('Finishing the request in flight, then stopping. Ctrl-C again leaves at once; the undo log has the intent.', 'warn'))]
    : [];
  const body = wrapped([...progress.lines, ...current, ...stopping], state.columns);
  return { head: [...head, []], body, focus: body.length - 1, foot: [[]] };
}
