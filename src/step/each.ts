import type { JudgedResource, Verdict } from '../step.ts';

/** One verdict on several things of a kind: each that is wrong is named with what is wrong. */
export function judgeEach<T extends { readonly name: string; readonly id?: string }>(
  items: readonly T[],
  wrong: (item: T) => string | undefined,
  wanted: string,
  none: string,
): Verdict {
  if (items.length === 0) return { state: 'not-applicable', found: none, wanted };
  const found = items.map((item) => ({ name: item.name, id: item.id, says: wrong(item) }));
  const bad = found.filter(({ says }) => says !== undefined);
  const about = byResource(bad.length > 0 ? bad : found, wanted);
  return {
    ...(about.length > 0 ? { about } : {}),
    state: bad.length > 0 ? 'fail' : 'pass',
    found:
      bad.length > 0
        ? bad.map(({ name, says }) => `${name}: ${says}`).join('; ')
        : `${items.map(({ name }) => name).join(', ')}: ${wanted}`,
    wanted,
  };
}

/** Of several parts of one resource, such as the services of an account, each is named. */
function byResource(
  parts: readonly { readonly name: string; readonly id: string | undefined; readonly says: string | undefined }[],
  wanted: string,
): JudgedResource[] {
  const groups = Map.groupBy(
    parts.filter(({ id }) => id !== undefined),
    ({ id }) => id?.toLowerCase(),
  );
  return [...groups.values()].map((group) => ({
    id: group[0]?.id ?? '',
    found: group.length === 1 ? (group[0]?.says ?? wanted) : group.map(({ name, says }) => `${name}: ${says ?? wanted}`).join('; '),
  }));
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
