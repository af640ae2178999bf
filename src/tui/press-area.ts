/** Keys inside one area: look, tick, answer, preview, confirm, and what comes after. */
import { isFixable, preselected, problemsIn, questionsFor } from '../engine/choices.ts';
import type { StepState } from '../engine/assess.ts';
import { dayProblem, SIGNED_WITH } from '../engine/decisions.ts';
import type { Json, Question } from '../step.ts';
import { edit, editOf, insert, textOf } from './edit.ts';
import type { KeyEvent } from './events.ts';
import { moved } from './press-lists.ts';
import { pressPreview, saysNo } from './preview.ts';
import { next, withFinished, withScreen, type Next } from './reducer.ts';
import { stepStateOf } from './selectors.ts';
import type { AreaMode, Screen, State } from './state.ts';
import { pressWidget, widgetFor } from './widgets.ts';

type Area = Extract<Screen, { at: 'area' }>;

export function openArea(state: State, id: string): State {
  const step = stepStateOf(state, id);
  if (!step) return state;
  const decided = state.open?.decisions[id];
  return withScreen(state, {
    at: 'area',
    step: id,
    cursor: 0,
    ticked: preselected(step, decided, state.profile),
    answers: decided?.answers ?? {},
    mode: { kind: 'look' },
  });
}

export function pressArea(state: State, screen: Area, event: KeyEvent): Next {
  const step = stepStateOf(state, screen.step);
  if (!step) return next(state);
  const { mode } = screen;
  switch (mode.kind) {
    case 'look':
      return pressLook(state, screen, step, event);
    case 'ask':
      return pressAsk(state, screen, mode, step, event);
    case 'sign':
      return pressSign(state, screen, mode, event);
    case 'planning':
    case 'applying':
      return next(state);
    case 'preview':
      return pressPreviewMode(state, screen, mode, event);
    case 'done':
      return pressDone(state, screen, mode, event);
  }
}

const areasAt = (state: State, id: string, by = 0): State =>
  withScreen(state, {
    at: 'areas',
    cursor: Math.min(
      Math.max(0, (state.open?.steps ?? []).findIndex(({ step }) => step.id === id) + by),
      (state.open?.steps.length ?? 1) - 1,
    ),
  });
const isKey = (event: KeyEvent, name: string): boolean => event.type === 'key' && event.name === name;

function pressLook(state: State, screen: Area, step: StepState, event: KeyEvent): Next {
  const to = moved(screen.cursor, step.controls.length, event);
  if (to !== undefined) return next(withScreen(state, { ...screen, cursor: to }));
  if (isKey(event, 'escape')) return next(areasAt(state, screen.step));
  if (isKey(event, 'enter'))
    return screen.ticked.length > 0
      ? goOn(state, screen, step, screen.answers)
      : next({ ...areasAt(state, screen.step, 1), notice: 'Nothing to change in this area.' });
  const control = step.controls[screen.cursor];
  if (event.type !== 'character' || !control) return next(state);
  switch (event.text) {
    case ' ':
      if (!isFixable(control))
        return next({
          ...state,
          notice: control.state === 'fail' ? 'This one is only reported; it cannot be changed from here.' : 'Nothing to change here.',
        });
      return next(
        withScreen(state, {
          ...screen,
          ticked: screen.ticked.includes(control.control.id)
            ? screen.ticked.filter((id) => id !== control.control.id)
            : [...screen.ticked, control.control.id],
        }),
      );
    case 'a': {
      const decision = control.control.kind === 'attestation' ? 'attest' : control.state === 'fail' ? 'accept' : undefined;
      if (!decision) return next({ ...state, notice: 'Only a finding can be accepted.' });
      const who = editOf(state.account.name ?? '');
      return next(
        withScreen(state, { ...screen, mode: { kind: 'sign', decision, control: control.control.id, field: 'by', values: {}, edit: who } }),
      );
    }
    case 's':
      return next({ ...areasAt(state, screen.step, 1), notice: `${step.step.title}: skipped` }, { do: 'skip', step: screen.step });
    case '?':
      return next({ ...state, help: true });
    case 'q':
      return next({ ...state, leaving: true }, { do: 'leave' });
    default:
      return next(state);
  }
}

/** The next question that is still open, or the plan once all are answered. */
function goOn(state: State, screen: Area, step: StepState, answers: Readonly<Record<string, Json>>, after?: string): Next {
  const questions = questionsFor(step.step, screen.ticked, answers);
  const index = after === undefined ? 0 : questions.findIndex(([name]) => name === after) + 1;
  const asked = questions[index];
  if (asked) return next(ask(state, { ...screen, answers }, asked, answers[asked[0]]));
  const [problem] = problemsIn(step.step, answers);
  const wrong = problem && questions.find(([name]) => name === problem.question);
  if (problem && wrong) return next(ask(state, { ...screen, answers }, wrong, answers[wrong[0]], problem.says));
  return next(withScreen(state, { ...screen, answers, mode: { kind: 'planning' } }), {
    do: 'plan',
    step: screen.step,
    ticked: screen.ticked,
    answers,
  });
}

