/** Reads ARM templates: their resources, with parameters, variables and expressions evaluated as far as possible. */
import { evaluate, type Scope } from './evaluate.ts';
import { bounded, type Spend } from './effort.ts';
import { NotRead, readArmExpression } from './expression-text.ts';
import { jsonValue } from './json-text.ts';
import type { Conditions, Shaped } from './shaped-resource.ts';
import { placeholder, symbolOf, symbolOfParts } from './symbols.ts';
import { type MapValue, memberOf, type Place, placedAt, textOf, unresolved, type Value, whyUnresolved } from './value.ts';

const IS_TEMPLATE = /"\$schema"\s*:\s*"[^"]*deploymentTemplate\.json/i;
/** Returns whether a text is an ARM template, by its schema. */
export const isTemplate = (text: string): boolean => IS_TEMPLATE.test(text.slice(0, 4000));
/** Returns whether Bicep generated the template. */
export const isCompiled = (text: string): boolean => /"_generator"\s*:\s*\{\s*"name"\s*:\s*"bicep"/.test(text.slice(0, 4000));

/** Reads the parameters of a file, by name; undefined if it is not a parameters file. */
export function parametersIn(text: string, file: string): ReadonlyMap<string, Value> | undefined {
  const parameters = memberOf(jsonValue(text, file), 'parameters');
  if (parameters?.kind !== 'map') return undefined;
  return new Map(
    [...parameters.members].map(([name, given]) => [
      name,
      memberOf(given, 'value') ?? unresolved(`${file} reads ${name} from a vault`, given.at),
    ]),
  );
}

interface Reading {
  readonly spend: Spend;
  /** Reports a part that is not read, so that it is never reported as declaring nothing. */
  readonly unread: (part: { readonly why: string; readonly offset: number }) => void;
}

/** Reads the resources of a template; undefined if it is not JSON. */
export function templateResources(text: string, file: string, given: ReadonlyMap<string, Value>, reading: Reading): Shaped[] | undefined {
  const template = jsonValue(text, file);
  return template?.kind === 'map' ? resourcesIn(template, '', given, [], 0, reading) : undefined;
}

/** Lists deployments of linked templates, whose declarations are not in this text. */
export function linkedTemplates(text: string, file: string): { readonly source: string; readonly offset: number }[] {
  const found: { source: string; offset: number }[] = [];
  const walk = (value: Value | undefined): void => {
    if (value?.kind === 'list') value.items.forEach(walk);
    if (value?.kind !== 'map') return;
    const link = memberOf(value, 'properties', 'templateLink');
    if (link && /^microsoft\.resources\/deployments$/i.test(textOf(memberOf(value, 'type')) ?? '')) {
      const source = ['uri', 'relativePath', 'id'].map((name) => textOf(memberOf(link, name))).find((one) => one !== undefined);
      found.push({ source: source ?? 'a template whose address is not resolved', offset: link.at.offset });
    }
    for (const member of value.members.values()) walk(member);
  };
  walk(jsonValue(text, file));
  return found;
}

/** Marks places inside an expression, which have no range in a file. */
const INSIDE = '\0';

function resourcesIn(
  template: MapValue,
  pointer: string,
  given: ReadonlyMap<string, Value>,
  when: Conditions,
  depth: number,
  reading: Reading,
): Shaped[] {
  const scope = scopeOf(template, pointer, given, reading);
  const resources = memberOf(template, 'resources');
  const entries: readonly (readonly [string, Value])[] =
    resources?.kind === 'list'
      ? resources.items.map((item, index) => [String(index), item])
      : resources?.kind === 'map'
        ? [...resources.members]
        : [];
  return entries.flatMap(([key, resource]) => oneOf(resource, `${pointer}/resources/${key}`, scope, { when }, depth));
}

interface TemplateScope extends Scope, Reading {
  /** Where the template is in its file: a condition of another template has other parameters. */
  readonly pointer: string;
}

function scopeOf(template: MapValue, pointer: string, given: ReadonlyMap<string, Value>, reading: Reading): TemplateScope {
  const known = new Map<string, Value | 'busy'>();
  const once = (key: string, at: Place, make: () => Value): Value => {
    const value = known.get(key);
    if (value === 'busy') return unresolved(`${key} refers to itself`, at);
    if (value) return value;
    known.set(key, 'busy');
    const made = make();
    known.set(key, made);
    return made;
  };
  const scope: TemplateScope = {
    pointer,
    file: INSIDE,
    language: 'json',
    ...reading,
    lookUp(path, at) {
      const [kind, name] = path;
      if (typeof name !== 'string') return undefined;
      if (kind === 'parameters')
        return [
          once(`parameter ${name}`, at, () => {
            const declared = memberOf(template, 'parameters', name);
            const own = [...given].find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
            const byDefault = memberOf(declared, 'defaultValue');
            return (
              own ??
              (byDefault
                ? resolved(byDefault, scope)
                : unresolved(`the parameter ${name} has no default, and no parameters file sets it`, at, placeholder(name.toLowerCase())))
            );
          }),
          2,
        ];
      if (kind !== 'variables') return undefined;
      return [
        once(`variable ${name}`, at, () => {
          const value = memberOf(template, 'variables', name);
          return value ? resolved(value, scope) : unresolved(`variable ${name} is not defined`, at);
        }),
        2,
      ];
    },
  };
  return scope;
}

/** Evaluates the expressions in a value. A literal from a parameter or variable keeps its own place. */
function resolved(value: Value, scope: Scope): Value {
  scope.spend(1);
  return bounded(worked(value, scope));
}

function worked(value: Value, scope: Scope): Value {
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => resolved(item, scope)) };
  if (value.kind === 'map') {
    const copied = value.members.has('copy') ? { open: 'copy creates properties that cannot be evaluated' } : {};
    return { ...value, members: new Map([...value.members].map(([name, member]) => [name, resolved(member, scope)])), ...copied };
  }
  if (value.kind !== 'scalar' || typeof value.value !== 'string' || !/^\[[\s\S]*\]$/.test(value.value)) return value;
  if (value.value.startsWith('[[')) return { ...value, value: value.value.slice(1) };
  try {
    const found = evaluate(readArmExpression(value.value.slice(1, -1)), scope);
    return found.kind === 'unresolved' ? placedAt(found, value.at) : placedOutside(found, value.at);
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    return unresolved(
      `the expression ${value.value.length > 60 ? `${value.value.slice(0, 57)}...` : value.value} cannot be evaluated`,
      value.at,
    );
  }
}

