/** Evidence that is signed with a key in Key Vault, and verified with its public key alone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { decodeProtectedHeader } from 'jose';
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { hasOpenssl } from '../helpers/certificates.ts';
import { inside } from '../helpers/inside.ts';
import { startKeyVault, TOKEN, VERSION } from '../helpers/key-vault.ts';
import { ANSWERS, runName, world } from '../helpers/world.ts';

const skipped = hasOpenssl() ? '' : ' (skipped: openssl is missing, which makes the certificates)';

async function ready() {
  const here = await world();
  const at = (name: string) => join(here.folder, name);
  await writeFile(at('answers.yaml'), ANSWERS);
  const replay = await inside(here, ['replay', at('answers.yaml'), '--yes', '--confirm', 'fn-orders']);
  expect(replay.code, replay.stderr).toBe(0);
  const run = runName(replay);
  const vault = await startKeyVault(here.folder);
  const pack = (key: string, token: string | undefined = TOKEN) =>
    inside(
      here,
      [
        'evidence',
        run,
        '--output',
        at(`${key.replaceAll('/', '-')}.zip`),
        '--sign-key',
        key.startsWith('https:') ? key : `${vault.origin}/keys/${key}`,
      ],
      token === undefined ? {} : { FUNC_HARDEN_VAULT_TOKEN: token },
    );
  const verify = async (name: string, key: string) => {
    await writeFile(at('public.pem'), vault.publicKeys[key]!);
    return inside(here, ['evidence', '--verify', at(`${name}.zip`), '--public-key', at('public.pem')]);
  };
  return { here, at, vault, pack, verify };
}

test.skipIf(skipped !== '')(`a key in Key Vault signs, and its public key alone verifies${skipped}`, { timeout: 60_000 }, async () => {
  const { at, vault, pack, verify } = await ready();
  for (const [key, algorithm] of [
    ['rsa', 'PS256'],
    ['hsm', 'PS256'],
    ['p256', 'ES256'],
    ['p384', 'ES384'],
    [`p521/${VERSION}`, 'ES512'],
  ] as const) {
    const [name = ''] = key.split('/');
    const made = await pack(key);
    expect(made.code, made.stderr).toBe(0);
    const file = key.replaceAll('/', '-');
    const { signature } = JSON.parse(Buffer.from(unzipSync(await readFile(at(`${file}.zip`)))['manifest.json']!).toString()) as {
      signature: string;
    };
    expect(decodeProtectedHeader(signature)).toEqual({ alg: algorithm, kid: `${vault.origin}/keys/${name}/${VERSION}` });
    expect(await verify(file, name)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^VALID: [^]*Signed with this key/) });
    expect(await verify(file, name === 'p256' ? 'p384' : 'p256')).toMatchObject({ code: 1 });
    expect(`${made.stdout}${made.stderr}`).not.toContain(TOKEN);
  }
});

test.skipIf(skipped !== '')(`a key that cannot sign, or may not, leaves no pack${skipped}`, { timeout: 60_000 }, async () => {
  const { at, vault, pack } = await ready();
  for (const [key, code, says] of [
    ['symmetric', 64, 'of type oct-HSM'],
    ['koblitz', 64, 'of type EC P-256K'],
    ['wrapping', 64, 'is not allowed to sign'],
    ['disabled', 64, 'is disabled'],
    ['nobody', 1, 'Key nobody'],
    [`rsa/${'0'.repeat(32)}`, 1, 'or this version of it'],
    ['https://contoso.example/keys/rsa', 64, 'is not a Key Vault host'],
    ['https://contoso.vault.azure.net.contoso.example/keys/rsa', 64, 'is not a Key Vault host'],
    ['https://contoso.vault.azure.net/secrets/rsa', 64, 'the path must be /keys/NAME'],
    ['https://contoso.vault.azure.net/keys/rsa?sig=c2VjcmV0', 64, 'must not contain a query'],
  ] as const) {
    const made = await pack(key);
    expect(made, key).toMatchObject({ code, stderr: expect.stringContaining(says) });
    expect(made.stderr).not.toContain('c2VjcmV0');
  }
  // A problem with the key is reported before an app is read, and no signature is requested.
  expect(vault.asked.filter((request) => request.startsWith('POST'))).toEqual([]);
  vault.trouble.push('forbidden');
  const refused = await pack('rsa');
  expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('Microsoft.KeyVault/vaults/keys/sign/action') });
  vault.trouble.push('wrong');
  expect(await pack('p256')).toMatchObject({ code: 1, stderr: expect.stringContaining('signature of a different key') });
  expect(await pack('rsa', 'YW5vdGhlci10b2tlbg')).toMatchObject({ code: 4 });
  // A token for Azure Resource Manager is never sent to a vault.
  const sent = vault.asked.length;
  expect(await pack('rsa', '')).toMatchObject({ code: 4, stderr: expect.stringContaining('No token is set for the key') });
  expect(vault.asked).toHaveLength(sent);
  expect(existsSync(at('rsa.zip'))).toBe(false);
});
