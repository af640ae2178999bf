/** What reading code may take: a tree of code comes from somebody else, and a few lines can ask for more work than any machine has. */
import { unresolved, type Value } from './value.ts';

/** @throws TooMuch once all that was asked for is more than code that people write takes */
export type Spend = (units: number) => void;

export class TooMuch extends Error {}

export const TOO_MUCH = 'it takes more work than code that people write';

/** Expressions, or as much work in other things. */
const UNITS = 5_000_000;

/** What stands against a piece of reading that asks for too much, also of the stack; undefined where it went through. */
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

/** What one thing that is made of others costs, in units. */
export const COST = { instance: 50, file: 500 } as const;

/** Characters of a text that is put together. */
const LONGEST_TEXT = 262_144;
/** Values inside of a value, each as often as it is there. */
const MOST_VALUES = 20_000;

/** The parts as one text; undefined where that is longer than any that people put together. */
export function joinedText(parts: readonly string[], between = ''): string | undefined {
  const length = parts.reduce((sum, part) => sum + part.length, between.length * parts.length);
  return length > LONGEST_TEXT ? undefined : parts.join(between);
}

/** The text with each `from` replaced; undefined where that is too long. */
export const replacedText = (text: string, from: string, to: string): string | undefined => joinedText(text.split(from), to);

/** Values share their parts, so that a few lines can make a tree without end: each part is counted once and for all. */
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

/** The value, or that it is not resolved where nobody could look at all of it. */
export const bounded = (value: Value): Value =>
  sizeOf(value) > MOST_VALUES ? unresolved('a value that is larger than any that people write', value.at) : value;
