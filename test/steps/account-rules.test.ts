/** Storage accounts: SFTP, trusted services, SMB and the age of keys, judged from bodies. */
import { expect, test } from 'vitest';
import { blobServices, fileServices } from '../../src/arm/resources/storage.ts';
import storage from '../../steps/storage.ts';
import type { Context, Draft, Rule, Verdict } from '../../src/contract/index.ts';
import type { Facts, FileService, StorageAccount } from '../../src/azure/index.ts';

type Properties = StorageAccount['properties'];
const ID = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st';

function context(
  properties: Properties,
  { smb, share = false, mount, planned = properties }: { smb?: object; share?: boolean; mount?: object; planned?: Properties } = {},
) {
  const facts = (of: Properties): Facts =>
    ({
      appSettings: { properties: share ? { WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: 'AccountName=st;AccountKey=a' } : {} },
      siteConfig: { properties: { azureStorageAccounts: mount ? { data: { type: 'AzureFiles', accountName: 'ST', ...mount } } : null } },
      storageAccounts: { value: [{ id: ID, name: 'st', location: 'westeurope', properties: of }], missing: [] },
      fileServices: {
        value: [{ id: `${ID}/fileServices/default`, properties: smb ? { protocolSettings: { smb } } : {} } satisfies FileService],
      },
    }) as unknown as Facts;
  return { facts: facts(properties), planned: facts(planned), today: '2026-11-28' } as Context<unknown>;
}

const control = (name: string): Rule<unknown> => storage.controls.find(({ id }) => id === name) as Rule<unknown>;
const judge = (name: string, x: Context<unknown>): Verdict => control(name).judge(x);
const draft = (name: string, x: Context<unknown>): readonly Draft[] => control(name).draft!(x);

test.each<[Properties, string]>([
  [{ isSftpEnabled: true }, 'fail'],
  [{ isSftpEnabled: false }, 'pass'],
  [{ isSftpEnabled: null }, 'pass'],
  [{}, 'pass'],
])('SFTP %j: %s', (properties, state) => {
  const x = context(properties);
  expect(judge('sftp', x).state).toBe(state);
  expect(draft('sftp', x).length).toBe(state === 'fail' ? 1 : 0);
});

test.each<[string | undefined, string, string?]>([
  [undefined, 'pass'],
  ['AzureServices', 'pass'],
  ['Logging, Metrics, azureservices', 'pass'],
  ['None', 'fail', 'AzureServices'],
  ['Logging, Metrics', 'fail', 'Logging, Metrics, AzureServices'],
])('bypass %s: %s', (bypass, state, to) => {
  const x = context({ networkAcls: { defaultAction: 'Deny', ...(bypass === undefined ? {} : { bypass }) } });
  expect(judge('trusted-services', x).state).toBe(state);
  expect(draft('trusted-services', x)).toEqual(to === undefined ? [] : [expect.objectContaining({ to })]);
});

test('if the same plan closes the firewall, the exception is part of its rules', () => {
  const open: Properties = { networkAcls: { bypass: 'None', defaultAction: 'Allow' } };
  expect(draft('trusted-services', context(open))).toHaveLength(1);
  expect(draft('trusted-services', context(open, { planned: { networkAcls: { bypass: 'None', defaultAction: 'Deny' } } }))).toEqual([]);
});

