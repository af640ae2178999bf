/** A time limit for the first connection, so that a wrong address that drops packets is reported soon. */
// Imported as a namespace, because the bundle then loads only the module that is used.
import http from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Clock } from '../engine/ports.ts';

/** Milliseconds for the connection alone, after the address is resolved; three round trips of a slow satellite. */
const CONNECT_LIMIT = 2500;

/** Returns an agent that ends a connection which takes too long, until the first success shows that the host is the right one. */
export function connectAgent({ protocol }: URL, clock: Clock): http.Agent {
  const agent = protocol === 'https:' ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const create = agent.createConnection.bind(agent);
  let hasConnected = false;
  agent.createConnection = (options, callback) => {
    const socket = create(options, callback);
    if (!hasConnected && socket) limit(socket as Socket, options.host ?? '', clock, () => (hasConnected = true));
    return socket;
  };
  return agent;
}

function limit(socket: Socket, host: string, clock: Clock, connected: () => void): void {
  let inTime: (() => void) | undefined;
  const start = () => {
    inTime ??= clock.after(CONNECT_LIMIT, () => {
      const message = `connect ETIMEDOUT ${host}: no connection within ${CONNECT_LIMIT / 1000} s`;
      socket.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
    });
  };
  // A slow name server does not mean that the address is wrong.
  if (isIP(host.replace(/^\[|\]$/g, '')) > 0) start();
  else socket.once('lookup', start);
  socket.once('connect', () => {
    inTime?.();
    connected();
  });
  socket.once('close', () => inTime?.());
}
