/** The package that an app runs from: what a restart finds there, and what deploys it. */
import { describe, expect, test } from 'vitest';
import { mustStay } from '../../src/azure/index.ts';
import { packageAfterRestart } from '../../src/engine/plan/package-guard.ts';
import type { JsonObject, SiteRecord } from '../../src/emulator/state.ts';
import { SUBNETS } from '../helpers/places.ts';
import { notesOf, plannedOn } from '../helpers/planned.ts';

const at = (query: string) => `https://stfnbad.blob.core.windows.net/releases/app.zip?sv=2022-11-02&sr=b&sp=r${query}`;
const says = (value: string, name = 'WEBSITE_RUN_FROM_PACKAGE') =>
  packageAfterRestart({ properties: { [name]: value } }, '2026-11-28')
    .map((found) => `${found.level} ${found.says}`)
    .join();

describe('the signature of a package', () => {
  test.each([
    ['ended', at('&se=2026-11-27T00%3A00%3A00Z&sig=a'), 'expired on 2026-11-27'],
    ['ends soon', at('&se=2026-12-20T00:00:00Z&sig=a'), 'expires on 2026-12-20'],
    ['is of a stored policy', at('&si=read&sig=a'), 'has no expiry date'],
    ['is in a vault', '@Microsoft.KeyVault(VaultName=kv;SecretName=package)', 'did not check whether the URL is still valid'],
  ])('%s: warning', (_, value, text) => {
    expect(says(value)).toMatch(/^warn /);
    expect(says(value)).toContain(text);
  });
  test.each([
    ['is valid for years', at('&se=2036-11-01T00%3A00%3A00Z&sig=a')],
    ['is absent: by identity', at('')],
    ['is absent: a package of the app', '1'],
  ])('%s: no warning', (_, value) => {
    expect(says(value)).toBe('');
  });
  // projectkudu/kudu 2885
  test.each(['WEBSITE_RUN_FROM_ZIP', 'WEBSITE_USE_ZIP', 'SCM_RUN_FROM_PACKAGE'])('%s is an older name of the setting', (name) => {
    expect(says(at('&se=2020-01-01&sig=a'), name)).toContain(`The signature in ${name} expired on 2020-01-01`);
    expect(mustStay(name, at('&sig=a'))).toMatch(/reads it directly/);
  });
  test('the name of the setting is found in any case', () => {
    expect(says(at('&se=2020-01-01&sig=a'), 'Website_Run_From_Package')).toContain('expired on 2020-01-01');
  });
});

test('each change that restarts the app is noted, and no other', async () => {
  const { changes } = await plannedOn({
    plan: 'Y1',
    linux: true,
    controls: ['https.https-only', 'monitoring.diagnostics'],
    change: (_, site) => void (site.appSettings['WEBSITE_RUN_FROM_PACKAGE'] = at('&se=2026-01-01&sig=a')),
  });
  const noted = changes.filter(({ guards }) => guards.some(({ id }) => id === 'package')).map(({ key }) => key);
  expect(changes.map(({ key }) => key).toSorted()).toEqual(['diagnosticSettings', 'site']);
  expect(noted).toEqual(['site']);
});

test.each([
  ['Y1', true, 'warn'],
  ['P1v3', true, 'clear'],
] as const)('on %s (Linux: %s) deployment tools are %sed about, where the host stops using its key', async (plan, linux, level) => {
  const planned = await plannedOn({
    plan,
    linux,
    controls: ['managed-identity.host-storage'],
    change: (_, site) => void delete site.appSettings['WEBSITE_CONTENTAZUREFILECONNECTIONSTRING'],
  });
  expect([...new Set(notesOf(planned, 'L2').map((note) => note.level))]).toEqual([level]);
});

test.each([
  ['without an identity', '', {}, 'stop'],
  ['by the older setting', '', { WEBSITE_RUN_FROM_PACKAGE: '', WEBSITE_RUN_FROM_ZIP: at('') }, 'stop'],
  ['with a signature', '&sig=abcdefgh', {}, undefined],
  ['by an identity that the app does not have', '', { WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: 'SystemAssigned' }, 'stop'],
  ['by its identity', '', {}, 'warn', { type: 'SystemAssigned' }],
] as const)('the end of anonymous access to a package that is loaded %s: %s%j', async (_, query, settings, level, identity?: object) => {
  const planned = await plannedOn({
    plan: 'P1v3',
    linux: true,
    controls: ['storage.anonymous-blobs'],
    change: (__, site) => {
      Object.assign(site.appSettings, { WEBSITE_RUN_FROM_PACKAGE: at(query), ...settings });
      if (identity) Object.assign(site, { identity });
    },
  });
  expect(
    notesOf(planned, 'package')
      .filter(({ control }) => control === 'storage.anonymous-blobs')
      .map((note) => note.level),
  ).toEqual(level ? [level] : []);
});

