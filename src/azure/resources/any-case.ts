/**
 * Azure compares setting names, its own words and ids without regard to case, and keeps the spelling that was sent first.
 * Resources pass through `asSeen` before steps read them, so that steps do not have to handle this.
 */
import { withCanonicalBindings } from './functions.ts';
import { isRecord } from './json.ts';
import type { Functions, Json, ResourceKey } from './resources.ts';

/** Returns whether Azure treats two texts as equal. Two missing texts are not equal. */
export const sameWord = (a: Json | undefined, b: Json | undefined): boolean =>
  typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();

/** Whether a switch is on or off. Azure may store and return it as the word "true" or "false" (recorded: clearInboundClaimsMapping). */
export const isOn = (value: unknown): boolean => value === true || (typeof value === 'string' && sameWord(value.trim(), 'true'));
export const isOff = (value: unknown): boolean => value === false || (typeof value === 'string' && sameWord(value.trim(), 'false'));

export const includesWord = (words: readonly string[] | null | undefined, word: string): boolean =>
  (words ?? []).some((one) => sameWord(one, word));

const ANSWERING = new WeakSet<object>();

/** Marks an object that answers for each name itself, as settings in code do: it is listed only when its names are needed. */
export function answersItself<T extends object>(named: T): T {
  ANSWERING.add(named);
  return named;
}

/**
 * Returns an object whose members are found under any case; listing them gives their own spelling. Only what it does not have under the
 * given name is looked for by the proxy behind it: areas list settings far more often, and a proxy would answer for each of them.
 */
function inAnyCase<T extends object>(named: T): T {
  // The map of names is built at first use: some callers never look up a name in another case.
  let spelt: ReadonlyMap<string, string> | undefined;
  const speltAs = (name: string) => (spelt ??= new Map(Object.keys(named).map((one) => [one.toLowerCase(), one]))).get(name.toLowerCase());
  const own = (name: string | symbol) => (typeof name !== 'string' || Object.hasOwn(named, name) ? name : (speltAs(name) ?? name));
  const lookup: ProxyHandler<object> = {
    // A setting may have the name of a member of Object.prototype, such as `constructor`.
    get: (_, name) => (Object.hasOwn(named, own(name)) ? (Reflect.get(named, own(name)) as unknown) : undefined),
    has: (_, name) => Object.hasOwn(named, own(name)),
  };
  return ANSWERING.has(named) ? (new Proxy(named, lookup) as T) : (Object.setPrototypeOf({ ...named }, new Proxy({}, lookup)) as T);
}

const hasValue = (setting: Json): boolean => setting !== null && !(isRecord(setting) && setting['value'] === null);

/** Returns settings without those whose value is null, as templates may leave them (Azure/Azure-Functions#1711): the app does not get them. */
function withoutEmpty<T extends { readonly [name: string]: Json }>(settings: T): T {
  if (ANSWERING.has(settings) || Object.values(settings).every(hasValue)) return settings;
  return Object.fromEntries(Object.entries(settings).filter(([, setting]) => hasValue(setting))) as T;
}

/** Returns a body as steps see it: settings have a value and are found under any case, and types of bindings have one spelling. */
export function asSeen<T extends { readonly [key: string]: Json }>(key: ResourceKey, body: T): T {
  if (key === 'functions') return withCanonicalBindings(body as unknown as Functions) as unknown as T;
  const { properties } = body;
  if ((key !== 'appSettings' && key !== 'connectionStrings') || !isRecord(properties)) return body;
  return { ...body, properties: inAnyCase(withoutEmpty(properties)) };
}
