/** Storage for a shared undo log that gives invalid answers: each ends with an error message, and none is awaited without end. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { blobState } from '../../src/arm/shared-log/blob-state.ts';
import { sharedPlace } from '../../src/arm/shared-log/shared-place.ts';
import { UserError } from '../../src/engine/errors.ts';
import { testTime } from '../helpers/clock.ts';
import { listening } from '../helpers/listening.ts';

async function stateAt(answer: RequestListener) {
  let requests = 0;
  const scopes = new Set<string | string[]>();
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const place = sharedPlace(`http://127.0.0.1:${(server.address() as AddressInfo).port}/account/logs`);
  const state = blobState({
    place,
    credential: {
      getToken: (scope) => {
        scopes.add(scope);
        return Promise.resolve({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER });
      },
    },
    version: 'test',
    clock: testTime().clock,
    say: () => {},
  });
  return { state, scopes, requests: () => requests };
}

const page = (marker: string): string =>
  `<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>journal/x.jsonl</Name><Properties/></Blob></Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`;
const xml = { 'content-type': 'application/xml' };
const blob = { 'content-type': 'application/octet-stream', 'last-modified': 'Sat, 28 Nov 2026 00:00:00 GMT', etag: '"0x1"' };

test('a list of blobs whose pages repeat or never end is given up', async () => {
  const around = await stateAt((_, response) => response.writeHead(200, xml).end(page('again')));
  await expect(around.state.names()).rejects.toThrow('the storage service returned an endless list of logs');
  expect(around.requests()).toBe(2);
  expect([...around.scopes], 'a token for storage, and no other').toEqual(['https://storage.azure.com/.default']);
  let at = 0;
  const onward = await stateAt((_, response) => response.writeHead(200, xml).end(page(`m${++at}`)));
  await expect(onward.state.names()).rejects.toThrow('the storage service returned an endless list of logs');
  expect(onward.requests()).toBeLessThan(300);
});

test.each<[string, RequestListener]>([
  ['a log larger than any', (_, response) => void response.writeHead(200, { ...blob, 'content-length': '99999999999' }).write('x')],
  ['a log of no length', (_, response) => response.writeHead(200, { ...blob, 'transfer-encoding': 'chunked' }).end('x')],
])('%s', async (_, answer) => {
  const { state } = await stateAt(answer);
  expect(await state.read('20261128T000000000Z-abcd').then(String, (error: unknown) => error)).toBeInstanceOf(UserError);
});

test('an answer that is not a list of blobs is an error', async () => {
  const { state } = await stateAt((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'));
  expect(await state.names().then(String, (error: unknown) => error)).toBeInstanceOf(UserError);
});

test.each([301, 302, 307, 308])('a next page on another host (%i) is not followed', async (status) => {
  let asked = 0;
  const port = await listening(createServer((_, response) => void (asked++, response.writeHead(200, xml).end(page('')))));
  const { state } = await stateAt((_, response) => response.writeHead(status, { location: `http://127.0.0.1:${port}/` }).end());
  for (const reading of [state.names(), state.read('20261128T000000000Z-abcd')])
    expect(await reading.then(String, (error: unknown) => error)).toBeInstanceOf(UserError);
  expect(asked).toBe(0);
});

test.each([
  ['its own', '', '{"a":"ü"}', undefined],
  ['that of another process', '{}\n', '{}', 'Another process started a run with this name'],
])('a log and a plan that exist after their answer was lost: %s', async (_, log, plan, says) => {
  const { state } = await stateAt((request, response) => {
    const text = request.url?.includes('.plan.json') ? plan : log;
    if (request.method === 'GET') return void response.writeHead(200, { ...blob, 'content-length': Buffer.byteLength(text) }).end(text);
    request.resume().on('end', () => response.writeHead(409, xml).end('<Error><Code>BlobAlreadyExists</Code><Message>-</Message></Error>'));
  });
  const run = '20261128T000000000Z-abcd';
  for (const work of [state.open(run, false), state.keepPlan(run, Buffer.from('{"a":"ü"}'))])
    expect(await work.then(() => 'done', String)).toContain(says ?? 'done');
});
