/**
 * The emulator's state as a recording shows it. Only what somebody set is taken over; everything else must come from the
 * emulator's own defaults, or comparing would compare the recording with itself.
 */
import { keyOf, isObject, type Json, type JsonObject, type PlanRecord, type SiteRecord, type State } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';
import { pathOf } from './places.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Members of `properties` of a site that are set by people. */
const OF_SITE = words(`httpsOnly clientCertEnabled clientCertMode clientCertExclusionPaths clientAffinityEnabled publicNetworkAccess
  dailyMemoryTimeQuota keyVaultReferenceIdentity virtualNetworkSubnetId outboundVnetRouting functionAppConfig enabled
  functionsRuntimeAdminIsolationEnabled endToEndEncryptionEnabled managedEnvironmentId storageAccountRequired redundancyMode
  scmSiteAlsoStopped hostNamesDisabled sshEnabled workloadProfileName resourceConfig daprConfig`);
/** Members of config/web that are set by people. */
const OF_CONFIG = words(`ipSecurityRestrictions ipSecurityRestrictionsDefaultAction scmIpSecurityRestrictions
  scmIpSecurityRestrictionsDefaultAction scmIpSecurityRestrictionsUseMain cors http20Enabled minTlsVersion scmMinTlsVersion
  minTlsCipherSuite ftpsState alwaysOn netFrameworkVersion phpVersion pythonVersion nodeVersion powerShellVersion linuxFxVersion
  use32BitWorkerProcess numberOfWorkers preWarmedInstanceCount appCommandLine webSocketsEnabled remoteDebuggingEnabled
  remoteDebuggingVersion functionsRuntimeScaleMonitoringEnabled requestTracingEnabled httpLoggingEnabled
  detailedErrorLoggingEnabled autoHealEnabled healthCheckPath minimumElasticInstanceCount functionAppScaleLimit localMySqlEnabled
  managedPipelineMode loadBalancing scmType azureStorageAccounts defaultDocuments virtualApplications vnetName`);
/** Members of `properties` of other resources that are set by people. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  'microsoft.keyvault/vaults': words(`sku tenantId accessPolicies enabledForDeployment enabledForDiskEncryption enabledForTemplateDeployment
    softDeleteRetentionInDays enableRbacAuthorization enablePurgeProtection networkAcls publicNetworkAccess`),
  'microsoft.keyvault/vaults/secrets': [],
  'microsoft.storage/storageaccounts': words(`minimumTlsVersion allowBlobPublicAccess supportsHttpsTrafficOnly allowSharedKeyAccess
    allowCrossTenantReplication publicNetworkAccess defaultToOAuthAuthentication accessTier`),
  'microsoft.authorization/roleassignments': words('roleDefinitionId principalId principalType description condition conditionVersion'),
  'microsoft.insights/diagnosticsettings': words('storageAccountId workspaceId logs metrics logAnalyticsDestinationType'),
  'microsoft.insights/components': words('Application_Type WorkspaceResourceId'),
  'microsoft.operationalinsights/workspaces': [],
  'microsoft.securityinsights/onboardingstates': [],
  'microsoft.network/privateendpoints': words('subnet'),
  // What the emulator only shows, it shows as it was put there.
  'microsoft.cdn/profiles': words('frontDoorId originResponseTimeoutSeconds'),
  'microsoft.cdn/profiles/origingroups/origins': words('originGroupName hostName httpPort httpsPort originHostHeader priority weight'),
  'microsoft.cdn/profiles/securitypolicies': words('parameters'),
  'microsoft.network/frontdoorwebapplicationfirewallpolicies': words('policySettings customRules managedRules'),
  'microsoft.network/applicationgatewaywebapplicationfirewallpolicies': words('policySettings customRules managedRules'),
  'microsoft.network/applicationgateways': words(
    'sku gatewayIPConfigurations backendAddressPools firewallPolicy frontendIPConfigurations frontendPorts backendHttpSettingsCollection httpListeners requestRoutingRules',
  ),
};
/** Their values are compared, not only their types: the emulator was told them. */
export const SETTABLE: ReadonlySet<string> = new Set([
  ...[...OF_SITE, ...OF_CONFIG, ...Object.values(OF_TYPE).flat(), 'allow'].map((name) => `properties.${name}`),
  ...words('kind tags sku functionKeys.keyname1 identity.type'),
]);

