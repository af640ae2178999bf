/** One control, or one area, over many apps: its questions are asked once, then it is planned for all of them. */
import type { AnyStep } from '../../../contract/index.ts';
import type { Json, Target } from '../../../azure/index.ts';
import { isFixable, problemsIn, questionsFor, unmeant } from '../../../engine/judge/area-decisions.ts';
import type { Finding } from '../../../engine/findings/finding.ts';
import type { KeyEvent } from '../key-events.ts';
import type { Command } from '../keys.ts';
import { next, withNotice, withScreen, type Next } from '../transitions.ts';
import type { CampaignScreen, Screen, SurveyedApp, WizardState } from '../state.ts';
import { answerNow, pressWidget, widgetFor } from '../widgets.ts';
import { openBatch } from './batch.ts';

interface Campaign {
  readonly step: AnyStep;
  readonly controls: readonly string[];
  readonly targets: readonly Target[];
  readonly from: Screen;
}

/** Fixes a finding in these apps. */
export function openFix(state: WizardState, { step, control, risk }: Finding, targets: readonly Target[]): Next {
  if (risk === 'by-hand') return withNotice(state, 'func-harden cannot change this control. Press o for the documentation.');
  return ask(state, { step, controls: [control.id], targets, from: state.screen }, {});
}

/** Fixes what fails of an area in all apps, less what is chosen by its own name only. */
export function openAreaFix(state: WizardState, apps: readonly SurveyedApp[], id: string | undefined): Next {
  const step = state.areas.find((one) => one.id === id);
  if (!step) return next(state);
  const states = apps.flatMap(({ steps }) => steps?.find((one) => one.step.id === id)?.controls ?? []);
  const controls = step.controls
    .filter(({ id: name, optIn }) => !optIn && states.some((one) => one.control.id === name && one.state === 'fail' && isFixable(one)))
    .map(({ id: name }) => name);
  if (controls.length === 0) return withNotice(state, 'func-harden cannot change any control of this area.');
  const targets = apps.map(({ target }) => target);
  return ask(state, { step, controls, targets, from: state.screen }, {});
}

/** The next question, or once all are answered the plan. */
function ask(state: WizardState, campaign: Campaign, answers: CampaignScreen['answers'], after?: string): Next {
  const { step, controls, targets, from } = campaign;
  const questions = questionsFor(step, controls, answers);
  const asked = questions[after === undefined ? 0 : questions.findIndex(([name]) => name === after) + 1];
  if (asked) return show(state, campaign, answers, asked[0]);
  const [problem] = problemsIn(step, answers, { decisions: {}, catalogue: state.areas, asked: questions });
  if (problem && questions.some(([name]) => name === problem.question))
    return show(state, campaign, answers, problem.question, problem.says);
  return openBatch(state, { kind: 'controls', step, controls, answers }, targets, from);
}

function show(state: WizardState, campaign: Campaign, answers: CampaignScreen['answers'], name: string, problem?: string): Next {
  const question = questionsFor(campaign.step, campaign.controls, answers).find(([one]) => one === name)?.[1];
  if (!question) return next(state);
  const widget = widgetFor(question, answers[name]);
  return next(
    withScreen(state, { at: 'campaign', ...campaign, answers, question: name, widget, ...(problem === undefined ? {} : { problem }) }),
  );
}

export function pressCampaign(state: WizardState, screen: CampaignScreen, event: KeyEvent, command: Command | undefined): Next {
  const questions = questionsFor(screen.step, screen.controls, screen.answers);
  const index = questions.findIndex(([name]) => name === screen.question);
  const question = questions[index]?.[1];
  if (!question) return next(withScreen(state, screen.from));
  if (command === 'back') {
    const before = questions[index - 1];
    if (!before) return next(withScreen(state, screen.from));
    // What was chosen so far is kept, so that going back loses nothing.
    return show(state, screen, withAnswer(screen.answers, screen.question, answerNow(screen.widget, question)), before[0]);
  }
  const { widget, answer, problem } = pressWidget(screen.widget, event, question);
  if (answer === undefined) {
    const { problem: _, ...rest } = screen;
    return next(withScreen(state, { ...rest, widget, ...(problem === undefined ? {} : { problem }) }));
  }
  const [empty] = unmeant([screen.question, question], answer);
  if (empty) return next(withScreen(state, { ...screen, problem: empty.says }));
  const { step, controls, targets, from } = screen;
  return ask(state, { step, controls, targets, from }, withAnswer(screen.answers, screen.question, answer), screen.question);
}

const withAnswer = (answers: CampaignScreen['answers'], name: string, answer: Json | undefined): CampaignScreen['answers'] =>
  answer === undefined ? answers : { ...answers, [name]: answer };
