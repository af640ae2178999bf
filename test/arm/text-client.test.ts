/** The HTTP client of the pipeline behaves like the client of Azure's library, against a server that misbehaves. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDefaultHttpClient, createPipelineRequest, type HttpClient } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTextClient } from '../../src/arm/http/text-client.ts';
import { exchangeText } from '../../src/files/http-exchange.ts';

const TEXT = 'ä€'.repeat(50_000);
const arrived: string[] = [];

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    arrived.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? ''} ${body}`);
    if (request.url === '/silent') return;
    if (request.url === '/refused') return void request.socket.destroy();
    if (request.url === '/broken')
      return void response.writeHead(200, { 'content-length': 1000 }).write('{', () => request.socket.destroy());
    if (request.url === '/more') return void request.socket.write('HTTP/1.1 204 No Content\r\n\r\nmore');
    if (request.url === '/slow') return void response.writeHead(200).write('{');
    response.writeHead(request.url === '/empty' ? 204 : 200, { 'X-One': ' a ', 'Set-Cookie': ['b=1', 'c=2'] });
    response.end(request.url === '/empty' ? undefined : TEXT);
  });
});
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** Returns the result of an exchange for its caller. @param stop when the caller stops it */
async function seen(client: HttpClient, path: string, stop?: 'before' | 'waiting' | 'reading') {
  const controller = new AbortController();
  let loaded = 0;
  const request = createPipelineRequest({
    url: `${origin}${path}`,
    method: 'POST',
    body: '{"ä":1}',
    allowInsecureConnection: true,
    abortSignal: controller.signal,
    onDownloadProgress: ({ loadedBytes }) => {
      loaded = loadedBytes;
      if (stop === 'reading') controller.abort();
    },
  });
  request.headers.set('Content-Type', 'application/json');
  if (stop === 'before') controller.abort();
  const before = arrived.length;
  const answer = client.sendRequest(request);
  const outcome = answer.then(
    ({ status, headers, bodyAsText }) => ({
      status,
      loaded,
      text: bodyAsText,
      one: headers.get('x-one'),
      cookie: headers.get('set-cookie'),
    }),
    ({ name, code }: { name: string; code?: string }) => ({ name, code }),
  );
  if (stop === 'waiting') {
    await expect.poll(() => arrived.length).toBeGreaterThan(before);
    controller.abort();
  }
  return { ...(await outcome), arrived: arrived.slice(before) };
}

test.each([
  ['/', undefined],
  ['/empty', undefined],
  ['/refused', undefined],
  ['/broken', undefined],
  ['/more', undefined],
  ['/silent', 'waiting'],
  ['/slow', 'reading'],
  ['/', 'before'],
] as const)('POST %s, stopped %s: same result as the client of the library', async (path, stop) => {
  const own = await seen(createTextClient(exchangeText), path, stop);
  expect(own).toEqual(await seen(createDefaultHttpClient(), path, stop));
  if (stop) expect(own).toMatchObject({ name: 'AbortError' });
  if (path === '/' && !stop)
    expect(own).toMatchObject({ status: 200, text: TEXT, loaded: Buffer.byteLength(TEXT), one: 'a', cookie: 'b=1' });
});

test('a request without TLS is not sent unless the pipeline allows it', async () => {
  const before = arrived.length;
  const request = createPipelineRequest({ url: `${origin}/`, method: 'GET' });
  await expect(createTextClient(exchangeText).sendRequest(request)).rejects.toThrow(/without TLS/);
  expect(arrived).toHaveLength(before);
});
