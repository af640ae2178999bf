/** Changes one control or one area over many apps: asks its questions once, or app by app if answers differ, then plans the change. */
import type { Json, Target } from '../../../azure/index.ts';
import { isFixable, problemsIn, questionsFor, doubtsOf } from '../../../engine/judge/area-decisions.ts';
import type { Finding } from '../../../engine/findings/finding.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from '../keys/keys.ts';
import { next, withNotice, withScreen, type Next } from '../transitions.ts';
import type { BatchScreen, CampaignScreen, SurveyedApp, WizardState } from '../state/state.ts';
import { answerNow, pressWidget, widgetFor } from '../fields/widgets.ts';
import { rowsOf } from '../state/batch.ts';
import { openBatch } from './batch.ts';

type Campaign = Pick<CampaignScreen, 'step' | 'controls' | 'targets' | 'from' | 'answers' | 'each' | 'own' | 'oneByOne'>;

const NONE = { answers: {}, each: [], own: {} };

/** Fixes a finding in the given apps. */
export function openFix(state: WizardState, { step, control, risk }: Finding, targets: readonly Target[]): Next {
  if (risk === 'by-hand') return withNotice(state, 'func-harden cannot change this control. Press o for the documentation.');
  return ask(state, { step, controls: [control.id], targets, from: state.screen, ...NONE });
}

/** Fixes the failing controls of an area in all apps, except controls that must be chosen by name. */
export function openAreaFix(state: WizardState, apps: readonly SurveyedApp[], id: string | undefined): Next {
  const step = state.areas.find((one) => one.id === id);
  if (!step) return next(state);
  const states = apps.flatMap(({ steps }) => steps?.find((one) => one.step.id === id)?.controls ?? []);
  const controls = step.controls
    .filter(({ id: name, optIn }) => !optIn && states.some((one) => one.control.id === name && one.state === 'fail' && isFixable(one)))
    .map(({ id: name }) => name);
  if (controls.length === 0) return withNotice(state, 'func-harden cannot change any control of this area.');
  const targets = apps.map(({ target }) => target);
  return ask(state, { step, controls, targets, from: state.screen, ...NONE });
}

/** Asks for answers of single apps: the app under the cursor, or all apps of a blocked row. Common answers are kept. */
export function openOwnAnswers(state: WizardState, screen: BatchScreen): Next {
  const { work, targets, from } = screen;
  const row = rowsOf(screen)[screen.cursor];
  const apps = row?.kind === 'app' ? [row.target] : row?.kind === 'block' ? row.block.apps : [];
  if (work.kind !== 'controls') return next(state);
  if (apps.length === 0) return withNotice(state, 'Press Enter to list the apps, then select the app that needs different answers.');
  const { step, controls, answers, own = {} } = work;
  const each = questionsFor(step, controls, answers).map(([name]) => name);
  if (each.length === 0) return withNotice(state, 'This change has no questions.');
  return ask(state, { step, controls, targets, from, answers, each, own, oneByOne: { apps, index: 0 } });
}

/** Returns the answers known for the app that is asked now, or for all apps. */
const answersNow = ({ answers, own, oneByOne }: Campaign): CampaignScreen['answers'] => {
  const id = oneByOne?.apps[oneByOne.index]?.id;
  return id === undefined ? answers : { ...answers, ...own[id] };
};

/** Returns the questions to ask now: those with one answer for all apps, or those of one app. */
export function campaignQuestions(campaign: Campaign): ReturnType<typeof questionsFor> {
  const { step, controls, answers, each, oneByOne } = campaign;
  const isOwn = (name: string) => each.includes(name) || (oneByOne !== undefined && answers[name] === undefined);
  return questionsFor(step, controls, answersNow(campaign)).filter(([name]) => isOwn(name) === (oneByOne !== undefined));
}

