/** Microsoft's own libraries on the emulator: they read and write each of its types without an error. */
import { WebSiteManagementClient } from '@azure/arm-appservice';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { CdnManagementClient } from '@azure/arm-cdn';
import { FrontDoorManagementClient } from '@azure/arm-frontdoor';
import { KeyVaultManagementClient } from '@azure/arm-keyvault';
import { ManagementLockClient } from '@azure/arm-locks';
import { MonitorClient } from '@azure/arm-monitor';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { NetworkManagementClient } from '@azure/arm-network';
import { OperationalInsightsManagementClient } from '@azure/arm-operationalinsights';
import { PolicyClient } from '@azure/arm-policy';
import { PrivateDnsManagementClient } from '@azure/arm-privatedns';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { SecurityCenter } from '@azure/arm-security';
import { SecurityInsights } from '@azure/arm-securityinsight';
import { StorageManagementClient } from '@azure/arm-storage';
import { createDefaultHttpClient, createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { placeOf } from '../../src/emulator/place.ts';
import { TYPES } from '../../src/emulator/types.ts';
import { ROUTES, SITE } from '../../src/emulator/web/web.ts';
import { ORDERS, SITES, world, type World } from '../helpers/world.ts';

const SUBSCRIPTION = SITES.split('/')[2]!;
const FINANCE = `${SITES}/rg-finance/providers`;

/** Libraries send a token only over TLS: they get an https address, and their requests are forwarded to the emulator. */
const AZURE = 'https://management.azure.com';
function throughTo(endpoint: string): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    async sendRequest(request: PipelineRequest) {
      const asked = request.url;
      request.url = asked.replace(AZURE, endpoint);
      request.allowInsecureConnection = true;
      const { bodyAsText, headers, ...response } = await inner.sendRequest(request);
      request.url = asked;
      const told = [...headers].map(([name, value]) => [name, value.replaceAll(endpoint, AZURE)] as const);
      return {
        ...response,
        headers: createHttpHeaders(Object.fromEntries(told)),
        bodyAsText: (bodyAsText ?? '').replaceAll(endpoint, AZURE),
      };
    },
  };
}

const all = Array.fromAsync;
/** Long-running operations are polled without a wait. */
const SOON = { updateIntervalInMs: 1 };

