/** Which parts of an exchange are replaced in a recording, and that the parts that are judged stay. */
import { expect, test } from 'vitest';
import { Anonymizer } from '../../src/arm/recording/anonymous.ts';
import { StandIns } from '../../src/arm/recording/stand-ins.ts';
import { Texts } from '../../src/arm/recording/texts.ts';
import { rangesCover } from '../helpers/ranges.ts';
import type { Json } from '../../src/azure/index.ts';

const SITE =
  'https://management.azure.com/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-fabrikam/providers/Microsoft.Web/sites/fn-litware';
const anonymous = () => new Anonymizer(new Texts(new StandIns()));
function through(path: string, responseBody: Json, requestBody: Json = null) {
  const exchange = {
    method: 'GET',
    url: `${SITE}${path}?api-version=2024-11-01`,
    status: 200,
    requestHeaders: {},
    responseHeaders: {},
    requestBody,
    responseBody,
  };
  const one = anonymous();
  one.exchange(exchange);
  return one.exchange(exchange);
}
const bodyOf = (path: string, body: Json): Record<string, Json> => through(path, body).responseBody as Record<string, Json>;

test('a name has the same replacement everywhere, in ids, hosts, links and texts, in any case', () => {
  const { url, responseBody } = through('', {
    id: '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/RG-FABRIKAM/providers/Microsoft.Web/sites/fn-litware',
    name: 'fn-litware',
    location: 'West Europe',
    properties: { defaultHostName: 'fn-litware.azurewebsites.net', note: 'see fn-litware', sku: 'ElasticPremium' },
  });
  const [, group = '', name = ''] = /resourceGroups\/(rg-\w+)\/.*\/sites\/(fn-\w+)\?api-version=2024-11-01$/.exec(url) ?? [];
  expect([group.length, name.length]).toEqual(['rg-fabrikam'.length, 'fn-litware'.length]);
  const body = JSON.stringify(responseBody);
  expect(body).not.toMatch(/fabrikam|litware|11111111/i);
  expect(responseBody).toMatchObject({
    id: expect.stringContaining(`/resourceGroups/${group.toUpperCase()}/`) as string,
    name,
    location: 'West Europe',
    properties: { defaultHostName: `${name}.azurewebsites.net`, sku: 'ElasticPremium' },
  });
  expect(body).toContain(`see ${name}`.replace('see ', ''));
});

test('two names never get the same replacement, and no replacement is a word that stays in the recording', () => {
  const texts = new Texts(new StandIns());
  const names = [...'abcdefghijklmnopqrstuvwxyz'].flatMap((letter) => [...'0123456789'].map((digit) => `${letter}-${digit}`));
  expect(new Set(names.map((name) => texts.name(name))).size).toBe(names.length);
  const words = [...'aeiou'].flatMap((first) => [...'bcdfghjklmnpqrstvwxz'].map((second) => `${first}${second}`));
  expect(words.map((word) => texts.name(word)).filter((word) => ['id', 'ip', 'in', 'of', 'on', 'uk', 'us'].includes(word))).toEqual([]);
  expect([texts.name('=='), texts.name('')]).toEqual(['==', '']);
});

test('a private address range contains the replacements of its addresses; public addresses stay', () => {
  const standIns = new StandIns();
  const [range, inside, outside] = ['20.50.16.0/20', '20.50.17.4', '20.51.0.1'].map((one) => standIns.address(one));
  expect(rangesCover(range!, inside!)).toBe(true);
  expect(rangesCover(range!, outside!)).toBe(false);
  expect(range).toMatch(/^20\.\d+\.\d+\.0\/20$/);
  expect(range).not.toBe('20.50.16.0/20');
  expect(standIns.address('10.1.2.3')).toMatch(/^10\.1\./);
  expect(['0.0.0.0/0', '127.0.0.1', '1.2.3'].map((one) => standIns.address(one))).toEqual(['0.0.0.0/0', '127.0.0.1', '1.2.3']);
});

