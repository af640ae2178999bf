/** Another client writes between the reads and the writes of a run: none of its values is lost without a message. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { ORDERS, world, type World } from '../helpers/world.ts';
import type { Body } from '../../src/change/json-paths.ts';
import { lostValues } from '../../src/engine/run/lost-values.ts';
import type { Json } from '../../src/emulator/state.ts';

const AT = '?api-version=2024-11-01';
const RULE = { name: 'build', priority: 100, action: 'Allow', ip: '198.51.100.0/26' };
const settings = { 'error-handling': { decision: 'apply' }, 'app-settings': { decision: 'apply' } };
const rules = { scm: { decision: 'apply', answers: { rules: [RULE], defaultAction: 'Deny' } } };

async function replay(here: World, steps: Json) {
  const file = join(here.folder, 'answers.json');
  await writeFile(file, JSON.stringify({ version: 1, apps: { 'fn-orders': { steps } } }), { mode: 0o600 });
  return inside(here, ['replay', file, '--yes', '--confirm', 'fn-orders']);
}

const settingsOf = async (here: World): Promise<Record<string, string>> => {
  const site = Object.values((await here.state()).sites).find(({ id }) => id === ORDERS);
  return site?.appSettings as Record<string, string>;
};
const written = async (here: World, path: RegExp) => (await here.writes()).filter(({ url }) => path.test(url)).length;

const LIST = 'fn-orders/config/appsettings/list';
/** Another client adds or removes a setting, and sends all settings. */
const put = (properties: Json) => ({ method: 'PUT', url: `${ORDERS}/config/appsettings${AT}`, body: { properties } });
/** The number of reads of the settings before the first write. */
async function readsBefore(here: World): Promise<number> {
  const all = (await here.exchanges()).filter(({ url }) => /fn-orders\/config\/appsettings/.test(url));
  return all.findIndex(({ method }) => method === 'PUT');
}

test('a setting that is added between the reads of a run is kept; a setting that is added after the last read stops the change', async () => {
  const first = await world();
  expect((await replay(first, settings)).code).toBe(0);
  const reads = await readsBefore(first);
  expect(reads).toBeGreaterThanOrEqual(3);
  for (let read = 1; read < reads; read++) {
    const here = await world();
    const added = put({ ...(await settingsOf(here)), SOMEBODY: 'added' });
    await here.faults([
      { method: 'POST', path: LIST, times: read - 1 },
      { method: 'POST', path: LIST, afterwards: added },
    ]);
    const { code, stderr } = await replay(here, settings);
    expect(await settingsOf(here), `after read ${read}`).toMatchObject({ SOMEBODY: 'added' });
    const isLast = read === reads - 1;
    expect(code).toBe(isLast ? 5 : 0);
    if (isLast) expect(stderr).toContain('Someone changed this resource while the request was prepared');
    expect(await written(here, /fn-orders\/config\/appsettings/)).toBe(isLast ? 0 : 1);
  }
});

test('a last read before the write that Azure refuses is reported as such, and not as a change by someone else', async () => {
  const first = await world();
  await replay(first, settings);
  const reads = await readsBefore(first);
  const here = await world();
  await here.faults([
    { method: 'POST', path: LIST, times: reads - 1 },
    {
      method: 'POST',
      path: LIST,
      times: 99,
      status: 401,
      body: { error: { code: 'ExpiredAuthenticationToken', message: 'The token expired.' } },
    },
  ]);
  const { stderr } = await replay(here, settings);
  expect(stderr).toContain('The token expired.\n    Sign in again');
  expect(stderr).not.toContain('Someone changed');
  expect(await written(here, /fn-orders\/config\/appsettings/)).toBe(0);
});

test('a rule that is added after the last read of the list stops the change', async () => {
  const here = await world();
  const rule = { ipAddress: '192.0.2.77/32', action: 'Allow', priority: 5, name: 'RESCUE' };
  const added = { method: 'PATCH', url: `${ORDERS}/config/web${AT}`, body: { properties: { scmIpSecurityRestrictions: [rule] } } };
  const first = await world();
  expect((await replay(first, rules)).code).toBe(0);
  const all = (await first.exchanges()).filter(({ url }) => /fn-orders\/config\/web\?/.test(url));
  const reads = all.findIndex(({ method }) => method === 'PATCH');
  await here.faults([
    { method: 'GET', path: 'fn-orders/config/web\\?', times: reads - 2 },
    { method: 'GET', path: 'fn-orders/config/web\\?', afterwards: added },
  ]);
  const { code } = await replay(here, rules);
  expect(code).toBe(1);
  expect(await written(here, /fn-orders\/config\/web/)).toBe(0);
  expect(JSON.stringify(await here.get(`${ORDERS}/config/web`))).toContain('RESCUE');
});

test('a setting that is missing right after the write is named, and the change is not verified', async () => {
  const here = await world();
  const { Api__Key: gone, ...left } = { ...(await settingsOf(here)), Api__Key: 'x' };
  await here.send('PUT', `${ORDERS}/config/appsettings`, { properties: { ...left, Api__Key: gone } });
  const now = { ...left, ASPNETCORE_ENVIRONMENT: 'Production', FLASK_DEBUG: '0' };
  await here.faults([{ method: 'PUT', path: 'fn-orders/config/appsettings', afterwards: put(now) }]);
  const { code, stdout, stderr } = await replay(here, settings);
  expect(stderr).toContain('verified, but other values are missing or different');
  expect(stderr).toContain('Missing or different right after the change: Api__Key.');
  expect(code).toBe(5);
  const name = /^Run: (\S+)$/m.exec(stdout)?.[1] ?? '';
  expect(await readFile(join(here.folder, 'func-harden', 'journal', `${name}.jsonl`), 'utf8')).toContain('"lost":["properties.Api__Key"]');
});

