/** Reads Bicep: literal members of resources, parameters and variables. What it does not understand is marked as not resolved. */
import { evaluate, type Scope } from './evaluate.ts';
import { IN_CIRCLE, inCircles, pathFrom, TOO_DEEP } from './module-calls.ts';
import { COST, type Spend, whyTooMuch } from './effort.ts';
import { type BicepFile, readBicep, type Resource } from './bicep-file.ts';
import { type DeclaredElsewhere, nameArgument } from './declared.ts';
import { idFor } from './arm-template.ts';
import { type Expression, formOf } from './syntax.ts';
import type { Conditions, Shaped } from './shaped-resource.ts';
import { placeholder, symbolOf, symbolOfParts } from './symbols.ts';
import { type Files, mapOf, memberOf, type Place, scalar, textOf, unresolved, type Value, whyUnresolved } from './value.ts';

interface BicepResources {
  readonly resources: readonly Shaped[];
  readonly elsewhere: readonly DeclaredElsewhere[];
  readonly unreadable: readonly { readonly file: string; readonly why: string; readonly offset: number }[];
}

/** Reads the resources of all Bicep files of a tree; `given` are the values of parameters files, by template. */
export function bicepResources(files: Files, given: (file: string) => ReadonlyMap<string, Value>, effort: () => Spend): BicepResources {
  const read = new Map([...files].filter(([file]) => file.endsWith('.bicep')).map(([file, text]) => [file, readBicep(text)]));
  const callsOf = (file: string): string[] => (read.get(file)?.modules ?? []).flatMap(({ path }) => within(file, path) ?? []);
  const called = new Set([...read.keys()].flatMap(callsOf));
  const found = {
    resources: [] as Shaped[],
    elsewhere: [] as DeclaredElsewhere[],
    unreadable: inCircles([...read.keys()].toSorted(), callsOf).map((file) => ({ file, offset: 0, why: IN_CIRCLE })),
  };
  const visit = (file: string, values: ReadonlyMap<string, Value>, prefix: string, when: Conditions, depth: number, spend: Spend): void => {
    const content = read.get(file);
    if (!content) return;
    if (depth > 10) {
      if (!found.unreadable.some((one) => one.file === file && one.why === TOO_DEEP))
        found.unreadable.push({ file, offset: 0, why: TOO_DEEP });
      return;
    }
    spend(COST.file);
    for (const offset of content.unread) found.unreadable.push({ file, offset, why: 'a statement that func-harden does not read' });
    const scope = scopeOf(file, content, values, prefix, when, spend);
    found.resources.push(...content.resources.flatMap((one) => shaped(one, content, file, scope, prefix)));
    for (const { symbol, path, start, body, condition } of content.modules) {
      const chosen = condition && evaluate(condition, scope);
      if (isNever(chosen)) continue;
      const value = evaluate(body, scope);
      const params = memberOf(value, 'params');
      const given = params?.kind === 'map' ? params.members : new Map<string, Value>();
      const at: Place = { file, offset: start, end: body.end };
      const target = within(file, path);
      if (target !== undefined && read.has(target))
        visit(target, given, `${prefix}${symbol}.`, scope.conditions(condition, chosen), depth + 1, spend);
      else {
        const name = textOf(given.get(nameArgument(given.keys()) ?? ''));
        found.elsewhere.push({ address: `${prefix}${symbol}`, source: path, at, ...(name === undefined ? {} : { name }) });
      }
    }
  };
  for (const file of [...read.keys()].toSorted()) {
    if (called.has(file)) continue;
    const before = found.resources.length;
    const why = whyTooMuch(() => visit(file, given(file), '', [], 0, effort()));
    if (why === undefined) continue;
    found.resources.splice(before);
    found.unreadable.push({ file, offset: 0, why });
  }
  return found;
}

const within = (file: string, path: string): string | undefined =>
  /^(br|ts)[:/]/.test(path) ? undefined : pathFrom(file.slice(0, Math.max(0, file.lastIndexOf('/'))), path);

/** Creates a scope that knows the resources of its file. */
interface FileScope extends Scope {
  readonly bodyOf: (resource: Resource) => Value;
  /** Returns a stand-in for the id: symbols are the same in many files. */
  readonly idOf: (resource: Resource) => string;
  /** Returns the conditions of the module, and the condition of a block where it is not resolved. */
  readonly conditions: (condition: Expression | undefined, decided: Value | undefined) => Conditions;
}

