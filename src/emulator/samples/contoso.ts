/** The sample subscription: a small shop with apps in every state. */
import { goodApp, badApp, type AppPlace } from './sample-apps.ts';
import { ROLE } from '../access/roles.ts';
import { connectionString, http, on, planIn, row, siteOn, type PlanName } from '../web/sites.ts';
import { keyOf, type JsonObject, type State } from '../state.ts';
import { account, dnsZone, keyed, network, onboarded, operatorRoles, role, vault, workspace } from './sample-resources.ts';

export const TENANT = '72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c';
const SHOP = 'd1a7c0de-0001-4f6e-8b1a-c0ffee000001';
const inGroup = (name: string): string => `/subscriptions/${SHOP}/resourceGroups/${name}`;
const NETWORKS = inGroup('rg-network');
const SUBNETS = `${NETWORKS}/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets`;
const WORKSPACE = `${NETWORKS}/providers/Microsoft.OperationalInsights/workspaces/log-contoso`;
const ZONE = dnsZone(NETWORKS);
const REACHED = ['Microsoft.Storage', 'Microsoft.KeyVault'];
const TLS_POLICY = '/providers/Microsoft.Authorization/policyDefinitions/1f01f1c7-539c-49b5-9ef4-d4ffa37d22e0';

const at = (group: string, plan: PlanName, linux: boolean, apps: string, frontDoorId: string): AppPlace => ({
  group: inGroup(group),
  plan,
  linux,
  tenantId: TENANT,
  workspace: WORKSPACE,
  dnsZone: String(ZONE['id']),
  endpoints: `${SUBNETS}/endpoints`,
  apps: `${SUBNETS}/${apps}`,
  frontDoorId,
});

const around = [
  network(NETWORKS, 'vnet-contoso', [
    { name: 'endpoints', prefix: '10.0.1.0/24' },
    { name: 'apps-finance', prefix: '10.0.2.0/26', delegatedTo: 'Microsoft.Web/serverFarms', endpoints: REACHED },
    { name: 'apps-reports', prefix: '10.0.3.0/26', delegatedTo: 'Microsoft.Web/serverFarms', endpoints: REACHED },
  ]),
  network(
    NETWORKS,
    'vnet-events',
    [{ name: 'apps-flex', prefix: '10.0.4.0/26', delegatedTo: 'Microsoft.App/environments', endpoints: REACHED }],
    'swedencentral',
  ),
  ZONE,
  workspace(NETWORKS, 'log-contoso'),
  onboarded(WORKSPACE),
  ...operatorRoles(SHOP),
  role(inGroup('rg-finance'), ROLE.reader, '5a3d7c10-0000-4000-8000-000000000003', 'Group'),
  {
    id: TLS_POLICY,
    properties: {
      policyRule: JSON.parse(
        `{"if":{"allOf":[{"field":"type","equals":"Microsoft.Web/sites"},{"field":"kind","contains":"functionapp"}]},"then":{"effect":"[parameters('effect')]"}}`,
      ) as JsonObject,
      parameters: { effect: { defaultValue: 'DeployIfNotExists' } },
    },
  },
  account(inGroup('rg-shop'), 'stfnintake'),
  account(inGroup('rg-events'), 'stfnevents'),
  account(inGroup('rg-finance'), 'stfnbilling'),
  account(inGroup('rg-finance'), 'stfnreports', { minimumTlsVersion: 'TLS1_2' }),
  vault(inGroup('rg-events'), 'kv-events', TENANT, { enablePurgeProtection: true }),
  vault(inGroup('rg-finance'), 'kv-billing', TENANT),
];