async function clients(here: World) {
  const credential = { getToken: () => Promise.resolve({ token: here.accessToken, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const options = { endpoint: AZURE, httpClient: throughTo(here.endpoint) };
  return {
    web: new WebSiteManagementClient(credential, SUBSCRIPTION, options),
    roles: new AuthorizationManagementClient(credential, SUBSCRIPTION, options),
    cdn: new CdnManagementClient(credential, SUBSCRIPTION, options),
    doors: new FrontDoorManagementClient(credential, SUBSCRIPTION, options),
    vaults: new KeyVaultManagementClient(credential, SUBSCRIPTION, options),
    locks: new ManagementLockClient(credential, SUBSCRIPTION, options),
    monitor: new MonitorClient(credential, SUBSCRIPTION, options),
    identities: new ManagedServiceIdentityClient(credential, SUBSCRIPTION, options),
    network: new NetworkManagementClient(credential, SUBSCRIPTION, options),
    logs: new OperationalInsightsManagementClient(credential, SUBSCRIPTION, options),
    policy: new PolicyClient(credential, SUBSCRIPTION, options),
    zones: new PrivateDnsManagementClient(credential, SUBSCRIPTION, options),
    graph: new ResourceGraphClient(credential, options),
    security: new SecurityCenter(credential, SUBSCRIPTION, options),
    sentinel: new SecurityInsights(credential, SUBSCRIPTION, options),
    storage: new StorageManagementClient(credential, SUBSCRIPTION, options),
  };
}
type Clients = Awaited<ReturnType<typeof clients>>;

/** Successful requests, as `METHOD path`. */
async function served(here: World): Promise<string[]> {
  const exchanges = (await (await fetch(`${here.endpoint}/_emulator/exchanges`)).json()) as {
    method: string;
    url: string;
    status: number;
  }[];
  return exchanges.filter(({ status }) => status < 300).map(({ method, url }) => `${method} ${decodeURIComponent(new URL(url).pathname)}`);
}

async function ofSites({ web }: Clients): Promise<void> {
  const [group, name] = ['rg-finance', 'fn-ledger'];
  const apps = web.webApps;
  const plans = await all(web.appServicePlans.list());
  expect(plans.map((plan) => plan.sku?.name)).toContain('EP1');
  const plan = await web.appServicePlans.get(group, 'plan-finance');
  await web.appServicePlans.createOrUpdate(group, 'plan-new', { location: 'westeurope', sku: { name: 'EP1' } }, SOON);
  await apps.createOrUpdate(group, 'fn-new', { kind: 'functionapp', location: 'westeurope', serverFarmId: plan.id! }, SOON);
  await apps.createOrUpdateSlot(group, 'fn-new', 'staging', { location: 'westeurope' }, SOON);
  expect((await all(apps.listSlots(group, 'fn-new'))).map((slot) => slot.name)).toEqual(['fn-new/staging']);
  expect((await all(apps.list())).length).toBeGreaterThan(5);
  const site = await apps.get(group, name);
  expect((await apps.update(group, name, { httpsOnly: site.httpsOnly ?? false })).identity?.type).toBe('SystemAssigned');
  const config = await apps.getConfiguration(group, name);
  expect((await apps.updateConfiguration(group, name, { minTlsVersion: '1.3' })).minTlsVersion).toBe('1.3');
  await apps.createOrUpdateConfiguration(group, name, config);
  const settings = await apps.listApplicationSettings(group, name);
  await apps.updateApplicationSettings(group, name, settings);
  await apps.updateConnectionStrings(group, name, { properties: { Db: { value: 'x', type: 'SQLAzure' } } });
  expect((await apps.listConnectionStrings(group, name)).properties?.['Db']?.value).toBe('x');
  await apps.updateSlotConfigurationNames(group, name, await apps.listSlotConfigurationNames(group, name));
  const auth = await apps.getAuthSettingsV2(group, name);
  await apps.updateAuthSettingsV2(group, name, auth);
  expect((await apps.getAuthSettingsV2WithoutSecrets(group, name)).platform?.enabled).toBe(true);
  expect((await apps.getAuthSettings(group, name)).enabled).toBe(true);
  expect((await apps.updateAuthSettings(group, 'fn-billing', { enabled: true })).enabled).toBe(true);
  await apps.updateScmAllowed(group, name, { allow: (await apps.getScmAllowed(group, name)).allow! });
  await apps.updateFtpAllowed(group, name, { allow: (await apps.getFtpAllowed(group, name)).allow! });
  expect(await all(apps.listBasicPublishingCredentialsPolicies(group, name))).toHaveLength(2);
  const functions = await all(apps.listFunctions(group, name));
  const [first] = functions.map((one) => one.name!.split('/').at(-1)!);
  await apps.listFunctionKeys(group, name, first!);
  await apps.createOrUpdateFunctionSecret(group, name, first!, 'k', { value: 'x' });
  await apps.deleteFunctionSecret(group, name, first!, 'k');
  await apps.createOrUpdateHostSecret(group, name, 'functionKeys', 'k', { value: 'x' });
  await apps.createOrUpdateHostSecret(group, name, 'systemKeys', 'k', { value: 'x' });
  expect((await apps.listHostKeys(group, name)).functionKeys?.['k']).toBe('x');
  await apps.deleteHostSecret(group, name, 'functionKeys', 'k');
  await apps.deleteHostSecret(group, name, 'systemKeys', 'k');
  await all(apps.listDeployments(group, name));
  await apps.createOrUpdateSourceControl(group, name, { repoUrl: 'https://github.com/contoso/shop', branch: 'main' }, SOON);
  expect((await apps.getSourceControl(group, name)).repoUrl).toContain('contoso');
  await apps.deleteSourceControl(group, name);
  expect((await all(apps.listHostNameBindings(group, name))).length).toBe(1);
  expect(await all(apps.listAppSettingsKeyVaultReferences(group, name))).toMatchObject([{ status: 'Resolved' }]);
  await apps.listPublishingCredentials(group, name, SOON);
  await apps.listPublishingProfileXmlWithSecrets(group, name, {});
  await apps.getSwiftVirtualNetworkConnection(group, name);
  await apps.createOrUpdateSwiftVirtualNetworkConnectionWithCheck(group, name, { subnetResourceId: site.virtualNetworkSubnetId! });
  expect(await apps.listVnetConnections(group, name)).toHaveLength(1);
  const [connection] = await all(apps.listPrivateEndpointConnectionList(group, name));
  const connectionName = connection!.name!;
  await apps.getPrivateEndpointConnection(group, name, connectionName);
  await apps.approveOrRejectPrivateEndpointConnection(
    group,
    name,
    connectionName,
    {
      privateLinkServiceConnectionState: { status: 'Approved', description: 'ok' },
    },
    SOON,
  );
  await apps.deletePrivateEndpointConnection(group, name, connectionName, SOON);
  await apps.restart(group, name);
  await apps.generateNewSitePublishingPassword(group, name);
  await apps.deleteSwiftVirtualNetwork(group, name);
  await apps.delete(group, 'fn-new');
}

async function ofVaultsAndStorage({ vaults, storage }: Clients, tenantId: string): Promise<void> {
  const group = 'rg-finance';
  const sku = { family: 'A', name: 'standard' } as const;
  await vaults.vaults.createOrUpdate(group, 'kv-new', { location: 'westeurope', properties: { tenantId, sku, accessPolicies: [] } }, SOON);
  await vaults.vaults.update(group, 'kv-new', { properties: { enablePurgeProtection: true } });
  const policy = { tenantId, objectId: crypto.randomUUID(), permissions: { secrets: ['get' as const] } };
  await vaults.vaults.updateAccessPolicy(group, 'kv-new', 'add', { properties: { accessPolicies: [policy] } });
  expect((await vaults.vaults.get(group, 'kv-new')).properties).toMatchObject({ enablePurgeProtection: true, accessPolicies: [policy] });
  expect((await all(vaults.vaults.listBySubscription())).length).toBeGreaterThan(2);
  await vaults.secrets.createOrUpdate(group, 'kv-new', 's', { properties: { value: 'x' } });
  expect((await vaults.secrets.get(group, 'kv-new', 's')).properties?.attributes?.enabled).toBe(true);
  expect(await all(vaults.secrets.list(group, 'kv-new'))).toHaveLength(1);
  const made = await storage.storageAccounts.create(
    group,
    'stnew',
    {
      location: 'westeurope',
      kind: 'StorageV2',
      sku: { name: 'Standard_LRS' },
    },
    SOON,
  );
  expect(made.provisioningState).toBe('Succeeded');
  await storage.storageAccounts.update(group, 'stnew', { minimumTlsVersion: 'TLS1_2' });
  expect((await storage.storageAccounts.getProperties(group, 'stnew')).minimumTlsVersion).toBe('TLS1_2');
  expect((await all(storage.storageAccounts.list())).length).toBeGreaterThan(4);
  expect((await storage.storageAccounts.listKeys(group, 'stnew')).keys).toHaveLength(2);
  await storage.blobServices.setServiceProperties(group, 'stnew', { deleteRetentionPolicy: { enabled: true, days: 7 } });
  expect((await storage.blobServices.getServiceProperties(group, 'stnew')).deleteRetentionPolicy?.days).toBe(7);
  await storage.fileServices.setServiceProperties(group, 'stnew', { shareDeleteRetentionPolicy: { enabled: true, days: 7 } });
  expect((await storage.fileServices.getServiceProperties(group, 'stnew')).shareDeleteRetentionPolicy?.days).toBe(7);
  expect((await storage.fileServices.list(group, 'stnew')).value).toHaveLength(1);
}

async function ofGuards({ roles, locks, monitor, policy, identities, logs, sentinel, security }: Clients): Promise<void> {
  const reader = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
  const identity = await identities.userAssignedIdentities.createOrUpdate('rg-finance', 'id-new', { location: 'westeurope' });
  expect((await identities.userAssignedIdentities.get('rg-finance', 'id-new')).principalId).toBe(identity.principalId);
  const name = crypto.randomUUID();
  await roles.roleAssignments.create(ORDERS, name, { roleDefinitionId: reader, principalId: identity.principalId! });
  expect((await all(roles.roleAssignments.listForScope(ORDERS))).map((one) => one.name)).toContain(name);
  await roles.roleAssignments.get(ORDERS, name);
  await roles.roleAssignments.delete(ORDERS, name);
  const named = await all(roles.roleDefinitions.list(ORDERS, { filter: "roleName eq 'Reader'" }));
  expect(named.map(({ roleName }) => roleName)).toEqual(['Reader']);
  await roles.roleDefinitions.getById(reader.slice(1));
  expect((await all(roles.permissions.listForResourceGroup('rg-shop')))[0]?.actions).toEqual(['*']);
  expect(await all(roles.denyAssignments.listForScope(ORDERS))).toEqual([]);
  await locks.managementLocks.createOrUpdateByScope(ORDERS, 'keep', { level: 'CanNotDelete' });
  expect((await locks.managementLocks.getByScope(ORDERS, 'keep')).level).toBe('CanNotDelete');
  expect(await all(locks.managementLocks.listByScope(ORDERS))).toHaveLength(1);
  await locks.managementLocks.deleteByScope(ORDERS, 'keep');
  const workspaceId = `${SITES}/rg-network/providers/Microsoft.OperationalInsights/workspaces/log-contoso`;
  await monitor.diagnosticSettings.createOrUpdate(ORDERS, 'd', { workspaceId, logs: [{ category: 'FunctionAppLogs', enabled: true }] });
  expect((await monitor.diagnosticSettings.get(ORDERS, 'd')).logs).toMatchObject([{ category: 'FunctionAppLogs', enabled: true }]);
  expect((await all(monitor.diagnosticSettings.list(ORDERS))).map((one) => one.name)).toContain('d');
  expect((await all(monitor.diagnosticSettingsCategory.list(ORDERS))).map((one) => one.name)).toContain('AllMetrics');
  await monitor.diagnosticSettings.delete(ORDERS, 'd');
  expect((await all(policy.policyAssignments.listForResourceGroup('rg-finance'))).map((one) => one.name)).toEqual(['fn-min-tls']);
  await policy.policyDefinitions.getBuiltIn('1f01f1c7-539c-49b5-9ef4-d4ffa37d22e0');
  await logs.workspaces.createOrUpdate('rg-network', 'log-new', { location: 'westeurope' }, SOON);
  expect((await logs.workspaces.get('rg-network', 'log-contoso')).retentionInDays).toBe(30);
  await sentinel.sentinelOnboardingStates.create('rg-network', 'log-new', 'default', {});
  expect((await sentinel.sentinelOnboardingStates.get('rg-network', 'log-new', 'default')).name).toBe('default');
  expect((await security.pricings.list()).value.map((one) => one.name)).toContain('AppServices');
  await security.pricings.update('AppServices', { pricingTier: 'Free' });
  expect((await security.pricings.get('AppServices')).pricingTier).toBe('Free');
  expect(await all(security.assessments.list(`subscriptions/${SUBSCRIPTION}`))).toHaveLength(1);
}

async function ofNetworks({ network, zones, cdn, doors, graph }: Clients): Promise<void> {
  const group = 'rg-network';
  const vnet = await network.virtualNetworks.get(group, 'vnet-contoso');
  expect(vnet.subnets!.length).toBe(3);
  await network.virtualNetworks.createOrUpdate(
    group,
    'vnet-new',
    {
      location: 'westeurope',
      addressSpace: { addressPrefixes: ['10.9.0.0/16'] },
    },
    SOON,
  );
  await network.subnets.createOrUpdate(group, 'vnet-new', 'a', { addressPrefix: '10.9.0.0/24' }, SOON);
  const subnet = await network.subnets.get(group, 'vnet-new', 'a');
  const made = await network.privateEndpoints.createOrUpdate(
    'rg-finance',
    'pe-new',
    {
      location: 'westeurope',
      subnet: { id: subnet.id! },
      privateLinkServiceConnections: [
        { name: 'c', privateLinkServiceId: `${FINANCE}/Microsoft.Web/sites/fn-reports`, groupIds: ['sites'] },
      ],
    },
    SOON,
  );
  expect(made.provisioningState).toBe('Succeeded');
  expect((await all(network.privateEndpoints.listBySubscription())).length).toBeGreaterThan(1);
  await zones.privateZones.createOrUpdate(group, 'privatelink.example.net', { location: 'global' }, SOON);
  const zone = await zones.privateZones.get(group, 'privatelink.azurewebsites.net');
  await network.privateDnsZoneGroups.createOrUpdate(
    'rg-finance',
    'pe-new',
    'default',
    {
      privateDnsZoneConfigs: [{ name: 'z', privateDnsZoneId: zone.id! }],
    },
    SOON,
  );
  expect((await network.privateDnsZoneGroups.get('rg-finance', 'pe-new', 'default')).privateDnsZoneConfigs).toHaveLength(1);
  await network.privateEndpoints.delete('rg-finance', 'pe-new', SOON);
  await network.webApplicationFirewallPolicies.createOrUpdate(group, 'waf', {
    location: 'westeurope',
    managedRules: { managedRuleSets: [{ ruleSetType: 'OWASP', ruleSetVersion: '3.2' }] },
  });
  await network.webApplicationFirewallPolicies.get(group, 'waf');
  await network.applicationGateways.createOrUpdate(group, 'agw', { location: 'westeurope', sku: { name: 'WAF_v2', tier: 'WAF_v2' } }, SOON);
  expect((await network.applicationGateways.get(group, 'agw')).operationalState).toBe('Running');
  await cdn.profiles.beginCreateAndWait(group, 'fd-new', { location: 'global', sku: { name: 'Premium_AzureFrontDoor' } }, SOON);
  await cdn.profiles.get(group, 'fd-new');
  await cdn.afdEndpoints.beginCreateAndWait(group, 'fd-new', 'e', { location: 'global' }, SOON);
  await cdn.afdEndpoints.get(group, 'fd-new', 'e');
  await cdn.afdOriginGroups.beginCreateAndWait(group, 'fd-new', 'og', {}, SOON);
  const origins = await cdn.afdOriginGroups.get(group, 'fd-new', 'og');
  await cdn.afdOrigins.beginCreateAndWait(group, 'fd-new', 'og', 'o', { hostName: 'fn-orders.azurewebsites.net' }, SOON);
  expect((await cdn.afdOrigins.get(group, 'fd-new', 'og', 'o')).hostName).toBe('fn-orders.azurewebsites.net');
  await cdn.routes.beginCreateAndWait(group, 'fd-new', 'e', 'r', { originGroup: { id: origins.id! } }, SOON);
  expect((await cdn.routes.get(group, 'fd-new', 'e', 'r')).provisioningState).toBe('Succeeded');
  await doors.policies.createOrUpdate(group, 'wafdoor', { location: 'Global', sku: { name: 'Premium_AzureFrontDoor' } }, SOON);
  const door = await doors.policies.get(group, 'wafdoor');
  await cdn.securityPolicies.beginCreateAndWait(
    group,
    'fd-new',
    's',
    {
      parameters: { type: 'WebApplicationFirewall', wafPolicy: { id: door.id! } },
    },
    SOON,
  );
  await cdn.securityPolicies.get(group, 'fd-new', 's');
  const rows = await graph.resources({
    subscriptions: [SUBSCRIPTION],
    query: "resources | where type =~ 'microsoft.web/sites' | project name",
  });
  expect(rows.count).toBeGreaterThan(5);
}

/** A route of the portal that no library here has. */
const BY_PORTAL = String.raw`POST ^\/config\/configreferences\/appsettings\/refresh$`;
/** Types that no library here has. */
const NOT_TRIED: readonly string[] = [
  // The sample subscription has no initiative; test/e2e/least-privilege.test.ts has one.
  'microsoft.authorization/policysetdefinitions',
  // Its library belongs to a generation of clients without support.
  'microsoft.insights/components',
  // Two lists of a library that no other test needs.
  'microsoft.resources/deployments',
  'microsoft.resources/changes',
  // Only counted, by Azure Resource Graph.
  'microsoft.app/containerapps',
];

test("Microsoft's libraries read and write every type of the emulator", { timeout: 60_000 }, async () => {
  const here = await world();
  const all = await clients(here);
  await ofSites(all);
  await ofVaultsAndStorage(all, here.tenantId);
  await ofGuards(all);
  await ofNetworks(all);

  const done = await served(here);
  const typesBy = (methods: RegExp) =>
    new Set(done.filter((one) => methods.test(one)).map((one) => placeOf(one.replace(/^\w+ /, '').replace(/\/$/, ''))?.type.toLowerCase()));
  const [read, written] = [typesBy(/^GET /), typesBy(/^(PUT|PATCH) /)];
  const builtIn = [
    'microsoft.authorization/policydefinitions',
    'microsoft.authorization/policysetdefinitions',
    'microsoft.authorization/denyassignments',
  ];
  expect(Object.keys(TYPES).filter((type) => !read.has(type) && !NOT_TRIED.includes(type))).toEqual([]);
  expect(Object.keys(TYPES).filter((type) => !written.has(type) && !NOT_TRIED.includes(type) && !builtIn.includes(type))).toEqual([]);
  const asked = ROUTES.filter(
    ({ method, path }) =>
      !done.some((one) => {
        const [, verb, at = ''] = /^(\w+) (.*)$/.exec(one) ?? [];
        const rest = SITE.exec(at)?.[2];
        return verb === method && rest !== undefined && path.test(rest.replace(/\/$/, ''));
      }),
  );
  expect(asked.map(({ method, path }) => `${method} ${path.source}`)).toEqual([BY_PORTAL]);
});
