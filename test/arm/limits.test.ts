/** Numbers, sizes, pages and waits from Azure are limited. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { isTooDeep } from '../../src/arm/http/answer-limits.ts';
import { pollWait, retryWait } from '../../src/arm/http/waits.ts';
import { Pages } from '../../src/arm/pages.ts';
import { connect } from '../../src/connect.ts';
import type { ArmClient } from '../../src/arm/client.ts';
import { waitUntilDone } from '../../src/arm/writes/operations.ts';
import { exchangeText } from '../../src/files/http-exchange.ts';
import type { Json, Target } from '../../src/azure/index.ts';
import { progressBar } from '../../src/app/progress-bar.ts';
import { between, reword } from '../helpers/between.ts';
import { testTime } from '../helpers/clock.ts';
import { inside } from '../helpers/inside.ts';
import { ORDERS, world } from '../helpers/world.ts';

const asks = (value: string) => (name: string) => (name === 'retry-after' ? value : undefined);

test.each(['0', '-1', 'NaN', '0x0', '1e400', '', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
  'a Retry-After of %j: waits grow from a minimum up to the longest wait',
  (value) => {
    const waits = Array.from({ length: 30 }, (_, tried) => retryWait(asks(value), tried));
    const looks = Array.from({ length: 30 }, (_, look) => pollWait(asks(value), look, 2000));
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(Math.min(250 * 2 ** index, 100_000));
      expect(wait).toBeLessThanOrEqual(120_000);
    }
    for (const [index, wait] of looks.entries()) {
      expect(wait).toBeGreaterThanOrEqual(Math.min(1000 * 1.5 ** index, 30_000));
      expect(wait).toBeLessThanOrEqual(30_000);
    }
  },
);

async function answering(answer: (response: ServerResponse, count: number) => void) {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    count += 1;
    answer(response, count);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { FUNC_HARDEN_ACCESS_TOKEN: 'x', FUNC_HARDEN_ARM_ENDPOINT: endpoint };
  const { clock } = testTime();
  return { ...(await connect({ auth: 'token', environment, version: 'test', say: () => {}, clock })), clock, count: () => count };
}
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

test('an endless response body is cut off and reported as too large', async () => {
  const piece = Buffer.alloc(1 << 20, 32);
  const { reader } = await answering((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      if (!response.destroyed && !response.write(piece)) response.once('drain', more);
      else if (!response.destroyed) setImmediate(more);
    };
    more();
  });
  const fact = await reader.readOne(target, 'site');
  expect(fact).toMatchObject({ state: 'unreadable', failure: { code: 'AnswerTooLarge' } });
  expect(process.memoryUsage().rss).toBeLessThan(1_500_000_000);
});

test.each(['-100000', '-1e9', 'NaN', 'Infinity', '1e308', '0'])('a remaining budget of %s stops no request for long', async (left) => {
  const { reader, clock } = await answering((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-ms-ratelimit-remaining-subscription-reads': left });
    response.end('{"properties":{"state":"Running"}}');
  });
  const began = clock.elapsed();
  for (let read = 0; read < 3; read++) expect((await reader.readOne(target, 'site')).state).toBe('read');
  expect(clock.elapsed() - began).toBeLessThan(3000);
});

test('pages that repeat or never end are not accepted as a list', async () => {
  const pages = new Pages();
  pages.count('a');
  expect(() => pages.count('a')).toThrow('an incomplete list');
  const many = new Pages();
  expect(() => {
    for (let page = 0; page < 2000; page++) many.count(String(page));
  }).toThrow('an incomplete list');
  expect(() => new Pages().count('a', 1e9)).toThrow('an incomplete list');
});

test.each(['sites', 'vaults', 'storageAccounts'])(
  'a list of %s whose next page is itself is given up',
  { timeout: 20_000 },
  async (type) => {
    const here = await world();
    const list = new RegExp(`/providers/[\\w.]+/${type}\\?`, 'i');
    const proxy = await between(here.endpoint, {
      after: ({ url }, answer) => {
        if (list.test(url) && answer.status === 200) reword(answer, (body) => ({ ...body, nextLink: `${proxy.endpoint}${url}` }));
      },
    });
    // A slot is listed by ARM, not by the inventory.
    const ran = await inside(here, ['audit', '--app', 'fn-orders'], { FUNC_HARDEN_ARM_ENDPOINT: proxy.endpoint });
    expect([1, 2, 6], ran.stdout + ran.stderr).toContain(ran.code);
    expect(ran.stdout + ran.stderr).toContain('an incomplete list');
    expect(proxy.seen.filter(({ url }) => list.test(url)).length).toBeLessThan(20);
  },
);

test('a resource with more members than Azure allows is an invalid answer', async () => {
  const settings = Object.fromEntries(Array.from({ length: 30_000 }, (_, number) => [`S${number}`, 'x']));
  for (const properties of [settings, { ipSecurityRestrictions: Object.keys(settings) }]) {
    const { reader } = await answering((response) => response.end(JSON.stringify({ properties })));
    expect(await reader.readOne(target, 'site')).toMatchObject({ state: 'unreadable', failure: { code: 'UnexpectedAnswer' } });
  }
});

test('an answer that changes the protocol ends the request at once', async () => {
  const server = createServer().on('connection', (socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await expect(exchangeText({ url, method: 'GET', headers: {} })).rejects.toMatchObject({ code: 'PARSE_ERROR' });
});

test('a status of an operation that is no word of Azure is not shown', async () => {
  const shown: string[] = [];
  const statuses = ['ResolvingDNS', 'Password=hunter2hunter', 'Succeeded'];
  const answer = (body: Json) => ({ status: 202, body, correlationId: null, header: () => '/operations/1', length: 0 });
  const client = { follow: () => Promise.resolve(answer({ status: statuses.shift()! })) } as unknown as ArmClient;
  const onProgress = (status: string) => void shown.push(status);
  await waitUntilDone(client, answer(null), { wait: 1, clock: testTime().clock, onProgress });
  expect(shown).toEqual(['ResolvingDNS', 'InProgress']);
});

test('brackets are counted only outside of strings', () => {
  expect(isTooDeep(`${'['.repeat(201)}${']'.repeat(201)}`)).toBe(true);
  expect(isTooDeep(`${'{"a":'.repeat(201)}1${'}'.repeat(201)}`)).toBe(true);
  expect(isTooDeep(`["${'['.repeat(500)}","\\"${'{'.repeat(500)}"]`)).toBe(false);
  expect(isTooDeep(`[${'[],'.repeat(500)}[]]`)).toBe(false);
});

test('in a log file, the reason of a wait is one line for all waiting requests', () => {
  const said: string[] = [];
  const look = { colour: false, ascii: false } as const;
  const io = {
    out: () => {},
    err: (text: string) => void said.push(text),
    outLook: look,
    errLook: look,
    width: 80,
    interactive: false,
    asks: false,
    fullScreen: false,
  };
  const bar = progressBar({ io, clock: testTime().clock }, 'apps', false);
  for (let request = 0; request < 5; request++) bar.waits('Azure is throttling requests', 9000, false);
  expect(said).toEqual(['Azure is throttling requests; waiting 9 s\n']);
});

test('an answer that takes more than five seconds is reported during the wait', async () => {
  const here = await world({ time: testTime() });
  await here.faults([{ method: 'GET', path: '/sites/fn-orders/config/web', times: 1, delayMs: 6000 }]);
  const { stderr } = await inside(here, ['audit', '--app', 'fn-orders', '--step', 'ftp', '--json']);
  expect(stderr).toContain('Azure is slow to answer; waiting up to 55 s');
});

test('a read without an answer within the time limit is sent once more', async () => {
  const here = await world({ time: testTime() });
  await here.faults([{ method: 'GET', path: '/sites/fn-orders/config/web', times: 6, delayMs: 70_000 }]);
  const { stdout } = await inside(here, ['audit', '--app', 'fn-orders', '--step', 'ftp', '--json']);
  expect(stdout).toContain('No response within the time limit');
  expect((await here.exchanges()).filter(({ url }) => /fn-orders\/config\/web/.test(url))).toHaveLength(2);
});
