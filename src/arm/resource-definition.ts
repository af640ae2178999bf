/** The definition of a resource: its place, how it is read, and the form of a write to it. */
import { notAListFailure } from './pages.ts';
import { isDocumented, type CloudNames, type Json, type ResourceKey, type Resources, type Target } from '../azure/index.ts';
import { isShapeError } from '../engine/shape-errors.ts';
import { ArmFailure, type Assignment, type Fact } from '../engine/ports.ts';
import { isRecord, valueAt, withValue, type Body } from '../change/json-paths.ts';
import type { ArmClient } from './client.ts';
import type { Vaults } from './vault-client.ts';
import type { ArmRequest } from '../change/change.ts';

/** The API version of Microsoft.Web. Bodies are parsed in the form of this version, because members move between versions. */
export const WEB = '2024-11-01';

/** The clients that may read a resource. */
export interface Azure {
  readonly client: ArmClient;
  readonly cloud: CloudNames;
  readonly vaults: Vaults;
}

/** The inputs for finding a resource outside the app. */
export interface Finder extends Azure {
  readonly target: Target;
  readonly known: (key: ResourceKey) => Promise<Fact>;
}

/** An id in a body that requires a separate permission. */
export interface Link {
  readonly action: string;
  readonly ids: (body: Json) => readonly (Json | undefined)[];
}

interface Actions {
  readonly read: readonly string[];
  /** Actions to create, change or delete it. `links` has those on resources that its body names. */
  readonly write: readonly string[];
  /** Actions to read a single resource, if it is listed with another action. */
  readonly again?: readonly string[];
}

export interface Resource {
  /** Its path below the app; by default it is the app itself, or found in another way. */
  readonly suffix?: string;
  /** Returns its place, where it is not at or below the app. */
  readonly place?: (target: Target) => string;
  readonly apiVersion: string;
  readonly read: { readonly method: 'GET' | 'POST'; readonly suffix?: string; readonly query?: string; readonly list?: true } | null;
  readonly write: ArmRequest['method'] | null;
  readonly actions: Actions;
  readonly links?: readonly Link[];
  /** Set where every value of it is a secret. */
  readonly secret?: true;
  /** Set where only the production site has it, also for slots. */
  readonly siteOnly?: true;
  /** The body for a 404, where that is not a failure. */
  readonly missing?: null;
  /** Members that are sent together, taken from the fresh body. */
  readonly together?: readonly (readonly string[])[];
  /** Set where every write to it restarts the app. */
  readonly restarts?: true;
  /** The part that the service replaces as a whole, so that all of it is sent. */
  readonly replaces?: 'properties' | 'body';
  /** Other resources of the app that it is found through. */
  readonly through?: readonly ResourceKey[];
  /** Finds it, where it is not below the app. */
  readonly find?: (x: Finder) => Promise<Body | null>;
  /** Reads one of several by its id, where a plain GET is not enough. */
  readonly open?: (azure: Azure, id: string) => Promise<Body | null>;
  /** Returns a request below the resource that makes only these assignments, where there is one. */
  readonly instead?: (fresh: Body, sets: readonly Assignment[]) => { readonly suffix: string; readonly body: Body } | undefined;
  /** Removes members that are read and must not be written. */
  readonly sent?: (body: Body) => Body;
  /** Removes members that the service generates on reading. */
  readonly clean?: (body: Body) => Body;
}

export const web = (...names: string[]): string[] => names.map((name) => `Microsoft.Web/sites/${name}`);
export const get = { method: 'GET' } as const;
export const list = { method: 'GET', list: true } as const;
type Access = Pick<Resource, 'write' | 'actions'>;
export const readOnly = (...read: string[]): Access => ({ write: null, actions: { read, write: [] } });
export const readList = (...read: string[]) => ({ read: list, ...readOnly(...read) });

export async function listAll(client: ArmClient, path: string, apiVersion: string): Promise<Body[]> {
  return (await client.listAll(path, apiVersion)).map(checkRow);
}

/**
 * Checks that an item is a row, because otherwise the list is not complete, and that its properties can be read, because a property that
 * is not set has a meaning. @throws ArmFailure
 */
export function checkRow(item: Json): Body {
  if (!isRecord(item) || !isRecord(item['properties'] ?? {})) throw notAListFailure();
  return item;
}

/** Checks that a row has a name and properties. @throws ArmFailure */
export function checkNamedRow(item: Body): Body {
  if (typeof item['name'] !== 'string' || !isRecord(item['properties'])) throw notAListFailure();
  return item;
}

/** Failures of other resources, which already name the resource that could not be read. */
export const failuresOfOthers = new WeakSet<ArmFailure>();

/** Returns the body of another resource of the app. @throws ArmFailure where it could not be read */
export async function bodyOf(x: Finder, key: ResourceKey): Promise<Body | null> {
  const fact = await x.known(key);
  if (fact.state === 'unreadable') {
    failuresOfOthers.add(fact.failure);
    throw fact.failure;
  }
  return fact.body;
}

/** Returns the failure for an answer of another shape, which must not be judged, and never as a pass. */
export const unexpectedShapeFailure = (): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'UnexpectedAnswer',
    message: 'Azure returned a different resource than requested.',
    next: 'Run the command again. If the problem persists, check the endpoint.',
  });

/** Returns the rows of a list inside a body; none if it is missing. @throws ArmFailure if the member is not a list, because then the rows are unknown */
export function listAt(body: Json, path: string): readonly Body[] {
  const rows = valueAt(body, path) ?? [];
  if (!Array.isArray(rows)) throw unexpectedShapeFailure();
  return (rows as readonly Json[]).filter(isRecord);
}

/** Returns another resource of the app with its type. `isUnexpectedShape` recognizes the error where its shape is another one. */
export async function resourceOf<K extends ResourceKey>(x: Finder, key: K): Promise<Resources[K]> {
  return castBody(key, await bodyOf(x, key));
}

/** Casts a body to the type of its documented shape. This is the only place that does. */
export const castBody = <K extends ResourceKey>(_: K, body: Json): Resources[K] => body as unknown as Resources[K];

/** Whether an error comes from a body of an undocumented shape. If all bodies are as documented, the mistake is func-harden's. */
export const isUnexpectedShape = (error: unknown, bodies: Iterable<readonly [ResourceKey, Json]>): boolean =>
  isShapeError(error) && [...bodies].some(([key, body]) => !isDocumented(key, body));

/** Returns a function that removes from the rows of a list what the service adds to each, so that a row is compared as it was sent. */
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

/** Defines a list of the whole subscription. */
export const inSubscription = (type: string, apiVersion: string, access: Access): Resource => ({
  place: ({ subscriptionId }) => `/subscriptions/${subscriptionId}/providers/${type}`,
  apiVersion,
  read: list,
  ...access,
});
