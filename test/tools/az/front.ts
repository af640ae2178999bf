/**
 * Endpoints that the Azure CLI needs before it sends requests: https, and a sign-in service. Other requests are forwarded to the emulator
 * unchanged.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RunningEmulator } from '../../../src/emulator/server/server.ts';
import type { Certificates } from '../../helpers/certificates.ts';

export interface Principal {
  readonly id: string;
  readonly secret: string;
}

export interface Front {
  readonly origin: string;
  /** Returns the number of forwarded requests. */
  requests(): number;
  close(): Promise<void>;
}

/** The CLI verifies other authorities with Microsoft's; the name of an AD FS authority is accepted without that. */
export const SIGN_IN = '/adfs';
/** Shorter than the lifetime of the emulator's token. */
const SECONDS = 3600;

export async function startFront(emulator: RunningEmulator, { cert, key }: Certificates, principal: Principal): Promise<Front> {
  let origin = '';
  let requests = 0;
  const server = createServer({ cert, key }, (request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const { pathname } = new URL(request.url ?? '/', origin);
    if (pathname.startsWith(`${SIGN_IN}/`)) return signIn(pathname, body.toString('utf8'), response);
    requests += 1;
    const { authorization, 'content-type': type } = request.headers;
    const handed = await fetch(`${emulator.endpoint}${request.url ?? '/'}`, {
      method: request.method ?? 'GET',
      headers: { ...(authorization ? { authorization } : {}), ...(type ? { 'content-type': type } : {}) },
      ...(body.length > 0 ? { body } : {}),
    });
    // Links to pages and long-running operations must lead back through this server.
    const through = (text: string): string => text.replaceAll(emulator.endpoint, origin);
    const hop = /^(connection|content-length|keep-alive|transfer-encoding)$/i;
    const headers = [...handed.headers].filter(([name]) => !hop.test(name)).map(([name, value]) => [name, through(value)] as const);
    response.writeHead(handed.status, Object.fromEntries(headers)).end(through(await handed.text()));
  }

  function signIn(pathname: string, body: string, response: ServerResponse): void {
    const json = (status: number, value: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const at = `${origin}${SIGN_IN}`;
    if (pathname === `${SIGN_IN}/.well-known/openid-configuration`)
      return json(200, { issuer: at, authorization_endpoint: `${at}/oauth2/authorize`, token_endpoint: `${at}/oauth2/token` });
    if (pathname !== `${SIGN_IN}/oauth2/token`) return json(404, { error: 'not_found' });
    const form = new URLSearchParams(body);
    const isKnown = form.get('client_id') === principal.id && same(form.get('client_secret') ?? '', principal.secret);
    if (form.get('grant_type') !== 'client_credentials' || !isKnown)
      return json(401, { error: 'invalid_client', error_description: 'This sign-in service knows one service principal and its secret.' });
    json(200, { token_type: 'Bearer', expires_in: SECONDS, access_token: emulator.accessToken });
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    requests: () => requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const same = (given: string, wanted: string): boolean =>
  given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
