/** Effect of writes to Microsoft.Web: which members are kept, replaced, ignored or refused. */
import { nulls, asObject, propertiesOf } from '../parts.ts';
import { answer, gatewayError, invalidParameter, webError, type EmulatedResponse } from '../answers.ts';
import { configDefaults } from './config-defaults.ts';
import { siteDefaults } from './defaults.ts';
import { stickyBody, sourceControlShown, production, connectionStringsBody, policyBody, settingsBody, siteBody } from './bodies.ts';
import { refusal } from './validate.ts';
import { MADE } from '../shapes.ts';
import { membersOf, siteIn, versionOf } from './versions.ts';
import { subnetRefusal } from './networks.ts';
import { canonical, isObject, keyOf, type Json, type JsonObject } from '../state.ts';
import { guidOf } from '../guid.ts';
import type { WebContext } from './web-context.ts';

export const members = (body: Json): JsonObject => propertiesOf(asObject(body));
/** Stores a member if it differs from a new resource; null means no change. */
function assign(kept: JsonObject, name: string, value: Json, defaults: JsonObject): void {
  if (value === null || !(name in defaults)) return;
  if (canonical(value) === canonical(defaults[name] ?? null)) delete kept[name];
  else kept[name] = value;
}

export function writeConfig({ site, plan }: WebContext, written: JsonObject): EmulatedResponse | undefined {
  const defaults = configDefaults(plan, site);
  const refused = refusal(written, defaults, plan);
  if (refused) return refused;
  for (const [name, value] of Object.entries(written)) {
    if (name === 'publicNetworkAccess') assign(site.properties, name, value, siteDefaults(site, plan));
    else if (name === 'cors' && isObject(value)) assign(site.config, name, corsOf(value), defaults);
    else if (name.endsWith('SecurityRestrictions') && Array.isArray(value)) assign(site.config, name, rowsOf(value), defaults);
    else if (name === 'virtualApplications' && Array.isArray(value)) assign(site.config, name, value.map(spelledOut), defaults);
    // 0 is shown before the first write, and is not stored.
    else if (name === 'minimumElasticInstanceCount' && value === 0) assign(site.config, name, 1, defaults);
    else assign(site.config, name, value, defaults);
  }
  // The first write sets the debugger version, whatever it changes; Linux hosts have none.
  if (!plan.linux) site.config['remoteDebuggingVersion'] ??= 'VS2022';
  return undefined;
}

const spelledOut = (application: Json): Json => (isObject(application) ? { virtualDirectories: null, ...application } : application);

const corsOf = (cors: JsonObject): JsonObject => ({
  allowedOrigins: cors['allowedOrigins'] ?? null,
  supportCredentials: cors['supportCredentials'] ?? false,
});

function rowsOf(rows: Json[]): Json[] {
  const own = rows.filter((row): row is JsonObject => isObject(row) && row['ipAddress'] !== 'Any');
  return own
    .map((row) => {
      const { ipAddress, vnetSubnetResourceId, action, tag, priority, name, description, headers } = row;
      const entries = {
        ipAddress,
        vnetSubnetResourceId,
        action: action ?? 'Allow',
        tag: tag ?? 'Default',
        priority: priority ?? 65_000,
        name,
        description,
        headers,
      };
      return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== null)) as JsonObject;
    })
    .toSorted((a, b) => Number(a['priority']) - Number(b['priority']));
}

/** Normalizes a value for comparison: null equals a missing member. */
const bare = (value: Json): string => canonical(lean(value));
const lean = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(lean)
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, lean(member)]])))
      : value;

export function writeSite(x: WebContext): EmulatedResponse {
  const { site, plan, request } = x;
  const body = asObject(request.body);
  const version = versionOf(request);
  const { siteConfig, ...properties } = membersOf(version, members(request.body));
  const defaults = siteDefaults(site, plan);
  const refused = refusal(properties, defaults, plan) ?? (isObject(siteConfig) ? writeConfig(x, siteConfig) : undefined);
  if (refused) return refused;
  const subnet = subnetRefusal(x.state, plan, properties['virtualNetworkSubnetId'] ?? null);
  if (subnet) return subnet;
  if (isObject(body['identity'])) writeIdentity(site, body['identity'], x.state.tenantId);
  for (const [name, value] of Object.entries(properties)) {
    const before = site.properties[name] ?? defaults[name];
    // A value that equals the current one is not a change, and connections are created elsewhere.
    if (name === 'privateEndpointConnections' || bare(value) === bare(before ?? null)) continue;
    const merged =
      name === 'functionAppConfig' && isObject(value) && isObject(before)
        ? flexSpelled({ ...before, ...value })
        : name === 'hostNameSslStates'
          ? hostStates(before ?? null, value)
          : value;
    assign(site.properties, name, merged, defaults);
  }
  if (isObject(body['tags'])) site.tags = body['tags'];
  return answer(200, siteIn(version, siteBody(site, plan, x.state, true), request.method === 'PATCH' ? 'told' : 'named'), {
    etag: x.etag(),
  });
}

/** Members that are returned as null if they were not sent. */
const SPELLED_OUT: Readonly<Record<string, readonly string[]>> = {
  authentication: ['userAssignedIdentityResourceId', 'storageAccountConnectionStringName'],
  scaleAndConcurrency: ['alwaysReady', 'triggers'],
};
/** Returns the configuration of Flex Consumption: its parts are replaced as a whole, and its words are in lower case. */
function flexSpelled(value: Json, name = ''): Json {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase();
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([member, inner]): [string, Json] => [
    member,
    member === 'siteUpdateStrategy' ? inner : flexSpelled(inner, member),
  ]);
  return { ...nulls(...(SPELLED_OUT[name] ?? [])), ...Object.fromEntries(members) };
}

