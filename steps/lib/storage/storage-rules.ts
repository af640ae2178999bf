/** Rules on storage accounts with their fixes: SFTP, trusted services, SMB, and the age of keys. */
import { type Context, type GuardFinding, type Verdict, warn } from '../../../src/contract/index.ts';
import type { ListOf } from '../each-setting.ts';
import type { Flaw } from '../judge-each.ts';
import {
  accountOf,
  CONTENT_SHARE,
  type FileService,
  isOff,
  type Json,
  type NetworkRules,
  sameWord,
  type StorageAccount,
} from '../../../src/azure/index.ts';
import { accountIdOf, ACCOUNTS, isSmb, mountsOf } from './storage.ts';

type Properties = StorageAccount['properties'];

export const hasSftp = ({ isSftpEnabled }: Properties): string | undefined => (isOff(isSftpEnabled ?? false) ? undefined : 'on');

/** Returns the words of `bypass`. "Not set" means the trusted services. */
export const bypassOf = (rules: NetworkRules | null | undefined): string[] =>
  (rules?.bypass || TRUSTED)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => !/^none$/i.test(word));
export const TRUSTED = 'AzureServices';
const trusts = (rules: NetworkRules | null | undefined): boolean =>
  bypassOf(rules).some((word) => word.toLowerCase() === TRUSTED.toLowerCase());
export const missingException = ({ networkAcls }: Properties): string | undefined =>
  trusts(networkAcls) ? undefined : `trusted Azure services not allowed (bypass: ${bypassOf(networkAcls).join(', ') || 'None'})`;

/** Returns the firewall rules of an account as the other changes of the plan leave them. */
export const rulesAsPlanned = ({ planned }: Context<unknown>, id: string): NetworkRules | undefined =>
  planned.storageAccounts.value.find((one) => one.id === id)?.properties.networkAcls;

const isClosed = (rules: NetworkRules | undefined): boolean => rules?.defaultAction?.toLowerCase() === 'deny';

/** Whether the firewall rules are written as a whole, including the exception, because the same plan closes or opens the firewall. */
export const isWrittenWhole = ({ id, properties }: StorageAccount, x: Context<unknown>): boolean =>
  isClosed(rulesAsPlanned(x, id)) !== isClosed(properties.networkAcls);

/** The meaning of "not set": every version and every cipher that Azure Files supports. */
const ALL_SMB = { versions: 'SMB2.1;SMB3.0;SMB3.1.1', channelEncryption: 'AES-128-CCM;AES-128-GCM;AES-256-GCM' };
const STRONGEST = 'AES-256-GCM';
/** The cipher of App Service for the shares that it mounts, which does not support only the strongest (MicrosoftDocs/azure-docs#124158). */
const MOUNTED_WITH = 'AES-128-GCM';

const words = (text: string): string[] => text.split(';').flatMap((word) => word.trim() || []);
const accountName = ({ id }: FileService): string => id.split('/').at(-3)?.toLowerCase() ?? '';

function wantedSmb({ facts }: Context<unknown>, service: FileService) {
  const account = accountName(service);
  const isMounted =
    mountsOf(facts.siteConfig, account, isSmb).length > 0 || accountOf(facts.appSettings.properties[CONTENT_SHARE]) === account;
  return { versions: 'SMB3.1.1', channelEncryption: isMounted ? `${MOUNTED_WITH};${STRONGEST}` : STRONGEST };
}

/** Returns the versions and ciphers that are allowed in addition to the desired ones. */
export function weakSmb(service: FileService, x: Context<unknown>): string | undefined {
  const smb = service.properties.protocolSettings?.smb;
  const wanted = wantedSmb(x, service);
  const beyond = (['versions', 'channelEncryption'] as const).flatMap((name) =>
    words(smb?.[name] || ALL_SMB[name]).filter((word) => !words(wanted[name]).some((one) => one.toLowerCase() === word.toLowerCase())),
  );
  return beyond.length > 0 ? `${beyond.join(', ')} allowed` : undefined;
}

/** The file services of the accounts that the app names. */
export const SHARES: ListOf<'fileServices', unknown> = {
  ...ACCOUNTS,
  key: 'fileServices',
  none: 'no storage account of the app has file shares',
  reads: ['appSettings', 'siteConfig', 'fileServices', 'storageAccounts'],
  all: ({ facts }) => facts.fileServices.value,
  named: (service) => ({ id: accountIdOf(service), name: `shares of ${accountName(service)}` }),
};

const settingsOf = ({ properties }: FileService): Record<string, Json> => (properties.protocolSettings ?? {}) as Record<string, Json>;
const smbOf = (service: FileService): Record<string, Json> => (settingsOf(service)['smb'] ?? {}) as Record<string, Json>;
export const withSmb = (service: FileService, x: Context<unknown>): Json => ({
  ...settingsOf(service),
  smb: { ...smbOf(service), ...wantedSmb(x, service) },
});
/** Returns the value that undo writes where nothing was restricted. */
export const unrestricted = (service: FileService): { readonly restore?: Json } =>
  Object.keys(smbOf(service)).length === 0 ? { restore: { ...settingsOf(service), smb: ALL_SMB } } : {};