const SKUS: Readonly<Record<string, string>> = {
  Dynamic: 'Y1',
  FlexConsumption: 'FC1',
  ElasticPremium: 'EP1',
  Basic: 'B1',
  Standard: 'S1',
  PremiumV3: 'P1v3',
};

export const empty = (): State => ({
  tenantId: '0b000000-0000-4000-8000-00000000000f',
  subscriptions: [],
  plans: {},
  sites: {},
  policyAssignments: [],
  pricings: {},
  assessments: [],
  locks: [],
  resources: {},
  groups: {},
});

const objectAt = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const pick = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => name in from && from[name] !== null).map((name) => [name, from[name]!]));

/** What stands before an exchange: all that earlier ones of the same recording show, or at least that the resource is there. */
export function stateBefore(all: readonly Recorded[], recorded: Recorded): State {
  const state = empty();
  const path = pathOf(recorded);
  state.subscriptions.push({ id: path.split('/')[2]!.toLowerCase(), name: 'Recorded' });
  const same = all.filter(({ file, source }) => file === recorded.file && source.path === recorded.source.path);
  const earlier = same.filter(({ at }) => at < recorded.at);
  // What a site is (its plan, its kind) may be told only later; what it holds may not.
  for (const one of same) takeSiteItself(state, one);
  for (const one of earlier) take(state, one);
  const known = earlier.some((one) => one.status < 300 && sameResource(one, recorded));
  if (recorded.status >= 400) {
    // Where a provider refused, and not the gateway, the site was there.
    if (!('x-ms-failure-cause' in recorded.responseHeaders)) siteOf(state, path);
    return state;
  }
  const isNew = recorded.status === 201 || (recorded.method === 'PUT' && !known && MADE_BY_PUT.test(path));
  if (recorded.method === 'DELETE' && !known) return withKey(state, path);
  if (isNew) forget(state, path);
  else if (!known)
    take(state, recorded, recorded.method === 'GET' || recorded.method === 'POST' ? undefined : objectAt(recorded.requestBody as Json));
  siteOf(state, path);
  return state;
}

/** A key that is taken away was there. */
function withKey(state: State, path: string): State {
  const site = siteOf(state, path);
  if (site) site.keys = { [SITE.exec(path)![4]!.slice(1)]: 'recorded' };
  return state;
}

/** A PUT answers 200 although the resource is new. */
const MADE_BY_PUT = /\/(vaults|secrets|components|diagnosticSettings)\/[^/]+$|\/config\/\w+$/i;
const sameResource = (one: Recorded, other: Recorded): boolean => bare(pathOf(one)) === bare(pathOf(other));
const bare = (path: string): string => keyOf(path).replace(/\/list(keys)?$/, '');

const SITE = /^(.*\/providers\/Microsoft\.Web\/sites\/([^/]+)(?:\/slots\/([^/]+))?)(\/.*)?$/i;

function planFor(state: State, site: string, properties: JsonObject): string {
  const group = site.replace(/\/providers\/.*$/i, '');
  const id =
    typeof properties['serverFarmId'] === 'string' ? properties['serverFarmId'] : `${group}/providers/Microsoft.Web/serverfarms/plan`;
  const tier = typeof properties['sku'] === 'string' ? properties['sku'] : 'Dynamic';
  const plan: PlanRecord = {
    id,
    name: id.split('/').at(-1)!,
    location: '',
    kind: '',
    sku: { name: SKUS[tier] ?? tier, tier, size: SKUS[tier] ?? tier, family: tier.slice(0, 2), capacity: 1 },
    linux: properties['reserved'] === true,
  };
  state.plans[keyOf(id)] = plan;
  return id;
}

