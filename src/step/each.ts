import type { Verdict } from '../step.ts';

/** One verdict on several things of a kind: each that is wrong is named with what is wrong. */
export function judgeEach<T extends { readonly name: string }>(
  items: readonly T[],
  wrong: (item: T) => string | undefined,
  wanted: string,
  none: string,
): Verdict {
  if (items.length === 0) return { state: 'not-applicable', found: none, wanted };
  const found = items.map((item) => ({ name: item.name, says: wrong(item) }));
  const bad = found.filter(({ says }) => says !== undefined);
  return {
    state: bad.length > 0 ? 'fail' : 'pass',
    found:
      bad.length > 0
        ? bad.map(({ name, says }) => `${name}: ${says}`).join('; ')
        : `${items.map(({ name }) => name).join(', ')}: ${wanted}`,
    wanted,
  };
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
