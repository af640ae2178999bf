/** The part of the Kusto query language that inventories are written in: where, extend, project, order by, limit, count. */
import { isObject, type Json, type JsonObject } from './state.ts';

/** Thrown where a query is not understood; the service answers 400. */
export class InvalidQuery extends Error {}

type Row = JsonObject;
type Value = (row: Row) => Json;
type Test = (row: Row) => boolean;

export interface Query {
  /** In lower case. */
  readonly table: string;
  run(rows: Iterable<Row>): Row[];
}

/** @throws InvalidQuery */
export function parseQuery(text: string): Query {
  const [table = '', ...operators] = stagesOf(text);
  if (!/^\w+$/.test(table)) throw new InvalidQuery(`"${table}" is no table`);
  const stages = operators.map(stageOf);
  return { table: table.toLowerCase(), run: (rows) => stages.reduce<Row[]>((now, stage) => stage(now), [...rows]) };
}

/** Cut at the bars that stand in no string. */
function stagesOf(text: string): string[] {
  const stages = [''];
  for (const token of text.match(/'[^']*'|"[^"]*"|[^'"|]+|\||['"]/g) ?? [])
    if (token === '|') stages.push('');
    else stages[stages.length - 1] += token;
  return stages.map((stage) => stage.trim());
}

function stageOf(stage: string): (rows: Row[]) => Row[] {
  const [, operator = '', rest = ''] = /^(\w+(?:\s+by)?)\s*([\s\S]*)$/.exec(stage) ?? [];
  switch (operator.toLowerCase().replace(/\s+/, ' ')) {
    case 'where': {
      const test = new Parser(rest).whole();
      return (rows) => rows.filter(test);
    }
    case 'project':
    case 'extend': {
      const columns = commaList(rest).map(columnOf);
      const keep = operator.toLowerCase() === 'extend';
      return (rows) =>
        rows.map((row) => ({ ...(keep ? row : {}), ...Object.fromEntries(columns.map(([name, value]) => [name, value(row)])) }));
    }
    case 'order by':
    case 'sort by': {
      const keys = commaList(rest).map((one) => {
        const [, name = '', way] = /^(\S+?)(?:\s+(asc|desc))?$/i.exec(one) ?? [];
        return { value: valueOf(name), sign: way?.toLowerCase() === 'asc' ? 1 : -1 };
      });
      const order = (a: Row, b: Row): number => {
        for (const { value, sign } of keys) {
          const [left, right] = [textOf(value(a)), textOf(value(b))];
          if (left !== right) return left < right ? -sign : sign;
        }
        return 0;
      };
      return (rows) => rows.toSorted(order);
    }
    case 'limit':
    case 'take':
      return (rows) => rows.slice(0, Number(rest));
    case 'count':
      return (rows) => [{ Count: rows.length }];
    default:
      throw new InvalidQuery(`"${operator}" is not among the operators that are known here`);
  }
}

