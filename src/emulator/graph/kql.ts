/**
 * The part of the Kusto query language that inventories use: where, extend, project, distinct, order by, limit, count.
 * It refuses what the service refuses: unknown columns, and operands of a type that an operator does not accept.
 */
import { InvalidQuery, isName, isText, Reader, textIn, tokensOf } from './kql-tokens.ts';
import { FUNCTIONS, textOf, type ColumnType } from './kql-functions.ts';
import { isObject, type Json, type JsonObject } from '../state.ts';

export { InvalidQuery };

type Row = JsonObject;
type Value = (row: Row) => Json;
type Columns = ReadonlyMap<string, ColumnType>;

export interface Query {
  /** Columns in lower case. */
  readonly table: string;
  readonly columns: Columns;
  run(rows: Iterable<Row>): Row[];
}

/** Columns that every table of Azure Resource Graph has. */
const EVERY: readonly (readonly [ColumnType, string])[] = [
  ['string', 'id name type tenantId kind location resourceGroup subscriptionId managedBy'],
  ['dynamic', 'sku plan properties tags identity zones extendedLocation'],
];
const COLUMNS: Columns = new Map(EVERY.flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)));

/** @throws InvalidQuery */
export function parseQuery(text: string): Query {
  const reader = new Reader(tokensOf(text));
  const table = reader.name('a table');
  const stages: ((rows: Row[]) => Row[])[] = [];
  let columns = COLUMNS;
  while (!reader.isAtEnd) {
    reader.expect('|');
    const stage = stageOf(reader, columns);
    stages.push(stage.run);
    columns = stage.columns;
  }
  return { table: table.toLowerCase(), columns, run: (rows) => stages.reduce<Row[]>((now, stage) => stage(now), [...rows]) };
}

interface Stage {
  readonly columns: Columns;
  readonly run: (rows: Row[]) => Row[];
}

function stageOf(reader: Reader, columns: Columns): Stage {
  const operator = reader.next();
  switch (operator) {
    case 'where': {
      const { type, of } = either(reader, columns);
      if (type !== 'bool') throw new InvalidQuery('"where" needs a condition');
      return { columns, run: (rows) => rows.filter((row) => of(row) === true) };
    }
    case 'project':
    case 'extend': {
      const made = reader.list(() => columnOf(reader, columns));
      const twice = made.find(([name], index) => made.findIndex(([other]) => other === name) < index);
      if (twice) throw new InvalidQuery(`the column "${twice[0]}" is declared twice`);
      const added = made.map(([name, { type }]) => [name, type] as const);
      const keeps = operator === 'extend';
      return {
        columns: new Map([...(keeps ? columns : []), ...added]),
        run: (rows) => rows.map((row) => ({ ...(keeps ? row : {}), ...Object.fromEntries(made.map(([name, { of }]) => [name, of(row)])) })),
      };
    }
    case 'distinct': {
      const names = reader.list(() => known(columns, reader.name('a column')));
      const own = (row: Row): Row => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
      return {
        columns: new Map(names.map((name) => [name, columns.get(name) ?? 'dynamic'])),
        run: (rows) => [...new Map(rows.map((row) => [JSON.stringify(own(row)), own(row)])).values()],
      };
    }
    case 'order':
    case 'sort':
      reader.expect('by');
      return { columns, run: sorted(reader.list(() => keyOf(reader, columns))) };
    case 'limit':
    case 'take': {
      const most = reader.next();
      if (!/^\d+$/.test(most)) throw new InvalidQuery(`"${most}" is no number of rows`);
      return { columns, run: (rows) => rows.slice(0, Number(most)) };
    }
    case 'count':
      return { columns: new Map([['Count', 'long']]), run: (rows) => [{ Count: rows.length }] };
    default:
      throw new InvalidQuery(`"${operator}" is not among the operators that are known here`);
  }
}

