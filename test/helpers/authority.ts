/** A sign-in service and an Azure Resource Manager over https on loopback: what they issue, what they refuse, what they saw. */
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listening } from './listening.ts';
import type { Certificates } from './certificates.ts';
import { QUICK } from './world.ts';

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const OTHER_TENANT = '22222222-2222-4222-8222-222222222222';
export const APP = '33333333-3333-4333-8333-333333333333';
/** The assertion that a workload identity uses instead of a secret. */
export const FEDERATED = 'the-federated-token';
export const SECRET = 'the-secret-of-the-app';

export interface Refusal {
  readonly error: string;
  readonly code?: number;
  readonly says?: string;
}

export interface Authority {
  readonly host: string;
  readonly armOrigin: string;
  /** Answers to the next token requests instead of a token, in order. */
  readonly tokenTrouble: Refusal[];
  /** Answers to the next ARM requests; undefined passes one on. A refused token stays refused. */
  readonly armTrouble: ('expired' | 'claims' | 'tenant' | undefined)[];
  /** Bodies of token requests, secrets and all. */
  readonly asked: URLSearchParams[];
  /** `METHOD path` of the requests to Azure Resource Manager, with their tokens. */
  readonly done: { readonly request: string; readonly token: string }[];
  readonly codes: () => number;
  /** A token that Azure Resource Manager takes. */
  issue(tenant?: string): string;
  readonly environment: Readonly<Record<string, string>>;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
let serial = 0;

function jwt(tenant: string, more: Record<string, unknown>): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { tid: tenant, oid: '44444444-4444-4444-8444-444444444444', appid: APP, idtyp: 'app', iat: now, exp: now + 3600 };
  return `${encoded({ alg: 'none' })}.${encoded({ ...claims, jti: String((serial += 1)), ...more })}.c2lnbmF0dXJl`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

export async function startAuthority({ key, cert, caFile, appFile }: Certificates): Promise<Authority> {
  const tokenTrouble: Refusal[] = [];
  const armTrouble: Authority['armTrouble'][number][] = [];
  const asked: URLSearchParams[] = [];
  const done: { request: string; token: string }[] = [];
  const good = new Set<string>();
  let codes = 0;
  const issue = (tenant = TENANT, more = {}): string => {
    const token = jwt(tenant, more);
    good.add(token);
    return token;
  };

  const authority = createServer({ key, cert }, (request, response) => void signIn(request, response));
  const host = `https://localhost:${await listening(authority)}`;

  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', host);
    const [tenant = '', ...rest] = url.pathname.split('/').filter(Boolean);
    const at = `${host}/${tenant}`;
    if (rest.join('/') === 'v2.0/.well-known/openid-configuration') {
      if (tenant === OTHER_TENANT)
        return json(response, 400, {
          error: 'invalid_tenant',
          error_description: `AADSTS90002: Tenant '${tenant}' not found.`,
          error_codes: [90002],
        });
      return json(response, 200, {
        issuer: `${at}/v2.0`,
        authorization_endpoint: `${at}/oauth2/v2.0/authorize`,
        token_endpoint: `${at}/oauth2/v2.0/token`,
        device_authorization_endpoint: `${at}/oauth2/v2.0/devicecode`,
        jwks_uri: `${at}/discovery/v2.0/keys`,
      });
    }
    const body = new URLSearchParams(await bodyOf(request));
    if (rest.at(-1) === 'devicecode') {
      codes += 1;
      return json(response, 200, {
        user_code: 'ABCD-EFGH',
        device_code: 'the-device-code',
        verification_uri: 'https://microsoft.com/devicelogin',
        expires_in: 900,
        interval: 0,
        message: 'Open https://microsoft.com/devicelogin and enter the code ABCD-EFGH',
      });
    }
    if (rest.at(-1) !== 'token') return json(response, 404, {});
    asked.push(body);
    const refusal = tokenTrouble.shift() ?? refusalOf(body);
    if (refusal) {
      const { error, code, says = `AADSTS${code}: It is refused. Trace ID: 5 Correlation ID: 6 Timestamp: 7` } = refusal;
      return json(response, code ? 401 : 400, { error, error_description: says, ...(code ? { error_codes: [code] } : {}) });
    }
    const isPerson = body.get('grant_type') !== 'client_credentials';
    const person = { appid: undefined, idtyp: 'user', upn: 'dana@contoso.example' };
    return json(response, 200, {
      token_type: 'Bearer',
      expires_in: 3600,
      access_token: issue(tenant === 'organizations' ? TENANT : tenant, isPerson ? person : {}),
      ...(isPerson
        ? {
            refresh_token: 'the-refresh-token',
            scope: body.get('scope'),
            client_info: encoded({ uid: '44444444-4444-4444-8444-444444444444', utid: TENANT }),
            id_token: `${encoded({ alg: 'none' })}.${encoded({ aud: body.get('client_id'), iss: `${at}/v2.0`, tid: TENANT, oid: '4', sub: '5', preferred_username: 'dana@contoso.example', exp: Math.floor(Date.now() / 1000) + 3600 })}.`,
          }
        : {}),
    });
  }

