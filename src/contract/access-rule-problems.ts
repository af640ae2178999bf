/** Checks access rules that a person wrote. */
import type { Problem } from './problem.ts';
import { isRecord, type Json, RULE_HEADERS, RULE_LIMIT, SUBNET_ID } from '../azure/index.ts';

const MEMBERS = ['name', 'priority', 'action', 'ip', 'serviceTag', 'subnet', 'headers', 'description'] as const;
const SOURCES = ['ip', 'serviceTag', 'subnet'] as const;

/** Returns every problem of a list of access rules, each with its place in the list. */
export function ruleProblems(value: Json, cidrProblem: (text: string) => string | undefined): Problem[] {
  if (!Array.isArray(value))
    return [{ path: [], says: 'must be a list of rules, each with name, priority, action and ip, serviceTag or subnet' }];
  const problems = value.flatMap((rule: Json, index) =>
    oneRule(rule, cidrProblem).map((problem) => ({ ...problem, path: [index, ...problem.path] })),
  );
  if (value.length > RULE_LIMIT.rules)
    problems.push({ path: [], says: `${value.length} rules; App Service allows at most ${RULE_LIMIT.rules}` });
  return problems;
}

function oneRule(rule: Json, cidrProblem: (text: string) => string | undefined): Problem[] {
  if (!isRecord(rule))
    return [{ path: [], says: 'must be a rule, like { name: office, priority: 100, action: Allow, ip: 203.0.113.0/24 }' }];
  const problems: Problem[] = [];
  const say = (says: string, ...path: (string | number)[]) => void problems.push({ path, says });
  for (const key of Object.keys(rule))
    if (!MEMBERS.includes(key as never)) say(`unknown field; a rule has the fields ${MEMBERS.join(', ')}`, key);
  const { name, priority, action, ip, serviceTag, subnet, headers, description } = rule;
  // A rule that was created without a name has the name "".
  if (typeof name !== 'string' || name.length > RULE_LIMIT.name)
    say(`a rule needs a name of at most ${RULE_LIMIT.name} characters`, ...at(rule, 'name'));
  if (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 1 || priority > RULE_LIMIT.priority) {
    say(`the priority must be a whole number from 1 to ${RULE_LIMIT.priority}; lower numbers are evaluated first`, ...at(rule, 'priority'));
  }
  if (action !== 'Allow' && action !== 'Deny') say('the action must be "Allow" or "Deny"', ...at(rule, 'action'));
  if (description !== undefined && (typeof description !== 'string' || description.length > RULE_LIMIT.description))
    say(`a description has at most ${RULE_LIMIT.description} characters`, 'description');
  const given = SOURCES.filter((source) => rule[source] !== undefined);
  if (given.length !== 1) say(`requires exactly one of ip, serviceTag and subnet${given.length ? `, has ${given.join(' and ')}` : ''}`);
  if (ip !== undefined) problems.push(...listed(ip, 'ip', cidrProblem));
  if (serviceTag !== undefined)
    problems.push(
      ...listed(serviceTag, 'serviceTag', (tag) =>
        /^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$/.test(tag) ? undefined : `"${tag}" is not a service tag; write it like AzureFrontDoor.Backend`,
      ),
    );
  if (subnet !== undefined && (typeof subnet !== 'string' || !SUBNET_ID.test(subnet)))
    say('must be the resource id of a subnet, /subscriptions/…/virtualNetworks/…/subnets/…', 'subnet');
  if (headers !== undefined) problems.push(...headerProblems(headers));
  return problems;
}

/** Checks one text that may hold several values with commas between them, as App Service accepts it. */
function listed(value: Json, member: string, problemOf: (text: string) => string | undefined): Problem[] {
  if (typeof value !== 'string') return [{ path: [member], says: 'must be text' }];
  const parts = value.split(',').map((part) => part.trim());
  if (parts.length > RULE_LIMIT.values)
    return [{ path: [member], says: `${parts.length} values; a rule allows at most ${RULE_LIMIT.values}` }];
  return parts.flatMap((part) => {
    const says = problemOf(part);
    return says ? [{ path: [member], says }] : [];
  });
}

function headerProblems(headers: Json): Problem[] {
  if (!isRecord(headers)) return [{ path: ['headers'], says: 'must be a map of header names to lists of values' }];
  return Object.entries(headers).flatMap(([name, values]): Problem[] => {
    if (!RULE_HEADERS.includes(name.toLowerCase()))
      return [{ path: ['headers', name], says: `App Service supports only ${RULE_HEADERS.join(', ')}` }];
    if (!Array.isArray(values) || values.some((value) => typeof value !== 'string'))
      return [{ path: ['headers', name], says: 'must be a list of strings' }];
    return values.length > RULE_LIMIT.values
      ? [{ path: ['headers', name], says: `has ${values.length} values; App Service allows at most ${RULE_LIMIT.values}` }]
      : [];
  });
}

const at = (rule: object, member: string): string[] => (member in rule ? [member] : []);
