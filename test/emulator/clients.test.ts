/** Requests of other clients to the emulator: create and delete, lists, and older API versions. */
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { createEmulator } from '../../src/emulator/handle.ts';
import type { Caller } from '../../src/emulator/access/rights.ts';
import type { Json } from '../../src/emulator/state.ts';
import { ORDERS, SITES, world, type World } from '../helpers/world.ts';

const SUBSCRIPTION = SITES.replace('/resourceGroups', '');
const SHOP = `${SITES}/rg-shop/providers`;
const BILLING = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-billing`;

async function ask(here: World, method: string, path: string, body?: unknown, version = '2024-11-01') {
  const at = path.startsWith('http') ? path : `${here.endpoint}${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
  const response = await fetch(at, {
    method,
    headers: { authorization: `Bearer ${here.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // Answers of any shape; each test says what it expects of them.
  // oxlint-disable-next-line typescript/no-explicit-any
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : null) as Record<string, any> };
}

test('a plan, an app on it and a slot are created; deleting the app deletes its slots and its plan', async () => {
  const here = await world();
  const plan = `${SHOP}/Microsoft.Web/serverfarms/plan-new`;
  const made = await ask(here, 'PUT', plan, { location: 'westeurope', sku: { name: 'EP2' }, properties: { reserved: true } });
  expect([made.status, made.body['kind'], made.body['sku']]).toEqual([
    200,
    'elastic',
    { name: 'EP2', tier: 'ElasticPremium', size: 'EP2', family: 'EP', capacity: 1 },
  ]);
  // The same number of members as the service returns, and a GET without the sku.
  const told = Object.keys((await ask(here, 'GET', plan)).body['properties']);
  expect([Object.keys(made.body['properties']).length, told.length, told.includes('sku')]).toEqual([55, 54, false]);
  expect((await ask(here, 'PUT', plan, { location: 'westeurope', sku: { name: 'Z9' } })).body['Details'][2].ErrorEntity.ExtendedCode).toBe(
    '51008',
  );
  const site = `${SHOP}/Microsoft.Web/sites/fn-new`;
  const body = {
    kind: 'functionapp,linux',
    location: 'westeurope',
    properties: {
      serverFarmId: 'plan-new',
      httpsOnly: true,
      siteConfig: { linuxFxVersion: 'Node|22', appSettings: [{ name: 'A', value: 'b' }] },
    },
  };
  expect(await ask(here, 'PUT', `${site}-nowhere`, { ...body, properties: { serverFarmId: 'plan-nowhere' } })).toMatchObject({
    status: 404,
  });
  expect(await ask(here, 'PUT', site, body)).toMatchObject({
    status: 200,
    body: { kind: 'functionapp,linux', properties: { sku: 'ElasticPremium', httpsOnly: true, reserved: true } },
  });
  expect((await ask(here, 'POST', `${site}/config/appsettings/list`)).body['properties']).toEqual({ A: 'b' });
  const sent = (await here.writes()).find(({ url, status }) => url.includes('/fn-new?') && status === 200)?.requestBody;
  expect(sent, 'the log hides what settings hold').toMatchObject({
    properties: { siteConfig: { appSettings: [{ name: 'A', value: '(masked)' }] } },
  });
  expect((await ask(here, 'PUT', `${site}/slots/staging`, { location: 'westeurope', properties: {} })).body['name']).toBe('fn-new/staging');
  expect((await ask(here, 'POST', `${site}/slots/staging/config/appsettings/list`)).body['properties']).toEqual({ A: 'b' });
  const slot = await ask(here, 'GET', `${site}/slots/staging/config/web`);
  expect([slot.body['name'], slot.body['type'], slot.body['properties'].linuxFxVersion]).toEqual([
    'fn-new',
    'Microsoft.Web/sites/config',
    'Node|22',
  ]);
  expect((await ask(here, 'PUT', `${site}/slots/a/slots/b`, {})).status).toBe(404);
  expect((await ask(here, 'DELETE', `${site}?deleteEmptyServerFarm=true`)).status).toBe(200);
  expect(await Promise.all([`${site}/slots/staging`, plan].map(async (path) => (await ask(here, 'GET', path)).status))).toEqual([404, 404]);
});

test('an app without a plan gets a plan of its region', async () => {
  const here = await world();
  const site = `${SHOP}/Microsoft.Web/sites/fn-free`;
  const { body } = await ask(here, 'PUT', site, { kind: 'functionapp', location: 'francecentral', properties: {} });
  expect([body['properties'].serverFarmId, body['properties'].sku]).toEqual([
    `${SHOP}/Microsoft.Web/serverfarms/FranceCentralPlan`,
    'Dynamic',
  ]);
});

test('locks are created, changed and deleted, also with an encoded scope id', async () => {
  const here = await world();
  const before = await here.state();
  const at = `/${encodeURIComponent(ORDERS)}/providers/Microsoft.Authorization/locks/keep`;
  expect((await ask(here, 'PUT', at, { properties: { level: 'Forever' } })).status).toBe(400);
  expect(await ask(here, 'PUT', at, { properties: { level: 'CanNotDelete' } })).toMatchObject({ status: 201 });
  expect(await ask(here, 'PUT', at, { properties: { level: 'readonly', notes: 'n' } })).toMatchObject({
    status: 200,
    body: { id: `${ORDERS}/providers/Microsoft.Authorization/locks/keep`, properties: { level: 'ReadOnly', notes: 'n' } },
  });
  expect((await ask(here, 'PATCH', ORDERS, { properties: { httpsOnly: true } })).status).toBe(409);
  expect(await Promise.all(['DELETE', 'DELETE', 'GET'].map(async (method) => (await ask(here, method, at)).status))).toEqual([
    200, 204, 404,
  ]);
  expect(await here.state()).toEqual(before);
});

test('access policies are added and removed without changing the others', async () => {
  const here = await world();
  const vault = `${SHOP}/Microsoft.KeyVault/vaults/kv-orders`;
  const policy = (objectId: string, secrets: string[]) => ({ tenantId: here.tenantId, objectId, permissions: { secrets } });
  const of = async () =>
    ((await ask(here, 'GET', vault)).body['properties'].accessPolicies as { objectId: string; permissions: { secrets: string[] } }[]).map(
      ({ objectId, permissions }) => `${objectId}: ${permissions.secrets.join(' ')}`,
    );
  const put = (how: string, ...accessPolicies: unknown[]) =>
    ask(here, 'PUT', `${vault}/accessPolicies/${how}`, { properties: { accessPolicies } });
  const before = await of();
  const added = await put('add', policy('p', ['get']), policy('q', ['list']));
  expect([added.status, added.body['properties'].accessPolicies.length]).toEqual([200, 2]);
  await put('add', policy('p', ['Get', 'set']));
  expect(await of()).toEqual([...before, 'p: get set', 'q: list']);
  await put('remove', policy('p', ['get']), policy('q', ['list']));
  expect(await of()).toEqual([...before, 'p: set']);
  await put('replace', policy('p', ['list']), policy('r', ['get']));
  expect(await of(), 'of nobody else').toEqual([...before, 'p: list', 'r: get']);
  expect((await put('add')).status).toBe(400);
});

test('a new account is accepted first and returned later; lists without pages have no next link', async () => {
  const here = await world();
  const account = `${SHOP}/Microsoft.Storage/storageAccounts/stnew`;
  const { status, headers, body } = await ask(here, 'PUT', account, {
    location: 'westeurope',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
  });
  expect([status, body]).toEqual([202, null]);
  const place = headers.get('location')!;
  expect([(await ask(here, 'GET', place)).status, (await ask(here, 'GET', place)).body['id']]).toEqual([202, account]);
  expect((await ask(here, 'GET', `${account}/fileServices`)).body['value']).toMatchObject([
    { name: 'default', sku: { name: 'Standard_LRS' } },
  ]);
  expect(Object.keys((await ask(here, 'GET', `${ORDERS}/functions`)).body)).toEqual(['value', 'nextLink', 'id']);
  expect((await ask(here, 'GET', `${ORDERS}/slots`)).body).toEqual({ value: [], nextLink: null, id: null });
});

test('connection strings, sticky names of all kinds, source control', async () => {
  const here = await world();
  const strings = { Db: { value: 'Server=x', type: 'SQLAzure' } };
  expect(
    (await ask(here, 'PUT', `${BILLING}/config/connectionstrings`, { properties: { Db: { value: 'x', type: 'Oracle' } } })).status,
  ).toBe(400);
  expect((await ask(here, 'PUT', `${BILLING}/config/connectionstrings`, { properties: strings })).body['properties']).toEqual(strings);
  expect((await ask(here, 'POST', `${BILLING}/config/connectionstrings/list`)).body['properties']).toEqual(strings);
  const names = { appSettingNames: [], connectionStringNames: ['Db'] };
  expect((await ask(here, 'PUT', `${BILLING}/config/slotConfigNames`, { properties: names })).body['properties']).toEqual({
    ...names,
    azureStorageConfigNames: [],
  });
  expect(
    (await ask(here, 'PUT', `${BILLING}/config/slotConfigNames`, { properties: { connectionStringNames: [] } })).body['properties'],
  ).toEqual({
    appSettingNames: [],
    connectionStringNames: [],
    azureStorageConfigNames: [],
  });
  const at = `${BILLING}/sourcecontrols/web`;
  expect((await ask(here, 'PUT', at, { properties: { repoUrl: 'https://github.com/contoso/shop', branch: 'main' } })).status).toBe(201);
  const looks = [await ask(here, 'GET', at), await ask(here, 'GET', at)].map(({ body }) => body['properties'].provisioningState);
  expect(looks).toEqual(['InProgress', 'Succeeded']);
  expect([(await ask(here, 'DELETE', at)).status, (await ask(here, 'GET', at)).status]).toEqual([200, 404]);
});

test('older versions of a site: routing in its own members, and no value where nothing was set', async () => {
  const here = await world();
  const old = (await ask(here, 'GET', BILLING, undefined, '2023-12-01')).body['properties'];
  expect([old.vnetRouteAllEnabled, old.publicNetworkAccess, 'outboundVnetRouting' in old]).toEqual([false, null, false]);
  await ask(here, 'PATCH', BILLING, { properties: { vnetRouteAllEnabled: true } }, '2023-12-01');
  const now = (await ask(here, 'GET', BILLING)).body['properties'];
  expect([now.outboundVnetRouting.applicationTraffic, now.publicNetworkAccess]).toEqual([true, 'Enabled']);
  const oldest = await ask(here, 'PATCH', BILLING, { properties: { httpsOnly: true } }, '2019-08-01');
  expect(oldest.body['properties'].siteConfig.numberOfWorkers).toBe(1);
});

test('config/web: a cipher suite fills the list of suites, and Linux keeps no debugger version', async () => {
  const here = await world();
  const patched = async (site: string, properties: unknown) =>
    (await ask(here, 'PATCH', `${site}/config/web`, { properties })).body['properties'];
  const suite = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256';
  expect((await patched(BILLING, { minTlsCipherSuite: suite })).supportedTlsCipherSuites.split(',').at(-1)).toBe(suite);
  const linux = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-reports`;
  expect([(await patched(BILLING, {})).remoteDebuggingVersion, (await patched(linux, {})).remoteDebuggingVersion]).toEqual([
    'VS2022',
    null,
  ]);
});

test('Flex Consumption returns its complete configuration, with words in small letters', async () => {
  const here = await world();
  const flex = `${SITES}/rg-events/providers/Microsoft.Web/sites/fn-events`;
  const storage = { type: 'blobContainer', value: 'https://x/y', authentication: { type: 'SystemAssignedIdentity' } };
  const { body } = await ask(here, 'PATCH', flex, { properties: { functionAppConfig: { deployment: { storage } } } });
  expect(body['properties'].functionAppConfig).toMatchObject({
    deployment: {
      storage: {
        type: 'blobcontainer',
        authentication: { type: 'systemassignedidentity', userAssignedIdentityResourceId: null, storageAccountConnectionStringName: null },
      },
    },
    runtime: { name: 'python' },
  });
});

test('a principal without a type is looked up', async () => {
  const here = await world();
  const put = (principal: string, more = {}) =>
    ask(here, 'PUT', `${ORDERS}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}`, {
      properties: {
        roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
        principalId: principal,
        ...more,
      },
    });
  const unknown = '5a3d7c10-0000-4000-8000-000000000009';
  const identity = await ask(here, 'PUT', `${SHOP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-new`, { location: 'westeurope' });
  expect(identity.status).toBe(201);
  const [lost, told, found] = [
    await put(unknown),
    await put(unknown, { principalType: 'ServicePrincipal' }),
    await put(identity.body['properties'].principalId as string),
  ];
  expect([lost.status, lost.body['error'].code, told.status, found.status]).toEqual([400, 'PrincipalNotFound', 201, 201]);
  expect(found.body['properties'].principalType).toBe('ServicePrincipal');
  const roles = await ask(
    here,
    'GET',
    `${SHOP.replace('/providers', '')}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'Reader'`,
  );
  expect(roles.body['value'].map(({ name }: { name: string }) => name)).toEqual(['acdd72a7-3385-48ef-bd42-f606fba81ae7']);
});

test('lists of Defender and of log categories, and a single subnet', async () => {
  const here = await world();
  const plans = await ask(here, 'GET', `${SUBSCRIPTION}/providers/Microsoft.Security/pricings`);
  const named = (name: string) =>
    (plans.body['value'] as { name: string; properties: object }[]).find((one) => one.name === name)?.properties;
  expect([named('AppServices'), named('KubernetesService')]).toMatchObject([{ pricingTier: 'Standard' }, { replacedBy: ['Containers'] }]);
  const found = await ask(here, 'GET', `${SUBSCRIPTION}/providers/Microsoft.Security/assessments`);
  expect(found.body['value']).toMatchObject([{ properties: { status: { code: 'Unhealthy' }, resourceDetails: { Id: ORDERS } } }]);
  const categories = await ask(here, 'GET', `${ORDERS}/providers/Microsoft.Insights/diagnosticSettingsCategories`);
  expect(categories.body['value'].map(({ name, properties }: { name: string; properties: object }) => [name, properties])).toEqual([
    ['FunctionAppLogs', { categoryType: 'Logs' }],
    ['AppServiceAuthenticationLogs', { categoryType: 'Logs' }],
    ['AllMetrics', { categoryType: 'Metrics' }],
  ]);
  const subnet = `${SITES}/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/new`;
  const delegation = { name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } };
  expect((await ask(here, 'PUT', subnet, { properties: { addressPrefix: '10.0.9.0/24', delegations: [delegation] } })).status).toBe(201);
  expect((await ask(here, 'GET', subnet)).body['properties']).toMatchObject({
    provisioningState: 'Succeeded',
    addressPrefix: '10.0.9.0/24',
    delegations: [
      { type: 'Microsoft.Network/virtualNetworks/subnets/delegations', properties: { serviceName: 'Microsoft.Web/serverFarms' } },
    ],
  });
});

test('a private endpoint connection is approved and rejected, and done at the second read', async () => {
  const here = await world();
  const endpoint = `${SITES}/rg-finance/providers/Microsoft.Network/privateEndpoints/pe-billing`;
  const asked = { name: 'c', properties: { privateLinkServiceId: BILLING, groupIds: ['sites'] } };
  const body = { location: 'westeurope', properties: { subnet: { id: 'x' }, manualPrivateLinkServiceConnections: [asked] } };
  await ask(here, 'PUT', endpoint, body, '2025-07-01');
  const list = (await ask(here, 'GET', `${BILLING}/privateEndpointConnections`)).body['value'];
  expect(list).toMatchObject([{ properties: { privateLinkServiceConnectionState: { status: 'Pending' } } }]);
  const at = String(list[0].id);
  const state = async () => (await ask(here, 'GET', at)).body['properties'].privateLinkServiceConnectionState.status as string;
  expect(await ask(here, 'PUT', at, { properties: { privateLinkServiceConnectionState: { status: 'Approved' } } })).toMatchObject({
    status: 202,
  });
  expect([await state(), await state()]).toEqual(['Approving', 'Approved']);
  expect([(await ask(here, 'DELETE', at)).status, (await ask(here, 'DELETE', at)).status, (await ask(here, 'GET', at)).status]).toEqual([
    202, 204, 404,
  ]);
});

test('sample apps: worker, stack of the configuration and language of the functions match', () => {
  for (const { name, appSettings, config, functions } of Object.values(contoso().sites)) {
    const worker = appSettings['FUNCTIONS_WORKER_RUNTIME'];
    const [stack] = String(config['linuxFxVersion'] ?? '').split('|');
    if (stack && worker) expect(worker, name).toBe(stack.toLowerCase());
    if (worker)
      expect(
        [...new Set(functions.map(({ language }) => language))].filter((one) => one !== worker),
        name,
      ).toEqual([]);
  }
});

test('with a delay, a new identity is unknown at first, and a reference does not resolve right after its role assignment', async () => {
  let time = Date.parse('2026-11-28T12:00:00Z');
  const state = contoso();
  const caller: Caller = { name: 'a', id: crypto.randomUUID(), grants: [{ scope: '/', actions: ['*'], notActions: [] }] };
  const emulator = createEmulator(state, new Map([['t', caller]]), () => new Date(time), 45_000);
  const send = (method: string, path: string, body: Json = null) =>
    emulator.handle({ method, url: `${path}?api-version=2024-11-01`, headers: { authorization: 'Bearer t' }, body });
  const vault = `${SHOP}/Microsoft.KeyVault/vaults/kv-new`;
  send('PUT', vault, { location: 'westeurope', properties: { tenantId: state.tenantId, sku: { family: 'A', name: 'standard' } } });
  send('PUT', `${vault}/secrets/s`, { properties: { value: 'x' } });
  send('PUT', `${BILLING}/config/appsettings`, {
    properties: { AzureWebJobsStorage: 'x', S: '@Microsoft.KeyVault(VaultName=kv-new;SecretName=s)' },
  });
  const { body } = send('PATCH', BILLING, { identity: { type: 'SystemAssigned' } });
  const { principalId } = (body as { identity: { principalId: string } }).identity;
  const role = `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`;
  const assign = () =>
    send('PUT', `${vault}/providers/Microsoft.Authorization/roleAssignments/5a3d7c10-0000-4000-8000-00000000000a`, {
      properties: { roleDefinitionId: role, principalId, principalType: 'ServicePrincipal' },
    });
  const status = () =>
    (send('GET', `${BILLING}/config/configreferences/appsettings`).body as { value: { properties: { status: string } }[] }).value[0]
      ?.properties.status;
  expect(assign()).toMatchObject({ status: 400, body: { error: { code: 'PrincipalNotFound' } } });
  time += 44_000;
  expect(assign().status).toBe(400);
  time += 1000;
  expect(assign().status).toBe(201);
  expect(status()).not.toBe('Resolved');
  time += 45_000;
  expect(status()).toBe('Resolved');
  send('PATCH', BILLING, { properties: { keyVaultReferenceIdentity: '' } });
  expect(status()).toBe('Resolved');
});