interface Key {
  readonly value: Value;
  readonly sign: number;
}
function keyOf(reader: Reader, columns: Columns): Key {
  const { type, of } = difference(reader, columns);
  if (type === 'dynamic') throw new InvalidQuery('rows are not ordered by a member of unknown type');
  return { value: of, sign: reader.take('asc', 'desc') === 'asc' ? 1 : -1 };
}
const sorted =
  (keys: readonly Key[]) =>
  (rows: Row[]): Row[] =>
    rows.toSorted((a, b) => {
      for (const { value, sign } of keys) {
        const [left, right] = [textOf(value(a)), textOf(value(b))];
        if (left !== right) return left < right ? -sign : sign;
      }
      return 0;
    });

interface Typed {
  readonly type: ColumnType;
  readonly of: Value;
  /** The default name of a column of this expression. */
  readonly name?: string;
  /** Set for a text that is written in the query. */
  readonly text?: string;
}

/** Parses `name=value`, or a value with a default name. */
function columnOf(reader: Reader, columns: Columns): [string, Typed] {
  if (isName(reader.peek()) && reader.peek(1) === '=') {
    const name = reader.next();
    reader.next();
    return [name, either(reader, columns)];
  }
  const value = either(reader, columns);
  return [value.name ?? 'Column1', value];
}

/** Parses `or` and `and`; `and` binds closer, parentheses group. */
function either(reader: Reader, columns: Columns): Typed {
  return joined(reader, columns, 'or', (values) => (row) => values.some(({ of }) => of(row) === true), both);
}
function both(reader: Reader, columns: Columns): Typed {
  return joined(reader, columns, 'and', (values) => (row) => values.every(({ of }) => of(row) === true), comparison);
}
function joined(
  reader: Reader,
  columns: Columns,
  word: string,
  of: (values: readonly Typed[]) => Value,
  inner: (reader: Reader, columns: Columns) => Typed,
): Typed {
  const values = [inner(reader, columns)];
  while (reader.take(word)) values.push(inner(reader, columns));
  if (values.length === 1) return values[0] as Typed;
  if (values.some(({ type }) => type !== 'bool')) throw new InvalidQuery(`"${word}" joins conditions only`);
  return { type: 'bool', of: of(values) };
}

const lower = (compare: (a: string, b: string) => boolean) => (a: string, b: string) => compare(a.toLowerCase(), b.toLowerCase());
const ofTexts: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=~': lower((a, b) => a === b),
  contains: lower((a, b) => a.includes(b)),
  has: lower((a, b) => new RegExp(`(?<![a-z0-9])${b.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![a-z0-9])`).test(a)),
  startswith: lower((a, b) => a.startsWith(b)),
  endswith: lower((a, b) => a.endsWith(b)),
};
const isTextual = ({ type }: Typed): boolean => type === 'string' || type === 'dynamic';
const isNumeric = ({ type }: Typed): boolean => type === 'long' || type === 'real' || type === 'dynamic';

function comparison(reader: Reader, columns: Columns): Typed {
  const left = difference(reader, columns);
  const sign = reader.peek() ?? '';
  const plain = sign === '!~' ? '=~' : sign.replace(/^!(?!=)/, '');
  const isNot = sign.startsWith('!');
  if (plain === 'in' || plain === 'in~') {
    reader.next();
    return among(reader, columns, left, plain === 'in~', isNot);
  }
  const texts = Object.hasOwn(ofTexts, plain) ? ofTexts[plain] : undefined;
  if (!texts && !['==', '!=', '<', '<=', '>', '>='].includes(sign)) return left;
  reader.next();
  const right = difference(reader, columns);
  if (texts) {
    if (!isTextual(left) || !isTextual(right)) throw new InvalidQuery(`"${sign}" compares texts`);
    return { type: 'bool', of: (row) => texts(textOf(left.of(row)), textOf(right.of(row))) !== isNot };
  }
  if (sign === '==' || sign === '!=') return { type: 'bool', of: (row) => (textOf(left.of(row)) === textOf(right.of(row))) !== isNot };
  if (!isNumeric(left) || !isNumeric(right)) throw new InvalidQuery(`"${sign}" compares numbers`);
  const holds = (a: number, b: number): boolean => (sign === '<' ? a < b : sign === '<=' ? a <= b : sign === '>' ? a > b : a >= b);
  return { type: 'bool', of: (row) => holds(Number(left.of(row)), Number(right.of(row))) };
}