function scopeOf(
  file: string,
  content: BicepFile,
  given: ReadonlyMap<string, Value>,
  prefix: string,
  when: Conditions,
  spend: Spend,
): FileScope {
  const idOf = ({ symbol }: Resource): string => `#${prefix}${symbol} in ${file}`;
  const known = new Map<string, Value | 'busy'>();
  const bodies = new Map<Resource, Value>();
  const scope: FileScope = {
    file,
    language: 'bicep',
    spend,
    idOf,
    conditions: (condition, decided) =>
      condition && decided?.kind !== 'scalar' ? [...when, `${file} ${prefix} ${formOf(condition)}`] : when,
    bodyOf(resource) {
      const { body, symbol, start } = resource;
      const known = bodies.get(resource);
      if (known) return known;
      bodies.set(resource, unresolved(`${symbol} refers to itself`, { file, offset: start, end: body.end }));
      const value = evaluate(body, scope);
      bodies.set(resource, value);
      return value;
    },
    lookUp(path, at, text) {
      const [name, member] = path;
      if (typeof name !== 'string') return undefined;
      const resource = content.resources.find(({ symbol }) => symbol === name);
      if (resource) {
        if (member === 'id') return [scalar(idOf(resource), at), 2];
        const value = member === 'name' ? memberOf(scope.bodyOf(resource), 'name') : undefined;
        if (value) return [value, 2];
        return addressOf(resource, path, at, scope);
      }
      const value = known.get(name);
      if (value === 'busy') return [unresolved(`${name} refers to itself`, at), path.length];
      if (value) return [value, 1];
      known.set(name, 'busy');
      const made = madeOf(name, at, text);
      if (made) known.set(name, made);
      else known.delete(name);
      return made ? [made, 1] : undefined;
    },
  };
  const madeOf = (name: string, at: Place, text: string): Value | undefined => {
    const variable = content.variables.get(name);
    if (variable) return evaluate(variable, scope);
    if (!content.parameters.has(name)) return undefined;
    const own = given.get(name);
    const byDefault = content.parameters.get(name);
    return (
      own ??
      (byDefault
        ? evaluate(byDefault, scope)
        : unresolved(`the parameter ${name} has no default, and no parameters file sets it (${text})`, at, placeholder(`${file} ${name}`)))
    );
  };
  return scope;
}

function shaped(resource: Resource, content: BicepFile, file: string, scope: FileScope, prefix: string): Shaped[] {
  const { symbol, start, existing, loops, body, condition } = resource;
  const [type = '', version = ''] = resource.type.split('@');
  const decided = condition && evaluate(condition, scope);
  if (existing || isNever(decided)) return [];
  const at: Place = { file, offset: start, end: body.end };
  const value = scope.bodyOf(resource);
  if (value.kind !== 'map')
    return [
      {
        type,
        version,
        why: whyUnresolved(value) ?? 'its value cannot be evaluated',
        id: scope.idOf(resource),
        address: `${prefix}${symbol}`,
        at,
        language: 'bicep',
        body: mapOf([], at, { open: whyUnresolved(value) ?? 'its value cannot be evaluated' }),
      },
    ];
  const parent = parentOf(resource);
  const above =
    parent?.kind === 'reference'
      ? nameOf(
          content.resources.find((one) => one.symbol === parent.path[0]),
          content,
          scope,
        )
      : undefined;
  const named = memberOf(value, 'name');
  const symbols = symbolOfName(resource, content, scope, prefix);
  const own = loops ? undefined : textOf(named);
  const name = parent ? (above !== undefined && own !== undefined ? `${above}/${own}` : undefined) : own;
  const why =
    name === undefined
      ? loops
        ? 'a loop creates several resources from one declaration'
        : ((named && whyUnresolved(named)) ?? 'the name of its parent is not resolved')
      : undefined;
  const one: Shaped = {
    type,
    version,
    ...(name === undefined ? {} : { name }),
    ...(why === undefined ? {} : { why }),
    ...(symbols === undefined ? {} : { symbol: symbols }),
    when: scope.conditions(condition, decided),
    id: scope.idOf(resource),
    address: `${prefix}${symbol}`,
    at,
    language: 'bicep',
    body: value,
  };
  const children = resource.children
    .filter(({ within: inside }) => inside === body.start)
    .flatMap((child) => {
      const inner = evaluate(child.body, scope);
      const last = textOf(memberOf(inner, 'name'));
      const childType = `${type}/${child.type.replace(/@.*$/, '')}`;
      const chosen = child.condition && evaluate(child.condition, scope);
      if (inner.kind !== 'map' || isNever(chosen)) return [];
      const all = symbolOfParts([symbols, '/', symbolOf(memberOf(inner, 'name'))]);
      return [
        {
          type: childType,
          version: child.type.split('@')[1] ?? version,
          ...(all === undefined ? {} : { symbol: all }),
          when: scope.conditions(child.condition, chosen),
          ...(name === undefined || last === undefined ? { why: 'its name is not resolved' } : { name: `${name}/${last}` }),
          id: name === undefined || last === undefined ? `${scope.idOf(resource)}::${child.symbol}` : idFor(childType, `${name}/${last}`),
          address: `${prefix}${symbol}::${child.symbol}`,
          at: { file, offset: child.start, end: child.body.end },
          language: 'bicep' as const,
          body: inner,
        },
      ];
    });
  return [one, ...children];
}

