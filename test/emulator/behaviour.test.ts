/** The promises of BEHAVIOUR.md, checked over HTTP like by any client. */
import { expect, test } from 'vitest';
import { ORDERS, SITES, world, type World } from '../helpers/world.ts';

const VERSION = 'api-version=2024-11-01';

async function ask(here: World, method: string, path: string, body?: unknown, token: string | null = here.accessToken) {
  const response = await fetch(`${here.endpoint}${path}${path.includes('?') ? '&' : '?'}${VERSION}`, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // Answers of any shape; each test says what it expects of them.
  // oxlint-disable-next-line typescript/no-explicit-any
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : null) as Record<string, any> };
}

test('requests to the emulator: tokens, api-version, unknown resources', async () => {
  const here = await world();
  const none = await ask(here, 'GET', ORDERS, undefined, null);
  expect([none.status, none.body['error'].code, none.headers.get('www-authenticate')]).toEqual([
    401,
    'AuthenticationFailed',
    expect.stringContaining('Bearer'),
  ]);
  expect((await ask(here, 'GET', ORDERS, undefined, 'nonsense')).body['error'].code).toBe('InvalidAuthenticationToken');
  expect(
    (await (await fetch(`${here.endpoint}${ORDERS}`, { headers: { authorization: `Bearer ${here.accessToken}` } })).json()) as unknown,
  ).toMatchObject({ error: { code: 'MissingApiVersionParameter' } });
  const gone = await ask(here, 'GET', `${ORDERS}-gone`);
  expect([gone.status, gone.body['error'].code, gone.headers.get('x-ms-failure-cause')]).toEqual([404, 'ResourceNotFound', 'gateway']);
  expect((await ask(here, 'PATCH', `${ORDERS}-gone`, {})).body['error']).toMatchObject({
    code: 'PatchResourceNotFound',
    target: 'fn-orders-gone',
  });
  const refused = await ask(here, 'PATCH', ORDERS, { properties: {} }, here.readerToken);
  expect([refused.status, refused.body['error'].code]).toEqual([403, 'AuthorizationFailed']);
  expect((await ask(here, 'POST', `${ORDERS}/config/appsettings/list`, undefined, here.readerToken)).status).toBe(403);
});

