/** Handles keys inside one area: view, select, answer, sign, and go to its plan. */
import { decisionFrom, isFixable, preselect, problemsIn, questionsFor, doubtsOf } from '../../../engine/judge/area-decisions.ts';
import type { StepState } from '../../../engine/judge/assess.ts';
import { memberProblem, SIGNED_WITH } from '../../../engine/judge/decisions.ts';
import type { Json } from '../../../azure/index.ts';
import type { Question } from '../../../contract/index.ts';
import { editOf, editedText } from '../fields/text-edit.ts';
import { typedInto } from '../fields/text-field.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from '../keys/keys.ts';
import { areasAt, backToOrigin, next, withNotice, withScreen, type Next } from '../transitions.ts';
import { stepStateOf } from '../state/derived-state.ts';
import type { AreaMode, Screen, WizardState } from '../state/state.ts';
import { answerNow, pressWidget, widgetFor } from '../fields/widgets.ts';
import { moved } from './move.ts';

type Area = Extract<Screen, { at: 'area' }>;

export const sketchKey = (step: string, ticked: readonly string[], answers: Readonly<Record<string, Json>>): string =>
  JSON.stringify([step, ticked, answers]);

/** Opens an area, with the cursor on the control that was searched, if any. */
export function openArea(state: WizardState, id: string, control?: string): Next {
  const step = stepStateOf(state, id);
  if (!step) return next(state);
  const decided = state.open?.decisions[id];
  const cursor = Math.max(
    0,
    step.controls.findIndex((one) => one.control.id === control),
  );
  const ticked = preselect(step, decided, state.profile);
  return sketched(state, { at: 'area', step: id, cursor, ticked, answers: decided?.answers ?? {}, mode: { kind: 'look' } });
}

/** Shows the area, and requests a preview of its change if the preview is out of date. */
function sketched(state: WizardState, screen: Area, answers = screen.answers): Next {
  const { step, ticked } = screen;
  const { sketch: before, ...rest } = screen;
  if (ticked.length === 0) return next(withScreen(state, rest));
  const key = sketchKey(step, ticked, answers);
  if (before?.key === key) return next(withScreen(state, screen));
  return next(withScreen(state, { ...rest, sketch: { ...before, key } }), { do: 'sketch', step, ticked, answers });
}

export const planArea = (state: WizardState, screen: Area): Next =>
  next(
    withScreen(state, {
      ...screen,
      mode: {
        kind: 'flow',
        flow: { kind: 'planning', says: 'Reading current values', key: sketchKey(screen.step, screen.ticked, screen.answers) },
      },
    }),
    { do: 'plan', step: screen.step, ticked: screen.ticked, answers: screen.answers },
  );

/** Adds the area's change to the queue, which is applied together later. */
export const queueArea = (state: WizardState, { step, ticked, answers }: Area): Next =>
  next(areasAt(state, step, 1), { do: 'queue', step, ticked, answers });

/** Plans the changes again without those that failed. */
export function skipFailed(state: WizardState, failed: readonly string[]): Next {
  const { screen } = state;
  if (screen.at === 'area')
    return planArea(state, { ...screen, ticked: screen.ticked.filter((id) => !failed.includes(`${screen.step}.${id}`)) });
  return next(withScreen(state, { at: 'queue', flow: { kind: 'planning', says: 'Planning the remaining changes', key: 'queue' } }), {
    do: 'skip-controls',
    controls: failed,
  });
}

export function pressArea(state: WizardState, screen: Area, event: KeyEvent, command: Command | undefined): Next {
  const step = stepStateOf(state, screen.step);
  if (!step) return next(state);
  const { mode } = screen;
  switch (mode.kind) {
    case 'look':
      return pressLook(state, screen, step, event, command);
    case 'why':
    case 'sketch':
      if (command === 'back') return next(withScreen(state, { ...screen, mode: { kind: 'look' } }));
      return next(withScreen(state, { ...screen, mode: { kind: mode.kind, scroll: moved(mode.scroll, Number.MAX_SAFE_INTEGER, event) } }));
    case 'ask':
      return pressAsk(state, screen, mode, step, event, command);
    case 'sign':
      return pressSign(state, screen, mode, event, command);
    case 'flow':
      return next(state);
  }
}

