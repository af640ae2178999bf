/** Signs a manifest with a private key and verifies it with the public one: JSON Web Signatures, with the jose library. */
import { fileProblem } from '../../files/file-problem.ts';
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { UserError } from '../../engine/errors.ts';
import type { SigningKey } from '../../engine/signing-key.ts';
import { readLimited } from '../../files/read-limited.ts';
import { evidenceErrors } from '../errors/evidence.ts';

const MOST_KEY = 64 * 1024;
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** Returns a compact JWS of the text. `keyFile`: a private key as PEM. @throws UserError */
export async function signText(text: string, keyFile: string): Promise<string> {
  const key = await readKey(keyFile, createPrivateKey, 'private');
  return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader({ alg: algorithmOf(key, keyFile) }).sign(key);
}

/** Returns a compact JWS of the text from a key elsewhere, after a check with the public key. @throws UserError, ArmFailure */
export async function signWithVaultKey(text: string, { id, algorithm, publicKey, sign }: SigningKey): Promise<string> {
  const encoded = (part: string) => Buffer.from(part).toString('base64url');
  const input = `${encoded(JSON.stringify({ alg: algorithm, kid: id }))}.${encoded(text)}`;
  const digest = createHash(`sha${algorithm.slice(2)}`)
    .update(input)
    .digest();
  const signature = `${input}.${Buffer.from(await sign(digest)).toString('base64url')}`;
  const isRight = await compactVerify(signature, createPublicKey({ key: { ...publicKey }, format: 'jwk' }), {
    algorithms: [algorithm],
  }).then(
    () => true,
    () => false,
  );
  if (isRight) return signature;
  throw evidenceErrors.wrongSignature({ key: id });
}

/** Returns the problem of a signature, or undefined if it is valid for the text and this key. @throws UserError if the key is unreadable */
export async function findSignatureFlaw(signature: string, text: string, keyFile: string): Promise<string | undefined> {
  const key = await readKey(keyFile, createPublicKey, 'public');
  try {
    const { payload } = await compactVerify(signature, key, { algorithms: [algorithmOf(key, keyFile)] });
    return new TextDecoder().decode(payload) === text ? undefined : 'the signature belongs to a different manifest';
  } catch (error) {
    if (error instanceof UserError) throw error;
    return 'the signature was not made with this key';
  }
}

async function readKey(file: string, read: (pem: string) => KeyObject, kind: string): Promise<KeyObject> {
  let pem: string;
  try {
    pem = await readLimited(file, MOST_KEY);
  } catch (error) {
    throw evidenceErrors.fileUnreadable({ file, why: fileProblem(error) });
  }
  try {
    return read(pem);
  } catch {
    // An error of OpenSSL can quote the key.
    throw evidenceErrors.noKey({ file, kind });
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, file: string): string {
  const algorithm =
    asymmetricKeyType === 'ed25519'
      ? 'EdDSA'
      : asymmetricKeyType === 'rsa'
        ? 'PS256'
        : asymmetricKeyType === 'ec'
          ? CURVES[asymmetricKeyDetails?.namedCurve ?? '']
          : undefined;
  if (algorithm) return algorithm;
  throw evidenceErrors.unsupportedKey({ file });
}