/** Changes single host names; host names that are not sent stay unchanged. */
function hostStates(before: Json, sent: Json): Json {
  const list = (value: Json) => (Array.isArray(value) ? value.filter(isObject) : []);
  const kept = list(before).map((one) => {
    const own = list(sent).find(({ name }) => name === one['name']) ?? {};
    const { toUpdate: _, ...rest } = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null));
    return { ...one, ...rest };
  });
  return [...kept, ...list(sent).filter(({ name }) => !kept.some((one) => one['name'] === name))];
}

/** Replaces the whole set of identities by the sent one. */
function writeIdentity(site: WebContext['site'], { type, userAssignedIdentities }: JsonObject, tenantId: string): void {
  const kinds = String(type)
    .split(',')
    .map((word) => word.trim());
  const kept = site.identity?.['userAssignedIdentities'];
  // Without a list, the existing identities stay.
  const list = userAssignedIdentities ?? kept;
  const users = isObject(list) && kinds.includes('UserAssigned') ? Object.entries(list).filter(([, value]) => value !== null) : [];
  const system = kinds.includes('SystemAssigned') ? { principalId: guidOf(`${site.id}/identity`), tenantId } : {};
  const known = isObject(kept) ? Object.keys(kept) : [];
  // An existing identity keeps its spelling.
  const spelled = (id: string) => known.find((one) => keyOf(one) === keyOf(id)) ?? id;
  const named = users.map(([id]): [string, Json] => [
    spelled(id),
    { principalId: guidOf(`${id}/principal`), clientId: guidOf(`${id}/client`) },
  ]);
  if (kinds.includes('None')) delete site.identity;
  else
    site.identity = {
      type: kinds.join(', '),
      ...system,
      ...(named.length > 0 ? { userAssignedIdentities: Object.fromEntries(named) } : {}),
    };
}

export function putSettings(x: WebContext): EmulatedResponse {
  const names = Object.keys(members(x.request.body));
  const twice = names.find((name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index);
  if (twice !== undefined) return webError(409, 'Conflict', '01001', 'Parameter with name {0} already exists in the collection.', twice);
  x.site.appSettings = Object.fromEntries(
    Object.entries(members(x.request.body)).map(([name, value]) => [name, value === null ? '' : String(value)]),
  );
  return answer(200, settingsBody(x), { etag: x.etag() });
}

/** Replaces all connection strings, each of which has a value and a type. */
export function putConnectionStrings(x: WebContext): EmulatedResponse {
  const rows = Object.entries(members(x.request.body)).filter((one): one is [string, JsonObject] => isObject(one[1]));
  const bad = rows.find(([, { type }]) => !CONNECTION_TYPES.some((one) => one.toLowerCase() === String(type).toLowerCase()));
  if (bad) return invalidParameter('type');
  x.site.connectionStrings = Object.fromEntries(
    rows.map(([name, { value, type }]) => [name, { value: String(value ?? ''), type: String(type) }]),
  );
  return answer(200, connectionStringsBody(x), { etag: x.etag() });
}
const CONNECTION_TYPES = `MySql SQLServer SQLAzure Custom NotificationHub ServiceBus EventHub ApiHub DocDb RedisCache PostgreSQL`.split(
  ' ',
);

export function putSticky({ state, site, request }: WebContext): EmulatedResponse {
  const owner = production(state, site);
  const { appSettingNames: settings, connectionStringNames, azureStorageConfigNames } = members(request.body);
  if (Array.isArray(settings)) owner.stickySettings = settings.map(String);
  const others = { connectionStrings: connectionStringNames, storage: azureStorageConfigNames };
  for (const [name, list] of Object.entries(others)) {
    if (!Array.isArray(list)) continue;
    const { [name as 'storage']: _, ...rest } = owner.stickyOthers ?? {};
    const now = list.length > 0 ? { ...rest, [name]: list.map(String) } : rest;
    if (Object.keys(now).length > 0) owner.stickyOthers = now;
    else delete owner.stickyOthers;
  }
  return answer(200, stickyBody(owner, true));
}

export function putSourceControl(x: WebContext): EmulatedResponse {
  const { repoUrl, branch, isManualIntegration, isMercurial, deploymentRollbackEnabled } = members(x.request.body);
  if (typeof repoUrl !== 'string') return invalidParameter('repoUrl');
  const isNew = !x.site.sourceControl;
  const kept = {
    repoUrl,
    branch: branch ?? 'master',
    isManualIntegration: isManualIntegration === true,
    deploymentRollbackEnabled: deploymentRollbackEnabled === true,
    isMercurial: isMercurial === true,
  };
  const begun = { ...kept, provisioningState: 'InProgress' };
  x.site.sourceControl = { ...begun, provisioningDetails: `${MADE.replace('Z', '')} Ensuring ScmType` };
  return answer(isNew ? 201 : 200, sourceControlShown(x.site, begun), { etag: x.etag() });
}

export function putPolicy({ site, request, names }: WebContext): EmulatedResponse {
  const name = names[0] === 'ftp' ? 'ftp' : 'scm';
  const allow = members(request.body)['allow'];
  if (typeof allow !== 'boolean')
    return gatewayError(
      400,
      'InvalidRequestContent',
      "The request content was invalid and could not be deserialized: 'allow' must be a boolean.",
    );
  if (allow) delete site.publishing[name];
  else site.publishing[name] = false;
  return answer(200, policyBody(site, name));
}