test('settings: platform names, flags and the form of secrets stay; values and custom names are replaced', () => {
  const properties = {
    AzureWebJobsStorage: 'DefaultEndpointsProtocol=https;AccountName=data;AccountKey=abcDEF123+/xyz==;EndpointSuffix=core.windows.net',
    FUNCTIONS_WORKER_RUNTIME: 'python',
    LitwareApiKey: 'Zx9-secret-Zx9',
    Feature_Fabrikam: 'true',
    Vaulted: '@Microsoft.KeyVault(SecretUri=https://kv-litware.vault.azure.net/secrets/db-litware/)',
  };
  const settings = bodyOf('/config/appsettings/list', { properties })['properties'] as Record<string, string>;
  const text = JSON.stringify(settings);
  expect(text).not.toMatch(/litware|fabrikam|abcDEF|Zx9/i);
  expect(settings['AzureWebJobsStorage']).toMatch(
    /^DefaultEndpointsProtocol=https;AccountName=\w{4};AccountKey=\w{9}\+\/\w{3}==;EndpointSuffix=core\.windows\.net$/,
  );
  expect(settings['FUNCTIONS_WORKER_RUNTIME']).toBe('python');
  expect(Object.keys(settings)[2]).toMatch(/^[A-Z][a-z]{6}ApiKey$/);
  expect(text).toMatch(/"Feature_\w{8}":"true"/);
  expect(settings[Object.keys(settings)[4]!]).toMatch(
    /^@Microsoft\.KeyVault\(SecretUri=https:\/\/kv-\w{7}\.vault\.azure\.net\/secrets\/db-\w{7}\/\)$/,
  );
});

test('keys are replaced, and lists of keys keep their form', () => {
  const keys = bodyOf('/host/default/listkeys', {
    masterKey: 'abcd1234',
    functionKeys: { default: 'k1k1k1', litware: 'k2k2k2' },
    systemKeys: { eventgrid_extension: 'k3k3k3' },
  });
  expect(Object.keys(keys)).toEqual(['masterKey', 'functionKeys', 'systemKeys']);
  expect(JSON.stringify(keys)).not.toMatch(/abcd1234|k[123]k[123]|litware/);
  expect(Object.keys(keys['functionKeys'] as object)[0]).toBe('default');
  const account = through('', { keys: [{ keyName: 'key1', value: 'Zx9Zx9Zx9==', permissions: 'FULL' }] });
  const url = {
    ...account,
    url: 'https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/data/listKeys?api-version=2024-01-01',
    responseBody: { keys: [{ keyName: 'key1', value: 'Zx9Zx9Zx9==', permissions: 'FULL' }] },
  };
  const { responseBody } = anonymous().exchange(url);
  expect(responseBody).toMatchObject({ keys: [{ keyName: 'key1', permissions: 'FULL' }] });
  expect(JSON.stringify(responseBody)).not.toContain('Zx9');
});

test('secrets are replaced in members that the recording does not know, by their form, and in every row of a list', () => {
  const secretOf = (count: number) => `Zq9CANARY${count}pw`;
  let count = 10;
  const next = () => secretOf(count++);
  const properties = {
    connectionStrings: [{ name: 'Main', connectionString: `Server=x;Password=${next()};`, type: 'SQLAzure', note: next() }],
    newFeature: { primaryKey: 'correcthorse', note: next(), database: `Server=x;Pwd=${next()};Encrypt=true`, [next()]: true },
    files: { [`${next()}.py`]: `key = '${next()}'` },
    handlerMappings: [{ extension: 'php', arguments: `--fabrikam ${next()}` }],
    virtualApplications: [{ virtualPath: '/', physicalPath: 'site\\wwwroot' }],
    minTlsVersion: '1.2',
    ftpsState: 'FtpsOnly',
  };
  const { responseBody, responseHeaders } = through('/config/web', { properties });
  expect(JSON.stringify([responseBody, responseHeaders])).not.toMatch(/CANARY|correcthorse|fabrikam/i);
  expect(responseBody).toMatchObject({
    properties: {
      connectionStrings: [{ type: 'SQLAzure' }],
      newFeature: { database: expect.stringMatching(/^Server=\w;Pwd=\w+;Encrypt=true$/) as string },
      virtualApplications: properties.virtualApplications,
      minTlsVersion: '1.2',
      ftpsState: 'FtpsOnly',
    },
  });
});

