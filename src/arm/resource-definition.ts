/** What is known of one resource: where it lies, how it is read, and how a write to it has to look. */
import { noList } from './pages.ts';
import { isDocumented, type CloudNames, type Json, type ResourceKey, type Resources, type Target } from '../azure/index.ts';
import { isOddShape } from '../engine/odd-shape.ts';
import { ArmFailure, type Assignment, type Fact } from '../engine/ports.ts';
import { isRecord, valueAt, withValue, type Body } from '../change/json-paths.ts';
import type { ArmClient } from './client.ts';
import type { Vaults } from './vault-client.ts';
import type { ArmRequest } from '../change/change.ts';

/** One version, and bodies parsed as that version writes them: members move between versions. */
export const WEB = '2024-11-01';

/** The ways to Azure that a resource may be read by. */
export interface Azure {
  readonly client: ArmClient;
  readonly cloud: CloudNames;
  readonly vaults: Vaults;
}

/** What finding a resource elsewhere may use. */
export interface Finder extends Azure {
  readonly target: Target;
  readonly known: (key: ResourceKey) => Promise<Fact>;
}

/** Something that a body names by its id, and that needs a right of its own. */
export interface Link {
  readonly action: string;
  readonly ids: (body: Json) => readonly (Json | undefined)[];
}

export interface Actions {
  readonly read: readonly string[];
  /** To make, change or delete it; what its body leads to is in `links`. */
  readonly write: readonly string[];
  /** To read it by itself, where it was found in another way. */
  readonly again?: readonly string[];
}

export interface Resource {
  readonly suffix: string;
  /** Where it lies, if not at or below the app. */
  readonly place?: (target: Target) => string;
  readonly apiVersion: string;
  readonly read: { readonly method: 'GET' | 'POST'; readonly suffix?: string; readonly query?: string; readonly list?: true } | null;
  readonly write: ArmRequest['method'] | null;
  readonly actions: Actions;
  readonly links?: readonly Link[];
  /** Every value of it is a secret. */
  readonly secret?: true;
  /** Lives on the production site only, for slots as well. */
  readonly siteOnly?: true;
  /** What a 404 means, where it is not a fault. */
  readonly missing?: null;
  /** Members that go out with one of them, taken from the fresh body. */
  readonly together?: readonly (readonly string[])[];
  /** Any write to it restarts the app. */
  readonly restarts?: true;
  /** What the service replaces as a whole, so that all of it is sent back. */
  readonly replaces?: 'properties' | 'body';
  /** Other resources of the app that finding it goes through. */
  readonly through?: readonly ResourceKey[];
  /** How it is found, where it does not lie below the app. */
  readonly find?: (x: Finder) => Promise<Body | null>;
  /** How one of several is read by its id, where a plain GET does not do. */
  readonly open?: (azure: Azure, id: string) => Promise<Body | null>;
  /** A request below the resource that makes these assignments and nothing else, where there is one. */
  readonly instead?: (fresh: Body, sets: readonly Assignment[]) => { readonly suffix: string; readonly body: Body } | undefined;
  /** Drops what is read but not written. */
  readonly sent?: (body: Body) => Body;
  /** Drops what the service makes up on reading. */
  readonly clean?: (body: Body) => Body;
}

export const web = (...names: string[]): string[] => names.map((name) => `Microsoft.Web/sites/${name}`);
export const get = { method: 'GET' } as const;
export const list = { method: 'GET', list: true } as const;
export const readOnly = (...read: string[]): Resource['actions'] => ({ read, write: [] });

/** Every item of a list as a body. */
export async function all(client: ArmClient, path: string, apiVersion: string): Promise<Body[]> {
  const items: Body[] = [];
  for await (const item of client.list(path, apiVersion)) items.push(rowOf(item));
  return items;
}

/** What is no row may stand for one that matters: the list is not whole then. @throws ArmFailure */
export function rowOf(item: Json): Body {
  if (!isRecord(item)) throw noList();
  return item;
}

/** A row of which it can be told what it is and what it holds. @throws ArmFailure */
export function namedRow(item: Body): Body {
  if (typeof item['name'] !== 'string' || !isRecord(item['properties'])) throw noList();
  return item;
}

/** Failures of other resources, which say already what may not be read. */
export const failuresOfOthers = new WeakSet<ArmFailure>();

/** What another resource of the app says. @throws ArmFailure where it could not be read */
export async function bodyOf(x: Finder, key: ResourceKey): Promise<Body | null> {
  const fact = await x.known(key);
  if (fact.state === 'unreadable') {
    failuresOfOthers.add(fact.failure);
    throw fact.failure;
  }
  return fact.body;
}

/** What is of another shape must not be judged, least of all as a pass. */
export const noResource = (): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'UnexpectedAnswer',
    message: 'Azure answered with something that is not this resource.',
    next: 'Run the command again. If the problem persists, check the endpoint.',
  });

/** Returns another resource of the app as its type. Where it has another shape, whoever stumbles over that is told by `isOdd`. */
export async function resourceOf<K extends ResourceKey>(x: Finder, key: K): Promise<Resources[K]> {
  return typed(key, await bodyOf(x, key));
}

/** The one place where a body of ARM becomes the type that stands for its documented shape. */
export const typed = <K extends ResourceKey>(_: K, body: Json): Resources[K] => body as unknown as Resources[K];

/** Whether an error comes from a body of another shape than Azure documents; where all are as documented, it is a mistake of ours. */
export const isOdd = (error: unknown, bodies: Iterable<readonly [ResourceKey, Json]>): boolean =>
  isOddShape(error) && [...bodies].some(([key, body]) => !isDocumented(key, body));

/** The rows of a list that somebody writes, without what the service adds to each: a row is compared as it was sent. */
export function withRows(path: string, bare: (row: Body) => Body): (body: Body) => Body {
  return (body) => {
    const rows = valueAt(body, path);
    return Array.isArray(rows)
      ? withValue(
          body,
          path,
          (rows as readonly Json[]).map((row) => (isRecord(row) ? bare(row) : row)),
        )
      : body;
  };
}

export const itemsOf = (body: Body | null): readonly Body[] => ((body?.['value'] ?? []) as readonly Json[]).filter(isRecord);
export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
export const sameId = (a: Json | undefined, b: Json | undefined): boolean =>
  textOf(a).toLowerCase() === textOf(b).toLowerCase() && textOf(a) !== '';

/** A list of the whole subscription. */
export const inSubscription = (
  type: string,
  apiVersion: string,
  actions: Resource['actions'],
  write: Resource['write'] = null,
): Resource => ({
  place: ({ subscriptionId }) => `/subscriptions/${subscriptionId}/providers/${type}`,
  suffix: '',
  apiVersion,
  read: list,
  write,
  actions,
});