test.each<[object | undefined, boolean, string]>([
  [undefined, false, 'fail'],
  [{}, false, 'fail'],
  [{ versions: 'SMB3.1.1', channelEncryption: 'AES-256-GCM' }, false, 'pass'],
  [{ versions: 'smb3.1.1;', channelEncryption: 'aes-256-gcm;' }, false, 'pass'],
  [{ versions: 'SMB3.0;SMB3.1.1', channelEncryption: 'AES-256-GCM' }, false, 'fail'],
  [{ versions: 'SMB3.1.1' }, false, 'fail'],
  [{ versions: 'SMB3.1.1', channelEncryption: 'AES-128-GCM;AES-256-GCM' }, false, 'fail'],
  // App Service mounts the content share with AES-128-GCM.
  [{ versions: 'SMB3.1.1', channelEncryption: 'AES-128-GCM;AES-256-GCM' }, true, 'pass'],
  [{ versions: 'SMB3.1.1', channelEncryption: 'AES-128-CCM;AES-128-GCM;AES-256-GCM' }, true, 'fail'],
])('SMB %j, content share %s: %s', (smb, share, state) => {
  const x = context({}, { share, ...(smb ? { smb } : {}) });
  expect(judge('smb-encryption', x).state).toBe(state);
  const [one] = draft('smb-encryption', x);
  expect(one).toEqual(
    state === 'pass'
      ? undefined
      : expect.objectContaining({
          to: { smb: { ...smb, versions: 'SMB3.1.1', channelEncryption: share ? 'AES-128-GCM;AES-256-GCM' : 'AES-256-GCM' } },
        }),
  );
});

// App Service mounts every share with AES-128-GCM, and not only the content share.
test.each<[object, string]>([
  [{ protocol: 'Smb' }, 'AES-128-GCM;AES-256-GCM'],
  [{}, 'AES-128-GCM;AES-256-GCM'],
  [{ protocol: 'Nfs' }, 'AES-256-GCM'],
  [{ type: 'AzureBlob', protocol: 'Http' }, 'AES-256-GCM'],
  [{ accountName: 'other' }, 'AES-256-GCM'],
])('a mount %j of the app needs the ciphers %s', (mount, channelEncryption) => {
  const [one] = draft('smb-encryption', context({}, { mount }));
  expect(one).toMatchObject({ to: { smb: { channelEncryption } } });
});

const made = (day: string): NonNullable<Properties['keyCreationTime']> => ({ key1: `${day}T00:00:00Z`, key2: '2026-11-27T00:00:00Z' });
test.each<[Properties, string, string]>([
  [{ keyCreationTime: made('2026-11-01') }, 'pass', 'rotated'],
  [{ keyCreationTime: made('2026-08-29') }, 'fail', 'key1 is 91 days old'],
  [{ keyCreationTime: made('2026-11-01'), keyPolicy: { keyExpirationPeriodInDays: 20 } }, 'fail', 'key1 is 27 days old'],
  [{ keyCreationTime: made('2026-08-29'), keyPolicy: { keyExpirationPeriodInDays: 365 } }, 'fail', 'key1 is 91 days old'],
  [{ keyCreationTime: { key1: null, key2: null } }, 'unknown', 'does not report'],
  [{}, 'unknown', 'does not report'],
  [{ allowSharedKeyAccess: false, keyCreationTime: made('2020-01-01') }, 'not-applicable', 'keys are not allowed'],
])('keys %j: %s', (properties, state, found) => {
  const verdict = judge('key-age', context(properties));
  expect(verdict.state).toBe(state);
  expect(verdict.found).toContain(found);
});

test('a service that the kind of an account lacks is not read', async () => {
  const asked: string[] = [];
  const kinds = ['StorageV2', 'FileStorage', 'BlockBlobStorage', 'blobstorage'];
  const x = {
    known: () => Promise.resolve({ state: 'read', body: { value: kinds.map((kind) => ({ id: `/${kind}`, kind })) } }),
    client: { send: (_: string, path: string) => (asked.push(path), Promise.resolve({ body: {} })) },
  } as never;
  await blobServices.find!(x);
  await fileServices.find!(x);
  expect(asked).toEqual([
    ...['StorageV2', 'BlockBlobStorage', 'blobstorage'].map((kind) => `/${kind}/blobServices/default`),
    ...['StorageV2', 'FileStorage'].map((kind) => `/${kind}/fileServices/default`),
  ]);
  expect(judge('smb-encryption', { ...context({}), facts: { ...context({}).facts, fileServices: { value: [] } } })).toMatchObject({
    state: 'not-applicable',
    found: 'no storage account of the app has file shares',
  });
});
