/** Values of other writers in the same resource that existed right before a request and are missing right after it. */
import { sameWord, type Json } from '../../azure/index.ts';
import { showsJson } from '../../change/shown.ts';
import { isRecord, pathOf, membersOf, spellingIn, type Body } from '../../change/json-paths.ts';

/** The members of a resource that hold values of others; the rest says when it was changed. */
const OTHERS = ['properties', 'tags', 'identity'];

/** Returns the paths of members and list items that are missing in `after`, except paths that the change itself writes. */
export function lostValues(before: Body | null, after: Body | null, written: readonly string[]): string[] {
  if (before === null || after === null || written.includes('')) return [];
  const own = new Set(written.map((path) => path.toLowerCase()));
  return OTHERS.flatMap((member) => lostIn(before[member] ?? null, after[member] ?? null, member, own));
}

function lostIn(before: Json, after: Json, path: string, own: ReadonlySet<string>): string[] {
  if (own.has(path.toLowerCase())) return [];
  if (Array.isArray(before)) {
    const left = Array.isArray(after) ? (after as readonly Json[]) : [];
    return (before as readonly Json[])
      .filter((item) => !left.some((one) => isSameItem(item, one)))
      .map((item) => `${path}[${nameOf(item)}]`);
  }
  if (!isRecord(before)) return [];
  return Object.entries(before).flatMap(([member, value]) => {
    const place = pathOf(...membersOf(path), member);
    const now = isRecord(after) ? (after[spellingIn(after, member)] ?? null) : null;
    if (value === null || own.has(place.toLowerCase())) return [];
    // An empty list or object and a missing one are the same to Azure.
    return now === null && !isEmpty(value) ? [place] : lostIn(value, now, place, own);
  });
}

const isEmpty = (value: Json): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Whether two list items are the same. Rules and rows have names; an item without a name is compared as a whole. */
const isSameItem = (a: Json, b: Json): boolean =>
  isRecord(a) && isRecord(b) && typeof a['name'] === 'string' ? sameWord(a['name'], b['name']) : showsJson([b], [a]);

const nameOf = (item: Json): string => {
  const name = isRecord(item) ? (item['name'] ?? item['id'] ?? item['value']) : item;
  return typeof name === 'string' ? name : '…';
};
