/** Values as code declares them: each has the place that decides it, and a reason if it is not certain. */
import type { Json } from '../azure/index.ts';

/** A range of a file; offsets count UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly end: number;
}

/** Placeholders for secrets that Azure generates and no file contains. */
export const MADE_BY_AZURE = '(created by Azure)';

export const NOT_DECLARED = 'the code does not declare it';

type Scalar = string | number | boolean | null;

/** How a missing member is added to a container. */
export interface Insertion {
  readonly language: 'terraform' | 'json' | 'bicep';
  /** Range of the container, including its braces. */
  readonly inside: Place;
  /** Names of missing containers on the way to the member: blocks in Terraform, objects elsewhere. */
  readonly path: readonly string[];
}

interface Literal {
  readonly place: Place;
  readonly language: Insertion['language'];
}

export type Value =
  | { readonly kind: 'scalar'; readonly value: Scalar; readonly at: Place; readonly literal?: Literal; readonly back?: Back }
  | { readonly kind: 'list'; readonly items: readonly Value[]; readonly at: Place; readonly literal?: Literal; readonly back?: Back }
  | {
      readonly kind: 'map';
      readonly members: ReadonlyMap<string, Value>;
      readonly at: Place;
      /** Why there may be more members. */
      readonly open?: string;
      readonly insert?: Insertion;
      readonly literal?: Literal;
    }
  /** Absent; `value` is its default, undefined if Azure or a provider decides. */
  | { readonly kind: 'absent'; readonly value: Json | undefined; readonly at: Place; readonly insert?: Insertion; readonly back?: Back }
  | {
      readonly kind: 'unresolved';
      readonly why: string;
      readonly at: Place;
      /** The values of a condition that is not decided. */
      readonly either?: readonly Value[];
      /** The text with placeholders, see symbols.ts. */
      readonly symbol?: string;
    };

/** Formats a value of Azure in the words of the code; undefined if the code cannot express it. */
export type Back = (value: Json) => Json | undefined;

export type MapValue = Extract<Value, { kind: 'map' }>;

export const scalar = (value: Scalar, at: Place, literal?: Literal): Value => ({
  kind: 'scalar',
  value,
  at,
  ...(literal ? { literal } : {}),
});
export const unresolved = (why: string, at: Place, symbol?: string): Value => ({
  kind: 'unresolved',
  why,
  at,
  ...(symbol === undefined ? {} : { symbol }),
});
export const mapOf = (members: Iterable<readonly [string, Value]>, at: Place, more: Partial<MapValue> = {}): MapValue => ({
  kind: 'map',
  members: new Map(members),
  at,
  ...more,
});

/** Returns the value with another place: an attribute has the place of its literal. */
export const placedAt = (value: Value, at: Place): Value => ({ ...value, at });

/** Returns the member of a map, in any case. */
export function memberOf(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let inner = value;
  for (const name of path) {
    if (inner?.kind !== 'map') return undefined;
    const wanted = name.toLowerCase();
    inner = inner.members.get(name) ?? [...inner.members].find(([one]) => one.toLowerCase() === wanted)?.[1];
  }
  return inner;
}

export const textOf = (value: Value | undefined): string | undefined =>
  value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;

/** Returns the value without its places; undefined if a part is not resolved. */
export function plainOf(value: Value): Json | undefined {
  switch (value.kind) {
    case 'scalar':
    case 'absent':
      return value.value;
    case 'unresolved':
      return undefined;
    case 'list': {
      const items = value.items.map(plainOf);
      return items.includes(undefined) ? undefined : (items as Json[]);
    }
    case 'map': {
      if (value.open !== undefined) return undefined;
      const members = [...value.members].map(([name, member]) => [name, plainOf(member)] as const);
      return members.some(([, member]) => member === undefined) ? undefined : (Object.fromEntries(members) as Json);
    }
  }
}

export function whyUnresolved(value: Value): string | undefined {
  if (value.kind === 'unresolved') return value.why;
  if (value.kind === 'list') return value.items.map(whyUnresolved).find((why) => why !== undefined);
  if (value.kind === 'map') return value.open ?? [...value.members.values()].map(whyUnresolved).find((why) => why !== undefined);
  return undefined;
}

/** Returns a value that may be sent: its members are known by name only. */
export const maybe = (value: Value, why: string): Value =>
  value.kind === 'map'
    ? { ...value, members: new Map([...value.members].map(([name, { at }]) => [name, unresolved(why, at)])) }
    : unresolved(why, value.at);

/** The files of a tree, by path below its folder, with forward slashes. */
export type Files = ReadonlyMap<string, string>;

/** Returns line and column of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
