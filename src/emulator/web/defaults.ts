/** Default values of a site, member by member (BEHAVIOUR.md, "API versions"). */
import { isContained } from './contained.ts';
import { nulls } from '../parts.ts';
import { isObject, resourceGroupOf, type JsonObject, type PlanRecord, type SiteRecord } from '../state.ts';

interface Tier {
  /** The tier, as the site repeats it in `properties.sku`. */
  readonly sku: string;
  readonly scaleLimit: number;
}

const TIERS: Readonly<Record<string, Tier>> = {
  Dynamic: { sku: 'Dynamic', scaleLimit: 200 },
  FlexConsumption: { sku: 'FlexConsumption', scaleLimit: 100 },
};

export const tierOf = (plan: PlanRecord): Tier => TIERS[plan.sku.tier] ?? { sku: plan.sku.tier, scaleLimit: 0 };
export const isFlex = (plan: PlanRecord): boolean => plan.sku.tier === 'FlexConsumption';
export const isFunctionApp = ({ kind }: Pick<SiteRecord, 'kind'>): boolean => /functionapp/i.test(kind);
/** Members that only hosts in containers return (recorded in 2026). */
export const isContainerHost = (site: Pick<SiteRecord, 'kind'>, plan: PlanRecord): boolean =>
  isFlex(plan) || /,container$/i.test(site.kind);
const OF_WEB_APP =
  `AppServiceAppLogs AppServiceAuditLogs AppServiceConsoleLogs AppServiceHTTPLogs AppServiceIPSecAuditLogs AppServicePlatformLogs
  ScanLogs`.split(/\s+/);
export const logCategoriesOf = (site: Pick<SiteRecord, 'kind'>, plan: PlanRecord): string[] =>
  isFunctionApp(site)
    ? [
        'FunctionAppLogs',
        'AppServiceAuthenticationLogs',
        ...(isContainerHost(site, plan) ? ['AppServiceAuditLogs', 'AppServiceIPSecAuditLogs'] : []),
      ]
    : [
        ...OF_WEB_APP,
        ...(plan.sku.tier.startsWith('Premium') ? ['AppServiceFileAuditLogs', 'AppServiceAntivirusScanAuditLogs'] : []),
        'AppServiceAuthenticationLogs',
      ];
/** The default host name, as an environment with an internal address gives it to its apps. */
export const hostName = (site: SiteRecord): string => {
  const environment = site.properties['hostingEnvironmentProfile'];
  const id = isObject(environment) ? String(environment['id'] ?? '') : '';
  const domain = id ? `${id.split('/').at(-1) ?? ''}.appserviceenvironment.net` : 'azurewebsites.net';
  return `${site.slot ? `${site.name}-${site.slot}` : site.name}.${domain}`.toLowerCase();
};

export const webSpaceOf = (id: string, location: string): string => `${resourceGroupOf(id)}-${location.replaceAll(' ', '')}webspace`;

