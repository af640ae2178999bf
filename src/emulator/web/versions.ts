/** Answers of older API versions of Microsoft.Web that differ from the newest (recorded side by side). */
import { asObject, nulls } from '../parts.ts';
import { isObject, type Json, type JsonObject } from '../state.ts';

/** Returns the API version of a request. handle.ts has checked that it is a date. */
export const versionOf = ({ url }: { readonly url: string }): string => /[?&]api-version=([^&#]*)/.exec(url)?.[1] ?? '';

const NEWEST = '2024-11-01';

/** Before 2024-11-01, each kind of outbound routing was a separate member. */
const ROUTING: readonly (readonly [string, string])[] = [
  ['vnetRouteAllEnabled', 'applicationTraffic'],
  ['vnetImagePullEnabled', 'imagePullTraffic'],
  ['vnetContentShareEnabled', 'contentShareTraffic'],
  ['vnetBackupRestoreEnabled', 'backupRestoreTraffic'],
];

/** Members that went after 2016-08-01. */
const GONE: JsonObject = { gatewaySiteName: null, microService: 'false', premiumAppDeployed: null, snapshotInfo: null };

/**
 * Returns a site as API version `version` returns it. Until 2018-11-01 it has no configuration. In 2019-08-01, some members of the configuration
 * are null in lists and in answers to PUT (`how`: named).
 */
export function siteIn(version: string, body: JsonObject, how: 'told' | 'named'): JsonObject {
  const routed = routedSite(version, body);
  const properties = routed['properties'];
  if (version >= '2020-06-01' || !isObject(properties)) return routed;
  const { siteConfig, siteProperties, privateEndpointConnections, ...rest } = properties;
  const isOld = version < '2018-02-01';
  return {
    ...routed,
    properties: {
      ...rest,
      siteConfig: version < '2019-08-01' || !isObject(siteConfig) ? null : how === 'told' ? siteConfig : untold(siteConfig),
      siteProperties: isOld ? { ...asObject(siteProperties ?? null), properties: [] } : (siteProperties ?? null),
      privateEndpointConnections: how === 'told' ? (privateEndpointConnections ?? null) : null,
      ...(isOld ? GONE : {}),
    },
  };
}

const UNTOLD = new Set(['numberOfWorkers', 'linuxFxVersion', 'windowsFxVersion', 'alwaysOn', 'http20Enabled', 'functionAppScaleLimit']);
const untold = (siteConfig: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(siteConfig).map(([name, value]) => [name, UNTOLD.has(name) ? null : Array.isArray(value) ? ranked(value) : value]),
  );

/** Sets the priority of the row that the service adds: 1 until 2020-06-01 if an app has no rules (recorded 290 times), else the last. */
const ranked = (rows: Json[]): Json =>
  rows.length === 1 ? rows.map((row) => (isObject(row) && row['ipAddress'] === 'Any' ? { ...row, priority: 1 } : row)) : rows;

/** Returns the configuration of an app as API version `version` returns it. */
export function configIn(version: string, body: JsonObject): JsonObject {
  const properties = body['properties'];
  if (version >= '2023-01-01' || !isObject(properties)) return body;
  const { ipSecurityRestrictions, scmIpSecurityRestrictions, remoteDebuggingVersion, minimumElasticInstanceCount, autoHealRules } =
    properties;
  const isOld = version < '2019-08-01';
  const told = remoteDebuggingVersion === 'VS2022' ? (isOld ? null : 'VS2019') : (remoteDebuggingVersion ?? null);
  const isOldest = version < '2018-02-01';
  const rows = (list: Json | undefined): Json =>
    !Array.isArray(list) || (isOldest && list.length === 1) ? null : version <= '2020-06-01' ? ranked(list) : list;
  return {
    ...body,
    properties: {
      ...properties,
      ipSecurityRestrictions: rows(ipSecurityRestrictions),
      scmIpSecurityRestrictions: rows(scmIpSecurityRestrictions),
      remoteDebuggingVersion: told,
      minimumElasticInstanceCount: minimumElasticInstanceCount === 1 ? 0 : (minimumElasticInstanceCount ?? null),
      ...(isOld ? { preWarmedInstanceCount: null, reservedInstanceCount: 0 } : {}),
      ...(isOldest ? { autoHealRules: autoHealRules ?? nulls('triggers', 'actions') } : {}),
    },
  };
}

function routedSite(version: string, body: JsonObject): JsonObject {
  const properties = body['properties'];
  if (version >= NEWEST || !isObject(properties)) return body;
  const { outboundVnetRouting, publicNetworkAccess, siteConfig, ...rest } = properties;
  const routed = ROUTING.map(([old, name]): [string, Json] => [
    old,
    isObject(outboundVnetRouting) ? (outboundVnetRouting[name] ?? false) : null,
  ]);
  return {
    ...body,
    properties: {
      ...rest,
      ...Object.fromEntries(routed),
      // Enabled is what 2024-11-01 says where nothing was set.
      publicNetworkAccess: publicNetworkAccess === 'Enabled' ? null : (publicNetworkAccess ?? null),
      siteConfig: siteConfig ?? null,
    },
  };
}

/** Converts the members of a request to the names of 2024-11-01. */
export function membersOf(version: string, properties: JsonObject): JsonObject {
  const own = ROUTING.filter(([old]) => typeof properties[old] === 'boolean');
  if (version >= NEWEST || own.length === 0) return properties;
  const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => !ROUTING.some(([old]) => old === name)));
  const sent = asObject(rest['outboundVnetRouting']);
  return { ...rest, outboundVnetRouting: { ...sent, ...Object.fromEntries(own.map(([old, name]) => [name, properties[old] ?? false])) } };
}