export const mountsBySmb = (x: Context<unknown>): GuardFinding[] =>
  x.facts.fileServices.value.map((service) =>
    wantedSmb(x, service).channelEncryption === STRONGEST
      ? warn(
          `Shares of ${accountName(service)}: clients that mount a share need ${STRONGEST}. Apps that mount a share through App Service or Container Apps support only ${MOUNTED_WITH}. After this change they cannot read the files.`,
        )
      : warn(
          `Shares of ${accountName(service)}: App Service mounts a share of this app with ${MOUNTED_WITH}, which stays allowed. To test this, apply the change for one app, restart that app and check it before you change the others.`,
        ),
  );

const OWN_KEY = 'Microsoft.Keyvault';
export const keySourceOf = ({ properties: { encryption } }: StorageAccount): string => encryption?.keySource || 'Microsoft.Storage';
const hasOwnKey = (account: StorageAccount): boolean => sameWord(keySourceOf(account), OWN_KEY);

/** Returns how the source of the key differs from the answer. */
export function keySourceFlaw(account: StorageAccount, wanted: string | undefined): Flaw {
  const source = keySourceOf(account);
  if (!sameWord(source, OWN_KEY) && !sameWord(source, 'Microsoft.Storage'))
    return { unseen: `func-harden does not know the key source ${source}` };
  if (wanted === undefined || sameWord(source, wanted)) return undefined;
  const { keyname, keyvaulturi } = account.properties.encryption?.keyvaultproperties ?? {};
  return hasOwnKey(account) ? `key ${keyname ?? ''} of ${keyvaulturi ?? 'a vault'}` : 'managed by Microsoft';
}

/** Passes only for customer-managed keys, because benchmarks require these; without them it does not apply unless the answer requires them. */
export function judgeKeySource(x: Context<{ readonly keySource?: string }>, judged: () => Verdict): Verdict {
  const all = judged();
  const { value } = x.facts.storageAccounts;
  const managed = value.filter((account) => !hasOwnKey(account)).map(({ name }) => name);
  if (all.state !== 'pass' || managed.length === 0) return all;
  const which = managed.length === value.length ? '' : `${managed.join(', ')}: `;
  return {
    state: 'not-applicable',
    found: `${which}managed by Microsoft, and no answer requires a customer-managed key`,
    wanted: all.wanted,
  };
}

/** The most days that a key of an account may be old, unless the policy of the account has a shorter period: three months. */
const MOST_DAYS = 90;
const DAY = 86_400_000;

export const KEY_AGE = `rotated at least every ${MOST_DAYS} days`;

export function judgeKeyAge(x: Context<unknown>, judged: () => Verdict): Verdict {
  const { value, missing } = x.facts.storageAccounts;
  if (value.length > 0 && missing.length === 0 && value.every(({ properties }) => isOff(properties.allowSharedKeyAccess)))
    return { state: 'not-applicable', found: 'keys are not allowed', wanted: KEY_AGE };
  const all = judged();
  if (all.state !== 'pass') return { ...all, lines: all.state === 'fail' ? HOW_TO_RENEW : [] };
  const untold = value.filter(({ properties }) => !isOff(properties.allowSharedKeyAccess) && !isTold(properties));
  return untold.length === 0
    ? all
    : {
        state: 'unknown',
        found: `Azure does not report the age of the keys of ${untold.map(({ name }) => name).join(', ')}`,
        wanted: KEY_AGE,
      };
}

const HOW_TO_RENEW = [
  'Rotate the key that no setting uses, write it into the settings, then rotate the other key: az storage account keys renew --key key2',
  `Set a reminder in Azure: az storage account update --key-exp-days ${MOST_DAYS}`,
];
const isTold = ({ keyCreationTime }: Properties): boolean =>
  [keyCreationTime?.key1, keyCreationTime?.key2].every((time) => !Number.isNaN(Date.parse(time ?? '')));

export function oldKeys({ allowSharedKeyAccess, keyCreationTime, keyPolicy }: Properties, today: string): string | undefined {
  if (isOff(allowSharedKeyAccess)) return undefined;
  const most = Math.min(MOST_DAYS, keyPolicy?.keyExpirationPeriodInDays || MOST_DAYS);
  const old = (['key1', 'key2'] as const).flatMap((name) => {
    const days = Math.floor((Date.parse(today) - Date.parse(keyCreationTime?.[name] ?? '')) / DAY);
    return days > most ? [`${name} is ${days} days old`] : [];
  });
  return old.length > 0 ? old.join(', ') : undefined;
}
