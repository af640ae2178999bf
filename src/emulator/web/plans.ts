/** App Service plans: the answers to reads and PUTs, and the creation of a plan. */
import { answer, invalidParameter, type EmulatedRequest, type EmulatedResponse } from '../answers.ts';
import { isFlex, webSpaceOf } from './defaults.ts';
import { nulls, asObject, propertiesOf } from '../parts.ts';
import { guidOf } from '../guid.ts';
import { MADE } from '../shapes.ts';
import { siteIndex } from './site-index.ts';
import { isObject, keyOf, resourceGroupOf, type JsonObject, type PlanRecord, type State } from '../state.ts';

interface Sku {
  readonly tier: string;
  readonly family: string;
  /** Name and number of the machine size. */
  readonly worker: readonly [string, number];
  readonly workers: number;
  readonly most: number;
  readonly mode: string;
}
const DYNAMIC = { worker: ['Small', 0], workers: 0, most: 0, mode: 'Dynamic' } as const;
const dedicated = (tier: string, family: string, size: number, most: number): Sku => ({
  tier,
  family,
  worker: [['Small', 'Medium', 'Large'][size - 1] ?? 'Small', size - 1],
  workers: 1,
  most,
  mode: 'Dedicated',
});
const elastic = (tier: string, family: string, size: number): Sku => ({
  tier,
  family,
  worker: [`D${size}`, size + 2],
  workers: 1,
  most: 20,
  mode: 'Dedicated',
});
const TIERS: readonly (readonly [RegExp, (size: number) => Sku])[] = [
  [/^Y1$/, () => ({ ...DYNAMIC, tier: 'Dynamic', family: 'Y' })],
  [/^FC1$/, () => ({ ...DYNAMIC, tier: 'FlexConsumption', family: 'FC' })],
  [/^F1$/, () => ({ ...dedicated('Free', 'F', 1, 1), workers: 0, mode: 'Shared' })],
  [/^D1$/, () => ({ ...dedicated('Shared', 'D', 1, 1), workers: 0, mode: 'Shared' })],
  [/^B(\d)$/, (size) => dedicated('Basic', 'B', size, 3)],
  [/^S(\d)$/, (size) => dedicated('Standard', 'S', size, 10)],
  [/^EP(\d)$/, (size) => elastic('ElasticPremium', 'EP', size)],
  [/^WS(\d)$/, (size) => elastic('WorkflowStandard', 'WS', size)],
  [/^P(\d)v2$/, (size) => dedicated('PremiumV2', 'Pv2', size, 30)],
  [/^P(\d)v3$/, (size) => dedicated('PremiumV3', 'Pv3', size, 30)],
  [/^P(\d)$/, (size) => dedicated('Premium', 'P', size, 20)],
];
const skuOf = (name: string): Sku | undefined => {
  for (const [pattern, make] of TIERS) {
    const found = new RegExp(pattern, 'i').exec(name);
    if (found) return make(Number(found[1] ?? 1));
  }
  return undefined;
};

