/** Errors about evidence, reports and code that are read. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

export const evidenceErrors = errorCatalogue('app', {
  damagedEvidence: withData<{ readonly damage: readonly { readonly file: string; readonly line: number; readonly says: string }[] }>({
    title: 'Undo log damaged',
    exit: EXIT.failed,
    message: ({ damage }) =>
      `An undo log is damaged and cannot be used as evidence:\n${damage.map(({ file, line, says }) => `  ${file}:${line}: ${plainText(says)}`).join('\n')}`,
    next: () => ['Restore a copy of the undo log, or create the package without this run.'],
  }),
  noLog: withData<{ readonly run: string }>({
    title: 'Undo log missing',
    exit: EXIT.failed,
    message: ({ run }) => `The undo log of run ${run} is missing.`,
    next: () => ['Restore the undo log, or choose its location with --state DIR.'],
  }),
  noPlan: withData<{ readonly run: string; readonly place: string }>({
    title: 'Plan of the run missing',
    exit: EXIT.failed,
    message: ({ run, place }) => `The plan of run ${run} is not in ${place}.`,
    next: () => ['Restore the plan file, or choose its location with --state DIR.'],
  }),
  wrongSignature: withData<{ readonly key: string }>({
    title: 'Signature made with a different key',
    exit: EXIT.failed,
    message: ({ key }) => `Key Vault returned a signature of a different key than ${key}.`,
    next: () => ['Nothing was written. Run the command again.'],
  }),
  fileUnreadable: withData<{ readonly file: string; readonly why: string }>({
    title: 'File cannot be read',
    message: ({ file, why }) => `${file} cannot be read (${why}).`,
    next: () => ['Check the path, then run the command again.'],
  }),
  noKey: withData<{ readonly file: string; readonly kind: string }>({
    title: 'No key in the file',
    message: ({ file, kind }) => `${file} has no ${kind} key in PEM format, or the key has a passphrase.`,
    next: () => [
      'Create a key pair: openssl genpkey -algorithm ed25519 -out evidence.key; openssl pkey -in evidence.key -pubout -out evidence.pub',
    ],
  }),
  unsupportedKey: withData<{ readonly file: string }>({
    title: 'Key type not supported',
    message: ({ file }) => `${file} has a key of an unsupported type.`,
    next: () => ['Use Ed25519, RSA, or EC P-256, P-384 or P-521.'],
  }),
  noTerraformState: withData<{ readonly file: string }>({
    title: 'Not a Terraform state',
    message: ({ file }) => `${file} is not a Terraform state.`,
    next: () => ['Create it with: terraform show -json > state.json'],
  }),
});
