/** Rules on storage accounts, each with what mends it: SFTP, trusted services, SMB, and how old keys are. */
import type { Context, Draft, GuardFinding, Verdict } from '../../src/contract/index.ts';
import { judgeEach } from './judge-each.ts';
import { accountOf, CONTENT_SHARE, type FileService, type Json, type NetworkRules, type StorageAccount } from '../../src/azure/index.ts';
import { accountIdOf, judgeAccounts, NO_ACCOUNT, notSeen, onAccounts } from './storage.ts';

type Properties = StorageAccount['properties'];

const hasSftp = ({ isSftpEnabled }: Properties): string | undefined => (isSftpEnabled === true ? 'on' : undefined);
export const judgeSftp = (x: Context<unknown>): Verdict => judgeAccounts(x, hasSftp, 'off');
export const sftpOff = (x: Context<unknown>): Draft[] =>
  onAccounts(x, hasSftp, ({ id }) => ({ at: ['storageAccounts', 'properties.isSftpEnabled'], of: id, to: false }));

/** The words of `bypass`; not set stands for the trusted services. */
const bypassOf = (rules: NetworkRules | null | undefined): string[] =>
  (rules?.bypass || TRUSTED)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => !/^none$/i.test(word));
const TRUSTED = 'AzureServices';
const trusts = (rules: NetworkRules | null | undefined): boolean =>
  bypassOf(rules).some((word) => word.toLowerCase() === TRUSTED.toLowerCase());
const shutOut = ({ networkAcls }: Properties): string | undefined =>
  trusts(networkAcls) ? undefined : `only ${bypassOf(networkAcls).join(', ') || 'none'}`;

export const judgeTrusted = (x: Context<unknown>): Verdict => judgeAccounts(x, shutOut, 'trusted Azure services get through');

/** The firewall rules of an account as the other changes of the plan leave them. */
export const rulesAsPlanned = ({ planned }: Context<unknown>, id: string): NetworkRules | undefined =>
  planned.storageAccounts.value.find((one) => one.id === id)?.properties.networkAcls;

const isClosed = (rules: NetworkRules | undefined): boolean => rules?.defaultAction?.toLowerCase() === 'deny';

/** Where the same plan closes the firewall, its rules go out as a whole, with the exception in them. */
export const letTrustedIn = (x: Context<unknown>): Draft[] =>
  x.facts.storageAccounts.value
    .filter(
      ({ id, properties }) => shutOut(properties) !== undefined && isClosed(rulesAsPlanned(x, id)) === isClosed(properties.networkAcls),
    )
    .map(({ id, properties }) => ({
      at: ['storageAccounts', 'properties.networkAcls.bypass'],
      of: id,
      to: [...bypassOf(properties.networkAcls), TRUSTED].join(', '),
      absent: TRUSTED,
    }));

/** What "not set" stands for: every version and every cipher that Azure Files knows. */
const ALL_SMB = { versions: 'SMB2.1;SMB3.0;SMB3.1.1', channelEncryption: 'AES-128-CCM;AES-128-GCM;AES-256-GCM' };
const STRONGEST = 'AES-256-GCM';
/** App Service mounts the content share with this one, and not with the strongest alone (MicrosoftDocs/azure-docs pull request 124158). */
const MOUNTED_WITH = 'AES-128-GCM';

const words = (text: string): string[] => text.split(';').flatMap((word) => word.trim() || []);
const accountName = ({ id }: FileService): string => id.split('/').at(-3)?.toLowerCase() ?? '';

function wantedSmb({ facts }: Context<unknown>, service: FileService) {
  const isMounted = accountOf(facts.appSettings.properties[CONTENT_SHARE]) === accountName(service);
  return { versions: 'SMB3.1.1', channelEncryption: isMounted ? `${MOUNTED_WITH};${STRONGEST}` : STRONGEST };
}