/** `written`: the answer to a PUT, in which counts of zones and networks are not looked up. */
export function planBody(state: State, plan: PlanRecord, written = false): JsonObject {
  const { id, name, location, kind, sku, linux, tags } = plan;
  const { worker, workers, most, mode, tier } = skuOf(sku.name) ?? dedicated(sku.tier, sku.family, 1, 10);
  const numberOfSites = siteIndex(state).onPlan.get(keyOf(id)) ?? 0;
  const count = workers === 0 ? 0 : sku.capacity || workers;
  return {
    id,
    name,
    type: 'Microsoft.Web/serverfarms',
    kind,
    location,
    ...(tags ? { tags } : {}),
    properties: {
      serverFarmId: 10_001,
      name,
      ...(written ? { sku: { ...sku } } : {}),
      workerSize: worker[0],
      workerSizeId: worker[1],
      workerTierName: null,
      numberOfWorkers: count,
      currentWorkerSize: worker[0],
      currentWorkerSizeId: worker[1],
      currentNumberOfWorkers: count,
      status: 'Ready',
      webSpace: isFlex(plan) ? `flex-${guidOf(id).replaceAll('-', '')}-webspace` : webSpaceOf(id, location),
      subscription: id.split('/')[2] ?? '',
      ...nulls('adminSiteName', 'hostingEnvironment', 'hostingEnvironmentProfile'),
      maximumNumberOfWorkers: most,
      planName: 'VirtualDedicatedPlan',
      adminRuntimeSiteName: null,
      computeMode: mode,
      siteMode: mode === 'Shared' ? 'Limited' : null,
      geoRegion: location,
      perSiteScaling: false,
      elasticScaleEnabled: worker[0].startsWith('D'),
      maximumElasticWorkerCount: tier === 'ElasticPremium' ? 20 : 1,
      numberOfSites,
      hostingEnvironmentId: null,
      isSpot: false,
      ...nulls('spotExpirationTime', 'freeOfferExpirationTime'),
      tags: tags ?? null,
      kind,
      resourceGroup: resourceGroupOf(id),
      reserved: linux,
      isXenon: false,
      hyperV: false,
      mdmId: 'waws-prod-am2-001_10001',
      targetWorkerCount: 0,
      targetWorkerSizeId: 0,
      targetWorkerSku: null,
      provisioningState: 'Succeeded',
      ...nulls('webSiteId', 'existingServerFarmIds', 'kubeEnvironmentProfile'),
      zoneRedundant: false,
      maximumNumberOfZones: written ? 1 : 3,
      currentNumberOfZonesUtilized: count > 0 ? 1 : 0,
      migrateToVMSS: null,
      vnetConnectionsUsed: written ? null : 0,
      vnetConnectionsMax: written ? null : 2,
      createdTime: MADE.replace('.0000000Z', ''),
      asyncScalingEnabled: false,
      // These three since 2026 (recorded).
      isCustomMode: false,
      powerState: 'Running',
      eligibleLogCategories: '',
      ...plan.properties,
    },
    sku: { ...sku },
  };
}

/** `P1V3` comes back as `P1v3`. */
const spelled = (name: string): string => name.toUpperCase().replace(/(M?V\d)$/, (size) => size.toLowerCase());

/** Returns the display name of a region: `West Europe` for `westeurope`. Unknown regions are returned unchanged. */
const REGIONS =
  `Australia East,Brazil South,Canada Central,Central India,Central US,East Asia,East US,East US 2,France Central,Germany West Central,
  Japan East,Korea Central,North Central US,North Europe,Norway East,South Africa North,South Central US,Southeast Asia,Sweden Central,Switzerland North,
  UAE North,UK South,UK West,West Central US,West Europe,West US,West US 2,West US 3`
    .split(',')
    .map((name) => name.trim());
export const regionOf = (location: string): string =>
  REGIONS.find((name) => name.toLowerCase().replaceAll(' ', '') === location.toLowerCase().replaceAll(' ', '')) ?? location;

/** Creates a plan or changes its size; members that are not sent stay unchanged. */
export function putPlan(state: State, { body }: EmulatedRequest, id: string, etag: string): EmulatedResponse {
  const sent = asObject(body);
  const properties = propertiesOf(sent);
  const known = state.plans[keyOf(id)];
  const asked = isObject(sent['sku']) ? sent['sku'] : { ...known?.sku };
  const name = typeof asked['name'] === 'string' ? spelled(asked['name']) : 'F1';
  const sku = skuOf(name);
  if (!sku) return invalidParameter('sku');
  const linux = typeof properties['reserved'] === 'boolean' ? properties['reserved'] : (known?.linux ?? false);
  const { perSiteScaling, zoneRedundant, maximumElasticWorkerCount } = properties;
  const own: [string, unknown][] = Object.entries({ perSiteScaling, zoneRedundant, maximumElasticWorkerCount });
  const kept = Object.fromEntries(own.filter(([, value]) => value !== undefined && value !== null)) as JsonObject;
  const tags = isObject(sent['tags']) ? sent['tags'] : known?.tags;
  const plan: PlanRecord = {
    id: known?.id ?? id,
    name: id.split('/').at(-1) ?? '',
    location: known?.location ?? regionOf(String(sent['location'] ?? '')),
    kind: sku.mode === 'Dynamic' ? 'functionapp' : sku.worker[0].startsWith('D') ? 'elastic' : linux ? 'linux' : 'app',
    sku: {
      name,
      tier: sku.tier,
      size: name,
      family: sku.family,
      capacity: sku.workers === 0 ? 0 : typeof asked['capacity'] === 'number' && asked['capacity'] > 0 ? asked['capacity'] : 1,
    },
    linux,
    ...(tags ? { tags } : {}),
    properties: { ...known?.properties, ...kept },
  };
  state.plans[keyOf(id)] = plan;
  return answer(200, planBody(state, plan, true), { etag });
}