/** `fn-orders` fails every control that ARM can fix, `fn-ledger` passes every control, the others are in between. */
export function contoso(): State {
  const plans = {
    orders: planIn(SHOP, 'rg-shop', 'plan-orders', 'Y1', false),
    intake: planIn(SHOP, 'rg-shop', 'plan-intake', 'Y1', true),
    events: planIn(SHOP, 'rg-events', 'plan-events', 'FC1', true, 'Sweden Central'),
    finance: planIn(SHOP, 'rg-finance', 'plan-finance', 'EP1', false),
    reports: planIn(SHOP, 'rg-finance', 'plan-reports', 'P1v3', true),
  };
  const orders = badApp('fn-orders', at('rg-shop', 'Y1', false, 'apps-finance', '0d4f7c7e-52c1-4b1b-9a53-6a3f0e2b7d10'), false);
  const ledger = goodApp('fn-ledger', at('rg-finance', 'EP1', false, 'apps-finance', '6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11'));
  const sites = [
    siteOn(plans.orders, orders.site),
    siteOn(plans.intake, {
      name: 'fn-intake',
      tags: { env: 'test', team: 'shop' },
      properties: { httpsOnly: true },
      config: { linuxFxVersion: 'Python|3.13', cors: { allowedOrigins: ['*'], supportCredentials: false } },
      functions: [http('Submit', 'function')],
    }),
    siteOn(plans.events, {
      name: 'fn-events',
      tags: { env: 'prod', team: 'events' },
      moreSettings: {
        ServiceBus:
          'Endpoint=sb://contoso-events.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=bm90LWEta2V5LWVpdGhlci1ldmVudHMtZmFrZQ==',
      },
      functions: [on('eventGridTrigger', 'OnBlobCreated'), on('serviceBusTrigger', 'OnMessage', { connection: 'ServiceBus' })],
      deployments: [{ deployer: 'az_cli_functions', at: '2026-10-30T16:20:00Z', message: 'Created via a push deployment' }],
    }),
    siteOn(plans.finance, {
      name: 'fn-billing',
      moreSettings: { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: connectionString('stfnbilling') },
      tags: { env: 'prod', team: 'finance' },
      properties: { httpsOnly: true, clientCertEnabled: true, clientCertMode: 'OptionalInteractiveUser' },
      config: {
        netFrameworkVersion: 'v10.0',
        http20Enabled: true,
        scmMinTlsVersion: '1.0',
        cors: { allowedOrigins: ['https://portal.azure.com'], supportCredentials: false },
        ipSecurityRestrictions: [row('front-door', 100, 'AzureFrontDoor.Backend', { tag: 'ServiceTag' })],
      },
      publishing: { ftp: false },
      functions: [http('CreateInvoice', 'function'), on('timerTrigger', 'NightlyRun', { schedule: '0 0 2 * * *' })],
      deployments: [{ deployer: 'VSTS_FUNCTIONS_V1', at: '2026-11-20T10:01:00Z', message: 'Release 88' }],
    }),
    siteOn(plans.finance, {
      name: 'fn-billing',
      slot: 'staging',
      moreSettings: { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: connectionString('stfnbilling') },
      config: { netFrameworkVersion: 'v10.0', minTlsVersion: '1.1', remoteDebuggingEnabled: true, remoteDebuggingVersion: 'VS2022' },
      functions: [http('CreateInvoice', 'function')],
    }),
    siteOn(plans.reports, {
      name: 'fn-reports',
      tags: { env: 'prod', team: 'finance' },
      properties: { httpsOnly: true },
      config: { linuxFxVersion: 'DOTNET-ISOLATED|10.0', alwaysOn: true, ftpsState: 'Disabled', minTlsVersion: '1.3' },
      publishing: { scm: false, ftp: false },
      functions: [http('Report', 'function')],
    }),
    siteOn(plans.finance, ledger.site),
    siteOn(plans.finance, { name: 'la-approvals', kind: 'functionapp,workflowapp' }),
    siteOn(plans.reports, { name: 'web-portal', kind: 'app,linux' }),
  ];
  return {
    tenantId: TENANT,
    subscriptions: [{ id: SHOP, name: 'Contoso Production' }],
    plans: Object.fromEntries(Object.values(plans).map((plan) => [keyOf(plan.id), plan])),
    sites: Object.fromEntries(sites.map((site) => [keyOf(site.id), site])),
    policyAssignments: [
      {
        scope: `/subscriptions/${SHOP}/resourceGroups/rg-finance`,
        name: 'fn-min-tls',
        displayName: 'Configure Function apps to use the latest TLS version',
        policyDefinitionId: TLS_POLICY,
      },
    ],
    pricings: { [keyOf(`/subscriptions/${SHOP}/providers/Microsoft.Security/pricings/AppServices`)]: { pricingTier: 'Standard' } },
    assessments: [
      {
        site: `/subscriptions/${SHOP}/resourceGroups/rg-shop/providers/Microsoft.Web/sites/fn-orders`,
        name: 'cb0acdc6-0846-fd48-debe-9905af151b6d',
        displayName: 'Function App should only be accessible over HTTPS',
        code: 'Unhealthy',
        healthyWith: 'httpsOnly',
      },
    ],
    locks: [],
    // Copied because requests change them in place; the next sample must start unchanged.
    resources: structuredClone(keyed([...around, ...orders.around, ...ledger.around])),
    groups: {},
  };
}
