/** ARM ids. Each id is parsed and rebuilt before it becomes a URL: a text that only looks like an id could lead to another address. */

/** Matches names that are unsafe in a URL: escapes, queries, fragments, slashes, invisible characters, and the steps `.` and `..`. */
const UNSOUND = /[%?#\\\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]|^\.{1,2}$|^\s|\s$|^$/u;

/** Most paths have only such names, which are sound and stay the same in a URL. */
const PLAIN = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;

/** Returns whether a name can be part of a URL path without changing the meaning of the path. */
export const isSoundName = (name: string): boolean => !UNSOUND.test(name);

/** Returns whether a name can be part of the id of a resource. A dot at an end could be dropped on the way, and what follows a semicolon too. */
export const isIdName = (name: string): boolean => isSoundName(name) && !/^\.|;|\.$/.test(name);

export interface ArmId {
  /** The id, rebuilt from its parsed segments. */
  readonly id: string;
  readonly subscription: string | undefined;
  /** The type behind the last `providers` segment, such as `Microsoft.Web/sites/config`. */
  readonly type: string;
}

export function parseArmId(text: string): ArmId | undefined {
  const [first, ...segments] = text.split('/');
  if (first !== '' || !(PLAIN.test(text) || segments.every(isSoundName))) return undefined;
  const at = segments.findLastIndex((segment) => /^providers$/i.test(segment));
  const [namespace, ...pairs] = at < 0 ? [] : segments.slice(at + 1);
  if (namespace === undefined || pairs.length === 0 || pairs.length % 2 !== 0) return undefined;
  const types = pairs.filter((_, index) => index % 2 === 0);
  return {
    id: `/${segments.join('/')}`,
    subscription: /^subscriptions$/i.test(segments[0] ?? '') ? segments[1] : undefined,
    type: [namespace, ...types].join('/'),
  };
}

/** Rebuilds a path below the endpoint from its names; undefined if a name could lead elsewhere. Of queries only `$filter` is allowed. */
export function soundPath(path: string): string | undefined {
  if (PLAIN.test(path)) return path;
  const [names = '', ...query] = path.split('?');
  const [first, ...segments] = names.split('/');
  if (first !== '' || !segments.every(isSoundName) || query.length > 1 || !/^(\$filter=|$)/.test(query[0] ?? '')) return undefined;
  const rebuilt = `/${segments.map((segment) => encodeURIComponent(segment).replace(/%(40|3A|24|2C|3B|2B|3D|26)/g, decodeURIComponent)).join('/')}`;
  return query[0] ? `${rebuilt}?${query[0]}` : rebuilt;
}
