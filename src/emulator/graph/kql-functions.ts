/** Functions of the Kusto query language that inventories use. */
import type { Json } from '../state.ts';

/** `dynamic` is a member of unknown type. */
export type ColumnType = 'string' | 'dynamic' | 'long' | 'real' | 'bool';

interface Function {
  /** Minimum and maximum number of arguments. */
  readonly takes: readonly [number, number];
  readonly type: ColumnType;
  readonly of: (values: readonly Json[]) => Json;
  readonly fits?: (values: readonly { readonly type: ColumnType }[]) => boolean;
}
const one = (type: ColumnType, of: (value: Json) => Json): Function => ({ takes: [1, 1], type, of: ([value = null]) => of(value) });
export const FUNCTIONS: Readonly<Record<string, Function>> = {
  tostring: one('string', (value) => textOf(value)),
  tolower: one('string', (value) => textOf(value).toLowerCase()),
  toupper: one('string', (value) => textOf(value).toUpperCase()),
  tobool: one('bool', (value) => (value === null ? null : textOf(value).toLowerCase() === 'true')),
  toint: one('long', (value) => (value === null || textOf(value) === '' ? null : Math.trunc(Number(textOf(value))))),
  strlen: one('long', (value) => textOf(value).length),
  isempty: one('bool', (value) => textOf(value) === ''),
  isnotempty: one('bool', (value) => textOf(value) !== ''),
  isnull: one('bool', (value) => value === null),
  isnotnull: one('bool', (value) => value !== null),
  not: { ...one('bool', (value) => value !== true), fits: ([value]) => value?.type === 'bool' },
  substring: {
    takes: [2, 3],
    type: 'string',
    fits: (values) => values.slice(1).every(({ type }) => type === 'long'),
    of: ([text = null, from = 0, length]) =>
      textOf(text).slice(Number(from), length === undefined ? undefined : Number(from) + Number(length)),
  },
};

export const textOf = (value: Json): string => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
