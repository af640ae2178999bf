/** Copies values that clients set from recorded responses into a state. */
import { keyOf, isObject, type Json, type JsonObject, type PlanRecord, type SiteRecord, type State } from '../../../src/emulator/state.ts';
import type { Recorded } from '../recorded.ts';
import { pathOf } from './places.ts';
import { OF_CONFIG, OF_PLAN, OF_ROLE, OF_SITE, OF_SUBNET, OF_TYPE } from './settable.ts';

const SKUS: Readonly<Record<string, string>> = {
  Dynamic: 'Y1',
  FlexConsumption: 'FC1',
  ElasticPremium: 'EP1',
  Basic: 'B1',
  Standard: 'S1',
  PremiumV3: 'P1v3',
};

export const objectAt = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const pick = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.filter((name) => name in from && from[name] !== null).map((name) => [name, from[name]!]));

export const SITE = /^(.*\/providers\/Microsoft\.Web\/sites\/([^/]+)(?:\/slots\/([^/]+))?)(\/.*)?$/i;

export function planFor(state: State, site: string, properties: JsonObject): string {
  const group = site.replace(/\/providers\/.*$/i, '');
  const id =
    typeof properties['serverFarmId'] === 'string' ? properties['serverFarmId'] : `${group}/providers/Microsoft.Web/serverfarms/plan`;
  const tier = typeof properties['sku'] === 'string' ? properties['sku'] : 'Dynamic';
  if (state.plans[keyOf(id)]?.kind) return id;
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

/** Returns the record of the site of a path, and creates it if there is none. */
export function siteOf(state: State, path: string): SiteRecord | undefined {
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

export function takeSiteItself(state: State, { status, responseBody, ...recorded }: Recorded): void {
  const [, id, , , rest] = SITE.exec(pathOf(recorded as Recorded)) ?? [];
  const body = objectAt(responseBody as Json);
  if (!id || status >= 300 || (rest && !rest.startsWith('/operationresults/')) || !isObject(body['properties'])) return;
  takeSiteOf(state, id, body);
}

function takeSiteOf(state: State, id: string, body: JsonObject): void {
  const site = siteOf(state, id)!;
  site.kind = String(body['kind']);
  site.location = String(body['location']);
  const properties = objectAt(body['properties']);
  site.planId = planFor(state, id, properties);
  takeConnectionsOf(state, id, properties, 'sites');
}

/** Copies the values of an exchange. @param less values that its own request set, which did not exist before */
export function take(state: State, recorded: Recorded, less?: JsonObject): void {
  const path = pathOf(recorded);
  if (recorded.status >= 300) return;
  if (recorded.method === 'DELETE') return forget(state, path);
  const body = objectAt(recorded.responseBody as Json);
  if (/\/listKeys$/i.test(path) && !SITE.test(path)) return void bareResource(state, path.replace(/\/listKeys$/i, ''));
  if (/\/accessPolicies\/\w+$/i.test(path)) return void bareResource(state, path.replace(/\/accessPolicies\/\w+$/i, ''));
  const lists = Array.isArray(body['value']) && !/\/(functions|hostNameBindings)$/i.test(path);
  for (const one of lists ? (body['value'] as Json[]) : [body]) takeOne(state, path, lists, objectAt(one), recorded, less);
}

/** Copies the values of a read; a list is complete. */
export function takeRead(state: State, recorded: Recorded): void {
  const { value } = objectAt(recorded.responseBody as Json);
  if (Array.isArray(value)) {
    const path = keyOf(pathOf(recorded));
    const at = path.lastIndexOf('/providers/');
    const [scope, type] = [path.slice(0, at), path.slice(at)];
    const isOfIt = (id: string) => id.startsWith(`${path}/`) || (id.startsWith(`${scope}/`) && new RegExp(`${type}/[^/]+$`).test(id));
    for (const all of [state.sites, state.resources]) for (const id of Object.keys(all)) if (isOfIt(id)) delete all[id];
    if (type.endsWith('/roleassignments'))
      for (const id of Object.keys(state.resources)) if (id.includes(`${type}/`)) delete state.resources[id];
    if (type.endsWith('/roleassignments')) takeMemberships(state, recorded, value);
    if (type.endsWith('/roledefinitions'))
      state.definitions = value.map((one) => ({
        id: objectAt(one)['id']!,
        properties: pick(objectAt(objectAt(one)['properties']), OF_ROLE),
      }));
    if (type.endsWith('/locks')) state.locks = [];
    if (type.endsWith('/assessments')) state.assessments = [];
  }
  take(state, recorded);
}

/** A role assignment of a principal that names another one belongs to a group of the principal. */
function takeMemberships(state: State, { url }: Recorded, value: readonly Json[]): void {
  const principal = /assignedTo\('([^']+)'\)/.exec(decodeURIComponent(url))?.[1];
  if (!principal) return;
  for (const one of value) {
    const holder = String(objectAt(objectAt(one)['properties'])['principalId']);
    if (holder !== principal) state.groups[holder] = [principal];
  }
}

/** One resource, answered for itself or in a list. */
function takeOne(state: State, path: string, inList: boolean, body: JsonObject, recorded: Recorded, less?: JsonObject): void {
  const at = inList ? String(body['id']) : path;
  // Subscriptions, groups and tenants are no resources of a provider.
  if (inList && !/\/providers\//i.test(at)) return;
  const site = SITE.exec(at);
  const here = site && !/\/providers\//i.test(site[4] ?? '') ? siteOf(state, at) : undefined;
  if (/\/privateEndpointConnections\/[^/]+$/i.test(at)) return takeConnection(state, at, body);
  if (here) {
    if (!site?.[4] && isObject(body['properties'])) takeSiteOf(state, at, body);
    return takeOfSite(here, site?.[4] ?? '', body, recorded, less);
  }
  if (/\/serverfarms\/[^/]+$/i.test(at)) return takePlan(state, body, less);
  takeResource(state, body, inList ? undefined : less);
}

/** The endpoint that a connection of a site belongs to. */
function takeConnection(state: State, path: string, body: JsonObject): void {
  const { privateEndpoint, privateLinkServiceConnectionState: told } = objectAt(body['properties']);
  const id = String(objectAt(privateEndpoint)['id']);
  const name = String(body['name']).replace(/-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, '');
  const status = objectAt(told)['status'];
  const at = { privateLinkServiceId: path.replace(/\/privateEndpointConnections\/.*$/i, ''), groupIds: ['sites'] };
  state.resources[keyOf(id)] = {
    id,
    properties: {
      provisioningState: 'Succeeded',
      manualPrivateLinkServiceConnections: [{ name, properties: at }],
      ...(status === 'Approved' ? { connectionDecision: status } : {}),
    },
  };
}

/** The resources that a request to a part of it requires. */
const bareResource = (state: State, id: string): JsonObject => (state.resources[keyOf(id)] ??= { id, properties: {} });

function takePlan(state: State, body: JsonObject, less?: JsonObject): void {
  const id = String(body['id']);
  const properties = objectAt(body['properties']);
  const without = objectAt(less?.['properties']);
  state.plans[keyOf(id)] = {
    id,
    name: String(body['name']),
    location: String(properties['geoRegion'] ?? body['location']),
    kind: String(body['kind']),
    sku: body['sku'] as unknown as PlanRecord['sku'],
    linux: properties['reserved'] === true,
    ...(isObject(body['tags']) ? { tags: body['tags'] } : {}),
    properties: pick(
      properties,
      OF_PLAN.filter((name) => name !== 'reserved' && !(name in without)),
    ),
  };
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
    // Clients set certificates; the service sets all other members of a host name.
    const hosts = properties['hostNameSslStates'];
    if (Array.isArray(hosts) && (hosts.length > 2 || hosts.some((one) => objectAt(one)['thumbprint'])))
      Object.assign(site.properties, pick(properties, ['hostNames', 'enabledHostNames', 'hostNameSslStates']));
    // The same as not set; config/web shows which of the two it is.
    if (site.properties['publicNetworkAccess'] === 'Enabled') delete site.properties['publicNetworkAccess'];
    if (isObject(body['identity'])) site.identity = body['identity'];
    else delete site.identity;
    // The few members of the configuration that a site returns.
    Object.assign(
      site.config,
      pick(
        objectAt(properties['siteConfig']),
        OF_CONFIG.filter((name) => /^(alwaysOn|http20|linuxFx|windowsFx|numberOf)/.test(name)),
      ),
    );
  } else if (/^\/config\/web$/i.test(rest)) {
    site.location = String(body['location'] ?? site.location);
    site.config = kept(OF_CONFIG);
    // This shows the kind of app if nothing else does.
    if (typeof properties['elasticWebAppScaleLimit'] === 'number') site.kind = 'app';
    if (typeof properties['publicNetworkAccess'] === 'string') site.properties['publicNetworkAccess'] = properties['publicNetworkAccess'];
    for (const name of ['ipSecurityRestrictions', 'scmIpSecurityRestrictions']) {
      const rows = site.config[name];
      if (Array.isArray(rows)) site.config[name] = rows.filter((row) => !(isObject(row) && row['ipAddress'] === 'Any'));
    }
  } else if (/^\/functions$/i.test(rest))
    site.functions = (Array.isArray(body['value']) ? body['value'] : []).map((one) => {
      const { name, language, config } = objectAt(objectAt(one)['properties']);
      const { bindings, ...file } = objectAt(config);
      return { name: String(name), language: String(language), bindings: (bindings ?? []) as JsonObject[], file };
    });
  else if (/^\/sourcecontrols\/web$/i.test(rest)) {
    site.sourceControl = pick(properties, Object.keys(properties));
  } else if (/^\/hostNameBindings$/i.test(rest))
    site.properties['hostNames'] = ((body['value'] ?? []) as JsonObject[]).map((one) => String(one['name']).split('/').at(-1) ?? '');
  else if (/^\/config\/connectionstrings/i.test(rest)) site.connectionStrings = properties as SiteRecord['connectionStrings'] & object;
  else if (/^\/config\/authsettingsV2/i.test(rest)) {
    if (Object.keys(properties).length > 0) site.auth = properties;
  } else if (/^\/config\/appsettings(\/list)?$/i.test(rest)) site.appSettings = properties as Record<string, string>;
  else if (/^\/config\/slotConfigNames$/i.test(rest)) {
    site.stickySettings = (properties['appSettingNames'] ?? []) as string[];
    const [connectionStrings, storage] = [
      properties['connectionStringNames'] ?? [],
      properties['azureStorageConfigNames'] ?? [],
    ] as string[][];
    site.stickyOthers = { connectionStrings: connectionStrings!, storage: storage! };
  } else if (/^\/basicPublishing/i.test(rest)) site.publishing = { scm: properties['allow'] === true };
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
  if (key === 'microsoft.security/assessments') {
    const [site = '', name = ''] = body['id'].split(/\/providers\/Microsoft\.Security\/assessments\//i);
    const { displayName, status } = properties;
    state.assessments.push({ site, name, displayName: String(displayName), code: objectAt(status)['code'] as 'Healthy' });
    return;
  }
  if (key === 'microsoft.authorization/locks') {
    const [scope = '', name = ''] = body['id'].split(/\/providers\/Microsoft\.Authorization\/locks\//i);
    const kept = state.locks.filter((lock) => keyOf(lock.scope) !== keyOf(scope) || lock.name !== name);
    const { notes } = properties;
    state.locks = [...kept, { scope, name, level: properties['level'] as 'ReadOnly', ...(typeof notes === 'string' ? { notes } : {}) }];
    return;
  }
  const without = objectAt(less?.['properties']);
  takeConnectionsOf(state, body['id'], properties);
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

/** The endpoints that an account or a vault is connected to. */
function takeConnectionsOf(state: State, of: string, { privateEndpointConnections: told }: JsonObject, group = 'blob'): void {
  for (const one of Array.isArray(told) ? told : []) {
    const { privateEndpoint, privateLinkServiceConnectionState: decided } = objectAt(objectAt(one)['properties']);
    const id = String(objectAt(privateEndpoint)['id']);
    state.resources[keyOf(id)] = {
      id,
      properties: {
        provisioningState: 'Succeeded',
        privateLinkServiceConnections: [{ name: 'recorded', properties: { privateLinkServiceId: of, groupIds: [group] } }],
        ...pick({ connectionDecision: objectAt(decided)['status'] ?? null }, ['connectionDecision']),
      },
    };
  }
}

function takeSubnet(state: State, body: JsonObject): void {
  const id = String(body['id']).replace(/\/subnets\/.*$/i, '');
  const subnet = {
    id: body['id']!,
    name: body['name']!,
    properties: pick(objectAt(body['properties']), OF_SUBNET),
  };
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
  key.startsWith('microsoft.network/privateendpoints') ? pick(properties, ['provisioningState']) : {};

export function forget(state: State, path: string): void {
  delete state.resources[keyOf(path)];
  delete state.plans[keyOf(path)];
  state.locks = state.locks.filter(({ scope, name }) => keyOf(path) !== keyOf(`${scope}/providers/Microsoft.Authorization/locks/${name}`));
  const [, id, , , rest] = SITE.exec(path) ?? [];
  const site = id ? state.sites[keyOf(id)] : undefined;
  if (id && !rest) delete state.sites[keyOf(id)];
  if (!site || !rest) return;
  if (/keys\//i.test(rest)) site.keys = { ...site.keys, [rest.slice(1)]: '' };
  if (/virtualNetwork$/i.test(rest)) delete site.properties['virtualNetworkSubnetId'];
}
