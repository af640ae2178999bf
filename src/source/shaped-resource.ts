/** A resource with Azure's own members, as ARM templates, Bicep and azapi declare it. */
import type { Language } from './declared.ts';
import { mayEndIn } from './symbols.ts';
import { type MapValue, mapOf, maybe, memberOf, type Place } from './value.ts';

/** Conditions of a block and of its modules that are not resolved, each with its scope: two equal texts are the same condition. */
export type Conditions = readonly string[];

/** Whether a block exists in each case in which another one does. */
export const isBeside = ({ when = [] }: { readonly when?: Conditions }, other: { readonly when?: Conditions }): boolean =>
  when.every((one) => other.when?.includes(one) === true);

/** One resource as its language declares it. */
export interface Shaped {
  /** `Microsoft.Web/sites`, without an API version. */
  readonly type: string;
  /** The API version, as far as it is resolved. */
  readonly version?: string;
  /** All names, `fn-orders/staging`; undefined if not resolved, with `why`. */
  readonly name?: string;
  readonly why?: string;
  /** All names, with placeholders where they are not resolved (symbols.ts), and one for all resources of a loop. */
  readonly symbol?: string;
  readonly when?: Conditions;
  /** Whether the parent is a block in the code that is not among these resources. */
  readonly isBelow?: true;
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

const sameName = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a.toLowerCase() === b?.toLowerCase();

/** Returns a child of a site. If it is not known whose child it is, the members that it may set are not resolved. */
export function childOf(site: Shaped, all: readonly Shaped[], type: string, last: string): MapValue | undefined {
  const isChild = (one: Shaped, parent: Shaped): boolean => parent.symbol !== undefined && sameName(one.symbol, `${parent.symbol}/${last}`);
  const some = all.filter((one) => one.type.toLowerCase() === `${site.type}/${type}`.toLowerCase());
  const own = some.filter((one) => isChild(one, site));
  const certain = own.find((one) => isBeside(one, site));
  if (certain) return certain.body;
  const [first] = own;
  if (first) return hiddenIn(own, last, `${first.address} may set it: its condition, or that of its module, is not resolved`);
  if (site.name !== undefined) return undefined;
  const sites = all.filter((one) => one.type.toLowerCase() === site.type.toLowerCase());
  const other = some.find((one) => one.name === undefined && mayEndIn(one.symbol, last) && !sites.some((other) => isChild(one, other)));
  return other && hiddenIn([other], last, `${other.address} may set it, and the name of its app is not resolved`);
}

/** Returns what children may set. */
function hiddenIn(some: readonly Shaped[], last: string, why: string): MapValue | undefined {
  const all = some.flatMap(({ body }) => memberOf(body, 'properties') ?? []);
  const [first] = all;
  if (!first) return undefined;
  const members = all.flatMap((one) => (one.kind === 'map' ? [...one.members] : []));
  // A child config/web keeps what it leaves out; settings are replaced as a whole.
  const keeps = last === 'web' && all.every((one) => one.kind === 'map' && one.open === undefined);
  return mapOf([['properties', maybe(mapOf(members, first.at, keeps ? {} : { open: why }), why)]], first.at);
}
