/** Declarations in code: apps and the resources that they use, with members of Azure Resource Manager, each value with its place. */
import type { ResourceKey } from '../azure/index.ts';
import { type Insertion, type MapValue, mapOf, type Place, type Value } from './value.ts';

/** Values of `properties.sku` and `properties.reserved` of a site by plan. */
export interface Hosting {
  readonly sku: string;
  readonly linux: boolean;
}

export type Language = 'terraform' | 'arm' | 'bicep';

export interface DeclaredApp {
  /** The name, as far as it is resolved; `why` if it is not. */
  readonly name?: string;
  readonly slot?: string;
  readonly why?: string;
  /** ARM id from a state file. */
  readonly id?: string;
  /** Address in the notation of the language. */
  readonly address: string;
  readonly at: Place;
  readonly language: Language;
  /** Whether the members are Azure's own, so that a missing member is not set. Otherwise the provider may have no argument for it. */
  readonly whole?: true;
  /** Why nothing is certain, if the site itself is not in the code. */
  readonly outside?: string;
  readonly facts: ReadonlyMap<ResourceKey, MapValue>;
  /** The content share setting that a provider adds if the plan needs one. */
  readonly contentShare?: Value;
  /** The plan, or all possible plans if the code does not decide it. */
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

/** A module or template whose code is not in the tree. */
export interface DeclaredElsewhere {
  readonly address: string;
  readonly source: string;
  readonly at: Place;
  /** The app name that it receives. */
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

/** Plans of an app whose plan is not in the code; Flex Consumption is recognized by its own members. */
export const anyHosting = (systems: readonly boolean[]): Hosting[] =>
  systems.flatMap((linux) => ['Dynamic', 'ElasticPremium', 'PremiumV3'].map((sku) => ({ sku, linux })));

/** Builds a body member by member. */
export class Body {
  readonly #members = new Map<string, Value>();
  /** Maps created here, to which members may be added. */
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

/** Lists the apps that several blocks declare, by name, with the addresses. */
export function declaredTwice({ apps }: Declared): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(
    apps.filter(({ name, outside }) => name !== undefined && outside === undefined),
    (app) => labelOf(app).toLowerCase(),
  );
  return new Map([...groups].filter(([, all]) => all.length > 1).map(([label, all]) => [label, all.map(({ address }) => address)]));
}

/** Returns the apps, without those outside of the code that another block declares or sets as well. */
export function distinctApps({ apps }: Declared): readonly DeclaredApp[] {
  const nameOf = (app: DeclaredApp) => labelOf(app).toLowerCase();
  const seen = new Set(apps.filter(({ outside }) => outside === undefined).map(nameOf));
  return apps.filter((app) => {
    if (app.outside === undefined) return true;
    const isNew = !seen.has(nameOf(app));
    seen.add(nameOf(app));
    return isNew;
  });
}

/** Returns the argument of a module that is the name of an app. */
export const nameArgument = (names: Iterable<string>): string | undefined =>
  [...names].find((one) => /^(name|(function_?)?app_?name|site_?name|function_?name)$/i.test(one));
