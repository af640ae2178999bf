/** Errors about files that reports, exports and pipelines are made from. */
import { EXIT, errorCatalogue, withData } from '../engine/errors.ts';
import { plainText } from '../text/plain.ts';

export const reportErrors = errorCatalogue('report', {
  noAuditReport: withData<{ readonly file: string }>({
    title: 'Not an audit report',
    message: ({ file }) => `${file} is not a report of "func-harden audit --json".`,
    next: () => ['Create one: func-harden audit --json --output audit.json'],
  }),
  damagedLog: withData<{ readonly run: string; readonly says: string }>({
    title: 'Undo log damaged',
    exit: EXIT.failed,
    message: ({ run, says }) => `The undo log of run ${run} is damaged: ${plainText(says)}. Nothing was exported.`,
    next: ({ run }) => [`func-harden history ${run} shows each line.`, 'Restore a copy of the file, or export an answers file instead.'],
  }),
  invalidInstall: withData<{ readonly text: string; readonly mistake: string; readonly forms: readonly string[] }>({
    title: 'Invalid --install',
    message: ({ text, mistake }) => `--install ${text}: ${mistake}`,
    next: ({ forms }) => forms,
  }),
  noSavedPlan: withData<{ readonly file: string }>({
    title: 'Not a saved plan',
    message: ({ file }) => `${file} is not a saved plan.`,
    next: () => ['Create one: func-harden plan ANSWERS --out plan.json'],
  }),
  planOfOtherVersion: withData<{ readonly file: string }>({
    title: 'Saved plan of a different version',
    message: ({ file }) => `${file} was written by a different version of func-harden and cannot be read.`,
    next: () => ['Create the plan again with this version.'],
  }),
  foreignChange: withData<{ readonly file: string; readonly app: string; readonly resource: string }>({
    title: 'Saved plan contradicts itself',
    message: ({ file, app, resource }) =>
      `${file} contains a change of ${plainText(resource)} for the app ${plainText(app)}. This app does not own the resource, or the plan does not list it. Nothing was sent.`,
    next: () => ['The file was edited. Create the plan again: func-harden plan ANSWERS --out plan.json'],
  }),
  misshapenPlan: withData<{ readonly file: string; readonly where: string }>({
    title: 'Saved plan with another structure',
    message: ({ file, where }) =>
      `${file} does not have the structure of a saved plan: ${plainText(where)} is missing or not valid. Nothing was sent.`,
    next: () => ['The file was edited. Create the plan again: func-harden plan ANSWERS --out plan.json'],
  }),
  secretInAnswers: withData<{ readonly app: string; readonly answer: string }>({
    title: 'Plan cannot be saved',
    message: ({ app, answer }) =>
      `The plan cannot be saved: the answer ${answer} of ${plainText(app)} contains a text that is also a secret, for example the value of an app setting. A saved plan must not contain it. Nothing was sent.`,
    next: () => ['Change the answer, or apply the answers file without a saved plan: func-harden replay ANSWERS'],
  }),
  editedPlan: withData<{ readonly file: string }>({
    title: 'Saved plan edited',
    message: ({ file }) => `${file} was edited after it was created: its digest does not match. Nothing was sent.`,
    next: () => ['Create the plan again: func-harden plan ANSWERS --out plan.json'],
  }),
});
