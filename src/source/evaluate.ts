/** Evaluates expressions of Terraform, Bicep and ARM templates as far as literals, variables, locals and other blocks allow. */
import {
  type Insertion,
  MADE_BY_AZURE,
  mapOf,
  type Place,
  placedAt,
  plainOf,
  scalar,
  textOf,
  unresolved,
  type Value,
  whyUnresolved,
} from './value.ts';
import { bounded, joinedText, replacedText, type Spend } from './effort.ts';
import { symbolOf, symbolOfCall, symbolOfParts, symbolOfScope } from './symbols.ts';
import { merged } from './merging.ts';
import { templateCall } from './template-functions.ts';
import type { Attribute, Expression } from './syntax.ts';

/** Meaning of the names in an expression. */
export interface Scope {
  readonly file: string;
  /** Language; default Terraform. */
  readonly language?: Insertion['language'];
  /** Counts the work. */
  readonly spend: Spend;
  /** Resolves `var.x`, `local.x`, `module.x` or a resource: the value, and the number of path parts it used. */
  readonly lookUp: (path: readonly (string | Value)[], at: Place, text: string) => readonly [Value, number] | undefined;
}

const placeOf = (expression: { readonly start: number; readonly end: number }, { file }: Scope): Place => ({
  file,
  offset: expression.start,
  end: expression.end,
});

/** Evaluates an attribute; its place is that of the attribute if its own expression decides the value. */
export function attributeValue(attribute: Attribute, scope: Scope): Value {
  const value = evaluate(attribute.value, scope);
  const at = placeOf(attribute, scope);
  const isOwn = value.at.file === at.file && value.at.offset >= at.offset && value.at.end <= at.end;
  return isOwn ? placedAt(value, at) : value;
}

export function evaluate(expression: Expression, scope: Scope): Value {
  scope.spend(1);
  return bounded(evaluated(expression, scope));
}

function evaluated(expression: Expression, scope: Scope): Value {
  const at = placeOf(expression, scope);
  const language = scope.language ?? 'terraform';
  const literal = { place: at, language };
  switch (expression.kind) {
    case 'literal':
      return scalar(expression.value, at, literal);
    case 'template':
      return templateValue(expression.parts, scope, at);
    case 'list':
      return { kind: 'list', items: expression.items.map((item) => evaluate(item, scope)), at, literal };
    case 'object':
      return objectValue(expression, scope, at);
    case 'conditional':
      return conditional(expression.parts, scope, at);
    case 'not': {
      const of = evaluate(expression.of, scope);
      if (of.kind === 'scalar' && typeof of.value === 'boolean') return scalar(!of.value, of.at);
      return unresolved(whyUnresolved(of) ?? 'an expression that cannot be evaluated', at);
    }
    case 'compare': {
      const [left, right] = expression.sides.map((side) => evaluate(side, scope));
      if (left?.kind === 'scalar' && right?.kind === 'scalar')
        return scalar((left.value === right.value) === (expression.operator === '=='), at);
      return unresolved((left && whyUnresolved(left)) ?? (right && whyUnresolved(right)) ?? 'a comparison that cannot be evaluated', at);
    }
    case 'reference':
      return reference(expression, scope, at);
    case 'call':
      return call(
        expression.name,
        expression.args.map((one) => evaluate(one, scope)),
        at,
      );
    case 'other':
      return unresolved(
        expression.why ?? `the expression ${shortened(expression.text)} cannot be evaluated`,
        at,
        symbolOfScope(expression.text),
      );
  }
}

const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};

function templateValue(parts: readonly (string | Expression)[], scope: Scope, at: Place): Value {
  const values = parts.map((part) => (typeof part === 'string' ? scalar(part, at) : evaluate(part, scope)));
  const texts = values.map((value) => (value.kind === 'scalar' && value.value !== null ? String(value.value) : undefined));
  const open = texts.indexOf(undefined);
  if (open < 0) return textValue(joinedText(texts as string[]), at);
  const why = whyUnresolved(values[open]!) ?? `the expression in ${shortened(texts.slice(0, open).join(''))}\${…} cannot be evaluated`;
  return unresolved(why, at, symbolOfParts(values.map(symbolOf)));
}

