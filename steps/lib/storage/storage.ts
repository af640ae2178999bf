/** Functions that all controls on storage accounts use. */
import { type Context, type Draft, type GuardFinding, type Verdict, clear, stop, warn } from '../../../src/contract/index.ts';
import {
  sameWord,
  accountOf,
  type At,
  type BlobService,
  CONTENT_SHARE,
  type FileService,
  hasContentShare,
  HOST_STORAGE,
  includesWord,
  isOff,
  isOn,
  type Mount,
  type RetentionPolicy,
  type SiteConfig,
  type StorageAccount,
  usersOf,
  usesOf,
} from '../../../src/azure/index.ts';
import type { ListOf } from '../each-setting.ts';
import { judgeEach, type Flaw } from '../judge-each.ts';
import { openEntrance } from '../network/firewalls.ts';
import { listed, withUnchecked, NEIGHBOURS_NOT_READ } from '../neighbours.ts';
import { DEPLOYS_BY_KEY, deploysByKey } from '../deployments.ts';

const NO_ACCOUNT = 'the app refers to no storage account';
export const ACCOUNTS: ListOf<'storageAccounts', unknown> = {
  key: 'storageAccounts',
  reads: ['storageAccounts'],
  all: ({ facts }) => facts.storageAccounts.value,
  named: ({ name, id }) => ({ name, id }),
  none: NO_ACCOUNT,
  missing: ({ facts }) => facts.storageAccounts.missing.map(notSeen),
};

/** Returns the name of the account with the content share, where the plan of the app requires a key of it. */
const shareAccount = (x: Context<unknown>): string | undefined =>
  hasContentShare(x) ? accountOf(x.facts.appSettings.properties[CONTENT_SHARE]) : undefined;
/** Accounts that need no key for the content share of the app. */
export const KEYLESS: typeof ACCOUNTS = {
  ...ACCOUNTS,
  all: (x) => ACCOUNTS.all(x).filter(({ name }) => !sameWord(name, shareAccount(x))),
  missing: (x) => x.facts.storageAccounts.missing.filter((name) => !sameWord(name, shareAccount(x))).map(notSeen),
};

/** Judges shared key access for the accounts that do not hold the content share, because the share requires a key. */
export function judgeKeyless(x: Context<unknown>, judged: () => Verdict): Verdict {
  const wanted = 'not allowed';
  if (!hasContentShare(x)) return judged();
  const share = shareAccount(x);
  if (share === undefined)
    return { state: 'unknown', found: `the content share requires a key, and ${CONTENT_SHARE} does not show of which account`, wanted };
  const { state, found, ...verdict } = judged();
  if (state === 'not-applicable')
    return { state: 'not-applicable', found: 'the content share of this plan requires a key of the account', wanted };
  return { ...verdict, state, found: `${found} (the content share requires a key of ${share})` };
}

const notSeen = (name: string): string => `${name} is not in this subscription, or you have no permission to read it`;

/** The period in which Azure introduced a safer default: older accounts do not have it, newer ones do. */
interface Changed {
  readonly from: string;
  readonly until: string;
}
/** Rolled out from August to 15 December 2023 (Azure/azure-cli#27014; object-replication-prevent-cross-tenant-policies). */
const SAFER_2023: Changed = { from: '2023-08-01', until: '2023-12-15' };
/** Secure transfer is on by default since API version 2019-04-01, but a later account may have been created with an older API version. */
const SECURE_2019: Changed = { from: '2019-04-01', until: '9999' };

/** Judges a missing member by the creation of the account: bad before the safer default, good after it, and not known in between. */
function byCreation({ creationTime }: StorageAccount['properties'], { from, until }: Changed, bad: string): Flaw {
  if (Number.isNaN(Date.parse(creationTime ?? ''))) return { unseen: 'not set, and Azure does not report when the account was created' };
  const day = new Date(creationTime ?? '').toISOString().slice(0, 10);
  if (day < from) return `not set, which means ${bad} for an account created on ${day}`;
  return day < until ? { unseen: `not set; the default for an account created on ${day} is unknown` } : undefined;
}

