/** A bad and a good app on each hosting, alone in a subscription with everything it could use. */
import { badApp, GONE, goodApp } from '../../src/emulator/sample-apps.ts';
import { ROLE } from '../../src/emulator/roles.ts';
import { planIn, siteOn, type PlanName } from '../../src/emulator/sites.ts';
import { keyOf, type State } from '../../src/emulator/state.ts';
import { dnsZone, keyed, network, onboarded, operatorRoles, role, workspace } from '../../src/emulator/sample-resources.ts';
import type { Json, Target } from '../../src/azure/index.ts';
import { GOOD_MEMBERS } from './good-members.ts';

export const SUBSCRIPTION = '0a000000-0000-4000-8000-000000000001';
export const HOSTINGS: readonly (readonly [string, PlanName, boolean])[] = [
  ['Consumption, Windows', 'Y1', false],
  ['Consumption, Linux', 'Y1', true],
  ['Flex Consumption', 'FC1', true],
  ['Elastic Premium', 'EP1', false],
  ['Dedicated, Windows', 'P1v3', false],
  ['Dedicated, Linux', 'P1v3', true],
];

const TENANT = '0a000000-0000-4000-8000-00000000000f';
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
export const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/log`;
export const SUBNETS = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets`;
const FRONT_DOOR = '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11';
const gone = role(siteId('fn-bad'), ROLE.contributor, GONE, 'Unknown');

export const answersOn = (plan: PlanName): Readonly<Record<string, Record<string, Json>>> => ({
  https: { minTls: '1.2', scmMinTls: '1.2' },
  monitoring: { component: 'appi-bad', workspace: 'log' },
  'access-keys': { open: ['PlaceOrder'], known: ['host/ci'], store: 'blob' },
  authentication: {
    clientId: '11111111-2222-3333-4444-555555555555',
    issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    secretSetting: '',
    audiences: [],
    action: 'Return401',
    excludedPaths: [],
  },
  'user-permissions': { most: 3, remove: [String(gone['id']).split('/').at(-1)!] },
  'key-vault': { vault: 'kv-bad', settings: ['ServiceBus', 'PaymentApiKey'] },
  storage: { keySource: 'Microsoft.Storage' },
  'private-access': { subnet: `${SUBNETS}/endpoints`, dnsZone: 'privatelink.azurewebsites.net' },
  isolation: { subnet: `${SUBNETS}/${plan === 'FC1' ? 'flex' : 'apps'}` },
  gateway: { frontDoorId: FRONT_DOOR },
  cors: { allowedOrigins: ['https://www.contoso.com'], supportCredentials: false },
  'usage-quota': { gbSeconds: 5000 },
  ftp: { state: 'Disabled' },
  scm: { rules: [{ name: 'agents', priority: 10, action: 'Allow', ip: '198.51.100.0/26' }], defaultAction: 'Deny' },
  'access-restrictions': {
    rules: [
      {
        name: 'fd',
        priority: 10,
        action: 'Allow',
        serviceTag: 'AzureFrontDoor.Backend',
        headers: { 'x-azure-fdid': [FRONT_DOOR] },
      },
    ],
    defaultAction: 'Deny',
  },
});
const PRICING = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Security/pricings/AppServices`;
export function siteId(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/${name}`;
}

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
  return {
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
  };
}

export function targetOf(name: string): Target {
  return {
    id: siteId(name),
    name,
    label: name,
    resourceGroup: 'rg',
    subscriptionId: SUBSCRIPTION,
    location: 'West Europe',
    kind: 'functionapp',
    tags: {},
  };
}
