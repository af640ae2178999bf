/** Microsoft.Web as far as the tool touches it. Shapes, quirks and where each was seen: BEHAVIOUR.md. */
import { answer, gatewayError, notFound, type EmulatedRequest, type EmulatedResponse } from './answers.ts';
import { configDefaults, siteConfigInSite, siteDefaults } from './defaults.ts';
import { isObject, keyOf, resourceGroupOf, type Json, type JsonObject, type PlanRecord, type SiteRecord, type State } from './state.ts';
import { refusal } from './validate.ts';

export interface WebContext {
  readonly state: State;
  readonly site: SiteRecord;
  readonly plan: PlanRecord;
  readonly request: EmulatedRequest;
  /** Names from the path, in order. */
  readonly names: readonly string[];
  /** A new version of this resource, for the ETag header. */
  readonly etag: () => string;
}

export interface Route {
  readonly method: string;
  /** What follows the id of the site or slot. */
  readonly path: RegExp;
  /** ARM action, as roles name it. */
  readonly action: string;
  readonly handle: (x: WebContext) => EmulatedResponse;
}

const members = (body: Json): JsonObject => (isObject(body) && isObject(body['properties']) ? body['properties'] : {});
const siteType = (site: SiteRecord): string => (site.slot ? 'Microsoft.Web/sites/slots' : 'Microsoft.Web/sites');
const siteName = (site: SiteRecord): string => (site.slot ? `${site.name}/${site.slot}` : site.name);
const currentConfig = (site: SiteRecord, plan: PlanRecord): JsonObject => ({ ...configDefaults(plan), ...site.config });

export function siteBody(site: SiteRecord, plan: PlanRecord): JsonObject {
  const siteConfig = siteConfigInSite(currentConfig(site, plan));
  return {
    id: site.id,
    name: siteName(site),
    type: siteType(site),
    kind: site.kind,
    location: site.location,
    ...(site.tags ? { tags: site.tags } : {}),
    ...(site.identity ? { identity: site.identity } : {}),
    properties: { ...siteDefaults(site, plan), ...site.properties, siteConfig },
  };
}

/** config/web as it is read, or as a write answers it: with the id and type of the site. */
function configBody({ site, plan }: WebContext, written = false): JsonObject {
  const config = currentConfig(site, plan);
  const properties = { ...config };
  for (const prefix of ['ip', 'scmIp']) {
    const rows = (config[`${prefix}SecurityRestrictions`] ?? []) as Json[];
    properties[`${prefix}SecurityRestrictions`] = [...rows, madeUpRow(rows, config[`${prefix}SecurityRestrictionsDefaultAction`] ?? null)];
  }
  return { id: written ? site.id : `${site.id}/config/web`, name: siteName(site), type: written ? siteType(site) : `${siteType(site)}/config`, location: site.location, properties };
}

function madeUpRow(rows: Json[], defaultAction: Json): JsonObject {
  const action = defaultAction ?? (rows.length === 0 ? 'Allow' : 'Deny');
  return { ipAddress: 'Any', action, priority: 2_147_483_647, name: `${String(action)} all`, description: `${String(action)} all access` };
}

/** Keeps a member where it differs from a new resource; null means no change. */
function assign(kept: JsonObject, name: string, value: Json, defaults: JsonObject): void {
  if (value === null || !(name in defaults)) return;
  if (JSON.stringify(value) === JSON.stringify(defaults[name])) delete kept[name];
  else kept[name] = value;
}

function writeConfig({ site, plan }: WebContext, written: JsonObject): EmulatedResponse | undefined {
  const defaults = configDefaults(plan);
  const refused = refusal(written, defaults, plan);
  if (refused) return refused;
  for (const [name, value] of Object.entries(written)) {
    if (name === 'cors' && isObject(value)) assign(site.config, name, corsOf(value), defaults);
    else if (name.endsWith('SecurityRestrictions') && Array.isArray(value)) assign(site.config, name, rowsOf(value), defaults);
    else assign(site.config, name, value, defaults);
  }
  // The first write fixes the debugger version, whatever it was about.
  site.config['remoteDebuggingVersion'] ??= 'VS2022';
  return undefined;
}

const corsOf = (cors: JsonObject): JsonObject => ({ allowedOrigins: cors['allowedOrigins'] ?? null, supportCredentials: cors['supportCredentials'] ?? false });

function rowsOf(rows: Json[]): Json[] {
  const own = rows.filter((row): row is JsonObject => isObject(row) && row['ipAddress'] !== 'Any');
  return own
    .map((row) => {
      const { ipAddress, vnetSubnetResourceId, action, tag, priority, name, description, headers } = row;
      const entries = { ipAddress, vnetSubnetResourceId, action: action ?? 'Allow', tag: tag ?? 'Default', priority: priority ?? 65_000, name, description, headers };
      return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== null)) as JsonObject;
    })
    .toSorted((a, b) => Number(a['priority']) - Number(b['priority']));
}

