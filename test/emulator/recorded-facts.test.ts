/** Facts from recordings of other clients: each as a title, with a small fixture of its own. */
import { expect, test } from 'vitest';
import { ORDERS, world, type World } from '../helpers/world.ts';

const GROUP = ORDERS.replace(/\/providers\/.*$/, '');
const BILLING = ORDERS.replace('rg-shop', 'rg-finance').replace('fn-orders', 'fn-billing');

async function ask(here: World, method: string, path: string, body?: unknown, version = '2024-11-01') {
  const response = await fetch(`${here.endpoint}${path}${path.includes('?') ? '&' : '?'}api-version=${version}`, {
    method,
    headers: { authorization: `Bearer ${here.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // oxlint-disable-next-line typescript/no-explicit-any
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : null) as Record<string, any> };
}

test('sites and plans of version 2026 return the members of that year, and lists do not look up features of the host', async () => {
  const here = await world();
  const { properties } = (await ask(here, 'GET', ORDERS)).body;
  expect(properties).toMatchObject({ hostNamePrivateStates: [], legacyServiceEndpointTrafficEvaluation: null });
  expect([properties.siteConfig.webJobsEnabled, properties.inFlightFeatures]).toEqual([false, ['SiteContainers']]);
  const plan = (await ask(here, 'GET', properties.serverFarmId)).body['properties'];
  expect(plan).toMatchObject({ targetWorkerSku: null, isCustomMode: false, powerState: 'Running', eligibleLogCategories: '' });
  for (const path of [`${GROUP}/providers/Microsoft.Web/sites`, `${ORDERS}/slots`])
    for (const one of (await ask(here, 'GET', path)).body['value']) expect(one.properties.inFlightFeatures).toBe(null);
});

test('an app created without a kind gets its kind from plan and image; sizes have the spelling of the service', async () => {
  const here = await world();
  const made = async (name: string, reserved: boolean, siteConfig: object) => {
    const serverFarmId = `${GROUP}/providers/Microsoft.Web/serverfarms/asp-${name}`;
    const plan = await ask(here, 'PUT', serverFarmId, { location: 'westeurope', sku: { name: 'P1V3' }, properties: { reserved } });
    const site = await ask(here, 'PUT', `${GROUP}/providers/Microsoft.Web/sites/fn-${name}`, {
      location: 'westeurope',
      properties: { serverFarmId, siteConfig },
    });
    return [plan.body['sku'].name, site.body['kind']];
  };
  expect(await made('a', false, {})).toEqual(['P1v3', 'app']);
  expect(await made('b', true, { linuxFxVersion: 'NODE|20-lts' })).toEqual(['P1v3', 'app,linux']);
  expect(await made('c', true, { linuxFxVersion: 'DOCKER|nginx' })).toEqual(['P1v3', 'app,linux,container']);
  expect(await made('d', false, { windowsFxVersion: 'DOCKER|mcr.microsoft.com/x' })).toEqual(['P1v3', 'app,container,windows']);
});

test('locks and policy assignments below a scope are listed, but not with atScope()', async () => {
  const here = await world();
  const lock = `${ORDERS}/providers/Microsoft.Authorization/locks/keep`;
  await ask(here, 'PUT', lock, { properties: { level: 'CanNotDelete' } }, '2020-05-01');
  const names = async (filter: string) =>
    (await ask(here, 'GET', `${GROUP}/providers/Microsoft.Authorization/locks${filter}`, undefined, '2020-05-01')).body['value'].map(
      ({ id }: { id: string }) => id,
    );
  expect(await names('')).toContain(lock);
  expect(await names('?$filter=atScope()')).not.toContain(lock);
});

test('account keys have their creation time; an old version creates an account without secure transfer', async () => {
  const here = await world();
  const transfer = async (name: string, version: string) => {
    const id = `${GROUP}/providers/Microsoft.Storage/storageAccounts/${name}`;
    await ask(here, 'PUT', id, { location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2', properties: {} }, version);
    const keys = await ask(here, 'POST', `${id}/listKeys`, {}, version);
    expect(keys.headers.get('x-ms-ratelimit-remaining-subscription-resource-requests')).not.toBe(null);
    for (const one of keys.body['keys']) expect(one.creationTime).toMatch(/^\d{4}-\d\d-\d\dT/);
    return (await ask(here, 'GET', id, undefined, version)).body['properties'].supportsHttpsTrafficOnly;
  };
  expect(await transfer('stold', '2018-11-01')).toBe(false);
  expect(await transfer('stnew', '2024-01-01')).toBe(true);
});

test('old versions return the siteConfig of a PATCH; request tracing has no end; sticky names are lists', async () => {
  const here = await world();
  const patched = await ask(here, 'PATCH', ORDERS, { properties: { clientAffinityEnabled: false } }, '2019-08-01');
  expect(patched.body['properties'].siteConfig).toMatchObject({ numberOfWorkers: 1 });
  const config = await ask(here, 'PATCH', `${ORDERS}/config/web`, { properties: { requestTracingEnabled: true } });
  expect(config.body['properties'].requestTracingExpirationTime).toBe('9999-12-31T23:59:00Z');
  const sticky = await ask(here, 'PUT', `${ORDERS}/config/slotConfigNames`, { properties: { connectionStringNames: [] } });
  expect(sticky.body['properties'].connectionStringNames).toEqual([]);
});

test('an old version returns no configuration with a site, and the first row for the rule that Azure adds to an empty list', async () => {
  const here = await world();
  const site = async (version: string, path = ORDERS) => (await ask(here, 'GET', path, undefined, version)).body;
  expect((await site('2018-11-01'))['properties'].siteConfig).toBe(null);
  expect((await site('2019-08-01'))['properties'].siteConfig.numberOfWorkers).toBe(1);
  const listed = (await site('2019-08-01', `${GROUP}/providers/Microsoft.Web/sites`))['value'][0].properties.siteConfig;
  expect([listed.numberOfWorkers, 'minTlsVersion' in listed]).toEqual([null, true]);
  const rows = async (version: string) =>
    (await site(version, `${BILLING}/config/web`))['properties'].ipSecurityRestrictions.map(
      ({ priority }: { priority: number }) => priority,
    );
  await ask(here, 'PATCH', `${BILLING}/config/web`, { properties: { ipSecurityRestrictions: [] } });
  expect([await rows('2019-08-01'), await rows('2024-11-01')]).toEqual([[1], [2_147_483_647]]);
  const ipSecurityRestrictions = [{ ipAddress: '192.0.2.0/24', priority: 100, name: 'office', action: 'Allow' }];
  await ask(here, 'PATCH', `${BILLING}/config/web`, { properties: { ipSecurityRestrictions } });
  expect(await rows('2019-08-01')).toEqual([100, 2_147_483_647]);
  const old = (await site('2018-11-01', `${BILLING}/config/web`))['properties'];
  expect([old.remoteDebuggingVersion, old.preWarmedInstanceCount]).toEqual([null, null]);
});

test('an account lists its private endpoints and its complete firewall; deleting an app twice is no error', async () => {
  const here = await world();
  const id = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stpaths`;
  const networkAcls = { defaultAction: 'Deny', bypass: 'Logging,AzureServices', ipRules: [{ value: '192.0.2.1' }] };
  const sent = { location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2', properties: { networkAcls } };
  await ask(here, 'PUT', id, sent, '2024-01-01');
  const endpoint = `${GROUP}/providers/Microsoft.Network/privateEndpoints/pe-blob`;
  const link = { name: 'blob', properties: { privateLinkServiceId: id, groupIds: ['blob'] } };
  const made = await ask(
    here,
    'PUT',
    endpoint,
    { location: 'westeurope', properties: { privateLinkServiceConnections: [link] } },
    '2024-05-01',
  );
  const look = async () => (await ask(here, 'GET', id, undefined, '2024-01-01')).body['properties'];
  const status = async () =>
    (await look()).privateEndpointConnections.map(
      (one: { properties: { privateLinkServiceConnectionState: { status: string } } }) =>
        one.properties.privateLinkServiceConnectionState.status,
    );
  expect(await status()).toEqual(['Pending']);
  const operation = new URL(made.headers.get('azure-asyncoperation')!).pathname;
  for (const _ of [1, 2]) await ask(here, 'GET', operation);
  expect(await status()).toEqual(['Approved']);
  expect((await look()).networkAcls).toMatchObject({
    bypass: 'Logging, AzureServices',
    ipRules: [{ action: 'Allow', value: '192.0.2.1' }],
  });
  const gone = `${GROUP}/providers/Microsoft.Web/sites/fn-nowhere`;
  expect([(await ask(here, 'DELETE', gone)).status, (await ask(here, 'GET', gone)).status]).toEqual([204, 404]);
});

test('adding an access policy returns all permissions of its principal; old versions return older members of other resources', async () => {
  const here = await world();
  const vault = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-facts`;
  const [tenantId, objectId] = ['0b000000-0000-4000-8000-00000000000f', '88888888-0000-0000-0000-000000000001'];
  const policy = (secrets: string[]) => ({ properties: { accessPolicies: [{ tenantId, objectId, permissions: { secrets } }] } });
  await ask(
    here,
    'PUT',
    vault,
    { location: 'westeurope', properties: { tenantId, sku: { family: 'A', name: 'standard' }, accessPolicies: [] } },
    '2024-11-01',
  );
  await ask(here, 'PUT', `${vault}/accessPolicies/add`, policy(['list']));
  const added = await ask(here, 'PUT', `${vault}/accessPolicies/add`, policy(['get']));
  expect(added.body['properties'].accessPolicies[0].permissions.secrets).toEqual(['list', 'get']);
  const roles = `${ORDERS}/providers/Microsoft.Authorization/roleAssignments`;
  const delegated = async (version: string) => (await ask(here, 'GET', roles, undefined, version)).body['value'][0].properties.canDelegate;
  expect([await delegated('2018-09-01-preview'), await delegated('2022-04-01')]).toEqual([false, undefined]);
  const settings = `${ORDERS}/providers/microsoft.insights/diagnosticSettings/old`;
  await ask(
    here,
    'PUT',
    settings,
    { properties: { workspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/log`, logs: [] } },
    '2021-05-01-preview',
  );
  const types = [];
  for (const version of ['2017-05-01-preview', '2021-05-01-preview'])
    types.push((await ask(here, 'GET', settings, undefined, version)).body['type']);
  expect(types).toEqual([null, 'Microsoft.Insights/diagnosticSettings']);
});

