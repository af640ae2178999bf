/** Values that hold a reference: what App Service takes for one, what it does not, and what cannot be seen behind one. */
import { describe, expect, test } from 'vitest';
import { connectionString } from '../../src/emulator/web/sites.ts';
import { keyOf } from '../../src/emulator/state.ts';
import { brokenReference, isReference, referenceOf, secretIn } from '../../src/azure/index.ts';
import { altered, notesOf } from '../helpers/altered.ts';
import { REFERS } from '../helpers/bodies.ts';
import { judgedOf } from '../helpers/one-app.ts';

const GOOD = '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=s)';
const reference = (name: string) => `@Microsoft.KeyVault(VaultName=kv-bad;SecretName=${name})`;

describe('forms of Key Vault references', () => {
  test.each([
    GOOD,
    '@microsoft.keyvault(secretname=s;vaultname=KV-Bad)',
    '@Microsoft.KeyVault(VaultName=kv-bad;SecretName=s;SecretVersion=1)',
    '@Microsoft.KeyVault(SecretUri=https://kv-bad.vault.azure.net/secrets/s)',
    '@Microsoft.KeyVault(SecretUri=https://kv-bad.vault.azure.net/secrets/s/)',
    '@Microsoft.KeyVault(SecretUri=https://kv-bad.vault.azure.net/secrets/s/0123456789abcdef)',
  ])('%s names the secret s of kv-bad', (value) => {
    expect(referenceOf(value)).toMatchObject({ vault: 'kv-bad', secret: 's' });
    expect(brokenReference(value)).toBeUndefined();
  });

  test.each([
    [` ${GOOD}`, /spaces/],
    [`${GOOD}\n`, /spaces/],
    [`"${GOOD}"`, /quotes/],
    [GOOD.slice(0, -1), /not complete/],
    [`Server=s;Password=${GOOD}`, /longer text/],
    ['@Microsoft.KeyVault(SecretName=s)', /no VaultName/],
    ['@Microsoft.KeyVault(VaultName=kv-bad)', /no SecretName/],
    ['@Microsoft.KeyVault()', /no SecretUri/],
    ['@Microsoft.KeyVault(SecretUri=kv-bad.vault.azure.net/secrets/s)', /SecretUri is not of the form/],
    ['@Microsoft.KeyVault(SecretUri=http://kv-bad.vault.azure.net/secrets/s)', /SecretUri is not of the form/],
    ['@Microsoft.KeyVault(SecretUri=https://kv-bad.vault.azure.net/keys/s)', /SecretUri is not of the form/],
  ])('%j is no reference', (value, why) => {
    expect(isReference(value)).toBe(false);
    expect(referenceOf(value)).toBeUndefined();
    expect(brokenReference(value)).toMatch(why);
  });

  test('a text without a reference is neither valid nor broken', () => {
    expect([isReference('plain'), brokenReference('plain'), brokenReference(undefined)]).toEqual([false, undefined, undefined]);
  });

  test('a reference reveals no secret, and hides no text beside it', () => {
    expect(secretIn('Password', `"${GOOD}"`)).toBeUndefined();
    expect(secretIn('Db', `Server=s;Password=${GOOD}`)).toBeUndefined();
    expect(secretIn('Db', `Server=s;Password=hunter2;Other=${GOOD}`)).toBe('password in a connection string');
    expect(secretIn('Db', `@Microsoft.KeyVault(VaultName=v;SecretName=s;Password=hunter2`)).toBe('password in a connection string');
  });
});

test.each([
  ['SignalR', 'Endpoint=https://c.service.signalr.net;AccessKey=abcdefghijklmnop=;Version=1.0;'],
  ['Mail', 'endpoint=https://c.communication.azure.com/;accesskey=abcdefghijklmnop=='],
  ['Config', 'Endpoint=https://c.azconfig.io;Id=ab-l0;Secret=abcdefghijklmnop='],
  ['SENDGRID', 'SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz'],
])('the key in %s is found, whatever the name of the setting', (name, value) => {
  expect(secretIn(name, value)).toMatch(/key/i);
});

test('a reference in quotes is reported, and is not moved to a vault', async () => {
  const app = await altered((_, site) => (site.appSettings = { ...site.appSettings, Quoted: `"${GOOD}"` }));
  expect(await app.judged('key-vault.references')).toMatchObject({
    state: 'fail',
    found: expect.stringContaining('not a valid reference: Quoted'),
    lines: ['Quoted: the reference is in quotes'],
  });
  const plan = await app.planned(['key-vault.references'], { 'key-vault': { vault: 'kv-bad', settings: ['Quoted'] } });
  expect(plan.changes).toEqual([]);
  expect(notesOf(plan).join('\n')).toMatch(/stop: Quoted holds a Key Vault reference that App Service does not resolve/);
});

test('a connection string with a broken reference fails', async () => {
  const app = await altered((_, site) => (site.connectionStrings = { Db: { value: ` ${GOOD}`, type: 'SQLAzure' } } as never));
  expect(await app.judged('app-settings.connection-strings')).toMatchObject({ state: 'fail', found: 'Db' });
});

