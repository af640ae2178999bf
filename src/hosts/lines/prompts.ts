/** Line prompts that work with screen readers: every choice has a number, an answer is one line, nothing is drawn twice. */
import { withoutSecrets } from '../../view/print-lines.ts';
import type { Asking } from '../../engine/ports.ts';
import { cleanLine, plainText } from '../../text/plain.ts';
import { ansiLine, type Line } from '../../text/spans.ts';
import type { Look } from '../../text/symbols.ts';
import { BackError, readLine } from './read-line.ts';
import { widthOf, wrapLine } from '../../text/width.ts';

export interface Choice<T> {
  readonly name: string;
  readonly value: T;
}

export interface LineIo {
  readonly out: (text: string) => void;
  readonly outLook: Look;
  readonly width: number;
}

interface Asked {
  readonly start?: string;
  /** Returns true if the text is valid, otherwise the problem. */
  readonly check?: (text: string) => true | string;
  /** The default in words, if the text does not contain it. */
  readonly startName?: string;
  /** Whether a refused text is long enough to be corrected. It is removed, so that the next one is not typed behind it. */
  readonly keepsText?: true;
}

/** A list of choices that is asked again and again. It is read once, and afterward only what changed in it. */
export class Menu {
  names: readonly string[] = [];
}

/** Typed to read the choices again. */
const LIST = '?';
/** Choices that an answer fits and that are named, if it fits several. */
const MOST_FITS = 5;

export class Prompts {
  readonly #io: LineIo;
  readonly #ask: Asking;
  readonly #signal: AbortSignal;

  constructor(io: LineIo, ask: Asking, signal: AbortSignal) {
    this.#io = io;
    this.#ask = ask;
    this.#signal = signal;
  }

  get look(): Look {
    return { ...this.#io.outLook, spoken: true };
  }

  say(text: string): void {
    for (const one of text.split('\n')) this.print([[{ text: one }]]);
  }

  /** Prints lines wrapped at words; continuation lines are indented. */
  print(lines: readonly Line[]): void {
    for (const one of lines.map(withoutSecrets)) {
      const indent = (/^ */.exec(one.map(({ text }) => text).join(''))?.[0].length ?? 0) + 2;
      for (const wrapped of one.length === 0 ? [one] : wrapLine(one, this.#io.width, indent, { isWhole: true }))
        this.#io.out(`${ansiLine(cleanLine(wrapped), this.look.colour).trimEnd()}\n`);
    }
  }

  /** Reads one line of text. Text typed before the question was written is ignored. */
  async line(message: string, { start = '', startName, check = () => true, keepsText }: Asked = {}): Promise<string> {
    const [, text, colon] = /^(.*?)(:?)$/s.exec(plainText(message)) as unknown as readonly [string, string, string];
    const asked = (words: readonly string[]) => `? ${text}${start === '' ? '' : ` (Enter: ${plainText(words.join(', '))})`}${colon}`;
    const full = asked([start, ...(startName ? [startName] : [])]);
    // A question that the terminal breaks inside a word is hard to read.
    const question = widthOf(full) < this.#io.width ? full : asked([start]);
    let last = '';
    for (;;) {
      const typed = (await this.#ask((streams) => readLine(question, streams, this.#signal, last))) || start;
      const problem = check(typed);
      if (problem === true) return typed;
      this.say(`> ${problem}${keepsText && typed !== '' ? '. Arrow up brings your text back.' : ''}`);
      if (keepsText) last = typed;
    }
  }

  /** Asks for one of several choices, by its number or by a part of its name. Of a menu that was read before, only changes are read. */
  async choose<T>(message: string, choices: readonly Choice<T>[], { start, menu }: Choosing<T> = {}): Promise<T> {
    const [only, ...others] = choices;
    if (only && others.length === 0) {
      this.say(`${message} ${plainText(only.name)} is the only choice.`);
      return only.value;
    }
    const names = choices.map(({ name }) => name);
    const isListed = this.#announce(names, menu);
    const at = start === undefined ? -1 : choices.findIndex(({ value }) => value === start);
    const preset = choices[at];
    for (let again = isListed ? '' : `, or ${LIST} for the list`; ; again = '') {
      const text = await this.line(`${message} Number${again}`, {
        ...(preset ? { start: String(at + 1), startName: preset.name } : {}),
        check: (typed) => (typed.trim() === LIST ? true : unfit(names, typed)),
      });
      const [index] = text.trim() === LIST ? [] : fits(names, text);
      if (index !== undefined) return (choices[index] as Choice<T>).value;
      this.#list(names);
    }
  }

  /** Returns undefined if the person goes back while `work` asks. */
  async unlessBack<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof BackError) return undefined;
      throw error;
    }
  }

  /** Reads a list out, or what changed in it. Returns whether the whole list was read. */
  #announce(names: readonly string[], menu?: Menu): boolean {
    const changed = names.flatMap((name, index) => (menu?.names[index] === name ? [] : [index]));
    const isWhole = !menu || menu.names.length > names.length || changed.length > names.length / 2;
    if (menu) menu.names = names;
    if (!isWhole && changed.length > 0) this.say('\nChanged:');
    if (!isWhole) this.#list(names, changed);
    else {
      this.say('');
      this.#list(names);
    }
    return isWhole;
  }

