/** Which recorded request concerns which resource of the tool. */
import type { ResourceKey } from '../../../src/azure/index.ts';
import { labelOf, type Recorded } from '../recorded.ts';

export { labelOf };

export interface PlaceOfTool {
  readonly name: string;
  readonly path: RegExp;
  /** Methods that func-harden sends there; recordings of other methods are ignored. */
  readonly methods: readonly string[];
  readonly keys: readonly ResourceKey[];
}

const place = (name: string, path: RegExp, methods: string, ...keys: ResourceKey[]): PlaceOfTool => ({
  name,
  path,
  methods: methods.split(' '),
  keys,
});
const SITE = String.raw`/Microsoft\.Web/sites/[^/]+(?:/slots/[^/]+)?`;
const below = (rest: string) => new RegExp(`${SITE}/${rest}$`, 'i');

export const PLACES: readonly PlaceOfTool[] = [
  place('site', new RegExp(`${SITE}$`, 'i'), 'GET PATCH PUT DELETE', 'site', 'siteIdentity', 'siteUnlisted'),
  place('sites', /\/Microsoft\.Web\/sites$/i, 'GET', 'sites'),
  place('slots', below('slots'), 'GET', 'slots'),
  place('operation of a site', below('operationresults/[^/]+'), 'GET', 'site', 'siteIdentity'),
  place('plan', /\/Microsoft\.Web\/serverfarms\/[^/]+$/i, 'GET PUT'),
  place('config/web', below('config/web'), 'GET PATCH PUT', 'siteConfig'),
  place('appsettings/list', below('config/appsettings/list'), 'POST', 'appSettings'),
  place('appsettings', below('config/appsettings'), 'PUT', 'appSettings'),
  place('connectionstrings/list', below('config/connectionstrings/list'), 'POST', 'connectionStrings'),
  place('connectionstrings', below('config/connectionstrings'), 'PUT'),
  place('slotConfigNames', below('config/slotConfigNames'), 'GET PUT', 'stickyNames'),
  place('authsettingsV2', below('config/authsettingsV2(?:/list)?'), 'GET PUT', 'authSettings'),
  place('authsettings/list', below('config/authsettings/list'), 'POST', 'oldAuthSettings'),
  place('publishing credentials', below('config/publishingcredentials/list'), 'POST'),
  place('publishing policy', below('basicPublishingCredentialsPolicies/(?:scm|ftp)'), 'GET PUT', 'scmPolicy', 'ftpPolicy'),
  place('publishing profile', below('publishxml'), 'POST'),
  place('functions', below('functions'), 'GET', 'functions'),
  place('host name bindings', below('hostNameBindings'), 'GET'),
  place('source control', below('sourcecontrols/web'), 'GET PUT', 'sourceControl'),
  place('host keys', below('host/default/listkeys'), 'POST', 'accessKeys'),
  place('host key', below(String.raw`host/default/\w+Keys/[^/]+`), 'PUT DELETE', 'accessKey'),
  place('function key', below('functions/[^/]+/keys/[^/]+'), 'PUT', 'accessKey'),
  place('VNet integration', below('networkConfig/virtualNetwork'), 'GET PUT DELETE', 'vnetConnection'),
  place('VNet connections', below('virtualNetworkConnections'), 'GET'),
  place('private endpoint connection', below('privateEndpointConnections/[^/]+'), 'GET PUT DELETE'),
  place('vault', /\/Microsoft\.KeyVault\/vaults\/[^/]+$/i, 'GET PUT PATCH', 'vaults'),
  place('vaults', /\/Microsoft\.KeyVault\/vaults$/i, 'GET', 'vaults'),
  place('access policies', /\/vaults\/[^/]+\/accessPolicies\/(?:add|replace|remove)$/i, 'PUT'),
  place('vault secret', /\/vaults\/[^/]+\/secrets\/[^/]+$/i, 'GET PUT', 'vaultSecret'),
  place('vault secrets', /\/vaults\/[^/]+\/secrets$/i, 'GET', 'vaultSecrets'),
  place('storage account', /\/Microsoft\.Storage\/storageAccounts\/[^/]+$/i, 'GET PUT PATCH', 'storageAccounts'),
  place('storage accounts', /\/Microsoft\.Storage\/storageAccounts$/i, 'GET', 'storageAccounts'),
  place('storage keys', /\/storageAccounts\/[^/]+\/listKeys$/i, 'POST', 'storageKeys'),
  place('storage operation', /\/Microsoft\.Storage\/locations\/[^/]+\/asyncoperations\/[^/]+$/i, 'GET'),
  place('file services', /\/storageAccounts\/[^/]+\/fileServices(?:\/default)?$/i, 'GET PUT', 'fileServices'),
  place('blob services', /\/storageAccounts\/[^/]+\/blobServices(?:\/default)?$/i, 'GET PUT', 'blobServices'),
  place('role assignment', /\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/i, 'PUT DELETE', 'roleAssignments', 'identityRoles'),
  place('role assignments', /\/Microsoft\.Authorization\/roleAssignments$/i, 'GET', 'roleAssignments', 'identityRoles'),
  place('role definitions', /\/roleDefinitions$/i, 'GET'),
  place('user-assigned identity', /\/userAssignedIdentities\/[^/]+$/i, 'GET PUT'),
  place('diagnostic setting', /\/diagnosticSettings\/[^/]+$/i, 'GET PUT DELETE', 'diagnosticSettings'),
  place('diagnostic settings', /\/diagnosticSettings$/i, 'GET', 'diagnosticSettings'),
  place('log categories', /\/diagnosticSettingsCategories$/i, 'GET'),
  place('lock', /\/Microsoft\.Authorization\/locks\/[^/]+$/i, 'GET PUT DELETE', 'locks'),
  place('locks', /\/Microsoft\.Authorization\/locks$/i, 'GET', 'locks'),
  place('Defender plan', /\/Microsoft\.Security\/pricings\/[^/]+$/i, 'GET PUT', 'defenderPlan'),
  place('Defender plans', /\/Microsoft\.Security\/pricings$/i, 'GET'),
  place('Defender assessments', /\/Microsoft\.Security\/assessments$/i, 'GET', 'defenderAssessments'),
  place('Sentinel onboarding', /\/onboardingStates(?:\/default)?$/i, 'GET PUT DELETE', 'sentinel'),
  place('subnet', /\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i, 'GET PUT'),
  place('private endpoint', /\/Microsoft\.Network\/privateEndpoints\/[^/]+$/i, 'GET PUT DELETE', 'privateEndpoints'),
  place('DNS zone group', /\/privateEndpoints\/[^/]+\/privateDnsZoneGroups\/[^/]+$/i, 'GET PUT DELETE', 'dnsZoneGroups'),
  place('workspace', /\/Microsoft\.OperationalInsights\/workspaces\/[^/]+$/i, 'GET', 'workspaces'),
  place('component', /\/Microsoft\.Insights\/components(?:\/[^/]+)?$/i, 'GET PUT DELETE', 'components'),
  place('Front Door profiles', /\/Microsoft\.Cdn\/profiles$/i, 'GET', 'gateways'),
  place('Front Door profile', /\/Microsoft\.Cdn\/profiles\/[^/]+$/i, 'GET', 'gateways'),
  place('Front Door origin', /\/originGroups\/[^/]+\/origins\/[^/]+$/i, 'GET', 'gateways'),
  place('Front Door route', /\/afdEndpoints\/[^/]+\/routes\/[^/]+$/i, 'GET'),
  place('Front Door security policy', /\/profiles\/[^/]+\/securityPolicies(?:\/[^/]+)?$/i, 'GET', 'gateways'),
  place('WAF policy', /WebApplicationFirewallPolicies\/[^/]+$/i, 'GET', 'gateways'),
  place('application gateway', /\/Microsoft\.Network\/applicationGateways\/[^/]+$/i, 'GET', 'gateways'),
  place('Resource Graph', /\/Microsoft\.ResourceGraph\/resources$/i, 'POST'),
];

/** Old clients sent the id of the scope as one escaped segment with a leading slash, and some with a double slash inside. */
export const pathOf = ({ url }: Recorded): string => decodeURIComponent(new URL(url).pathname).replace(/\/{2,}/g, '/');
export const placeFor = (recorded: Recorded): PlaceOfTool | undefined =>
  PLACES.find(({ path, methods }) => path.test(pathOf(recorded)) && methods.includes(recorded.method));