function pressLook(state: WizardState, screen: Area, step: StepState, event: KeyEvent, command: Command | undefined): Next {
  const control = step.controls[screen.cursor];
  const signedNow = control && state.open?.decisions[screen.step]?.controls[control.control.id]?.decision;
  const steps = state.open?.steps ?? [];
  const at = steps.findIndex((one) => one.step.id === screen.step);
  switch (command) {
    case 'move':
      return next(withScreen(state, { ...screen, cursor: moved(screen.cursor, step.controls.length, event) }));
    case 'back':
      return state.origin ? backToOrigin(state) : next(areasAt(state, screen.step));
    case 'next':
    case 'previous': {
      const other = steps[at + (command === 'next' ? 1 : -1)];
      return other
        ? openArea(state, other.step.id)
        : withNotice(state, command === 'next' ? 'This is the last area.' : 'This is the first area.');
    }
    case 'choose': {
      const following = steps[at + 1];
      if (screen.ticked.length > 0) return nextQuestionOrPlan(state, screen, step, screen.answers);
      return following ? openArea(state, following.step.id) : next(areasAt(state, screen.step));
    }
    case 'why':
      return next(withScreen(state, { ...screen, mode: { kind: 'why', scroll: 0 } }));
    case 'request':
      return next(withScreen(state, { ...screen, mode: { kind: 'sketch', scroll: 0 } }));
    case 'search':
      return next(withScreen(state, { at: 'search', filter: editOf(''), cursor: 0, from: screen }));
    case 'skip':
      return next({ ...areasAt(state, screen.step, 1), notice: `${step.step.title}: skipped` }, { do: 'skip', step: screen.step });
    case 'queue':
      return screen.ticked.length === 0
        ? withNotice(state, 'Select a control first (Space).')
        : nextQuestionOrPlan(state, screen, step, screen.answers, undefined, true);
    case 'tick':
      return tick(state, screen, control);
    case 'sign': {
      const decision =
        control?.control.kind === 'attestation'
          ? 'attest'
          : control?.state === 'fail' || control?.state === 'accepted'
            ? 'accept'
            : undefined;
      if (!control || !decision) return withNotice(state, 'Only a failed control can be accepted.');
      const edit = editOf(state.account.name ?? '');
      return next(
        withScreen(state, { ...screen, mode: { kind: 'sign', decision, control: control.control.id, field: 'by', values: {}, edit } }),
      );
    }
    case 'revoke':
      if (!control || (signedNow !== 'accept' && signedNow !== 'attest'))
        return withNotice(state, 'This control is not accepted or attested for this app, so there is nothing to revoke.');
      return next(
        { ...state, notice: `${control.control.label}: revoked` },
        { do: 'revoke', step: screen.step, control: control.control.id },
      );
    default:
      return next(state);
  }
}

function tick(state: WizardState, screen: Area, control: StepState['controls'][number] | undefined): Next {
  if (!control) return next(state);
  const { id } = control.control;
  if (!isFixable(control))
    return withNotice(state, control.state === 'fail' ? 'func-harden cannot change this control.' : 'Nothing to change in this area.');
  const ticked = screen.ticked.includes(id) ? screen.ticked.filter((one) => one !== id) : [...screen.ticked, id];
  return sketched(state, { ...screen, ticked });
}

/** Goes to the next unanswered question, or, if all are answered, to the plan or the queue. */
function nextQuestionOrPlan(
  state: WizardState,
  screen: Area,
  step: StepState,
  answers: Readonly<Record<string, Json>>,
  after?: string,
  queue = screen.queue === true,
): Next {
  const { queue: _, ...rest } = screen;
  const going: Area = { ...rest, answers, ...(queue ? { queue: true as const } : {}) };
  const questions = questionsFor(step.step, screen.ticked, answers);
  const asked = questions[after === undefined ? 0 : questions.findIndex(([name]) => name === after) + 1];
  if (asked) return ask(state, going, asked, answers[asked[0]]);
  const [problem] = problemsIn(step.step, answers, {
    decisions: { ...state.open?.decisions, [screen.step]: decisionFrom(step, screen.ticked, answers, state.open?.decisions[screen.step]) },
    catalogue: (state.open?.steps ?? []).map((one) => one.step),
    asked: questions,
  });
  const wrong = problem && questions.find(([name]) => name === problem.question);
  if (problem && wrong) return ask(state, going, wrong, answers[wrong[0]], problem.says);
  if (problem) return withNotice({ ...state, screen: { ...rest, answers, mode: { kind: 'look' } } }, problem.says);
  return queue ? queueArea(state, going) : planArea(state, { ...rest, answers });
}

