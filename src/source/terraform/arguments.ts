/** Arguments of a resource by their documented path: `site_config.cors.allowed_origins`. */
import { type Place, type Value, unresolved, mapOf } from '../value.ts';
import type { Json } from '../../azure/index.ts';
import { attributeValue, evaluate, itemsOf, type Scope } from '../evaluate.ts';
import type { Instance } from './modules.ts';
import { withNames } from './repeats.ts';
import type { Block } from '../syntax.ts';

export interface Arguments {
  readonly at: Place;
  /** Returns the value; undefined if it is not set. */
  readonly value: (name: string) => Value | undefined;
  /** Returns the value, or that it is absent and where it would be added. */
  readonly orAbsent: (name: string, absent: Json | undefined) => Value;
  /** Returns the blocks of one name below a path, including `dynamic` ones; a text with the reason if not all are known. */
  readonly blocks: (name: string) => readonly Arguments[] | { readonly why: string; readonly at: Place };
}

/** Reads the arguments of one instance, except those that Terraform ignores (`ignore_changes`). */
export function argumentsOf({ block, scope, address }: Instance): Arguments {
  const ignored = ignoredIn(block);
  const why = `the argument is in lifecycle.ignore_changes of ${address}, so Terraform does not change it`;
  const given = argumentsIn(block, scope, (name) =>
    ignored.some(({ path, key }) => key === undefined && (path === 'all' || name === path || name.startsWith(`${path}.`)))
      ? why
      : undefined,
  );
  // `app_settings["NAME"]` is one setting of the map.
  const without = <V extends Value | undefined>(name: string, value: V): V | Value =>
    value?.kind === 'map'
      ? {
          ...value,
          members: new Map([
            ...value.members,
            ...ignored.flatMap(({ path, key }): [string, Value][] =>
              path === name && key !== undefined ? [[key, unresolved(why, value.at)]] : [],
            ),
          ]),
        }
      : value;
  return {
    ...given,
    value: (name) => without(name, given.value(name)),
    orAbsent: (name, absent) => without(name, given.orAbsent(name, absent)),
  };
}

/** Lists the arguments that Terraform ignores, with the key where it is one member of a map. */
function ignoredIn(block: Block): readonly { readonly path: string; readonly key?: string }[] {
  const expressions = block.blocks
    .filter(({ type }) => type === 'lifecycle')
    .flatMap(({ attributes }) => attributes.filter(({ name }) => name === 'ignore_changes'))
    .flatMap(({ value }) => (value.kind === 'list' ? value.items : [value]));
  return expressions.flatMap((one) => {
    if (one.kind === 'literal') return [{ path: String(one.value) }];
    if (one.kind !== 'reference') return [];
    const path = one.path.filter((part): part is string => typeof part === 'string').join('.');
    const last = one.path.at(-1);
    const isKey = typeof last === 'object' && last.kind === 'literal' && typeof last.value === 'string' && !path.includes('.');
    return [isKey ? { path, key: String(last.value) } : { path }];
  });
}

function argumentsIn(block: Block, scope: Scope, ignored: (name: string) => string | undefined, prefix = ''): Arguments {
  const at: Place = { file: scope.file, offset: block.start, end: block.end };
  const find = (name: string): { readonly value?: Value; readonly inner: Block; readonly rest: readonly string[] } => {
    const why = ignored(`${prefix}${name}`);
    if (why !== undefined) return { value: unresolved(why, at), inner: block, rest: [] };
    let inner = block;
    const names = name.split('.');
    for (const [index, part] of names.entries()) {
      const isLast = index === names.length - 1;
      const attribute = inner.attributes.find((one) => one.name === part);
      if (attribute) {
        let value: Value | undefined = attributeValue(attribute, scope);
        for (const member of names.slice(index + 1)) value = value?.kind === 'map' ? value.members.get(member) : value;
        return { ...(value ? { value } : {}), inner, rest: [] };
      }
      if (isLast) return { inner, rest: [part] };
      const next = inner.blocks.find(({ type }) => type === part);
      const dynamic = inner.blocks.find(({ type, labels }) => type === 'dynamic' && labels[0] === part);
      if (dynamic)
        return {
          value: unresolved(`${part} is a dynamic block`, { file: scope.file, offset: dynamic.start, end: dynamic.end }),
          inner,
          rest: [],
        };
      if (!next) return { inner, rest: names.slice(index) };
      inner = next;
    }
    return { inner, rest: [] };
  };
  const set = (name: string): Value | undefined => {
    const { value } = find(name);
    return value?.kind === 'scalar' && value.value === null ? undefined : value;
  };
  return {
    at,
    value: set,
    orAbsent(name, absent) {
      const { value, inner, rest } = find(name);
      if (value && !(value.kind === 'scalar' && value.value === null)) return value;
      const own: Place = { file: scope.file, offset: inner.start, end: inner.end };
      const inside: Place = { file: scope.file, offset: inner.braces.start, end: inner.braces.end };
      // An argument that is set to null is in the code, so adding it again would be an error.
      const insert = value ? {} : { insert: { language: 'terraform' as const, inside, path: rest } };
      return { kind: 'absent', value: absent, at: value?.at ?? own, ...insert };
    },
    blocks(name) {
      const { value, inner } = find(`${name}.`);
      if (value?.kind === 'unresolved') return { why: value.why, at: value.at };
      const last = name.split('.').at(-1) ?? '';
      const found: Arguments[] = [];
      for (const one of inner.type === last && inner !== block ? siblings(block, name) : inner.blocks) {
        if (one.type === last) found.push(argumentsIn(one, scope, () => undefined));
        if (one.type !== 'dynamic' || one.labels[0] !== last) continue;
        const each = one.attributes.find((attribute) => attribute.name === 'for_each');
        const content = one.blocks.find(({ type }) => type === 'content');
        const iterator = one.attributes.find((attribute) => attribute.name === 'iterator')?.value;
        const items = each && itemsOrValues(evaluate(each.value, scope));
        const where: Place = { file: scope.file, offset: one.start, end: one.end };
        if (!content || !items || (iterator && iterator.kind !== 'reference'))
          return { why: `${last} is a dynamic block over a value that is not resolved`, at: where };
        const word = iterator?.kind === 'reference' ? iterator.text : last;
        for (const [key, item] of items) {
          const own = mapOf(
            [
              ['key', key],
              ['value', item],
            ],
            item.at,
          );
          found.push(argumentsIn(content, withNames(scope, { [word]: own }), () => undefined));
        }
      }
      return found;
    },
  };
}

/** Returns the sibling blocks of the block at a path. */
function siblings(block: Block, name: string): readonly Block[] {
  let inner: Block | undefined = block;
  for (const part of name.split('.').slice(0, -1)) inner = inner?.blocks.find(({ type }) => type === part);
  return inner?.blocks ?? [];
}

function itemsOrValues(value: Value): readonly (readonly [Value, Value])[] | undefined {
  if (value.kind === 'list') return value.items.map((item, index) => [{ kind: 'scalar', value: index, at: item.at }, item]);
  return itemsOf(value)?.map(([key, item]) => [{ kind: 'scalar', value: key, at: item.at }, item]);
}