const allowed = (value: boolean | null | undefined, properties: StorageAccount['properties']): Flaw =>
  value === undefined || value === null ? byCreation(properties, SAFER_2023, 'allowed') : isOff(value) ? undefined : 'allowed';

/** Returns the problem of an account, by member. A missing member is judged as the value that Azure uses for it. */
export const FLAWS = {
  transfer: (properties) =>
    properties.supportsHttpsTrafficOnly === undefined || properties.supportsHttpsTrafficOnly === null
      ? byCreation(properties, SECURE_2019, 'off')
      : isOn(properties.supportsHttpsTrafficOnly)
        ? undefined
        : 'off',
  // Documented: if it is not set, TLS 1.0 is allowed. A version that Azure adds later is not replaced by an older one.
  tls: ({ minimumTlsVersion: version }) => {
    const [, number] = /^TLS(\d_\d)$/i.exec(version ?? '') ?? [];
    return number !== undefined && number >= '1_2' ? undefined : version || 'not set, which is TLS1_0';
  },
  anonymous: (properties) => allowed(properties.allowBlobPublicAccess, properties),
  crossTenant: (properties) => allowed(properties.allowCrossTenantReplication, properties),
  keys: ({ allowSharedKeyAccess }) => (isOff(allowSharedKeyAccess) ? undefined : 'allowed'),
  portal: ({ defaultToOAuthAuthentication }) => (isOn(defaultToOAuthAuthentication) ? undefined : 'with the account key'),
  network: openEntrance,
} as const satisfies Readonly<Record<string, (properties: StorageAccount['properties']) => Flaw>>;

