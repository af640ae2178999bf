/** Limits on the work of reading code: the code is from outside, and a few lines can require unlimited work. */
import { unresolved, type Value } from './value.ts';

/** Counts work. @throws TooMuch if the total exceeds what hand-written code needs */
export type Spend = (units: number) => void;

export class TooMuch extends Error {}

export const TOO_MUCH = 'the code is too complex to evaluate';

/** Units of work; one is an expression, or a comparable amount. */
const UNITS = 5_000_000;

/** Runs a piece of reading; returns why it was stopped (too much work, or stack overflow), undefined if it finished. */
export function whyTooMuch(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof TooMuch || error instanceof RangeError) return TOO_MUCH;
    throw error;
  }
}

export function newEffort(units = UNITS): Spend {
  let left = units;
  return (asked) => {
    left -= asked;
    if (left < 0) throw new TooMuch(TOO_MUCH);
  };
}

/** Cost in units of a value that is made of others. */
export const COST = { instance: 50, file: 500 } as const;

/** Most characters of a concatenated text. */
const LONGEST_TEXT = 262_144;
/** Most values inside a value, counted each time they occur. */
const MOST_VALUES = 20_000;

/** Concatenates parts; undefined if the result is too long. */
export function joinedText(parts: readonly string[], between = ''): string | undefined {
  const length = parts.reduce((sum, part) => sum + part.length, between.length * parts.length);
  return length > LONGEST_TEXT ? undefined : parts.join(between);
}

/** Replaces each `from` in the text; undefined if the result is too long. */
export const replacedText = (text: string, from: string, to: string): string | undefined => joinedText(text.split(from), to);

/** Counts the values inside a value once and caches the number: values share parts, so a few lines can make an endless tree. */
const sizes = new WeakMap<object, number>();

function sizeOf(value: Value): number {
  if (value.kind !== 'list' && value.kind !== 'map') return 1;
  const parts = value.kind === 'list' ? value.items : value.members;
  const known = sizes.get(parts);
  if (known !== undefined) return known;
  let size = 1;
  for (const part of value.kind === 'list' ? value.items : value.members.values()) size += sizeOf(part);
  sizes.set(parts, size);
  return size;
}

/** Returns the value, or marks it as not resolved if it is too large. */
export const bounded = (value: Value): Value =>
  sizeOf(value) > MOST_VALUES ? unresolved('a value that is too large to evaluate', value.at) : value;
