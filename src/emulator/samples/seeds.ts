/** Initial states of an emulator: the sample shop, or a fleet of any size. */
import { contoso, TENANT } from './contoso.ts';
import { healthy } from './sample-apps.ts';
import { connectionString, planIn, siteOn } from '../web/sites.ts';
import { account, GOOD_ACCOUNT, keyed, operatorRoles } from './sample-resources.ts';
import { keyOf, type JsonObject, type State } from '../state.ts';

export interface Scenario {
  readonly scenario: 'contoso' | 'fleet';
  readonly apps: number;
  /** Number of subscriptions; by default one per thousand apps. */
  readonly subscriptions?: number;
}

export const scenario = ({ scenario: name, apps, subscriptions }: Scenario): State =>
  name === 'fleet' ? fleet(apps, subscriptions) : contoso();

const STORAGE = 'stfleet';

const OWNERS = ['team-orders', 'team-billing', 'team-events', 'team-reports', 'team-platform'] as const;
const ownerOf = (index: number): string => OWNERS[index % OWNERS.length] ?? OWNERS[0];

/** Every second subscription is for production; each is below the management group of its kind. */
const GROUPS = [
  { name: 'mg-fleet', displayName: 'Fleet' },
  { name: 'mg-fleet-prod', displayName: 'Fleet, production', parent: 'mg-fleet' },
  { name: 'mg-fleet-test', displayName: 'Fleet, test', parent: 'mg-fleet' },
];

/** Creates the same N apps for the same N; faults follow a fixed sequence. */
function fleet(count: number, many = Math.max(1, Math.ceil(count / 1000))): State {
  const subscriptions = Array.from({ length: Math.max(1, many) }, (_, index) => ({
    id: `f1ee7000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
    name: `Fleet ${index + 1}`,
    tags: { owner: ownerOf(index), env: index % 2 === 0 ? 'prod' : 'test' },
    managementGroup: index % 2 === 0 ? 'mg-fleet-prod' : 'mg-fleet-test',
  }));
  const plans = subscriptions.flatMap(({ id }) =>
    (['Y1', 'FC1', 'EP1', 'P1v3'] as const).map((sku) =>
      planIn(id, `rg-${sku.toLowerCase()}`, `plan-${sku.toLowerCase()}`, sku, sku !== 'Y1' && sku !== 'EP1'),
    ),
  );
  // Without a number of subscriptions, the first thousand apps are in the first one.
  const each = many === Math.ceil(count / 1000) ? 1000 : count / subscriptions.length;
  const subscriptionOf = (index: number) => Math.min(subscriptions.length - 1, Math.floor(index / each));
  const random = sequence(count);
  const sites = Array.from({ length: count }, (_, index) => {
    const plan = plans[subscriptionOf(index) * 4 + Math.floor(random() * 4)] ?? plans[0];
    if (!plan) throw new TypeError('a fleet has plans');
    const flex = plan.sku.tier === 'FlexConsumption';
    const healthyOne = healthy(`fn-${String(index + 1).padStart(5, '0')}`);
    const pick = (members: JsonObject) => Object.fromEntries(Object.entries(members).filter(() => random() < 0.7));
    const site = pick(healthyOne.properties ?? {});
    const config = pick({ ...healthyOne.config, ...(random() < 0.3 ? { minTlsVersion: '1.0' } : {}) });
    if (flex) for (const refused of ['ftpsState', 'netFrameworkVersion']) delete config[refused];
    // Every twentieth app runs on Container Apps, in the recorded shape: no App Service plan, no SCM site.
    const contained = index % 20 === 19;
    // App Service stores little of such an app; each one has something to fix.
    if (contained) site['httpsOnly'] = false;
    const environment = `/subscriptions/${plan.id.split('/')[2] ?? ''}/resourceGroups/rg-apps/providers/Microsoft.App/managedEnvironments/env`;
    return siteOn(plan, {
      ...healthyOne,
      ...(contained ? { kind: 'functionapp,linux,container,azurecontainerapps' } : {}),
      moreSettings: { AzureWebJobsStorage: connectionString(STORAGE) },
      tags: { env: random() < 0.5 ? 'prod' : 'test', owner: ownerOf(index) },
      properties: { ...site, ...(contained ? { managedEnvironmentId: environment, serverFarmId: null, sku: null } : {}) },
      config,
      publishing: random() < 0.5 ? { scm: false } : {},
    });
  });
  return {
    tenantId: TENANT,
    subscriptions,
    managementGroups: GROUPS,
    plans: Object.fromEntries(plans.map((plan) => [keyOf(plan.id), plan])),
    sites: Object.fromEntries(sites.map((site) => [keyOf(site.id), site])),
    policyAssignments: [],
    pricings: {},
    assessments: [],
    locks: [],
    resources: keyed(
      subscriptions.flatMap(({ id }) => [
        account(`/subscriptions/${id}/resourceGroups/rg-ep1`, STORAGE, GOOD_ACCOUNT),
        ...operatorRoles(id),
      ]),
    ),
    groups: {},
  };
}

/** A linear congruential generator: the same numbers for the same seed, on every machine. */
function sequence(seed: number): () => number {
  let value = (seed * 2_654_435_761) >>> 0;
  return () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value / 4_294_967_296;
  };
}
