/** Keys of a Key Vault over https on loopback: it looks at the token, gives out public keys, and signs digests with the private ones. */
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import tls from 'node:tls';
import { onTestFinished } from 'vitest';
import { listening } from './listening.ts';
import { makeCertificates } from './certificates.ts';

export const VERSION = '9885aa558e8d448789683188f8c194b0';
export const TOKEN = 'dGhlLXRva2VuLW9mLXRoZS12YXVsdA';

export interface FakeVault {
  readonly origin: string;
  /** `METHOD path` of each request, with any result. */
  readonly asked: string[];
  /** The public key as PEM. */
  readonly publicKeys: Readonly<Record<string, string>>;
  /** The next requests to sign get this instead of a signature. */
  readonly trouble: ('forbidden' | 'wrong')[];
}

interface Held {
  readonly privateKey: KeyObject;
  readonly more?: { readonly key?: object; readonly attributes?: object };
}

const keysOf = (): Readonly<Record<string, Held>> => {
  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p256 = ec('P-256');
  return {
    rsa: { privateKey: rsa },
    hsm: { privateKey: rsa, more: { key: { kty: 'RSA-HSM' } } },
    p256: { privateKey: p256 },
    p384: { privateKey: ec('P-384') },
    p521: { privateKey: ec('P-521'), more: { key: { kty: 'EC-HSM' } } },
    koblitz: { privateKey: p256, more: { key: { crv: 'P-256K' } } },
    symmetric: { privateKey: p256, more: { key: { kty: 'oct-HSM', crv: undefined, x: undefined, y: undefined } } },
    wrapping: { privateKey: rsa, more: { key: { key_ops: ['wrapKey', 'unwrapKey'] } } },
    disabled: { privateKey: rsa, more: { attributes: { enabled: false } } },
  };
};

/** Returns the signature of a digest by openssl; undefined for an algorithm that the keys here do not have. */
function signDigest(alg: string, digest: Buffer, key: KeyObject, folder: string): Buffer | undefined {
  const [file, pss] = [join(folder, 'signing.key'), ['rsa_padding_mode:pss', 'rsa_pss_saltlen:digest', 'digest:sha256']];
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const options = alg === 'PS256' ? pss.flatMap((option) => ['-pkeyopt', option]) : [];
  if (!/^(PS256|ES(256|384|512))$/.test(alg)) return undefined;
  const signature = execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', file, ...options], { input: digest });
  return alg === 'PS256' ? signature : twoNumbers(signature, { ES256: 32, ES384: 48 }[alg] ?? 66);
}

/** r and s of a DER signature, one after the other, each of `size` bytes. */
function twoNumbers(der: Buffer, size: number): Buffer {
  let at = der[1]! & 0x80 ? 3 : 2;
  const number = () => {
    const length = der[at + 1]!;
    const bytes = der.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    return Buffer.concat([Buffer.alloc(size), bytes]).subarray(-size);
  };
  return Buffer.concat([number(), number()]);
}

export async function startKeyVault(folder: string): Promise<FakeVault> {
  const { key, cert, ca } = makeCertificates(folder);
  const known = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...known, ca]);
  onTestFinished(() => tls.setDefaultCACertificates(known));
  const keys = keysOf();
  const asked: string[] = [];
  const trouble: FakeVault['trouble'] = [];
  let origin = '';

  async function answer(request: IncomingMessage): Promise<[number, object]> {
    const { pathname, searchParams } = new URL(request.url ?? '', origin);
    asked.push(`${request.method} ${pathname}`);
    const refused = (status: number, code: string, message: string): [number, object] => [status, { error: { code, message } }];
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return refused(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.');
    if (searchParams.get('api-version') !== '7.4') return refused(400, 'BadParameter', 'api-version must be specified');
    const [, root, name = '', version, operation] = pathname.split('/');
    const held = root === 'keys' ? keys[name] : undefined;
    if (!held || (version !== undefined && version !== VERSION))
      return refused(404, 'KeyNotFound', `A key with (name/id) ${name}/${version ?? ''} was not found in this key vault.`);
    const kid = `${origin}/keys/${name}/${VERSION}`;
    if (request.method === 'GET') {
      const jwk = { ...createPublicKey(held.privateKey).export({ format: 'jwk' }), kid, key_ops: ['sign', 'verify'], ...held.more?.key };
      return [200, { key: jwk, attributes: { enabled: true, created: 1_700_000_000, ...held.more?.attributes } }];
    }
    if (operation !== 'sign') return refused(404, 'NotFound', 'No such operation.');
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const { alg, value } = JSON.parse(text) as { alg: string; value: string };
    const next = trouble.shift();
    if (next === 'forbidden')
      return [
        403,
        {
          error: {
            code: 'Forbidden',
            message: "Caller is not authorized to perform action on resource.\r\nAction: 'Microsoft.KeyVault/vaults/keys/sign/action'",
            innererror: { code: 'ForbiddenByRbac' },
          },
        },
      ];
    const signature = signDigest(alg, next === 'wrong' ? randomBytes(32) : Buffer.from(value, 'base64url'), held.privateKey, folder);
    return signature
      ? [200, { kid, value: signature.toString('base64url') }]
      : refused(400, 'BadParameter', `Key and signing algorithm are incompatible: ${alg}`);
  }

  const server = createServer({ key, cert }, (request, response) => {
    void reply();
    async function reply(): Promise<void> {
      const [status, body] = await answer(request);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    }
  });
  origin = `https://localhost:${await listening(server)}`;
  const publicKeys = Object.fromEntries(
    Object.entries(keys).map(([name, { privateKey }]) => [
      name,
      createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string,
    ]),
  );
  return { origin, asked, publicKeys, trouble };
}
