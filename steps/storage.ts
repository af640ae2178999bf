import { CONTENT_SHARE, LACKS, routedBy, sameWord, valueOf } from '../src/azure/index.ts';
import { closedFor, closesFirewall, firewallNotes, STORAGE_FIREWALL } from './lib/network/firewalls.ts';
import { accountPolicy, defineStep, repairsAccounts, stop } from '../src/contract/index.ts';
import {
  ACCOUNTS,
  FLAWS,
  judgeKeyless,
  judgeKept,
  keepDeleted,
  KEYLESS,
  KEPT_DAYS,
  othersWithoutKeys,
  overPlainHttp,
  sharers,
  withoutKeys,
  withoutShare,
} from './lib/storage/storage.ts';
import { openPackage, packageBehindFirewall } from './lib/deployments.ts';
import { integratedSubnet, reachesBehind, subnetForRule } from './lib/network/networks.ts';
import { eachSetting } from './lib/each-setting.ts';
import { moreOnAccounts } from './lib/storage/storage-controls.ts';
import { rulesAsPlanned } from './lib/storage/storage-rules.ts';
import { scaleNote } from './lib/monitoring/scale-monitoring.ts';
import { shareIsChecked } from './lib/storage/content-share.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/security-concepts#secure-the-storage-account';
const SHARED = { id: 'shared', reads: ['neighbours'], check: sharers } as const;

