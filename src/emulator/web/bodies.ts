/** Bodies of Microsoft.Web as the service returns them. Shapes, quirks and their sources: BEHAVIOUR.md. */
import { answer, notFound, type EmulatedResponse } from '../answers.ts';
import { containedConfig, containedSite, isContained } from './contained.ts';
import { configDefaults, siteConfigInSite } from './config-defaults.ts';
import { siteDefaults } from './defaults.ts';
import { CIPHER_SUITES } from './validate.ts';
import { connectionsOf } from './networks.ts';
import { nulls, propertiesOf } from '../parts.ts';
import { siteIndex } from './site-index.ts';
import { versionOf } from './versions.ts';
import { keyOf, resourceGroupOf, type Json, type JsonObject, type PlanRecord, type SiteRecord, type State } from '../state.ts';
import type { WebContext } from './web-context.ts';

export const siteType = (site: SiteRecord): string => (site.slot ? 'Microsoft.Web/sites/slots' : 'Microsoft.Web/sites');
export const siteName = (site: SiteRecord): string => (site.slot ? `${site.name}/${site.slot}` : site.name);
export const currentConfig = (site: SiteRecord, plan: PlanRecord): JsonObject => ({ ...configDefaults(plan, site), ...site.config });

const tagsOf = ({ tags }: SiteRecord): JsonObject => (tags ? { tags } : {});

const childOf = (site: SiteRecord, kind: string, name: string, properties: JsonObject): JsonObject => ({
  id: `${site.id}/${kind}/${name}`,
  name: `${siteName(site)}/${name}`,
  type: `${siteType(site)}/${kind}`,
  location: site.location,
  properties,
});

/** A child that has the type of the app also below a slot, and its tags (recorded). */
const configOf = (site: SiteRecord, kind: string, name: string, properties: JsonObject): JsonObject => ({
  id: `${site.id}/${kind}/${name}`,
  name,
  type: `Microsoft.Web/sites/${kind}`,
  location: site.location,
  ...tagsOf(site),
  properties,
});

/** Returns a site as lists contain it: without the features of its host (recorded). */
export function listedSiteBody(site: SiteRecord, plan: PlanRecord, state: State): JsonObject {
  const body = siteBody(site, plan, state);
  return { ...body, properties: { ...propertiesOf(body), inFlightFeatures: null } };
}

/** `written`: the response to a write, which contains the restriction lists and has null for members that are only computed on reads. */
export function siteBody(site: SiteRecord, plan: PlanRecord, state?: State, written = false): JsonObject {
  const config = currentConfig(site, plan);
  const siteConfig = isContained(site) ? containedConfig(config) : siteConfigInSite(config, written);
  if (written && !isContained(site)) Object.assign(siteConfig, restrictionsOf(config));
  return {
    id: site.id,
    name: siteName(site),
    type: siteType(site),
    kind: site.kind,
    location: site.location,
    ...(site.tags ? { tags: site.tags } : {}),
    ...(site.identity ? { identity: site.identity } : {}),
    properties: {
      ...(isContained(site) ? containedSite(siteDefaults(site, plan)) : siteDefaults(site, plan)),
      ...site.properties,
      ...(state && !isContained(site) ? { privateEndpointConnections: connectionsOf(state, site) } : {}),
      ...(written ? { privateEndpointConnections: null, inFlightFeatures: null } : {}),
      siteConfig,
    },
  };
}

/** Lists the weakest allowed cipher suite and all stronger ones; empty if none was chosen. */
function suitesFrom(weakest: Json): Json {
  const at = CIPHER_SUITES.indexOf(String(weakest));
  return at < 0 ? null : CIPHER_SUITES.slice(0, at + 1).join(',');
}

