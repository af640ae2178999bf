/** Answers of older API versions of Microsoft.Web that differ from the newest (recorded side by side). */
import { asObject } from './parts.ts';
import { isObject, type Json, type JsonObject } from './state.ts';

export const versionOf = ({ url }: { readonly url: string }): string =>
  new URL(url, 'http://arm.invalid').searchParams.get('api-version') ?? '';

const NEWEST = '2024-11-01';
/** From this version on, the answer to a PATCH contains siteConfig. */
const TELLS_CONFIG = '2020-06-01';

/** Before 2024-11-01, each kind of outbound routing was a member of its own. */
const ROUTING: readonly (readonly [string, string])[] = [
  ['vnetRouteAllEnabled', 'applicationTraffic'],
  ['vnetImagePullEnabled', 'imagePullTraffic'],
  ['vnetContentShareEnabled', 'contentShareTraffic'],
  ['vnetBackupRestoreEnabled', 'backupRestoreTraffic'],
];

/** Converts a site to `version`; `isPatch`: for the answer to a PATCH. */
export function siteIn(version: string, body: JsonObject, isPatch = false): JsonObject {
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
      ...(outboundVnetRouting === undefined ? {} : Object.fromEntries(routed)),
      // 2024-11-01 returns Enabled if nothing was set.
      publicNetworkAccess: publicNetworkAccess === 'Enabled' ? null : (publicNetworkAccess ?? null),
      siteConfig: isPatch && version < TELLS_CONFIG ? null : (siteConfig ?? null),
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
