/** Line prompts that work with screen readers: every choice has a number, an answer is one line, nothing is drawn twice. */
import { withoutSecrets } from '../../view/print-lines.ts';
import { input } from '@inquirer/prompts';
import type { Asking } from '../../engine/ports.ts';
import { cleanLine, plainText } from '../../text/plain.ts';
import { ansiLine, type Line } from '../../text/spans.ts';
import { TICKED, type Look } from '../../text/symbols.ts';
import { dumbLine } from './dumb-line.ts';
import { wrapLine } from '../../text/width.ts';

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
  /** Whether a refused text is removed, so that the next one is not typed behind it; a long text is kept to be corrected. */
  readonly isShort?: true;
}

const plain = (text: string): string => text;

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
    return this.#io.outLook;
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
  async line(message: string, { start = '', check = () => true, isShort }: Asked = {}): Promise<string> {
    if (this.look.dumb) return this.#dumb(plainText(message), start, check);
    const style = this.look.colour
      ? {}
      : { style: { message: plain, answer: plain, defaultAnswer: (text: string) => `(${text})`, error: (text: string) => `> ${text}` } };
    const asked = {
      message: plainText(message),
      ...(start === '' ? {} : { default: start }),
      validate: (text: string) => check(text),
      theme: { prefix: { idle: '?', done: '>' }, ...(isShort ? { validationFailureMode: 'clear' as const } : {}), ...style },
    };
    return this.#ask((streams) => input(asked, { ...streams, signal: this.#signal }));
  }

  async #dumb(message: string, start: string, check: (text: string) => true | string): Promise<string> {
    for (;;) {
      const asked = `? ${message}${start === '' ? '' : ` (${plainText(start)})`}`;
      const typed = (await this.#ask((streams) => dumbLine(asked, streams, this.#signal))) || start;
      const problem = check(typed);
      if (problem === true) return typed;
      this.say(`> ${problem}`);
    }
  }

  /** Asks for one of several choices, by its number or the beginning of its name. */
  async choose<T>(message: string, choices: readonly Choice<T>[], start?: T): Promise<T> {
    this.say('');
    this.#list(choices.map(({ name }) => name));
    const at = start === undefined ? -1 : choices.findIndex(({ value }) => value === start);
    const text = await this.line(`${message} Number`, {
      isShort: true,
      ...(at >= 0 ? { start: String(at + 1) } : {}),
      check: (typed) =>
        found(choices, typed) ? true : `${unfit(typed)}Type a number from 1 to ${choices.length}, or the first letters of a name.`,
    });
    return (found(choices, text) as Choice<T>).value;
  }

  /** Asks for several choices, by their numbers; Enter keeps the marked ones. */
  async several<T>(message: string, choices: readonly Choice<T>[], marked: readonly T[]): Promise<T[]> {
    this.say('');
    this.#list(choices.map(({ name, value }) => `${marked.includes(value) ? TICKED : '[ ] '}${name}`));
    const text = await this.line(`${message} Numbers, all or none. Enter accepts those marked *`, {
      isShort: true,
      check: (typed) =>
        typed.trim() === '' || numbersIn(typed, choices.length)
          ? true
          : `${unfit(typed)}Type numbers from 1 to ${choices.length} separated by spaces, or all, or none.`,
    });
    if (text.trim() === '') return choices.map(({ value }) => value).filter((value) => marked.includes(value));
    return (numbersIn(text, choices.length) ?? []).map((number) => (choices[number - 1] as Choice<T>).value);
  }

  /** Asks for a yes; Enter alone means no. */
  async yes(message: string): Promise<boolean> {
    return /^y(es)?$/i.test((await this.line(`${message} (y/N)`)).trim());
  }

  #list(names: readonly string[]): void {
    for (const [index, name] of names.entries()) this.say(`${String(index + 1).padStart(3)}. ${plainText(name)}`);
  }
}

/** Says what was refused, because it is no longer in the line. */
const unfit = (typed: string): string => (typed.trim() === '' ? '' : `"${plainText(typed.trim())}" is not in the list. `);

function found<T>(choices: readonly Choice<T>[], typed: string): Choice<T> | undefined {
  const text = typed.trim().toLowerCase();
  if (/^\d+$/.test(text)) return choices[Number(text) - 1];
  const named = text === '' ? [] : choices.filter(({ name }) => name.toLowerCase().startsWith(text));
  return named.length === 1 ? named[0] : undefined;
}

/** Reads the numbers in a line; undefined if it contains anything else. */
function numbersIn(typed: string, most: number): number[] | undefined {
  const text = typed.trim().toLowerCase();
  if (text === 'none') return [];
  if (text === 'all') return Array.from({ length: most }, (_, index) => index + 1);
  const numbers = text.split(/[\s,;]+/).map(Number);
  return numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= most) ? [...new Set(numbers)] : undefined;
}
