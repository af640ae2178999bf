/** What all controls on storage accounts have in common. */
import type { Context, Draft, GuardFinding, Verdict } from '../step.ts';
import { includesWord, sameWord } from './any-case.ts';
import { judgeEach, type Flaw } from './each.ts';
import { openEntrance } from './firewall.ts';
import { fromElsewhere } from './references.ts';
import type { BlobService, FileService, RetentionPolicy, StorageAccount } from './resources.ts';
import { accountOf, CONTENT_SHARE, HOST_STORAGE, secretIn } from './settings.ts';

/** One verdict on all accounts that the app names. */
export const judgeAccounts = (
  { facts }: Context<unknown>,
  wrong: (properties: StorageAccount['properties']) => Flaw,
  wanted: string,
): Verdict => {
  const { value, missing } = facts.storageAccounts;
  return judgeEach(value, ({ properties }) => wrong(properties), wanted, NO_ACCOUNT, missing.map(notSeen));
};

const NO_ACCOUNT = 'the app names no storage account';
const notSeen = (name: string): string => `${name} is not in this subscription, or you may not see it`;

/** By its creation: before and from when on Azure gives a new account a safer default. */
interface Changed {
  readonly from: string;
  readonly until: string;
}
/** Rolled out from August to 15 December 2023 (Azure/azure-cli#27014; object-replication-prevent-cross-tenant-policies). */
const SAFER_2023: Changed = { from: '2023-08-01', until: '2023-12-15' };
/** On by default since API version 2019-04-01; an account of later may have been made by an older one. */
const SECURE_2019: Changed = { from: '2019-04-01', until: '9999' };

/** What a member that is missing stands for: bad in an account from before, good in one from after, not known in between. */
function byCreation({ creationTime }: StorageAccount['properties'], { from, until }: Changed, bad: string): Flaw {
  if (creationTime === undefined) return { unseen: 'not set, and Azure does not tell when the account was made' };
  const day = creationTime.slice(0, 10);
  if (day < from) return `not set, which is ${bad} in an account of ${day}`;
  return day < until ? { unseen: `not set; for an account of ${day} the default is not known` } : undefined;
}

const allowed = (value: boolean | null | undefined, properties: StorageAccount['properties']): Flaw =>
  typeof value === 'boolean' ? (value ? 'allowed' : undefined) : byCreation(properties, SAFER_2023, 'allowed');

/** What is wrong with an account, member by member; what is missing is judged by what Azure takes it for. */
export const FLAWS = {
  transfer: (properties) =>
    typeof properties.supportsHttpsTrafficOnly === 'boolean'
      ? properties.supportsHttpsTrafficOnly
        ? undefined
        : 'off'
      : byCreation(properties, SECURE_2019, 'off'),
  // Documented: not set, TLS 1.0 is let in.
  tls: ({ minimumTlsVersion }) =>
    includesWord(['TLS1_2', 'TLS1_3'], minimumTlsVersion ?? '') ? undefined : minimumTlsVersion || 'not set, which is TLS1_0',
  anonymous: (properties) => allowed(properties.allowBlobPublicAccess, properties),
  crossTenant: (properties) => allowed(properties.allowCrossTenantReplication, properties),
  keys: ({ allowSharedKeyAccess }) => (allowSharedKeyAccess === false ? undefined : 'allowed'),
  portal: ({ defaultToOAuthAuthentication }) => (defaultToOAuthAuthentication ? undefined : 'by key'),
  network: openEntrance,
} as const satisfies Readonly<Record<string, (properties: StorageAccount['properties']) => Flaw>>;

/** What has to be set on each account that is not as it should be. */
export const onAccounts = (
  x: Context<unknown>,
  wrong: (properties: StorageAccount['properties']) => Flaw,
  draft: (account: StorageAccount) => Draft,
): Draft[] => x.facts.storageAccounts.value.filter(({ properties }) => typeof wrong(properties) === 'string').map(draft);

