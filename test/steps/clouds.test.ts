/** Names that differ by cloud, and names that Azure itself gives to apps. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLOUDS, privateZone, settingsByIdentity } from '../../src/azure/index.ts';
import { cloudAt, cloudOf } from '../../src/arm/sign-in/cloud-endpoints.ts';
import { connect } from '../../src/connect.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { plan } from '../../src/engine/plan/plan.ts';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import { catalogue } from '../../steps/index.ts';
import { seed, targetOf } from '../helpers/hostings.ts';
import { judgedOf } from '../helpers/one-app.ts';
import { world } from '../helpers/world.ts';

const connection = (more = '') => `DefaultEndpointsProtocol=https;AccountName=stapp;AccountKey=;${more}`;
const URIS = (suffix: string) =>
  ['blob', 'queue', 'table'].map((service) => [`AzureWebJobsStorage__${service}ServiceUri`, `https://stapp.${service}.${suffix}`]);

test('in the public cloud the host gets the name of its account', () => {
  const byName = [['AzureWebJobsStorage__accountName', 'stapp']];
  expect(settingsByIdentity('stapp', connection('EndpointSuffix=core.windows.net'), CLOUDS.AzureCloud)).toEqual(byName);
  expect(settingsByIdentity('stapp', connection(), CLOUDS.AzureCloud)).toEqual(byName);
  expect(settingsByIdentity('stapp', connection('BlobEndpoint=https://stapp.blob.core.windows.net/'), CLOUDS.AzureCloud)).toEqual(byName);
});

test.each([CLOUDS.AzureUSGovernment, CLOUDS.AzureChinaCloud])('in $name the host gets three addresses', (cloud) => {
  expect(settingsByIdentity('stapp', connection(`EndpointSuffix=${cloud.storage}`), cloud)).toEqual(URIS(cloud.storage));
  expect(settingsByIdentity('stapp', connection(), cloud)).toEqual(URIS(cloud.storage));
  expect(settingsByIdentity('stapp', connection('EndpointSuffix=core.windows.net'), cloud)).toEqual(URIS(cloud.storage));
});

test('an account with custom addresses keeps them', () => {
  expect(settingsByIdentity('stapp', connection('EndpointSuffix=local.azurestack.external'), CLOUDS.AzureCloud)).toEqual(
    URIS('local.azurestack.external'),
  );
  const own = 'https://stapp.z12.blob.storage.azure.net';
  expect(settingsByIdentity('stapp', connection(`BlobEndpoint=${own}/`), CLOUDS.AzureCloud)).toEqual([
    ['AzureWebJobsStorage__blobServiceUri', own],
    ...URIS('core.windows.net').slice(1),
  ]);
});

test('the cloud follows from its endpoint, else from the option', async () => {
  expect(cloudAt(new URL('https://management.usgovcloudapi.net'))?.name).toBe('AzureUSGovernment');
  expect(cloudAt(new URL('https://arm.example'))).toBeUndefined();
  expect(cloudOf('AzureChinaCloud', undefined).cloud.names.storage).toBe('core.chinacloudapi.cn');
  const here = await world();
  const environment = {
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
  };
  const to = { auth: 'token' as const, environment, version: 'test', say: () => {} };
  expect((await connect({ ...to, cloud: 'AzureUSGovernment' })).reader.cloud).toBe(CLOUDS.AzureUSGovernment);
  expect((await connect(to)).surveyor().cloud).toBe(CLOUDS.AzureCloud);
});

test('a plan in Azure Government has its endpoints', async () => {
  const here = await world({
    seed: () => {
      const state = seed('P1v3', true);
      const site = Object.values(state.sites)[0]!;
      site.appSettings['AzureWebJobsStorage'] = 'EndpointSuffix=core.usgovcloudapi.net;AccountName=stfnbad;AccountKey=bm90LWEta2V5';
      return state;
    },
  });
  const { writer } = await here.connection();
  const store = new FactStore({ ...writer, cloud: CLOUDS.AzureUSGovernment }, targetOf('fn-bad'));
  await store.load(readsOfSteps(catalogue));
  const controls = { 'host-storage': { decision: 'apply' as const } };
  const { changes, blocked } = await plan(catalogue, store, writer, {
    decisions: { 'managed-identity': { answers: {}, controls } },
    today: '2026-11-28',
  });
  expect(blocked).toEqual([]);
  const text = JSON.stringify(changes.filter(({ key }) => key === 'appSettings'));
  for (const service of ['blob', 'queue', 'table'])
    expect(text).toContain(`https://stfnbad.${service}.${CLOUDS.AzureUSGovernment.storage}`);
  expect(text).not.toContain('__accountName');
});

test.each(Object.values(CLOUDS))('the private DNS zone of $name passes', async (cloud) => {
  const id = `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/${privateZone(cloud)}`;
  const group = { properties: { privateDnsZoneConfigs: [{ properties: { privateDnsZoneId: id } }] } };
  const judged = await judgedOf({ others: { dnsZoneGroups: { value: [group] } as never } });
  expect(judged('private-access.dns').state).toBe('pass');
});

const hosts = (...names: readonly string[]) =>
  names.map((name) => ({ name, sslState: 'Disabled', hostType: /\.scm\./.test(name) ? 'Repository' : 'Standard' }));
const ASE = {
  sku: 'IsolatedV2',
  hostingEnvironmentProfile: { id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/hostingEnvironments/ase1' },
};
test.each([
  ['an environment', { ...ASE, hostNameSslStates: hosts('fn.ase1.appserviceenvironment.net', 'fn.scm.ase1.appserviceenvironment.net') }],
  ['an environment in Azure Government', { ...ASE, hostNameSslStates: hosts('fn.ase1.appserviceenvironment.us') }],
  ['Traffic Manager', { hostNameSslStates: hosts('orders.trafficmanager.net', 'fn.azurewebsites.net') }],
  ['Azure Arc', { hostNameSslStates: hosts('fn.env-abc.westeurope.k4apps.io') }],
  ['Container Apps', { hostNameSslStates: hosts('fn.happy.westeurope.azurecontainerapps.io') }],
  ['the default name', { defaultHostName: 'FN.apps.contoso.example', hostNameSslStates: hosts('fn.apps.contoso.example') }],
])('a host name of %s is no custom domain', async (_, site) => {
  const { state, found } = (await judgedOf({ site: site as never }))('https.host-names');
  expect([state, found]).toEqual(['pass', 'no custom domain']);
});

test('a custom domain without a certificate fails; in an environment it may be below its domain suffix', async () => {
  const state = async (site: object) => (await judgedOf({ site: site as never }))('https.host-names').state;
  expect(await state({ hostNameSslStates: hosts('www.contoso.com') })).toBe('fail');
  expect(await state({ hostNameSslStates: hosts('nottrafficmanager.net') })).toBe('fail');
  expect(await state({ ...ASE, hostNameSslStates: hosts('fn.internal.contoso.com') })).toBe('unknown');
  expect(await state({ ...ASE, hostNameSslStates: hosts('www.contoso.com', 'fn.internal.contoso.com') })).toBe('fail');
});

test('a custom domain with an unknown certificate is neither unbound nor bound', async () => {
  const judged = async (site: object) => (await judgedOf({ site: site as never }))('https.host-names');
  for (const site of [
    { hostNames: ['fn.azurewebsites.net', 'www.contoso.com'], hostNameSslStates: null },
    { hostNameSslStates: [{ name: 'www.contoso.com' }] },
  ])
    expect(await judged(site)).toMatchObject({ state: 'unknown', reason: expect.stringContaining('www.contoso.com') });
  expect((await judged({ hostNames: ['www.contoso.com'], hostNameSslStates: hosts('shop.contoso.com') })).state).toBe('fail');
});

test('no area contains an endpoint of one cloud', () => {
  const SPELLED =
    /core\.windows\.net|azurewebsites\.(net|us)|chinacloud|usgovcloudapi|vault\.azure\.net|microsoftonline|trafficmanager\.net/;
  const folders = ['steps', 'src/azure', 'src/contract', 'src/change', 'src/engine'].map((folder) =>
    join(import.meta.dirname, '..', '..', folder),
  );
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.ts') ? [join(folder, name)] : [])),
  );
  expect(files.filter((file) => !file.endsWith('clouds.ts') && SPELLED.test(readFileSync(file, 'utf8')))).toEqual([]);
});