/** `properties` of GET {site}, without siteConfig. */
export function siteDefaults(site: SiteRecord, plan: PlanRecord): JsonObject {
  const host = hostName(site);
  const scm = host.replace('.', '.scm.');
  const flex = isFlex(plan);
  const webSpace = flex ? `flex-${site.name}-webspace` : `${webSpaceOf(site.id, site.location)}${plan.linux ? '-Linux' : ''}`;
  const fullName = site.slot ? `${site.name}__${site.slot}` : site.name;
  return {
    name: site.slot ? `${site.name}(${site.slot})` : site.name,
    state: 'Running',
    hostNames: [host],
    webSpace,
    selfLink: `https://waws-prod-am2-001.api.azurewebsites.windows.net:454/webspaces/${webSpace}/sites/${site.name}`,
    repositorySiteName: site.name,
    owner: null,
    usageState: 'Normal',
    // Constant, because state must not change with time.
    lastModifiedTimeUtc: '2026-01-01T00:00:00',
    enabled: true,
    adminEnabled: true,
    siteScopedCertificatesEnabled: flex,
    afdEnabled: false,
    enabledHostNames: [host, scm],
    siteProperties: {
      metadata: null,
      properties: [
        { name: 'LinuxFxVersion', value: site.config['linuxFxVersion'] ?? '' },
        { name: 'WindowsFxVersion', value: site.config['windowsFxVersion'] ?? null },
      ],
      appSettings: null,
    },
    availabilityState: 'Normal',
    ...nulls('sslCertificates'),
    csrs: [],
    ...nulls('cers', 'siteMode'),
    hostNameSslStates: [sslState(host, 'Standard'), sslState(scm, 'Repository')],
    ...nulls('computeMode', 'serverFarm'),
    serverFarmId: plan.id,
    reserved: plan.linux,
    isXenon: false,
    hyperV: false,
    sandboxType: null,
    storageRecoveryDefaultState: 'Running',
    contentAvailabilityState: 'Normal',
    runtimeAvailabilityState: 'Normal',
    dnsConfiguration: {},
    ...nulls('containerAllocationSubnet', 'useContainerLocalhostBindings'),
    outboundVnetRouting: {
      allTraffic: false,
      applicationTraffic: false,
      contentShareTraffic: false,
      imagePullTraffic: false,
      backupRestoreTraffic: false,
    },
    functionAppConfig: flex ? flexConfig(site) : null,
    daprConfig: null,
    deploymentId: fullName,
    ...nulls('slotName', 'trafficManagerHostNames'),
    sku: tierOf(plan).sku,
    scmSiteAlsoStopped: false,
    ...nulls('targetSwapSlot', 'hostingEnvironment', 'hostingEnvironmentProfile'),
    clientAffinityEnabled: !isFunctionApp(site),
    clientAffinityProxyEnabled: false,
    useQueryStringAffinity: false,
    blockPathTraversal: false,
    clientCertEnabled: false,
    clientCertMode: 'Required',
    ...nulls('clientCertExclusionPaths', 'clientCertExclusionEndPoints'),
    hostNamesDisabled: false,
    ipMode: 'IPv4',
    domainVerificationIdentifiers: null,
    customDomainVerificationId: '0'.repeat(64),
    kind: site.kind,
    ...nulls('managedEnvironmentId', 'workloadProfileName', 'resourceConfig'),
    inboundIpAddress: '20.50.2.10',
    possibleInboundIpAddresses: '20.50.2.10',
    inboundIpv6Address: '2603:1020:206:1::10',
    possibleInboundIpv6Addresses: '2603:1020:206:1::10',
    ftpUsername: `${fullName}\\$${fullName}`,
    ftpsHostName: 'ftps://waws-prod-am2-001.ftp.azurewebsites.windows.net/site/wwwroot',
    outboundIpAddresses: '20.50.2.20,20.50.2.21',
    possibleOutboundIpAddresses: '20.50.2.20,20.50.2.21,20.50.2.22',
    outboundIpv6Addresses: '2603:1020:206:1::20',
    possibleOutboundIpv6Addresses: '2603:1020:206:1::20,2603:1020:206:1::21',
    containerSize: 1536,
    dailyMemoryTimeQuota: 0,
    suspendedTill: null,
    siteDisabledReason: 0,
    ...nulls('functionExecutionUnitsCache', 'maxNumberOfWorkers'),
    homeStamp: 'waws-prod-am2-001',
    ...nulls('cloningInfo', 'hostingEnvironmentId'),
    tags: site.tags ?? null,
    resourceGroup: resourceGroupOf(site.id),
    defaultHostName: host,
    slotSwapStatus: null,
    httpsOnly: isContained(site),
    endToEndEncryptionEnabled: false,
    functionsRuntimeAdminIsolationEnabled: false,
    redundancyMode: 'None',
    ...nulls('inProgressOperationId', 'geoDistributions'),
    privateEndpointConnections: [],
    publicNetworkAccess: 'Enabled',
    ...nulls('buildVersion', 'targetBuildVersion', 'migrationState'),
    eligibleLogCategories: logCategoriesOf(site, plan).join(','),
    inFlightFeatures: ['SiteContainers'],
    storageAccountRequired: false,
    virtualNetworkSubnetId: null,
    keyVaultReferenceIdentity: 'SystemAssigned',
    ...nulls('autoGeneratedDomainNameLabelScope', 'privateLinkIdentifiers', 'sshEnabled'),
    hostNamePrivateStates: [],
    legacyServiceEndpointTrafficEvaluation: null,
    ...(flex || !isContainerHost(site, plan) ? {} : { aiIntegration: null, maintenanceEnabled: false, platformVersion: '109.0.7.36' }),
  };
}

function flexConfig(site: SiteRecord): JsonObject {
  return {
    deployment: {
      storage: {
        type: 'blobcontainer',
        value: `https://st${site.name.replaceAll('-', '')}.blob.core.windows.net/app-package`,
        authentication: {
          type: 'storageaccountconnectionstring',
          userAssignedIdentityResourceId: null,
          storageAccountConnectionStringName: 'DEPLOYMENT_STORAGE_CONNECTION_STRING',
        },
      },
    },
    runtime: { name: 'python', version: '3.12' },
    scaleAndConcurrency: { alwaysReady: null, maximumInstanceCount: 100, instanceMemoryMB: 2048, triggers: null },
    siteUpdateStrategy: { type: 'Recreate' },
  };
}

export function sslState(name: string, hostType: string, state = 'Disabled', thumbprint: string | null = null): JsonObject {
  return {
    name,
    sslState: state,
    ...nulls('ipBasedSslResult', 'virtualIP', 'virtualIPv6'),
    thumbprint,
    ...nulls('certificateResourceId', 'toUpdate', 'toUpdateIpBasedSsl'),
    ipBasedSslState: 'NotConfigured',
    hostType,
  };
}
