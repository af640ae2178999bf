/** Slot settings ("sticky"), and the settings that must become slot settings with them. */
import type { Context, Draft } from '../../src/contract/index.ts';
import { HOST_STORAGE } from '../../src/azure/index.ts';

/** For each setting, the settings that replace it or depend on it. */
const FOLLOWERS: Readonly<Record<string, readonly string[]>> = {
  [HOST_STORAGE]: ['accountName', 'credential', 'clientId', 'blobServiceUri', 'queueServiceUri', 'tableServiceUri'].map(
    (name) => `${HOST_STORAGE}__${name}`,
  ),
  APPINSIGHTS_INSTRUMENTATIONKEY: ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'],
  APPLICATIONINSIGHTS_CONNECTION_STRING: ['APPLICATIONINSIGHTS_AUTHENTICATION_STRING'],
  AzureWebJobsSecretStorageType: ['AzureWebJobsSecretStorageKeyVaultUri', 'AzureWebJobsSecretStorageKeyVaultClientId'],
};

const has = (names: readonly string[], name: string): boolean => names.some((one) => one.toLowerCase() === name.toLowerCase());

/**
 * Makes settings sticky if the settings that they replace in this plan are sticky: otherwise the next swap would move
 * them to the other slot. All are in one list, because the list is written all at once.
 */
export function keepSticky({ app, facts, planned }: Context<unknown>): Draft[] {
  // These plans have no slots, and so no list of sticky settings.
  if (app.plan === 'FC1' || app.plan === 'CA') return [];
  const now = facts.stickyNames.properties.appSettingNames ?? [];
  const after = planned.appSettings.properties as Readonly<Record<string, string | null>>;
  const before = facts.appSettings.properties;
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => (before[name] ?? null) !== (after[name] ?? null),
  );
  // Only settings that the plan touches; others stay as they were configured.
  const touched = Object.entries(FOLLOWERS).filter(
    ([name, others]) => has(now, name) && [name, ...others].some((one) => has(changed, one)),
  );
  const followers = touched.flatMap(([, others]) => others);
  const names = Object.keys(after)
    .filter((name) => (after[name] ?? null) !== null && has(followers, name) && !has(now, name))
    .toSorted();
  return names.length === 0
    ? []
    : [{ at: ['stickyNames', 'properties.appSettingNames'], to: [...now, ...names], absent: [], risk: 'safe' }];
}
