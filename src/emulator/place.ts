/** Where a request to a resource provider leads. */
import type { EmulatedRequest, EmulatedResponse } from './answers.ts';
import type { JsonObject, State } from './state.ts';

/** A path below ARM, taken apart at its last provider. */
export interface Place {
  /** What it lies at: a subscription, a group, or another resource. */
  readonly scope: string;
  /** `Microsoft.KeyVault/vaults/secrets`. */
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly isList: boolean;
}

export function placeOf(path: string): Place | undefined {
  const at = path.toLowerCase().lastIndexOf('/providers/');
  const [namespace = '', ...segments] = path.slice(at + '/providers/'.length).split('/');
  if (at < 0 || segments.length === 0) return undefined;
  const type = [namespace, ...segments.filter((_, index) => index % 2 === 0)].join('/');
  return { scope: path.slice(0, at), type, name: segments.at(-1) ?? '', id: path, isList: segments.length % 2 === 1 };
}

export interface StoreContext {
  readonly state: State;
  readonly request: EmulatedRequest;
  readonly place: Place;
  readonly url: URL;
  /** Begins a long operation; its id goes into the answer's headers. */
  readonly begin: (done: () => void) => string;
  /** Answers 202, and then `body` at a place of its own. */
  readonly later: (body: JsonObject) => EmulatedResponse;
}
