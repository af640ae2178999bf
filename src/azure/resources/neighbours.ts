/** Other apps and slots of the subscription, and the accounts, vaults and Application Insights components that their settings name. */

/** A resource that settings name, by its name in lower case. */
export interface Use {
  readonly name: string;
  /** Names of the settings. Their values are not stored. */
  readonly settings: readonly string[];
  /** Whether a setting signs in with a key, or with a signature made from a key; `keyed` lists these settings. */
  readonly byKey: boolean;
  readonly keyed: readonly string[];
}

/** The resources that the settings of one app name. */
export interface Uses {
  readonly accounts: readonly Use[];
  readonly vaults: readonly Use[];
  /** By instrumentation key; `byKey` if no sign-in with Entra ID is set. */
  readonly components: readonly Use[];
  /** Settings whose value is stored elsewhere, so that the resource that they name is unknown. */
  readonly hidden: readonly string[];
  /** The vault that holds, or may hold, the keys of the host. */
  readonly keys?: HostKeys;
}

export interface HostKeys {
  /** Address of the vault; undefined if it is not known. */
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
  /** Number of all other apps and slots, including those that were not checked. */
  readonly total: number;
  /** Names of the apps whose settings could not be read. */
  readonly closed: readonly string[];
  /** Number of apps that were not checked because there are too many. */
  readonly beyond: number;
}

/** Lists the other apps that name one of these resources, with the resource. */
export const usersOf = (
  { value }: Neighbours,
  kind: 'accounts' | 'vaults' | 'components',
  wanted: readonly string[],
): { readonly neighbour: Neighbour; readonly use: Use }[] => {
  const names = wanted.map((name) => name.toLowerCase());
  return value.flatMap((neighbour) => neighbour[kind].filter(({ name }) => names.includes(name)).map((use) => ({ neighbour, use })));
};
