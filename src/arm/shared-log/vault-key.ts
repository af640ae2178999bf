/**
 * A key in Key Vault that signs, by the REST interface of the vault: `Get Key` and `Sign`, both version 7.4
 * (learn.microsoft.com/rest/api/keyvault/keys). The private key never leaves the vault.
 */
import { createHttpHeaders, createPipelineRequest, createDefaultHttpClient, type Pipeline } from '@azure/core-rest-pipeline';
import { isRecord, parsedJson } from '../../change/json-paths.ts';
import type { UserError } from '../../engine/errors.ts';
import type { ArmFailure } from '../../engine/ports.ts';
import type { SigningKey } from '../../engine/signing-key.ts';
import { failureOf, failureWithoutAnswer } from '../failures/failures.ts';
import { armErrors } from '../errors.ts';

const VERSION = '7.4';
const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)$/;
const PATH = /^\/keys\/([0-9a-z-]{1,127})(?:\/([0-9a-f]{32}))?\/?$/i;
const CURVES: Readonly<Record<string, SigningKey['algorithm']>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

/** Checks the address of a key: a token for vaults goes to no other host. `suffix`: `vault.azure.net`, by cloud. @throws UserError */
export function vaultKeyAddress(text: string, suffix: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong = (why: string) =>
    armErrors.invalidKeyAddress({ text: text.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//'), why, suffix });
  if (!url) throw wrong('it is not a URL');
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw wrong('the address must not contain a query, signature or password');
  const isLocal = LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !isLocal) throw wrong('http is allowed only for this machine');
  if (!isLocal && !(url.hostname.endsWith(`.${suffix}`) && url.port === ''))
    throw wrong(`${url.host} is not a Key Vault host in this cloud`);
  if (!PATH.test(url.pathname)) throw wrong('the path must be /keys/NAME or /keys/NAME/VERSION');
  return url;
}

/** Reads the public part of the key and checks that it can sign. @throws UserError, ArmFailure */
export async function vaultKey(address: URL, pipeline: Pipeline): Promise<SigningKey> {
  const http = createDefaultHttpClient();
  const [, name = '', asked = ''] = PATH.exec(address.pathname) ?? [];

  async function send(method: 'GET' | 'POST', path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const request = createPipelineRequest({
      url: new URL(`${path}?api-version=${VERSION}`, address).href,
      method,
      headers: createHttpHeaders({ accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) }),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const response = await pipeline.sendRequest(http, request).catch((error: unknown) => {
      throw failureWithoutAnswer(error, false);
    });
    if (response.status !== 200) throw refusalError(failureOf(response, false), address, name);
    const answer = parsed(response.bodyAsText ?? '');
    if (!answer) throw failureOf({ ...response, bodyAsText: '' }, false);
    return answer;
  }

  const { key, attributes } = await send('GET', `/keys/${name}${asked === '' ? '' : `/${asked}`}`);
  const jwk = isRecord(key) ? key : {};
  const version = versionIn(jwk['kid'], address, name);
  if (version === undefined || (asked !== '' && version !== asked.toLowerCase())) throw armErrors.otherKey({ host: address.host, name });
  const algorithm = algorithmOf(jwk);
  if (!algorithm) throw unusable(name, `is of type ${typeOf(jwk)}`, 'Use an RSA key, or an EC key on P-256, P-384 or P-521.');
  const operations = jwk['key_ops'];
  if (Array.isArray(operations) && !operations.includes('sign'))
    throw unusable(name, 'is not allowed to sign', 'Allow the key operation "sign", or use another key.');
  if (isRecord(attributes) && attributes['enabled'] === false)
    throw unusable(name, 'is disabled', 'Enable the version of the key, or use another one.');
  const id = new URL(`/keys/${name}/${version}`, address).href;
  const { n, e, crv, x, y } = jwk as Record<string, string>;
  return {
    id,
    algorithm,
    publicKey: algorithm === 'PS256' ? { kty: 'RSA', n: n ?? '', e: e ?? '' } : { kty: 'EC', crv: crv ?? '', x: x ?? '', y: y ?? '' },
    async sign(digest) {
      const { value } = await send('POST', `/keys/${name}/${version}/sign`, {
        alg: algorithm,
        value: Buffer.from(digest).toString('base64url'),
      });
      return typeof value === 'string' ? Uint8Array.from(Buffer.from(value, 'base64url')) : new Uint8Array();
    },
  };
}

function algorithmOf({ kty, crv }: Readonly<Record<string, unknown>>): SigningKey['algorithm'] | undefined {
  if (kty === 'RSA' || kty === 'RSA-HSM') return 'PS256';
  return (kty === 'EC' || kty === 'EC-HSM') && typeof crv === 'string' ? CURVES[crv] : undefined;
}

/** Returns the type of a key in words; text that is not a word is not repeated. */
const typeOf = ({ kty, crv }: Readonly<Record<string, unknown>>): string =>
  [kty, crv].filter((one) => typeof one === 'string' && /^[\w-]{1,20}$/.test(one)).join(' ') || 'unknown';

/** Returns the version in the id of a key; undefined where it is the id of another key. */
function versionIn(kid: unknown, address: URL, name: string): string | undefined {
  const url = typeof kid === 'string' && URL.canParse(kid) ? new URL(kid) : undefined;
  const [, other = '', version] = PATH.exec(url?.pathname ?? '') ?? [];
  return url?.host.toLowerCase() === address.host.toLowerCase() && other.toLowerCase() === name.toLowerCase()
    ? version?.toLowerCase()
    : undefined;
}

const unusable = (name: string, why: string, next: string): UserError => armErrors.unusableKey({ name, why, remedy: next });

/** Returns the error for a refusal. Key Vault's message names the missing right, firewall or state of the key. */
function refusalError(failure: ArmFailure, { host }: URL, name: string): ArmFailure | UserError {
  if (failure.kind === 'missing') return armErrors.noKey({ name, host });
  if (failure.kind !== 'forbidden') return failure;
  return armErrors.keyForbidden({ name, host, failure });
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  const body = parsedJson(text);
  return isRecord(body) ? body : undefined;
}
