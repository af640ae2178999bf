/** Facts that recordings of other clients showed: each in words, with a small fixture of its own. */
import { expect, test } from 'vitest';
import { ORDERS, world, type World } from '../helpers/world.ts';

const GROUP = ORDERS.replace(/\/providers\/.*$/, '');

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

test('sites and plans of 2026 tell members that came that year, and lists do not look up the features of a host', async () => {
  const here = await world();
  const { properties } = (await ask(here, 'GET', ORDERS)).body;
  expect(properties).toMatchObject({ hostNamePrivateStates: [], legacyServiceEndpointTrafficEvaluation: null });
  expect([properties.siteConfig.webJobsEnabled, properties.inFlightFeatures]).toEqual([false, ['SiteContainers']]);
  const plan = (await ask(here, 'GET', properties.serverFarmId)).body['properties'];
  expect(plan).toMatchObject({ targetWorkerSku: null, isCustomMode: false, powerState: 'Running', eligibleLogCategories: '' });
  for (const path of [`${GROUP}/providers/Microsoft.Web/sites`, `${ORDERS}/slots`])
    for (const one of (await ask(here, 'GET', path)).body['value']) expect(one.properties.inFlightFeatures).toBe(null);
});

test('an app that is made without a kind gets one by its plan and image; sizes come back in the spelling of the service', async () => {
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

test('locks and policy assignments below a scope are listed as well, but not with atScope()', async () => {
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

test('the keys of an account tell when they were made; an old version makes an account without secure transfer', async () => {
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

test('old versions tell the siteConfig of a PATCH; request tracing has no end; sticky names are written as lists', async () => {
  const here = await world();
  const patched = await ask(here, 'PATCH', ORDERS, { properties: { clientAffinityEnabled: false } }, '2019-08-01');
  expect(patched.body['properties'].siteConfig).toMatchObject({ numberOfWorkers: 1 });
  const config = await ask(here, 'PATCH', `${ORDERS}/config/web`, { properties: { requestTracingEnabled: true } });
  expect(config.body['properties'].requestTracingExpirationTime).toBe('9999-12-31T23:59:00Z');
  const sticky = await ask(here, 'PUT', `${ORDERS}/config/slotConfigNames`, { properties: { connectionStringNames: [] } });
  expect(sticky.body['properties'].connectionStringNames).toEqual([]);
});
