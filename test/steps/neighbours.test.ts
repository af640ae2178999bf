/** Other apps that use the resources of an app, and notes about apps that were not checked. */
import { describe, expect, test } from 'vitest';
import { ArmFailure } from '../../src/engine/ports.ts';
import type { ArmClient } from '../../src/arm/client.ts';
import { keyOf } from '../../src/emulator/state.ts';
import { forgetNeighbours, neighbours } from '../../src/arm/resources/neighbours.ts';
import type { Body } from '../../src/change/json-paths.ts';
import { siteId } from '../helpers/hostings.ts';
import { notesOf, plannedOn } from '../helpers/planned.ts';
import { listed, withUnchecked, plansOnSubnet } from '../../steps/lib/neighbours.ts';
import { othersWithoutKeys, sharers } from '../../steps/lib/storage/storage.ts';
import { type Neighbours, type Site, usersOf, usesOf } from '../../src/azure/index.ts';

const KEY = `${'a'.repeat(86)}==`;
const byKey = (account: string) =>
  `DefaultEndpointsProtocol=https;AccountName=${account};AccountKey=${KEY};EndpointSuffix=core.windows.net`;
const summary = (settings: Record<string, string>, more: object = {}) =>
  usesOf({ settings, ...more }).accounts.map((use) => `${use.name} ${use.settings.join('+')} ${use.byKey ? 'key' : 'no key'}`);

test('the vault with the keys of a host is known, unknown, or could not be read', () => {
  const TYPE = 'azurewebjobssecretstoragetype';
  const URI = 'AzureWebJobsSecretStorageKeyVaultUri';
  const keys = (settings: Record<string, string>) => usesOf({ settings }).keys;
  expect(keys({ [TYPE]: 'KeyVault', [URI]: 'https://kv.vault.azure.net/' })).toEqual({ address: 'https://kv.vault.azure.net/' });
  expect(keys({ [TYPE]: 'keyvault' })).toEqual({});
  expect(keys({ [TYPE]: '@Microsoft.KeyVault(VaultName=kv;SecretName=s)' })).toEqual({});
  expect(keys({ [TYPE]: 'keyvault', [URI]: '@Microsoft.KeyVault(VaultName=kv;SecretName=s)' })).toEqual({});
  expect(keys({ [TYPE]: 'blob', [URI]: 'https://kv.vault.azure.net/' })).toBeUndefined();
});

test('a setting with a reference names no visible resource, broken or not', () => {
  const whole = '@Microsoft.KeyVault(VaultName=kv;SecretName=s)';
  expect(usesOf({ settings: { A: whole, B: `"${whole}"`, C: 'plain' } }).hidden).toEqual(['A', 'B']);
});

describe('storage accounts in settings', () => {
  test.each([
    ['a connection string in any setting', { AZUREWEBJOBSSTORAGE: byKey('stOne') }, ['stone AZUREWEBJOBSSTORAGE key']],
    ['an account name', { Orders__accountName: 'stone' }, ['stone Orders__accountName no key']],
    [
      'a service address',
      { Orders__queueServiceUri: 'https://stone.queue.core.chinacloudapi.cn' },
      ['stone Orders__queueServiceUri no key'],
    ],
    ['an address with a signature', { FILES: 'https://stone.blob.core.windows.net/c?sv=2022-11-02&sig=abc' }, ['stone FILES key']],
    [
      'a signature by Entra ID',
      { FILES: 'https://stone.blob.core.windows.net/c?sv=2022-11-02&skoid=a&sktid=b&sig=abc' },
      ['stone FILES no key'],
    ],
    ['a name beside a key', { STORAGE_ACCOUNT: 'stone', STORAGE_KEY: KEY }, ['stone STORAGE_ACCOUNT key']],
    ['another setting', { NAME: 'stone', MODE: 'fast' }, []],
  ])('%s', (_, settings, wanted) => {
    expect(summary(settings as Record<string, string>)).toEqual(wanted);
  });
  test('connection strings of the app, and the place of the Flex Consumption package', () => {
    const site = {
      properties: {
        functionAppConfig: {
          deployment: {
            storage: { value: 'https://stpkg.blob.core.windows.net/app', authentication: { type: 'StorageAccountConnectionString' } },
          },
        },
      },
    };
    expect(summary({}, { connectionStrings: { Orders: { value: byKey('stone') } }, site })).toEqual([
      'stone connection string Orders key',
      'stpkg deployment storage key',
    ]);
  });
});