/** Returns a value with the place of its expression wherever the expression contains the value. There is no literal to rewrite. */
function placedOutside(value: Value, at: Place): Value {
  const own = value.at.file === INSIDE ? placedAt(value, at) : value;
  if (own.kind === 'map') {
    const members = new Map([...own.members].map(([name, member]) => [name, placedOutside(member, at)]));
    if (own === value) return { ...own, members };
    const { literal: _, insert: __, ...rest } = own;
    return { ...rest, members };
  }
  if (own === value || (own.kind !== 'scalar' && own.kind !== 'list')) return own;
  const { literal: _, ...rest } = own;
  return rest.kind === 'list' ? { ...rest, items: rest.items.map((item) => placedOutside(item, at)) } : rest;
}

interface Parent {
  readonly type: string;
  readonly name: string | undefined;
  readonly symbol: string | undefined;
  readonly why: string | undefined;
}

/** What is known of a resource from the resource or the deployment that contains it. */
interface Around {
  readonly parent?: Parent;
  readonly when: Conditions;
}

function oneOf(raw: Value, address: string, scope: TemplateScope, { parent, when }: Around, depth: number): Shaped[] {
  const { resources, ...rest } = splitResources(raw);
  const body = resolved(rest.value, scope);
  if (body.kind !== 'map' || memberOf(body, 'existing')?.kind === 'scalar') return [];
  const condition = memberOf(body, 'condition');
  if (condition?.kind === 'scalar' && condition.value === false) return [];
  const conditions =
    condition && condition.kind !== 'scalar' ? [...when, `${scope.pointer} ${textOf(memberOf(raw, 'condition')) ?? address}`] : when;
  const own = textOf(memberOf(body, 'type')) ?? '';
  if (/^Microsoft\.Resources\/deployments$/i.test(own)) return nested(raw, address, scope, conditions, depth);
  const named = memberOf(body, 'name');
  const type = parent && !own.includes('.') ? `${parent.type}/${own}` : own;
  const last = memberOf(body, 'copy') ? undefined : textOf(named);
  const name =
    parent && !own.includes('.') ? (parent.name !== undefined && last !== undefined ? `${parent.name}/${last}` : undefined) : last;
  const why =
    name === undefined
      ? ((named && whyUnresolved(named)) ?? parent?.why ?? 'copy creates several resources from one declaration')
      : undefined;
  // Children inside of a copied resource are copied with it.
  const ownSymbol = (memberOf(body, 'copy') ? undefined : symbolOf(named)) ?? placeholder(`${body.at.file} ${address}`);
  const symbol = parent && !own.includes('.') ? symbolOfParts([parent.symbol, '/', ownSymbol]) : ownSymbol;
  const version = textOf(memberOf(body, 'apiVersion'));
  const shaped: Shaped = {
    type,
    ...(version === undefined ? {} : { version }),
    when: conditions,
    ...(symbol === undefined ? {} : { symbol }),
    ...(name === undefined ? {} : { name }),
    ...(why === undefined ? {} : { why }),
    id: name === undefined ? address : idFor(type, name),
    address,
    at: body.literal?.place ?? body.at,
    language: 'arm',
    body,
  };
  const inner = (resources?.kind === 'list' ? resources.items : []).flatMap((item, index) =>
    oneOf(item, `${address}/resources/${index}`, scope, { parent: { type, name, symbol, why }, when }, depth),
  );
  return [shaped, ...inner];
}