function writeSite(x: WebContext): EmulatedResponse {
  const { site, plan, request } = x;
  const body = isObject(request.body) ? request.body : {};
  const { siteConfig, ...properties } = members(request.body);
  const defaults = siteDefaults(site, plan);
  const refused = refusal(properties, defaults, plan) ?? (isObject(siteConfig) ? writeConfig(x, siteConfig) : undefined);
  if (refused) return refused;
  for (const [name, value] of Object.entries(properties)) assign(site.properties, name, value, defaults);
  if (isObject(body['tags'])) site.tags = body['tags'];
  return answer(200, siteBody(site, plan), { etag: x.etag() });
}

const settingsBody = ({ site }: WebContext): JsonObject => ({ id: `${site.id}/config/appsettings`, name: 'appsettings', type: `${siteType(site)}/config`, location: site.location, properties: site.appSettings });

function putSettings(x: WebContext): EmulatedResponse {
  x.site.appSettings = Object.fromEntries(Object.entries(members(x.request.body)).map(([name, value]) => [name, value === null ? '' : String(value)]));
  return answer(200, settingsBody(x), { etag: x.etag() });
}

/** Sticky names live on the production site, also when asked of a slot. */
function stickyBody(site: SiteRecord): JsonObject {
  const names = site.stickySettings.length > 0 ? site.stickySettings : null;
  return { id: null, name: site.name, type: 'Microsoft.Web/sites', location: site.location, properties: { connectionStringNames: null, appSettingNames: names, azureStorageConfigNames: null } };
}

function policyBody(site: SiteRecord, name: 'scm' | 'ftp'): JsonObject {
  const place = `basicPublishingCredentialsPolicies/${name}`;
  return { id: `${site.id}/${place}`, name, type: `${siteType(site)}/basicPublishingCredentialsPolicies`, location: site.location, properties: { allow: site.publishing[name] ?? true } };
}

function putPolicy({ site, request, names }: WebContext): EmulatedResponse {
  const name = names[0] === 'ftp' ? 'ftp' : 'scm';
  const allow = members(request.body)['allow'];
  if (typeof allow !== 'boolean') return gatewayError(400, 'InvalidRequestContent', "The request content was invalid and could not be deserialized: 'allow' must be a boolean.");
  if (allow) delete site.publishing[name];
  else site.publishing[name] = false;
  return answer(200, policyBody(site, name));
}

function functionBody(site: SiteRecord, { name, bindings, language }: SiteRecord['functions'][number]): JsonObject {
  const host = `https://${site.name}.azurewebsites.net`;
  const http = bindings.some(({ type }) => type === 'httpTrigger');
  return {
    id: `${site.id}/functions/${name}`,
    name: `${siteName(site)}/${name}`,
    type: `${siteType(site)}/functions`,
    location: site.location,
    properties: {
      name,
      function_app_id: null,
      script_root_path_href: `${host}/admin/vfs/site/wwwroot/${name}/`,
      script_href: `${host}/admin/vfs/site/wwwroot/bin/${site.name}.dll`,
      config_href: `${host}/admin/vfs/site/wwwroot/${name}/function.json`,
      test_data_href: null,
      href: `${host}/admin/functions/${name}`,
      config: { name, bindings },
      files: null,
      test_data: '',
      invoke_url_template: http ? `${host}/api/${name.toLowerCase()}` : '',
      language,
      isDisabled: false,
    },
  };
}

const deploymentBody = (site: SiteRecord, { deployer, at, message }: SiteRecord['deployments'][number], index: number): JsonObject => ({
  id: `${site.id}/deployments/${index + 1}`,
  name: `${siteName(site)}/${index + 1}`,
  type: `${siteType(site)}/deployments`,
  location: site.location,
  properties: { id: String(index + 1), status: 4, status_text: '', author_email: 'N/A', author: 'N/A', deployer, message, progress: '', received_time: at, start_time: at, end_time: at, last_success_end_time: at, complete: true, active: index === 0, is_temp: false, is_readonly: true, url: null, log_url: null, site_name: site.name },
});

function sourceControlBody(site: SiteRecord): EmulatedResponse {
  if (!site.sourceControl) return notFound(`${siteType(site)}/sourcecontrols`, `${siteName(site)}/web`, resourceGroupOf(site.id));
  return answer(200, { id: `${site.id}/sourcecontrols/web`, name: siteName(site), type: `${siteType(site)}/sourcecontrols`, location: site.location, properties: site.sourceControl });
}

