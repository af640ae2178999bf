/** Parses expressions of Bicep and ARM templates into the same tree as those of Terraform. */
import type { Expression } from './syntax.ts';

export class NotRead extends Error {}

export interface Nested {
  readonly symbol: string;
  readonly type: string;
  readonly within: number;
  readonly start: number;
  readonly body: Expression;
  readonly condition?: Expression;
}

/** Reads tokens in sequence; line breaks are tokens if `lines` is set, because they end statements in Bicep. */
export class Words {
  readonly text: string;
  at: number;
  /** Resources declared inside an object, by the offset of the object. */
  readonly nested: Nested[] = [];
  readonly #end: number;

  constructor(text: string, at = 0, end = text.length) {
    this.text = text;
    this.at = at;
    this.#end = end;
  }

  blank(lines = true): void {
    const form = lines ? /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y : /(?:[ \t\r]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    form.lastIndex = this.at;
    form.test(this.text);
    this.at = Math.min(Math.max(this.at, form.lastIndex), this.#end);
  }

  /** Reads text that matches here, after blanks. */
  take(form: RegExp, lines = true): string | undefined {
    this.blank(lines);
    const sticky = new RegExp(form.source, 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0];
    if (found === undefined || this.at + found.length > this.#end) return undefined;
    this.at += found.length;
    return found;
  }

  need(form: RegExp): string {
    const found = this.take(form);
    if (found === undefined) throw new NotRead();
    return found;
  }

  get isDone(): boolean {
    this.blank();
    return this.at >= this.#end;
  }
}

const NAME = /[A-Za-z_]\w*/;

/** Parses a Bicep expression at the current position. @throws NotRead */
export function readExpression(words: Words, depth = 0): Expression {
  const test = readOr(words, depth);
  words.blank(false);
  // A question mark at the start of the next line continues the expression.
  if (words.take(/\?(?![?.])/) === undefined) return test;
  const yes = readExpression(words, depth + 1);
  words.need(/:/);
  const no = readExpression(words, depth + 1);
  return { kind: 'conditional', parts: [test, yes, no], start: test.start, end: no.end };
}

/** Most nesting levels, and most operators in a row; hand-written code does not exceed them. */
const DEEPEST = 60;
const MOST_IN_A_ROW = 500;

function readOr(words: Words, depth: number, row = 0): Expression {
  if (row > MOST_IN_A_ROW) throw new NotRead();
  const left = readUnary(words, depth);
  const operator = words.take(/==|!=|<=|>=|&&|\|\||\?\?|=~|[+\-*%<>](?!=)|\/(?![/*])/, false);
  if (operator === undefined) return left;
  const right = readOr(words, depth, row + 1);
  if (operator === '==' || operator === '!=') return { kind: 'compare', operator, sides: [left, right], start: left.start, end: right.end };
  return { kind: 'other', text: words.text.slice(left.start, right.end), start: left.start, end: right.end };
}

function readUnary(words: Words, depth: number, row = 0): Expression {
  if (row > MOST_IN_A_ROW) throw new NotRead();
  words.blank();
  const start = words.at;
  if (words.take(/!/) !== undefined) {
    const of = readUnary(words, depth, row + 1);
    return { kind: 'not', of, start, end: of.end };
  }
  return readMembers(words, readPrimary(words, depth), depth);
}

function readMembers(words: Words, first: Expression, depth: number): Expression {
  let value = first;
  // Each member copies the path before it.
  for (let row = 0; ; row++) {
    if (row > MOST_IN_A_ROW) throw new NotRead();
    const dot = words.take(/\.\??|!\.|::/, false);
    if (dot !== undefined) {
      const name = words.need(NAME);
      value = extended(words, value, name);
      if (words.take(/\(/, false) !== undefined) {
        const args = readList(words, /\)/, depth);
        value =
          name === 'listKeys'
            ? { kind: 'call', name, args, start: first.start, end: words.at }
            : { kind: 'other', text: words.text.slice(first.start, words.at), start: first.start, end: words.at };
      }
      continue;
    }
    if (words.take(/\[\??/, false) === undefined) return value;
    const index = readExpression(words, depth + 1);
    words.need(/\]/);
    value = extended(words, value, index.kind === 'literal' && typeof index.value === 'string' ? index.value : index);
  }
}

/** Functions whose arguments contain the members of their result. */
const isTold = (value: Expression, part: string | Expression): boolean =>
  value.kind === 'call' && (/^listKeys$/i.test(value.name) || (value.name === 'environment' && part === 'suffixes'));

const extended = (words: Words, value: Expression, part: string | Expression): Expression =>
  isTold(value, part)
    ? { ...value, end: words.at }
    : value.kind === 'call' && value.name === 'environment' && part === 'storage'
      ? { kind: 'literal', value: 'core.windows.net', start: value.start, end: words.at }
      : value.kind === 'reference'
        ? { ...value, path: [...value.path, part], text: words.text.slice(value.start, words.at), end: words.at }
        : { kind: 'other', text: words.text.slice(value.start, words.at), start: value.start, end: words.at };

function readPrimary(words: Words, depth: number): Expression {
  if (depth > DEEPEST) throw new NotRead();
  words.blank();
  const start = words.at;
  const span = () => ({ start, end: words.at });
  if (words.take(/'''/) !== undefined) {
    const end = words.text.indexOf("'''", words.at);
    if (end < 0) throw new NotRead();
    const text = words.text.slice(words.at, end).replace(/^\r?\n/, '');
    words.at = end + 3;
    return { kind: 'literal', value: text, ...span() };
  }
  if (words.take(/'/) !== undefined) return readText(words, start, depth);
  const number = words.take(/-?\d+(\.\d+)?/);
  if (number !== undefined) return { kind: 'literal', value: Number(number), ...span() };
  if (words.take(/\(/) !== undefined) {
    const inner = readExpression(words, depth + 1);
    words.need(/\)/);
    return inner;
  }
  if (words.take(/\{/) !== undefined) return readObject(words, start, depth);
  if (words.take(/\[/) !== undefined) {
    if (words.take(/for\b/) !== undefined) {
      readLoop(words, depth);
      readExpression(words, depth + 1);
      words.need(/\]/);
      return { kind: 'other', text: words.text.slice(start, words.at), why: 'the items of a loop are not evaluated', ...span() };
    }
    const items = readList(words, /\]/, depth);
    return { kind: 'list', items, ...span() };
  }
  const name = words.take(NAME);
  if (name === undefined) throw new NotRead();
  if (name === 'true' || name === 'false' || name === 'null') {
    // ARM templates write these as calls.
    words.take(/\(\s*\)/, false);
    return { kind: 'literal', value: name === 'null' ? null : name === 'true', ...span() };
  }
  if (words.take(/\(/, false) === undefined) return { kind: 'reference', path: [name], text: name, ...span() };
  const args = readList(words, /\)/, depth);
  const [only] = args;
  // ARM templates refer to resources and parameters by functions.
  if (/^(parameters|variables)$/i.test(name) && only?.kind === 'literal' && typeof only.value === 'string')
    return { kind: 'reference', path: [name.toLowerCase(), only.value], text: words.text.slice(start, words.at), ...span() };
  return { kind: 'call', name, args, ...span() };
}

/** Parses what follows `[for` up to the body: `item in items:`, `(item, index) in items: if (…)`. The loop variables are not evaluated. */
export function readLoop(words: Words, depth = 0): void {
  words.need(/[A-Za-z_]\w*|\([^)\n]*\)/);
  words.need(/in\b/);
  readExpression(words, depth + 1);
  words.need(/:/);
  if (words.take(/if\b/) !== undefined) readExpression(words, depth + 1);
}

function readList(words: Words, close: RegExp, depth: number): Expression[] {
  const items: Expression[] = [];
  while (words.take(close) === undefined) {
    words.blank();
    const start = words.at;
    const isSpread = words.take(/\.\.\./) !== undefined;
    const item = readExpression(words, depth + 1);
    // The items that a spread adds to a list are unknown.
    items.push(isSpread ? { kind: 'other', text: words.text.slice(start, words.at), start, end: words.at } : item);
    words.take(/,/);
  }
  return items;
}

function readText(words: Words, start: number, depth: number): Expression {
  const parts: (string | Expression)[] = [];
  let text = '';
  for (;;) {
    const character = words.text[words.at];
    if (character === undefined || character === '\n') throw new NotRead();
    if (words.text.startsWith('${', words.at)) {
      words.at += 2;
      if (text) parts.push(text);
      text = '';
      parts.push(readExpression(words, depth + 1));
      words.need(/\}/);
      continue;
    }
    words.at += 1;
    if (character === "'") {
      // ARM templates double a quote to escape it; in Bicep two quotes never follow each other.
      if (words.text[words.at] === "'" && depth >= ARM_DEPTH) {
        words.at += 1;
        text += "'";
        continue;
      }
      break;
    }
    if (character === '\\' && depth < ARM_DEPTH) {
      const code = words.text[words.at] ?? '';
      words.at += 1;
      text += { n: '\n', r: '\r', t: '\t' }[code] ?? code;
    } else text += character;
  }
  const span = { start, end: words.at };
  if (parts.length === 0) return { kind: 'literal', value: text, ...span };
  return { kind: 'template', parts: text ? [...parts, text] : parts, ...span };
}

const ARM_DEPTH = 30;

function readObject(words: Words, start: number, depth: number): Expression {
  const entries: { key: Expression; value: Expression; start: number; spread?: true }[] = [];
  while (words.take(/\}/) === undefined) {
    words.blank();
    const from = words.at;
    if (words.take(/\.\.\./) !== undefined) {
      const spread = readExpression(words, depth + 1);
      const key = { kind: 'other', text: words.text.slice(from, words.at), start: from, end: words.at } as const;
      entries.push({ key, value: spread, start: from, spread: true });
      words.take(/,/);
      continue;
    }
    if (readNested(words, start, depth)) continue;
    const word = words.take(NAME);
    const key: Expression =
      word === undefined ? readPrimary(words, depth + 1) : { kind: 'literal', value: word, start: from, end: words.at };
    words.need(/:/);
    const value = readExpression(words, depth + 1);
    entries.push({ key, value, start: from });
    words.take(/,/);
  }
  return { kind: 'object', entries, start, end: words.at };
}

/** Parses the expression in `[…]` of an ARM template. @throws NotRead */
export function readArmExpression(text: string): Expression {
  const words = new Words(text);
  const value = readExpression(words, ARM_DEPTH);
  if (!words.isDone) throw new NotRead();
  return value;
}

/** Parses `resource symbol 'type' = …` inside an object; false if there is something else. */
function readNested(words: Words, within: number, depth: number): boolean {
  const start = words.at;
  if (words.take(/(@[^\n]*\n\s*)*resource[ \t]+(?=[A-Za-z_]\w*[ \t]+')/) === undefined) return false;
  const symbol = words.need(NAME);
  const type = readPrimary(words, depth);
  const existing = words.take(/existing\b/) !== undefined;
  words.need(/=/);
  const condition = words.take(/if\b/) === undefined ? undefined : readPrimary(words, depth + 1);
  const body = readPrimary(words, depth + 1);
  const named = type.kind === 'literal' ? String(type.value) : '';
  if (!existing) words.nested.push({ symbol, type: named, within, start, body, ...(condition ? { condition } : {}) });
  return true;
}