const textValue = (text: string | undefined, at: Place): Value =>
  text === undefined ? unresolved('a text that is too long to evaluate', at) : scalar(text, at);

function objectValue(expression: Extract<Expression, { kind: 'object' }>, scope: Scope, at: Place): Value {
  let members: [string, Value][] = [];
  let open: string | undefined;
  for (const { key, value, start, spread } of expression.entries) {
    if (spread) {
      // It replaces the members before it.
      const all = merged([mapOf(members, at), evaluate(value, scope)], at);
      scope.spend(all.members.size);
      members = [...all.members];
      open ??= all.open;
      continue;
    }
    const name = evaluate(key, scope);
    if (name.kind !== 'scalar') {
      open ??= whyUnresolved(name) ?? 'a name that cannot be evaluated';
      continue;
    }
    const inner = evaluate(value, scope);
    const whole: Place = { file: at.file, offset: start, end: value.end };
    const isOwn = inner.at.file === at.file && inner.at.offset >= start && inner.at.end <= value.end;
    members.push([String(name.value), isOwn ? placedAt(inner, whole) : inner]);
  }
  const isWhole = expression.entries.every(({ spread }) => !spread);
  return mapOf(members, at, {
    ...(open === undefined ? {} : { open }),
    literal: { place: at, language: scope.language ?? 'terraform' },
    ...(isWhole ? { insert: { language: scope.language ?? 'terraform', inside: at, path: [] } } : {}),
  });
}

/** Chooses the branch by the condition. The value is not rewritten there, because the code depends on the other branch as well. */
function conditional([test, yes, no]: readonly Expression[], scope: Scope, at: Place): Value {
  const decided = test && evaluate(test, scope);
  if (decided?.kind !== 'scalar' || typeof decided.value !== 'boolean' || !yes || !no) {
    const why = (decided && whyUnresolved(decided)) ?? 'a condition that cannot be evaluated';
    return { kind: 'unresolved', why, at, either: [yes, no].flatMap((one) => (one ? [evaluate(one, scope)] : [])) };
  }
  const value = evaluate(decided.value ? yes : no, scope);
  if (value.kind === 'scalar' || value.kind === 'list') {
    const { literal, ...rest } = value;
    return literal && literal.place.offset >= at.offset && literal.place.end <= at.end && literal.place.file === at.file ? rest : value;
  }
  return value;
}

function reference(expression: Extract<Expression, { kind: 'reference' }>, scope: Scope, at: Place): Value {
  const path = expression.path.map((part) => (typeof part === 'string' ? part : evaluate(part, scope)));
  const found = scope.lookUp(path, at, expression.text);
  if (!found) return unresolved(`${shortened(expression.text)} is known only when it is deployed`, at);
  let [value, taken] = found;
  for (; taken < path.length; taken++) {
    const part = path[taken];
    const name = typeof part === 'string' ? part : part?.kind === 'scalar' && part.value !== null ? String(part.value) : undefined;
    if (value.kind === 'unresolved') return placedIfOwn(value, at);
    const inner =
      name === undefined
        ? undefined
        : value.kind === 'map'
          ? value.members.get(name)
          : value.kind === 'list'
            ? value.items[Number(name)]
            : undefined;
    if (!inner)
      return unresolved(`${shortened(expression.text)} is not found${value.kind === 'map' && value.open ? `: ${value.open}` : ''}`, at);
    value = inner;
  }
  return placedIfOwn(value, at);
}

/** An unresolved value has the place where it is used. */
const placedIfOwn = (value: Value, at: Place): Value => (value.kind === 'unresolved' ? placedAt(value, at) : value);

