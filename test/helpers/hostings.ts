/** A bad and a good app on each hosting, alone in a subscription with all resources that they can use. */
import { catalogue } from '../../steps/index.ts';
import { badApp, goodApp } from '../../src/emulator/samples/sample-apps.ts';
import { planIn, siteOn, type PlanName } from '../../src/emulator/web/sites.ts';
import { keyOf, type State } from '../../src/emulator/state.ts';
import { dnsZone, keyed, network, onboarded, operatorRoles, workspace } from '../../src/emulator/samples/sample-resources.ts';
import type { Json } from '../../src/azure/index.ts';
import { tableOf } from './area-tables.ts';
import { FRONT_DOOR, GROUP, siteId, SUBNETS, SUBSCRIPTION, TENANT, WORKSPACE } from './places.ts';

export { GROUP, siteId, SUBNETS, SUBSCRIPTION, targetOf, WORKSPACE } from './places.ts';
export const HOSTINGS: readonly (readonly [string, PlanName, boolean])[] = [
  ['Consumption, Windows', 'Y1', false],
  ['Consumption, Linux', 'Y1', true],
  ['Flex Consumption', 'FC1', true],
  ['Elastic Premium', 'EP1', false],
  ['Dedicated, Windows', 'P1v3', false],
  ['Dedicated, Linux', 'P1v3', true],
];

/** Answers that fix the bad app, by area, from the tables of the areas. */
export const answersOn = (plan: PlanName): Readonly<Record<string, Record<string, Json>>> =>
  Object.fromEntries(
    catalogue.flatMap(({ id }) => {
      const { answers } = tableOf(id);
      const given = typeof answers === 'function' ? answers(plan) : answers;
      return given ? [[id, given as Record<string, Json>]] : [];
    }),
  );
const GOOD_MEMBERS = Object.assign({}, ...catalogue.map(({ id }) => tableOf(id).good ?? {})) as Record<string, string | number | boolean>;

const PRICING = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Security/pricings/AppServices`;
const NETWORK = network(GROUP, 'vnet', [
  { name: 'endpoints', prefix: '10.0.1.0/24' },
  { name: 'apps', prefix: '10.0.2.0/24', delegatedTo: 'Microsoft.Web/serverFarms', endpoints: ['Microsoft.Storage', 'Microsoft.KeyVault'] },
  {
    name: 'flex',
    prefix: '10.0.3.0/24',
    delegatedTo: 'Microsoft.App/environments',
    endpoints: ['Microsoft.Storage', 'Microsoft.KeyVault'],
  },
]);
export function seed(plan: PlanName, linux: boolean, quality: 'bad' | 'good' = 'bad'): State {
  const record = planIn(SUBSCRIPTION, 'rg', 'plan', plan, linux);
  const zone = dnsZone(GROUP);
  const at = {
    group: GROUP,
    plan,
    linux,
    tenantId: TENANT,
    workspace: WORKSPACE,
    dnsZone: String(zone['id']),
    endpoints: `${SUBNETS}/endpoints`,
    apps: `${SUBNETS}/${plan === 'FC1' ? 'flex' : 'apps'}`,
    frontDoorId: FRONT_DOOR,
  };
  const app = quality === 'bad' ? badApp('fn-bad', at, true) : goodApp('fn-good', at);
  const site = siteOn(record, app.site);
  if (quality === 'good') Object.assign(site.config, GOOD_MEMBERS);
  if (linux && quality === 'bad') site.config['linuxFxVersion'] = 'Python|3.8';
  const common = [
    NETWORK,
    zone,
    workspace(GROUP, 'log'),
    ...operatorRoles(SUBSCRIPTION),
    ...(quality === 'good' ? [onboarded(WORKSPACE)] : []),
  ];
  // Copied, so that tests do not share a cloud.
  return structuredClone({
    tenantId: TENANT,
    subscriptions: [{ id: SUBSCRIPTION, name: 'Table' }],
    plans: { [keyOf(record.id)]: record },
    sites: { [keyOf(site.id)]: site },
    policyAssignments: [],
    pricings: quality === 'good' ? { [keyOf(PRICING)]: { pricingTier: 'Standard' } } : {},
    assessments: [{ site: siteId('fn-bad'), name: 'cb0acdc6', displayName: 'HTTPS only', code: 'Unhealthy' }],
    locks: [],
    resources: keyed([...common, ...app.around]),
    groups: {},
  });
}