function ask(
  state: WizardState,
  screen: Area,
  [name, question]: readonly [string, Question],
  value: Json | undefined,
  problem?: string,
): Next {
  const start = value ?? state.open?.prefill[screen.step]?.[name];
  const widget = widgetFor(question, start, state.open?.options[screen.step]?.[name] ?? []);
  const asking: Area = { ...screen, mode: { kind: 'ask', question: name, widget, ...(problem ? { problem } : {}) } };
  const answer = answerNow(widget, question);
  return sketched(state, asking, answer === undefined ? screen.answers : { ...screen.answers, [name]: answer });
}

function pressAsk(
  state: WizardState,
  screen: Area,
  mode: Extract<AreaMode, { kind: 'ask' }>,
  step: StepState,
  event: KeyEvent,
  command: Command | undefined,
): Next {
  const questions = questionsFor(step.step, screen.ticked, screen.answers);
  const index = questions.findIndex(([name]) => name === mode.question);
  const question = questions[index]?.[1];
  if (!question) return next(state);
  if (command === 'back') {
    const before = questions[index - 1];
    // The current answer is kept, so that going back does not lose it.
    const answer = answerNow(mode.widget, question);
    const kept: Area = { ...screen, answers: answer === undefined ? screen.answers : { ...screen.answers, [mode.question]: answer } };
    const { queue: _, ...rest } = kept;
    const to = before ? ask(state, kept, before, kept.answers[before[0]]) : sketched(state, { ...rest, mode: { kind: 'look' } });
    return { ...to, effects: [...to.effects, { do: 'keep', step: screen.step, answers: kept.answers }] };
  }
  const { widget, answer, problem } = pressWidget(mode.widget, event, question);
  if (answer !== undefined) {
    const [empty] = doubtsOf([mode.question, question], answer);
    if (empty) return next(withScreen(state, { ...screen, mode: { ...mode, problem: empty.says } }));
    const answers = { ...screen.answers, [mode.question]: answer };
    const to = nextQuestionOrPlan(state, screen, step, answers, mode.question);
    // Each answer is saved to disk, so that closing the window does not lose it.
    return { ...to, effects: [{ do: 'keep', step: screen.step, answers }, ...to.effects] };
  }
  const typing: Area = { ...screen, mode: { kind: 'ask', question: mode.question, widget, ...(problem ? { problem } : {}) } };
  const sofar = answerNow(widget, question);
  return sofar === undefined ? next(withScreen(state, typing)) : sketched(state, typing, { ...screen.answers, [mode.question]: sofar });
}

/** Handles keys while signing: one field after the other; the last field saves the signature. */
function pressSign(
  state: WizardState,
  screen: Area,
  mode: Extract<AreaMode, { kind: 'sign' }>,
  event: KeyEvent,
  command: Command | undefined,
): Next {
  const { problem: _, ...clean } = mode;
  const stay = (change: Partial<typeof mode>) => next(withScreen(state, { ...screen, mode: { ...clean, ...change } }));
  const fields: readonly string[] = SIGNED_WITH[mode.decision];
  const place = fields.indexOf(mode.field);
  if (command === 'back') {
    const before = fields[place - 1];
    return before
      ? stay({ field: before, edit: editOf(mode.values[before] ?? '') })
      : next(withScreen(state, { ...screen, mode: { kind: 'look' } }));
  }
  if (command !== 'choose') return stay({ edit: typedInto(mode.edit, event) });
  const text = editedText(mode.edit).trim();
  const problem = memberProblem(mode.field, text, state.open?.readAt);
  if (problem) return stay({ problem });
  const values = { ...mode.values, [mode.field]: text };
  const field = fields[place + 1];
  if (field) return stay({ field, values, edit: editOf(values[field] ?? '') });
  const { control, decision } = mode;
  const looking = sketched(state, { ...screen, ticked: screen.ticked.filter((id) => id !== control), mode: { kind: 'look' } });
  return { ...looking, effects: [...looking.effects, { do: 'sign', step: screen.step, control, decision, values }] };
}
