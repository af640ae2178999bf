/** ARM ids. Each is taken apart and put together again before it becomes an address: text that only looks like an id leads elsewhere. */

/** Characters that a URL reads as more than a name (escapes, queries, fragments, slashes) or that nobody sees, and names that are steps. */
const UNSOUND = /[%?#\\\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]|^\.{1,2}$|^\s|\s$|^$/u;

/** Whether a name can stand in an address and mean itself. */
export const isSoundName = (name: string): boolean => !UNSOUND.test(name);

export interface ArmId {
  /** As it was put together again. */
  readonly id: string;
  readonly subscription: string | undefined;
  /** `Microsoft.Web/sites/config`: of the last provider in it. */
  readonly type: string;
}

/** The parts of a resource id; undefined where it is none. */
export function parseArmId(text: string): ArmId | undefined {
  const [first, ...segments] = text.split('/');
  if (first !== '' || !segments.every(isSoundName)) return undefined;
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

/** A path below the endpoint, put together again from its names; undefined where one of them would lead elsewhere. A query is one of ours: `$filter`. */
export function soundPath(path: string): string | undefined {
  const [names = '', ...query] = path.split('?');
  const [first, ...segments] = names.split('/');
  if (first !== '' || !segments.every(isSoundName) || query.length > 1 || !/^(\$filter=|$)/.test(query[0] ?? '')) return undefined;
  const rebuilt = `/${segments.map((segment) => encodeURIComponent(segment).replace(/%(40|3A|24|2C|3B|2B|3D|26)/g, decodeURIComponent)).join('/')}`;
  return query[0] ? `${rebuilt}?${query[0]}` : rebuilt;
}
