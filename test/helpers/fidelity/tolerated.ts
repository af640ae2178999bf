/** The differences from the recordings that the fidelity test allows, each with its reason. An entry that no recording needs fails the test. */
export interface Tolerated {
  readonly name: string;
  readonly reason: string;
  /** Only for recordings with a different api-version than the one that func-harden uses. */
  readonly olderVersion?: true;
  /** Seen in recordings that are not in the repository, so no difference has to match. */
  readonly elsewhere?: true;
  /** Each pattern has to match a difference, written as `place: difference`. */
  readonly fits: readonly RegExp[];
}

const SITES = String.raw`(?:site|sites|slots|operation of a site): `;
const onSites = (difference: string): RegExp => new RegExp(`^${SITES}${difference}`);

export const TOLERATED: readonly Tolerated[] = [
  {
    name: 'Newer members',
    reason: 'the service adds members to the answers of all API versions; an older recording does not have them',
    olderVersion: true,
    fits: [/: more /],
  },
  {
    name: 'Members of 2026',
    reason: 'sites have three members and plans four that answers of the same API version did not have in 2025',
    fits: [
      onSites(
        String.raw`more (value\[\]\.)?properties\.(hostNamePrivateStates|legacyServiceEndpointTrafficEvaluation|siteConfig\.webJobsEnabled)$`,
      ),
      /^config\/web: more properties\.webJobsEnabled$/,
      /^plan: more properties\.(targetWorkerSku|isCustomMode|powerState|eligibleLogCategories)$/,
    ],
  },
  {
    name: 'Older `siteConfig`',
    reason: 'it was null in every answer until 2020, and all its members were null in answers to PUT for some months after',
    olderVersion: true,
    fits: [
      onSites(String.raw`type of (value\[\]\.)?properties\.siteConfig: null`),
      onSites(String.raw`type of (value\[\]\.)?properties\.siteConfig\.\w+: null`),
    ],
  },
  {
    name: 'Older sites',
    reason: 'members that no longer exist, and values with a different form, in recordings of 2017 to 2024',
    olderVersion: true,
    fits: [
      onSites(String.raw`missing properties\.(gatewaySiteName|microService|premiumAppDeployed|defaultHostNameScope)$`),
      onSites(String.raw`type of (value\[\]\.)?properties\.(computeMode|siteMode): string`),
      onSites(String.raw`type of (value\[\]\.)?properties\.(privateEndpointConnections: null|sslCertificates: list)`),
    ],
  },
  {
    name: 'Older values of config/web',
    reason: 'members that no longer exist, and values with a different form, in recordings of 2017 to 2022',
    olderVersion: true,
    fits: [
      /^config\/web: type of properties\.(appSettings|connectionStrings|ipSecurityRestrictions): null, here list$/,
      /^config\/web: value of properties\.(remoteDebuggingVersion|minimumElasticInstanceCount|netFrameworkVersion|javaContainer): /,
      /^config\/web: type of properties\.(remoteDebuggingVersion|powerShellVersion|preWarmedInstanceCount|managedServiceIdentityId): null/,
      /^config\/web: type of properties\.(autoHealRules: object|winAuth(Admin|Tenant)State: number), here null$/,
      /^config\/web: missing properties\.(reservedInstanceCount|siteAuthSettings\.httpApiPrefixPath)$/,
    ],
  },
  {
    name: 'Other older answers',
    reason: 'functions, plans, metric rows, components and credentials had members and values that no longer exist',
    olderVersion: true,
    fits: [
      /^functions: type of value\[\]\.properties\.(language|test_data_href|secrets_file_href): /,
      /^plan: type of properties\.freeOfferExpirationTime: string/,
      /^diagnostic setting: value of properties\.metrics\[\]\.timeGrain: /,
      /^component: missing (value\[\]\.)?properties\.(Retention|CustomMetricsOptedInType|HockeyAppId|HockeyAppToken|PackageId)$/,
      /^publishing credentials: value of id: /,
    ],
  },
  {
    name: 'Older quota headers',
    reason:
      'the remaining requests of the tenant are reported since 2024, and listing the keys of a storage account counted as a write until 2019; func-harden reads the remaining requests of the subscription',
    fits: [
      /: header x-ms-ratelimit-remaining-subscription-global-(reads|writes|deletes): missing, here$/,
      onSites('header x-ms-ratelimit-remaining-subscription-(resource-requests|writes): '),
      /^storage keys: header x-ms-ratelimit-remaining-subscription-(resource-requests|writes): /,
    ],
  },
  {
    name: 'Older ETags',
    reason: 'in older API versions, writes of a plan and of the settings of a slot had no ETag, and a list of sites had one',
    olderVersion: true,
    fits: [/^(plan|appsettings|config\/web): header etag: missing, here$/, /^sites: header etag: there, not here$/],
  },
  {
    name: 'ETag of authsettingsV2',
    reason: 'the answer to PUT had one until 2023, and has none since 2025',
    fits: [/^authsettingsV2: header etag: there, not here$/],
  },
  {
    name: 'Scale limit of a slot',
    reason: 'the first answer for a slot that is created without a kind shows the limit of a web app',
    fits: [/^site: type of properties\.siteConfig\.(elasticWebApp|functionApp)ScaleLimit: /],
  },
  {
    name: 'Host names',
    reason: 'a new slot can get a host name with a hash, and custom host names come with bindings, which the emulator only reads',
    fits: [
      /^site: value of properties\.hostNameSslStates\[\]\.name: /,
      /^site: (length|type|missing|value)( of)? properties\.(enabledHostNames|hostNames|hostNameSslStates)/,
    ],
  },
  {
    name: '`publicNetworkAccess` written as Enabled',
    reason: 'the service returns Enabled or null, which mean the same; the state of the emulator does not contain default values',
    fits: [/^config\/web: type of properties\.publicNetworkAccess: string, here null$/],
  },
  {
    name: 'Log level of Dapr',
    reason: 'the service sets a default on Container Apps; func-harden neither reads nor writes it',
    fits: [/^operation of a site: type of properties\.daprConfig\.logLevel: /],
  },
  {
    name: 'Replication of an old account',
    reason:
      'the accounts of one recording do not have `allowCrossTenantReplication`; the emulator always reports it, as the other recordings do',
    fits: [/^storage account: more properties\.allowCrossTenantReplication$/],
  },
  {
    name: 'Extensions of a Defender plan',
    reason: 'the recorded plans for virtual machines and storage have sub-plans and extensions that the service adds; AppServices has none',
    fits: [/^Defender plans?: (missing|more) (value\[\]\.)?properties\.(subPlan|enablementTime|extensions\[\]\.\w+)$/],
  },
  {
    name: 'Pages of vaults',
    reason: 'the service ends a page after five vaults; the emulator has all vaults on the first page, and an empty second page',
    olderVersion: true,
    elsewhere: true,
    fits: [/^vaults: (missing|more) nextLink$/],
  },
  {
    name: 'List of Defender plans',
    reason: 'the service adds and removes plans; the emulator lists all known plans and marks two as replaced',
    fits: [/^Defender plans: length of value: /, /^Defender plans: (missing|more) value\[\]\.properties\.(deprecated|replacedBy)$/],
  },
  {
    name: 'Short-lived answers',
    reason:
      'members that were added and removed, or had a different form for some time in the same API version, in recordings of 2017 to 2024 that are not in the repository',
    olderVersion: true,
    elsewhere: true,
    fits: [
      onSites(String.raw`length of properties\.inFlightFeatures: 0`),
      onSites(String.raw`missing (value\[\]\.)?properties\.(outboundVnetRouting|secretsCollection|snapshotInfo|dnsConfiguration\.\w+)$`),
      onSites(String.raw`missing value\[\]\.properties\.defaultHostNameScope$`),
      onSites(String.raw`type of (value\[\]\.)?properties\.(httpsOnly: null|publicNetworkAccess: string|vnetBackupRestoreEnabled: null)`),
      onSites(String.raw`length of properties\.siteProperties\.properties: `),
      /^plan: type of properties\.(vnetConnections(Used|Max): number|provisioningState: null)/,
      /^plan: missing properties\.azBalancing$/,
      /^config\/web: type of properties\.(scmIpSecurityRestrictions: null|remoteDebuggingVersion: string|java\w+: null)/,
      /^config\/web: value of (id|type): /,
      /^storage (account|operation|accounts): missing (value\[\]\.)?properties\.(trustedDirectories|azureFilesAadIntegration)$/,
      /^(storage (account|operation)|Front Door profiles?): header (content-type|x-ms-ratelimit-remaining-subscription-(resource-requests|reads)): /,
      /^workspace: (missing|value of) (name: |properties\.(source|sku\.(name|lastSkuUpdate)))/,
      /^component: type of (value\[\]\.)?properties\.Flow_Type: /,
      /^(VNet integration|site|slots): header etag: missing, here$/,
      /^plan: type of properties\.siteMode: null/,
      /^role (assignments|definitions): missing (nextLink|value\[\]\.properties\.scope)$/,
      /^role definitions: type of value\[\]\.properties\.(created|updated)By: /,
      /^config\/web: type of properties\.autoHealRules: null/,
      /^(user-assigned identity: missing properties\.clientSecretUrl|authsettings\/list: missing tags)$/,
      /^(vault|application gateway): value of error\.code: "NotFound"/,
    ],
  },
  {
    name: 'Quota of deletions',
    reason: 'until 2019, some providers counted a DELETE as a write and others did not count it, and other writes were counted by region',
    olderVersion: true,
    elsewhere: true,
    fits: [/: header x-ms-ratelimit-remaining-subscription-(writes|deletes|resource-requests): /],
  },
  {
    name: 'Position of a query error',
    reason: 'Resource Graph reports the position in the query; the emulator describes the error',
    olderVersion: true,
    elsewhere: true,
    fits: [/^Resource Graph: (missing|value of|length of) error\./],
  },
  {
    name: 'Creator of a role assignment',
    reason: 'the creator of an old assignment is unknown, and only the directory knows the type of a principal',
    elsewhere: true,
    fits: [/^role assignments?: (type of (value\[\]\.)?properties\.(createdBy|updatedBy): |value of properties\.principalType: )/],
  },
  {
    name: 'Built-in roles',
    reason: 'the service has hundreds of roles and changes their permissions; the emulator has the roles that matter to func-harden',
    elsewhere: true,
    fits: [/^role definitions: length of value(\[\]\.properties\.permissions\[\]\.\w+)?: /],
  },
  {
    name: 'Subnets in use',
    reason: 'the emulator does not store who uses a subnet, nor the pool of its addresses',
    elsewhere: true,
    fits: [
      /^subnet: missing properties\.(serviceAssociationLinks|ipConfigurations|ipamPoolPrefixAllocations|resourceNavigationLinks|serviceTunnels)$/,
    ],
  },
  {
    name: 'Other features of a storage account',
    reason: 'members of features that func-harden does not use, and times that old accounts do not have',
    elsewhere: true,
    fits: [
      /^storage (account|operation|accounts): missing (value\[\]\.)?(extendedLocation|properties\.(primaryExtendedLocation|lastGeoFailoverTime|geoReplicationStats|sasPolicy|routingPreference))/,
      /^storage (account|operation|accounts): missing (value\[\]\.)?properties\.(blobRestoreStatus|accountType|secondaryLocation|statusOfSecondary|accessTier|hnsOnMigration|immutableStorage|azureFilesIdentity|largeFileShares|enableExtended|accountMigration|networkAcls\.\w+\[\]\.state)/,
      /^storage accounts: type of value\[\]\.properties\.keyCreationTime\.key\d: null/,
      /^storage accounts: length of value\[\]\.properties\.privateEndpointConnections: /,
    ],
  },
  {
    name: 'Defaults of a new storage account',
    reason: 'the default minimum TLS version and anonymous access differ by month and subscription',
    elsewhere: true,
    fits: [/^storage (account|operation): value of properties\.(allowBlobPublicAccess|minimumTlsVersion): /],
  },
  {
    name: 'Emptied sticky names',
    reason: 'the service returns empty lists and not null; the state of the emulator does not contain default values',
    elsewhere: true,
    fits: [/^slotConfigNames: type of properties\.\w+: list, here null$/],
  },
  {
    name: 'Certificates of host names',
    reason: 'the service shows the certificate of a binding; the emulator does not store certificates',
    elsewhere: true,
    fits: [/^host name bindings: (missing value\[\]\.properties\.(sslState|thumbprint)$|value of value\[\]\.type: )/],
  },
];
