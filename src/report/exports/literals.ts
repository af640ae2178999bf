/** Formats values as literals of a language; deferred parts become expressions. */
import { isRecord, withValue } from '../../change/json-paths.ts';
import type { Json } from '../../azure/index.ts';
import { isDeferred, type Source } from '../../contract/index.ts';
import type { Edit } from '../../change/edit.ts';
import { escapeLiteral } from '../../text/plain.ts';
import { toOf } from './exported-changes.ts';

export type Expression = (part: Source) => string;

export interface Language {
  readonly text: (text: string) => string;
  /** Concatenates texts and expressions. */
  readonly joined: (parts: readonly (string | Source)[], expression: Expression) => string;
  readonly number: (value: number) => string;
  /** `name:` or `"name" =`. */
  readonly member: (name: string) => string;
  readonly between: string;
}

export function literal(value: Json, language: Language, expression: Expression, indent = ''): string {
  if (isDeferred(value)) return language.joined(value.$later, expression);
  const inner = `${indent}  `;
  const lines = (items: readonly string[], open: string, close: string, between: string) =>
    items.length === 0
      ? `${open}${close}`
      : `${open}\n${items.map((item) => `${inner}${item}`).join(`${between}\n`)}${between}\n${indent}${close}`;
  if (Array.isArray(value))
    return lines(
      (value as readonly Json[]).map((item) => literal(item, language, expression, inner)),
      '[',
      ']',
      language.between,
    );
  if (isRecord(value)) {
    const members = Object.entries(value).map(
      ([name, member]) => `${language.member(name)} ${literal(member, language, expression, inner)}`,
    );
    return lines(members, '{', '}', '');
  }
  if (typeof value === 'string') return language.text(value);
  return typeof value === 'number' ? language.number(value) : String(value);
}

const isLone = (parts: readonly (string | Source)[]): parts is readonly [Source] => parts.length === 1 && typeof parts[0] !== 'string';

const control = (text: string, code: (hex: string) => string): string =>
  escapeLiteral(text.toWellFormed(), (one) => code((one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')));
const BREAKS: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replace(/[\n\r\t]/g, (one) => BREAKS[one] ?? one);

const bicepInner = (text: string): string => control(escaped(text).replaceAll("'", "\\'").replaceAll('${', '\\${'), (hex) => `\\u{${hex}}`);

export const BICEP: Language = {
  text: (text) => `'${bicepInner(text)}'`,
  joined: (parts, expression) =>
    isLone(parts)
      ? expression(parts[0])
      : `'${parts.map((part) => (typeof part === 'string' ? bicepInner(part).replace(/\$$/, '\\$&') : `\${${expression(part)}}`)).join('')}'`,
  // Bicep supports whole numbers only.
  number: (value) => (Number.isSafeInteger(value) ? String(value) : `json('${value}')`),
  member: (name) => `${/^[a-z_]\w*$/i.test(name) ? name : `'${bicepInner(name)}'`}:`,
  between: '',
};

const codeOf = (signs: string): string => (signs.startsWith('$') ? '\\u0024' : '\\u0025');

/** Escapes HCL template markers. `$${` means `${`; after another dollar sign only a character code is unambiguous. */
const hclInner = (text: string): string =>
  control(
    escaped(text)
      .replaceAll('"', '\\"')
      .replace(/(?<!\$)\$+(?=\{)|(?<!%)%+(?=\{)/g, (signs) =>
        signs.length === 1 ? `${signs}${signs}` : codeOf(signs).repeat(signs.length),
      ),
    (hex) => (hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex}`),
  );

export const HCL: Language = {
  text: (text) => `"${hclInner(text)}"`,
  joined: (parts, expression) =>
    isLone(parts)
      ? expression(parts[0])
      : `"${parts.map((part) => (typeof part === 'string' ? hclInner(part).replace(/[$%]$/, codeOf) : `\${${expression(part)}}`)).join('')}"`,
  number: String,
  member: (name) => `"${hclInner(name)}" =`,
  between: ',',
};

/** Returns the body that sets only these values. Azure reads null as "no change", so null is left out. */
export const literalBody = (sets: readonly Edit[]): { readonly [name: string]: Json } =>
  sets.reduce<{ readonly [name: string]: Json }>(
    (body, edit) => (edit.path === '' || toOf(edit) === null ? body : withValue(body, edit.path, toOf(edit))),
    {},
  );