/** Returns config/web as it is read, or as the answer to a write, which has the id and type of the site. */
export function configBody({ site, plan }: WebContext, written = false): JsonObject {
  const config = currentConfig(site, plan);
  // The copy in config/web follows the site's own value.
  const kinds = String(site.identity?.['type'] ?? '');
  const copied = {
    ...config,
    publicNetworkAccess: site.properties['publicNetworkAccess'] ?? null,
    supportedTlsCipherSuites: suitesFrom(config['minTlsCipherSuite'] ?? null),
    scmSupportedTlsCipherSuites: suitesFrom(config['scmMinTlsCipherSuite'] ?? null),
    // Without an end, as long as it is on.
    ...(config['requestTracingEnabled'] === true ? { requestTracingExpirationTime: '9999-12-31T23:59:00Z' } : {}),
    // Numbers of the service for the identities that there are.
    managedServiceIdentityId: kinds.includes('SystemAssigned') ? 10_001 : null,
    xManagedServiceIdentityId: kinds.includes('UserAssigned') ? 10_002 : null,
  };
  const properties = isContained(site) ? containedConfig(copied) : { ...copied, ...restrictionsOf(config) };
  return {
    id: written ? site.id : `${site.id}/config/web`,
    // The configuration of a slot has the name and type of the app's (recorded).
    name: written ? siteName(site) : site.name,
    type: written ? siteType(site) : 'Microsoft.Web/sites/config',
    location: site.location,
    ...tagsOf(site),
    properties,
  };
}

/** Returns both lists, each with the row that the service adds. */
const restrictionsOf = (config: JsonObject): JsonObject =>
  Object.fromEntries(
    ['ip', 'scmIp'].map((prefix): [string, Json] => {
      const rows = (config[`${prefix}SecurityRestrictions`] ?? []) as Json[];
      return [`${prefix}SecurityRestrictions`, [...rows, madeUpRow(rows, config[`${prefix}SecurityRestrictionsDefaultAction`] ?? null)]];
    }),
  );

function madeUpRow(rows: Json[], defaultAction: Json): JsonObject {
  const action = defaultAction ?? (rows.length === 0 ? 'Allow' : 'Deny');
  return { ipAddress: 'Any', action, priority: 2_147_483_647, name: `${String(action)} all`, description: `${String(action)} all access` };
}

export const settingsBody = ({ site }: WebContext): JsonObject => configOf(site, 'config', 'appsettings', site.appSettings);
export const connectionStringsBody = ({ site }: WebContext): JsonObject =>
  configOf(site, 'config', 'connectionstrings', site.connectionStrings ?? {});

/** Sticky names live on the production site, also when asked of a slot. `written`: as a PUT answers. */
export function stickyBody(site: SiteRecord, written = false): JsonObject {
  const { stickySettings: settings, stickyOthers: { connectionStrings = [], storage = [] } = {} } = site;
  // Once one list is set the others are empty, not null.
  const isSet = written || [settings, connectionStrings, storage].some(({ length }) => length > 0);
  return {
    id: null,
    name: site.name,
    type: 'Microsoft.Web/sites',
    location: site.location,
    ...tagsOf(site),
    properties: {
      connectionStringNames: isSet ? connectionStrings : null,
      appSettingNames: isSet ? settings : null,
      azureStorageConfigNames: isSet ? storage : null,
    },
  };
}

export const policyBody = (site: SiteRecord, name: 'scm' | 'ftp'): JsonObject => ({
  ...childOf(site, 'basicPublishingCredentialsPolicies', name, { allow: site.publishing[name] ?? true }),
  name,
});

const PREFIX = /^AzureFunctionsJobHost(__|:)extensions(__|:)http(__|:)routePrefix$/i;
/** Returns the URL as the host computes it, in lower case: prefix (an app setting; host.json is not emulated), then route or name. */
function addressOf(site: SiteRecord, name: string, { route }: JsonObject): string {
  const prefix = Object.entries(site.appSettings).find(([setting]) => PREFIX.test(setting))?.[1] ?? 'api';
  const parts = [prefix, typeof route === 'string' ? route : name].map((part) => part.replace(/^\/+|\/+$/g, ''));
  return `/${parts.filter(Boolean).join('/')}`.toLowerCase();
}