test('text that people wrote is replaced word by word; text of Azure keeps everything except names', () => {
  const { responseBody } = through('', {
    name: 'fn-litware',
    properties: {
      description: 'Allow Dana from Woodgrove',
      linuxFxVersion: 'DOCKER|registry.woodgrove.com/team/app:1',
      headers: { 'x-forwarded-host': ['shop.woodgrove.com'] },
      loginParameters: ['domain_hint=woodgrove.com'],
      minTlsVersion: '1.2',
      state: 'Running',
    },
    tags: { costcenter: 'Tailspin 4711', owner: 'dana.lee@woodgrove.com' },
  });
  expect(JSON.stringify(responseBody)).not.toMatch(/dana|woodgrove|tailspin|4711|litware/i);
  expect(responseBody).toMatchObject({ properties: { minTlsVersion: '1.2', state: 'Running' } });
  const error = {
    error: { code: 'LockedByPolicy', message: "The client 'dana@woodgrove.com' may not write 'fn-litware': ask the owner of the lock." },
  };
  expect(bodyOf('', error)['error']).toMatchObject({
    code: 'LockedByPolicy',
    message: expect.stringMatching(/^The client '\w{4}@\w{9}\.com' may not write 'fn-\w{7}': ask the owner of the lock\.$/) as string,
  });
});

test('a link and the request that follows it get the same replacement, and its token is replaced', () => {
  const texts = new Texts(new StandIns());
  const link =
    'https://management.azure.com/subscriptions/11111111-2222-3333-4444-555555555555/providers/Microsoft.Web/sites?api-version=2024-11-01&$skiptoken=AbC%2Fd3f==';
  const followed = new URL(link).href;
  expect(new URL(texts.url(link)).searchParams.get('$skiptoken')).toBe(new URL(texts.url(followed)).searchParams.get('$skiptoken'));
  expect(texts.url(link)).not.toContain('AbC');
});

test('a link with half of a character and an escape that is no character is replaced like any other link', () => {
  const { link } = bodyOf('', { link: 'https://litware.example/report?name=\uD800&other=%zz' }) as { link: string };
  expect(link).toMatch(/^https:\/\/\w+\.example\/\w+\?name=/);
});

test('a management group has the same replacement in a Resource Graph request, in its answer and in ids', () => {
  const one = anonymous();
  const group = 'mg-tailspin';
  const id = `/providers/Microsoft.Management/managementGroups/${group}`;
  const asked = (scope: Json, responseBody: Json) =>
    one.exchange({
      method: 'POST',
      url: 'https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01',
      status: 200,
      requestHeaders: {},
      responseHeaders: {},
      requestBody: { ...(scope as Record<string, Json>), query: 'resources | project id' },
      responseBody,
    });
  const row = { name: group, displayName: 'Tailspin Toys', properties: { managementGroupAncestorsChain: [{ name: group }] } };
  const { requestBody, responseBody } = asked({ managementGroups: [group] }, { data: [{ id, ...row }], totalRecords: 1 });
  const text = JSON.stringify([requestBody, responseBody]);
  expect(text).not.toMatch(/tailspin|toys/i);
  const { managementGroups, query } = requestBody as { managementGroups: string[]; query: string };
  const [stand] = managementGroups;
  expect(stand).toMatch(/^mg-\w{8}$/);
  expect(query).toBe('resources | project id');
  expect(responseBody).toMatchObject({
    data: [{ id: `/providers/Microsoft.Management/managementGroups/${stand}`, name: stand }],
    totalRecords: 1,
  });
  // A request for subscriptions and a link to the group in another request have the same replacements.
  expect(asked({ managementGroups: [group.toUpperCase()] }, {}).requestBody).toMatchObject({ managementGroups: [stand!.toUpperCase()] });
});