const isNever = (condition: Value | undefined): boolean => condition?.kind === 'scalar' && condition.value === false;

/** Members that are URLs made from the name of an account or a vault. */
function addressOf(
  resource: Resource,
  path: readonly (string | Value)[],
  at: Place,
  scope: FileScope,
): readonly [Value, number] | undefined {
  const { type } = resource;
  const name = textOf(memberOf(scope.bodyOf(resource), 'name'));
  const member = path
    .slice(1)
    .filter((part) => typeof part === 'string')
    .join('.');
  if (name === undefined) return undefined;
  if (/^Microsoft\.KeyVault\/vaults@/i.test(type) && member === 'properties.vaultUri')
    return [scalar(`https://${name}.vault.azure.net/`, at), 3];
  const service = /^properties\.primaryEndpoints\.(blob|queue|table|file)$/.exec(member)?.[1];
  return /^Microsoft\.Storage\/storageAccounts@/i.test(type) && service
    ? [scalar(`https://${name}.${service}.core.windows.net/`, at), 4]
    : undefined;
}

/** Most parts in the name of an Azure resource. */
const DEEPEST_NAME = 10;

/** Returns all names of a resource, those of its parents first. */
function nameOf(resource: Resource | undefined, content: BicepFile, scope: FileScope, depth = 0): string | undefined {
  if (!resource || depth > DEEPEST_NAME) return undefined;
  const own = textOf(memberOf(scope.bodyOf(resource), 'name'));
  const parent = parentOf(resource);
  if (!parent) return own;
  const above =
    parent.kind === 'reference'
      ? nameOf(
          content.resources.find((one) => one.symbol === parent.path[0] && one !== resource),
          content,
          scope,
          depth + 1,
        )
      : undefined;
  return above === undefined || own === undefined ? undefined : `${above}/${own}`;
}

/** Returns all names of a resource, with placeholders for those that are not resolved, and one for all resources of a loop. */
function symbolOfName(resource: Resource, content: BicepFile, scope: FileScope, prefix: string, depth = 0): string | undefined {
  if (depth > DEEPEST_NAME) return undefined;
  const stand = placeholder(`${scope.file} ${prefix}${resource.symbol}`);
  const own = symbolOf(memberOf(scope.bodyOf(resource), 'name')) ?? stand;
  const parent = parentOf(resource);
  if (!parent) return resource.loops ? stand : own;
  const above =
    parent.kind === 'reference' && parent.path.length === 1
      ? content.resources.find((one) => one.symbol === parent.path[0] && one !== resource)
      : undefined;
  return symbolOfParts([(above && symbolOfName(above, content, scope, prefix, depth + 1)) ?? stand, '/', own]);
}

const parentOf = ({ body }: Resource): Expression | undefined =>
  body.kind === 'object' ? body.entries.find(({ key }) => key.kind === 'literal' && key.value === 'parent')?.value : undefined;

/** Reads the values of a `.bicepparam` file, and its template. */
export function bicepParameters(
  text: string,
  file: string,
  spend: Spend,
): { readonly using?: string; readonly values: ReadonlyMap<string, Value> } {
  const { parameters } = readBicep(text);
  const scope: Scope = { file, language: 'bicep', spend, lookUp: () => undefined };
  const using = within(file, /^[ \t]*using\s+'([^']+)'/m.exec(text)?.[1] ?? '');
  return {
    ...(using === undefined ? {} : { using }),
    values: new Map([...parameters].flatMap(([name, value]) => (value ? [[name, evaluate(value, scope)] as const] : []))),
  };
}
