/**
 * Other apps and slots of the subscription, and what their settings name: storage accounts, vaults, Application Insights components.
 * A change to something shared holds for all of them, so guards look at them, and say what was not looked at.
 */
import type { Context, GuardFinding } from '../step.ts';
import { nameIn, sameResource } from './each.ts';
import type { Site, Vault } from './resources.ts';
import { brokenReference, isReference, referenceOf } from './references.ts';
import { accountOf, hostKeysAddress, KEY_STORE, secretIn, valueOf } from './settings.ts';
import { instrumentationKey, telemetrySignIn } from './telemetry.ts';

/** Something that settings name, by its name in lower case. */
export interface Use {
  readonly of: string;
  /** Names of the settings; their values are kept nowhere. */
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
  /** Of how many, those that were not looked at included. */
  readonly total: number;
  /** Names of those whose settings could not be read. */
  readonly closed: readonly string[];
  /** How many were left out, because there are too many. */
  readonly beyond: number;
}

interface Given {
  readonly settings: Readonly<Record<string, string>>;
  readonly connectionStrings?: Readonly<Record<string, { readonly value: string }>>;
  readonly site?: Pick<Site, 'properties'>;
}

type Named = { readonly of: string; readonly setting: string; readonly byKey: boolean };

/** A name of an account by itself, where the name of the setting says that it is one. */
const namesAccount = (name: string): boolean => /(__accountName|account(_?name)?|storage(_?name)?)$/i.test(name);
/** The key of a storage account by itself: 64 bytes in Base64. */
const isAccountKey = (value: string): boolean => /^[A-Za-z0-9+/]{86}==$/.test(value.trim());
/** A signature that Entra ID stands for (user delegation SAS) is made from no key of the account. */
const isByUser = (value: string): boolean => /[?&]skoid=/i.test(value) && !/AccountKey=/i.test(value);
const vaultOf = (value: string): string | undefined =>
  referenceOf(value)?.vault ?? /^https:\/\/([a-z0-9-]{3,24})\.vault(-int)?\./i.exec(value.trim())?.[1]?.toLowerCase();

/** What the settings of an app name. Names of settings count in any case. */
export function usesOf({ settings, connectionStrings = {}, site }: Given): Uses {
  const all: readonly (readonly [string, string])[] = [
    ...Object.entries(settings),
    ...Object.entries(connectionStrings).map(([name, { value }]) => [`connection string ${name}`, value] as const),
  ].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  const holdsKey = all.some(([, value]) => isAccountKey(value));
  const accounts = all.flatMap(([setting, value]): Named[] => {
    const of = accountOf(value);
    if (of !== undefined) return [{ of, setting, byKey: secretIn(setting, value) !== undefined && !isByUser(value) }];
    return namesAccount(setting) && /^[a-z0-9]{3,24}$/i.test(value)
      ? [{ of: value.toLowerCase(), setting, byKey: holdsKey && !/__accountName$/i.test(setting) }]
      : [];
  });
  const storage = site?.properties.functionAppConfig?.deployment?.storage;
  const deployed = accountOf(storage?.value);
  const byEntra = telemetrySignIn({ properties: settings }).by === 'entra';
  return {
    accounts: grouped([
      ...accounts,
      ...(deployed === undefined
        ? []
        : [{ of: deployed, setting: 'deployment storage', byKey: /connectionstring/i.test(storage?.authentication?.type ?? '') }]),
    ]),
    vaults: grouped(
      all.flatMap(([setting, value]) => {
        const of = vaultOf(value);
        return of ? [{ of, setting, byKey: false }] : [];
      }),
    ),
    components: grouped(
      all.flatMap(([setting, value]) => {
        const of = instrumentationKey(value) ?? (/INSTRUMENTATIONKEY$/i.test(setting) ? value.trim().toLowerCase() : undefined);
        return of ? [{ of, setting, byKey: !byEntra }] : [];
      }),
    ),
    // One that is broken names nothing either; what the app makes of it, nobody knows.
    hidden: all.flatMap(([setting, value]) => (isReference(value) || brokenReference(value) !== undefined ? [setting] : [])),
    ...keysOf(settings),
  };
}

function keysOf(settings: Given['settings']): Pick<Uses, 'keys'> {
  const address = hostKeysAddress({ properties: settings });
  if (isReference(valueOf({ properties: settings }, KEY_STORE))) return { keys: {} };
  if (address === undefined) return {};
  return { keys: address === '' || isReference(address) ? {} : { address } };
}

