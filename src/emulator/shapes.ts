/** Members that the services add to resources. Times are constant, because state must not change with the clock. */
import { idOf, nameOf, nulls, objects, asObject, propertiesOf } from './parts.ts';
import { guidOf } from './guid.ts';
import { isObject, keyOf, type Json, type JsonObject } from './state.ts';

export const MADE = '2026-01-01T00:00:00.0000000Z';
const SECONDS = Date.parse(MADE) / 1000;
const MAKER = { createdBy: 'operator@contoso.example', createdByType: 'User', createdAt: MADE };
export const SYSTEM_DATA: JsonObject = {
  ...MAKER,
  lastModifiedBy: MAKER.createdBy,
  lastModifiedByType: MAKER.createdByType,
  lastModifiedAt: MAKER.createdAt,
};

export const vaultDefaults = (resource: JsonObject): JsonObject => ({
  enabledForDeployment: false,
  enabledForDiskEncryption: false,
  enabledForTemplateDeployment: false,
  enableSoftDelete: true,
  softDeleteRetentionInDays: 90,
  enableRbacAuthorization: true,
  publicNetworkAccess: 'Enabled',
  vaultUri: `{origin}/vault/${nameOf(resource)}/`,
  accessPolicies: [],
  provisioningState: 'Succeeded',
});
export const OPEN_VAULT: JsonObject = { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] };
/** Rules as they come back: ids of subnets in small letters (recorded). */
export function vaultRules({ networkAcls }: JsonObject): JsonObject {
  if (!isObject(networkAcls)) return {};
  const networks = objects(networkAcls['virtualNetworkRules']).map((one) => ({ ...one, id: idOf(one).toLowerCase() }));
  return { networkAcls: { ...OPEN_VAULT, ...networkAcls, virtualNetworkRules: networks } };
}

export const secretShown = (resource: JsonObject): JsonObject => {
  const uri = `{origin}/vault/${idOf(resource).split('/').at(-3) ?? ''}/secrets/${nameOf(resource)}`;
  return {
    secretUri: uri,
    secretUriWithVersion: `${uri}/${guidOf(keyOf(idOf(resource))).replaceAll('-', '')}`,
  };
};
export const secretSpelled = ({ properties }: JsonObject): JsonObject => {
  const own = asObject(properties);
  const given = asObject(own['attributes']);
  return { properties: { ...own, attributes: { enabled: true, ...given, created: SECONDS, updated: SECONDS } } };
};

const SERVICES = { file: { keyType: 'Account', enabled: true }, blob: { keyType: 'Account', enabled: true } };
export const accountDefaults = (): JsonObject => ({
  allowCrossTenantReplication: false,
  minimumTlsVersion: 'TLS1_0',
  allowBlobPublicAccess: false,
  networkAcls: { ipv6Rules: [], bypass: 'AzureServices', virtualNetworkRules: [], ipRules: [], defaultAction: 'Allow' },
  supportsHttpsTrafficOnly: true,
  encryption: { services: SERVICES, keySource: 'Microsoft.Storage' },
  accessTier: 'Hot',
  provisioningState: 'Succeeded',
});
/** Rules and encryption settings that are not sent keep their values. */
export const accountRules = ({ networkAcls, encryption }: JsonObject, usual: JsonObject): JsonObject => ({
  ...(isObject(networkAcls) ? { networkAcls: over(usual['networkAcls'], aclsSpelled(networkAcls)) } : {}),
  ...(isObject(encryption) ? { encryption: over(usual['encryption'], encryption) } : {}),
});
/** Firewall rules come back with their action, and the services that pass with a blank between them. */
function aclsSpelled({ bypass, ...acls }: JsonObject): JsonObject {
  const rules = ['ipRules', 'virtualNetworkRules'].flatMap((name): [string, Json][] =>
    Array.isArray(acls[name]) ? [[name, objects(acls[name]).map((one) => ({ action: 'Allow', ...one }))]] : [],
  );
  const passing = typeof bypass === 'string' ? { bypass: bypass.split(/,\s*/).join(', ') } : {};
  return { ...acls, ...passing, ...Object.fromEntries(rules) };
}
/** Returns retention policies as read: members that were never sent have their initial value. */
export const retentionRules = ({ deleteRetentionPolicy }: JsonObject, usual: JsonObject): JsonObject =>
  isObject(deleteRetentionPolicy) ? { deleteRetentionPolicy: over(usual['deleteRetentionPolicy'], deleteRetentionPolicy) } : {};
const over = (base: Json | undefined, own: Json): Json =>
  isObject(base) && isObject(own)
    ? { ...base, ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, over(base[name], value)])) }
    : own;

/** Returns the creation times of the keys. With a key policy, the keys are always from today; this time is computed at each read and not part of the state. */
export function keysMade(policy: Json | undefined): JsonObject {
  const made = isObject(policy) ? `${new Date().toISOString().slice(0, 10)}T00:00:00.0000000Z` : MADE;
  return { key1: made, key2: made };
}

