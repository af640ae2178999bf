/** Values that are known only when the request goes out: a principal that the same plan makes, a secret that no file may hold. */
import type { Json } from '../azure/index.ts';
import type { Late, LatePart } from '../contract/index.ts';
import { isRecord } from './json-paths.ts';

const partsOf = (value: Json | undefined): Late['$later'] | undefined =>
  isRecord(value) && Array.isArray(value['$later']) ? (value['$later'] as unknown as Late['$later']) : undefined;

/** Whether any part of it is read only later. To be asked of what a step wrote, never of what Azure said. */
export function hasLate(value: Json | undefined): boolean {
  if (partsOf(value)) return true;
  if (Array.isArray(value)) return (value as readonly Json[]).some(hasLate);
  return isRecord(value) && Object.values(value).some(hasLate);
}

/** The value with its late parts in words. */
export function spoken(value: Json): Json {
  return mapped(value, (part) => `<${part.says}>`);
}

export function mapped(value: Json, say: (part: LatePart) => string): Json {
  const parts = partsOf(value);
  if (parts) return parts.map((part) => (typeof part === 'string' ? part : say(part))).join('');
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => mapped(item, say));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, say)]));
  return value;
}

/** The ids of what it is read from, where that is not the app itself. */
export const lateIds = (value: Json): string[] => collect(value).flatMap(({ of }) => of ?? []);

export function collect(value: Json): LatePart[] {
  const parts = partsOf(value);
  if (parts) return parts.filter((part): part is LatePart => typeof part !== 'string');
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(collect);
  return isRecord(value) ? Object.values(value).flatMap(collect) : [];
}
