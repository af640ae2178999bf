/**
 * Evaluates definitions of Azure Policy on bodies as ARM answers them: the rule's `if`, and the existence condition of AuditIfNotExists.
 * Conditions as in learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule; text is compared without regard to case.
 */
import { isRecord, type Body } from '../../../src/change/json-paths.ts';

/** A resource as ARM returns it, with the related resources that a definition may use. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly kind?: string;
  readonly id?: string;
  readonly properties: Body;
  readonly children?: readonly Resource[];
}

export interface Definition {
  readonly name: string;
  readonly properties: {
    readonly displayName: string;
    readonly policyRule: { readonly if: Condition; readonly then: { readonly details?: Details } };
    readonly parameters?: Readonly<Record<string, { readonly defaultValue?: unknown }>>;
  };
}

interface Details {
  readonly type: string;
  readonly name?: string;
  readonly existenceCondition?: Condition;
}

export type Condition = Readonly<Record<string, unknown>>;
/** `skip`: the definition does not look at this resource. */
export type PolicyVerdict = 'pass' | 'fail' | 'skip';

interface Scope {
  readonly resource: Resource;
  readonly parameters: NonNullable<Definition['properties']['parameters']>;
  readonly apiVersion: string;
}

export function evaluate({ properties }: Definition, resource: Resource, apiVersion = '2024-11-01'): PolicyVerdict {
  const { policyRule: rule, parameters = {} } = properties;
  const scope = { resource, parameters, apiVersion };
  if (
    !conjuncts(rule.if)
      .filter(isAboutScope)
      .every((one) => holds(one, scope))
  )
    return 'skip';
  if (!holds(rule.if, scope)) return 'pass';
  const { details } = rule.then;
  if (!details) return 'fail';
  const { existenceCondition = { allOf: [] } } = details;
  const below = (resource.children ?? []).filter(
    ({ type, name }) => same(type, details.type) && (details.name === undefined || same(name, details.name)),
  );
  return below.some((child) => holds(existenceCondition, { ...scope, resource: child })) ? 'pass' : 'fail';
}

const conjuncts = (condition: Condition): readonly Condition[] =>
  Array.isArray(condition['allOf']) ? (condition['allOf'] as Condition[]) : [condition];

/** Conditions that select the resources of a definition, not their state. */
const isAboutScope = ({ field, not }: Condition): boolean =>
  isRecord(not)
    ? isAboutScope(not)
    : typeof field === 'string' && /^(type|kind)$|\/hostingEnvironmentProfile\.id$|\/createMode$/i.test(field);

function holds(condition: Condition, scope: Scope): boolean {
  const { allOf, anyOf, not, count, field, value } = condition;
  if (Array.isArray(allOf)) return (allOf as Condition[]).every((one) => holds(one, scope));
  if (Array.isArray(anyOf)) return (anyOf as Condition[]).some((one) => holds(one, scope));
  if (isRecord(not)) return !holds(not, scope);
  const [operator, wanted] = Object.entries(condition).find(([name]) => !['field', 'value', 'count'].includes(name)) ?? [];
  if (operator === undefined) throw new Error(`no operator in ${JSON.stringify(condition)}`);
  const right = Array.isArray(wanted) ? wanted.map((one) => resolve(one, scope)) : resolve(wanted, scope);
  const left = isRecord(count)
    ? [counted(count, scope)]
    : typeof field === 'string'
      ? read(field, scope.resource)
      : [resolve(value, scope)];
  return left.every((one) => compare(operator.toLowerCase(), one, right));
}

function counted({ field, where, ...rest }: Body, scope: Scope): number {
  if (typeof field !== 'string' || where !== undefined || Object.keys(rest).length > 0)
    throw new Error('only a plain count of a field is known');
  return read(field, scope.resource, []).length;
}

/** Parameters and the api-version; anything else in brackets is not known here. */
function resolve(value: unknown, { parameters, apiVersion }: Scope): unknown {
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  if (/^\[requestContext\(\)\.apiVersion\]$/i.test(value)) return apiVersion;
  const parameter = /^\[parameters\('(\w+)'\)\]$/.exec(value)?.[1];
  if (parameter === undefined || !(parameter in parameters)) throw new Error(`the expression ${value} is not known`);
  return parameters[parameter]?.defaultValue;
}

/** Returns the value of a field or alias, or with `[*]` the values of a list; a missing list counts as one missing value. */
function read(field: string, resource: Resource, missing: readonly unknown[] = [undefined]): readonly unknown[] {
  if (!field.includes('/')) return [member(resource, field)];
  const prefix = `${resource.type}/`;
  if (!field.toLowerCase().startsWith(prefix.toLowerCase())) throw new Error(`the alias ${field} is none of ${resource.type}`);
  // Some aliases of sites/config name the configuration that they are about: config/web.cors.
  const [path = '', ...more] = field
    .slice(prefix.length)
    .replace(/^web\./i, '')
    .split('[*]');
  const found = path.split('.').reduce<unknown>(member, resource.properties);
  if (more.length === 0) return [found];
  if (!Array.isArray(found)) return missing;
  const rest = (more[0] ?? '').split('.').filter(Boolean);
  return found.map((one: unknown) => rest.reduce<unknown>(member, one));
}

function member(of: unknown, name: string): unknown {
  if (!isRecord(of)) return undefined;
  return of[Object.keys(of).find((key) => same(key, name)) ?? name];
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
/** Null and missing are the same, and no text: `equals: ""` does not hold for them (Azure/azure-policy issue 1541). */
const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined
    ? undefined
    : (typeof value === 'object' ? JSON.stringify(value) : String(value as string)).toLowerCase();

function compare(operator: string, left: unknown, right: unknown): boolean {
  const [have, want] = [textOf(left), textOf(right) ?? ''];
  const among = (): boolean => Array.isArray(right) && right.some((one) => textOf(one) === have);
  const order = (): number =>
    have === undefined ? Number.NaN : typeof right === 'number' ? Number(have) - right : have < want ? -1 : have > want ? 1 : 0;
  switch (operator) {
    case 'equals':
      return have === want;
    case 'notequals':
      return have !== want;
    case 'in':
      return among();
    case 'notin':
      return !among();
    case 'contains':
      return have?.includes(want) ?? false;
    case 'notcontains':
      return !have?.includes(want);
    case 'like':
      return have !== undefined && like(have, want);
    case 'notlike':
      return have === undefined || !like(have, want);
    case 'exists':
      return (have !== undefined) === (want === 'true');
    case 'less':
      return order() < 0;
    case 'lessorequals':
      return order() <= 0;
    case 'greater':
      return order() > 0;
    case 'greaterorequals':
      return order() >= 0;
    default:
      throw new Error(`the operator ${operator} is not known`);
  }
}

/** `*` matches any text; a definition may contain it once. */
function like(text: string, pattern: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined ? text === pattern : text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