function among(reader: Reader, columns: Columns, left: Typed, anyCase: boolean, isNot: boolean): Typed {
  reader.expect('(');
  const list = reader.list(() => difference(reader, columns));
  reader.expect(')');
  const spelled = (value: Json): string => (anyCase ? textOf(value).toLowerCase() : textOf(value));
  const texts = new Set(list.flatMap(({ text }) => (text === undefined ? [] : [spelled(text)])));
  const computed = list.filter(({ text }) => text === undefined);
  const isAmong = (row: Row, value: string): boolean => texts.has(value) || computed.some(({ of }) => spelled(of(row)) === value);
  return { type: 'bool', of: (row) => isAmong(row, spelled(left.of(row))) !== isNot };
}

function difference(reader: Reader, columns: Columns): Typed {
  let value = primary(reader, columns);
  while (reader.take('-')) {
    const [left, right] = [value, primary(reader, columns)];
    if (!isNumeric(left) || !isNumeric(right)) throw new InvalidQuery('"-" needs numbers');
    value = {
      type: left.type === 'long' && right.type === 'long' ? 'long' : 'real',
      of: (row) => Number(left.of(row)) - Number(right.of(row)),
    };
  }
  return value;
}

function primary(reader: Reader, columns: Columns): Typed {
  const token = reader.next();
  if (token === '(') {
    const inner = either(reader, columns);
    reader.expect(')');
    return { type: inner.type, of: inner.of };
  }
  if (isText(token)) {
    const text = textIn(token);
    return { type: 'string', of: () => text, text };
  }
  if (/^\d/.test(token)) return { type: token.includes('.') ? 'real' : 'long', of: () => Number(token) };
  if (token === 'true' || token === 'false') return { type: 'bool', of: () => token === 'true' };
  if (!isName(token)) throw new InvalidQuery(`"${token}" is not understood`);
  return reader.peek() === '(' ? call(token, reader, columns) : path(known(columns, token), reader, columns);
}

function known(columns: Columns, name: string): string {
  if (!columns.has(name)) throw new InvalidQuery(`there is no column "${name}"`);
  return name;
}

/** Words that are not names of members after a dot. */
const KEYWORDS = new Set('contains has startswith endswith in and or by asc desc where project between true false'.split(' '));

/** Parses a column, and its members if its type is dynamic. */
function path(column: string, reader: Reader, columns: Columns): Typed {
  const type = columns.get(column) ?? 'dynamic';
  const members: string[] = [];
  while (reader.peek() === '.' || reader.peek() === '[') {
    if (type !== 'dynamic') throw new InvalidQuery(`"${column}" has no members`);
    if (reader.next() === '.') {
      const member = reader.name('a member');
      if (KEYWORDS.has(member)) throw new InvalidQuery(`"${member}" is a keyword, and a member of this name has to be written in brackets`);
      members.push(member);
      continue;
    }
    const member = reader.next();
    if (!isText(member) && !/^\d+$/.test(member)) throw new InvalidQuery(`"${member}" names no member`);
    members.push(isText(member) ? textIn(member) : member);
    reader.expect(']');
  }
  return {
    type,
    name: [column, ...members].join('_'),
    of: (row) =>
      members.reduce<Json>(
        (value, member) => (Array.isArray(value) ? (value[Number(member)] ?? null) : isObject(value) ? (value[member] ?? null) : null),
        row[column] ?? null,
      ),
  };
}

function call(name: string, reader: Reader, columns: Columns): Typed {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!found) throw new InvalidQuery(`"${name}" is no function that is known here`);
  reader.expect('(');
  const values = reader.take(')') ? [] : reader.list(() => either(reader, columns));
  if (values.length > 0) reader.expect(')');
  const [least, most] = found.takes;
  if (values.length < least || values.length > most || found.fits?.(values) === false)
    throw new InvalidQuery(`"${name}" does not take these arguments`);
  return { type: found.type, of: (row) => found.of(values.map(({ of }) => of(row))) };
}
