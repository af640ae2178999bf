/** Private endpoints and gateways, in the shapes that their providers return. */
import { idOf, nameOf, objects, propertiesOf } from './parts.ts';
import { guidOf } from './guid.ts';
import { isObject, keyOf, type JsonObject } from './state.ts';

const emptyLists = (names: string): JsonObject => Object.fromEntries(names.split(/\s+/).map((name) => [name, []]));

/** Returns a private endpoint with its connections, as the network provider shows them. */
export function endpointSpelled(body: JsonObject): JsonObject {
  const { connectionDecision: decision, ...properties } = propertiesOf(body);
  const etag = etagOf(body);
  const connections = (member: string, status: string) =>
    objects(properties[member]).map((one) => {
      const asked = propertiesOf(one);
      return {
        name: one['name'] ?? '',
        id: `${idOf(body)}/${member}/${String(one['name'])}`,
        etag,
        type: `Microsoft.Network/privateEndpoints/${member}`,
        properties: {
          provisioningState: 'Succeeded',
          ...asked,
          privateLinkServiceConnectionState: { status, description: '', actionsRequired: 'None' },
        },
      };
    });
  const group = idOf(body).split('/providers/')[0] ?? '';
  return {
    etag,
    properties: {
      ...properties,
      ...(isObject(properties['subnet']) ? { subnet: { id: properties['subnet']['id'] ?? '' } } : {}),
      resourceGuid: guidOf(keyOf(idOf(body))),
      privateLinkServiceConnections: connections('privateLinkServiceConnections', String(decision ?? 'Approved')),
      manualPrivateLinkServiceConnections: connections('manualPrivateLinkServiceConnections', String(decision ?? 'Pending')),
      customNetworkInterfaceName: '',
      ipConfigurations: [],
      networkInterfaces: [{ id: `${group}/providers/Microsoft.Network/networkInterfaces/${nameOf(body)}.nic.${guidOf(idOf(body))}` }],
      customDnsConfigs: [],
    },
  };
}
/** Returns each DNS zone with the records that were created in it. */
export function zoneGroupSpelled(body: JsonObject): JsonObject {
  const properties = propertiesOf(body);
  const etag = etagOf(body);
  const { provisioningState = 'Succeeded' } = properties;
  const configs = objects(properties['privateDnsZoneConfigs']).map((one) => ({
    name: one['name'] ?? '',
    id: `${idOf(body)}/privateDnsZoneConfigs/${String(one['name'])}`,
    etag,
    type: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups/privateDnsZoneConfigs',
    properties: { provisioningState, ...propertiesOf(one), recordSets: [] },
  }));
  return { etag, properties: { ...properties, privateDnsZoneConfigs: configs } };
}
/** Returns the same value for the same content. */
export const etagOf = (body: JsonObject): string => `W/"${guidOf(JSON.stringify(body['properties'] ?? null))}"`;

const DEPLOYED: JsonObject = { provisioningState: 'Succeeded', deploymentStatus: 'NotStarted' };
/** Classic CDN profiles have no property except their state (recorded). */
export const profileDefaults = ({ sku }: JsonObject): JsonObject => ({
  ...(isObject(sku) && !/AzureFrontDoor/i.test(String(sku['name']))
    ? {}
    : { originResponseTimeoutSeconds: 60, logScrubbing: null, extendedProperties: {} }),
  resourceState: 'Active',
  provisioningState: 'Succeeded',
});
export const originDefaults = (resource: JsonObject): JsonObject => ({
  originGroupName: idOf(resource).split('/').at(-3) ?? '',
  httpPort: 80,
  httpsPort: 443,
  originHostHeader: null,
  priority: 1,
  weight: 1000,
  enabledState: 'Enabled',
  sharedPrivateLinkResource: null,
  enforceCertificateNameCheck: true,
  ...DEPLOYED,
});
export const routeDefaults = (): JsonObject => ({
  cacheConfiguration: null,
  ...emptyLists('customDomains ruleSets'),
  originPath: null,
  supportedProtocols: ['Http', 'Https'],
  patternsToMatch: ['/*'],
  forwardingProtocol: 'MatchRequest',
  linkToDefaultDomain: 'Disabled',
  httpsRedirect: 'Disabled',
  enabledState: 'Enabled',
  ...DEPLOYED,
});
/** The provider returns these names in lower case. */
export const routeSpelled = (body: JsonObject): JsonObject => ({
  id: idOf(body)
    .replace('/resourceGroups/', '/resourcegroups/')
    .replace(/\/afdEndpoints\//i, '/afdendpoints/'),
  type: 'Microsoft.Cdn/profiles/afdendpoints/routes',
});
export const securityPolicyDefaults = (): JsonObject => ({ ...DEPLOYED });
export const doorPolicyDefaults = (): JsonObject => ({
  customRules: { rules: [] },
  managedRules: { managedRuleSets: [] },
  ...emptyLists('frontendEndpointLinks securityPolicyLinks'),
  resourceState: 'Enabled',
  provisioningState: 'Succeeded',
});
export const gatewayDefaults = (resource: JsonObject): JsonObject => ({
  provisioningState: 'Succeeded',
  resourceGuid: guidOf(keyOf(idOf(resource))),
  operationalState: 'Running',
  ...emptyLists(`sslCertificates trustedRootCertificates trustedClientCertificates sslProfiles frontendIPConfigurations frontendPorts
    backendHttpSettingsCollection backendSettingsCollection httpListeners listeners urlPathMaps requestRoutingRules routingRules probes
    rewriteRuleSets redirectConfigurations privateLinkConfigurations privateEndpointConnections loadDistributionPolicies`),
  defaultPredefinedSslPolicy: 'AppGwSslPolicy20150501',
});
