/**
 * Whether Azure shows a value that was sent. Azure returns some values in another form: enums and ids in another case, rows sorted by
 * priority, other lists in any order, switches as words, one address with its prefix length, empty lists as null, times with other precision.
 */
import { isOff, isOn, type Json } from '../azure/index.ts';
import { equals, isRecord, membersOf, spellingIn } from './json-paths.ts';

/** Compares a value that was read with the value that was sent. */
export type Compare = (have: Json | undefined, want: Json | undefined, path?: string) => boolean;

/** Members whose text Azure keeps as it is, and whose case other services distinguish. */
const EXACT = /^(?:clientId|appId|consumerKey|allowedAudiences|scopes|loginParameters|tags|excludedPaths|clientCertExclusionPaths)$/i;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether `have` means all of `want`. `path`: where the value is in the resource. */
export const showsJson: Compare = (have, want, path = '') =>
  shows(
    have ?? null,
    want ?? null,
    membersOf(path).some((name) => EXACT.test(name)),
  );

/** Whether two values of one place mean the same to Azure. */
export const sameMeaning: Compare = (a, b, path) => showsJson(a, b, path) && showsJson(b, a, path);

function shows(have: Json, want: Json, isExact: boolean): boolean {
  if (isEmpty(have) && isEmpty(want)) return true;
  if (Array.isArray(want)) return Array.isArray(have) && sameItems(have, want, isExact);
  if (isRecord(want))
    return (
      isRecord(have) &&
      Object.entries(want).every(([name, value]) => shows(have[spellingIn(have, name)] ?? null, value, isExact || EXACT.test(name)))
    );
  if (typeof have === 'string' && typeof want === 'string') return have === want || sameText(have, want, isExact);
  return equals(have, want) || (isOn(have) && isOn(want)) || (isOff(have) && isOff(want));
}

/** An empty list or object and a missing one are the same to Azure. An empty text is a value. */
const isEmpty = (value: Json): boolean => value === null || (typeof value === 'object' && Object.keys(value).length === 0);

function sameItems(have: readonly Json[], want: readonly Json[], isExact: boolean): boolean {
  if (have.length !== want.length) return false;
  const isSame = (mine: Json, theirs: Json) => shows(theirs, mine, isExact) && (!isRecord(mine) || hasNoMore(theirs, mine));
  const [rows, sorted] = [byPriority(want), byPriority(have)];
  // Of two rules with one priority, the first may win.
  if (rows && sorted) return rows.every((row, at) => isSame(row, sorted[at] ?? null));
  const left = [...have];
  return want.every((item) => {
    const at = left.findIndex((one) => isSame(item, one));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function byPriority(rows: readonly Json[]): readonly Json[] | undefined {
  const priorityOf = (row: Json) => (isRecord(row) && typeof row['priority'] === 'number' ? row['priority'] : undefined);
  if (rows.some((row) => priorityOf(row) === undefined)) return undefined;
  return rows.toSorted((a, b) => (priorityOf(a) ?? 0) - (priorityOf(b) ?? 0));
}

/** Whether an item of a list has no member that was not sent, except empty ones and the default tag: another member may limit a rule. */
function hasNoMore(have: Json, want: { readonly [key: string]: Json }): boolean {
  if (!isRecord(have)) return false;
  return Object.entries(have).every(
    ([name, value]) => Object.hasOwn(want, spellingIn(want, name)) || isEmpty(value) || (name === 'tag' && value === 'Default'),
  );
}

function sameText(have: string, want: string, isExact: boolean): boolean {
  const [a, b] = [have.toLowerCase(), want.toLowerCase()];
  if (GUID.test(want)) return a === b;
  if (isExact) return false;
  if (isTime(have) && isTime(want)) return Date.parse(have) === Date.parse(want);
  if (/^[\da-f.:]+(?:\/\d+)?$/i.test(want)) return withoutWholePrefix(a) === withoutWholePrefix(b);
  if (/^[\w.-]+$/.test(want) || /^\/(?:subscriptions|providers)\//i.test(want)) return a === b;
  // Several words of an enum in one text: `Logging, Metrics`.
  if (/^\w+(?:, ?\w+)+$/.test(want)) return equals(words(a), words(b));
  const [origin, theirs] = [ORIGIN.exec(want)?.[0], ORIGIN.exec(have)?.[0]];
  return (
    origin !== undefined &&
    theirs !== undefined &&
    origin.toLowerCase() === theirs.toLowerCase() &&
    want.slice(origin.length) === have.slice(theirs.length)
  );
}

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text);
const words = (text: string): string[] => text.split(/, ?/).toSorted();
const withoutWholePrefix = (address: string): string => address.replace(address.includes(':') ? /\/128$/ : /\/32$/, '');
const ORIGIN = /^https?:\/\/[^/?#@]+/i;
