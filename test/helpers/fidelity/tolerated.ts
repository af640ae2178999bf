/**
 * What the fidelity test lets pass: each by name, with the reason. An entry that nothing needs fails the test. `src/emulator/BEHAVIOUR.md`
 * has the same list for those who read about the emulator.
 */
export interface Tolerated {
  readonly name: string;
  readonly reason: string;
  /** Only of recordings with another api-version than the tool speaks. */
  readonly olderVersion?: true;
  /** Seen in recordings that are not at hand: nothing here has to fit. */
  readonly elsewhere?: true;
  /** Each has to fit some difference: `place: difference`. */
  readonly fits: readonly RegExp[];
}

const SITES = String.raw`(?:site|sites|slots|operation of a site): `;
const onSites = (difference: string): RegExp => new RegExp(`^${SITES}${difference}`);

export const TOLERATED: readonly Tolerated[] = [
  {
    name: 'Members that came later',
    reason: 'the service adds members to answers of all its versions; an older recording has those of its day',
    olderVersion: true,
    fits: [/: more /],
  },
  {
    name: 'Members of 2026',
    reason: 'sites tell three members and plans four that answers of the same version did not have in 2025',
    fits: [
      onSites(
        String.raw`more (value\[\]\.)?properties\.(hostNamePrivateStates|legacyServiceEndpointTrafficEvaluation|siteConfig\.webJobsEnabled)$`,
      ),
      /^config\/web: more properties\.webJobsEnabled$/,
      /^plan: more properties\.(targetWorkerSku|isCustomMode|powerState|eligibleLogCategories)$/,
    ],
  },
  {
    name: 'A `siteConfig` of its day',
    reason: 'null in every answer until 2020, and all null in answers to a PUT for some months after',
    olderVersion: true,
    fits: [
      onSites(String.raw`type of (value\[\]\.)?properties\.siteConfig: null`),
      onSites(String.raw`type of (value\[\]\.)?properties\.siteConfig\.\w+: null`),
    ],
  },
  {
    name: 'Older sites',
    reason: 'members that were removed since, and values that were reported differently, in recordings of 2017 to 2024',
    olderVersion: true,
    fits: [
      onSites(String.raw`missing properties\.(gatewaySiteName|microService|premiumAppDeployed|defaultHostNameScope)$`),
      onSites(String.raw`type of (value\[\]\.)?properties\.(computeMode|siteMode): string`),
      onSites(String.raw`type of (value\[\]\.)?properties\.(privateEndpointConnections: null|sslCertificates: list)`),
    ],
  },
  {
    name: 'Older values of config/web',
    reason: 'members that were removed since, and values that were reported differently, in recordings of 2017 to 2022',
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
    name: 'Other answers of their day',
    reason: 'functions, plans, metric rows, components and credentials had members and values that were removed since',
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
    name: 'Older counts of the quota',
    reason:
      'the remaining requests of the whole tenant were reported from 2024 on, and the keys of an account were counted as writes until 2019; the tool reads what is left of the subscription',
    fits: [
      /: header x-ms-ratelimit-remaining-subscription-global-(reads|writes|deletes): missing, here$/,
      onSites('header x-ms-ratelimit-remaining-subscription-(resource-requests|writes): '),
      /^storage keys: header x-ms-ratelimit-remaining-subscription-(resource-requests|writes): /,
    ],
  },
  {
    name: 'ETags of their day',
    reason: 'a plan and the settings of a slot were written without one in older versions, a list of sites read with one',
    olderVersion: true,
    fits: [/^(plan|appsettings|config\/web): header etag: missing, here$/, /^sites: header etag: there, not here$/],
  },
  {
    name: 'ETag of authsettingsV2',
    reason: 'a PUT was answered with one until 2023; without one since 2025',
    fits: [/^authsettingsV2: header etag: there, not here$/],
  },
  {
    name: 'Scale limit of a slot',
    reason: 'a slot that is made without a kind tells the limit of a web app in the first answer',
    fits: [/^site: type of properties\.siteConfig\.(elasticWebApp|functionApp)ScaleLimit: /],
  },
  {
    name: 'Host names',
    reason: 'a new slot may get a name with a hash in it, and custom names come with bindings, which are only read here',
    fits: [
      /^site: value of properties\.hostNameSslStates\[\]\.name: /,
      /^site: (length|type|missing|value)( of)? properties\.(enabledHostNames|hostNames|hostNameSslStates)/,
    ],
  },
  {
    name: '`publicNetworkAccess` written as Enabled',
    reason: 'it may come back as that or as null; both mean the same, and what is back at its default leaves no trace in the state',
    fits: [/^config\/web: type of properties\.publicNetworkAccess: string, here null$/],
  },
  {
    name: 'Log level of Dapr',
    reason: 'the service puts in a default on Container Apps; the tool neither reads nor writes it',
    fits: [/^operation of a site: type of properties\.daprConfig\.logLevel: /],
  },
  {
    name: 'Replication of an old account',
    reason: 'accounts of one recording leave `allowCrossTenantReplication` out; here it is always reported, as in the others',
    fits: [/^storage account: more properties\.allowCrossTenantReplication$/],
  },
  {
    name: 'Extensions of a Defender plan',
    reason:
      'the recorded plans for virtual machines and storage have sub-plans and extensions that the service fills in; AppServices has none',
    fits: [/^Defender plans?: (missing|more) (value\[\]\.)?properties\.(subPlan|enablementTime|extensions\[\]\.\w+)$/],
  },
  {
    name: 'Pages of vaults',
    reason: 'the service cuts a list after five; here all are on the first page, and the second one is empty',
    olderVersion: true,
    elsewhere: true,
    fits: [/^vaults: (missing|more) nextLink$/],
  },
  {
    name: 'Which Defender plans there are',
    reason: 'plans come and go; here all that are known have their place, and two are marked as replaced',
    fits: [/^Defender plans: length of value: /, /^Defender plans: (missing|more) value\[\]\.properties\.(deprecated|replacedBy)$/],
  },
  {
    name: 'Answers of a month',
    reason:
      'members that were added and removed, or were reported differently for a time by the same version, in recordings of 2017 to 2024 that are not at hand',
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
    name: 'Counts of deletions',
    reason: 'a DELETE was counted as a write by some providers and by others not at all until 2019, and other writes by place',
    olderVersion: true,
    elsewhere: true,
    fits: [/: header x-ms-ratelimit-remaining-subscription-(writes|deletes|resource-requests): /],
  },
  {
    name: 'Where a parser stopped',
    reason: 'Resource Graph names the place in the query; here the sentence says what is wrong',
    olderVersion: true,
    elsewhere: true,
    fits: [/^Resource Graph: (missing|value of|length of) error\./],
  },
  {
    name: 'Who made an assignment',
    reason: 'the creator of an old assignment is unknown, and only the directory knows the type of the principal',
    elsewhere: true,
    fits: [/^role assignments?: (type of (value\[\]\.)?properties\.(createdBy|updatedBy): |value of properties\.principalType: )/],
  },
  {
    name: 'Built-in roles',
    reason: 'the service has hundreds and changes what they allow; here are those that matter to the tool',
    elsewhere: true,
    fits: [/^role definitions: length of value(\[\]\.properties\.permissions\[\]\.\w+)?: /],
  },
  {
    name: 'Subnets in use',
    reason: 'who uses a subnet, and which pool its addresses are from, is not held here',
    elsewhere: true,
    fits: [
      /^subnet: missing properties\.(serviceAssociationLinks|ipConfigurations|ipamPoolPrefixAllocations|resourceNavigationLinks|serviceTunnels)$/,
    ],
  },
  {
    name: 'Other features of an account',
    reason: 'members that come with features that the tool does not touch, and times that old accounts do not know',
    elsewhere: true,
    fits: [
      /^storage (account|operation|accounts): missing (value\[\]\.)?(extendedLocation|properties\.(primaryExtendedLocation|lastGeoFailoverTime|geoReplicationStats|sasPolicy|routingPreference))/,
      /^storage (account|operation|accounts): missing (value\[\]\.)?properties\.(blobRestoreStatus|accountType|secondaryLocation|statusOfSecondary|accessTier|hnsOnMigration|immutableStorage|azureFilesIdentity|largeFileShares|enableExtended|accountMigration|networkAcls\.\w+\[\]\.state)/,
      /^storage accounts: type of value\[\]\.properties\.keyCreationTime\.key\d: null/,
      /^storage accounts: length of value\[\]\.properties\.privateEndpointConnections: /,
    ],
  },
  {
    name: 'Defaults of a new account',
    reason: 'the least TLS version and anonymous access of an account that is made without them differ by month and subscription',
    elsewhere: true,
    fits: [/^storage (account|operation): value of properties\.(allowBlobPublicAccess|minimumTlsVersion): /],
  },
  {
    name: 'Sticky names that were emptied',
    reason: 'their lists stay empty and are not null again; here what is back at its default leaves no trace in the state',
    elsewhere: true,
    fits: [/^slotConfigNames: type of properties\.\w+: list, here null$/],
  },
  {
    name: 'Certificates of host names',
    reason: 'a binding with a certificate tells it; certificates are not held here',
    elsewhere: true,
    fits: [/^host name bindings: (missing value\[\]\.properties\.(sslState|thumbprint)$|value of value\[\]\.type: )/],
  },
];