export default defineStep({
  id: 'storage',
  title: 'Store data encrypted',
  group: 'operation',
  why: 'The storage account contains the keys, the state and often the code of the app. Anyone who can access the account controls the app.',
  docs: [DOCS, 'https://learn.microsoft.com/azure/storage/common/storage-account-overview'],
  questions: {
    keySource: {
      kind: 'choice',
      optional: true,
      label: 'Who manages the encryption key?',
      help: 'Microsoft.Storage: Microsoft manages the key. Microsoft.Keyvault: you manage the key, and if you lose it, the data is lost.',
      options: ['Microsoft.Storage', 'Microsoft.Keyvault'],
      preselect: 'Microsoft.Storage',
    },
  },
  closes: [
    { at: ['storageAccounts', 'properties.allowSharedKeyAccess'], when: false },
    { at: ['storageAccounts', 'properties.networkAcls'], when: closesFirewall },
  ],
  controls: [
    eachSetting({
      each: ACCOUNTS,
      id: 'secure-transfer',
      label: 'Secure transfer (storage)',
      because: 'Without secure transfer, keys and data can travel unencrypted.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Clients that use HTTP or unencrypted SMB are refused.',
      terraform: 'azurerm_storage_account.https_traffic_only_enabled',
      docs: 'https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer',
      compliance: {
        mcsb: ['DP-3'],
        cis: { '2.0': '3.1', '2.1': '3.1', '3.0': '4.1', '4.0': '10.3.4', '5.0': '9.3.4' },
      },
      policy: accountPolicy(
        '404c3081-a854-4457-ae30-26a93ef643f9',
        'Secure transfer to storage accounts should be enabled',
        repairsAccounts('f81e3117-0093-4b17-8a60-82363134f0eb'),
      ),
      at: 'properties.supportsHttpsTrafficOnly',
      expect: ({ properties }) => FLAWS.transfer(properties),
      wanted: 'on',
      set: true,
      absent: false,
      links: { after: ['appSettings'] },
      guards: [{ id: 'plain-http', reads: ['appSettings', 'connectionStrings'], check: overPlainHttp }, SHARED],
    }),
    eachSetting({
      each: ACCOUNTS,
      id: 'min-tls',
      label: 'Minimum TLS version (storage)',
      because: 'TLS 1.0 and 1.1 have known vulnerabilities.',
      severity: 'medium',
      risk: 'disruptive',
      effect: 'Clients without TLS 1.2 are refused.',
      terraform: 'azurerm_storage_account.min_tls_version',
      docs: 'https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version',
      compliance: {
        mcsb: ['DP-3'],
        cis: { '2.0': '3.15', '2.1': '3.15', '3.0': '4.15', '4.0': '10.3.7', '5.0': '9.3.6' },
      },
      policy: accountPolicy('fe83a0eb-a853-422d-aac2-1bffd182c5d0', 'Storage accounts should have the specified minimum TLS version', {
        parameters: { minimumTlsVersion: { value: 'TLS1_2' } },
      }),
      at: 'properties.minimumTlsVersion',
      expect: ({ properties }) => FLAWS.tls(properties),
      wanted: 'TLS1_2 or later',
      set: 'TLS1_2',
      absent: 'TLS1_0',
      guards: [SHARED],
    }),
    eachSetting({
      each: ACCOUNTS,
      id: 'anonymous-blobs',
      label: 'Anonymous blob access',
      because: 'If anonymous access is allowed, anyone can read a container that is set to public.',
      severity: 'high',
      risk: 'disruptive',
      effect: 'Public containers require authentication.',
      terraform: 'azurerm_storage_account.allow_nested_items_to_be_public',
      docs: 'https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent',
      compliance: { mcsb: ['NS-2'], cis: { '2.0': '3.7', '2.1': '3.17', '3.0': '4.17', '4.0': '10.3.9', '5.0': '9.3.8' } },
      policy: accountPolicy(
        '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751',
        'Storage account public access should be disallowed',
        repairsAccounts('13502221-8df0-4414-9937-de9c5c4e396b'),
      ),
      at: 'properties.allowBlobPublicAccess',
      expect: ({ properties }) => FLAWS.anonymous(properties),
      wanted: 'not allowed',
      set: false,
      absent: true,
      guards: [SHARED, { id: 'package', reads: ['appSettings'], check: openPackage }],
    }),
    eachSetting({
      each: ACCOUNTS,
      id: 'cross-tenant',
      label: 'Cross-tenant replication',
      because: 'Object replication can copy data to a tenant that your organization does not control.',
      severity: 'medium',
      risk: 'safe',
      effect: 'New replication policies to other tenants are refused. Existing policies stay.',
      terraform: 'azurerm_storage_account.cross_tenant_replication_enabled',
      docs: 'https://learn.microsoft.com/azure/storage/blobs/object-replication-prevent-cross-tenant-policies',
      compliance: { cis: { '2.1': '3.16', '3.0': '4.16', '4.0': '10.3.8', '5.0': '9.3.7' } },
      policy: accountPolicy('92a89a79-6c52-4a7e-a03f-61306fc49312', 'Storage accounts should prevent cross tenant object replication'),
      at: 'properties.allowCrossTenantReplication',
      expect: ({ properties }) => FLAWS.crossTenant(properties),
      wanted: 'not allowed',
      set: false,
      absent: true,
    }),
    eachSetting({
      each: ACCOUNTS,
      id: 'entra-first',
      label: 'Portal default authentication',
      because: 'If the portal uses the account key by default, people need permission to read the key.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: 'The portal accesses data with Entra ID instead of the account key.',
      terraform: 'azurerm_storage_account.default_to_oauth_authentication',
      docs: 'https://learn.microsoft.com/azure/storage/blobs/authorize-data-operations-portal',
      compliance: { mcsb: ['IM-1'], cis: { '4.0': '10.3.3.1', '5.0': '9.3.3.1' } },
      at: 'properties.defaultToOAuthAuthentication',
      expect: ({ properties }) => FLAWS.portal(properties),
      wanted: 'with Entra ID',
      set: true,
      absent: false,
    }),
    eachSetting({
      each: KEYLESS,
      id: 'shared-key',
      label: 'Shared key access',
      because: 'An account key gives full access to the account, is shared by all users, and never expires.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'Connection strings with a key, and SAS tokens created from a key, stop working at once in every app that uses them.',
      terraform: 'azurerm_storage_account.shared_access_key_enabled',
      reads: ['site', 'appSettings', 'storageAccounts'],
      writes: ['storageAccounts'],
      docs: 'https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent',
      compliance: { mcsb: ['IM-1'], cis: { '4.0': '10.3.1.3', '5.0': '9.3.1.3' } },
      policy: accountPolicy('8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54', 'Storage accounts should prevent shared key access'),
      verdict: judgeKeyless,
      at: 'properties.allowSharedKeyAccess',
      expect: ({ properties }) => FLAWS.keys(properties),
      wanted: 'not allowed',
      set: false,
      absent: true,
      links: { after: ['appSettings', 'roleAssignments', 'site'] },
      guards: [
        { id: 'L1', reads: ['connectionStrings', 'siteConfig'], check: withoutKeys },
        { id: 'L1', reads: ['neighbours'], check: othersWithoutKeys },
        { id: 'L2', check: withoutShare },
        SHARED,
      ],
    }),
    eachSetting({
      each: ACCOUNTS,
      id: 'network',
      label: 'Storage firewall',
      because: 'Without a firewall, a leaked key gives access to the account from any network.',
      severity: 'high',
      risk: 'lock-out',
      strict: true,
      effect: 'Only the listed networks can reach the account. People, pipelines and other apps on other networks get 403.',
      terraform: 'azurerm_storage_account.network_rules',
      reads: ['site', 'storageAccounts'],
      draftReads: ['vnetConnection', 'virtualNetworks'],
      writes: ['storageAccounts'],
      docs: 'https://learn.microsoft.com/azure/azure-functions/configure-networking-how-to',
      compliance: {
        mcsb: ['NS-2'],
        cis: { '2.0': '3.8', '2.1': '3.8', '3.0': '4.7', '4.0': ['2.2.1.2', '10.3.2.3'], '5.0': '9.3.2.3' },
      },
      policy: accountPolicy('34c877ad-507e-4c82-993e-3452a6e0ad3c', 'Storage accounts should restrict network access'),
      notOn: LACKS.wayToStorage,
      at: 'properties.networkAcls',
      expect: ({ properties }) => FLAWS.network(properties),
      wanted: 'closed except for named networks',
      set: ({ id, properties }, x) =>
        closedFor(rulesAsPlanned(x, id) ?? properties.networkAcls, subnetForRule(x.planned, 'Microsoft.Storage'), x.myIp),
      links: { after: ['vnetConnection', 'site', 'appSettings'] },
      guards: [
        {
          id: 'L3',
          reads: ['vnetConnection', 'virtualNetworks', 'appSettings', 'siteConfig', 'functions'],
          check: (x) => {
            const share = valueOf(x.facts.appSettings, CONTENT_SHARE) !== undefined;
            const { site } = x.planned;
            const joined = { ...site, properties: { ...site.properties, virtualNetworkSubnetId: integratedSubnet(x.planned) ?? null } };
            const routed = routedBy('contentShare', joined, () => x.facts.appSettings) !== undefined;
            return [
              ...x.planned.storageAccounts.value.map(({ properties, ...account }) =>
                reachesBehind(x.planned, 'Microsoft.Storage', { ...account, ...properties }),
              ),
              ...x.facts.storageAccounts.value.flatMap(({ name, properties }) =>
                firewallNotes(name, properties.networkAcls, subnetForRule(x.planned, 'Microsoft.Storage'), x.myIp, STORAGE_FIREWALL),
              ),
              ...scaleNote(x),
              ...shareIsChecked(x),
              ...(share && !routed && !x.app.ase
                ? [
                    stop(
                      'The app reaches its content share outside the virtual network. Route content through the network first (area isolation); otherwise the app has no content after the next restart.',
                    ),
                  ]
                : []),
            ];
          },
        },
        { id: 'package', reads: ['appSettings'], check: packageBehindFirewall },
        SHARED,
      ],
    }),
    eachSetting<'storageAccounts', { readonly keySource?: string }>({
      each: ACCOUNTS,
      id: 'key-source',
      needs: ['keySource'],
      label: 'Encryption key source',
      because: 'All data is encrypted. With a customer-managed key, you control the key and can revoke access.',
      severity: 'low',
      strict: true,
      docs: 'https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview',
      compliance: { mcsb: ['DP-5'], cis: { '2.0': '3.12', '2.1': '3.12', '3.0': '4.11', '4.0': '2.1.1.2.1' } },
      policy: {
        ...accountPolicy('6fac406b-40ca-413b-bf8e-0bf964659c25', 'Storage accounts should use customer-managed key for encryption'),
        effects: ['Audit'],
      },
      expect: ({ properties: { encryption } }, { answers: { keySource } }) => {
        const source = encryption?.keySource ?? 'Microsoft.Storage';
        if (!keySource || sameWord(source, keySource)) return undefined;
        return sameWord(source, 'Microsoft.Keyvault')
          ? `key ${encryption?.keyvaultproperties?.keyname ?? ''} of ${encryption?.keyvaultproperties?.keyvaulturi ?? 'a vault'}`
          : 'managed by Microsoft';
      },
      wanted: ({ answers }) => answers.keySource ?? 'Microsoft.Storage or Microsoft.Keyvault',
      right: ({ properties: { encryption } }) => encryption?.keySource ?? 'Microsoft.Storage',
    }),
    {
      kind: 'rule',
      id: 'soft-delete',
      label: 'Soft delete (storage)',
      because: 'Without soft delete, deleted data cannot be recovered.',
      severity: 'low',
      risk: 'safe',
      strict: true,
      effect: `Deleted blobs, containers and shares are retained for ${KEPT_DAYS} days and billed.`,
      reads: ['blobServices', 'fileServices', 'storageAccounts'],
      writes: ['blobServices', 'fileServices'],
      docs: 'https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview',
      compliance: {
        mcsb: ['BR-2'],
        cis: { '2.0': '3.11', '2.1': '3.11', '3.0': '4.10', '4.0': ['10.1.1', '10.2.1', '10.3.6'], '5.0': ['9.1.1', '9.2.1', '9.2.2'] },
      },
      judge: judgeKept,
      draft: ({ facts }) => [...facts.blobServices.value, ...facts.fileServices.value].flatMap(keepDeleted),
    },
    ...moreOnAccounts(SHARED),
  ],
});