// Azure/Azure-Functions 1377, 1609 and 2058
test.each([
  ['in the account', at('&se=2036-11-01&sig=a'), 'is in stfnbad, behind the new firewall'],
  ['in another account', 'https://stother.blob.core.windows.net/releases/app.zip?sv=2022-11-02&sig=abcdefgh', undefined],
  ['in the app', '1', undefined],
  ['at a URL from a vault', '@Microsoft.KeyVault(VaultName=kv;SecretName=package)', 'is a reference'],
])('the firewall of an account closes while the package is %s', async (_, value, text) => {
  const planned = await plannedOn({
    plan: 'P1v3',
    linux: true,
    controls: ['storage.network'],
    change: (__, site) => {
      site.appSettings['WEBSITE_RUN_FROM_PACKAGE'] = value;
      site.properties['virtualNetworkSubnetId'] = `${SUBNETS}/apps`;
    },
  });
  const notes = notesOf(planned, 'package').filter(({ control }) => control === 'storage.network');
  expect(notes.map(({ level }) => level)).toEqual(text ? ['warn'] : []);
  expect(notes[0]?.says ?? '').toContain(text ?? '');
});

test.each(['VSTS', 'OneDeploy', 'az_cli_functions', 'GITHUB_ZIP_DEPLOY_FUNCTIONS_V1', 'somebody'])(
  'a deployment by %s is no proof of a sign-in with Entra ID',
  async (deployer) => {
    const plan = await plannedOn({
      plan: 'P1v3',
      controls: ['deployment-credentials.scm'],
      change: (_, site) => void (site.deployments = [{ deployer, at: '2026-11-01T00:00:00Z', message: '' }]),
    });
    const notes = notesOf(plan, 'L5');
    expect(notes.map(({ level }) => level)).toEqual(['warn']);
    expect(notes[0]!.says).toContain(`Recent deployments by ${deployer}. Azure does not record how`);
  },
);

// storage/common/storage-require-secure-transfer
test.each([
  ['WEBSITE_RUN_FROM_PACKAGE', 'http://stfnbad.blob.core.windows.net/c/app.zip?sv=2022-11-02&sig=abcdefgh', 'stop'],
  ['Archive', 'DefaultEndpointsProtocol=HTTP;AccountName=STFNBAD;AccountKey=eA==', 'stop'],
  ['Archive', 'DefaultEndpointsProtocol=https;AccountName=stfnbad;AccountKey=eA==', undefined],
  ['Archive', 'http://stother.blob.core.windows.net/c', undefined],
])('secure transfer is not required while %s is %s', async (name, value, level) => {
  const planned = await plannedOn({
    plan: 'P1v3',
    linux: true,
    controls: ['storage.secure-transfer'],
    change: (_, site) => void (site.appSettings[name] = value),
  });
  expect(notesOf(planned, 'plain-http').map((note) => note.level)[0]).toBe(level);
});

// storage/files/files-nfs-protocol: secure transfer refuses NFS without encryption; an NFS share needs no key.
test.each([
  ['Nfs', ['warn'], undefined],
  ['Smb', [], 'stop'],
  [undefined, [], 'stop'],
])('a share that the app mounts with the protocol %s', async (protocol, levels, keys) => {
  const planned = await plannedOn({
    plan: 'P1v3',
    linux: true,
    controls: ['storage.secure-transfer', 'storage.shared-key'],
    change: (_, site) => {
      site.appSettings = { FUNCTIONS_WORKER_RUNTIME: 'python', AzureWebJobsStorage__accountName: 'stfnbad' };
      site.config['azureStorageAccounts'] = {
        data: { type: 'AzureFiles', accountName: 'STFNBAD', shareName: 's', mountPath: '/data', ...(protocol ? { protocol } : {}) },
      };
    },
  });
  expect(notesOf(planned, 'plain-http').map(({ level }) => level)).toEqual(levels);
  expect(notesOf(planned, 'L1').find(({ level, says }) => level === 'stop' && says.includes('mounts'))?.level).toBe(keys);
});

