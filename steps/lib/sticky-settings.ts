/** Slot settings ("sticky"), and the settings that must become slot settings with them. */
import type { Context, Draft } from '../../src/contract/index.ts';
import { HOST_STORAGE } from '../../src/azure/index.ts';

/** By setting, the settings that replace it or depend on it. */
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
 * Makes settings stay with their slot where the settings that they replace in this plan do: the next swap would carry
 * them off otherwise, and the app would have neither. All of them in one list, because it is written as a whole.
 */
export function keepSticky({ app, facts, planned }: Context<unknown>): Draft[] {
  // These have no slots, and no such list.
  if (app.plan === 'FC1' || app.plan === 'CA') return [];
  const now = facts.stickyNames.properties.appSettingNames ?? [];
  const after = planned.appSettings.properties as Readonly<Record<string, string | null>>;
  const before = facts.appSettings.properties;
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => (before[name] ?? null) !== (after[name] ?? null),
  );
  // Of what the plan touches only: other settings stay as somebody set them.
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
