/** Azure compares names of settings and words of bindings without regard to case, and keeps the spelling that is there. */
import { expect, test } from 'vitest';
import { requestFor } from '../../src/arm/writes/requests.ts';
import { connectionString } from '../../src/emulator/web/sites.ts';
import type { SiteRecord } from '../../src/emulator/state.ts';
import { equals, containsJson, pathAsSpelled, valueAt, withValue } from '../../src/change/json-paths.ts';
import { targetOf } from '../helpers/hostings.ts';
import { altered } from '../helpers/altered.ts';
import { inside } from '../helpers/inside.ts';
import { runName } from '../helpers/world.ts';

/** Gives a setting another name. */
const renamed = (site: SiteRecord, from: string, to: string, value = site.appSettings[from] ?? ''): void => {
  delete site.appSettings[from];
  site.appSettings[to] = value;
};

const oddNames = (site: SiteRecord): void => {
  renamed(site, 'AzureWebJobsStorage', 'AzureWebJobsSTORAGE', connectionString('stfnbad'));
  renamed(site, 'FUNCTIONS_EXTENSION_VERSION', 'Functions_Extension_Version', '~4');
  renamed(site, 'AzureWebJobsDisableHomepage', 'AzureWebJobsDisableHomePage', 'true');
  renamed(site, 'ASPNETCORE_ENVIRONMENT', 'AspNetCore_Environment', 'Development');
  delete site.appSettings['AZURE_FUNCTIONS_ENVIRONMENT'];
};

test('settings are found in any case of their names', async () => {
  const app = await altered((_, site) => oddNames(site));
  expect(await app.judged('access-keys.home-page')).toMatchObject({ state: 'pass' });
  expect(await app.judged('runtime.functions-version')).toMatchObject({ state: 'pass' });
  expect(await app.judged('app-settings.development')).toMatchObject({ state: 'fail' });
  expect(await app.judged('storage.min-tls')).toMatchObject({ state: 'fail' });
  expect(await app.judged('managed-identity.host-storage')).toMatchObject({ state: 'fail', found: 'with a key' });
});

test('a setting is written and reverted with its existing spelling', async () => {
  const app = await altered((_, site) => {
    oddNames(site);
    site.appSettings['AzureWebJobsDisableHomePage'] = 'false';
  });
  const before = await app.settings();
  const controls = ['access-keys.home-page', 'app-settings.development'];
  const { changes } = await app.planned(controls);
  expect(changes.flatMap(({ diff }) => diff.map(({ path }) => path))).toEqual([
    'properties.AzureWebJobsDisableHomePage',
    'properties.AspNetCore_Environment',
  ]);
  const run = await app.replayed(controls);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(await app.settings()).toEqual({ ...before, AzureWebJobsDisableHomePage: 'true', AspNetCore_Environment: 'Production' });
  const undo = await inside(app.here, ['undo', runName(run), '--yes']);
  expect(undo, undo.stderr).toMatchObject({ code: 0 });
  expect(await app.settings()).toEqual(before);
});

test('the host storage changes to an identity with its existing spelling', async () => {
  const app = await altered((_, site) => oddNames(site));
  const { changes } = await app.planned(['managed-identity.host-storage', 'storage.shared-key']);
  const paths = changes.flatMap(({ key, diff }) => (key === 'appSettings' ? diff.map(({ path }) => path) : []));
  expect(paths).toContain('properties.AzureWebJobsSTORAGE');
  expect(paths).not.toContain('properties.AzureWebJobsStorage');
});

test('guards find planned settings in any case of their names', async () => {
  const app = await altered((_, site) => {
    renamed(site, 'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING', 'Website_ContentAzureFileConnectionString', connectionString('stfnbad'));
    delete site.appSettings['AzureWebJobsStorage'];
    site.appSettings['AzureWebJobsStorage__accountName'] = 'stfnbad';
  });
  const { blocked, changes } = await app.planned(['access-keys.home-page', 'storage.shared-key']);
  expect(changes.map(({ key }) => key)).toEqual(['appSettings']);
  expect(blocked.map(({ says }) => says).join(' ')).toMatch(/WEBSITE_CONTENTAZUREFILECONNECTIONSTRING contains a key of stfnbad/);
});

test('a setting whose spelling changed since the preview is not written twice', () => {
  const fresh = { properties: { Other: '1', debug: '1' } };
  const { body } = requestFor(targetOf('fn-bad'), 'appSettings', fresh, [
    { path: 'properties.DEBUG', to: '0' },
    { path: 'properties.other', to: null },
  ]);
  expect(body).toEqual({ properties: { debug: '0' } });
});

test('two spellings with two values: nothing is judged or sent; with the same value they are one setting', async () => {
  const two = await altered((_, site) => Object.assign(site.appSettings, { Mode: 'a', MODE: 'b' }));
  expect(await two.judged('access-keys.home-page')).toMatchObject({ state: 'unknown', reason: expect.stringContaining('Mode and MODE') });
  expect((await two.planned(['access-keys.home-page'])).changes).toEqual([]);
  const one = await altered((_, site) => Object.assign(site.appSettings, { Mode: 'a', MODE: 'a' }));
  const run = await one.replayed(['access-keys.home-page']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(Object.keys(await one.settings()).filter((name) => /^mode$/i.test(name))).toEqual(['Mode']);
});

test('words of bindings are read in any case', async () => {
  const app = await altered((_, site) => {
    site.functions = [
      { name: 'Open', bindings: [{ type: 'HttpTrigger', direction: 'In', authLevel: 'ANONYMOUS' }] },
      { name: 'OnEvent', bindings: [{ type: 'EVENTGRIDTRIGGER', direction: 'in' }] },
    ] as unknown as typeof site.functions;
  });
  expect(await app.judged('access-keys.anonymous')).toMatchObject({ state: 'fail', found: 'Open' });
  expect(await app.judged('authentication.required')).toMatchObject({ state: 'fail' });
  const restrict = { rules: [{ name: 'office', priority: 10, action: 'Allow', ip: '203.0.113.0/24' }], defaultAction: 'Deny' };
  const { changes } = await app.planned(['access-restrictions.rules', 'access-restrictions.default-action'], {
    'access-restrictions': restrict,
  });
  const said = changes.flatMap(({ guards }) => guards.map(({ level, says }) => `${level} ${says}`)).join('\n');
  expect(said).toMatch(/warn .*Event Grid/);
});

test('members of a body are found and set in any case', () => {
  const body = { properties: { Keep: { b: 1 } } };
  expect(valueAt(body, 'PROPERTIES.keep.B')).toBe(1);
  expect(pathAsSpelled(body, 'properties.KEEP.b.new')).toBe('properties.Keep.b.new');
  expect(withValue(body, 'properties.KEEP.B', 2)).toEqual({ properties: { Keep: { b: 2 } } });
  expect(equals({ A: 1 }, { a: 1 })).toBe(true);
  expect(containsJson({ A: 1, other: 2 }, { a: 1 })).toBe(true);
});