type Service = BlobService | FileService;
const KEPT = {
  blobs: ['deleteRetentionPolicy', 'containerDeleteRetentionPolicy'],
  shares: ['shareDeleteRetentionPolicy'],
} as const;
const kindOf = ({ id }: Service): keyof typeof KEPT => (/\/blobServices\//i.test(id) ? 'blobs' : 'shares');

/** Days for which deleted data is kept at least: storage/blobs/soft-delete-blob-overview; a share has no recommended period. */
const LEAST_DAYS = { blobs: 7, shares: 1 } as const;
/** Returns the retention policies of a service that keep nothing, or not for long enough. A missing policy is off. */
export const notKept = (service: Service): readonly string[] =>
  KEPT[kindOf(service)].filter((name) => keptDays(service, name) < LEAST_DAYS[kindOf(service)]);
/** Returns for how many days a policy keeps deleted data. Azure accepts no policy that is on without its days. */
const keptDays = (service: Service, name: string): number => {
  const { enabled, days } = policyOf(service, name) ?? {};
  return isOn(enabled) ? (days ?? KEPT_DAYS) : 0;
};
const policyOf = ({ properties }: Service, name: string): RetentionPolicy | null | undefined =>
  (properties as Readonly<Record<string, RetentionPolicy | null | undefined>>)[name];

/** Days for which deleted data is kept, as the portal suggests. */
export const KEPT_DAYS = 7;
export const keepDeleted = (service: Service): Draft[] =>
  notKept(service).map((name) => ({
    at: [kindOf(service) === 'blobs' ? 'blobServices' : 'fileServices', `properties.${name}`] as unknown as At,
    instanceId: service.id,
    // Other members of the policy stay unchanged.
    to: { ...policyOf(service, name), enabled: true, days: KEPT_DAYS },
    absent: { enabled: false },
  }));

export const accountIdOf = ({ id }: Service): string => id.replace(/\/(blob|file)Services\/.*$/i, '');

/** Judges whether the accounts keep deleted data. */
export function judgeKept({ facts }: Context<unknown>): Verdict {
  const services: readonly Service[] = [...facts.blobServices.value, ...facts.fileServices.value];
  return judgeEach(
    services.map((service) => ({
      service,
      id: accountIdOf(service),
      name: `${kindOf(service)} of ${service.id.split('/').at(-3) ?? ''}`,
    })),
    ({ service }) => {
      const days = notKept(service).map((name) => keptDays(service, name));
      const [least = 0] = days.toSorted((a, b) => a - b);
      return days.length === 0
        ? undefined
        : least < 1
          ? 'deleted data is not retained'
          : `deleted data is retained for ${least} ${least === 1 ? 'day' : 'days'} only`;
    },
    'deleted data is retained',
    NO_ACCOUNT,
    facts.storageAccounts.missing.map(notSeen),
  );
}

/** Returns the settings that the plan does not remove, with their values of today: a secret that moves to a vault still has its value. */
function keptSettings({ facts, planned }: Context<unknown>): Readonly<Record<string, string>> {
  const after = planned.appSettings.properties as Readonly<Record<string, string | null>>;
  return Object.fromEntries(Object.entries(facts.appSettings.properties).filter(([name]) => after[name]));
}

/** Returns the settings and connection strings that use a key of the account, also after the plan. A reference to a key counts as a key. */
function keyedSettings(x: Context<unknown>, account: string): string[] {
  return usesOf({ settings: keptSettings(x), connectionStrings: x.facts.connectionStrings.properties }).accounts.flatMap((use) =>
    use.name === account && use.byKey ? use.keyed : [],
  );
}

const namesOf = ({ facts }: Context<unknown>): string[] => facts.storageAccounts.value.map(({ name }) => name.toLowerCase());

/** Warns about other users of the accounts, which the change affects too. */
export function sharers(x: Context<unknown>): readonly GuardFinding[] {
  const neighbours = x.facts.maybe('neighbours');
  if (!neighbours) return NEIGHBOURS_NOT_READ;
  const found = usersOf(neighbours, 'accounts', namesOf(x)).map(({ neighbour, use }): GuardFinding =>
    warn(`${neighbour.name} also uses ${use.name} (${listed(use.settings)}). The change affects it too.`),
  );
  return withUnchecked(neighbours, found, namesOf(x).join(' and '), true);
}

/** Checks whether another app uses a key. `sharers` reports apps that could not be read. */
export function othersWithoutKeys(x: Context<unknown>): GuardFinding[] {
  const neighbours = x.facts.maybe('neighbours');
  const users = neighbours ? usersOf(neighbours, 'accounts', namesOf(x)) : [];
  const changed = KEYLESS.all(x).map(({ name }) => name.toLowerCase());
  return users
    .filter(({ use }) => use.byKey && changed.includes(use.name))
    .map(({ neighbour, use }) =>
      stop(
        `${neighbour.name} uses a key for ${use.name} (${listed(use.keyed)}) and would stop working. Change that app to a managed identity first.`,
      ),
    );
}

/** Matches connection strings and URLs that reach an account without TLS. */
const PLAIN_HTTP = /(^|;)\s*DefaultEndpointsProtocol\s*=\s*http\s*(;|$)|http:\/\/[a-z0-9]{3,24}\.(blob|queue|table|file|dfs)\./i;

/** Checks whether settings of the app reach an account over plain HTTP, which secure transfer refuses. */
export function overPlainHttp(x: Context<unknown>): GuardFinding[] {
  const { facts } = x;
  const strings = Object.entries(facts.connectionStrings.properties).map(
    ([name, { value }]) => [`connection string ${name}`, value] as const,
  );
  const plain = [...Object.entries(keptSettings(x)), ...strings].filter(([, value]) => PLAIN_HTTP.test(value));
  return facts.storageAccounts.value.flatMap(({ name }) => {
    const names = plain.flatMap(([setting, value]) => (sameWord(accountOf(value), name) ? [setting] : []));
    return names.length > 0
      ? [
          stop(
            `${listed(names)} ${names.length === 1 ? 'reaches' : 'reach'} ${name} over plain HTTP, which secure transfer refuses. Change http to https there first.`,
          ),
        ]
      : [];
  });
}

/**
 * Warns about NFS shares that the app mounts. A share with a rule of its own for encryption stays mounted (storage/files/files-nfs-protocol,
 * "Security and networking").
 */
export const mountsByNfs = ({ facts }: Context<unknown>): GuardFinding[] =>
  facts.storageAccounts.value.flatMap(({ name }) => {
    const mounts = mountsOf(facts.siteConfig, name, isNfs);
    return mounts.length > 0
      ? [
          warn(
            `The app mounts NFS shares of ${name} (${mounts.join(', ')}). Secure transfer refuses NFS without encryption, and then the app does not start. Set the encryption of NFS shares on the account first, or skip this control.`,
          ),
        ]
      : [];
  });

/** Checks whether anything in the app itself still uses a key. */
export function withoutKeys(x: Context<unknown>): GuardFinding[] {
  const hidden = hiddenSettings(x);
  return KEYLESS.all(x).flatMap(({ name }): GuardFinding[] => {
    const keyed = keyedSettings(x, name.toLowerCase());
    if (includesWord(keyed, HOST_STORAGE))
      return [stop(`The host uses a key for ${name} (${HOST_STORAGE}) and would not start. Fix area managed-identity first.`)];
    const deployment = x.planned.site.properties.functionAppConfig?.deployment?.storage;
    if (accountOf(deployment?.value) === name.toLowerCase() && /connectionstring/i.test(deployment?.authentication?.type ?? ''))
      return [stop(`Deployments are stored in ${name} and use a connection string. Fix area managed-identity first.`)];
    if (keyed.length > 0) return [stop(`${keyed.join(', ')} still use a key for ${name}. Change them to an identity first.`)];
    return hidden.length > 0
      ? [
          warn(
            `${listed(hidden)} come from a vault or configuration store. func-harden did not check whether one of them contains a key of ${name}.`,
          ),
        ]
      : [clear(`No app setting and no connection string of the app contains a key of ${name}.`)];
  });
}

/** Checks whether the app mounts shares or containers with a key. */
export const mountsByKey = (x: Context<unknown>): GuardFinding[] =>
  KEYLESS.all(x).map(({ name }) => {
    const mounts = mountsOf(x.facts.siteConfig, name, (mount) => !isNfs(mount));
    return mounts.length > 0
      ? stop(`The app mounts shares of ${name} with a key (${mounts.join(', ')}) and would not start. Remove the mounts first.`)
      : clear(`The configuration of the app mounts no share of ${name} with a key.`);
  });

const isNfs = ({ protocol }: Mount): boolean => sameWord(protocol, 'Nfs');
/** Whether a mount uses SMB, the protocol of a share that names none. */
export const isSmb = ({ type, protocol }: Mount): boolean => sameWord(protocol, 'Smb') || (!protocol && !sameWord(type, 'AzureBlob'));

/** Returns the names of the mounts of an app from an account. */
export const mountsOf = (config: SiteConfig, account: string, is: (mount: Mount) => boolean): string[] =>
  Object.entries(config.properties.azureStorageAccounts ?? {}).flatMap(([name, mount]) =>
    mount && sameWord(mount.accountName, account) && is(mount) ? [name] : [],
  );

/** Returns the settings that stay references, whose values may contain a key. */
function hiddenSettings(x: Context<unknown>): string[] {
  return [...usesOf({ settings: keptSettings(x), connectionStrings: x.facts.connectionStrings.properties }).hidden];
}

/** Warns about users of a key other than settings: the content share, and on Linux Consumption the deployment tools. */
export function withoutShare(x: Context<unknown>): GuardFinding {
  const value = (x.planned.appSettings.properties as Readonly<Record<string, string | null>>)[CONTENT_SHARE];
  const account = accountOf(value ?? undefined);
  if (account !== undefined && sameWord(account, shareAccount(x)))
    return deploysByKey(x.app) ? DEPLOYS_BY_KEY : clear(`The content share is in ${account}, which keeps shared key access.`);
  if (value)
    return stop(
      `${CONTENT_SHARE} contains a key of ${account ?? 'an account that it does not name'}. Without shared key access, the app would have no content after the next scale-out. Keep shared key access for this account.`,
    );
  return deploysByKey(x.app) ? DEPLOYS_BY_KEY : clear(`The app has no setting ${CONTENT_SHARE}, so no content share requires a key.`);
}
