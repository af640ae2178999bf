/** Short forms for the plans and sites of a seed. */
import { ACCOUNT_KEY } from '../secrets.ts';
import type { JsonObject, PlanRecord, SiteRecord } from '../state.ts';

export type PlanName = 'Y1' | 'FC1' | 'EP1' | 'P1v3';
const SKUS: Readonly<Record<PlanName, PlanRecord['sku']>> = {
  Y1: { name: 'Y1', tier: 'Dynamic', size: 'Y1', family: 'Y', capacity: 0 },
  FC1: { name: 'FC1', tier: 'FlexConsumption', size: 'FC1', family: 'FC', capacity: 0 },
  EP1: { name: 'EP1', tier: 'ElasticPremium', size: 'EP1', family: 'EP', capacity: 1 },
  P1v3: { name: 'P1v3', tier: 'PremiumV3', size: 'P1v3', family: 'Pv3', capacity: 1 },
};

export function planIn(
  subscription: string,
  group: string,
  name: string,
  sku: PlanName,
  linux: boolean,
  location = 'West Europe',
): PlanRecord {
  const kind =
    sku === 'EP1' ? 'elastic' : sku === 'P1v3' ? (linux ? 'linux' : 'app') : linux && sku !== 'FC1' ? 'functionapp,linux' : 'functionapp';
  return {
    id: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Web/serverfarms/${name}`,
    name,
    location,
    kind,
    sku: SKUS[sku],
    linux,
  };
}

export type Extras = Partial<Omit<SiteRecord, 'id' | 'planId' | 'location'>> & { name: string; moreSettings?: Record<string, string> };

export const connectionString = (account: string): string =>
  `DefaultEndpointsProtocol=https;EndpointSuffix=core.windows.net;AccountName=${account};AccountKey=${ACCOUNT_KEY}`;

/** Returns the worker of the stack that the configuration names, or the default of the plan. */
function workerOf({ linux }: PlanRecord, { config, appSettings, moreSettings }: Extras): string {
  const [stack = ''] = String(config?.['linuxFxVersion'] ?? '').split('|');
  const runtime = (appSettings ?? moreSettings)?.['FUNCTIONS_WORKER_RUNTIME'];
  return runtime ?? (linux ? stack.toLowerCase() || 'python' : 'dotnet-isolated');
}

export function siteOn(plan: PlanRecord, { moreSettings = {}, functions = [], ...extras }: Extras): SiteRecord {
  const base = plan.id.replace(/\/serverfarms\/.*$/, '');
  const kind = plan.linux ? 'functionapp,linux' : 'functionapp';
  const worker = workerOf(plan, { moreSettings, ...extras });
  const storage = connectionString(`st${extras.name.replaceAll('-', '')}`);
  return {
    id: `${base}/sites/${extras.name}${extras.slot ? `/slots/${extras.slot}` : ''}`,
    kind,
    location: plan.location,
    planId: plan.id,
    properties: {},
    config: {},
    appSettings: {
      AzureWebJobsStorage: storage,
      FUNCTIONS_EXTENSION_VERSION: '~4',
      FUNCTIONS_WORKER_RUNTIME: worker,
      ...moreSettings,
    },
    stickySettings: [],
    publishing: {},
    // Functions are in the language of the worker.
    functions: functions.map((one) => ({ ...one, language: worker })),
    deployments: [],
    ...extras,
  };
}

export const row = (name: string, priority: number, ipAddress: string, extra: JsonObject = {}): JsonObject => ({
  ipAddress,
  action: 'Allow',
  tag: 'Default',
  priority,
  name,
  ...extra,
});
/** Creates a function with an HTTP trigger, and one with another trigger. */
export const http = (name: string, authLevel: string, more: readonly JsonObject[] = []): SiteRecord['functions'][number] => ({
  name,
  language: 'dotnet-isolated',
  bindings: [
    { type: 'httpTrigger', direction: 'in', name: 'req', authLevel, methods: ['get', 'post'] },
    { type: 'http', direction: 'out', name: '$return' },
    ...more,
  ],
});
export const on = (type: string, name: string, extra: JsonObject = {}): SiteRecord['functions'][number] => ({
  name,
  language: 'dotnet-isolated',
  bindings: [{ type, direction: 'in', name: 'item', ...extra }],
});