/** The record of the site that a path lies at or below; made where there is none. */
function siteOf(state: State, path: string): SiteRecord | undefined {
  const match = SITE.exec(path);
  if (!match) return undefined;
  const [, id = '', name = '', slot] = match;
  if (slot) siteOf(state, id.replace(/\/slots\/.*$/i, ''));
  return (state.sites[keyOf(id)] ??= {
    id,
    name,
    ...(slot ? { slot } : {}),
    kind: 'functionapp',
    location: 'France Central',
    planId: planFor(state, id, {}),
    properties: {},
    config: {},
    // A host without storage answers no key call; the recorded ones all have some.
    appSettings: { AzureWebJobsStorage: 'AccountName=strecorded' },
    stickySettings: [],
    publishing: {},
    functions: [],
    deployments: [],
  });
}

function takeSiteItself(state: State, { status, responseBody, ...recorded }: Recorded): void {
  const [, id, , , rest] = SITE.exec(pathOf(recorded as Recorded)) ?? [];
  const body = objectAt(responseBody as Json);
  if (!id || status >= 300 || (rest && !rest.startsWith('/operationresults/')) || !isObject(body['properties'])) return;
  const site = siteOf(state, id)!;
  site.kind = String(body['kind']);
  site.location = String(body['location']);
  site.planId = planFor(state, id, body['properties']);
}

/** Takes over what an exchange shows; `less` is what its own request set, and so was not there before. */
function take(state: State, recorded: Recorded, less?: JsonObject): void {
  const path = pathOf(recorded);
  if (recorded.status >= 300) return;
  if (recorded.method === 'DELETE') return forget(state, path);
  const body = objectAt(recorded.responseBody as Json);
  const site = siteOf(state, path);
  if (site) return takeOfSite(site, SITE.exec(path)?.[4] ?? '', body, recorded, less);
  if (Array.isArray(body['value'])) for (const one of body['value']) takeResource(state, objectAt(one), undefined);
  else takeResource(state, body, less);
}

function takeOfSite(site: SiteRecord, rest: string, body: JsonObject, recorded: Recorded, less?: JsonObject): void {
  const properties = objectAt(body['properties']);
  const without = objectAt(less?.['properties']);
  const kept = (names: readonly string[]) =>
    pick(
      properties,
      names.filter((name) => !(name in without)),
    );
  const operation = rest.startsWith('/operationresults/');
  if (isObject(body['tags'])) site.tags = body['tags'];
  if (rest === '' || operation) {
    site.location = String(body['location'] ?? site.location);
    site.properties = kept(OF_SITE);
    // Certificates are set; all the rest of a host name is the service's.
    const hosts = properties['hostNameSslStates'];
    if (Array.isArray(hosts) && hosts.some((one) => objectAt(one)['thumbprint'])) site.properties['hostNameSslStates'] = hosts;
    // The same as nothing set; config/web tells which of the two it is.
    if (site.properties['publicNetworkAccess'] === 'Enabled') delete site.properties['publicNetworkAccess'];
    if (isObject(body['identity'])) site.identity = body['identity'];
    else delete site.identity;
    // The few members of the configuration that a site tells.
    Object.assign(
      site.config,
      pick(
        objectAt(properties['siteConfig']),
        OF_CONFIG.filter((name) => /^(alwaysOn|http20|linuxFx|numberOf)/.test(name)),
      ),
    );
  } else if (/^\/config\/web$/i.test(rest)) {
    site.location = String(body['location'] ?? site.location);
    site.config = kept(OF_CONFIG);
    if (typeof properties['publicNetworkAccess'] === 'string') site.properties['publicNetworkAccess'] = properties['publicNetworkAccess'];
    for (const name of ['ipSecurityRestrictions', 'scmIpSecurityRestrictions']) {
      const rows = site.config[name];
      if (Array.isArray(rows)) site.config[name] = rows.filter((row) => !(isObject(row) && row['ipAddress'] === 'Any'));
    }
  } else if (/^\/config\/appsettings(\/list)?$/i.test(rest)) site.appSettings = properties as Record<string, string>;
  else if (/^\/config\/slotConfigNames$/i.test(rest)) site.stickySettings = (properties['appSettingNames'] ?? []) as string[];
  else if (/^\/basicPublishing/i.test(rest)) site.publishing = { scm: properties['allow'] === true };
  else if (/^\/host\/default\/listkeys$/i.test(rest)) {
    const keys = Object.entries(objectAt(body['functionKeys'])).map(([name, value]) => [
      `host/default/functionKeys/${name}`,
      String(value),
    ]);
    site.keys = Object.fromEntries(keys) as Record<string, string>;
  } else if (/\/\w*keys\/[^/]+$/i.test(rest)) site.keys = { ...site.keys, [rest.slice(1)]: String(properties['value'] ?? recorded.status) };
}

