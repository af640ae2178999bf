/** Parsed ARM ids. Two ids are equal if their parts are; a text that cannot be parsed is not an id. */

import { isIdName } from './arm-id.ts';

/** One `/providers/NAMESPACE/TYPE/NAME…` part of an id. */
export interface IdPart {
  /** The type in lower case, such as `microsoft.web/sites/config`. */
  readonly type: string;
  readonly names: readonly string[];
}

export interface ResourceId {
  readonly subscription: string;
  readonly group?: string;
  /** The last part is the resource; the parts before it are the resources that it extends. */
  readonly parts: readonly IdPart[];
}

const NAMESPACE = /^[A-Za-z]+(\.[A-Za-z]+)+$/;
const SUBSCRIPTION = /^[\w-]+$/;

/** Parses a resource id as Azure spells ids; undefined for any other text. */
export function parseId(id: string): ResourceId | undefined {
  const [empty, subscriptions, subscription = '', ...rest] = id.split('/');
  if (empty !== '' || subscriptions?.toLowerCase() !== 'subscriptions' || !SUBSCRIPTION.test(subscription)) return undefined;
  const isGrouped = rest[0]?.toLowerCase() === 'resourcegroups';
  const group = isGrouped ? rest[1] : undefined;
  if (isGrouped && (group === undefined || !isIdName(group))) return undefined;
  const parts: IdPart[] = [];
  for (let at = isGrouped ? 2 : 0; at < rest.length;) {
    const end = rest.findIndex((word, index) => index > at && word.toLowerCase() === 'providers' && (index - at) % 2 === 0);
    const part = partOf(rest.slice(at, end < 0 ? rest.length : end));
    if (!part) return undefined;
    parts.push(part);
    at = end < 0 ? rest.length : end;
  }
  return parts.length === 0 ? undefined : { subscription, ...(group === undefined ? {} : { group }), parts };
}

/** Parses `providers`, the namespace, and then types and names in turn. An action such as `newpassword` has a type and no name. */
function partOf([providers, namespace = '', ...words]: readonly string[]): IdPart | undefined {
  if (providers?.toLowerCase() !== 'providers' || !NAMESPACE.test(namespace) || words.length < 2 || !words.every(isIdName))
    return undefined;
  const at = (odd: number) => words.filter((_, index) => index % 2 === odd);
  return { type: [namespace, ...at(0)].join('/').toLowerCase(), names: at(1) };
}

/** Joins types and names into one text for comparisons; names in Azure are not case-sensitive. */
const keyOf = ({ subscription, group, parts }: ResourceId): string =>
  JSON.stringify([subscription, group ?? '', ...parts.flatMap(({ type, names }) => [type, ...names])]).toLowerCase();

/** Returns whether both texts are ids of the same resource. */
export function isSameId(a: string, b: string): boolean {
  const [one, other] = [parseId(a), parseId(b)];
  return one !== undefined && other !== undefined && keyOf(one) === keyOf(other);
}

/** Returns whether the first id is at or below the second. */
export function isWithinId(inner: string, outer: string): boolean {
  const [one, other] = [parseId(inner), parseId(outer)];
  if (!one || !other) return false;
  const [within, around] = [wordsOf(one), wordsOf(other)];
  return around.every((word, index) => word === within[index]);
}

const wordsOf = ({ subscription, group, parts }: ResourceId): string[] =>
  [subscription, ...(group === undefined ? [] : ['/group', group]), ...parts.flatMap(wordsOfPart)].map((word) => word.toLowerCase());

function wordsOfPart({ type, names }: IdPart): string[] {
  const [namespace = '', ...types] = type.split('/');
  return [`/${namespace}`, ...types.flatMap((word, index) => [word, ...(names[index] === undefined ? [] : [names[index]])])];
}

/** Returns the type of the resource itself, in lower case. */
export const typeOfId = (id: string): string | undefined => parseId(id)?.parts.at(-1)?.type;

/** Returns the id one level up: the resource that an extension belongs to, or the parent of a child; undefined if there is none. */
export function parentOfId(id: string): string | undefined {
  const parsed = parseId(id);
  if (!parsed) return undefined;
  const words = id.split('/');
  const isTop = (parsed.parts.at(-1)?.names.length ?? 0) < 2;
  const up = words.slice(0, isTop ? -4 : -2).join('/');
  return parseId(up) ? up : undefined;
}