test('vaults and components are named by references, addresses and connection strings', () => {
  const uses = usesOf({
    settings: {
      Secret: '@Microsoft.KeyVault(VaultName=KV-one;SecretName=a)',
      AzureWebJobsSecretStorageKeyVaultUri: 'https://kv-two.vault.azure.net/',
      APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=11111111-2222-3333-4444-555555555555;IngestionEndpoint=https://x/',
    },
  });
  expect(uses.vaults.map(({ name }) => name)).toEqual(['kv-one', 'kv-two']);
  expect(uses.hidden).toEqual(['Secret']);
  expect(uses.components).toMatchObject([{ name: '11111111-2222-3333-4444-555555555555', byKey: true }]);
});

const around = (more: Partial<Neighbours> = {}): Neighbours => ({ value: [], total: 3, closed: [], beyond: 0, ...more });
const said = (given: Neighbours, hides = true) => withUnchecked(given, [], 'stone', hides);

test('no other use is reported as clear only if each app of the subscription was checked; other subscriptions are named', () => {
  expect(said(around())).toEqual([
    {
      level: 'clear',
      says: 'None of the 3 other apps and slots that you can read in this subscription uses stone in its settings. func-harden did not check apps of other subscriptions, shares that apps mount, and services other than App Service (for example Container Apps and Data Factory). They may use stone too.',
    },
  ]);
  const hiding = { id: '/x', name: 'web', accounts: [], vaults: [], components: [], hidden: ['Storage'] };
  for (const less of [around({ beyond: 12, total: 212 }), around({ closed: ['web'] }), around({ value: [hiding] })]) {
    expect(said(less).map(({ level }) => level)).toEqual(['warn', 'warn']);
    expect(said(less).at(-1)!.says).toMatch(
      /^func-harden did not check apps of other subscriptions, shares that apps mount, and services .* They may use stone too\.$/,
    );
  }
  expect(said(around({ beyond: 12, total: 240 }))[0]!.says).toContain('12 of 240 apps of the subscription were not checked');
});

