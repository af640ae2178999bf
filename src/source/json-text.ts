/** Parses JSON with the places of its values; comments, which ARM templates allow, are skipped. */
import { mapOf, type Place, placedAt, type Value, scalar } from './value.ts';

/** Parses the whole text; the place of a member is its name. undefined if the text is not JSON. */
export function jsonValue(text: string, file: string): Value | undefined {
  const reader = new Reader(text, file);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class NotJson extends Error {}

class Reader {
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #depth = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    if (text.startsWith('\uFEFF')) this.#at = 1;
  }

  whole(): Value {
    const value = this.#value();
    this.#blank();
    if (this.#at < this.#text.length) throw new NotJson();
    return value;
  }

  #blank(): void {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    blank.lastIndex = this.#at;
    blank.test(this.#text);
    this.#at = Math.max(this.#at, blank.lastIndex);
  }

  #take(word: string): boolean {
    this.#blank();
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #place = (offset: number): Place => ({ file: this.#file, offset, end: this.#at });

  #value(): Value {
    this.#blank();
    const start = this.#at;
    if (++this.#depth > 200) throw new NotJson();
    try {
      if (this.#take('{')) return this.#object(start);
      if (this.#take('[')) return this.#list(start);
      const word = /"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
      word.lastIndex = start;
      const found = word.exec(this.#text)?.[0];
      if (found === undefined) throw new NotJson();
      this.#at += found.length;
      const place = this.#place(start);
      return scalar(JSON.parse(found) as string | number | boolean | null, place, { place, language: 'json' });
    } catch (error) {
      throw error instanceof SyntaxError ? new NotJson() : error;
    } finally {
      this.#depth -= 1;
    }
  }

  #list(start: number): Value {
    const items: Value[] = [];
    while (!this.#take(']')) {
      items.push(this.#value());
      if (!this.#take(',') && this.#text[this.#at] !== ']') throw new NotJson();
    }
    const at = this.#place(start);
    return { kind: 'list', items, at, literal: { place: at, language: 'json' } };
  }

  #object(start: number): Value {
    const members: [string, Value][] = [];
    while (!this.#take('}')) {
      this.#blank();
      const from = this.#at;
      const name = this.#value();
      if (name.kind !== 'scalar' || typeof name.value !== 'string' || !this.#take(':')) throw new NotJson();
      const value = this.#value();
      members.push([name.value, placedAt(value, this.#place(from))]);
      if (!this.#take(',') && this.#text[this.#at] !== '}') throw new NotJson();
    }
    const at = this.#place(start);
    return mapOf(members, at, { literal: { place: at, language: 'json' }, insert: { language: 'json', inside: at, path: [] } });
  }
}