  /** Asks for several choices, by their numbers; Enter keeps the selected ones. */
  async several<T>(message: string, choices: readonly Choice<T>[], marked: readonly T[]): Promise<T[]> {
    const names = choices.map(({ name }) => name);
    this.say('');
    this.#list(choices.map(({ name, value }) => `${name}${marked.includes(value) ? ', selected' : ''}`));
    const text = await this.line(`${message} Numbers, all or none (Enter: ${marked.length === 0 ? 'none' : 'the selected ones'})`, {
      check: (typed) => {
        const parts = partsOf(typed);
        return /^(|all|none)$/i.test(typed.trim()) ? true : (parts.map((part) => unfit(names, part)).find((one) => one !== true) ?? true);
      },
    });
    const word = text.trim().toLowerCase();
    if (word === '') return choices.map(({ value }) => value).filter((value) => marked.includes(value));
    if (word === 'all') return choices.map(({ value }) => value);
    if (word === 'none') return [];
    return [...new Set(partsOf(text).flatMap((part) => fits(names, part)))].map((index) => (choices[index] as Choice<T>).value);
  }

  /** Asks for a yes; Enter without text means no. */
  async yes(message: string): Promise<boolean> {
    return /^y(es)?$/i.test((await this.line(`${message} (y/N)`)).trim());
  }

  #list(names: readonly string[], only: readonly number[] = names.map((_, index) => index)): void {
    for (const index of only) this.say(`${String(index + 1).padStart(3)}. ${plainText(names[index] ?? '')}`);
  }
}

interface Choosing<T> {
  /** The choice for Enter without text. */
  readonly start?: T | undefined;
  readonly menu?: Menu;
}

/** Returns true if a text matches exactly one name; otherwise the refused text, because the prompt no longer shows it. */
function unfit(names: readonly string[], typed: string): true | string {
  const found = fits(names, typed);
  if (found.length === 1) return true;
  const text = plainText(typed.trim());
  const named = found.slice(0, MOST_FITS).map((index) => `${index + 1}. ${plainText(names[index] ?? '')}`);
  if (found.length > 1)
    return `"${text}" matches ${found.length} choices: ${named.join('; ')}${found.length > named.length ? '; and more' : ''}. Type a number or more of the name.`;
  return `${text === '' ? '' : `"${text}" is not in the list. `}Type a number from 1 to ${names.length}, a part of a name, or ${LIST} for the list.`;
}

/** Returns the choices that a text means: by number, by the whole name, by its beginning, or by a part of it. */
function fits(names: readonly string[], typed: string): readonly number[] {
  const text = typed.trim().toLowerCase();
  if (/^\d+$/.test(text)) return Number(text) >= 1 && Number(text) <= names.length ? [Number(text) - 1] : [];
  if (text === '') return [];
  const those = (is: (name: string) => boolean) => names.flatMap((name, index) => (is(name.toLowerCase()) ? [index] : []));
  // Text after a name, for example a state, is separated by a colon or a comma.
  const tests = [
    (name: string) => name === text || name.startsWith(`${text}:`) || name.startsWith(`${text},`),
    (name: string) => name.startsWith(text),
    (name: string) => (name.split(': ')[0] ?? '').includes(text),
    (name: string) => name.includes(text),
  ];
  return tests.map(those).find((found) => found.length > 0) ?? [];
}

/** Splits numbers at spaces and commas, and names at commas. */
const partsOf = (typed: string): string[] =>
  typed.split(/^[\d\s,;]*$/.test(typed) ? /[\s,;]+/ : /[,;]+/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
