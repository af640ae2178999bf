/** The target of a request to a resource provider. */
import type { EmulatedRequest, EmulatedResponse } from './answers.ts';
import type { JsonObject, State } from './state.ts';

/** A path below ARM, split at its last provider. */
export interface Place {
  /** The scope: a subscription, a group, or another resource. */
  readonly scope: string;
  /** `Microsoft.KeyVault/vaults/secrets`. */
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly isList: boolean;
}

export function placeOf(path: string): Place | undefined {
  const at = path.toLowerCase().lastIndexOf('/providers/');
  if (at < 0) return undefined;
  const [namespace = '', ...segments] = path.slice(at + '/providers/'.length).split('/');
  if (segments.length === 0) return undefined;
  let type = namespace;
  for (let index = 0; index < segments.length; index += 2) type += `/${segments[index] ?? ''}`;
  return { scope: path.slice(0, at), type, name: segments.at(-1) ?? '', id: path, isList: segments.length % 2 === 1 };
}

const types = new WeakMap<JsonObject, string>();

/** The type of a stored resource in lower case. Its id never changes, so it is taken apart once: lists look at all resources. */
export function typeOf(resource: JsonObject): string {
  const known = types.get(resource) ?? placeOf(String(resource['id']))?.type.toLowerCase() ?? '';
  types.set(resource, known);
  return known;
}

export interface StoreContext {
  readonly state: State;
  readonly request: EmulatedRequest;
  readonly place: Place;
  readonly url: URL;
  /** Starts a long-running operation, whose id goes into the headers of the answer. */
  readonly begin: (done: () => void) => string;
  /** Answers 202, and provides `body` later at a separate URL. */
  readonly later: (body: JsonObject) => EmulatedResponse;
}
