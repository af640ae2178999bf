/**
 * Texts that a deployment decides, such as a name from a parameter: each unknown part is a placeholder. Two equal texts are the same name, so
 * a child is found by the name of its parent although no file contains it.
 */
import { joinedText } from './effort.ts';
import type { Value } from './value.ts';

/** More characters than the name of a resource has. */
const LONGEST = 2000;
const MARK = '\u{1}';
export const placeholder = (name: string): string => `${MARK}${name}${MARK}`;

/** Returns the text of a value, with placeholders where it is not resolved; undefined if that is not possible. */
export const symbolOf = (value: Value | undefined): string | undefined =>
  value?.kind === 'scalar' && value.value !== null ? String(value.value) : value?.kind === 'unresolved' ? value.symbol : undefined;

export function symbolOfParts(parts: readonly (string | undefined)[]): string | undefined {
  const known = parts.filter((one) => one !== undefined);
  const text = known.length === parts.length ? joinedText(known) : undefined;
  return text !== undefined && text.length <= LONGEST ? text : undefined;
}

/** Functions that return the same for the same arguments within one deployment. */
const CONSTANT = /^(uniqueString|guid|toLower|toUpper|substring|take|replace|trim|string|if|coalesce|resourceGroup|subscription|tenant)$/i;

export function symbolOfCall(name: string, args: readonly Value[]): string | undefined {
  const [first, ...rest] = args.map(symbolOf);
  if (name === 'concat') return symbolOfParts([first, ...rest]);
  if (name === 'format')
    return symbolOfParts((first ?? '').split(/\{(\d)\}/).map((part, index) => (index % 2 === 0 ? part : rest[Number(part)])));
  if (!CONSTANT.test(name)) return undefined;
  return symbolOfParts([MARK, name, '(', ...args.flatMap((one) => [symbolOf(one), ',']), ')', MARK]);
}

/** Returns the text of an expression that is the same in the whole deployment. */
export const symbolOfScope = (text: string): string | undefined =>
  /^(resourceGroup|subscription|tenant)\(\)(\.\w+)*$/i.test(text) ? placeholder(text) : undefined;

/** Whether the last name in a text may be this one. */
export const mayEndIn = (symbol: string | undefined, last: string): boolean =>
  symbol === undefined || symbol.endsWith(MARK) || symbol.split('/').at(-1)?.toLowerCase() === last.toLowerCase();
