import type { Json } from '../step.ts';
import { isRecord } from './values.ts';

export const REDACTED = '(sensitive value)';

/** The same shape with every value hidden. */
export function redacted(value: Json): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return (value as readonly Json[]).map(redacted);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redacted(inner)]));
  return REDACTED;
}