/** Goes to the next question, the next app, or, if all are answered, the plan. */
function ask(state: WizardState, campaign: Campaign, after?: string): Next {
  const { step, controls, targets, from, answers, each, own, oneByOne } = campaign;
  const questions = campaignQuestions(campaign);
  const asked = questions[after === undefined ? 0 : questions.findIndex(([name]) => name === after) + 1];
  if (asked) return show(state, campaign, asked[0]);
  const [problem] = problemsIn(step, answersNow(campaign), { decisions: {}, catalogue: state.areas, asked: questions });
  if (problem && questions.some(([name]) => name === problem.question)) return show(state, campaign, problem.question, problem.says);
  if (each.length > 0 && !oneByOne) return ask(state, { ...campaign, oneByOne: { apps: targets, index: 0 } });
  if (oneByOne && oneByOne.index + 1 < oneByOne.apps.length)
    return ask(state, { ...campaign, oneByOne: { ...oneByOne, index: oneByOne.index + 1 } });
  const differs = Object.keys(own).length > 0 ? { own } : {};
  return openBatch(state, { kind: 'controls', step, controls, answers, ...differs }, targets, from);
}

function show(state: WizardState, campaign: Campaign, name: string, problem?: string): Next {
  const { step, controls, targets, from, answers, each, own, oneByOne } = campaign;
  const question = campaignQuestions(campaign).find(([one]) => one === name)?.[1];
  if (!question) return next(state);
  const widget = widgetFor(question, answersNow(campaign)[name]);
  const apps = oneByOne ? { oneByOne } : {};
  const screen: CampaignScreen = { at: 'campaign', step, controls, targets, from, answers, each, own, ...apps, question: name, widget };
  return next(withScreen(state, problem === undefined ? screen : { ...screen, problem }));
}

export function pressCampaign(state: WizardState, screen: CampaignScreen, event: KeyEvent, command: Command | undefined): Next {
  const questions = campaignQuestions(screen);
  const index = questions.findIndex(([name]) => name === screen.question);
  const question = questions[index]?.[1];
  if (!question) return next(withScreen(state, screen.from));
  // The current answer is kept, so that going back does not lose it.
  if (command === 'back') return back(state, withAnswer(screen, answerNow(screen.widget, question)), questions[index - 1]?.[0]);
  if (command === 'differs') return ask(state, { ...screen, each: [...screen.each, screen.question] }, questions[index - 1]?.[0]);
  const { widget, answer, problem } = pressWidget(screen.widget, event, question);
  if (answer === undefined) {
    const { problem: _, ...rest } = screen;
    return next(withScreen(state, { ...rest, widget, ...(problem === undefined ? {} : { problem }) }));
  }
  const [empty] = doubtsOf([screen.question, question], answer);
  if (empty) return next(withScreen(state, { ...screen, problem: empty.says }));
  return ask(state, withAnswer(screen, answer), screen.question);
}

/** Returns to the previous question, the previous app, the common questions, or the screen where the change began. */
function back(state: WizardState, campaign: Campaign, before: string | undefined): Next {
  if (before !== undefined) return show(state, campaign, before);
  const { oneByOne, from } = campaign;
  if (!oneByOne) return next(withScreen(state, from));
  const { oneByOne: _, ...common } = campaign;
  const earlier: Campaign = oneByOne.index > 0 ? { ...campaign, oneByOne: { ...oneByOne, index: oneByOne.index - 1 } } : common;
  const last = campaignQuestions(earlier).at(-1)?.[0];
  return last === undefined ? next(withScreen(state, from)) : show(state, earlier, last);
}

function withAnswer(campaign: CampaignScreen, answer: Json | undefined): Campaign {
  if (answer === undefined) return campaign;
  const { question, answers, own, oneByOne } = campaign;
  const id = oneByOne?.apps[oneByOne.index]?.id;
  if (id === undefined) return { ...campaign, answers: { ...answers, [question]: answer } };
  return { ...campaign, own: { ...own, [id]: { ...own[id], [question]: answer } } };
}
