/** Log categories of diagnostic settings. Known for sites only; every other resource has metrics only. */
import { answer, type EmulatedResponse } from '../answers.ts';
import { logCategoriesOf } from './defaults.ts';
import { nulls } from '../parts.ts';
import { keyOf, type JsonObject, type State } from '../state.ts';

export const CATEGORIES = /^(.*)\/providers\/Microsoft\.Insights\/diagnosticSettingsCategories$/i;
/** Categories of resources that the emulator does not store (recorded). */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  'microsoft.network/networksecuritygroups': ['NetworkSecurityGroupEvent', 'NetworkSecurityGroupRuleCounter'],
};

export function logCategories(state: State, path: string): EmulatedResponse {
  const scope = CATEGORIES.exec(path)?.[1] ?? '';
  const site = state.sites[keyOf(scope)];
  const plan = site && state.plans[keyOf(site.planId)];
  const type = /\/providers\/([^/]+\/[^/]+)\/[^/]+$/i.exec(scope)?.[1]?.toLowerCase() ?? '';
  const known = OF_TYPE[type];
  const logs = site && plan ? logCategoriesOf(site, plan) : (known ?? []);
  const value = [...logs.map((name) => one(scope, name, 'Logs')), ...(known ? [] : [one(scope, 'AllMetrics', 'Metrics')])];
  return answer(200, { value });
}

const one = (scope: string, name: string, categoryType: string): JsonObject => ({
  id: `${scope.toLowerCase()}/providers/microsoft.insights/diagnosticSettingsCategories/${name}`,
  type: 'microsoft.insights/diagnosticSettingsCategories',
  name,
  location: null,
  ...nulls('kind', 'tags'),
  properties: { categoryType },
  identity: null,
});