function takeResource(state: State, body: JsonObject, less: JsonObject | undefined): void {
  if (typeof body['id'] !== 'string') return;
  const [, type = ''] = /^.*\/providers\/(.*)$/i.exec(body['id']) ?? [];
  const [namespace = '', ...rest] = type.split('/');
  const key = keyOf([namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/'));
  const properties = objectAt(body['properties']);
  if (key === 'microsoft.security/pricings') {
    delete state.pricings[keyOf(body['id'])];
    if (properties['pricingTier'] !== 'Free')
      state.pricings[keyOf(body['id'])] = pick(properties, ['pricingTier', 'subPlan', 'extensions', 'enablementTime']);
    return;
  }
  if (key === 'microsoft.network/virtualnetworks/subnets') return takeSubnet(state, body);
  if (key === 'microsoft.authorization/locks') {
    const [scope = '', name = ''] = body['id'].split(/\/providers\/Microsoft\.Authorization\/locks\//i);
    state.locks = [{ scope, name, level: properties['level'] as 'ReadOnly', notes: String(properties['notes'] ?? '') }];
    return;
  }
  const without = objectAt(less?.['properties']);
  const connections = key === 'microsoft.network/privateendpoints' ? connectionsIn(properties) : {};
  state.resources[keyOf(body['id'])] = {
    id: body['id'],
    ...pick(body, ['location', 'kind', 'sku', 'tags', 'identity']),
    properties: {
      ...pick(
        properties,
        (OF_TYPE[key] ?? []).filter((name) => !(name in without)),
      ),
      ...connections,
      ...stands(properties, key),
    },
  };
}

function takeSubnet(state: State, body: JsonObject): void {
  const id = String(body['id']).replace(/\/subnets\/.*$/i, '');
  const subnet = { id: body['id']!, name: body['name']!, properties: pick(objectAt(body['properties']), ['addressPrefix', 'delegations']) };
  state.resources[keyOf(id)] = { id, properties: { subnets: [subnet] } };
}

/** A private endpoint's connections as they were asked for. */
const connectionsIn = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'].flatMap((name): [string, Json][] => {
      const list = properties[name];
      if (!Array.isArray(list) || list.length === 0) return [];
      return [
        [
          name,
          list.map((one) => ({
            name: objectAt(one)['name']!,
            properties: pick(objectAt(objectAt(one)['properties']), ['privateLinkServiceId', 'groupIds']),
          })),
        ],
      ];
    }),
  );
const stands = (properties: JsonObject, key: string): JsonObject =>
  key === 'microsoft.network/privateendpoints' ? pick(properties, ['provisioningState']) : {};

function forget(state: State, path: string): void {
  delete state.resources[keyOf(path)];
  const [, id, , , rest] = SITE.exec(path) ?? [];
  const site = id ? state.sites[keyOf(id)] : undefined;
  if (id && !rest) delete state.sites[keyOf(id)];
  if (!site || !rest) return;
  if (/keys\//i.test(rest)) site.keys = { ...site.keys, [rest.slice(1)]: '' };
  if (/virtualNetwork$/i.test(rest)) delete site.properties['virtualNetworkSubnetId'];
}
