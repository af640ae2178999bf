/**
 * Azure compares names of settings, words of its own and ids without regard to case, and keeps the spelling that it was sent first.
 * What steps see of a resource goes through `asSeen`, so that no step has to think of it.
 */
import { withCanonicalBindings } from './functions.ts';
import type { Functions, Json, ResourceKey } from './resources.ts';

/** Whether two texts are the same to Azure; two that are missing are not. */
export const sameWord = (a: Json | undefined, b: Json | undefined): boolean =>
  typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();

export const includesWord = (words: readonly string[] | null | undefined, word: string): boolean =>
  (words ?? []).some((one) => sameWord(one, word));

/** The same members: looked up in any case, listed as they are spelt. */
function inAnyCase<T extends object>(named: T): T {
  // Worked out when it is first needed: what is behind the names may not be known to the end.
  let spelt: ReadonlyMap<string, string> | undefined;
  const speltAs = (name: string) => (spelt ??= new Map(Object.keys(named).map((one) => [one.toLowerCase(), one]))).get(name.toLowerCase());
  const own = (name: string | symbol) => (typeof name !== 'string' || Object.hasOwn(named, name) ? name : (speltAs(name) ?? name));
  return new Proxy(named, {
    // A setting may be called like a member of every object, as `constructor`.
    get: (of, name) => (Object.hasOwn(of, own(name)) ? (Reflect.get(of, own(name)) as unknown) : undefined),
    has: (of, name) => Object.hasOwn(of, own(name)),
  });
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A body as steps see it: names of settings in any case, types of bindings in one. */
export function asSeen<T extends { readonly [key: string]: Json }>(key: ResourceKey, body: T): T {
  if (key === 'functions') return withCanonicalBindings(body as unknown as Functions) as unknown as T;
  const { properties } = body;
  if ((key !== 'appSettings' && key !== 'connectionStrings') || !isObject(properties)) return body;
  return { ...body, properties: inAnyCase(properties) };
}