type Service = BlobService | FileService;
const KEPT = {
  blobs: ['deleteRetentionPolicy', 'containerDeleteRetentionPolicy'],
  shares: ['shareDeleteRetentionPolicy'],
} as const;
const kindOf = ({ id }: Service): keyof typeof KEPT => (/\/blobServices\//i.test(id) ? 'blobs' : 'shares');

/** Retention policies of a service that keep nothing; one that is missing is off. */
export const notKept = (service: Service): readonly string[] =>
  KEPT[kindOf(service)].filter(
    (name) => (service.properties as Readonly<Record<string, RetentionPolicy | null | undefined>>)[name]?.enabled !== true,
  );

/** One verdict on what the accounts keep of what is deleted. */
export function judgeKept({ facts }: Context<unknown>): Verdict {
  const services: readonly Service[] = [...facts.blobServices.value, ...facts.fileServices.value];
  return judgeEach(
    services.map((service) => ({ service, name: `${kindOf(service)} of ${service.id.split('/').at(-3) ?? ''}` })),
    ({ service }) => (notKept(service).length > 0 ? 'not kept' : undefined),
    'kept',
    NO_ACCOUNT,
    facts.storageAccounts.missing.map(notSeen),
  );
}

/** Settings that sign in with a key of the account, and will still once the plan is done; a reference to a key is a key. */
function keyedSettings({ facts, planned }: Context<unknown>, account: string): string[] {
  const after = planned.appSettings.properties as Readonly<Record<string, string | null>>;
  return Object.entries(facts.appSettings.properties).flatMap(([name, value]) =>
    after[name] && accountOf(value) === account && secretIn(name, value) !== undefined ? [name] : [],
  );
}

/** Who else uses the accounts; the change holds for them too. */
export function sharers({ facts }: Context<unknown>): GuardFinding[] {
  const users = facts.storageUsers;
  const says = users.value.map(({ app, accounts }) => `${app} uses ${accounts.join(', ')} as well`);
  return [
    ...says.map((text): GuardFinding => ({ level: 'warn', says: `${text}: the change holds for it too.` })),
    ...(users.unknown > 0
      ? [{ level: 'warn' as const, says: `${users.unknown} other apps could not be looked at; one of them may use the account.` }]
      : []),
    ...(users.value.length === 0 && users.unknown === 0
      ? [{ level: 'clear' as const, says: 'No other function app of the subscription uses it.' }]
      : []),
  ];
}
/** Whether anything still signs in with a key, in this app or in another one. */
export function withoutKeys(x: Context<unknown>): GuardFinding[] {
  const others = x.facts.storageUsers.value
    .filter(({ byKey }) => byKey)
    .map(({ app, accounts }): GuardFinding => ({
      level: 'stop',
      says: `${app} signs in to ${accounts.join(', ')} with a key and would stop working.`,
    }));
  const hidden = fromElsewhere(x.planned.appSettings).filter((name) => !sameWord(name, HOST_STORAGE));
  const strings = x.facts.connectionStrings.properties;
  const own = x.facts.storageAccounts.value.flatMap(({ name }): GuardFinding[] => {
    const keyed = keyedSettings(x, name.toLowerCase());
    if (includesWord(keyed, HOST_STORAGE))
      return [
        {
          level: 'stop',
          says: `The host signs in to ${name} with a key (${HOST_STORAGE}) and would not start; area managed-identity changes that first.`,
        },
      ];
    const deployment = x.planned.site.properties.functionAppConfig?.deployment?.storage;
    if (accountOf(deployment?.value) === name.toLowerCase() && /connectionstring/i.test(deployment?.authentication?.type ?? ''))
      return [
        {
          level: 'stop',
          says: `Deployments are kept in ${name} and signed in to with a connection string; area managed-identity changes that first.`,
        },
      ];
    const byString = Object.entries(strings).flatMap(([one, { value }]) =>
      accountOf(value) === name.toLowerCase() && secretIn(one, value) !== undefined ? [`the connection string ${one}`] : [],
    );
    if (keyed.length + byString.length > 0)
      return [
        { level: 'stop', says: `${[...keyed, ...byString].join(', ')} still sign in to ${name} with a key; give them an identity first.` },
      ];
    if (hidden.length > 0)
      return [
        {
          level: 'warn',
          says: `No setting of the app holds a key of ${name} in clear; ${hidden.join(', ')} come from a vault, and whether one of them does was not looked at.`,
        },
      ];
    return [{ level: 'clear', says: `No setting of the app holds a key of ${name}.` }];
  });
  return [...others, ...own];
}

export function withoutShare(x: Context<unknown>): GuardFinding {
  const value = (x.planned.appSettings.properties as Readonly<Record<string, string | null>>)[CONTENT_SHARE];
  return value
    ? {
        level: 'stop',
        says: `${CONTENT_SHARE} holds a key of ${accountOf(value) ?? 'an account that it does not name'}; with keys off the app would be empty after the next scale.`,
      }
    : { level: 'clear', says: 'The app has no content share that needs a key.' };
}
