/** Formats values as literals of each language. */
import type { Json } from '../azure/index.ts';
import type { Insertion } from './value.ts';

export function written(value: Json, language: Insertion['language'], indent: string): string {
  if (language === 'json') return JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
  const text = language === 'terraform' ? hclText : bicepText;
  const inner = `${indent}  `;
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => written(item, language, inner));
    if (language === 'terraform') return `[${items.join(', ')}]`;
    return items.length === 0 ? '[]' : `[\n${items.map((item) => `${inner}${item}\n`).join('')}${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value as { readonly [name: string]: Json });
  if (members.length === 0) return '{}';
  const lines = members.map(
    ([name, member]) => `${inner}${nameIn(name, language)}${language === 'terraform' ? ' = ' : ': '}${written(member, language, inner)}\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

export const nameIn = (name: string, language: Insertion['language']): string =>
  language === 'json' || !/^[A-Za-z_]\w*$/.test(name) ? (language === 'bicep' ? bicepText(name) : JSON.stringify(name)) : name;

const hclText = (text: string): string => JSON.stringify(text).replaceAll('${', '$${').replaceAll('%{', '%%{');
const bicepText = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t').replaceAll('${', '\\${')}'`;