test('a setting with a value from a vault is not judged as text', async () => {
  const app = await altered((_, site) => {
    for (const name of ['AZURE_FUNCTIONS_ENVIRONMENT', 'ASPNETCORE_ENVIRONMENT', 'FLASK_DEBUG', 'DEBUG']) delete site.appSettings[name];
    Object.assign(site.appSettings, {
      ASPNETCORE_ENVIRONMENT: reference('environment'),
      DEBUG: reference('debug'),
      AzureWebJobsDisableHomepage: reference('page'),
      AzureWebJobsSecretStorageType: reference('store'),
      APPLICATIONINSIGHTS_CONNECTION_STRING: reference('insights'),
    });
  });
  for (const control of [
    'app-settings.development',
    'app-settings.debug-flags',
    'error-handling.developer-pages',
    'access-keys.home-page',
    'access-keys.secret-storage',
  ])
    expect(await app.judged(control), control).toMatchObject({
      state: 'unknown',
      found: expect.stringMatching(/unknown/),
    });
  expect(await app.judged('monitoring.app-insights')).toMatchObject({ state: 'unknown', found: expect.stringContaining('a reference') });
});

test('telemetry to a component in another place is unknown, and fails if a component of this subscription was answered', async () => {
  const app = await altered((state, site) => {
    const id = `${site.id.slice(0, site.id.indexOf('/providers/'))}/providers/Microsoft.Insights/components/appi-bad`;
    const properties = { InstrumentationKey: '00000000-1111-4222-8333-555555555555' };
    state.resources[keyOf(id)] = { id, name: 'appi-bad', location: site.location, properties };
    site.appSettings['APPLICATIONINSIGHTS_CONNECTION_STRING'] =
      'InstrumentationKey=00000000-1111-4222-8333-444444444444;IngestionEndpoint=https://x/';
  });
  expect(await app.judged('monitoring.app-insights')).toMatchObject({ state: 'unknown' });
  expect(await app.judged('monitoring.app-insights', { component: 'appi-bad' })).toMatchObject({ state: 'fail' });
});

test('an account behind a reference is unknown, and visible values beside it still fail', async () => {
  const hidden = await altered((_, site) => (site.appSettings['AzureWebJobsStorage'] = reference('storage')));
  expect(await hidden.judged('storage.min-tls')).toMatchObject({
    state: 'unknown',
    found: expect.stringContaining('AzureWebJobsStorage refers to'),
  });
  expect(await hidden.judged('storage.soft-delete')).toMatchObject({ state: 'unknown' });
  const beside = await altered((_, site) => {
    site.appSettings['AzureWebJobsStorage'] = connectionString('stfnbad');
    site.appSettings['WEBSITE_CONTENTAZUREFILECONNECTIONSTRING'] = reference('share');
  }, 'EP1');
  expect(await beside.judged('storage.min-tls')).toMatchObject({
    state: 'fail',
    found: expect.stringMatching(/stfnbad: TLS1_0; .*WEBSITE_CONTENTAZUREFILECONNECTIONSTRING refers to/),
  });
});

test('keys are not switched off while a connection string contains one, and a vault that may contain one is named', async () => {
  const byIdentity = (settings: Record<string, string>) => {
    delete settings['AzureWebJobsStorage'];
    delete settings['WEBSITE_CONTENTAZUREFILECONNECTIONSTRING'];
    settings['AzureWebJobsStorage__accountName'] = 'stfnbad';
  };
  const held = await altered((_, site) => {
    byIdentity(site.appSettings);
    site.connectionStrings = { Archive: { value: connectionString('stfnbad'), type: 'Custom' } } as never;
  });
  expect(notesOf(await held.planned(['storage.shared-key'])).join('\n')).toMatch(/stop: .*connection string Archive/);
  const hidden = await altered((_, site) => {
    byIdentity(site.appSettings);
    site.appSettings['Archive'] = reference('archive');
  });
  expect(notesOf(await hidden.planned(['storage.shared-key'])).join('\n')).toMatch(/warn: .*Archive come from a vault/);
});

test('the identity for references is no finding in an app without references', async () => {
  const identity = { type: 'UserAssigned', userAssignedIdentities: { '/id-fn': { principalId: 'p', clientId: 'c' } } };
  const state = async (settings: Record<string, string>) =>
    (await judgedOf({ identity, settings }))('managed-identity.reference-identity').state;
  expect([await state({}), await state(REFERS), await state({ Broken: '@Microsoft.KeyVault(VaultName=kv' })]).toEqual([
    'not-applicable',
    'fail',
    'fail',
  ]);
});

test('the time for a value does not grow with the square of its spaces', () => {
  const started = performance.now();
  expect(secretIn('Text', ' '.repeat(100_000))).toBeUndefined();
  // A millisecond; with the square, ten seconds.
  expect(performance.now() - started).toBeLessThan(2000);
  expect(secretIn('Db', 'Server=s;   Password = hunter2')).toBe('password in a connection string');
});
