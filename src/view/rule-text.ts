/** Access rules as one line of text, for list editors and line prompts: `100 Allow 203.0.113.0/24 office`. */
import type { AccessRule } from '../azure/index.ts';

export const RULE_EXAMPLE = '100 Allow 203.0.113.0/24 office';

export function parseRule(text: string): AccessRule | string {
  const [rule = '', ...description] = text.trim().split(/(?<!\s)\s+#\s+/);
  const words = [...rule.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const [priority = '', action = '', who = '', name = '', ...headers] = words;
  if (!/^\d+$/.test(priority)) return `Start with a priority, for example: ${RULE_EXAMPLE}`;
  if (!/^(allow|deny)$/i.test(action)) return `Write Allow or Deny after the priority, for example: ${RULE_EXAMPLE}`;
  if (!who) return `Add the source: an address range, a service tag or a subnet id, for example: ${RULE_EXAMPLE}`;
  if (words.length < 4) return `End with a name, for example: ${RULE_EXAMPLE}`;
  const source = who.startsWith('/subscriptions/') ? { subnet: who } : /[:/]|^\d/.test(who) ? { ip: who } : { serviceTag: who };
  const given: Record<string, string[]> = {};
  for (const header of headers) {
    const [key = '', value = ''] = header.split('=', 2);
    if (!value) return `Write a header as NAME=VALUE, not ${header}`;
    given[key.toLowerCase()] = [...(given[key.toLowerCase()] ?? []), value];
  }
  return {
    name,
    priority: Number(priority),
    action: /^allow$/i.test(action) ? 'Allow' : 'Deny',
    ...source,
    ...(headers.length > 0 ? { headers: given } : {}),
    ...(description.length > 0 ? { description: description.join(' # ') } : {}),
  };
}

/** Returns the line that `parseRule` parses to the same rule. */
export function ruleText(rule: AccessRule): string {
  const headers = Object.entries(rule.headers ?? {}).flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
  const name = /^$|\s/.test(rule.name) ? `"${rule.name}"` : rule.name;
  const who = (rule.ip ?? rule.serviceTag ?? rule.subnet ?? '').replace(/\s+/g, '');
  return [rule.priority, rule.action, who, name, ...headers, ...(rule.description ? [`# ${rule.description}`] : [])].join(' ');
}

/** Swaps the places and the priorities of two rules; undefined where one of them is not a rule. */
export function swapRules(rules: readonly string[], from: number, to: number): string[] | undefined {
  const [here, there] = [parseRule(rules[from] ?? ''), parseRule(rules[to] ?? '')];
  if (typeof here === 'string' || typeof there === 'string') return undefined;
  return rules.with(to, ruleText({ ...here, priority: there.priority })).with(from, ruleText({ ...there, priority: here.priority }));
}
