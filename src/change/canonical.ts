/** JSON in the canonical form of RFC 8785, and its digest: equal values give the same text on every machine. */
import type { Json } from '../azure/index.ts';
import { isRecord } from './json-paths.ts';

/** Returns the canonical form: members in the order of their UTF-16 code units, numbers and texts as in ECMAScript (RFC 8785). */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap((name) => (value[name] === undefined ? [] : [`${JSON.stringify(name)}:${canonicalJson(value[name])}`]));
  return `{${members.join(',')}}`;
}

/** Returns the digest of the canonical form: `sha256:` and 64 hex digits. Rejects for a file that is nested deeper than the stack. */
export const canonicalDigest = async (value: Json): Promise<string> => digestOfText(canonicalJson(value));

/** Returns the digest of a text: `sha256:` and 64 hex digits. */
export async function digestOfText(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `sha256:${[...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