function call(name: string, args: readonly Value[], at: Place): Value {
  const [first, second] = args;
  const why = args.map(whyUnresolved).find((one) => one !== undefined);
  const notDone = (): Value => unresolved(why ?? `the function ${name} cannot be evaluated`, at, symbolOfCall(name, args));
  const text = textOf(first);
  switch (name) {
    case 'merge':
      return merged(args, at);
    case 'union':
      return merged(args, at, true);
    case 'toset':
    case 'tolist':
    case 'tomap':
    case 'tobool':
    case 'tostring':
    case 'tonumber':
    case 'nonsensitive':
    case 'sensitive':
      return first && first.kind !== 'unresolved' ? first : notDone();
    case 'lower':
    case 'toLower':
      return text === undefined ? notDone() : scalar(text.toLowerCase(), at);
    case 'upper':
    case 'toUpper':
      return text === undefined ? notDone() : scalar(text.toUpperCase(), at);
    case 'trimspace':
      return text === undefined ? notDone() : scalar(text.trim(), at);
    case 'replace': {
      const [, from, to] = args.map(textOf);
      if (text === undefined || from === undefined || to === undefined || /^\/.*\/$/.test(from)) return notDone();
      return textValue(replacedText(text, from, to), at);
    }
    case 'format': {
      const rest = args.slice(1).map((one) => (one.kind === 'scalar' ? one.value : null));
      if (text !== undefined && !rest.includes(null) && /^([^{}]|\{\d\})*$/.test(text) && /\{\d\}/.test(text))
        return textValue(
          joinedText(text.split(/\{(\d)\}/).map((part, index) => (index % 2 === 0 ? part : String(rest[Number(part)] ?? '')))),
          at,
        );
      if (text === undefined || rest.includes(null) || (text.match(/%/g) ?? []).length !== rest.length || !/^([^%]|%[sd])*$/.test(text))
        return notDone();
      return textValue(joinedText(text.split(/(%[sd])/).map((part, index) => (index % 2 === 0 ? part : String(rest.shift())))), at);
    }
    case 'join': {
      const parts =
        second?.kind === 'list' ? second.items.map((one) => (one.kind === 'scalar' ? String(one.value) : undefined)) : [undefined];
      return text === undefined || parts.includes(undefined) ? notDone() : textValue(joinedText(parts as string[], text), at);
    }
    case 'concat':
      if (args.length > 0 && args.every((one) => one.kind === 'scalar'))
        return textValue(joinedText(args.map((one) => String(one.kind === 'scalar' ? one.value : ''))), at);
      if (args.some((one) => one.kind !== 'list')) return notDone();
      return { kind: 'list', items: args.flatMap((one) => (one.kind === 'list' ? one.items : [])), at };
    case 'coalesce':
      return args.find((one) => one.kind !== 'scalar' || (one.value !== null && one.value !== '')) ?? notDone();
    case 'lookup': {
      const key = textOf(second);
      if (first?.kind !== 'map' || key === undefined) return notDone();
      return first.members.get(key) ?? (first.open === undefined ? (args[2] ?? notDone()) : notDone());
    }
    case 'try':
      return first && first.kind !== 'unresolved' ? first : notDone();
    case 'keys':
      if (first?.kind !== 'map' || first.open !== undefined) return notDone();
      return { kind: 'list', items: [...first.members.keys()].toSorted().map((key) => scalar(key, at)), at };
    case 'contains': {
      if (first?.kind !== 'list' || second?.kind !== 'scalar' || why !== undefined) return notDone();
      return scalar(
        first.items.some((one) => one.kind === 'scalar' && one.value === second.value),
        at,
      );
    }
    case 'jsonencode':
      // The members keep their places.
      return first ?? notDone();
    case 'listKeys':
      return scalar(MADE_BY_AZURE, at);
    case 'resourceId': {
      const texts = args.map(textOf);
      const type = texts.findIndex((one) => one?.includes('/'));
      if (type < 0 || texts.slice(type).includes(undefined)) return notDone();
      const [namespace = '', ...types] = (texts[type] ?? '').split('/');
      return scalar(`/providers/${[namespace, ...types.flatMap((one, index) => [one, texts[type + 1 + index] ?? ''])].join('/')}`, at);
    }
    default:
      return templateCall(name, args, at) ?? notDone();
  }
}

/** Returns the items of a `for_each`, by key; undefined if not all are known. */
export function itemsOf(value: Value): readonly (readonly [string, Value])[] | undefined {
  if (value.kind === 'map') return value.open === undefined ? [...value.members] : undefined;
  if (value.kind !== 'list') return undefined;
  const keys = value.items.map((item) => plainOf(item));
  if (keys.some((key) => typeof key !== 'string')) return undefined;
  return value.items.map((item, index) => [keys[index] as string, item]);
}
