/** The sample subscriptions: a small shop with apps in every state, and a fleet of any size. */
import { sslState } from './defaults.ts';
import { ACCOUNT_KEY } from './secrets.ts';
import { keyOf, type JsonObject, type PlanRecord, type SiteRecord, type State } from './state.ts';

export interface Scenario {
  readonly scenario: 'contoso' | 'fleet';
  /** How many apps the fleet has. */
  readonly apps: number;
}

const TENANT = '72f0c1de-5a4b-4c3d-9e21-7b6a5f4e3d2c';
const SHOP = 'd1a7c0de-0001-4f6e-8b1a-c0ffee000001';

export const scenario = ({ scenario: name, apps }: Scenario): State => (name === 'fleet' ? fleet(apps) : contoso());

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

type Extras = Partial<Omit<SiteRecord, 'id' | 'planId' | 'location'>> & { name: string; moreSettings?: Record<string, string> };

export const connectionString = (account: string): string =>
  `DefaultEndpointsProtocol=https;EndpointSuffix=core.windows.net;AccountName=${account};AccountKey=${ACCOUNT_KEY}`;

export function siteOn(plan: PlanRecord, { moreSettings = {}, ...extras }: Extras): SiteRecord {
  const base = plan.id.replace(/\/serverfarms\/.*$/, '');
  const kind = plan.linux ? 'functionapp,linux' : 'functionapp';
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
      FUNCTIONS_WORKER_RUNTIME: plan.linux ? 'python' : 'dotnet-isolated',
      ...moreSettings,
    },
    stickySettings: [],
    publishing: {},
    functions: [],
    deployments: [],
    ...extras,
  };
}

const row = (name: string, priority: number, ipAddress: string, extra: JsonObject = {}): JsonObject => ({
  ipAddress,
  action: 'Allow',
  tag: 'Default',
  priority,
  name,
  ...extra,
});
const http = (name: string, authLevel: string): SiteRecord['functions'][number] => ({
  name,
  language: 'dotnet-isolated',
  bindings: [
    { type: 'httpTrigger', direction: 'in', name: 'req', authLevel, methods: ['get', 'post'] },
    { type: 'http', direction: 'out', name: '$return' },
  ],
});
const on = (type: string, name: string, extra: JsonObject = {}): SiteRecord['functions'][number] => ({
  name,
  language: 'dotnet-isolated',
  bindings: [{ type, direction: 'in', name: 'item', ...extra }],
});

/** A shop: `fn-orders` is in a bad way everywhere, `fn-ledger` passes everything, the others are in between. */
function contoso(): State {
  const plans = {
    orders: planIn(SHOP, 'rg-shop', 'plan-orders', 'Y1', false),
    intake: planIn(SHOP, 'rg-shop', 'plan-intake', 'Y1', true),
    events: planIn(SHOP, 'rg-events', 'plan-events', 'FC1', true, 'Sweden Central'),
    finance: planIn(SHOP, 'rg-finance', 'plan-finance', 'EP1', false),
    reports: planIn(SHOP, 'rg-finance', 'plan-reports', 'P1v3', true),
  };
  const sites = [
    siteOn(plans.orders, bad('fn-orders')),
    siteOn(plans.intake, {
      name: 'fn-intake',
      tags: { env: 'test', team: 'shop' },
      properties: { httpsOnly: true },
      config: { linuxFxVersion: 'Python|3.11', cors: { allowedOrigins: ['*'], supportCredentials: false } },
      functions: [http('Submit', 'function')],
    }),
    siteOn(plans.events, {
      name: 'fn-events',
      tags: { env: 'prod', team: 'events' },
      properties: { publicNetworkAccess: null },
      functions: [on('eventGridTrigger', 'OnBlobCreated'), on('serviceBusTrigger', 'OnMessage', { connection: 'ServiceBus' })],
      deployments: [{ deployer: 'az_cli_functions', at: '2026-10-30T16:20:00Z', message: 'Created via a push deployment' }],
    }),
    siteOn(plans.finance, {
      name: 'fn-billing',
      tags: { env: 'prod', team: 'finance' },
      properties: { httpsOnly: true, clientCertEnabled: true, clientCertMode: 'OptionalInteractiveUser' },
      config: {
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
      config: { minTlsVersion: '1.1', remoteDebuggingEnabled: true, remoteDebuggingVersion: 'VS2022' },
      functions: [http('CreateInvoice', 'function')],
    }),
    siteOn(plans.reports, {
      name: 'fn-reports',
      tags: { env: 'prod', team: 'finance' },
      properties: { httpsOnly: true },
      config: { linuxFxVersion: 'DOTNET-ISOLATED|8.0', alwaysOn: true, ftpsState: 'Disabled', minTlsVersion: '1.3' },
      publishing: { scm: false, ftp: false },
      functions: [http('Report', 'function')],
    }),
    siteOn(plans.finance, healthy('fn-ledger')),
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
        policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/1f01f1c7-539c-49b5-9ef4-d4ffa37d22e0',
      },
    ],
    pricings: { [keyOf(`/subscriptions/${SHOP}/providers/Microsoft.Security/pricings/AppServices`)]: { pricingTier: 'Standard' } },
    assessments: [
      {
        site: `/subscriptions/${SHOP}/resourceGroups/rg-shop/providers/Microsoft.Web/sites/fn-orders`,
        name: 'cb0acdc6-0846-fd48-debe-9905af151b6d',
        displayName: 'Function App should only be accessible over HTTPS',
        code: 'Unhealthy',
      },
    ],
    locks: [],
    resources: {},
    groups: {},
  };
}

