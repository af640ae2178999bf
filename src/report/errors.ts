/** Errors about files that reports, exports and pipelines are made from. */
import { EXIT, errorCatalogue } from '../engine/errors.ts';
import { plainText } from '../text/plain.ts';

/** The data of each error. */
interface ReportErrors {
  readonly noAuditReport: { readonly file: string };
  readonly damagedLog: { readonly run: string; readonly says: string };
  readonly invalidInstall: { readonly text: string; readonly mistake: string; readonly forms: readonly string[] };
  readonly noSavedPlan: { readonly file: string };
  readonly planOfOtherVersion: { readonly file: string };
  readonly editedPlan: { readonly file: string };
}

export const reportErrors = errorCatalogue<ReportErrors>('report', {
  noAuditReport: {
    title: 'Not a report of audit',
    exit: EXIT.usage,
    message: ({ file }) => `${file} is not a report of "func-harden audit --json".`,
    next: () => ['Create one: func-harden audit --json --output audit.json'],
  },
  damagedLog: {
    title: 'Undo log damaged',
    exit: EXIT.failed,
    message: ({ run, says }) => `The undo log of run ${run} is damaged: ${plainText(says)}. Nothing was exported.`,
    next: ({ run }) => [`func-harden history ${run} shows each line.`, 'Restore a copy of the file, or export an answers file instead.'],
  },
  invalidInstall: {
    title: 'Invalid --install',
    exit: EXIT.usage,
    message: ({ text, mistake }) => `--install ${text}: ${mistake}`,
    next: ({ forms }) => forms,
  },
  noSavedPlan: {
    title: 'Not a saved plan',
    exit: EXIT.usage,
    message: ({ file }) => `${file} is not a saved plan.`,
    next: () => ['Create one: func-harden plan ANSWERS --out plan.json'],
  },
  planOfOtherVersion: {
    title: 'Saved plan of a different version',
    exit: EXIT.usage,
    message: ({ file }) => `${file} was written by a different version of func-harden and cannot be read.`,
    next: () => ['Create the plan again with this version.'],
  },
  editedPlan: {
    title: 'Saved plan edited',
    exit: EXIT.usage,
    message: ({ file }) => `${file} was edited after it was created: its digest does not match. Nothing was sent.`,
    next: () => ['Create the plan again: func-harden plan ANSWERS --out plan.json'],
  },
});
