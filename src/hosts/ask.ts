/** Questions as line prompts: one at a time, nothing redrawn but the line itself. */
import { confirm, input, number, select } from '@inquirer/prompts';
import { answerProblems, type AccessRule, type Json, type Question } from '../step.ts';
import { parseRule, RULE_EXAMPLE, ruleText } from '../view/rule-text.ts';

export interface Context {
  readonly signal: AbortSignal;
}

/** Asks one question by a line prompt, until the answer can be used. */
export async function ask(question: Question, start: Json | undefined, say: (text: string) => void, context: Context): Promise<Json> {
  const validate = (value: Json) => answerProblems(question, value)[0]?.says ?? true;
  say(question.help);
  switch (question.kind) {
    case 'choice':
      return select(
        {
          message: question.label,
          choices: question.options.map((value) => ({ name: value, value })),
          default: String(start ?? question.preselect ?? ''),
        },
        context,
      );
    case 'yesno':
      return confirm({ message: question.label, default: (start ?? question.preselect) === true }, context);
    case 'number':
      return (await number(
        {
          message: `${question.label}:`,
          required: true,
          validate: (value) => validate(value ?? null),
          ...(typeof start === 'number' ? { default: start } : {}),
        },
        context,
      )) as number;
    case 'text':
      return input({ message: `${question.label}:`, default: typeof start === 'string' ? start : '', validate }, context);
    case 'origins': {
      const list = (text: string) => text.split(/[\s,;]+/).filter(Boolean);
      const typed = await input(
        {
          message: `${question.label} (with blanks between):`,
          default: ((start ?? []) as string[]).join(' '),
          prefill: 'editable',
          validate: (text) => validate(list(text)),
        },
        context,
      );
      return list(typed);
    }
    case 'rules':
      return rulesPrompt(question, ((start ?? []) as unknown as AccessRule[]).map(ruleText), validate, say, context);
  }
}

async function rulesPrompt(
  question: Question,
  start: readonly string[],
  validate: (value: Json) => string | true,
  say: (text: string) => void,
  context: Context,
): Promise<Json> {
  const rules = [...start];
  const meant = () => rules.map(parseRule) as unknown as Json[];
  for (;;) {
    say(rules.length === 0 ? 'No rules yet.' : rules.map((rule, index) => `${index + 1}. ${rule}`).join('\n'));
    const typed = await input(
      {
        message: `${question.label}: add a rule like "${RULE_EXAMPLE}", "-1" removes the first, nothing ends:`,
        validate: (text) => {
          if (text.trim() === '') return validate(meant());
          if (/^-\d+$/.test(text.trim())) return rules[Number(text.trim().slice(1)) - 1] === undefined ? 'There is no such rule.' : true;
          const rule = parseRule(text);
          return typeof rule === 'string' ? rule : validate([...meant(), rule as unknown as Json]);
        },
      },
      context,
    );
    if (typed.trim() === '') return meant();
    if (typed.trim().startsWith('-')) rules.splice(Number(typed.trim().slice(1)) - 1, 1);
    else rules.push(typed.trim());
  }
}
