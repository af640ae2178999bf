/** A resource with Azure's own members, as ARM templates, Bicep and azapi declare it. */
import type { Language } from './declared.ts';
import { mayEndIn } from './symbols.ts';
import { type MapValue, mapOf, memberOf, type Place, unresolved } from './value.ts';

/** One resource as its language declares it. */
export interface Shaped {
  /** `Microsoft.Web/sites`, without an API version. */
  readonly type: string;
  /** The API version, as far as it is resolved. */
  readonly version?: string;
  /** All names, `fn-orders/staging`; undefined if not resolved, with `why`. */
  readonly name?: string;
  readonly why?: string;
  /** All names, with placeholders where they are not resolved (symbols.ts); undefined for a resource of a loop. */
  readonly symbol?: string;
  /** The expression that other resources use as its id. */
  readonly id: string;
  readonly address: string;
  readonly at: Place;
  readonly language: Language;
  readonly body: MapValue;
  readonly stateId?: string;
}

/** Whether a resource has a type, named without `Microsoft.` and in any case. */
export const isOfType = (one: Shaped, type: string): boolean => one.type.toLowerCase() === `microsoft.${type}`.toLowerCase();

export const sameName = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a.toLowerCase() === b?.toLowerCase();

/** Returns a child of a site. If it is not known whose child it is, the members that it may set are not resolved. */
export function childOf(site: Shaped, all: readonly Shaped[], type: string, last: string): MapValue | undefined {
  const isChild = (one: Shaped, parent: Shaped): boolean => parent.symbol !== undefined && sameName(one.symbol, `${parent.symbol}/${last}`);
  const some = all.filter((one) => one.type.toLowerCase() === `${site.type}/${type}`.toLowerCase());
  const own = some.find((one) => isChild(one, site));
  if (own || site.name !== undefined) return own?.body;
  const sites = all.filter((one) => one.type.toLowerCase() === site.type.toLowerCase());
  const maybe = some.find((one) => one.name === undefined && mayEndIn(one.symbol, last) && !sites.some((other) => isChild(one, other)));
  const properties = memberOf(maybe?.body, 'properties');
  if (!maybe || !properties) return undefined;
  const why = `${maybe.address} may set it, and the name of its app is not resolved`;
  const members = properties.kind === 'map' ? [...properties.members] : [];
  const hidden = mapOf(
    members.map(([name, { at }]) => [name, unresolved(why, at)]),
    properties.at,
    // A child config/web keeps what it leaves out; settings are replaced as a whole.
    last === 'web' && properties.kind === 'map' ? {} : { open: why },
  );
  return mapOf([['properties', hidden]], maybe.at);
}
