/** Controls of the area storage about one member of an account or of its shares. steps/storage.ts has the others. */
import { accountPolicy, type Control, type Guard } from '../../../src/contract/index.ts';
import { ACCOUNTS, mountsByNfs, overPlainHttp } from './storage.ts';
import { eachSetting } from '../each-setting.ts';
import {
  bypassOf,
  isWrittenWhole,
  hasSftp,
  judgeKeyAge,
  KEY_AGE,
  mountsBySmb,
  oldKeys,
  SHARES,
  missingException,
  TRUSTED,
  unrestricted,
  weakSmb,
  withSmb,
} from './storage-rules.ts';

/** The guards of secure transfer. Each reads its own part, so that one part without permission does not hide what another one shows. */
export const ENCRYPTED: readonly Guard<unknown>[] = [
  { id: 'plain-http', reads: ['appSettings', 'connectionStrings'], check: overPlainHttp },
  { id: 'plain-http', reads: ['siteConfig'], check: mountsByNfs },
];

/** Returns these controls. `shared`: the guard that names other users of an account. */
export const moreOnAccounts = (shared: Guard<unknown>): readonly Control<unknown>[] => [
  eachSetting({
    each: ACCOUNTS,
    id: 'sftp',
    label: 'SFTP access',
    because: 'SFTP authenticates local users with a password or SSH key, which bypasses Entra ID and its policies.',
    severity: 'low',
    risk: 'disruptive',
    strict: true,
    effect: 'Clients that connect by SFTP are refused.',
    docs: 'https://learn.microsoft.com/azure/storage/blobs/secure-file-transfer-protocol-support',
    at: 'properties.isSftpEnabled',
    expect: ({ properties }) => hasSftp(properties),
    wanted: 'off',
    set: false,
    guards: [shared],
  }),
  eachSetting({
    each: ACCOUNTS,
    id: 'trusted-services',
    label: 'Trusted services exception',
    because: 'Without the exception, a closed firewall also blocks Azure Backup, Azure Monitor and Event Grid.',
    severity: 'low',
    risk: 'safe',
    strict: true,
    effect: 'Trusted Azure services can pass the firewall with their identity.',
    docs: 'https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services',
    compliance: {
      cis: { '2.0': '3.9', '2.1': '3.9', '3.0': '4.8', '4.0': '10.3.5', '5.0': '9.3.5', '6.0': '9.3.5' },
    },
    policy: accountPolicy('c9d007d0-c057-4772-b18c-01e546713bcd', 'Storage accounts should allow access from trusted Microsoft services'),
    at: 'properties.networkAcls.bypass',
    expect: ({ properties }) => missingException(properties),
    wanted: 'trusted Azure services allowed',
    set: ({ properties }) => [...bypassOf(properties.networkAcls), TRUSTED].join(', '),
    absent: TRUSTED,
    unless: isWrittenWhole,
  }),
  eachSetting({
    each: SHARES,
    id: 'smb-encryption',
    label: 'SMB versions and encryption',
    because: 'SMB 2.1 has no encryption, and SMB 3.0 and AES-CCM are weaker than the versions that current clients support.',
    severity: 'low',
    risk: 'disruptive',
    strict: true,
    effect: 'Clients that mount a share with an older SMB version or a weaker cipher are refused.',
    docs: 'https://learn.microsoft.com/azure/storage/files/files-smb-protocol#smb-security-settings',
    compliance: { mcsb: ['DP-3'], cis: { '4.0': '10.1.2', '5.0': '9.1.2', '6.0': '9.1.2' } },
    at: 'properties.protocolSettings',
    expect: weakSmb,
    wanted: 'SMB 3.1.1 with AES-GCM',
    set: withSmb,
    links: unrestricted,
    guards: [shared, { id: 'mounts', check: mountsBySmb }],
  }),
  eachSetting({
    each: ACCOUNTS,
    id: 'key-age',
    label: 'Storage account key age',
    because: 'A leaked key gives access to the account until the key is rotated.',
    severity: 'low',
    strict: true,
    docs: 'https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage#create-a-key-expiration-policy',
    compliance: {
      mcsb: ['DP-6'],
      cis: { '2.0': '3.4', '2.1': '3.4', '3.0': '4.4', '4.0': '10.3.1.2', '5.0': '9.3.1.2', '6.0': '9.3.1.2' },
    },
    policy: accountPolicy('044985bb-afe1-42cd-8a36-9d5d42424537', 'Storage account keys should not be expired'),
    expect: ({ properties }, { today }) => oldKeys(properties, today),
    wanted: KEY_AGE,
    verdict: judgeKeyAge,
  }),
];
