/** Resources around the apps of a seed: storage, vaults, workspaces, networks, and role assignments. */
import { guidOf } from '../guid.ts';
import { OPERATOR_ID, ROLE } from '../access/roles.ts';
import { keyOf, type JsonObject } from '../state.ts';

export type Resources = Record<string, JsonObject>;

export const keyed = (resources: readonly JsonObject[]): Resources =>
  Object.fromEntries(resources.map((one) => [keyOf(String(one['id'])), one]));

const resource = (group: string, type: string, name: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: `${group}/providers/${type}/${name}`,
  location: 'westeurope',
  ...more,
  properties,
});

/** Creates a storage account; ARM's defaults are TLS 1.0 and access from all networks. */
export const account = (group: string, name: string, properties: JsonObject = {}): JsonObject =>
  resource(group, 'Microsoft.Storage/storageAccounts', name, properties, {
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS', tier: 'Standard' },
  });

export const GOOD_ACCOUNT: JsonObject = {
  minimumTlsVersion: 'TLS1_2',
  defaultToOAuthAuthentication: true,
  keyPolicy: { keyExpirationPeriodInDays: 90 },
};
export const BAD_ACCOUNT: JsonObject = {
  allowBlobPublicAccess: true,
  supportsHttpsTrafficOnly: false,
  allowCrossTenantReplication: true,
  isSftpEnabled: true,
  networkAcls: { bypass: 'None', defaultAction: 'Allow', ipRules: [], ipv6Rules: [], virtualNetworkRules: [] },
};

/** Creates services that keep deleted data for a week, with the SMB settings that App Service needs, or weaker ones. */
export const keeping = (group: string, name: string, mounted: boolean): JsonObject[] => {
  const at = `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
  const kept = { enabled: true, days: 7 };
  return [
    { id: `${at}/blobServices/default`, properties: { deleteRetentionPolicy: kept, containerDeleteRetentionPolicy: kept } },
    {
      id: `${at}/fileServices/default`,
      properties: {
        shareDeleteRetentionPolicy: kept,
        protocolSettings: { smb: { versions: 'SMB3.1.1', channelEncryption: mounted ? 'AES-128-GCM;AES-256-GCM' : 'AES-256-GCM' } },
      },
    },
  ];
};

/** Closes the firewall to all networks except one subnet. */
export const closed = (subnet: string): JsonObject => ({
  networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [{ id: subnet }] },
});

export const vault = (group: string, name: string, tenantId: string, properties: JsonObject = {}): JsonObject =>
  resource(group, 'Microsoft.KeyVault/vaults', name, { tenantId, sku: { family: 'A', name: 'standard' }, ...properties });
export const secret = (vaultId: string, name: string, value: string, attributes?: JsonObject): JsonObject => ({
  id: `${vaultId}/secrets/${name}`,
  properties: { value, ...(attributes ? { attributes } : {}) },
});

export const workspace = (group: string, name: string): JsonObject => resource(group, 'Microsoft.OperationalInsights/workspaces', name, {});
export const onboarded = (workspaceId: string): JsonObject => ({
  id: `${workspaceId}/providers/Microsoft.SecurityInsights/onboardingStates/default`,
  properties: {},
});
export const component = (group: string, name: string, workspaceId: string, more: JsonObject = {}): JsonObject =>
  resource(
    group,
    'Microsoft.Insights/components',
    name,
    { Application_Type: 'web', WorkspaceResourceId: workspaceId, ...more },
    { kind: 'web' },
  );
export const connectionOf = (componentId: string): string =>
  `InstrumentationKey=${guidOf(keyOf(componentId))};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;ApplicationId=${guidOf(`${keyOf(componentId)}/app`)}`;
export const diagnostics = (siteId: string, workspaceId: string, categories: readonly string[]): JsonObject => ({
  id: `${siteId}/providers/Microsoft.Insights/diagnosticSettings/to-workspace`,
  properties: { workspaceId, logs: categories.map((category) => ({ category, enabled: true })) },
});

interface SubnetSeed {
  readonly name: string;
  readonly prefix: string;
  readonly delegatedTo?: string;
  readonly endpoints?: readonly string[];
}

export function network(group: string, name: string, subnets: readonly SubnetSeed[], location = 'westeurope'): JsonObject {
  const id = `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
  const properties = {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: subnets.map(({ name: subnet, prefix, delegatedTo, endpoints = [] }) => ({
      id: `${id}/subnets/${subnet}`,
      name: subnet,
      properties: {
        addressPrefix: prefix,
        delegations: delegatedTo ? [{ name: 'delegation', properties: { serviceName: delegatedTo } }] : [],
        serviceEndpoints: endpoints.map((service) => ({ service, provisioningState: 'Succeeded' })),
      },
    })),
  };
  return resource(group, 'Microsoft.Network/virtualNetworks', name, properties, { location });
}