/** Versions and ciphers that are allowed beyond what is wanted. */
function weakSmb(x: Context<unknown>, service: FileService): string | undefined {
  const smb = service.properties.protocolSettings?.smb;
  const wanted = wantedSmb(x, service);
  const beyond = (['versions', 'channelEncryption'] as const).flatMap((name) =>
    words(smb?.[name] || ALL_SMB[name]).filter((word) => !words(wanted[name]).some((one) => one.toLowerCase() === word.toLowerCase())),
  );
  return beyond.length > 0 ? `${beyond.join(', ')} allowed` : undefined;
}

export const judgeSmb = (x: Context<unknown>): Verdict =>
  judgeEach(
    x.facts.fileServices.value.map((service) => ({ service, id: accountIdOf(service), name: `shares of ${accountName(service)}` })),
    ({ service }) => weakSmb(x, service),
    'SMB 3.1.1 with AES-GCM',
    NO_ACCOUNT,
    x.facts.storageAccounts.missing.map(notSeen),
  );
export const strengthenSmb = (x: Context<unknown>): Draft[] =>
  x.facts.fileServices.value
    .filter((service) => weakSmb(x, service) !== undefined)
    .map((service): Draft => {
      const settings = (service.properties.protocolSettings ?? {}) as Record<string, Json>;
      const smb = (settings['smb'] ?? {}) as Record<string, Json>;
      return {
        at: ['fileServices', 'properties.protocolSettings'],
        of: service.id,
        to: { ...settings, smb: { ...smb, ...wantedSmb(x, service) } },
        ...(Object.keys(smb).length === 0 ? { restore: { ...settings, smb: ALL_SMB } } : {}),
      };
    });

export const mountsBySmb = (x: Context<unknown>): GuardFinding[] =>
  x.facts.fileServices.value.map((service) =>
    wantedSmb(x, service).channelEncryption === STRONGEST
      ? {
          level: 'warn',
          says: `Shares of ${accountName(service)}: whoever mounts one needs ${STRONGEST}. Apps that mount a share through App Service or Container Apps need ${MOUNTED_WITH}, and get no files any more.`,
        }
      : {
          level: 'warn',
          says: `Shares of ${accountName(service)}: the content share is mounted with ${MOUNTED_WITH}, which stays allowed. Change one app first and restart it.`,
        },
  );

/** Days that a key of an account may be old: as its own policy says, and never more than three months. */
const MOST_DAYS = 90;
const DAY = 86_400_000;

export function judgeKeyAge(x: Context<unknown>): Verdict {
  const wanted = `renewed at least every ${MOST_DAYS} days`;
  const { value, missing } = x.facts.storageAccounts;
  if (value.length > 0 && missing.length === 0 && value.every(({ properties }) => properties.allowSharedKeyAccess === false))
    return { state: 'not-applicable', found: 'keys are not allowed', wanted };
  const all = judgeAccounts(x, (properties) => oldKeys(properties, x.today), wanted);
  if (all.state !== 'pass') return { ...all, lines: all.state === 'fail' ? HOW_TO_RENEW : [] };
  const untold = value.filter(({ properties }) => properties.allowSharedKeyAccess !== false && !isTold(properties));
  return untold.length === 0
    ? all
    : { state: 'unknown', found: `Azure does not tell how old the keys of ${untold.map(({ name }) => name).join(', ')} are`, wanted };
}

const HOW_TO_RENEW = [
  'Renew the key that no setting uses, write it into the settings, then renew the other: az storage account keys renew --key key2',
  `Have Azure remind you: az storage account update --key-exp-days ${MOST_DAYS}`,
];
const isTold = ({ keyCreationTime }: Properties): boolean => Boolean(keyCreationTime?.key1 && keyCreationTime.key2);

function oldKeys({ allowSharedKeyAccess, keyCreationTime, keyPolicy }: Properties, today: string): string | undefined {
  if (allowSharedKeyAccess === false) return undefined;
  const most = Math.min(MOST_DAYS, keyPolicy?.keyExpirationPeriodInDays || MOST_DAYS);
  const old = (['key1', 'key2'] as const).flatMap((name) => {
    const days = Math.floor((Date.parse(today) - Date.parse(keyCreationTime?.[name] ?? '')) / DAY);
    return days > most ? [`${name} is ${days} days old`] : [];
  });
  return old.length > 0 ? old.join(', ') : undefined;
}