test('a subnet that plans of web apps and slots use is shared too', () => {
  const on = (serverFarmId: string) => ({ properties: { serverFarmId, virtualNetworkSubnetId: '/S/subnets/Apps' } }) as unknown as Site;
  expect(plansOnSubnet([on('/p/one'), on('/P/ONE'), on('/p/own')], '/s/subnets/apps', '/p/own')).toEqual(['ONE']);
  expect(listed(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
});

const OWN = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/own';
const closed = new ArmFailure({ kind: 'forbidden', code: 'AuthorizationFailed', message: 'no', next: '' });

/** A client with these settings by the last part of the id, which counts requests. */
function clientOf(settings: (app: string) => Record<string, string> | undefined) {
  const asked: string[] = [];
  const send = (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    const [, app = '', config] = /\/sites\/([^/]+).*\/config\/(\w+)\/list$/.exec(path) ?? [];
    const found = settings(app);
    if (!found) return Promise.reject(closed);
    return Promise.resolve({
      status: 200,
      body: { properties: config === 'appsettings' ? found : {} },
      correlationId: null,
      header: () => undefined,
    });
  };
  return { asked, client: { send, list: () => [] } as unknown as ArmClient };
}
async function found(client: ArmClient, sites: readonly string[]): Promise<Neighbours> {
  const value = sites.map((id) => ({ id, name: id, kind: 'app', properties: {} }));
  const target = { id: OWN, resourceGroup: 'rg', subscriptionId: 's' };
  const known = () => Promise.resolve({ state: 'read', body: { value } as Body });
  return (await neighbours.find!({ client, target, known } as never)) as unknown as Neighbours;
}
const site = (name: string, group = 'other') => OWN.replace('/rg/', `/${group}/`).replace(/own$/, name);

test('settings of 200 apps are read, the nearest first; the other and the unreadable apps are counted and named', async () => {
  const { client, asked } = clientOf((app) => (app === 'closed' ? undefined : { Storage: byKey('stone') }));
  const far = Array.from({ length: 201 }, (_, index) => site(`web-${index}`));
  const all = await found(client, [OWN, ...far, site('closed', 'RG'), `${OWN}/slots/staging`]);
  expect(all).toMatchObject({ total: 203, beyond: 3, closed: ['closed'] });
  expect(all.value[0]!.name).toBe('own/staging');
  expect(usersOf(all, 'accounts', ['STONE'])).toHaveLength(199);
  expect(asked).toHaveLength(400);
});

test('uses in settings are not read again for the next app of the command, until something is written', async () => {
  const { client, asked } = clientOf(() => ({}));
  await found(client, [site('web')]);
  await found(client, [site('web')]);
  expect(asked).toHaveLength(2);
  forgetNeighbours(client);
  await found(client, [site('web')]);
  expect(asked).toHaveLength(4);
});

describe('switching keys off is stopped by', () => {
  test.each([
    ['a web app, in a setting of its own name', { kind: 'app', appSettings: { Files: byKey('stfnbad') } }, undefined],
    [
      'a web app, in a connection string',
      { kind: 'app', connectionStrings: { Files: { value: byKey('stfnbad'), type: 'Custom' } } },
      undefined,
    ],
    ['a slot of another app', { appSettings: { Files: byKey('STFNBAD') } }, 'staging'],
    ['a Logic App', { kind: 'functionapp,workflowapp', appSettings: { AZUREWEBJOBSSTORAGE: byKey('stfnbad') } }, undefined],
  ])('%s', async (_, more, slot) => {
    const plan = await plannedOn({
      plan: 'P1v3',
      linux: true,
      controls: ['storage.shared-key'],
      change: (state, bad) => {
        bad.appSettings = { AzureWebJobsStorage__accountName: 'stfnbad' };
        const id = `${siteId('other')}${slot ? `/slots/${slot}` : ''}`;
        state.sites[keyOf(id)] = { ...structuredClone(bad), id, name: 'other', appSettings: {}, ...(slot ? { slot } : {}), ...more };
      },
    });
    expect(plan.blocked.map(({ says }) => says).join()).toContain(`other${slot ? `/${slot}` : ''} uses a key for stfnbad`);
  });
});

test('a vault that other apps refer to does not count as unused', async () => {
  const plan = await plannedOn({
    plan: 'P1v3',
    controls: ['key-vault.rbac'],
    change: (state, bad) => {
      bad.appSettings['Secret'] = '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=a)';
      const id = siteId('other');
      const appSettings = { Mine: '@Microsoft.KeyVault(SecretUri=https://kv-bad.vault.azure.net/secrets/b/)' };
      state.sites[keyOf(id)] = { ...structuredClone(bad), id, name: 'other', kind: 'app', appSettings };
    },
  });
  expect(notesOf(plan, 'shared').map(({ says }) => says)).toContain(
    'other also uses kv-bad (Mine): its identity needs a role on the vault first.',
  );
});

test('if no other app could be checked, that is reported, and the settings of the app itself still stop the change', () => {
  const facts = { storageAccounts: { value: [{ name: 'stone' }] }, maybe: () => undefined };
  expect(sharers({ facts } as never).map(({ level, says }) => `${level} ${says}`)).toEqual([
    'warn Other apps and slots of the subscription were not checked, because they could not be read.',
  ]);
  expect(othersWithoutKeys({ app: { plan: 'D' }, facts } as never)).toEqual([]);
});
