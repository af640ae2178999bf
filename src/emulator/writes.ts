/** What writes to Microsoft.Web do: which members they keep, replace, ignore or refuse. */
import { answer, gatewayError, webError, type EmulatedResponse } from './answers.ts';
import { configDefaults, siteDefaults } from './defaults.ts';
import { policyBody, settingsBody, siteBody } from './bodies.ts';
import { refusal } from './validate.ts';
import { subnetRefusal } from './networks.ts';
import { canonical, isObject, keyOf, type Json, type JsonObject } from './state.ts';
import { guidOf } from './guid.ts';
import type { WebContext } from './web-context.ts';

export const members = (body: Json): JsonObject => (isObject(body) && isObject(body['properties']) ? body['properties'] : {});
/** Keeps a member where it differs from a new resource; null means no change. */
function assign(kept: JsonObject, name: string, value: Json, defaults: JsonObject): void {
  if (value === null || !(name in defaults)) return;
  if (canonical(value) === canonical(defaults[name] ?? null)) delete kept[name];
  else kept[name] = value;
}

export function writeConfig({ site, plan }: WebContext, written: JsonObject): EmulatedResponse | undefined {
  const defaults = configDefaults(plan);
  const refused = refusal(written, defaults, plan);
  if (refused) return refused;
  for (const [name, value] of Object.entries(written)) {
    if (name === 'publicNetworkAccess') assign(site.properties, name, value, siteDefaults(site, plan));
    else if (name === 'cors' && isObject(value)) assign(site.config, name, corsOf(value), defaults);
    else if (name.endsWith('SecurityRestrictions') && Array.isArray(value)) assign(site.config, name, rowsOf(value), defaults);
    else if (name === 'virtualApplications' && Array.isArray(value)) assign(site.config, name, value.map(spelledOut), defaults);
    // 0 is what is shown before anything was written; it is not kept.
    else if (name === 'minimumElasticInstanceCount' && value === 0) assign(site.config, name, 1, defaults);
    else assign(site.config, name, value, defaults);
  }
  // The first write fixes the debugger version, whatever it was about.
  site.config['remoteDebuggingVersion'] ??= 'VS2022';
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

/** A value to compare: null says the same as leaving out. */
const bare = (value: Json): string => canonical(lean(value));
const lean = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(lean)
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, lean(member)]])))
      : value;

export function writeSite(x: WebContext): EmulatedResponse {
  const { site, plan, request } = x;
  const body = isObject(request.body) ? request.body : {};
  const { siteConfig, ...properties } = members(request.body);
  const defaults = siteDefaults(site, plan);
  const refused = refusal(properties, defaults, plan) ?? (isObject(siteConfig) ? writeConfig(x, siteConfig) : undefined);
  if (refused) return refused;
  const subnet = subnetRefusal(x.state, plan, properties['virtualNetworkSubnetId'] ?? null);
  if (subnet) return subnet;
  if (isObject(body['identity'])) writeIdentity(site, body['identity'], x.state.tenantId);
  for (const [name, value] of Object.entries(properties)) {
    const before = site.properties[name] ?? defaults[name];
    // What comes back as it was read is no change, and connections are made elsewhere.
    if (name === 'privateEndpointConnections' || bare(value) === bare(before ?? null)) continue;
    const merged =
      name === 'functionAppConfig' && isObject(value) && isObject(before)
        ? { ...before, ...value }
        : name === 'hostNameSslStates'
          ? hostStates(before ?? null, value)
          : value;
    assign(site.properties, name, merged, defaults);
  }
  if (isObject(body['tags'])) site.tags = body['tags'];
  return answer(200, siteBody(site, plan, x.state, true), { etag: x.etag() });
}

/** Host names are changed one by one, and what is not sent of them stays. */
function hostStates(before: Json, sent: Json): Json {
  const list = (value: Json) => (Array.isArray(value) ? value.filter(isObject) : []);
  const kept = list(before).map((one) => {
    const own = list(sent).find(({ name }) => name === one['name']) ?? {};
    const { toUpdate: _, ...rest } = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null));
    return { ...one, ...rest };
  });
  return [...kept, ...list(sent).filter(({ name }) => !kept.some((one) => one['name'] === name))];
}

/** The set that is sent is the set that is there afterwards. */
function writeIdentity(site: WebContext['site'], { type, userAssignedIdentities }: JsonObject, tenantId: string): void {
  const kinds = String(type)
    .split(',')
    .map((word) => word.trim());
  const users =
    isObject(userAssignedIdentities) && kinds.includes('UserAssigned')
      ? Object.entries(userAssignedIdentities).filter(([, value]) => value !== null)
      : [];
  const system = kinds.includes('SystemAssigned') ? { principalId: guidOf(`${site.id}/identity`), tenantId } : {};
  const known = isObject(site.identity?.['userAssignedIdentities']) ? Object.keys(site.identity['userAssignedIdentities']) : [];
  // One that is there already keeps its spelling.
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
