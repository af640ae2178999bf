/** Only the user who started the emulator can use `/_emulator/`, and no regular expression can block it. */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { parseFaults } from '../../src/emulator/server/faults.ts';
import { ownerIn, refusal } from '../../src/emulator/server/door.ts';
import { world, type World } from '../helpers/world.ts';

/** fetch() sets these headers by itself. */
function ask(here: World, path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${here.endpoint}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end(method === 'POST' ? '[]' : undefined);
  });
}

const PATHS = [
  ['GET', '/_emulator/state'],
  ['GET', '/_emulator/exchanges'],
  ['POST', '/_emulator/faults'],
  ['POST', '/_emulator/reset'],
] as const;

test.each(PATHS)('%s %s is refused for other tokens, hosts and origins', async (method, path) => {
  const here = await world();
  const mine = { authorization: `Bearer ${here.accessToken}` };
  const { host } = new URL(here.endpoint);
  for (const authorization of ['Bearer other', 'Basic eDp5', `Token ${here.accessToken}`])
    expect(await ask(here, path, { authorization }, method)).toBe(401);
  expect(await ask(here, path, { authorization: `Bearer ${here.readerToken}` }, method)).toBe(401);
  expect(await ask(here, path, { ...mine, host: 'rebound.example' }, method)).toBe(403);
  expect(await ask(here, path, { ...mine, host: host.replace('127.0.0.1', 'evil.example') }, method)).toBe(403);
  expect(await ask(here, path, { ...mine, origin: 'https://evil.example' }, method)).toBe(403);
  expect(await ask(here, path, { ...mine, origin: 'null' }, method)).toBe(403);
  expect(await ask(here, path, { ...mine, 'sec-fetch-site': 'cross-site' }, method)).toBe(403);
  expect(await ask(here, path, { ...mine, origin: here.endpoint }, method)).toBeLessThan(300);
  expect(await ask(here, path, mine, method)).toBeLessThan(300);
});

test('an invalid request is refused and does not stop the emulator', async () => {
  const here = await world();
  const headers = { authorization: `Bearer ${here.accessToken}` };
  expect((await fetch(`${here.endpoint}/subscriptions/%E0%A4%A/x?api-version=2022-12-01`, { headers })).status).toBe(400);
  const body = ' '.repeat(5 * 1024 * 1024);
  expect((await fetch(`${here.endpoint}/subscriptions`, { method: 'POST', headers, body })).status).toBe(413);
});

test('without a token only a process of the same user has access, if the system tells the user', async () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 2 1`;
  expect(ownerIn(table, 0xc001)).toBe(1001);
  expect(ownerIn(table, 0x1f90), 'who listens asks nothing').toBeUndefined();
  const asked = { headers: { host: '127.0.0.1:1' }, socket: { remotePort: 1 } };
  expect(await refusal(asked as never, '127.0.0.1:1', 'token')).toMatchObject({ status: 401 });
});

test('a regular expression that never ends matches nothing, and the next request is answered', { timeout: 10_000 }, async () => {
  const here = await world();
  for (const path of ['(a+)+$', '(a|a)*$', '((a*)*)*Z9', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
    await here.faults([{ method: 'GET', path, times: 1, status: 500 }]);
    const answer = await fetch(`${here.endpoint}/subscriptions/${'a'.repeat(60)}!?api-version=2022-12-01`);
    expect(answer.status, path).toBe(401);
  }
  await here.faults([{ method: 'GET', path: 'subscriptions.*version', times: 1, status: 503 }]);
  expect((await fetch(`${here.endpoint}/subscriptions?api-version=2022-12-01`)).status).toBe(503);
});

test.each([
  ['times: "3"', { times: '3' }, 'fault 1: times is a whole number, 0 or more'],
  ['times: -1', { times: -1 }, 'fault 1: times is a whole number, 0 or more'],
  ['times: 1.5', { times: 1.5 }, 'fault 1: times is a whole number, 0 or more'],
  ['status: "500"', { status: '500' }, 'fault 1: status is a whole number from 200 to 599'],
  ['status: 99', { status: 99 }, 'fault 1: status is a whole number from 200 to 599'],
  ['delayMs: "5"', { delayMs: '5' }, 'fault 1: delayMs is a number of milliseconds from 0 to 600000'],
  ['a method that is a list', { method: ['GET'] }, 'fault 1: method is text'],
  ['a path that is a number', { path: 5 }, 'fault 1: path is text'],
  ['headers that are a list', { headers: ['a'] }, 'fault 1: headers is an object'],
  ['a header that no server can send', { headers: { 'a\nb': 'x' } }, 'fault 1: headers is an object'],
  ['a header with a line feed', { headers: { a: 'x\r\ny: z' } }, 'fault 1: headers is an object'],
  ['drop: true', { drop: true }, 'fault 1: drop is "before" or "after"'],
])('a fault with %s is refused', (_, fault, problem) => {
  expect(() => parseFaults([{ path: 'x', ...fault }] as never)).toThrow(problem);
});

test('a fault needs only the members that it uses', () => {
  expect(parseFaults([{ path: 'x', status: null, times: null }])).toMatchObject([{ left: 1, delayMs: 0, headers: {} }]);
  expect(parseFaults([{ status: 503, times: 0, headers: { 'retry-after': 5 } }])).toMatchObject([
    { left: 0, headers: { 'retry-after': '5' } },
  ]);
});
