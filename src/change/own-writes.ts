/** The values that a run wrote so far. They distinguish the writes of the run from those of others, and let two apps of one run add to the same value. */
import type { Json } from '../azure/index.ts';
import { isRecord } from './json-paths.ts';
import { sameMeaning, showsJson } from './shown.ts';

/** The values that a run wrote, by resource and path. */
export class OwnWrites {
  readonly #values = new Map<string, { readonly value: Json; readonly by: string }>();

  note(resource: string, path: string, value: Json, by: string): void {
    this.#values.set(keyOf(resource, path), { value, by });
  }

  /** Returns the app for which this run wrote the current value, or undefined where another writer did. */
  by(resource: string, path: string, value: Json): string | undefined {
    const known = this.#values.get(keyOf(resource, path));
    return known && showsJson(value, known.value, path) ? known.by : undefined;
  }
}

/** Returns the key of a property of a resource, in one case. */
export const keyOf = (resource: string, path: string): string => `${resource.toLowerCase()} ${path}`;

/** Merges two values made from one base: members one by one, lists by additions and removals. undefined if they contradict each other. */
export function mergeThreeWay(base: Json, ours: Json, theirs: Json): Json | undefined {
  if (sameMeaning(base, ours) || sameMeaning(ours, theirs)) return theirs;
  if (sameMeaning(base, theirs)) return ours;
  const [was, is, now] = [base, ours, theirs];
  if (Array.isArray(is) && Array.isArray(now) && (was === null || Array.isArray(was))) {
    const [before, mine, there] = [(was ?? []) as readonly Json[], is as readonly Json[], now as readonly Json[]];
    const has = (list: readonly Json[], item: Json) => list.some((one) => sameMeaning(one, item));
    return [
      ...there.filter((item) => has(mine, item) || !has(before, item)),
      ...mine.filter((item) => !has(before, item) && !has(there, item)),
    ];
  }
  if (!isRecord(is) || !isRecord(now) || !(was === null || isRecord(was))) return undefined;
  const both = Object.fromEntries(
    [...new Set([...Object.keys(now), ...Object.keys(is)])].map((name) => [
      name,
      mergeThreeWay(was?.[name] ?? null, is[name] ?? null, now[name] ?? null),
    ]),
  );
  return Object.values(both).includes(undefined) ? undefined : (both as Json);
}