/** Fails every control that its plan has. */
export const bad = (name: string): Extras => ({
  name,
  tags: { env: 'prod', team: 'shop' },
  properties: {
    hostNames: [`${name}.azurewebsites.net`, 'orders.contoso.com'],
    hostNameSslStates: [
      sslState(`${name}.azurewebsites.net`, 'Standard'),
      sslState(`${name}.scm.azurewebsites.net`, 'Repository'),
      sslState('orders.contoso.com', 'Standard'),
    ],
  },
  config: {
    minTlsVersion: '1.0',
    scmMinTlsVersion: '1.0',
    ftpsState: 'AllAllowed',
    remoteDebuggingEnabled: true,
    remoteDebuggingVersion: 'VS2022',
    webSocketsEnabled: true,
    detailedErrorLoggingEnabled: true,
    cors: {
      allowedOrigins: ['http://shop.contoso.com', 'https://*.contoso.com', 'https://www.contoso.com', 'https://www.contoso.com'],
      supportCredentials: true,
    },
    ipSecurityRestrictions: [row('everybody', 100, '0.0.0.0/0'), row('office', 200, '203.0.113.0/24')],
    ipSecurityRestrictionsDefaultAction: 'Allow',
  },
  moreSettings: { FUNCTIONS_EXTENSION_VERSION: '~3', ASPNETCORE_ENVIRONMENT: 'Development' },
  functions: [
    http('PlaceOrder', 'anonymous'),
    http('OrderStatus', 'function'),
    on('queueTrigger', 'ShipOrder', { queueName: 'shipments', connection: 'AzureWebJobsStorage' }),
  ],
  deployments: [{ deployer: 'GITHUB_ZIP_DEPLOY_FUNCTIONS_V1', at: '2026-11-12T08:14:00Z', message: 'Release 412' }],
});

/** Passes every control that its plan has. */
export function healthy(name: string): Extras {
  const gateway = row('front-door', 100, 'AzureFrontDoor.Backend', {
    tag: 'ServiceTag',
    headers: { 'x-azure-fdid': ['6c1b1f9e-2f0a-4f55-9d3e-8a7f3b0c2d11'] },
  });
  return {
    name,
    tags: { env: 'prod', team: 'finance' },
    properties: { httpsOnly: true, endToEndEncryptionEnabled: true, clientCertEnabled: true },
    config: {
      netFrameworkVersion: 'v10.0',
      http20Enabled: true,
      remoteDebuggingVersion: 'VS2022',
      minTlsCipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      ftpsState: 'Disabled',
      cors: { allowedOrigins: ['https://ledger.contoso.com'], supportCredentials: false },
      ipSecurityRestrictions: [gateway],
      ipSecurityRestrictionsDefaultAction: 'Deny',
      scmIpSecurityRestrictions: [row('build-agents', 100, '198.51.100.0/26')],
      scmIpSecurityRestrictionsDefaultAction: 'Deny',
    },
    publishing: { scm: false, ftp: false },
    functions: [http('PostEntry', 'function')],
    deployments: [{ deployer: 'VSTS_FUNCTIONS_V1', at: '2026-11-20T10:01:00Z', message: 'Release 88' }],
  };
}

/** The same N apps for the same N: faults spread by a fixed sequence. */
function fleet(count: number): State {
  const subscriptions = Array.from({ length: Math.max(1, Math.ceil(count / 1000)) }, (_, index) => ({
    id: `f1ee7000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
    name: `Fleet ${index + 1}`,
  }));
  const plans = subscriptions.flatMap(({ id }) =>
    (['Y1', 'FC1', 'EP1', 'P1v3'] as const).map((sku) =>
      planIn(id, `rg-${sku.toLowerCase()}`, `plan-${sku.toLowerCase()}`, sku, sku !== 'Y1' && sku !== 'EP1'),
    ),
  );
  const random = sequence(count);
  const sites = Array.from({ length: count }, (_, index) => {
    const plan = plans[Math.floor(index / 1000) * 4 + Math.floor(random() * 4)] ?? plans[0];
    if (!plan) throw new TypeError('a fleet has plans');
    const flex = plan.sku.tier === 'FlexConsumption';
    const healthyOne = healthy(`fn-${String(index + 1).padStart(5, '0')}`);
    const pick = (members: JsonObject) => Object.fromEntries(Object.entries(members).filter(() => random() < 0.7));
    const config = pick({ ...healthyOne.config, ...(random() < 0.3 ? { minTlsVersion: '1.0' } : {}) });
    if (flex) for (const refused of ['ftpsState', 'netFrameworkVersion']) delete config[refused];
    return siteOn(plan, {
      ...healthyOne,
      tags: { env: random() < 0.5 ? 'prod' : 'test' },
      properties: pick(healthyOne.properties ?? {}),
      config,
      publishing: random() < 0.5 ? { scm: false } : {},
    });
  });
  return {
    tenantId: TENANT,
    subscriptions,
    plans: Object.fromEntries(plans.map((plan) => [keyOf(plan.id), plan])),
    sites: Object.fromEntries(sites.map((site) => [keyOf(site.id), site])),
    policyAssignments: [],
    pricings: {},
    assessments: [],
    locks: [],
    resources: {},
    groups: {},
  };
}

/** A small linear congruential generator: the same numbers for the same seed, on every machine. */
function sequence(seed: number): () => number {
  let value = (seed * 2_654_435_761) >>> 0;
  return () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value / 4_294_967_296;
  };
}
