/** Apps on Container Apps: the site and its config/web show very little (recorded). */
import { nulls } from '../parts.ts';
import type { Json, JsonObject, SiteRecord } from '../state.ts';

/** Removes the App Service plan and the SCM site. */
export const isContained = (site: SiteRecord): boolean => /azurecontainerapps/i.test(site.kind);

const TOLD_OF_CONTAINED_SITE = new Set(
  `name state hostNames usageState enabledHostNames availabilityState lastModifiedTimeUtc contentAvailabilityState runtimeAvailabilityState
   kind managedEnvironmentId workloadProfileName resourceConfig outboundIpAddresses resourceGroup defaultHostName httpsOnly
   storageAccountRequired`.split(/\s+/),
);

const NOT_OF_CONTAINED_SITE = new Set(['dnsConfiguration', 'homeStamp', 'keyVaultReferenceIdentity', 'outboundVnetRouting']);
const CONTAINED_USUAL: JsonObject = { workloadProfileName: 'Consumption', resourceConfig: { cpu: 1, memory: '2Gi' } };

/** Returns a site on Container Apps: members that only App Service has are null. */
export const containedSite = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]): [string, Json][] => {
      if (NOT_OF_CONTAINED_SITE.has(name)) return [];
      if (name === 'enabledHostNames') return [[name, properties['hostNames'] ?? null]];
      return [[name, TOLD_OF_CONTAINED_SITE.has(name) ? (value ?? CONTAINED_USUAL[name] ?? null) : null]];
    }),
  );

const TOLD_OF_CONTAINED = new Set(['linuxFxVersion', 'functionAppScaleLimit', 'minimumElasticInstanceCount']);

/** Returns config/web on Container Apps: all but three members are null, and two are missing. */
export function containedConfig(config: JsonObject): JsonObject {
  const { siteAuthEnabled: _, siteAuthSettings: __, ...rest } = config;
  const members = Object.entries(rest).map(([name, value]): [string, Json] => [name, TOLD_OF_CONTAINED.has(name) ? value : null]);
  return { ...Object.fromEntries(members), machineKey: nulls('validation', 'validationKey', 'decryption', 'decryptionKey') };
}
