/** Other apps and slots of the subscription, and what their settings name: storage accounts, vaults, Application Insights components. */

/** Something that settings name, by its name in lower case. */
export interface Use {
  readonly name: string;
  /** Names of the settings; their values are not stored anywhere. */
  readonly settings: readonly string[];
  /** Whether one of them signs in with a key or a signature made from one, and which do. */
  readonly byKey: boolean;
  readonly keyed: readonly string[];
}

/** What the settings of one app name. */
export interface Uses {
  readonly accounts: readonly Use[];
  readonly vaults: readonly Use[];
  /** By instrumentation key; `byKey` where no sign-in with Entra ID is set. */
  readonly components: readonly Use[];
  /** Settings whose value lies elsewhere, so that nobody knows here what they name. */
  readonly hidden: readonly string[];
  /** Where a vault keeps the keys of the host, or may. */
  readonly keys?: HostKeys;
}

export interface HostKeys {
  /** Of the vault; undefined where that cannot be told. */
  readonly address?: string;
}

export interface Neighbour extends Uses {
  readonly id: string;
  /** `app`, or `app/slot`. */
  readonly name: string;
}

/** The other apps and slots of the subscription, function apps and web apps alike. */
export interface Neighbours {
  readonly value: readonly Neighbour[];
  /** Of how many, those that were not checked included. */
  readonly total: number;
  /** Names of those whose settings could not be read. */
  readonly closed: readonly string[];
  /** How many were left out, because there are too many. */
  readonly beyond: number;
}

type Kind = 'accounts' | 'vaults' | 'components';

/** The neighbours that name one of these things, and which of them. */
export const usersOf = (
  { value }: Neighbours,
  kind: Kind,
  wanted: readonly string[],
): { readonly neighbour: Neighbour; readonly use: Use }[] => {
  const names = wanted.map((name) => name.toLowerCase());
  return value.flatMap((neighbour) => neighbour[kind].filter(({ name }) => names.includes(name)).map((use) => ({ neighbour, use })));
};