const get = (path: RegExp, action: string, handle: Route['handle']): Route => ({ method: 'GET', path, action: `Microsoft.Web/sites/${action}`, handle });
const write = (method: string, path: RegExp, action: string, handle: Route['handle']): Route => ({ method, path, action: `Microsoft.Web/sites/${action}`, handle });

export const ROUTES: readonly Route[] = [
  get(/^$/, 'read', ({ site, plan, ...x }) => answer(200, siteBody(site, plan), { etag: x.etag() })),
  write('PATCH', /^$/, 'write', writeSite),
  write('PUT', /^$/, 'write', writeSite),
  get(/^\/slots$/i, 'slots/read', ({ state, site }) => {
    const slots = Object.values(state.sites).filter((slot) => slot.slot && keyOf(slot.id).startsWith(`${keyOf(site.id)}/slots/`));
    return answer(200, { value: slots.map((slot) => siteBody(slot, planOf(state, slot))), nextLink: null });
  }),
  get(/^\/config\/web$/i, 'config/read', (x) => answer(200, configBody(x))),
  ...['PATCH', 'PUT'].map((method) => write(method, /^\/config\/web$/i, 'config/write', (x) => writeConfig(x, members(x.request.body)) ?? answer(200, configBody(x, true), { etag: x.etag() }))),
  write('POST', /^\/config\/appsettings\/list$/i, 'config/list/action', (x) => answer(200, settingsBody(x))),
  write('PUT', /^\/config\/appsettings$/i, 'config/write', putSettings),
  get(/^\/config\/slotConfigNames$/i, 'config/read', ({ state, site }) => answer(200, stickyBody(production(state, site)))),
  write('PUT', /^\/config\/slotConfigNames$/i, 'config/write', ({ state, site, request }) => {
    const names = members(request.body)['appSettingNames'];
    if (Array.isArray(names)) production(state, site).stickySettings = names.map(String);
    return answer(200, stickyBody(production(state, site)));
  }),
  get(/^\/basicPublishingCredentialsPolicies$/i, 'basicPublishingCredentialsPolicies/read', ({ site }) => answer(200, { value: [policyBody(site, 'ftp'), policyBody(site, 'scm')], nextLink: null })),
  ...(['scm', 'ftp'] as const).flatMap((name) => [
    get(new RegExp(`^/basicPublishingCredentialsPolicies/(${name})$`, 'i'), `basicPublishingCredentialsPolicies/${name}/read`, ({ site }) => answer(200, policyBody(site, name))),
    write('PUT', new RegExp(`^/basicPublishingCredentialsPolicies/(${name})$`, 'i'), `basicPublishingCredentialsPolicies/${name}/write`, putPolicy),
  ]),
  get(/^\/functions$/i, 'functions/read', ({ site }) => answer(200, { value: site.functions.map((item) => functionBody(site, item)), nextLink: null })),
  get(/^\/deployments$/i, 'deployments/read', ({ site }) => answer(200, { value: site.deployments.map((item, index) => deploymentBody(site, item, index)), nextLink: null })),
  get(/^\/sourcecontrols\/web$/i, 'sourcecontrols/read', ({ site }) => sourceControlBody(site)),
  write('POST', /^\/restart$/i, 'restart/action', () => answer(200)),
  write('POST', /^\/newpassword$/i, 'newpassword/action', () => answer(204)),
];

export const planOf = (state: State, site: SiteRecord): PlanRecord => {
  const plan = state.plans[keyOf(site.planId)];
  if (!plan) throw new TypeError(`the seed has no plan ${site.planId}`);
  return plan;
};

const production = (state: State, site: SiteRecord): SiteRecord => (site.slot ? (state.sites[keyOf(site.id).replace(/\/slots\/.*$/, '')] ?? site) : site);

export function planBody(state: State, plan: PlanRecord): JsonObject {
  const { id, name, location, kind, sku, linux } = plan;
  const numberOfSites = Object.values(state.sites).filter((site) => keyOf(site.planId) === keyOf(id)).length;
  return {
    id,
    name,
    type: 'Microsoft.Web/serverfarms',
    kind,
    location,
    properties: { serverFarmId: 1, name, workerSize: 'D1', workerSizeId: 0, numberOfWorkers: sku.capacity, status: 'Ready', subscription: id.split('/')[2] ?? '', computeMode: sku.tier === 'Dynamic' ? 'Dynamic' : null, maximumNumberOfWorkers: 0, planName: 'VirtualDedicatedPlan', geoRegion: location, perSiteScaling: false, elasticScaleEnabled: sku.tier === 'ElasticPremium', maximumElasticWorkerCount: sku.tier === 'ElasticPremium' ? 20 : 0, numberOfSites, isSpot: false, kind, resourceGroup: resourceGroupOf(id), reserved: linux, isXenon: false, hyperV: false, zoneRedundant: false, provisioningState: 'Succeeded' },
    sku: { ...sku },
  };
}
