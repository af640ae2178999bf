/** A resource with Azure's own members, as ARM templates, Bicep and azapi declare it. */
import type { Language } from './declared.ts';
import type { MapValue, Place } from './value.ts';

/** One resource as its language declares it. */
export interface Shaped {
  /** `Microsoft.Web/sites`, without an API version. */
  readonly type: string;
  /** All names, `fn-orders/staging`; undefined if not resolved, with `why`. */
  readonly name?: string;
  readonly why?: string;
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
