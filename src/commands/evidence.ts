import type { Invocation, CommandModule } from '../cli/invocation.ts';
import { EXIT, type ExitCode } from '../engine/errors.ts';
import { signingKeyAt } from '../app/connection.ts';
import { checkEvidence, collectEvidence } from '../app/evidence/evidence.ts';
import { isShared } from '../app/state-place.ts';
import { writePack } from '../files/evidence-files.ts';
import { MANIFEST, manifestText, signedPart } from '../report/evidence/manifest.ts';
import { plainText, safeJson } from '../text/plain.ts';
import { line } from '../text/spans.ts';
import { printLines } from '../view/print-lines.ts';
import { commandErrors } from './errors.ts';
import { counted } from '../text/counted.ts';

export const run: CommandModule['run'] = (invocation) =>
  invocation.options.verify === undefined ? pack(invocation) : verify(invocation, invocation.options.verify);

async function pack(invocation: Invocation): Promise<ExitCode> {
  const { options, args, io } = invocation;
  if (options.publicKey !== undefined) throw commandErrors.keyWithoutVerify();
  if (args.length === 0) throw commandErrors.noRun();
  if (!options.output) throw commandErrors.noOutput();
  const sign = options.signKey === undefined ? undefined : await signerOf(invocation, options.signKey);
  const { files, manifest } = await collectEvidence(invocation, args);
  const signed = sign ? { ...manifest, signature: await sign(signedPart(manifest)) } : manifest;
  await writePack(options.output, new Map([[MANIFEST, new TextEncoder().encode(manifestText(signed))], ...files]));
  if (options.json) io.out(`${safeJson(signed, 2)}\n`);
  else io.err(`Written to ${options.output}: ${counted(files.size, 'file')} and the manifest, for ${manifest.runs.join(', ')}.\n`);
  return EXIT.ok;
}

/** Returns the signer for a key. A key in Key Vault is read first, so that an unusable key is reported before the apps are read. */
async function signerOf(invocation: Invocation, key: string): Promise<(text: string) => Promise<string>> {
  const { signText, signWithVaultKey } = await import('../app/evidence/evidence-signature.ts');
  if (!isShared(key)) return (text) => signText(text, key);
  const remote = await signingKeyAt(invocation, key);
  return (text) => signWithVaultKey(text, remote);
}

async function verify({ options, args, io }: Invocation, place: string): Promise<ExitCode> {
  if (args.length > 0 || options.output !== undefined || options.signKey !== undefined) throw commandErrors.verifyWithOthers();
  const { manifest, flaws, signature } = await checkEvidence(place, options.publicKey);
  const code = flaws.length === 0 ? EXIT.ok : EXIT.failed;
  if (options.json) {
    io.out(`${safeJson({ schemaVersion: 1, ok: flaws.length === 0, runs: manifest?.runs ?? [], signature, flaws }, 2)}\n`);
    return code;
  }
  for (const flaw of flaws) io.err(`ERROR: ${plainText(flaw)}.\n`);
  const verdict =
    flaws.length > 0
      ? `NOT VALID: ${counted(flaws.length, 'problem')} in ${plainText(place)}.`
      : `VALID: ${counted(manifest?.files.length ?? 0, 'file')} for ${manifest?.runs.join(', ') ?? ''}, unchanged since they were packed. ${SIGNED[signature]}`;
  io.out(`${printLines([line(verdict)], false, io.piped ? undefined : io.width)}\n`);
  return code;
}

const SIGNED = {
  holds: 'Signed with this key.',
  'not-checked': 'Signed, but the signer was not checked. Add --public-key FILE to check it.',
  none: 'Not signed, so a changed package with a new manifest cannot be detected.',
} as const;
