/**
 * Access to `/_emulator/`: state, faults and exchanges are for the user who started the emulator. Browser pages are refused by
 * Host and Origin, other users of the machine by the token; a process of the same user needs no token if the system can identify it.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { gatewayError, type EmulatedResponse } from '../answers.ts';

const FETCH_SITES = ['none', 'same-origin'];

/** Returns the refusal; undefined if the request may pass. */
export async function refusal(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  host: string,
  accessToken: string,
): Promise<EmulatedResponse | undefined> {
  const hosts = [host, host.replace('127.0.0.1', 'localhost')];
  if (!hosts.includes(headers.host ?? '')) return gatewayError(403, 'ForeignHost', 'This is not the host of the emulator.');
  const site = headers['sec-fetch-site'];
  const isForeign = headers.origin !== undefined && !hosts.some((one) => headers.origin === `http://${one}`);
  if (isForeign || (typeof site === 'string' && !FETCH_SITES.includes(site)))
    return gatewayError(403, 'ForeignOrigin', 'A page of another origin may not control the emulator.');
  const { authorization = '' } = headers;
  const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
  if (authorization === '' ? await isOwn(socket.remotePort) : token === accessToken) return undefined;
  return gatewayError(401, 'AuthenticationFailed', 'The emulator is controlled with the access token that it printed when it started.');
}

/** Returns whether the other end of a local connection is a process of the same user. */
async function isOwn(port: number | undefined): Promise<boolean> {
  const uid = process.getuid?.();
  if (uid === undefined || port === undefined) return false;
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')));
  return tables.some((table) => ownerIn(table, port) === uid);
}

/** Finds the user of a connected socket by its local port, in a table of the kernel. */
export function ownerIn(table: string, port: number): number | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , uid] = line.trim().split(/\s+/);
    if (state === '01' && local.endsWith(wanted)) return Number(uid);
  }
  return undefined;
}
