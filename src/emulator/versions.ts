/** What older api-versions of Microsoft.Web told otherwise (recorded side by side). All else they tell as the newest does. */
import { asObject } from './parts.ts';
import { isObject, type Json, type JsonObject } from './state.ts';

export const versionOf = ({ url }: { readonly url: string }): string =>
  new URL(url, 'http://arm.invalid').searchParams.get('api-version') ?? '';

const NEWEST = '2024-11-01';

/** Routing was one member each before 2024-11-01. */
const ROUTING: readonly (readonly [string, string])[] = [
  ['vnetRouteAllEnabled', 'applicationTraffic'],
  ['vnetImagePullEnabled', 'imagePullTraffic'],
  ['vnetContentShareEnabled', 'contentShareTraffic'],
  ['vnetBackupRestoreEnabled', 'backupRestoreTraffic'],
];

/** A site as `version` tells it. */
export function siteIn(version: string, body: JsonObject): JsonObject {
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

/** Members of a request as 2024-11-01 names them. */
export function membersOf(version: string, properties: JsonObject): JsonObject {
  const own = ROUTING.filter(([old]) => typeof properties[old] === 'boolean');
  if (version >= NEWEST || own.length === 0) return properties;
  const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => !ROUTING.some(([old]) => old === name)));
  const sent = asObject(rest['outboundVnetRouting']);
  return { ...rest, outboundVnetRouting: { ...sent, ...Object.fromEntries(own.map(([old, name]) => [name, properties[old] ?? false])) } };
}