const commaList = (text: string): string[] => (text.match(/(?:\((?:[^()]|\([^()]*\))*\)|'[^']*'|[^,])+/g) ?? []).map((part) => part.trim());

function columnOf(text: string): [string, Value] {
  const [, name, value] = /^(\w+)\s*=(?![=~])\s*(.+)$/.exec(text) ?? [];
  return name && value ? [name, valueOf(value.trim())] : [text.split('.').at(-1) ?? text, valueOf(text)];
}

/** A path, a text, a number, or one of them inside tostring() and its like. */
function valueOf(text: string): Value {
  const call = /^(tostring|tolower|toupper|tobool|toint)\((.+)\)$/i.exec(text);
  if (call) {
    const inner = valueOf((call[2] ?? '').trim());
    const name = call[1]?.toLowerCase();
    return (row) => {
      const value = inner(row);
      if (name === 'tobool' || name === 'toint') return value;
      const plain = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
      return name === 'tolower' ? plain.toLowerCase() : name === 'toupper' ? plain.toUpperCase() : plain;
    };
  }
  const cut = /^substring\((\w+), 0, strlen\(\1\) ?- ?(\d+)\)$/i.exec(text);
  if (cut) {
    const inner = valueOf(cut[1] ?? '');
    return (row) => textOf(inner(row)).slice(0, -Number(cut[2]));
  }
  const quoted = /^'([^']*)'$|^"([^"]*)"$/.exec(text);
  if (quoted) return () => quoted[1] ?? quoted[2] ?? '';
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => Number(text);
  if (/^(true|false)$/i.test(text)) return () => text.toLowerCase() === 'true';
  if (!/^[\w$]+(\.[\w$]+|\['[^']*'\])*$/.test(text)) throw new InvalidQuery(`"${text}" is not understood`);
  const members = text.match(/[\w$]+|\['[^']*'\]/g)?.map((one) => one.replace(/^\['|'\]$/g, '')) ?? [];
  return (row) => members.reduce<Json>((value, member) => (isObject(value) ? (value[member] ?? null) : null), row);
}

const COMPARISONS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '=~': (a, b) => a.toLowerCase() === b.toLowerCase(),
  '!~': (a, b) => a.toLowerCase() !== b.toLowerCase(),
  contains: (a, b) => a.toLowerCase().includes(b.toLowerCase()),
  '!contains': (a, b) => !a.toLowerCase().includes(b.toLowerCase()),
  has: (a, b) => a.toLowerCase().includes(b.toLowerCase()),
  startswith: (a, b) => a.toLowerCase().startsWith(b.toLowerCase()),
  '!startswith': (a, b) => !a.toLowerCase().startsWith(b.toLowerCase()),
  endswith: (a, b) => a.toLowerCase().endsWith(b.toLowerCase()),
};

/** `and` binds closer than `or`; brackets group. */
class Parser {
  readonly #tokens: string[];
  constructor(text: string) {
    this.#tokens =
      text.match(/'[^']*'|"[^"]*"|[\w$]+\((?:[^()]|\([^()]*\))*\)|[\w$.]+(?:\['[^']*'\])*|!?\w+|==|!=|=~|!~|!(?=\w)|in~|[(),]/g) ?? [];
  }
  whole(): Test {
    const test = this.#either();
    if (this.#tokens.length > 0) throw new InvalidQuery(`"${this.#tokens[0] ?? ''}" is not understood`);
    return test;
  }
  #either(): Test {
    const tests = [this.#all()];
    while (this.#tokens[0]?.toLowerCase() === 'or') {
      this.#tokens.shift();
      tests.push(this.#all());
    }
    return (row) => tests.some((test) => test(row));
  }
  #all(): Test {
    const tests = [this.#one()];
    while (this.#tokens[0]?.toLowerCase() === 'and') {
      this.#tokens.shift();
      tests.push(this.#one());
    }
    return (row) => tests.every((test) => test(row));
  }
  #one(): Test {
    if (this.#tokens[0] === '(') {
      this.#tokens.shift();
      const test = this.#either();
      if (this.#tokens.shift() !== ')') throw new InvalidQuery('a bracket is not closed');
      return test;
    }
    const left = valueOf(this.#tokens.shift() ?? '');
    let sign = this.#tokens.shift()?.toLowerCase() ?? '';
    if (sign === '!') sign += this.#tokens.shift()?.toLowerCase() ?? '';
    if (sign === 'in' && this.#tokens[0] === '~') this.#tokens.shift();
    if (sign === 'in' || sign === 'in~') return this.#among(left);
    const compare = COMPARISONS[sign];
    if (!compare) throw new InvalidQuery(`"${sign}" compares nothing here`);
    const right = valueOf(this.#tokens.shift() ?? '');
    return (row) => compare(textOf(left(row)), textOf(right(row)));
  }
  #among(left: Value): Test {
    if (this.#tokens.shift() !== '(') throw new InvalidQuery('"in" needs a list in brackets');
    const list = new Set<string>();
    for (;;) {
      const token = this.#tokens.shift();
      if (token === undefined) throw new InvalidQuery('a bracket is not closed');
      if (token === ')') break;
      if (token !== ',') list.add(textOf(valueOf(token)({})).toLowerCase());
    }
    return (row) => list.has(textOf(left(row)).toLowerCase());
  }
}

const textOf = (value: Json): string => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
