/** Questions as line prompts: one at a time, nothing redrawn but the line itself. */
import { checkbox, confirm, input, number, search, select } from '@inquirer/prompts';
import { answerProblems, type AccessRule, type Json, type Option, type Question } from '../step.ts';
import { plainText } from '../text/plain.ts';
import { parseRule, RULE_EXAMPLE, ruleText } from '../view/rule-text.ts';

export interface Context {
  readonly signal: AbortSignal;
}

/** Asks one question by a line prompt, until the answer can be used. */
export async function ask(
  question: Question,
  start: Json | undefined,
  options: readonly Option[],
  say: (text: string) => void,
  context: Context,
): Promise<Json> {
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
    case 'pick':
      return options.length === 0
        ? input({ message: `${question.label} (name or resource id):`, validate }, context)
        : search(
            {
              message: `${question.label} Type to filter, or a name that is not listed.`,
              source: (term) => offered(options, term ?? '', typeof start === 'string' ? start : undefined),
              validate,
            },
            context,
          );
    case 'names': {
      const ticked = Array.isArray(start) ? (start as readonly Json[]).map(String) : [];
      const all = [
        ...options,
        ...ticked.filter((name) => !options.some(({ value }) => value === name)).map((value) => ({ value, label: value })),
      ];
      const chosen =
        all.length === 0
          ? []
          : await checkbox(
              {
                message: `${question.label} Space ticks, Enter goes on.`,
                choices: all.map(({ value, label }) => ({ value, name: plainText(label), checked: ticked.includes(value) })),
              },
              context,
            );
      const list = (text: string) => text.split(/[\s,;]+/).filter(Boolean);
      const more = await input(
        {
          message: 'Others by name (with blanks between, or nothing):',
          validate: (text) => validate([...new Set([...chosen, ...list(text)])]),
        },
        context,
      );
      return [...new Set([...chosen, ...list(more)])];
    }
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

/** What matches, what was chosen before first; a name that is not listed can be taken as typed. */
function offered(options: readonly Option[], term: string, start: string | undefined): { name: string; value: string }[] {
  const found = options.filter(({ value, label }) => `${label} ${value}`.toLowerCase().includes(term.toLowerCase()));
  const first = found.toSorted((a, b) => Number(b.value === start) - Number(a.value === start));
  const typed =
    term.trim() !== '' && !options.some(({ value }) => value === term.trim())
      ? [{ name: `use "${plainText(term.trim())}"`, value: term.trim() }]
      : [];
  return [...first.map(({ value, label }) => ({ name: plainText(label), value })), ...typed];
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
