/** How long the first connection may take: a wrong address that swallows what is sent to it is told soon. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Clock } from '../engine/ports.ts';

/** Milliseconds for the connection alone, from the moment its address is known; three round trips of a slow satellite. */
export const CONNECT_LIMIT = 2500;

/**
 * Ends a connection that is not made in time, as long as none ever was: after that the host is a right one, and waits are its own.
 */
export function connectAgent({ protocol }: URL, clock: Clock): HttpAgent {
  const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
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
  // A slow name server is no wrong address.
  if (isIP(host.replace(/^\[|\]$/g, '')) > 0) start();
  else socket.once('lookup', start);
  socket.once('connect', () => {
    inTime?.();
    connected();
  });
  socket.once('close', () => inTime?.());
}
