import { isReference, type Json } from '../azure/index.ts';
import { isPlainSetting } from '../contract/index.ts';
import { isRecord, membersOf } from './json-paths.ts';

import { REDACTED } from './secret-shapes.ts';
import { nameWithoutCredentials } from './secrets.ts';

export { REDACTED };

/** Returns the same shape with every value hidden, and every credential in a name. */
export function redact(value: Json): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return (value as readonly Json[]).map(redact);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [nameWithoutCredentials(key), redact(inner)]));
  return REDACTED;
}

/** The form of a plain setting's value. Areas declare which settings are plain (`plain`). */
const WORD = /^(true|false|~?\d{1,2}|[\w.-]{0,40}|https:\/\/[\w.-]+\/?|(?:ClientId=[\da-f-]{36};)?Authorization=AAD)$/i;

/** Whether a value at this path of a secret resource is not a secret: it is absent, a reference, or a fixed word of the platform. */
export function isPlain(path: string, value: Json): boolean {
  if (value === null) return true;
  const name = membersOf(path).at(-1) ?? '';
  return typeof value === 'string' && (isReference(value) || (WORD.test(value) && isPlainSetting(name)));
}

/** Returns enough of a hash to recognize a value later. It is salted with the run, so that values of two runs cannot be compared. */
export async function digestOf(run: string, value: Json): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${run}\0${JSON.stringify(value)}`));
  return [...new Uint8Array(bytes)]
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
