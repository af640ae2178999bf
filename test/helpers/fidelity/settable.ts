/** What is set by people, by type: the state takes over no more of a recording than this. */

export const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Members of `properties` of a site that are set by people. */
export const OF_SITE = words(`httpsOnly clientCertEnabled clientCertMode clientCertExclusionPaths clientAffinityEnabled publicNetworkAccess
  dailyMemoryTimeQuota keyVaultReferenceIdentity virtualNetworkSubnetId outboundVnetRouting functionAppConfig enabled
  functionsRuntimeAdminIsolationEnabled endToEndEncryptionEnabled managedEnvironmentId storageAccountRequired redundancyMode
  scmSiteAlsoStopped hostNamesDisabled sshEnabled workloadProfileName resourceConfig daprConfig slotSwapStatus targetSwapSlot`);
/** Members of `properties` of a plan that are set by people. */
export const OF_PLAN = words('perSiteScaling reserved zoneRedundant maximumElasticWorkerCount');
/** Members of config/web that are set by people. */
export const OF_CONFIG = words(`ipSecurityRestrictions ipSecurityRestrictionsDefaultAction scmIpSecurityRestrictions
  scmIpSecurityRestrictionsDefaultAction scmIpSecurityRestrictionsUseMain cors http20Enabled minTlsVersion scmMinTlsVersion
  minTlsCipherSuite ftpsState alwaysOn netFrameworkVersion phpVersion pythonVersion nodeVersion powerShellVersion linuxFxVersion windowsFxVersion javaVersion javaContainer javaContainerVersion
  use32BitWorkerProcess numberOfWorkers preWarmedInstanceCount appCommandLine webSocketsEnabled remoteDebuggingEnabled
  remoteDebuggingVersion functionsRuntimeScaleMonitoringEnabled requestTracingEnabled httpLoggingEnabled
  detailedErrorLoggingEnabled autoHealEnabled healthCheckPath minimumElasticInstanceCount functionAppScaleLimit localMySqlEnabled
  managedPipelineMode loadBalancing scmType azureStorageAccounts defaultDocuments virtualApplications vnetName autoSwapSlotName
  acrUseManagedIdentityCreds acrUserManagedIdentityID azureMonitorLogCategories routingRules experiments limits`);
/** Members of `properties` of a role definition that are set by people; those of a built-in role by Microsoft. */
export const OF_ROLE = words('roleName type description assignableScopes permissions');
/** Members of `properties` of a subnet that are set by people. */
export const OF_SUBNET = words('addressPrefix addressPrefixes delegations serviceEndpoints routeTable networkSecurityGroup natGateway');
/** Members of `properties` of other resources that are set by people. */
export const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  'microsoft.keyvault/vaults': words(`sku tenantId accessPolicies enabledForDeployment enabledForDiskEncryption enabledForTemplateDeployment
    softDeleteRetentionInDays enableRbacAuthorization enablePurgeProtection networkAcls publicNetworkAccess`),
  'microsoft.keyvault/vaults/secrets': [],
  'microsoft.storage/storageaccounts': words(`minimumTlsVersion allowBlobPublicAccess supportsHttpsTrafficOnly allowSharedKeyAccess
    allowCrossTenantReplication publicNetworkAccess defaultToOAuthAuthentication accessTier networkAcls dnsEndpointType isHnsEnabled
    isNfsV3Enabled isLocalUserEnabled isSftpEnabled encryption customDomain sasPolicy keyPolicy routingPreference largeFileSharesState
    azureFilesIdentityBasedAuthentication immutableStorageWithVersioning allowedCopyScope`),
  'microsoft.authorization/roleassignments': words('roleDefinitionId principalId principalType description condition conditionVersion'),
  'microsoft.insights/diagnosticsettings': words(
    'storageAccountId workspaceId eventHubAuthorizationRuleId eventHubName serviceBusRuleId marketplacePartnerId logs metrics logAnalyticsDestinationType',
  ),
  'microsoft.insights/components': words(
    'Application_Type WorkspaceResourceId Request_Source SamplingPercentage DisableIpMasking DisableLocalAuth ForceCustomerStorageForProfiler',
  ),
  'microsoft.storage/storageaccounts/fileservices': words('protocolSettings shareDeleteRetentionPolicy cors'),
  'microsoft.storage/storageaccounts/blobservices': words(
    'deleteRetentionPolicy containerDeleteRetentionPolicy cors defaultServiceVersion changeFeed restorePolicy isVersioningEnabled automaticSnapshotPolicyEnabled',
  ),
  'microsoft.cdn/profiles/afdendpoints/routes': words(
    'originGroup supportedProtocols patternsToMatch linkToDefaultDomain httpsRedirect forwardingProtocol',
  ),
  'microsoft.operationalinsights/workspaces': words('sku retentionInDays'),
  'microsoft.securityinsights/onboardingstates': [],
  'microsoft.network/privateendpoints': words('subnet'),
  'microsoft.network/privateendpoints/privatednszonegroups': words('privateDnsZoneConfigs'),
  // What the emulator only shows, it shows as it was put there.
  'microsoft.cdn/profiles': words('frontDoorId originResponseTimeoutSeconds'),
  'microsoft.cdn/profiles/origingroups/origins': words('originGroupName hostName httpPort httpsPort originHostHeader priority weight'),
  'microsoft.cdn/profiles/securitypolicies': words('parameters'),
  'microsoft.network/frontdoorwebapplicationfirewallpolicies': words('policySettings customRules managedRules'),
  'microsoft.network/applicationgatewaywebapplicationfirewallpolicies': words('policySettings customRules managedRules'),
  'microsoft.network/applicationgateways': words(
    'sku gatewayIPConfigurations backendAddressPools firewallPolicy frontendIPConfigurations frontendPorts backendHttpSettingsCollection httpListeners requestRoutingRules sslCertificates authenticationCertificates probes redirectConfigurations urlPathMaps sslPolicy webApplicationFirewallConfiguration autoscaleConfiguration enableHttp2 sslProfiles rewriteRuleSets trustedRootCertificates',
  ),
};
/** Members whose values are compared, not only their types, because the emulator received them. */
export const SETTABLE: ReadonlySet<string> = new Set([
  ...[...OF_SITE, ...OF_CONFIG, ...Object.values(OF_TYPE).flat(), 'allow']
    // Its rows come back with more than was sent.
    .filter((name) => name !== 'privateDnsZoneConfigs')
    .map((name) => `properties.${name}`),
  ...words('kind tags sku functionKeys.keyname1 identity.type'),
]);
