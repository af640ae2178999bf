/** Default values of config/web, member by member (BEHAVIOUR.md, "API versions"). */
import { isContainerHost, isFlex, isFunctionApp, tierOf } from './defaults.ts';
import { nulls } from '../parts.ts';
import type { JsonObject, PlanRecord, SiteRecord } from '../state.ts';

const made = new Map<string, Readonly<JsonObject>>();

/** `properties` of GET {site}/config/web. Restriction lists are stored without the last row, which the service adds. */
export function configDefaults(plan: PlanRecord, site: Pick<SiteRecord, 'kind'> = { kind: 'functionapp' }): Readonly<JsonObject> {
  // Each answer about a site needs them, and there is one object for each kind of host.
  const kind = JSON.stringify([plan.linux, plan.sku.tier, isContainerHost(site, plan), isFunctionApp(site)]);
  const defaults = made.get(kind) ?? defaultsOf(plan, site);
  made.set(kind, defaults);
  return defaults;
}

function defaultsOf(plan: PlanRecord, site: Pick<SiteRecord, 'kind'>): JsonObject {
  return {
    numberOfWorkers: 1,
    defaultDocuments: [
      'Default.htm',
      'Default.html',
      'Default.asp',
      'index.htm',
      'index.html',
      'iisstart.htm',
      'default.aspx',
      'index.php',
    ],
    netFrameworkVersion: plan.linux ? (isFlex(plan) ? '' : 'v4.0') : 'v8.0',
    phpVersion: '',
    pythonVersion: '',
    nodeVersion: '',
    powerShellVersion: '',
    linuxFxVersion: '',
    ...nulls('windowsFxVersion', 'sandboxType'),
    windowsConfiguredStacks: [],
    requestTracingEnabled: false,
    remoteDebuggingEnabled: false,
    remoteDebuggingVersion: null,
    httpLoggingEnabled: false,
    azureMonitorLogCategories: null,
    acrUseManagedIdentityCreds: false,
    acrUserManagedIdentityID: null,
    logsDirectorySizeLimit: 35,
    detailedErrorLoggingEnabled: false,
    publishingUsername: 'REDACTED',
    ...nulls('publishingPassword', 'appSettings', 'metadata', 'connectionStrings', 'machineKey', 'handlerMappings', 'documentRoot'),
    scmType: 'None',
    use32BitWorkerProcess: !isFlex(plan),
    webSocketsEnabled: false,
    alwaysOn: false,
    ...nulls('javaVersion', 'javaContainer', 'javaContainerVersion'),
    appCommandLine: '',
    managedPipelineMode: 'Integrated',
    virtualApplications: [{ virtualPath: '/', physicalPath: 'site\\wwwroot', preloadEnabled: false, virtualDirectories: null }],
    winAuthAdminState: isContainerHost(site, plan) ? null : 0,
    winAuthTenantState: isContainerHost(site, plan) ? null : 0,
    customAppPoolIdentityAdminState: false,
    customAppPoolIdentityTenantState: false,
    ...nulls('runtimeADUser', 'runtimeADUserPassword'),
    loadBalancing: 'LeastRequests',
    routingRules: [],
    experiments: { rampUpRules: [] },
    limits: null,
    autoHealEnabled: false,
    ...nulls('autoHealRules', 'tracingOptions'),
    vnetName: '',
    vnetRouteAllEnabled: false,
    vnetPrivatePortsCount: 0,
    publicNetworkAccess: null,
    siteAuthEnabled: false,
    siteAuthSettings: authDefaults(),
    ...nulls('cors', 'push', 'apiDefinition', 'apiManagementConfig', 'autoSwapSlotName'),
    localMySqlEnabled: false,
    ...nulls('managedServiceIdentityId', 'xManagedServiceIdentityId', 'keyVaultReferenceIdentity'),
    ipSecurityRestrictions: [],
    ipSecurityRestrictionsDefaultAction: null,
    scmIpSecurityRestrictions: [],
    scmIpSecurityRestrictionsDefaultAction: null,
    scmIpSecurityRestrictionsUseMain: false,
    http20Enabled: false,
    minTlsVersion: '1.2',
    ...nulls('minTlsCipherSuite', 'scmMinTlsCipherSuite', 'supportedTlsCipherSuites', 'scmSupportedTlsCipherSuites'),
    scmMinTlsVersion: '1.2',
    ftpsState: 'FtpsOnly',
    preWarmedInstanceCount: 0,
    // Values that depend on the kind of app.
    functionAppScaleLimit: isFunctionApp(site) ? tierOf(plan).scaleLimit : null,
    elasticWebAppScaleLimit: isFunctionApp(site) ? null : 0,
    healthCheckPath: null,
    fileChangeAuditEnabled: false,
    functionsRuntimeScaleMonitoringEnabled: false,
    websiteTimeZone: null,
    minimumElasticInstanceCount: 0,
    azureStorageAccounts: {},
    http20ProxyFlag: 0,
    sitePort: null,
    antivirusScanEnabled: false,
    storageType: 'StorageVolume',
    sitePrivateLinkHostEnabled: false,
    clusteringEnabled: false,
    webJobsEnabled: false,
  };
}

const AUTH_MEMBERS = `enabled unauthenticatedClientAction tokenStoreEnabled allowedExternalRedirectUrls defaultProvider clientId clientSecret
  clientSecretSettingName clientSecretCertificateThumbprint issuer allowedAudiences additionalLoginParams aadClaimsAuthorization
  googleClientId googleClientSecret googleClientSecretSettingName googleOAuthScopes facebookAppId facebookAppSecret
  facebookAppSecretSettingName facebookOAuthScopes gitHubClientId gitHubClientSecret gitHubClientSecretSettingName gitHubOAuthScopes
  twitterConsumerKey twitterConsumerSecret twitterConsumerSecretSettingName microsoftAccountClientId microsoftAccountClientSecret
  microsoftAccountClientSecretSettingName microsoftAccountOAuthScopes configVersion`;

/** The version 1 settings of authentication inside config/web: hidden from readers, so all are null. */
const AUTH: JsonObject = { ...nulls(...AUTH_MEMBERS.split(/\s+/)), isAadAutoProvisioned: false };
export const authDefaults = (): JsonObject => ({ ...AUTH });

/** Members of config/web that GET {site} returns; the others are null there. */
const TOLD = new Set([
  'numberOfWorkers',
  'linuxFxVersion',
  'windowsFxVersion',
  'acrUseManagedIdentityCreds',
  'alwaysOn',
  'http20Enabled',
  'functionAppScaleLimit',
  'minimumElasticInstanceCount',
  'clusteringEnabled',
  'webJobsEnabled',
]);

export function siteConfigInSite(config: JsonObject, written: boolean): JsonObject {
  const isWebApp = config['elasticWebAppScaleLimit'] !== null;
  const limits = { functionAppScaleLimit: written ? null : 0, elasticWebAppScaleLimit: written ? 0 : null };
  const { siteAuthEnabled: _, siteAuthSettings: __, ...members } = config;
  for (const name of Object.keys(members)) if (!TOLD.has(name)) members[name] = null;
  return isWebApp ? Object.assign(members, limits) : members;
}