  function refusalOf(body: URLSearchParams): Refusal | undefined {
    if (body.get('grant_type') !== 'client_credentials') return undefined;
    if (body.get('client_id') !== APP) return { error: 'unauthorized_client', code: 700016 };
    const assertion = body.get('client_assertion');
    if (assertion) return assertion === FEDERATED || isSigned(assertion) ? undefined : { error: 'invalid_client', code: 700027 };
    return body.get('client_secret') === SECRET ? undefined : { error: 'invalid_client', code: 7000215 };
  }

  /** By the app's own key, as PS256 or RS256. */
  function isSigned(assertion: string): boolean {
    const [head = '', claims = '', signature = ''] = assertion.split('.');
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg: string };
    const publicKey = createPublicKey(new X509Certificate(readFileSync(appFile)).publicKey.export({ type: 'spki', format: 'pem' }));
    const padding = alg.startsWith('PS') ? { padding: 6, saltLength: 32 } : {};
    return verify('sha256', Buffer.from(`${head}.${claims}`), { key: publicKey, ...padding }, Buffer.from(signature, 'base64url'));
  }

  const arm = createServer({ key, cert }, (request, response) => void answer(request, response));
  const armOrigin = `https://localhost:${await listening(arm)}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await bodyOf(request);
    const url = new URL(request.url ?? '', armOrigin);
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const refuse = (code: string, message: string, challenge: string, tenant = TENANT) => {
      json(
        response,
        401,
        { error: { code, message } },
        { 'www-authenticate': `Bearer authorization_uri="${host}/${tenant}", ${challenge}` },
      );
    };
    if (!good.has(token))
      return refuse('AuthenticationFailed', 'Authentication failed.', 'error="invalid_token", error_description="none"');
    const why = armTrouble.shift();
    if (why) good.delete(token);
    if (why === 'expired')
      return refuse(
        'ExpiredAuthenticationToken',
        'The access token expiry UTC time is earlier than current UTC time.',
        'error="invalid_token", error_description="The access token has expired."',
      );
    if (why === 'claims')
      return refuse(
        'AuthenticationFailed',
        'The session was revoked.',
        `error="insufficient_claims", claims="${Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1600000000"}}}').toString('base64')}"`,
      );
    if (why === 'tenant')
      return refuse(
        'InvalidAuthenticationTokenTenant',
        `The access token is from the wrong issuer 'https://sts.windows.net/${TENANT}/'. It must match the tenant 'https://sts.windows.net/${OTHER_TENANT}/' associated with this subscription.`,
        'error="invalid_token", error_description="The access token is from the wrong issuer."',
        OTHER_TENANT,
      );
    done.push({ request: `${request.method} ${url.pathname}`, token });
    if (url.pathname === '/tenants') return json(response, 200, { value: [{ tenantId: TENANT, displayName: 'Contoso' }] });
    if (url.pathname === '/subscriptions')
      return json(response, 200, { value: [{ subscriptionId: 's1', displayName: 'Production', tenantId: TENANT, state: 'Enabled' }] });
    return json(response, 200, { value: [] });
  }

  return {
    host,
    armOrigin,
    tokenTrouble,
    armTrouble,
    asked,
    done,
    codes: () => codes,
    issue,
    environment: {
      NODE_EXTRA_CA_CERTS: caFile,
      AZURE_AUTHORITY_HOST: host,
      FUNC_HARDEN_ARM_ENDPOINT: armOrigin,
      ...QUICK,
    },
  };
}
