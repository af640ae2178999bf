/** Which recorded request concerns which resource of the tool. */
import type { ResourceKey } from '../../../src/azure/index.ts';
import type { Recorded } from '../recorded.ts';

export interface PlaceOfTool {
  readonly name: string;
  readonly path: RegExp;
  /** Methods that the tool sends there; a recording of another one is no concern of it. */
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
  place('site', new RegExp(`${SITE}$`, 'i'), 'GET PATCH PUT', 'site', 'siteIdentity', 'siteUnlisted'),
  place('operation of a site', below('operationresults/[^/]+'), 'GET', 'site', 'siteIdentity'),
  place('config/web', below('config/web'), 'GET PATCH', 'siteConfig'),
  place('appsettings/list', below('config/appsettings/list'), 'POST', 'appSettings'),
  place('appsettings', below('config/appsettings'), 'PUT', 'appSettings'),
  place('slotConfigNames', below('config/slotConfigNames'), 'GET PUT', 'stickyNames'),
  place('authsettingsV2', below('config/authsettingsV2(?:/list)?'), 'GET PUT', 'authSettings'),
  place('authsettings/list', below('config/authsettings/list'), 'POST', 'oldAuthSettings'),
  place('publishing policy', below('basicPublishingCredentialsPolicies/(?:scm|ftp)'), 'GET', 'scmPolicy', 'ftpPolicy'),
  place('host keys', below('host/default/listkeys'), 'POST', 'accessKeys'),
  place('host key', below(String.raw`host/default/\w+Keys/[^/]+`), 'PUT DELETE', 'accessKey'),
  place('function key', below('functions/[^/]+/keys/[^/]+'), 'PUT', 'accessKey'),
  place('VNet integration', below('networkConfig/virtualNetwork'), 'DELETE', 'vnetConnection'),
  place('vault', /\/Microsoft\.KeyVault\/vaults\/[^/]+$/i, 'GET PUT PATCH', 'vaults'),
  place('vault secret', /\/vaults\/[^/]+\/secrets\/[^/]+$/i, 'GET PUT', 'vaultSecret'),
  place('storage account', /\/Microsoft\.Storage\/storageAccounts\/[^/]+$/i, 'GET PATCH', 'storageAccounts'),
  place('role assignment', /\/roleAssignments\/[^/]+$/i, 'PUT DELETE', 'roleAssignments', 'identityRoles'),
  place('role assignments', /\/roleAssignments$/i, 'GET', 'roleAssignments', 'identityRoles'),
  place('diagnostic setting', /\/diagnosticSettings\/[^/]+$/i, 'GET PUT DELETE', 'diagnosticSettings'),
  place('diagnostic settings', /\/diagnosticSettings$/i, 'GET', 'diagnosticSettings'),
  place('lock', /\/Microsoft\.Authorization\/locks\/[^/]+$/i, 'GET', 'locks'),
  place('Defender plan', /\/Microsoft\.Security\/pricings\/[^/]+$/i, 'GET PUT', 'defenderPlan'),
  place('Sentinel onboarding', /\/onboardingStates\/default$/i, 'GET PUT DELETE', 'sentinel'),
  place('private endpoint', /\/Microsoft\.Network\/privateEndpoints\/[^/]+$/i, 'GET PUT', 'privateEndpoints'),
  place('workspace', /\/Microsoft\.OperationalInsights\/workspaces\/[^/]+$/i, 'GET', 'workspaces'),
  place('component', /\/Microsoft\.Insights\/components\/[^/]+$/i, 'GET PUT', 'components'),
  place('Front Door profile', /\/Microsoft\.Cdn\/profiles\/[^/]+$/i, 'GET', 'gateways'),
  place('Front Door origin', /\/originGroups\/[^/]+\/origins\/[^/]+$/i, 'GET', 'gateways'),
  place('Front Door security policy', /\/profiles\/[^/]+\/securityPolicies\/[^/]+$/i, 'GET', 'gateways'),
  place('WAF policy', /WebApplicationFirewallPolicies\/[^/]+$/i, 'GET', 'gateways'),
  place('application gateway', /\/Microsoft\.Network\/applicationGateways\/[^/]+$/i, 'GET', 'gateways'),
];

export const pathOf = ({ url }: Recorded): string => decodeURIComponent(new URL(url).pathname);
export const labelOf = ({ file, at }: Recorded): string => `${file.slice(0, 2)}[${at}]`;
export const placeFor = (recorded: Recorded): PlaceOfTool | undefined =>
  PLACES.find(({ path, methods }) => path.test(pathOf(recorded)) && methods.includes(recorded.method));
