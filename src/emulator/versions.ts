/** Answers of older API versions of Microsoft.Web that differ from the newest (recorded side by side). */
import { asObject } from './parts.ts';
import { isObject, type Json, type JsonObject } from './state.ts';

export const versionOf = ({ url }: { readonly url: string }): string =>
  new URL(url, 'http://arm.invalid').searchParams.get('api-version') ?? '';

const NEWEST = '2024-11-01';

/** Before 2024-11-01, each kind of outbound routing was a member of its own. */
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

/** Converts the members of a request to the names of 2024-11-01. */
export function membersOf(version: string, properties: JsonObject): JsonObject {
  const own = ROUTING.filter(([old]) => typeof properties[old] === 'boolean');
  if (version >= NEWEST || own.length === 0) return properties;
  const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => !ROUTING.some(([old]) => old === name)));
  const sent = asObject(rest['outboundVnetRouting']);
  return { ...rest, outboundVnetRouting: { ...sent, ...Object.fromEntries(own.map(([old, name]) => [name, properties[old] ?? false])) } };
}
