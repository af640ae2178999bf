/** The pipeline to Azure over real HTTP: which requests are sent again, which links are not followed, and which host gets the token. */
import { testTime } from '../helpers/clock.ts';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DebugEntry } from '../../src/arm/http/debug-policy.ts';
import { armEndpoint, audienceOf, cloudOf } from '../../src/arm/sign-in/cloud-endpoints.ts';
import { connect } from '../../src/connect.ts';
import { ArmFailure } from '../../src/engine/ports.ts';
import type { Body } from '../../src/change/json-paths.ts';
import { fakeSignIn } from '../helpers/fake-sign-in.ts';
import { ORDERS, temporaryFolder, world } from '../helpers/world.ts';
import type { Target } from '../../src/azure/index.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function serving(handler: Handler) {
  const seen: { method: string; url: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', authorization: request.headers.authorization });
    request.resume();
    handler(request, response, seen.length);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const waits: string[] = [];
  const environment = { FUNC_HARDEN_ACCESS_TOKEN: 'secret-token', FUNC_HARDEN_ARM_ENDPOINT: endpoint };
  const debug: DebugEntry[] = [];
  const connection = await connect({
    auth: 'token',
    environment,
    version: 'test',
    clock: testTime().clock,
    say: (line) => void waits.push(line),
    onExchange: (entry) => void debug.push(entry),
  });
  return { ...connection, seen, endpoint, waits, debug };
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
const target: Target = {
  id: ORDERS,
  name: 'fn-orders',
  label: 'fn-orders',
  resourceGroup: 'rg-shop',
  subscriptionId: 's',
  location: '',
  kind: '',
  tags: {},
};
const EXPIRED = { 'www-authenticate': 'Bearer error="invalid_token", error_description="The access token expired."' };
const write = { method: 'PATCH', path: ORDERS, apiVersion: '2024-11-01', body: {} } as const;

test.each([
  [429, 2],
  [500, 2],
  [503, 2],
])('a read that gets %i once is sent again', async (status, times) => {
  const { reader, seen } = await serving((_, response, count) =>
    count === 1 ? json(response, status, {}) : json(response, 200, { properties: { state: 'Running' } }),
  );
  expect((await reader.readOne(target, 'site')).state).toBe('read');
  expect(seen).toHaveLength(times);
});

test.each([
  [`${ORDERS}`, { state: 'Running' }, 'read'],
  [ORDERS.toUpperCase(), { state: 'Running' }, 'read'],
  [`${ORDERS}-2`, { state: 'Running' }, 'unreadable'],
  // An answer without members shows no value, and no member counts as its default.
  [ORDERS, {}, 'unreadable'],
])('a site with the id %s and the members %j: %s', async (id, properties, state) => {
  const { reader } = await serving((_, response) => json(response, 200, { id, properties }));
  expect((await reader.readOne(target, 'site')).state).toBe(state);
});

test.each([
  [429, 2, 200],
  [500, 1, 500],
  [504, 1, 504],
])('a write that gets %i is sent %i time(s), because it may have changed the resource', async (status, times, end) => {
  const { writer, seen } = await serving((_, response, count) =>
    count === 1 ? json(response, status, { error: { code: 'X', message: 'x' } }) : json(response, 200, {}),
  );
  const outcome = await writer.send(write).then(
    ({ status: code }) => code,
    (error: ArmFailure) => error.status,
  );
  expect([seen.length, outcome]).toEqual([times, end]);
});

test('a broken connection during a write says that it may have happened; a refused write says that it did not', async () => {
  const broken = await serving((request) => request.socket.destroy());
  await expect(broken.writer.send(write)).rejects.toMatchObject({ kind: 'network', mayHaveHappened: true });
  const refused = await serving((_, response) => json(response, 400, { Code: 'BadRequest', Message: 'no' }));
  await expect(refused.writer.send(write)).rejects.toMatchObject({
    kind: 'invalid',
    mayHaveHappened: false,
    code: 'BadRequest',
    message: 'no',
  });
});

test('a next page on another host is not followed, and the token is not sent there', async () => {
  const elsewhere = await serving((_, response) => json(response, 200, { value: [] }));
  const { discovery, reader } = await serving((request, response) =>
    json(
      response,
      200,
      request.url?.includes('functions') || request.url?.includes('sites')
        ? { value: [], nextLink: `${elsewhere.endpoint}/more?api-version=1` }
        : { value: [{ subscriptionId: 's' }] },
    ),
  );
  const read = await reader.readOne(target, 'functions');
  expect(read.state === 'unreadable' && read.failure).toMatchObject({ kind: 'untrusted', code: 'ForeignOrigin' });
  await expect(Array.fromAsync(discovery.apps('s'))).rejects.toMatchObject({ kind: 'untrusted' });
  expect(elsewhere.seen).toEqual([]);
});

test.each(['vaults', 'slots', 'roleAssignments'] as const)(
  'a list of %s with a next page on another host is not followed either',
  async (key) => {
    const elsewhere = await serving((_, response) => json(response, 200, { value: [] }));
    const { reader, seen } = await serving((_, response) =>
      json(response, 200, { value: [], nextLink: `${elsewhere.endpoint}/more?api-version=1` }),
    );
    const read = await reader.read(target, key, () => Promise.resolve({ state: 'read', body: { value: [] } }));
    expect(read).toMatchObject({ state: 'unreadable', failure: { kind: 'untrusted', code: 'ForeignOrigin' } });
    expect(seen.length).toBeGreaterThan(0);
    expect(elsewhere.seen).toEqual([]);
  },
);

test.each(['roleAssignments', 'locks', 'workspaces', 'components'] as const)(
  'a list of %s with a name that differs from the name in its id',
  async (key) => {
    const { reader } = await serving((request, response) => {
      const id = `/subscriptions/${request.url?.split('/')[2]}/resourceGroups/g/providers/A.B/c/theirs`;
      json(response, 200, { value: [{ id, name: 'ours', properties: {} }] });
    });
    const failure = {
      kind: 'untrusted',
      code: 'ForeignId',
      message: 'A list contains a resource whose name differs from the name in its id.',
    };
    expect(await reader.readOne(target, key)).toMatchObject({ state: 'unreadable', failure });
  },
);

test('a redirect to another host is not followed and gets no token', async () => {
  const elsewhere = await serving((_, response) => json(response, 200, {}));
  const { reader } = await serving((_, response) => {
    response.writeHead(302, { location: `${elsewhere.endpoint}/x` });
    response.end();
  });
  expect((await reader.readOne(target, 'site')).state).toBe('unreadable');
  expect(elsewhere.seen).toEqual([]);
});

test.each(['http://management.azure.com', 'http://10.0.0.1:8080', 'ftp://127.0.0.1', 'nonsense'])(
  '%s is refused as an endpoint',
  (endpoint) => {
    expect(() => armEndpoint(endpoint)).toThrow(/cannot be the Azure|not a URL/);
  },
);
test.each(['http://127.0.0.1:1234', 'http://localhost:1', 'https://management.azure.com'])('%s is accepted as an endpoint', (endpoint) => {
  expect(armEndpoint(endpoint).origin).toBe(endpoint);
});

test('a child resource that was never set is empty; a child of a deleted app is an error', async () => {
  const here = await world();
  const { reader } = await here.connection();
  expect(await reader.readOne(target, 'sourceControl')).toEqual({ state: 'read', body: null });
  const gone = await reader.readOne({ ...target, id: `${ORDERS}-gone` }, 'sourceControl');
  expect(gone.state === 'unreadable' && gone.failure.kind).toBe('missing');
});

test('settings are written completely: one changed, one added, one removed, the others kept', async () => {
  const here = await world();
  const { writer } = await here.connection();
  const fact = await writer.readOne(target, 'appSettings');
  const body = fact.state === 'read' ? fact.body : null;
  const request = writer.request(target, 'appSettings', body, [
    { path: 'properties.FUNCTIONS_EXTENSION_VERSION', to: '~5' },
    { path: 'properties["My.Setting"]', to: 'new' },
    { path: 'properties.FUNCTIONS_WORKER_RUNTIME', to: undefined },
  ]);
  await writer.send(request);
  const now = await writer.readOne(target, 'appSettings');
  const settings = now.state === 'read' ? (now.body?.['properties'] as Record<string, string>) : {};
  const before = Object.fromEntries(
    Object.entries((body?.['properties'] ?? {}) as Record<string, string>).filter(([name]) => name !== 'FUNCTIONS_WORKER_RUNTIME'),
  );
  expect(settings).toEqual({ ...before, FUNCTIONS_EXTENSION_VERSION: '~5', 'My.Setting': 'new' });
});

test('a write of one CORS member also sends the current value of the other', async () => {
  const here = await world();
  const { writer } = await here.connection();
  const fact = await writer.readOne(target, 'siteConfig');
  const request = writer.request(target, 'siteConfig', fact.state === 'read' ? fact.body : null, [
    { path: 'properties.cors.allowedOrigins', to: [] },
  ]);
  expect(request.body).toEqual({ properties: { cors: { allowedOrigins: [], supportCredentials: true } } });
});

test('a stop ends the wait between two attempts, not the request in flight', async () => {
  const stop = new AbortController();
  const server = await serving((_, response) =>
    json(response, 429, { error: { code: 'TooManyRequests', message: 'slow down' } }, { 'retry-after': '60' }),
  );
  const connection = await connect({
    auth: 'token',
    environment: { FUNC_HARDEN_ACCESS_TOKEN: 'x', FUNC_HARDEN_ARM_ENDPOINT: server.endpoint },
    version: 'test',
    say: () => stop.abort(),
    signal: stop.signal,
  });
  await expect(connection.writer.send(write)).rejects.toMatchObject({ code: 'Stopped', mayHaveHappened: false });
  expect(server.seen).toHaveLength(1);
});

test('an answer is awaited for one minute; then a read is sent again and a write is not', async () => {
  const time = testTime();
  const server = await serving((_, response, count) => {
    void time.service.sleep(count === 2 ? 1000 : 60_000);
    if (count === 2)
      json(response, 200, { id: ORDERS, name: 'fn-orders', kind: 'functionapp', location: 'westeurope', properties: { state: 'Running' } });
  });
  const connection = await connect({
    auth: 'token',
    environment: { FUNC_HARDEN_ACCESS_TOKEN: 'x', FUNC_HARDEN_ARM_ENDPOINT: server.endpoint },
    version: 'test',
    clock: time.clock,
    say: () => {},
  });
  await expect(connection.reader.readOne(target, 'site')).resolves.toMatchObject({ state: 'read' });
  expect(server.seen).toHaveLength(2);
  await expect(connection.writer.send(write)).rejects.toMatchObject({ mayHaveHappened: true });
  expect(server.seen).toHaveLength(3);
});

test.each([
  ['999999', [120]],
  ['1e12', [120]],
  ['-5', [1, 2, 3]],
  ['tomorrow', [1, 2, 3]],
])('a Retry-After of %s waits %j s; an invalid value is replaced by our own wait', async (asked, seconds) => {
  const stop = new AbortController();
  const waits: string[] = [];
  const server = await serving((_, response) => json(response, 429, {}, { 'retry-after': asked }));
  const connection = await connect({
    auth: 'token',
    environment: { FUNC_HARDEN_ACCESS_TOKEN: 'x', FUNC_HARDEN_ARM_ENDPOINT: server.endpoint },
    version: 'test',
    clock: testTime().clock,
    say(text) {
      waits.push(text);
      stop.abort();
    },
    signal: stop.signal,
  });
  await expect(connection.writer.send(write)).rejects.toMatchObject({ mayHaveHappened: false });
  expect(waits).toHaveLength(1);
  expect(seconds).toContain(Number(/waiting (\d+) s/.exec(waits[0]!)?.[1]));
});

test('the debug log has each attempt with names and codes, and no value, key or token', async () => {
  const { writer, reader, debug } = await serving((_, response, count) =>
    count === 1
      ? json(
          response,
          429,
          { error: { code: 'TooManyRequests', message: 'not secret-value' } },
          { 'retry-after': '0', 'x-ms-request-id': 'r1' },
        )
      : json(
          response,
          202,
          { properties: { x: 'secret-value' } },
          { location: 'https://elsewhere.example/op?sig=secret-value&api-version=1' },
        ),
  );
  const body = { properties: { ApiKey: 'secret-value', nested: { deep: { deeper: 'secret-value' } } } };
  await writer.send({ ...write, body }).catch(() => undefined);
  await reader.readOne(target, 'site');
  expect(debug.map(({ method, status, code, sends }) => [method, status, code, sends])).toEqual([
    ['PATCH', 429, 'TooManyRequests', ['properties.ApiKey', 'properties.nested']],
    ['PATCH', 202, undefined, ['properties.ApiKey', 'properties.nested']],
    ['GET', 202, undefined, undefined],
  ]);
  expect(debug[0]?.headers).toMatchObject({ 'retry-after': '0', 'x-ms-request-id': 'r1' });
  expect(debug[1]?.headers?.['location']).toContain('sig=masked&api-version=1');
  expect(JSON.stringify(debug)).not.toMatch(/secret/);
});

test('on loopback too, a token that expires is replaced once, and a refused write is sent again', async () => {
  const az = await fakeSignIn(await temporaryFolder(), 'az', { token: 'first' }, { token: 'second' });
  vi.stubEnv('PATH', az.path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { endpoint, seen } = await serving((request, response) =>
    request.headers.authorization === 'Bearer first'
      ? json(response, 401, { error: { code: 'ExpiredAuthenticationToken', message: 'The access token expired.' } }, EXPIRED)
      : json(response, 200, {}),
  );
  const environment = { FUNC_HARDEN_ARM_ENDPOINT: endpoint };
  const { writer, signIn } = await connect({ auth: 'azure-cli', environment, version: 'test', say: () => {} });
  await writer.send(write);
  await writer.send(write);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second', 'Bearer second']);
  expect(signIn.way).toBe('the Azure CLI');
  expect((await az.calls()).map((call) => call.includes(`--resource ${endpoint}`))).toEqual([true, true]);
});

test('requests to a vault use a token of their own', async () => {
  const az = await fakeSignIn(await temporaryFolder(), 'az', { token: 'for-arm' }, { token: 'for-vaults' });
  vi.stubEnv('PATH', az.path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv';
  const { endpoint, seen } = await serving((request, response) => {
    const vaultUri = `http://${request.headers.host ?? ''}/v/`;
    if (request.url?.startsWith('/v/')) return json(response, 200, { value: 'x' });
    return json(response, 200, { id, name: 'kv', properties: { vaultUri, sku: { family: 'A', name: 'standard' } } });
  });
  const environment = { FUNC_HARDEN_ARM_ENDPOINT: endpoint };
  const { reader } = await connect({ auth: 'azure-cli', environment, version: 'test', say: () => {} });
  expect(await reader.readOne(target, 'vaultSecret', `${id}/secrets/one`)).toMatchObject({ state: 'read' });
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer for-arm', 'Bearer for-vaults']);
  expect((await az.calls()).map((call) => /--resource (\S+)/.exec(call)?.[1])).toEqual([endpoint, 'https://vault.azure.net']);
});

test('a claims challenge that a fixed token cannot answer is an error with a clear sentence', async () => {
  const { writer, seen } = await serving((_, response) =>
    json(response, 401, {}, { 'www-authenticate': 'Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="' }),
  );
  await expect(writer.send(write)).rejects.toMatchObject({
    kind: 'signed-out',
    code: 'ClaimsNeeded',
    message: expect.stringMatching(/^Azure requires a new sign-in .* is not possible with FUNC_HARDEN_ACCESS_TOKEN\.$/) as string,
    mayHaveHappened: false,
  });
  expect(seen).toHaveLength(1);
});

test.each([
  ['AzureCloud', undefined, 'https://management.azure.com', 'https://login.microsoftonline.com'],
  ['AzureUSGovernment', undefined, 'https://management.core.usgovcloudapi.net', 'https://login.microsoftonline.us'],
  ['AzureChinaCloud', undefined, 'https://management.core.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn'],
  [undefined, 'https://login.microsoftonline.us/', 'https://management.core.usgovcloudapi.net', 'https://login.microsoftonline.us'],
  [undefined, 'https://login.chinacloudapi.cn', 'https://management.core.chinacloudapi.cn', 'https://login.chinacloudapi.cn'],
  ['AzureCloud', 'https://login.microsoftonline.us', 'https://management.azure.com', 'https://login.microsoftonline.com'],
])('cloud %s, AZURE_AUTHORITY_HOST %s: tokens for %s from %s', (name, host, audience, at) => {
  const { cloud, authority } = cloudOf(name, host);
  expect([audienceOf(cloud, armEndpoint(cloud.arm)), authority]).toEqual([audience, { host: at, known: true }]);
  expect(audienceOf(cloud, armEndpoint('https://arm.contoso.example'))).toBe('https://arm.contoso.example');
});
test('a custom authority is accepted only with https, and is not looked up at Microsoft', () => {
  expect(cloudOf(undefined, 'https://login.contoso.example:8443/').authority).toEqual({
    host: 'https://login.contoso.example:8443',
    known: false,
  });
  expect(() => cloudOf(undefined, 'http://login.contoso.example')).toThrow(/not an https URL/);
  expect(() => cloudOf('AzureMoon', undefined)).toThrow(/Unknown cloud/);
});

test.each([
  ['no list at all', {}],
  ['a text', { value: 'abc' }],
  ['an invalid address', { value: [], nextLink: 'http://[' }],
  ['no address', { value: [], nextLink: { a: 1 } }],
])('%s is not accepted as an empty list', async (_, body) => {
  const { reader, discovery } = await serving((_request, response) => json(response, 200, body));
  const failure = { kind: 'server', code: 'UnexpectedAnswer' };
  await expect(reader.read(target, 'functions', () => Promise.reject(new Error('not asked')))).resolves.toMatchObject({
    state: 'unreadable',
    failure,
  });
  await expect(discovery.subscriptions()).rejects.toMatchObject(failure);
});

test.each(['{}', {}])('a storage account whose properties are %j is unknown, and has no values that are not set', async (properties) => {
  const account = `/subscriptions/${target.subscriptionId}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stone`;
  const { reader } = await serving((_, response) => json(response, 200, { value: [{ id: account, name: 'stone', properties }] }));
  const bodies: Readonly<Record<string, Body>> = {
    appSettings: { properties: { AzureWebJobsStorage__accountName: 'stone' } },
    site: { id: target.id, name: target.name, properties: {} },
  };
  const read = reader.read(target, 'storageAccounts', (key) => Promise.resolve({ state: 'read', body: bodies[key] ?? null }));
  await expect(read).resolves.toMatchObject({ state: 'unreadable', failure: { kind: 'server', code: 'UnexpectedAnswer' } });
});

test('a link with an escape that is no character is followed like any other link', async () => {
  const { discovery } = await serving((request, response) =>
    /%zz/.test(request.url ?? '')
      ? json(response, 200, { value: [{ subscriptionId: 's', displayName: 'Two', state: 'Enabled' }] })
      : json(response, 200, { value: [], nextLink: '/subscriptions/%zz?api-version=1' }),
  );
  await expect(discovery.subscriptions()).resolves.toMatchObject([{ id: 's' }]);
});

test('pages that repeat are detected', async () => {
  const { discovery } = await serving((request, response) => json(response, 200, { value: [], nextLink: request.url }));
  await expect(discovery.subscriptions()).rejects.toMatchObject({ code: 'UnexpectedAnswer' });
});

test.each([
  ['no list', {}],
  ['an invalid id', { value: [{ id: '/x/y', kind: 'functionapp' }] }],
  ['no JSON', '<html>'],
])('a list of apps that comes as %s is reported as such, without advice to sign in', async (_, body) => {
  const { discovery } = await serving((_request, response) => json(response, 200, body));
  await expect(Array.fromAsync(discovery.apps('s'))).rejects.toMatchObject({ kind: 'server', code: 'UnexpectedAnswer' });
});

test('subscriptions: an invalid id is refused, and a name is only text', async () => {
  const { discovery } = await serving((_request, response) =>
    json(response, 200, { value: [{ subscriptionId: '../../x?y=' }, { subscriptionId: 'a-1', displayName: 5 }] }),
  );
  await expect(discovery.subscriptions()).resolves.toEqual([{ id: 'a-1', name: 'a-1', tenantId: null }]);
});

test.each([
  [302, 'network', /redirects the request/],
  [304, 'network', /cache answered in place of Azure, with status 304/],
  [407, 'network', /The proxy requires authentication/],
  [401, 'signed-out', /nope/],
])('a read that is answered with %i is %s, and the message blames no value', async (status, kind, message) => {
  const { discovery } = await serving((_request, response) =>
    json(response, status, { error: { code: 'Unauthorized', message: 'nope' } }, { location: 'https://captive.example/' }),
  );
  const failure = await discovery.subscriptions().catch((error: unknown) => error as ArmFailure);
  expect(failure).toMatchObject({ kind, mayHaveHappened: false });
  expect((failure as ArmFailure).message).toMatch(message);
});

test.each([{ value: [null] }, { value: [{ actions: '*' }] }, {}])('permissions that cannot be read are unknown: %j', async (body) => {
  const { reader } = await serving((_request, response) => json(response, 200, body));
  await expect(reader.readOne(target, 'permissions', `${ORDERS}/providers/Microsoft.Authorization/permissions`)).resolves.toMatchObject({
    state: 'unreadable',
  });
});

test('permissions without patterns allow nothing', async () => {
  const { reader } = await serving((_request, response) => json(response, 200, { value: [{ actions: null, notActions: [] }] }));
  await expect(reader.readOne(target, 'permissions', `${ORDERS}/providers/Microsoft.Authorization/permissions`)).resolves.toMatchObject({
    state: 'read',
    body: { value: [{ actions: [], notActions: [] }] },
  });
});

test.each(['proxy.example:8080', '10.0.0.1:8080', 'foo', 'socks5://proxy.example'])(
  'a proxy variable of %j is refused before any request is sent',
  async (address) => {
    const environment = { FUNC_HARDEN_ACCESS_TOKEN: 'x', FUNC_HARDEN_ARM_ENDPOINT: 'https://management.example', https_proxy: address };
    const connecting = connect({ auth: 'token', environment, version: 'test', say: () => {} });
    await expect(connecting).rejects.toMatchObject({ exitCode: 64, message: expect.stringContaining('https_proxy') as string });
    await expect(connecting).rejects.not.toMatchObject({ message: expect.stringContaining(address) as string });
  },
);

test.each(['<html>', {}])('an answer %j of a vault does not mean that the secret does not exist', async (body) => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv';
  const { reader } = await serving((request, response) => {
    const vaultUri = `http://${request.headers.host ?? ''}/v/`;
    if (!request.url?.startsWith('/v/'))
      return json(response, 200, { id, name: 'kv', properties: { vaultUri, sku: { family: 'A', name: 'standard' } } });
    response.writeHead(200).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const read = await reader.readOne(target, 'vaultSecret', `${id}/secrets/one`);
  expect(read).toMatchObject({ state: 'unreadable', failure: { code: 'NotJson' } });
});

test.each([
  ['redirects to another host', 'network'],
  ['has its address on another host', 'untrusted'],
])('a vault that %s gets no token for its address', async (how, kind) => {
  const elsewhere = await serving((_, response) => json(response, 200, { value: 'theirs' }));
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv';
  const { reader } = await serving((request, response) => {
    const own = `http://${request.headers.host ?? ''}/v/`;
    const vaultUri = how.startsWith('redirects') ? own : elsewhere.endpoint;
    if (request.url?.startsWith('/v/')) return json(response, 302, {}, { location: `${elsewhere.endpoint}/secrets/one` });
    return json(response, 200, { id, name: 'kv', properties: { vaultUri, sku: { family: 'A', name: 'standard' } } });
  });
  const read = await reader.readOne(target, 'vaultSecret', `${id}/secrets/one`);
  expect(read).toMatchObject({ state: 'unreadable', failure: { kind } });
  expect(elsewhere.seen).toEqual([]);
});

test.each<[string, object, string | undefined, object]>([
  [
    'a parameter of another name',
    { effectType: { value: 'Deny' } },
    "[parameters('effectType')]",
    { value: [{ name: 'p', effect: 'deny' }] },
  ],
  ['to change the request', { effect: { value: 'Modify' } }, 'Modify', { value: [{ name: 'p', effect: 'modify' }], unknown: [] }],
  ['to deploy settings afterward', {}, 'DeployIfNotExists', { value: [{ name: 'p', effect: 'deployifnotexists' }], unknown: [] }],
  ['to keep resources', {}, 'denyAction', { value: [{ name: 'p', effect: 'denyaction' }], unknown: [] }],
  ['an expression', {}, "[if(true, 'deny', 'audit')]", { unknown: ['p'] }],
  ['a missing rule', {}, undefined, { unknown: ['p'] }],
  ['an audit', {}, 'Audit', { value: [], unknown: [] }],
])('a policy with the effect %s', async (_, parameters, effect, wanted) => {
  const policyRule = (effect === undefined ? {} : JSON.parse(`{"then":{"effect":${JSON.stringify(effect)}}}`)) as unknown;
  const policyDefinitionId = '/providers/Microsoft.Authorization/policyDefinitions/d';
  const { reader } = await serving((_request, response) => json(response, 200, { properties: { policyRule, parameters: {} } }));
  const assignment = { name: 'p', properties: { policyDefinitionId, parameters } } as unknown as Body;
  const read = await reader.read(target, 'policyEffects', () => Promise.resolve({ state: 'read', body: { value: [assignment] } }));
  expect(read).toMatchObject({ state: 'read', body: wanted });
});

test.each([
  ['denies by a value of the initiative', [{ parameters: { effect: { value: 'Deny' } } }], {}, { value: [{ name: 'i' }] }],
  [
    'denies by a parameter of the assignment',
    [{ parameters: { effect: { value: "[parameters('x')]" } } }],
    { parameters: { x: { value: 'deny' } } },
    { value: [{ name: 'i' }] },
  ],
  ['denies by an override', [], { overrides: [{ kind: 'policyEffect', value: 'Deny' }] }, { value: [{ name: 'i' }] }],
  [
    'denies by an override of its parameter',
    [],
    { parameters: { effect: { value: 'Audit' } }, overrides: [{ kind: 'policyEffect', value: 'Deny' }] },
    { value: [{ name: 'i' }] },
  ],
  [
    'denies, whatever the parameter "effect" of the initiative is for others',
    [{ parameters: { effect: { value: "[parameters('effect')]" } } }, { parameters: { effect: { value: 'Deny' } } }],
    { parameters: { effect: { value: 'Audit' } } },
    { value: [{ name: 'i' }] },
  ],
  [
    'changes requests',
    [{ parameters: { effect: { value: 'Append' } } }, { parameters: {} }],
    {},
    { value: [{ name: 'i', effect: 'append' }], unknown: ['i'] },
  ],
  ['has an effect of its own', [{ parameters: {} }], {}, { value: [], unknown: ['i'] }],
  ['audits', [{ parameters: { effect: { value: 'Audit' } } }], {}, { value: [], unknown: [] }],
])('an initiative with a definition that %s', async (_, policyDefinitions, more, wanted) => {
  const policyDefinitionId = '/providers/Microsoft.Authorization/policySetDefinitions/i';
  const { reader } = await serving((_request, response) => json(response, 200, { properties: { policyDefinitions, parameters: {} } }));
  const assignment = { name: 'i', properties: { policyDefinitionId, ...more } } as unknown as Body;
  const read = await reader.read(target, 'policyEffects', () => Promise.resolve({ state: 'read', body: { value: [assignment] } }));
  expect(read).toMatchObject({ state: 'read', body: wanted });
});

test.each<[string, object, readonly string[] | undefined]>([
  ['one type', { field: 'type', equals: 'Microsoft.Web/sites' }, ['microsoft.web/sites']],
  [
    'types and more',
    {
      allOf: [
        { field: 'location', equals: 'x' },
        { field: 'Type', in: ['A/b', 'C/d'] },
      ],
    },
    ['a/b', 'c/d'],
  ],
  [
    'one of two types',
    {
      anyOf: [
        { field: 'type', equals: 'A/b' },
        { field: 'type', equals: 'C/d' },
      ],
    },
    ['a/b', 'c/d'],
  ],
  [
    'a type or a location',
    {
      anyOf: [
        { field: 'type', equals: 'A/b' },
        { field: 'location', equals: 'x' },
      ],
    },
    undefined,
  ],
  ['a type that a parameter names', { field: 'type', equals: "[parameters('type')]" }, undefined],
  ['all but a type', { not: { field: 'type', equals: 'A/b' } }, undefined],
])('a policy that changes requests and is limited to %s', async (_, rule, types) => {
  const policyRule = JSON.parse(`{"if":${JSON.stringify(rule)},"then":{"effect":"modify"}}`) as unknown;
  const { reader } = await serving((_request, response) => json(response, 200, { properties: { policyRule } }));
  const policyDefinitionId = '/providers/Microsoft.Authorization/policyDefinitions/d';
  const assignment = { name: 'p', properties: { policyDefinitionId } } as unknown as Body;
  const read = await reader.read(target, 'policyEffects', () => Promise.resolve({ state: 'read', body: { value: [assignment] } }));
  expect('body' in read && read.body).toEqual({ value: [{ name: 'p', effect: 'modify', ...(types ? { types } : {}) }], unknown: [] });
});

test('a policy assignment that excludes the scope of the app does not apply to the app', async () => {
  const group = target.id.slice(0, target.id.indexOf('/providers/'));
  const excluding = (name: string, ...notScopes: string[]) => ({ id: `${target.id}/${name}`, name, properties: { notScopes } });
  const value = [
    excluding('none'),
    excluding('group', `${group.toUpperCase()}/`),
    excluding('app', target.id),
    excluding('longer', `${group}-2`),
    { id: `${target.id}/absent`, name: 'absent', properties: {} },
  ];
  const { reader } = await serving((_request, response) => json(response, 200, { value }));
  const read = await reader.read(target, 'policyAssignments', () => Promise.reject(new Error('not asked for')));
  const body = read.state === 'read' ? (read.body as { value: { name: string }[] } | null) : null;
  expect(body?.value.map(({ name }) => name)).toEqual(['none', 'longer', 'absent']);
});

test('definitions with a fixed effect in the default initiative of Defender for Cloud only audit', async () => {
  const policyDefinitionId = '/providers/Microsoft.Authorization/policySetDefinitions/1F3AFDF9-d0c9-4c3d-847f-89da613e70a8';
  const found = async (...effects: readonly string[]) => {
    const given = effects.map((value) => ({ parameters: { effect: { value } } }));
    const policyDefinitions = [{ parameters: {} }, {}, { parameters: { audit_effect: { value: 'Audit' } } }, ...given];
    const { reader } = await serving((_request, response) => json(response, 200, { properties: { policyDefinitions, parameters: {} } }));
    const assignment = { name: 'i', properties: { policyDefinitionId } } as unknown as Body;
    const read = await reader.read(target, 'policyEffects', () => Promise.resolve({ state: 'read', body: { value: [assignment] } }));
    return 'body' in read ? read.body : undefined;
  };
  expect(await found('Audit')).toEqual({ value: [], unknown: [] });
  expect(await found('[if(true)]')).toEqual({ value: [], unknown: ['i'] });
  expect(await found('Deny')).toEqual({ value: [{ name: 'i', effect: 'deny' }], unknown: [] });
});

test.each([
  ['that comes', [{ actions: ['*/read'] }], { granted: [{ actions: ['*/read'], notActions: [] }], roleName: 'Own' }],
  ['of another shape', [{ actions: '*' }], {}],
  ['that is refused', undefined, { lacks: 'Microsoft.Authorization/roleDefinitions/read' }],
])('a role of the tenant with the definition %s', async (_, permissions, wanted) => {
  const role = '7f3c1a52-0000-4000-8000-00000000abcd';
  const refusal = {
    error: {
      code: 'AuthorizationFailed',
      message:
        "The client 'c' with object id 'o' does not have authorization to perform action 'Microsoft.Authorization/roleDefinitions/read' over scope '/s'.",
    },
  };
  const { reader, seen } = await serving((_request, response) =>
    permissions ? json(response, 200, { properties: { roleName: 'Own', permissions } }) : json(response, 403, refusal),
  );
  const rows = [role, 'acdd72a7-3385-48ef-bd42-f606fba81ae7'].map((id) => ({ name: id, properties: { roleDefinitionId: `/x/${id}` } }));
  const read = await reader.read(target, 'roleDefinitions', () =>
    Promise.resolve({ state: 'read', body: { value: rows } as unknown as Body }),
  );
  const [found] = read.state === 'read' ? ((read.body?.['value'] ?? []) as unknown as Body[]) : [];
  expect(found).toMatchObject({ role, ...wanted });
  expect(found !== undefined && 'granted' in found).toBe('granted' in wanted);
  expect(seen).toHaveLength(1);
});

test('an endpoint that cannot be reached is reported after one more attempt', async () => {
  const waits: string[] = [];
  const { writer } = await connect({
    auth: 'token',
    environment: { FUNC_HARDEN_ACCESS_TOKEN: 'secret-token', FUNC_HARDEN_ARM_ENDPOINT: 'http://127.0.0.1:9' },
    version: 'test',
    clock: testTime().clock,
    say: (line) => void waits.push(line),
    onExchange: ({ method }) => void waits.push(method),
  });
  expect(await writer.read(target, 'site', () => Promise.reject(new Error('not asked')))).toMatchObject({ state: 'unreadable' });
  expect(waits.filter((one) => one === 'GET').length).toBeLessThanOrEqual(2);
});