/** Child resources are evaluated separately, so their expressions are not evaluated here. */
function splitResources(raw: Value): { readonly value: Value; readonly resources?: Value } {
  if (raw.kind !== 'map') return { value: raw };
  const type = textOf(memberOf(raw, 'type')) ?? '';
  const resources = raw.members.get('resources');
  const members = new Map(raw.members);
  members.delete('resources');
  // The template of a nested deployment has its own parameters.
  if (/^Microsoft\.Resources\/deployments$/i.test(type)) members.delete('properties');
  return { value: { ...raw, members }, ...(resources ? { resources } : {}) };
}

function nested(raw: Value, address: string, scope: TemplateScope, when: Conditions, depth: number): Shaped[] {
  const properties = memberOf(raw, 'properties');
  const template = memberOf(properties, 'template');
  if (!template) return []; // A linked template, which is listed.
  if (template.kind !== 'map' || depth > 10) {
    const why = depth > 10 ? 'its deployments are nested too deep' : 'the template of a deployment is an expression';
    scope.unread({ why, offset: template.at.offset });
    return [];
  }
  const inner = textOf(memberOf(properties, 'expressionEvaluationOptions', 'scope')) !== undefined;
  const parameters = memberOf(properties, 'parameters');
  const given = new Map<string, Value>();
  if (parameters?.kind === 'map')
    for (const [name, one] of parameters.members) {
      const value = memberOf(one, 'value');
      given.set(name, value ? resolved(value, scope) : unresolved(`${name} comes from a vault`, one.at));
    }
  const pointer = `${address}/properties/template`;
  if (inner) return resourcesIn(template, pointer, given, when, depth + 1, scope);
  const resources = memberOf(template, 'resources');
  // Without inner scope, expressions use the parameters of the outer template.
  return (resources?.kind === 'list' ? resources.items : []).flatMap((item, index) =>
    oneOf(item, `${pointer}/resources/${index}`, scope, { when }, depth + 1),
  );
}

export const idFor = (type: string, name: string): string => {
  const [namespace = '', ...types] = type.split('/');
  const names = name.split('/');
  return `/providers/${[namespace, ...types.flatMap((one, index) => [one, names[index] ?? ''])].join('/')}`;
};