test('a site returns almost no configuration; config/web returns all of it, and a write is answered with the site', async () => {
  const here = await world();
  const site = await ask(here, 'GET', ORDERS.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'));
  expect(site.body['id'], 'ids are found in any case').toBe(ORDERS);
  const told = Object.entries(site.body['properties'].siteConfig).filter(([, value]) => value !== null);
  expect(told.map(([name]) => name).toSorted()).toEqual([
    'acrUseManagedIdentityCreds',
    'alwaysOn',
    'clusteringEnabled',
    'functionAppScaleLimit',
    'http20Enabled',
    'linuxFxVersion',
    'minimumElasticInstanceCount',
    'numberOfWorkers',
    'webJobsEnabled',
  ]);
  const config = await ask(here, 'GET', `${ORDERS}/config/web`);
  expect([config.body['type'], config.body['properties'].minTlsVersion]).toEqual(['Microsoft.Web/sites/config', '1.0']);
  const written = await ask(here, 'PATCH', `${ORDERS}/config/web`, { properties: { minTlsVersion: '1.2', ftpsState: null } });
  expect([written.body['id'], written.body['type'], written.body['properties'].ftpsState]).toEqual([
    ORDERS,
    'Microsoft.Web/sites',
    'AllAllowed',
  ]);
  expect(written.headers.get('etag')).toMatch(/^"[0-9A-F]+"$/);
});

test('restriction lists are replaced completely and sorted, and get the default rule as their last row', async () => {
  const here = await world();
  const rows = async () =>
    (await ask(here, 'GET', `${ORDERS}/config/web`)).body['properties'].scmIpSecurityRestrictions.map(
      (row: { name: string; priority: number; tag?: string }) => [row.name, row.priority, row.tag],
    );
  expect(await rows()).toEqual([['Allow all', 2147483647, undefined]]);
  const any = { ipAddress: 'Any', action: 'Allow', priority: 2147483647, name: 'Allow all' };
  await ask(here, 'PATCH', `${ORDERS}/config/web`, {
    properties: {
      scmIpSecurityRestrictions: [
        any,
        { ipAddress: '198.51.100.0/24', name: 'b', priority: 20 },
        { ipAddress: '203.0.113.0/24', name: 'a', priority: 10 },
      ],
    },
  });
  expect(await rows()).toEqual([
    ['a', 10, 'Default'],
    ['b', 20, 'Default'],
    ['Deny all', 2147483647, undefined],
  ]);
});

test.each([
  ['an invalid enum', { minTlsVersion: '1.9' }, '51008'],
  ['a text instead of a boolean', { http20Enabled: 'yes' }, '51008'],
  ['an address without prefix', { ipSecurityRestrictions: [{ ipAddress: '203.0.113.7', priority: 1 }] }, '51021'],
  ['a rule without a source', { ipSecurityRestrictions: [{ name: 'x', priority: 1 }] }, '51021'],
  ['an asterisk with credentials', { cors: { allowedOrigins: ['*'], supportCredentials: true } }, '51021'],
])('%s is refused as Microsoft.Web refuses it', async (_, properties, code) => {
  const here = await world();
  const before = await here.state();
  const { status, body } = await ask(here, 'PATCH', `${ORDERS}/config/web`, { properties });
  expect([status, body['Code'], body['Details'][2].ErrorEntity.ExtendedCode]).toEqual([400, 'BadRequest', code]);
  expect(await here.state()).toEqual(before);
});

test('Flex Consumption refuses members of config/web that it does not support', async () => {
  const here = await world();
  const flex = `${SITES}/rg-events/providers/Microsoft.Web/sites/fn-events`;
  const refused = await ask(here, 'PATCH', `${flex}/config/web`, { properties: { ftpsState: 'Disabled' } });
  expect([refused.status, refused.body['Message']]).toEqual([400, expect.stringContaining('Site.SiteConfig.FtpsState')]);
  expect((await ask(here, 'PATCH', `${flex}/config/web`, { properties: { minTlsVersion: '1.3' } })).status).toBe(200);
});

test('sticky names belong to the production site; settings are replaced completely', async () => {
  const here = await world();
  const billing = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-billing`;
  await ask(here, 'PUT', `${billing}/config/slotConfigNames`, { properties: { appSettingNames: ['A'] } });
  expect((await ask(here, 'GET', `${billing}/slots/staging/config/slotConfigNames`)).body).toMatchObject({
    id: null,
    properties: { appSettingNames: ['A'] },
  });
  await ask(here, 'PUT', `${billing}/config/appsettings`, { properties: { A: 'b' } });
  expect((await ask(here, 'POST', `${billing}/config/appsettings/list`)).body['properties']).toEqual({ A: 'b' });
  expect((await ask(here, 'GET', `${billing}/slots`)).body['value'].map(({ name }: { name: string }) => name)).toEqual([
    'fn-billing/staging',
  ]);
});

test('a fleet is the same for the same number, and is listed in pages', async () => {
  const [one, two] = [await world({ scenario: 'fleet', apps: 450 }), await world({ scenario: 'fleet', apps: 450 })];
  expect(await one.state()).toEqual(await two.state());
  expect(one.apps).toHaveLength(450);
  const { discovery } = await one.connection();
  expect(await Array.fromAsync(discovery.apps(one.subscriptionIds[0]!))).toHaveLength(450);
});

test('the state is kept in a file across restarts, and reset restores the seed', async () => {
  const here = await world();
  const stateFile = `${here.folder}/state.json`;
  const first = await world({ stateFile });
  const seed = await first.state();
  await first.patch(ORDERS, { httpsOnly: true });
  const changed = await first.state();
  await first.close();
  const second = await world({ stateFile });
  expect(await second.state()).toEqual(changed);
  await fetch(`${second.endpoint}/_emulator/reset`, { method: 'POST', headers: { authorization: `Bearer ${second.accessToken}` } });
  expect(await second.state()).toEqual(seed);
});

test('reads that the Azure CLI makes first: api-versions of a type, networks as a list', async () => {
  const here = await world();
  const subscription = SITES.replace('/resourceGroups', '');
  const { body } = await ask(here, 'GET', `${subscription}/providers/Microsoft.Web`);
  const types = body['resourceTypes'] as { resourceType: string; apiVersions: string[] }[];
  expect(types.find(({ resourceType }) => resourceType === 'sites/basicPublishingCredentialsPolicies')?.apiVersions).toEqual([
    '2024-11-01',
  ]);
  const other = await ask(here, 'GET', `${subscription}/providers/Contoso.Shop`);
  expect([other.status, other.body['error'].code]).toEqual([404, 'InvalidResourceNamespace']);
  const nowhere = await ask(here, 'GET', '/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Web');
  expect([nowhere.status, nowhere.body['error'].code]).toEqual([404, 'SubscriptionNotFound']);
  expect((await ask(here, 'GET', `${ORDERS}/virtualNetworkConnections`)).body).toEqual([]);
  const ledger = `${SITES}/rg-finance/providers/Microsoft.Web/sites/fn-ledger`;
  const { properties } = (await ask(here, 'GET', ledger)).body;
  expect((await ask(here, 'GET', `${ledger}/virtualNetworkConnections`)).body).toMatchObject([
    {
      type: 'Microsoft.Web/sites/virtualNetworkConnections',
      properties: { vnetResourceId: properties.virtualNetworkSubnetId, isSwift: true },
    },
  ]);
});

test('the list of a group shows when apps and slots were created, where that is requested', async () => {
  const here = await world();
  const list = async (type: string, expand = '&$expand=createdTime') =>
    (await ask(here, 'GET', `${SITES}/rg-shop/resources?$filter=resourceType eq '${type}'${expand}`)).body['value'] as {
      name: string;
      createdTime?: string;
    }[];
  const timeOf = async (type: string, name: string) => (await list(type)).find((one) => one.name === name)?.createdTime ?? '';
  expect((await list('Microsoft.Web/sites', '')).filter(({ createdTime }) => createdTime !== undefined)).toEqual([]);
  expect(await timeOf('Microsoft.Web/sites', 'fn-orders')).toMatch(/^2020-/);
  const { location, kind, properties } = (await ask(here, 'GET', ORDERS)).body;
  const { serverFarmId } = properties as { serverFarmId: string };
  const start = Date.now();
  await ask(here, 'PUT', `${ORDERS}/slots/next`, { location, kind, properties: { serverFarmId } });
  expect(Date.parse(await timeOf('Microsoft.Web/sites/slots', 'fn-orders/next'))).toBeGreaterThanOrEqual(start);
  await ask(here, 'PATCH', ORDERS, { properties: { httpsOnly: true } });
  expect(await timeOf('Microsoft.Web/sites', 'fn-orders'), 'a change keeps the time').toMatch(/^2020-/);
});
