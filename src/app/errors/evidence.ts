/** Errors about evidence, reports and code that are read. */
import { EXIT, errorCatalogue } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

/** The data of each error. */
interface EvidenceErrors {
  readonly damagedEvidence: { readonly damage: readonly { readonly file: string; readonly line: number; readonly says: string }[] };
  readonly noLog: { readonly run: string };
  readonly noPlan: { readonly run: string; readonly place: string };
  readonly wrongSignature: { readonly key: string };
  readonly fileUnreadable: { readonly file: string; readonly why: string };
  readonly noKey: { readonly file: string; readonly kind: string };
  readonly unsupportedKey: { readonly file: string };
  readonly noTerraformState: { readonly file: string };
}

export const evidenceErrors = errorCatalogue<EvidenceErrors>('app', {
  damagedEvidence: {
    title: 'Undo log damaged',
    exit: EXIT.failed,
    message: ({ damage }) =>
      `An undo log is damaged and cannot be used as evidence:\n${damage.map(({ file, line, says }) => `  ${file}:${line}: ${plainText(says)}`).join('\n')}`,
    next: () => ['Restore a copy of the undo log, or leave this run out of the package.'],
  },
  noLog: {
    title: 'Undo log missing',
    exit: EXIT.failed,
    message: ({ run }) => `The undo log of run ${run} is missing.`,
    next: () => ['Restore the undo log, or choose its location with --state DIR.'],
  },
  noPlan: {
    title: 'Plan of the run missing',
    exit: EXIT.failed,
    message: ({ run, place }) => `The plan of run ${run} is not in ${place}.`,
    next: () => ['Restore the plan file, or choose its location with --state DIR.'],
  },
  wrongSignature: {
    title: 'Signature of a different key',
    exit: EXIT.failed,
    message: ({ key }) => `Key Vault returned a signature of a different key than ${key}.`,
    next: () => ['Nothing was written. Run the command again.'],
  },
  fileUnreadable: {
    title: 'File cannot be read',
    exit: EXIT.usage,
    message: ({ file, why }) => `${file} cannot be read (${why}).`,
    next: () => ['Check the path, then run the command again.'],
  },
  noKey: {
    title: 'No key in the file',
    exit: EXIT.usage,
    message: ({ file, kind }) => `${file} has no ${kind} key in PEM format, or the key has a passphrase.`,
    next: () => [
      'Create a key pair: openssl genpkey -algorithm ed25519 -out evidence.key; openssl pkey -in evidence.key -pubout -out evidence.pub',
    ],
  },
  unsupportedKey: {
    title: 'Key of an unsupported type',
    exit: EXIT.usage,
    message: ({ file }) => `${file} has a key of an unsupported type.`,
    next: () => ['Use Ed25519, RSA, or EC P-256, P-384 or P-521.'],
  },
  noTerraformState: {
    title: 'Not a Terraform state',
    exit: EXIT.usage,
    message: ({ file }) => `${file} is not a Terraform state.`,
    next: () => ['Create it with: terraform show -json > state.json'],
  },
});
