/** A wrong endpoint is reported early: one that refuses, one with an unknown name, and one that never responds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect as open, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/connect.ts';
import type { Clock } from '../../src/engine/ports.ts';
import type { Target } from '../../src/azure/index.ts';
import { ORDERS } from '../helpers/world.ts';

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

/** A clock on which a wait without result ends at once, and which adds up the length of these waits. */
function counting(quick: boolean): { clock: Clock; waited: () => number } {
  let waited = 0;
  const pass = (milliseconds: number) => void (waited += milliseconds);
  return {
    waited: () => waited,
    clock: {
      now: () => new Date(),
      elapsed: () => performance.now() + waited,
      sleep: async (milliseconds) => pass(milliseconds),
      after(milliseconds, call) {
        // The time limit of a connection ends when no other work is left; the limit of an answer is not reached before.
        const timer = milliseconds > 3000 ? undefined : setTimeout(() => (pass(milliseconds), call()), quick ? 300 : milliseconds);
        return () => clearTimeout(timer);
      },
    },
  };
}

/** A port of a stopped process with a full queue, which never responds. */
async function swallowing(): Promise<number> {
  const code = `const s = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(String(s.address().port), () => process.kill(process.pid, 'SIGSTOP')); });`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const filling: Socket[] = [];
  onTestFinished(() => {
    for (const socket of filling) socket.destroy();
    child.kill('SIGKILL');
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  // The process stops a moment after it reported its port; until then it accepts connections.
  for (;;) {
    const socket = open(Number(String(port)), '127.0.0.1').on('error', () => {});
    filling.push(socket);
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<false>((resolve) => void setTimeout(() => resolve(false), 150)),
    ]);
    if (!connected) return Number(String(port));
  }
}

async function asking(endpoint: string, quick = true) {
  const { clock, waited } = counting(quick);
  const connection = await connect({
    auth: 'token',
    environment: { FUNC_HARDEN_ACCESS_TOKEN: 'token', FUNC_HARDEN_ARM_ENDPOINT: endpoint },
    version: 'test',
    clock,
    say: () => {},
  });
  const fact = await connection.reader.readOne(target, 'site');
  return { failure: fact.state === 'unreadable' ? fact.failure : undefined, waited: waited() };
}

test.skipIf(process.platform !== 'linux')('a host that drops packets is reported within 3 s, once', async () => {
  const { failure, waited } = await asking(`http://127.0.0.1:${await swallowing()}`);
  expect(failure).toMatchObject({ kind: 'network', mayHaveHappened: false, message: expect.stringContaining('cannot be reached') });
  expect(waited).toBeGreaterThan(2000);
  expect(waited).toBeLessThan(3000);
});

test('a port that refuses connections is reported within 3 s', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { failure, waited } = await asking(`http://127.0.0.1:${port}`);
  expect(failure).toMatchObject({ kind: 'network', message: expect.stringContaining('cannot be reached') });
  expect(waited).toBeLessThan(3000);
});

test('a slow answer is awaited once the connection is established', async () => {
  const server = createServer((_, response) => setTimeout(() => response.end('{"name":"slow"}'), 600)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { failure } = await asking(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, false);
  // An invalid answer is an answer too: the endpoint was reached.
  expect(failure?.kind).not.toBe('network');
});

test('a lost endpoint is awaited once, not by each app of a fleet, and again after it was reachable in between', async () => {
  const serve = (port = 0) => createServer((_, response) => response.end('{"properties":{"state":"Running"}}')).listen(port, '127.0.0.1');
  const close = (server: Server) => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  let server = serve();
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { clock, waited } = counting(true);
  const why: string[] = [];
  const { reader } = await connect({
    auth: 'token',
    environment: { FUNC_HARDEN_ACCESS_TOKEN: 'token', FUNC_HARDEN_ARM_ENDPOINT: `http://127.0.0.1:${port}` },
    version: 'test',
    clock,
    say: (line) => void why.push(line),
  });
  const reading = async (name: string) => {
    const before = waited();
    const id = ORDERS.replace('fn-orders', name);
    const { state } = await reader.readOne({ ...target, id, name, label: name }, 'site');
    return { state, seconds: (waited() - before) / 1000 };
  };
  expect((await reading('a')).state).toBe('read');
  await close(server);
  expect(await reading('b')).toMatchObject({ state: 'unreadable', seconds: expect.closeTo(15, -1) as number });
  expect(why.join('\n')).toContain('Azure cannot be reached');
  for (const name of ['c', 'd']) {
    expect(await reading(name)).toEqual({ state: 'unreadable', seconds: 0 });
  }
  server = serve(port);
  await once(server, 'listening');
  expect((await reading('e')).state).toBe('read');
  await close(server);
  expect((await reading('f')).seconds).toBeGreaterThan(10);
});