test('a write that Azure refuses by a condition changed nothing, and the message says that another client changed the resource', async () => {
  const here = await world();
  const body = { error: { code: 'PreconditionFailed', message: 'The ETag does not match.' } };
  await here.faults([{ method: 'PATCH', path: 'fn-orders/config/web', status: 412, body }]);
  const { code, stderr } = await replay(here, rules);
  expect(code).toBe(1);
  expect(stderr).toContain('Someone changed this resource in the meantime. This request changed nothing.');
  expect(await written(here, /fn-orders\/config\/web/)).toBe(1);
});

test('of a site and its configuration, every value that an owner sets is compared, and nothing that Azure derives', () => {
  const lost = (key: 'site' | 'siteConfig', was: Body, now: Body, isOwn?: () => boolean) =>
    lostValues(
      { body: { properties: was }, isWhole: false },
      { properties: now },
      { key, paths: ['properties.x'], ...(isOwn ? { isOwn } : {}) },
    );
  const rows = (name: string) => [{ ipAddress: 'Any', name, priority: 2_147_483_647 }];
  expect(
    lost('siteConfig', { x: 1, ftpsState: 'Disabled', minTlsVersion: '1.2' }, { x: 2, ftpsState: 'disabled', minTlsVersion: '1.0' }),
  ).toEqual(['properties.minTlsVersion']);
  expect(lost('siteConfig', { ipSecurityRestrictions: rows('Allow all') }, { ipSecurityRestrictions: rows('Deny all') })).toEqual([]);
  expect(
    lost('siteConfig', { supportedTlsCipherSuites: 'a,b', publicNetworkAccess: 'Enabled' }, { publicNetworkAccess: 'Disabled' }),
  ).toEqual([]);
  const mount = (state: string, accountName: string) => ({ code: { accountName, state, accessKey: state === 'Ok' ? 'a' : null } });
  expect(
    lost(
      'siteConfig',
      { siteAuthEnabled: false, managedServiceIdentityId: 1, xManagedServiceIdentityId: 2, azureStorageAccounts: mount('Ok', 'sta') },
      { siteAuthEnabled: true, managedServiceIdentityId: 3, azureStorageAccounts: mount('InvalidShare', 'stb') },
    ),
  ).toEqual(['properties.azureStorageAccounts.code.accountName']);
  const site = { httpsOnly: true, inProgressOperationId: '1', lastModifiedTimeUtc: 'a', outboundVnetRouting: { imagePullTraffic: false } };
  expect(lost('site', site, { httpsOnly: false, lastModifiedTimeUtc: 'b', outboundVnetRouting: { imagePullTraffic: true } })).toEqual([
    'properties.httpsOnly',
  ]);
  const identity = (ids: Record<string, Record<string, string>>) => ({ properties: {}, identity: { userAssignedIdentities: ids } });
  const before = { body: identity({ '/a': { principalId: 'p', clientId: 'c' }, '/b': { principalId: 'p' } }), isWhole: false };
  expect(lostValues(before, identity({ '/a': {} }), { key: 'site', paths: ['properties.x'] })).toEqual([
    'identity.userAssignedIdentities["/b"]',
  ]);
  // The ids of the system-assigned identity end with it, and are lost only if the change does not remove it.
  const users = { userAssignedIdentities: { '/a': {} } };
  const both = { properties: {}, identity: { type: 'SystemAssigned, UserAssigned', principalId: 'p', tenantId: 't', ...users } };
  const one = { properties: {}, identity: { type: 'UserAssigned', ...users } };
  for (const [path, gone] of [
    ['identity.type', []],
    ['properties.x', ['identity.principalId', 'identity.tenantId']],
  ] as const)
    expect(lostValues({ body: both, isWhole: true }, one, { key: 'siteIdentity', paths: [path] })).toEqual(gone);
  // The read before the write was older than an earlier write of the run.
  expect(lost('siteConfig', { ftpsState: 'AllAllowed' }, { ftpsState: 'Disabled' }, () => true)).toEqual([]);
});

test('lost values: members and list items beside the change, by name if they have one', () => {
  const before = {
    properties: { a: '1', list: [{ name: 'x', state: 1 }, { name: 'y' }], empty: [], none: null, own: { b: 1 }, deep: { c: 1, d: 2 } },
  };
  const after = { properties: { A: '2', list: [{ name: 'x', state: 2 }], deep: { c: 1 } } };
  const lost = (was: Body, now: Body, paths: string[]) => lostValues({ body: was, isWhole: true }, now, { key: 'appSettings', paths });
  expect(lost(before, after, ['properties.own'])).toEqual(['properties.list[y]', 'properties.deep.d']);
  expect(lost(before, after, [''])).toEqual([]);
  const site = {
    properties: {},
    tags: { env: 'prod', owner: 'shop' },
    identity: { type: 'UserAssigned', userAssignedIdentities: { '/a/b': {}, '/a/c': { x: 1 } } },
  };
  const now = { properties: {}, tags: { env: 'test' }, identity: { type: 'UserAssigned', userAssignedIdentities: { '/a/b': {} } } };
  expect(lost(site, now, ['properties.x'])).toEqual(['tags.owner', 'identity.userAssignedIdentities["/a/c"]']);
  expect(lost(site, now, ['tags', 'identity'])).toEqual([]);
});
