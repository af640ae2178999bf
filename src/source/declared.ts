/** What code declares: apps and what they use, in the members of Azure Resource Manager, each value with its place. */
import type { ResourceKey } from '../azure/index.ts';
import { type Insertion, type MapValue, mapOf, type Place, type Value } from './value.ts';

/** What `properties.sku` and `properties.reserved` of a site say of its plan. */
export interface Hosting {
  readonly sku: string;
  readonly linux: boolean;
}

export type Language = 'terraform' | 'arm' | 'bicep';

export interface DeclaredApp {
  /** As far as it is resolved; with `why` where it is not. */
  readonly name?: string;
  readonly slot?: string;
  readonly why?: string;
  /** ARM id, where a state file tells it. */
  readonly id?: string;
  /** As its language writes it. */
  readonly address: string;
  readonly at: Place;
  readonly language: Language;
  /** Azure's own members: what is not there is not set. Else it may be one that the provider has no argument for. */
  readonly whole?: true;
  readonly facts: ReadonlyMap<ResourceKey, MapValue>;
  /** The setting of a content share that a provider makes where the plan needs one. */
  readonly contentShare?: Value;
  /** The plan, or all that it may be where the code does not tell. */
  readonly hostings: readonly Hosting[];
}

/** A storage account or a vault. */
export interface DeclaredItem {
  readonly name?: string;
  readonly address: string;
  readonly at: Place;
  readonly properties: MapValue;
  readonly blobs?: MapValue;
  readonly files?: MapValue;
}

/** A module, or a template, whose code is not in the tree. */
export interface DeclaredElsewhere {
  readonly address: string;
  readonly source: string;
  readonly at: Place;
  /** The name that it is given. */
  readonly name?: string;
}

export interface Declared {
  readonly apps: readonly DeclaredApp[];
  readonly accounts: readonly DeclaredItem[];
  readonly vaults: readonly DeclaredItem[];
  readonly elsewhere: readonly DeclaredElsewhere[];
  readonly unreadable: readonly { readonly file: string; readonly why: string; readonly offset: number }[];
}

export const NOTHING_DECLARED: Declared = { apps: [], accounts: [], vaults: [], elsewhere: [], unreadable: [] };

export const joined = (all: readonly Declared[]): Declared => ({
  apps: all.flatMap(({ apps }) => apps),
  accounts: all.flatMap(({ accounts }) => accounts),
  vaults: all.flatMap(({ vaults }) => vaults),
  elsewhere: all.flatMap(({ elsewhere }) => elsewhere),
  unreadable: all.flatMap(({ unreadable }) => unreadable),
});

export const labelOf = ({ name, slot, address }: Pick<DeclaredApp, 'name' | 'slot' | 'address'>): string =>
  name === undefined ? address : slot === undefined ? name : `${name}/${slot}`;

/** Every plan that an app may have whose plan the code does not tell; Flex Consumption shows by its own members. */
export const anyHosting = (systems: readonly boolean[]): Hosting[] =>
  systems.flatMap((linux) => ['Dynamic', 'ElasticPremium', 'PremiumV3'].map((sku) => ({ sku, linux })));

/** A body that is put together member by member. */
export class Body {
  readonly #members = new Map<string, Value>();
  /** Maps that were made here, and so may be added to. */
  readonly #own = new WeakSet<ReadonlyMap<string, Value>>();
  readonly #at: Place;
  readonly #insert: Insertion | undefined;

  constructor(at: Place, insert?: Insertion) {
    this.#at = at;
    this.#insert = insert;
  }

  /** @param path `properties.cors.allowedOrigins` as a list of members */
  put(path: readonly string[], value: Value | undefined): this {
    if (value === undefined) return this;
    let members = this.#members;
    for (const name of path.slice(0, -1)) {
      const inner = members.get(name);
      if (inner?.kind === 'map' && this.#own.has(inner.members)) {
        members = inner.members as Map<string, Value>;
        continue;
      }
      const next = new Map(inner?.kind === 'map' ? inner.members : []);
      this.#own.add(next);
      members.set(name, inner?.kind === 'map' ? { ...inner, members: next } : mapOf([], value.at, { members: next }));
      members = next;
    }
    members.set(path.at(-1) ?? '', value);
    return this;
  }

  get value(): MapValue {
    return mapOf(this.#members, this.#at, this.#insert ? { insert: this.#insert } : {});
  }
}

/** Apps that more than one block declares, by name, with the addresses. */
export function declaredTwice({ apps }: Declared): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(
    apps.filter(({ name }) => name !== undefined),
    (app) => labelOf(app).toLowerCase(),
  );
  return new Map([...groups].filter(([, all]) => all.length > 1).map(([label, all]) => [label, all.map(({ address }) => address)]));
}

/** The argument of a module that is the name of an app. */
export const nameArgument = (names: Iterable<string>): string | undefined =>
  [...names].find((one) => /^(name|(function_?)?app_?name|site_?name|function_?name)$/i.test(one));