test('an integration has another name than requested; a DNS zone group takes a while; services of an account return what was sent', async () => {
  const here = await world();
  const vnet = await ask(here, 'GET', `${ORDERS}/networkConfig/virtualNetwork`);
  expect([vnet.body['id'], vnet.body['type'], vnet.headers.has('etag')]).toEqual([
    `${ORDERS}/config/virtualNetwork`,
    'Microsoft.Web/sites/config',
    true,
  ]);
  const endpoint = `${GROUP}/providers/Microsoft.Network/privateEndpoints/pe`;
  await ask(here, 'PUT', endpoint, { location: 'westeurope', properties: {} });
  const at = `${endpoint}/privateDnsZoneGroups/default`;
  const zone = `${GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.azurewebsites.net`;
  const group = { properties: { privateDnsZoneConfigs: [{ name: 'web', properties: { privateDnsZoneId: zone } }] } };
  const made = await ask(here, 'PUT', at, group);
  expect([made.status, made.body['properties'].provisioningState, made.body['properties'].privateDnsZoneConfigs[0].id]).toEqual([
    201,
    'Updating',
    `${at}/privateDnsZoneConfigs/web`,
  ]);
  const operation = made.headers.get('azure-asyncoperation')!.replace(here.endpoint, '');
  for (let look = 0; look < 2; look += 1) await ask(here, 'GET', operation.split('?')[0]!);
  const read = await ask(here, 'GET', at);
  expect([read.headers.has('etag'), read.body['properties'].privateDnsZoneConfigs[0].properties.provisioningState]).toEqual([
    true,
    'Succeeded',
  ]);
  const account = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stecho`;
  await ask(here, 'PUT', account, { location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2', properties: {} });
  const sent = { shareDeleteRetentionPolicy: { enabled: true, days: 7 } };
  const echo = await ask(here, 'PUT', `${account}/fileServices/default`, { properties: sent });
  expect([echo.body['properties'], 'sku' in echo.body]).toEqual([sent, false]);
});

test('subnet ids in the firewall of a vault are returned in small letters', async () => {
  const here = await world();
  const id = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-small`;
  const subnet = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-Shop/subnets/Web`;
  const properties = { tenantId: '0b000000-0000-4000-8000-00000000000f', sku: { family: 'A', name: 'standard' }, accessPolicies: [] };
  await ask(here, 'PUT', id, { location: 'westeurope', properties }, '2023-07-01');
  const networkAcls = { defaultAction: 'Deny', virtualNetworkRules: [{ id: subnet }] };
  const patched = await ask(here, 'PATCH', id, { properties: { networkAcls } }, '2023-07-01');
  expect(patched.body['properties'].networkAcls.virtualNetworkRules).toEqual([{ id: subnet.toLowerCase() }]);
});

test('a list of vaults has an empty second page; a lock keeps an empty note and returns none if none was sent', async () => {
  const here = await world();
  const first = await ask(here, 'GET', `${GROUP}/providers/Microsoft.KeyVault/vaults`, undefined, '2023-07-01');
  expect(first.body['value'].length).toBeGreaterThan(0);
  const next = first.body['nextLink'].replace(here.endpoint, '').replace(/&?api-version=[^&]*/, '');
  expect((await ask(here, 'GET', next, undefined, '2023-07-01')).body).toEqual({ value: [] });
  const at = (name: string) => `${ORDERS}/providers/Microsoft.Authorization/locks/${name}`;
  const noted = await ask(here, 'PUT', at('a'), { properties: { level: 'CanNotDelete', notes: '' } }, '2020-05-01');
  const bare = await ask(here, 'PUT', at('b'), { properties: { level: 'CanNotDelete' } }, '2020-05-01');
  expect([noted.body['properties'].notes, 'notes' in bare.body['properties']]).toEqual(['', false]);
});

test('a classic CDN profile returns only its state', async () => {
  const here = await world();
  const id = `${GROUP}/providers/Microsoft.Cdn/profiles/cdn-classic`;
  const told = async (name: string) => {
    await ask(here, 'PUT', id, { location: 'global', sku: { name } }, '2024-02-01');
    return Object.keys((await ask(here, 'GET', id, undefined, '2024-02-01')).body['properties']).toSorted();
  };
  expect(await told('Standard_Microsoft')).toEqual(['provisioningState', 'resourceState']);
  expect(await told('Premium_AzureFrontDoor')).toContain('originResponseTimeoutSeconds');
});