function ask(state: State, screen: Area, [name, question]: readonly [string, Question], value: Json | undefined, problem?: string): State {
  const start = value ?? state.open?.prefill[screen.step]?.[name];
  const options = state.open?.options[screen.step]?.[name] ?? [];
  return withScreen(state, {
    ...screen,
    mode: { kind: 'ask', question: name, widget: widgetFor(question, start, options), ...(problem ? { problem } : {}) },
  });
}

function pressAsk(state: State, screen: Area, mode: Extract<AreaMode, { kind: 'ask' }>, step: StepState, event: KeyEvent): Next {
  const questions = questionsFor(step.step, screen.ticked, screen.answers);
  const index = questions.findIndex(([name]) => name === mode.question);
  const question = questions[index]?.[1];
  if (!question) return next(state);
  if (isKey(event, 'escape')) {
    const before = questions[index - 1];
    return next(before ? ask(state, screen, before, screen.answers[before[0]]) : withScreen(state, { ...screen, mode: { kind: 'look' } }));
  }
  const { widget, answer, problem } = pressWidget(mode.widget, event, question);
  if (answer !== undefined) return goOn(state, screen, step, { ...screen.answers, [mode.question]: answer }, mode.question);
  return next(withScreen(state, { ...screen, mode: { kind: 'ask', question: mode.question, widget, ...(problem ? { problem } : {}) } }));
}

function pressPreviewMode(state: State, screen: Area, mode: Extract<AreaMode, { kind: 'preview' }>, event: KeyEvent): Next {
  const typing = typeof mode.preview.asked === 'object' && mode.preview.changes.length > 0;
  if (isKey(event, 'escape') || saysNo(mode.preview, event) || (!typing && event.type === 'character' && event.text === 'e'))
    return next(withScreen(state, { ...screen, mode: { kind: 'look' } }));
  if (!typing && event.type === 'character' && event.text === 'd')
    return next(withScreen(state, { ...screen, mode: { ...mode, preview: { ...mode.preview, bodies: !mode.preview.bodies, scroll: 0 } } }));
  const { preview, confirmed } = pressPreview(mode.preview, event);
  const { asked } = mode.preview;
  if (typing && !confirmed && isKey(event, 'enter') && typeof asked === 'object')
    return next({ ...state, notice: `It must be exactly ${asked.name}, typed.` });
  if (confirmed && !state.dryRun && state.open) {
    return next(withScreen(state, { ...screen, mode: { kind: 'applying', progress: { lines: [], since: 0, stopping: false } } }), {
      do: 'apply',
      step: screen.step,
      ticked: screen.ticked,
      answers: screen.answers,
      target: mode.plan.target,
      changes: preview.changes,
    });
  }
  if (preview.changes.length === 0 && isKey(event, 'enter')) return next(areasAt(state, screen.step, 1));
  return next({
    ...withScreen(state, { ...screen, mode: { ...mode, preview } }),
    ...(confirmed && state.dryRun ? { notice: 'This is a dry run: nothing is sent.' } : {}),
  });
}

function pressDone(state: State, screen: Area, mode: Extract<AreaMode, { kind: 'done' }>, event: KeyEvent): Next {
  const done = withFinished(state, mode.lines);
  if (isKey(event, 'enter') || isKey(event, 'escape')) return next(areasAt(done, screen.step, isKey(event, 'enter') ? 1 : 0));
  if (event.type !== 'character') return next(state);
  if (event.text === 'u') return next(withScreen(done, { at: 'runs', runs: undefined, cursor: 0 }), { do: 'runs' });
  if (event.text === 'r' && (mode.summary?.failed ?? 0) > 0)
    return next(withScreen(done, { ...screen, mode: { kind: 'planning' } }), {
      do: 'plan',
      step: screen.step,
      ticked: screen.ticked,
      answers: screen.answers,
    });
  return event.text === 'q' ? next({ ...done, leaving: true }, { do: 'leave' }) : next(state);
}

/** What is signed with, one field after the other; the last one keeps it. */
function pressSign(state: State, screen: Area, mode: Extract<AreaMode, { kind: 'sign' }>, event: KeyEvent): Next {
  const stay = (change: Partial<typeof mode>) => next(withScreen(state, { ...screen, mode: { ...mode, ...change } }));
  if (isKey(event, 'escape')) return next(withScreen(state, { ...screen, mode: { kind: 'look' } }));
  if (event.type !== 'key') return stay({ edit: insert(mode.edit, event.text.replace(/[\r\n]+/g, ' ')) });
  if (event.name !== 'enter') return stay({ edit: edit(mode.edit, event.name) });
  const text = textOf(mode.edit).trim();
  const problem =
    text === '' ? 'Type something; without it nobody can tell later why.' : mode.field === 'until' ? dayProblem(text) : undefined;
  if (problem) return stay({ problem });
  const values = { ...mode.values, [mode.field]: text };
  const fields: readonly string[] = SIGNED_WITH[mode.decision];
  const field = fields[fields.indexOf(mode.field) + 1];
  const { control, decision } = mode;
  if (field) return next(withScreen(state, { ...screen, mode: { kind: 'sign', decision, control, field, values, edit: editOf('') } }));
  const ticked = screen.ticked.filter((id) => id !== control);
  return next(withScreen(state, { ...screen, ticked, mode: { kind: 'look' } }), {
    do: 'sign',
    step: screen.step,
    control,
    decision,
    values,
  });
}
