/** Inserts members into a block or an object, formatted as the language's formatter would. */
import type { Json } from '../azure/index.ts';
import { nameIn, written } from './literals.ts';
import type { Insertion } from './value.ts';

export type Members = ReadonlyMap<string, Json | Members>;

/** @param braces range from the opening brace to after the closing brace */
export function insertInto(
  text: string,
  braces: { readonly start: number; readonly end: number },
  language: Insertion['language'],
  members: Members,
): string {
  const inside = text.slice(braces.start + 1, braces.end - 1);
  const lineStart = text.lastIndexOf('\n', braces.start - 1) + 1;
  const outer = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const own = /\n([ \t]+)\S/.exec(inside)?.[1];
  const indent = own ?? `${outer}  `;
  const grown =
    language === 'json'
      ? withJson(inside, members, outer, indent)
      : withLines(inside, members, { outer, indent, isObject: isObject(text, braces.start, language) }, language);
  const lines = newline === '\n' ? grown : grown.replaceAll(/\r?\n/g, newline);
  return text.slice(0, braces.start + 1) + lines + text.slice(braces.end - 1);
}

/** Returns whether the brace opens a value and not a block. */
const isObject = (text: string, start: number, language: Insertion['language']): boolean =>
  language !== 'terraform' || /[=,([:]\s*$/.test(text.slice(Math.max(0, start - 200), start));

function withJson(inside: string, members: Members, outer: string, indent: string): string {
  const lines = [...members].map(([name, value]) => `${indent}${JSON.stringify(name)}: ${written(plain(value), 'json', indent)}`);
  const kept = inside.trimEnd();
  if (kept.trim() === '') return `\n${lines.join(',\n')}\n${outer}`;
  const isOneLine = !inside.includes('\n');
  return isOneLine ? `\n${indent}${kept.trim()},\n${lines.join(',\n')}\n${outer}` : `${kept},\n${lines.join(',\n')}\n${outer}`;
}

const plain = (value: Json | Members): Json =>
  value instanceof Map ? Object.fromEntries([...(value as Members)].map(([name, inner]) => [name, plain(inner)])) : (value as Json);

interface Style {
  readonly outer: string;
  readonly indent: string;
  readonly isObject: boolean;
}

function withLines(inside: string, members: Members, { outer, indent, isObject }: Style, language: 'terraform' | 'bicep'): string {
  const flat = inside.includes('\n') ? inside : inside.trim() === '' ? '\n' : `\n${indent}${inside.trim()}\n`;
  const lines = flat.replaceAll('\r\n', '\n').split('\n');
  // The last line is the indentation of the closing brace.
  const body = lines.slice(1, -1);
  const single: string[] = [];
  const blocks: string[] = [];
  for (const [name, value] of members)
    if (!(value instanceof Map)) single.push(line(name, value as Json, indent, language, quotesNames(body, isObject)));
    else if (language === 'bicep') blocks.push(`${indent}${nameIn(name, language)}: ${written(plain(value), language, indent)}`);
    else blocks.push(...block(name, value as Members, indent, isObject));
  const at = single.length === 0 ? body.length : placeFor(body, indent, language);
  const grown = [...body.slice(0, at), ...single, ...body.slice(at)];
  const aligned = language === 'terraform' ? align(grown, at, at + single.length) : grown;
  if (blocks.length > 0) {
    if (language === 'terraform' && aligned.length > 0 && aligned.at(-1) !== '') aligned.push('');
    aligned.push(...blocks);
  }
  return `${lines[0] ?? ''}\n${aligned.join('\n')}\n${outer}`;
}

const quotesNames = (body: readonly string[], isObject: boolean): boolean =>
  isObject && body.some((text) => /^\s*"[^"]+"\s*[=:]/.test(text));

const line = (name: string, value: Json, indent: string, language: 'terraform' | 'bicep', isQuoted: boolean): string =>
  `${indent}${isQuoted && language === 'terraform' ? JSON.stringify(name) : nameIn(name, language)}${language === 'terraform' ? ' = ' : ': '}${written(value, language, indent)}`;

/** Arguments that are maps and not blocks. */
const MAPS = new Set(['app_settings', 'tags', 'body', 'properties', 'siteConfig']);

function block(name: string, members: Members, indent: string, isObject: boolean): string[] {
  const inner = `${indent}  `;
  const opening = isObject || MAPS.has(name) ? `${indent}${name} = {` : `${indent}${name} {`;
  const lines = [...members].flatMap(([own, value]) =>
    value instanceof Map ? block(own, value as Members, inner, isObject) : [line(own, value as Json, inner, 'terraform', false)],
  );
  return [opening, ...align(lines, 0, lines.length), `${indent}}`];
}

/** Returns the place after the last plain member of the container, before its blocks. */
function placeFor(body: readonly string[], indent: string, language: 'terraform' | 'bicep'): number {
  const isPlain = (text: string) =>
    text.startsWith(indent) &&
    (language === 'terraform' ? SINGLE.test(text) : /^\s*['\w]+\s*:/.test(text)) &&
    !/^[ \t]/.test(text.slice(indent.length));
  if (language === 'bicep') return body.length;
  // A value over several lines is skipped by counting its brackets.
  let [at, depth, inPlain] = [0, 0, false];
  for (const [index, text] of body.entries()) {
    if (depth === 0) inPlain = isPlain(text);
    if (depth === 0 && /^\s*[\w-]+(\s+"[^"]*")*\s*\{/.test(text)) break;
    depth += brackets(text);
    if (depth === 0 && inPlain) at = index + 1;
  }
  if (at > 0) return at;
  // Comments above the first member belong to the members that follow.
  return 0;
}

const brackets = (text: string): number => {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').replace(/(#|\/\/).*$/, '');
  return (bare.match(/[{[(]/g) ?? []).length - (bare.match(/[}\])]/g) ?? []).length;
};

/** Matches `name = value` on one line. */
const SINGLE = /^(\s*)("[^"]+"|[\w-]+)(\s*)=(?!=)\s*(\S.*)$/;
const isSingle = (text: string): boolean => SINGLE.test(text) && brackets(text) === 0 && !/<<-?\w+\s*$/.test(text);

/** Aligns the equals signs of consecutive lines, as `terraform fmt` does. */
function align(lines: readonly string[], from: number, to: number): string[] {
  if (from === to) return [...lines];
  let [first, last] = [from, to];
  while (first > 0 && isSingle(lines[first - 1] ?? '')) first -= 1;
  while (last < lines.length && isSingle(lines[last] ?? '')) last += 1;
  const group = lines.slice(first, last);
  const width = Math.max(...group.filter(isSingle).map((text) => (SINGLE.exec(text)?.[2] ?? '').length));
  return lines.map((text, index) => {
    const parts = index >= first && index < last && isSingle(text) ? SINGLE.exec(text) : undefined;
    return parts ? `${parts[1] ?? ''}${(parts[2] ?? '').padEnd(width)} = ${parts[4] ?? ''}` : text;
  });
}