test.each([
  [{ AzureWebJobsStorage__accountName: 'stfnbad' }, ['warn'], ['clear', 'warn']],
  [{ AzureWebJobsStorage: 'DefaultEndpointsProtocol=http;AccountName=stfnbad;AccountKey=eA==' }, ['stop'], ['stop']],
])('mounts that could not be read are not clear, and do not hide what the settings show: %o', async (settings, levels, keys) => {
  const planned = await plannedOn({
    plan: 'P1v3',
    linux: true,
    controls: ['storage.secure-transfer', 'storage.shared-key'],
    change: (_, site) => void (site.appSettings = { FUNCTIONS_WORKER_RUNTIME: 'python', ...settings }),
    unreadable: 'sites/fn-bad/config/web',
  });
  const own = notesOf(planned, 'L1').filter(({ says }) => !says.includes('other apps'));
  expect(notesOf(planned, 'plain-http').map(({ level }) => level)).toEqual(levels);
  expect(own.map(({ level }) => level)).toEqual(keys);
  const warnings = [...notesOf(planned, 'plain-http'), ...own].filter(({ level }) => level === 'warn');
  for (const { says } of warnings) expect(says).toMatch(/^Could not check the effects of "[^"]+": .*Microsoft\.Web\/sites\/config\/read/);
  // What the check prevents may happen, so the name of the app must be given also for the change of secure transfer.
  const risks = planned.changes.flatMap(({ parts = [] }) => parts.map(({ control, risk }) => [control, risk]));
  expect(risks.filter(([control]) => control === 'storage.secure-transfer')).toEqual(
    levels.includes('stop') ? [] : [['storage.secure-transfer', 'lock-out']],
  );
});

test('a package without a signature at an http address is found', async () => {
  const planned = await plannedOn({
    plan: 'P1v3',
    linux: true,
    controls: ['storage.anonymous-blobs'],
    change: (_, site) => void (site.appSettings['WEBSITE_RUN_FROM_PACKAGE'] = at('').replace('https:', 'http:')),
  });
  expect(notesOf(planned, 'package').map(({ level }) => level)).toContain('stop');
});

/** A Flex Consumption app whose deployment package is read with the connection string in this setting. `isNamed`: Azure says so. */
const deploysWith =
  (name: string, isNamed = true) =>
  (_: unknown, site: SiteRecord) => {
    const config = site.properties['functionAppConfig'] as { deployment: { storage: { authentication: JsonObject } } };
    config.deployment.storage.authentication['storageAccountConnectionStringName'] = isNamed ? name : null;
    site.appSettings[name] = site.appSettings['AzureWebJobsStorage']!;
  };

test('the connection string of the host stays while it reads the deployment package', async () => {
  const plannedWith = (...controls: string[]) =>
    plannedOn({ plan: 'FC1', linux: true, controls, change: deploysWith('AzureWebJobsStorage') });
  const alone = await plannedWith('managed-identity.host-storage');
  expect(notesOf(alone, 'L2').map((note) => `${note.level}: ${note.says}`)).toEqual([
    expect.stringMatching(/^stop: The deployment package is read/),
  ]);
  const both = await plannedWith('managed-identity.host-storage', 'managed-identity.deployment-storage');
  expect(both.blocked).toEqual([]);
  const paths = both.changes.map(({ key, diff }) => `${key} ${diff.map(({ path }) => path).join(' ')}`);
  const at = (part: string): number => paths.findIndex((one) => one.includes(part));
  expect(at('functionAppConfig')).toBeGreaterThan(-1);
  expect(at('appSettings properties.AzureWebJobsStorage')).toBeGreaterThan(at('functionAppConfig'));
});

test('the connection string of the deployment package becomes no reference', async () => {
  const answers = { 'key-vault': { vault: 'kv-bad', settings: ['Deploy', 'PaymentApiKey'] } };
  const plannedWith = (...controls: string[]) => plannedOn({ plan: 'FC1', linux: true, controls, answers, change: deploysWith('Deploy') });
  expect(notesOf(await plannedWith('key-vault.references'), 'L30').map(({ level }) => level)).toEqual(['stop']);
  expect((await plannedWith('key-vault.references', 'managed-identity.deployment-storage')).blocked).toEqual([]);
});

test('where Azure names no setting, each connection string of the account of the package may be the one that reads it', async () => {
  const host = await plannedOn({
    plan: 'FC1',
    linux: true,
    controls: ['managed-identity.host-storage'],
    change: deploysWith('AzureWebJobsStorage', false),
  });
  expect(notesOf(host, 'L2').map((note) => `${note.level}: ${note.says}`)).toEqual([
    expect.stringMatching(/^stop: The deployment package may be read with the connection string in AzureWebJobsStorage/),
  ]);
  const answers = { 'key-vault': { vault: 'kv-bad', settings: ['Deploy', 'PaymentApiKey'] } };
  const vault = (change: ReturnType<typeof deploysWith>) =>
    plannedOn({ plan: 'FC1', linux: true, controls: ['key-vault.references'], answers, change });
  expect(notesOf(await vault(deploysWith('Deploy', false)), 'L30').map(({ level }) => level)).toEqual(['stop']);
});