function grouped(all: readonly Named[]): Use[] {
  return [...Map.groupBy(all, ({ of }) => of)].map(([of, named]) => ({
    of,
    settings: [...new Set(named.map(({ setting }) => setting))],
    byKey: named.some(({ byKey }) => byKey),
    keyed: [...new Set(named.flatMap(({ setting, byKey }) => (byKey ? [setting] : [])))],
  }));
}

type Kind = 'accounts' | 'vaults' | 'components';

/** The neighbours that name one of these things, and which of them. */
export const usersOf = (
  { value }: Neighbours,
  kind: Kind,
  wanted: readonly string[],
): { readonly neighbour: Neighbour; readonly use: Use }[] => {
  const names = wanted.map((name) => name.toLowerCase());
  return value.flatMap((neighbour) => neighbour[kind].filter(({ of }) => names.includes(of)).map((use) => ({ neighbour, use })));
};

/** "a, b and 3 more" */
export const listed = (names: readonly string[], most = 5): string =>
  names.length <= most + 1 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

/** What was not looked at, in sentences; apps of other subscriptions never are. */
export function notLookedAt({ beyond, closed, total }: Neighbours): string[] {
  return [
    ...(beyond > 0 ? [`${beyond} of ${total} apps of the subscription were not looked at: there are too many.`] : []),
    ...(closed.length > 0
      ? [`${listed(closed)} ${closed.length === 1 ? 'was' : 'were'} not looked at: the settings could not be read.`]
      : []),
  ];
}
/** Resource Graph was asked for App Service only, and settings do not name what is mounted. */
const elsewhere = (hides: boolean): string =>
  `Apps of other subscriptions, ${hides ? 'shares that apps mount, ' : ''}and services other than App Service (Container Apps, virtual machines, Data Factory), were not looked at.`;

/** Closes the look at the neighbours: clear only where all that can be read was read and nothing stands against the change. */
export function lookedAt(neighbours: Neighbours, found: readonly GuardFinding[], what: string, hides: boolean): GuardFinding[] {
  const missed = notLookedAt(neighbours).map((says): GuardFinding => ({ level: 'warn', says }));
  const hiding = hides ? neighbours.value.filter(({ hidden }) => hidden.length > 0) : [];
  const inVaults: GuardFinding[] =
    hiding.length > 0
      ? [
          {
            level: 'warn',
            says: `${listed(hiding.map(({ name }) => name))} ${hiding.length === 1 ? 'keeps' : 'keep'} settings in a vault or configuration store; what these name was not looked at.`,
          },
        ]
      : [];
  const findings = [...found, ...missed, ...inVaults];
  if (findings.length > 0) return [...findings, { level: 'warn', says: elsewhere(hides) }];
  const { total } = neighbours;
  return [
    {
      level: 'clear',
      says:
        total === 0
          ? `Azure Resource Graph shows you no other app or slot in this subscription. ${elsewhere(hides)}`
          : `None of the ${total} other apps and slots that you may see in this subscription names ${what} in its settings. ${elsewhere(hides)}`,
    },
  ];
}

/** What is said where even the list of apps, or all of their settings, could not be read. */
export const NOBODY_LOOKED_AT: readonly GuardFinding[] = [
  { level: 'warn', says: 'Other apps and slots of the subscription were not looked at: they could not be read.' },
];

/** Other apps and slots that refer to one of the vaults; the change holds for them too. */
export function vaultSharers({ facts }: Context<unknown>, vaults: readonly Vault[], consequence: string): readonly GuardFinding[] {
  const neighbours = facts.maybe('neighbours');
  if (!neighbours) return NOBODY_LOOKED_AT;
  const names = vaults.map(({ name }) => name);
  const found = usersOf(neighbours, 'vaults', names).map(({ neighbour, use }): GuardFinding => ({
    level: 'warn',
    says: `${neighbour.name} refers to ${use.of} as well (${listed(use.settings)}): ${consequence}`,
  }));
  return lookedAt(neighbours, found, names.join(' and '), false);
}

/** Other sites that send through a subnet, by plan; and the subnets that the apps of a plan send through. */
export const sitesOnSubnet = (sites: readonly Site[], subnet: string): readonly Site[] =>
  sites.filter(({ properties }) => sameResource(properties.virtualNetworkSubnetId, subnet));

export function plansOnSubnet(sites: readonly Site[], subnet: string, own: string | undefined): string[] {
  const plans = sitesOnSubnet(sites, subnet).flatMap(({ properties }) => properties.serverFarmId ?? []);
  const others = plans.filter((id) => !sameResource(id, own));
  return [...new Map(others.map((id) => [id.toLowerCase(), nameIn(id)])).values()];
}
