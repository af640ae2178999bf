/** Line prompts with the questions of a fix in several apps: asked once, or app by app if the answers differ. */
import type { AnyStep } from '../../contract/index.ts';
import type { Json, Target } from '../../azure/index.ts';
import type { OwnAnswers } from '../../engine/findings/batch.ts';
import { problemsIn, questionsFor, doubtsOf } from '../../engine/judge/area-decisions.ts';
import type { OpenApp } from '../../engine/session.ts';
import { plainText } from '../../text/plain.ts';
import { ask } from './ask.ts';
import type { SafeTools } from './line-safe.ts';

type Answered = Readonly<Record<string, Json>>;

/** Answers of a fix on several apps; `own` has the different answers of single apps, by app id. */
interface AnsweredApps {
  readonly answers: Answered;
  readonly own?: OwnAnswers;
}

/** Asks what these controls need; undefined where the person goes back. */
export async function answersForApps(
  step: AnyStep,
  controls: readonly string[],
  targets: readonly Target[],
  tools: SafeTools,
): Promise<AnsweredApps | undefined> {
  const { prompts, session } = tools;
  if (questionsFor(step, controls, {}).length === 0) return { answers: {} };
  const [only, ...others] = targets;
  const differs =
    others.length > 0 &&
    (await prompts.choose('How do you want to answer?', [
      { name: 'one answer for all apps', value: false },
      { name: 'app by app', value: true },
    ]));
  if (!differs) {
    // The questions of one app start with its current values.
    const open = only && others.length === 0 ? await session.open(only) : undefined;
    const answers = await answersOnce(step, controls, open, tools);
    return answers && { answers };
  }
  const own: Record<string, Answered> = {};
  for (const [index, target] of targets.entries()) {
    prompts.say(`\nApp ${index + 1} of ${targets.length}: ${plainText(target.label)}`);
    const answers = await answersOnce(step, controls, await session.open(target), tools);
    if (!answers) return undefined;
    own[target.id] = answers;
  }
  return { answers: {}, own };
}

/** Asks until the answers are good each and together. */
async function answersOnce(
  step: AnyStep,
  controls: readonly string[],
  open: OpenApp | undefined,
  { prompts, session }: SafeTools,
): Promise<Answered | undefined> {
  const decisions = open?.decisions ?? {};
  const answers: Record<string, Json> = { ...decisions[step.id]?.answers };
  for (;;) {
    const asked = new Set<string>();
    for (;;) {
      const all = questionsFor(step, controls, answers);
      const question = all.find(([name]) => !asked.has(name));
      if (!question) break;
      const [name, what] = question;
      asked.add(name);
      prompts.say(`\nQuestion ${all.indexOf(question) + 1} of ${all.length}`);
      const start = answers[name] ?? open?.prefill[step.id]?.[name];
      answers[name] = await ask(what, start, open?.options[step.id]?.[name] ?? [], prompts);
      if (doubtsOf(question, answers[name]).length > 0) break;
    }
    const questions = questionsFor(step, controls, answers);
    const [problem] = problemsIn(step, answers, { decisions: {}, catalogue: session.steps, asked: questions });
    if (!problem) return answers;
    prompts.say(`${problem.question}: ${problem.says}`);
    const again = await prompts.choose('What now?', [
      { name: 'answer the questions again', value: true },
      { name: 'go back without changes', value: false },
    ]);
    if (!again) return undefined;
  }
}
