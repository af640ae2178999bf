import type { JudgedResource, Verdict } from '../../src/contract/index.ts';

/** A part of an item that could not be read. */
interface Unseen {
  readonly unseen: string;
}
/** The problem of an item, or the part of it that is not known; undefined where the item is right. */
export type Flaw = string | Unseen | undefined;

/**
 * Returns one verdict on several items, with each wrong one. With `missing` (not checked) items it is never a pass or "none". `right`: the
 * current value of an item that is right, where several values are.
 */
export function judgeEach<T extends { readonly name: string; readonly id?: string }>(
  items: readonly T[],
  wrong: (item: T) => Flaw,
  wanted: string,
  none: string,
  missing: readonly string[] = [],
  right: (item: T) => string = () => wanted,
): Verdict {
  const found = items.map((item) => ({ name: item.name, id: item.id, flaw: wrong(item), right: right(item) }));
  const bad = found.filter(({ flaw }) => typeof flaw === 'string');
  const unseen = [...found.flatMap(({ name, flaw }) => (typeof flaw === 'object' ? [`${name}: ${flaw.unseen}`] : [])), ...missing];
  const decides = bad.length > 0 ? bad : unseen.length > 0 ? found.filter(({ flaw }) => flaw !== undefined) : found;
  const about = byResource(decides);
  const verdict = { ...(about.length > 0 ? { about } : {}), wanted };
  if (bad.length > 0)
    return { ...verdict, state: 'fail', found: [...bad.map(({ name, flaw }) => `${name}: ${flawText(flaw)}`), ...unseen].join('; ') };
  if (unseen.length > 0) return { ...verdict, state: 'unknown', found: unseen.join('; ') };
  if (items.length === 0) return { ...verdict, state: 'not-applicable', found: none };
  const values = Map.groupBy(found, (item) => item.right);
  return {
    ...verdict,
    state: 'pass',
    found: [...values].map(([value, all]) => `${all.map(({ name }) => name).join(', ')}: ${value}`).join('; '),
  };
}

export const flawText = (flaw: Flaw): string | undefined => (typeof flaw === 'object' ? flaw.unseen : flaw);

/** Names each part of one resource, such as the services of an account. */
function byResource(
  parts: readonly { readonly name: string; readonly id: string | undefined; readonly flaw: Flaw; readonly right: string }[],
): JudgedResource[] {
  const groups = Map.groupBy(
    parts.filter(({ id }) => id !== undefined),
    ({ id }) => id?.toLowerCase(),
  );
  return [...groups.values()].map((group) => ({
    id: group[0]?.id ?? '',
    found:
      group.length === 1
        ? (flawText(group[0]?.flaw) ?? group[0]?.right ?? '')
        : group.map(({ name, flaw, right }) => `${name}: ${flawText(flaw) ?? right}`).join('; '),
  }));
}