/** Returns the members that the service adds to an account. */
export function accountShown(body: JsonObject): JsonObject {
  const properties = propertiesOf(body);
  const sku = isObject(body['sku']) ? body['sku'] : { name: 'Standard_LRS' };
  const twice = /GRS|GZRS/.test(String(sku['name']));
  const classic = body['kind'] === 'Storage';
  const at = (suffix: string) =>
    Object.fromEntries(
      (classic ? ['blob', 'queue', 'table', 'file'] : ['dfs', 'web', 'blob', 'queue', 'table', 'file']).map((service) => [
        service,
        `https://${nameOf(body)}${suffix}.${service === 'web' ? 'z6.web' : service}.core.windows.net/`,
      ]),
    );
  const { accessTier, ...shown } = properties;
  const encryption = asObject(shown['encryption']);
  const services = Object.fromEntries(
    Object.entries(asObject(encryption['services'])).map(([name, one]) => [
      name,
      isObject(one) ? { enabled: true, ...one, lastEnabledTime: MADE } : one,
    ]),
  );
  const { file: _, dfs: __, web: ___, ...second } = at('-secondary');
  return {
    sku: { ...sku, tier: String(sku['name']).split('_')[0] ?? 'Standard' },
    tags: body['tags'] ?? {},
    ...(isObject(body['identity']) && /SystemAssigned/.test(String(body['identity']['type']))
      ? { identity: { principalId: guidOf(`${idOf(body)}/identity`), tenantId: guidOf('tenant'), ...body['identity'] } }
      : {}),
    properties: {
      ...shown,
      ...(classic ? {} : { accessTier: accessTier ?? 'Hot' }),
      encryption: { ...encryption, services },
      keyCreationTime: keysMade(shown['keyPolicy']),
      creationTime: MADE,
      primaryEndpoints: at(''),
      primaryLocation: body['location'] ?? 'westeurope',
      statusOfPrimary: 'available',
      ...(twice
        ? {
            secondaryLocation: 'northeurope',
            statusOfSecondary: 'available',
          }
        : {}),
      // Present if the secondary copy can be read.
      ...(/_RA/.test(String(sku['name']))
        ? {
            secondaryEndpoints: classic ? second : { ...second, dfs: at('-secondary')['dfs'] ?? '', web: at('-secondary')['web'] ?? '' },
          }
        : {}),
    },
  };
}

export const workspaceDefaults = (resource: JsonObject): JsonObject => ({
  customerId: guidOf(idOf(resource)),
  provisioningState: 'Succeeded',
  sku: { name: 'PerGB2018', lastSkuUpdate: MADE },
  retentionInDays: 30,
  features: { legacy: 0, searchVersion: 1, enableLogAccessUsingOnlyResourcePermissions: true },
  workspaceCapping: { dailyQuotaGb: -1, quotaNextResetTime: MADE, dataIngestionStatus: 'RespectQuota' },
  publicNetworkAccessForIngestion: 'Enabled',
  publicNetworkAccessForQuery: 'Enabled',
  createdDate: MADE,
  modifiedDate: MADE,
});

export const componentDefaults = (): JsonObject => ({
  ...nulls('Flow_Type', 'Request_Source', 'SamplingPercentage'),
  IngestionMode: 'LogAnalytics',
  RetentionInDays: 90,
  publicNetworkAccessForIngestion: 'Enabled',
  publicNetworkAccessForQuery: 'Enabled',
  Ver: 'v2',
  provisioningState: 'Succeeded',
});
export function componentShown(resource: JsonObject): JsonObject {
  const key = guidOf(keyOf(idOf(resource)));
  const application = guidOf(`${keyOf(idOf(resource))}/app`);
  return {
    ApplicationId: nameOf(resource),
    Name: nameOf(resource),
    CreationDate: MADE,
    TenantId: idOf(resource).split('/')[2] ?? '',
    InstrumentationKey: key,
    AppId: application,
    ConnectionString: `InstrumentationKey=${key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;ApplicationId=${application}`,
  };
}
/** The provider writes its own name in lower case. */
export const componentSpelled = (body: JsonObject): JsonObject => ({
  id: idOf(body).replace(/\/providers\/microsoft\.insights\//i, '/providers/microsoft.insights/'),
  type: 'microsoft.insights/components',
});

export const diagnosticDefaults = (): JsonObject => ({
  ...nulls('storageAccountId', 'serviceBusRuleId', 'workspaceId', 'eventHubAuthorizationRuleId', 'eventHubName'),
  metrics: [],
  logs: [],
  logAnalyticsDestinationType: null,
});
/** The id of the watched resource is returned in lower case, and each row with all of its members. */
export function diagnosticSpelled(body: JsonObject): JsonObject {
  const properties = propertiesOf(body);
  const kept = { enabled: false, days: 0 };
  const row = (one: JsonObject): JsonObject => ({
    ...(one['category'] === undefined && one['categoryGroup'] !== undefined ? { category: null } : {}),
    categoryGroup: null,
    ...one,
    retentionPolicy: { ...kept, ...asObject(one['retentionPolicy']) },
  });
  const { 0: scope = '', 1: name = '' } = idOf(body).split(/\/providers\/microsoft\.insights\/diagnosticsettings\//i);
  return {
    id: `${scope.toLowerCase()}/providers/microsoft.insights/diagnosticSettings/${name}`,
    type: 'Microsoft.Insights/diagnosticSettings',
    location: body['location'] ?? 'westeurope',
    ...nulls('kind', 'tags', 'identity'),
    properties: { ...properties, logs: objects(properties['logs']).map(row), metrics: objects(properties['metrics']).map(row) },
  };
}

export const assignmentDefaults = (): JsonObject => ({
  ...nulls('condition', 'conditionVersion', 'delegatedManagedIdentityResourceId', 'description'),
  createdOn: MADE,
  updatedOn: MADE,
  createdBy: guidOf('operator'),
  updatedBy: guidOf('operator'),
});
