import type { Verdict } from '../step.ts';

/** What about a thing cannot be told from what was read. */
export interface Unseen {
  readonly unseen: string;
}
/** What is wrong with a thing, or what about it is not known; undefined where it is as it should be. */
export type Flaw = string | Unseen | undefined;

/**
 * One verdict on several things of a kind: each that is wrong is named with what is wrong.
 * `missing`: what is meant as well and was not looked at; without it nothing passes, and nothing is "none".
 */
export function judgeEach<T extends { readonly name: string }>(
  items: readonly T[],
  wrong: (item: T) => Flaw,
  wanted: string,
  none: string,
  missing: readonly string[] = [],
): Verdict {
  const found = items.map((item) => ({ name: item.name, flaw: wrong(item) }));
  const bad = found.flatMap(({ name, flaw }) => (typeof flaw === 'string' ? [`${name}: ${flaw}`] : []));
  const unseen = [...found.flatMap(({ name, flaw }) => (typeof flaw === 'object' ? [`${name}: ${flaw.unseen}`] : [])), ...missing];
  if (bad.length > 0) return { state: 'fail', found: [...bad, ...unseen].join('; '), wanted };
  if (unseen.length > 0) return { state: 'unknown', found: unseen.join('; '), wanted };
  if (items.length === 0) return { state: 'not-applicable', found: none, wanted };
  return { state: 'pass', found: `${items.map(({ name }) => name).join(', ')}: ${wanted}`, wanted };
}

/** Whether two resource ids mean the same. */
export const sameResource = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a !== null && a !== undefined && a.toLowerCase() === b?.toLowerCase();

/** The one that is meant by its name or resource id. */
export const byNameOrId = <T extends { readonly id: string; readonly name: string }>(items: readonly T[], meant: string): T | undefined =>
  items.find(({ id, name }) => id.toLowerCase() === meant.toLowerCase() || name.toLowerCase() === meant.toLowerCase());

/** `prod-vnet/apps` for the id of a subnet. */
export const subnetName = (id: string): string => {
  const parts = id.split('/');
  return `${parts.at(-3) ?? ''}/${parts.at(-1) ?? ''}`;
};
/** What an id names: its last part. */
export const nameIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
export const groupOf = (id: string): string => id.split('/').slice(0, 5).join('/');