export const dnsZone = (group: string): JsonObject =>
  resource(
    group,
    'Microsoft.Network/privateDnsZones',
    'privatelink.azurewebsites.net',
    { numberOfVirtualNetworkLinks: 1 },
    { location: 'global' },
  );

/** Creates an approved private endpoint of an app, with its DNS record. */
export function endpoint(group: string, siteId: string, subnet: string, zoneId: string): JsonObject[] {
  const name = `pe-${siteId.split('/').at(-1) ?? ''}`;
  const made = resource(group, 'Microsoft.Network/privateEndpoints', name, {
    provisioningState: 'Succeeded',
    subnet: { id: subnet },
    privateLinkServiceConnections: [{ name, properties: { privateLinkServiceId: siteId, groupIds: ['sites'] } }],
  });
  const config = { name: 'privatelink-azurewebsites-net', properties: { privateDnsZoneId: zoneId } };
  return [made, { id: `${String(made['id'])}/privateDnsZoneGroups/default`, properties: { privateDnsZoneConfigs: [config] } }];
}

export function role(scope: string, roleId: string, principalId: string, principalType = 'ServicePrincipal'): JsonObject {
  const subscription = scope.split('/').slice(0, 3).join('/');
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${guidOf(`${scope} ${roleId} ${principalId}`)}`,
    properties: {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId,
      principalType,
    },
  };
}

export const operatorRoles = (subscription: string): JsonObject[] => [
  role(`/subscriptions/${subscription}`, ROLE.owner, OPERATOR_ID, 'User'),
  role(`/subscriptions/${subscription}`, ROLE.vaultAdministrator, OPERATOR_ID, 'User'),
];

/** Creates the identity of an app, always with the same principal id. */
export const systemIdentity = (siteId: string, tenantId: string): JsonObject => ({
  type: 'SystemAssigned',
  principalId: guidOf(`${siteId}/identity`),
  tenantId,
});
export const principalOf = (siteId: string): string => guidOf(`${siteId}/identity`);

/** Creates a Front Door with a WAF in front of an app. */
export function frontDoor(group: string, name: string, host: string, frontDoorId: string, mode = 'Prevention'): JsonObject[] {
  const profile = resource(
    group,
    'Microsoft.Cdn/profiles',
    name,
    { frontDoorId, provisioningState: 'Succeeded' },
    { location: 'Global', sku: { name: 'Premium_AzureFrontDoor' }, kind: 'frontdoor' },
  );
  const id = String(profile['id']);
  const endpoint = `${id}/afdEndpoints/${name}`;
  const policy = resource(
    group,
    'Microsoft.Network/frontdoorWebApplicationFirewallPolicies',
    `waf${name.replaceAll('-', '')}`,
    {
      policySettings: { enabledState: 'Enabled', mode },
      managedRules: { managedRuleSets: [{ ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }] },
    },
    { location: 'Global' },
  );
  return [
    profile,
    { id: `${id}/originGroups/apps`, properties: {} },
    { id: `${id}/originGroups/apps/origins/app`, properties: { hostName: host, enabledState: 'Enabled' } },
    { id: endpoint, location: 'Global', properties: { hostName: `${name}.z01.azurefd.net`, enabledState: 'Enabled' } },
    {
      id: `${endpoint}/routes/all`,
      properties: { originGroup: { id: `${id}/originGroups/apps` }, linkToDefaultDomain: 'Enabled' },
    },
    {
      id: `${id}/securityPolicies/waf`,
      properties: {
        parameters: {
          type: 'WebApplicationFirewall',
          wafPolicy: { id: String(policy['id']) },
          associations: [{ domains: [{ id: endpoint, isActive: true }], patternsToMatch: ['/*'] }],
        },
      },
    },
    policy,
  ];
}