export function functionBody(site: SiteRecord, { name, bindings, language, file }: SiteRecord['functions'][number]): JsonObject {
  const host = `https://${site.name}.azurewebsites.net`;
  const trigger = bindings.find(({ type }) => String(type).toLowerCase() === 'httptrigger');
  return childOf(site, 'functions', name, {
    name,
    function_app_id: null,
    script_root_path_href: `${host}/admin/vfs/site/wwwroot/${name}/`,
    script_href: `${host}/admin/vfs/site/wwwroot/bin/${site.name}.dll`,
    config_href: `${host}/admin/vfs/site/wwwroot/${name}/function.json`,
    test_data_href: `${host}/admin/vfs/tmp/FunctionsData/${name}.dat`,
    secrets_file_href: null,
    href: `${host}/admin/functions/${name}`,
    config: { ...(file ?? { name }), bindings },
    files: null,
    test_data: '',
    invoke_url_template: trigger ? `${host}${addressOf(site, name, trigger)}` : '',
    language,
    isDisabled: false,
  });
}

export const deploymentBody = (site: SiteRecord, { deployer, at, message }: SiteRecord['deployments'][number], index: number): JsonObject =>
  childOf(site, 'deployments', String(index + 1), {
    id: String(index + 1),
    status: 4,
    status_text: '',
    author_email: 'N/A',
    author: 'N/A',
    deployer,
    message,
    progress: '',
    received_time: at,
    start_time: at,
    end_time: at,
    last_success_end_time: at,
    complete: true,
    active: index === 0,
    is_temp: false,
    is_readonly: true,
    url: null,
    log_url: null,
    site_name: site.name,
  });

/** Returns one entry per host name. */
export const bindingsOf = ({ site, plan }: WebContext): JsonObject[] => {
  const names = (site.properties['hostNames'] ?? siteDefaults(site, plan)['hostNames']) as string[];
  return names.map((host) =>
    childOf(site, 'hostNameBindings', host, {
      siteName: site.name,
      domainId: null,
      ...(host.endsWith('.azurewebsites.net')
        ? {}
        : { azureResourceName: site.name, azureResourceType: 'Website', customHostNameDnsRecordType: 'CName' }),
      hostNameType: host.endsWith('.azurewebsites.net') ? 'Verified' : 'Managed',
    }),
  );
};

/** Returns the source control of an app or slot, always with the name and type of the app. Address and branch are null for a local repository. */
export const sourceControlShown = (site: SiteRecord, properties: JsonObject): JsonObject => ({
  ...configOf(site, 'sourcecontrols', 'web', {
    ...nulls('repoUrl', 'branch'),
    isGitHubAction: false,
    ...properties,
    gitHubActionConfiguration: null,
  }),
  name: site.name,
});

/** Connecting takes time: the first read shows it in progress, the next one finished. */
export function sourceControlBody({ site, request, etag }: WebContext): EmulatedResponse {
  if (!site.sourceControl) return notFound(`${siteType(site)}/sourcecontrols`, `${siteName(site)}/web`, resourceGroupOf(site.id));
  const shown = sourceControlShown(site, site.sourceControl);
  const { provisioningDetails: _, ...kept } = site.sourceControl;
  const isGoingOn = kept['provisioningState'] === 'InProgress';
  if (isGoingOn) site.sourceControl = { ...kept, provisioningState: 'Succeeded' };
  return answer(isGoingOn && versionOf(request) < '2018-01-01' ? 201 : 200, shown, { etag: etag() });
}

export const planOf = (state: State, site: SiteRecord): PlanRecord => {
  const plan = state.plans[keyOf(site.planId)];
  if (!plan) throw new TypeError(`the seed has no plan ${site.planId}`);
  return plan;
};

export const slotsOf = (state: State, site: SiteRecord): readonly SiteRecord[] => siteIndex(state).slots.get(keyOf(site.id)) ?? [];

export const production = (state: State, site: SiteRecord): SiteRecord =>
  site.slot ? (state.sites[keyOf(site.id).replace(/\/slots\/.*$/, '')] ?? site) : site;
