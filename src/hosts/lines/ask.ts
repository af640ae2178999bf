/** Asks questions as line prompts, each until its answer is valid. */
import { answerProblems, type Option, type Question } from '../../contract/index.ts';
import type { AccessRule, Json } from '../../azure/index.ts';
import { parseRule, RULE_EXAMPLE, ruleText, swapRules } from '../../view/rule-text.ts';
import type { Choice, Prompts } from './prompts.ts';

const listIn = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

export async function ask(question: Question, start: Json | undefined, options: readonly Option[], prompts: Prompts): Promise<Json> {
  const check = (value: Json) => answerProblems(question, value)[0]?.says ?? true;
  prompts.say(question.help);
  switch (question.kind) {
    case 'choice':
      return prompts.choose(
        question.label,
        question.options.map((value) => ({ name: value, value })),
        { start: String(start ?? question.preselect ?? question.options[0]) },
      );
    case 'yesno': {
      const choices = [
        { name: 'yes', value: true },
        { name: 'no', value: false },
      ];
      return prompts.choose(question.label, choices, { start: (start ?? question.preselect) === true });
    }
    case 'number': {
      const numberIn = (text: string): Json => (/^\d+$/.test(text.trim()) ? Number(text) : text);
      const given = typeof start === 'number' ? { start: String(start) } : {};
      return numberIn(await prompts.line(`${question.label}:`, { ...given, check: (text) => check(numberIn(text)) }));
    }
    case 'text': {
      const given = typeof start === 'string' ? { start } : {};
      return (await prompts.line(`${question.label}:`, { ...given, check: (text) => check(text.trim()) })).trim();
    }
    case 'pick':
      return pick({ question, start, options, check, prompts });
    case 'names':
      return names({ question, start, options, check, prompts });
    case 'origins': {
      const origins = (text: string) => (text.trim().toLowerCase() === 'none' ? [] : listIn(text));
      const typed = await prompts.line(`${question.label} (separate them with spaces, or type none):`, {
        start: ((start ?? []) as string[]).join(' '),
        check: (text) => check(origins(text)),
        keepsText: true,
      });
      return origins(typed);
    }
    case 'rules':
      return rules(question, ((start ?? []) as unknown as AccessRule[]).map(ruleText), check, prompts);
  }
}

type Check = (value: Json) => true | string;

interface Asked {
  readonly question: Question;
  readonly start: Json | undefined;
  readonly options: readonly Option[];
  readonly check: Check;
  readonly prompts: Prompts;
}

async function pick({ question, start, options, check, prompts }: Asked): Promise<Json> {
  const other: Choice<string | undefined> = { name: 'other: type a name or resource id', value: undefined };
  const known = typeof start === 'string' ? start : undefined;
  const chosen =
    options.length === 0
      ? undefined
      : await prompts.choose(question.label, [...options.map(({ value, label }) => ({ name: label, value })), other], {
          start: known,
        });
  if (chosen !== undefined) return chosen;
  return (
    await prompts.line(`${question.label} (name or resource id):`, {
      ...(known ? { start: known } : {}),
      check: (text) => check(text.trim()),
    })
  ).trim();
}

async function names({ question, start, options, check, prompts }: Asked): Promise<Json> {
  const ticked = Array.isArray(start) ? (start as readonly Json[]).map(String) : [];
  const stray = ticked.filter((name) => !options.some(({ value }) => value === name)).map((value) => ({ value, label: value }));
  const all = [...options, ...stray].map(({ value, label }) => ({ name: label, value }));
  const chosen = all.length === 0 ? [] : await prompts.several(question.label, all, ticked);
  const together = (text: string) => [...new Set([...chosen, ...listIn(text)])];
  const what = all.length === 0 ? `${question.label} (names, separate them with spaces` : 'More names (separate them with spaces';
  return together(await prompts.line(`${what}; Enter for none):`, { check: (text) => check(together(text)) }));
}

/** Edits a list of rules line by line; one line may contain several rules, separated by semicolons. */
async function rules(question: Question, start: readonly string[], check: Check, prompts: Prompts): Promise<Json> {
  const kept = [...start];
  const meant = (more: readonly string[] = []) => [...kept, ...more].map(parseRule) as unknown as Json[];
  const split = (text: string) => text.split(/\s*;\s*/).filter(Boolean);
  prompts.say(
    `Add a rule, for example "${RULE_EXAMPLE}". Separate several rules with ;. "-1" removes rule 1, "1 up" and "1 down" move it. Press Enter on an empty line to finish.`,
  );
  for (;;) {
    prompts.say(kept.length === 0 ? 'No rules yet.' : kept.map((rule, index) => `  ${index + 1}. ${rule}`).join('\n'));
    const typed = await prompts.line(`${question.label}:`, {
      keepsText: true,
      check(text) {
        const order = orderIn(text, kept.length);
        if (order) return order.fits ? true : 'No rule has this number, or it cannot be moved further.';
        if (text.trim() === '') return check(meant());
        const wrong = split(text)
          .map(parseRule)
          .find((rule) => typeof rule === 'string');
        return typeof wrong === 'string' ? wrong : check(meant(split(text)));
      },
    });
    if (typed.trim() === '') return meant();
    const order = orderIn(typed, kept.length);
    if (!order) kept.push(...split(typed.trim()));
    else if (order.to === undefined) kept.splice(order.from, 1);
    else kept.splice(0, kept.length, ...(swapRules(kept, order.from, order.to) ?? kept));
  }
}

interface Order {
  readonly from: number;
  /** undefined if the rule is removed. */
  readonly to?: number;
  readonly fits: boolean;
}

function orderIn(text: string, count: number): Order | undefined {
  const [, minus, number, where] = /^(-)?(\d+)(?:\s+(up|down))?$/i.exec(text.trim()) ?? [];
  if (number === undefined || (!minus && !where)) return undefined;
  const from = Number(number) - 1;
  const is = (index: number) => index >= 0 && index < count;
  if (minus) return { from, fits: is(from) };
  const to = from + (where?.toLowerCase() === 'up' ? -1 : 1);
  return { from, to, fits: is(from) && is(to) };
}
