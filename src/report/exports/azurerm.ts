/** What azurerm calls the members of a function app and of its storage account, by resource and path. From the azurerm provider's documentation. */
const app = {
  httpsOnly: 'https_only',
  clientCertEnabled: 'client_certificate_enabled',
  clientCertMode: 'client_certificate_mode',
  clientCertExclusionPaths: 'client_certificate_exclusion_paths',
  publicNetworkAccess: 'public_network_access_enabled',
  dailyMemoryTimeQuota: 'daily_memory_time_quota',
  keyVaultReferenceIdentity: 'key_vault_reference_identity_id',
  virtualNetworkSubnetId: 'virtual_network_subnet_id',
};
const config = {
  minTlsVersion: 'minimum_tls_version',
  scmMinTlsVersion: 'scm_minimum_tls_version',
  http20Enabled: 'http2_enabled',
  ftpsState: 'ftps_state',
  remoteDebuggingEnabled: 'remote_debugging_enabled',
  webSocketsEnabled: 'websockets_enabled',
  'cors.allowedOrigins': 'cors.allowed_origins',
  'cors.supportCredentials': 'cors.support_credentials',
  ipSecurityRestrictions: 'ip_restriction',
  ipSecurityRestrictionsDefaultAction: 'ip_restriction_default_action',
  scmIpSecurityRestrictions: 'scm_ip_restriction',
  scmIpSecurityRestrictionsDefaultAction: 'scm_ip_restriction_default_action',
  scmIpSecurityRestrictionsUseMain: 'scm_use_main_ip_restriction',
};
const account = {
  supportsHttpsTrafficOnly: 'https_traffic_only_enabled',
  minimumTlsVersion: 'min_tls_version',
  allowBlobPublicAccess: 'allow_nested_items_to_be_public',
  allowSharedKeyAccess: 'shared_access_key_enabled',
  allowCrossTenantReplication: 'cross_tenant_replication_enabled',
  defaultToOAuthAuthentication: 'default_to_oauth_authentication',
  publicNetworkAccess: 'public_network_access_enabled',
  networkAcls: 'network_rules',
};
const vault = {
  enableRbacAuthorization: 'rbac_authorization_enabled',
  enablePurgeProtection: 'purge_protection_enabled',
  networkAcls: 'network_acls',
  accessPolicies: 'access_policy',
};

const under = (key: string, owner: string, members: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(members).map(([path, argument]) => [`${key}:properties.${path}`, `${owner}${argument}`]);

export const AZURERM: Readonly<Record<string, string | undefined>> = Object.fromEntries([
  ...under('site', '', app),
  ['site:identity.type', 'identity.type'],
  ...under('siteConfig', 'site_config.', config),
  ...under('scmPolicy', '', { allow: 'webdeploy_publish_basic_authentication_enabled' }),
  ...under('ftpPolicy', '', { allow: 'ftp_publish_basic_authentication_enabled' }),
  ['authSettings:properties', 'auth_settings_v2'],
  ...under('storageAccounts', 'azurerm_storage_account.', account),
  ...under('vaults', 'azurerm_key_vault.', vault),
]);
