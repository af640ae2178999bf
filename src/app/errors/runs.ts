/** Errors about approvals, runs and their undo. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

export const runErrors = errorCatalogue('app', {
  notApproved: {
    title: 'Not approved',
    exit: EXIT.failed,
    message: () => 'Not approved. Nothing was sent.',
    next: () => ['To apply the plan, run the command again and confirm.'],
  },
  tryNotApproved: {
    title: 'Requests of --try not approved',
    exit: EXIT.failed,
    message: () => 'Not approved. Nothing was sent.',
    next: () => ['To send the requests, run the command again and answer y.'],
  },
  approvalNeeded: withData<{ readonly missing: readonly string[] }>({
    title: 'Approval needed',
    exit: EXIT.inputNeeded,
    message: ({ missing }) =>
      `Approval is needed, but there is no terminal to ask for it. Nothing was sent.\n${missing.map((option) => `  ${option}`).join('\n')}`,
    next: () => ['Review the plan first, then add the options listed above.'],
  }),
  tryApprovalNeeded: {
    title: 'Approval of --try needed',
    exit: EXIT.inputNeeded,
    message: () => 'Approval is needed, but there is no terminal to ask for it. Nothing was sent.\n  --yes   approves these requests',
    next: () => ['Review the requests first, then run the command again with --yes.'],
  },
  invalidCanary: withData<{ readonly text: string }>({
    title: 'Invalid --canary',
    message: ({ text }) => `"${text}" is neither a number of apps nor a tag.`,
    next: () => ['Examples: --canary 3, --canary ring=0, --canary ring=0,1 (one wave for each value).'],
  }),
  emptyCanary: withData<{ readonly tag: string }>({
    title: 'No app with the tag of --canary',
    message: ({ tag }) => `--canary ${tag}: none of the apps to change has this tag. Nothing was changed.`,
    next: () => ['Use a tag of one of these apps, or a number of apps.'],
  }),
  dryRun: {
    title: 'Dry run',
    message: () => 'Dry run: nothing was sent.',
    next: () => ['To send the changes, run the command without --dry-run.'],
  },
  stoppedBefore: {
    title: 'Stopped before the first change',
    exit: EXIT.failed,
    message: () => 'Stopped before the first change. Nothing was sent.',
    next: () => ['To apply the plan, run the command again.'],
  },
  notMarked: withData<{ readonly run: string; readonly change: number; readonly part: boolean; readonly why: string }>({
    title: 'Change not marked as reverted',
    exit: EXIT.failed,
    message: ({ run, change, part, why }) =>
      `Change ${change} of run ${run} was reverted${part ? ' in part' : ''} in Azure, but the undo log of that run could not record it: ${why}`,
    next: ({ run }) => [
      `Check the log, then show what is left: func-harden undo ${run} --dry-run. An undo does not send values again that are already reverted.`,
    ],
  }),
  continuedElsewhere: withData<{ readonly run: string }>({
    title: 'Run continued by another process',
    exit: EXIT.failed,
    message: ({ run }) => `Another process continued run ${run} before this one. Nothing was sent.`,
    next: ({ run }) => [`Show the remaining changes: func-harden resume ${run} --dry-run`],
  }),
  logBroke: withData<{ readonly why: string; readonly remedy: string }>({
    title: 'Undo log cannot be written',
    exit: EXIT.failed,
    message: ({ why }) => `The undo log could not be written (${why}), so no further requests were sent.`,
    next: ({ remedy }) => [
      `${remedy}, or choose a different folder with --state DIR.`,
      'Run func-harden history to see the recorded changes, and func-harden resume to continue.',
    ],
  }),
  originalMissing: withData<{ readonly run: string; readonly undoes: string }>({
    title: 'Reverted run not in the undo log',
    exit: EXIT.failed,
    message: ({ run, undoes }) => `Run ${run} was an undo of run ${undoes}, which is no longer in the undo log.`,
    next: () => ['If the log is in a different folder, add --state DIR'],
  }),
  noPlannedChanges: withData<{ readonly run: string }>({
    title: 'Planned changes not in the undo log',
    exit: EXIT.failed,
    message: ({ run }) => `The undo log does not contain the planned changes of run ${run}.`,
    next: ({ run }) => [`Run the original command again, or revert the run: func-harden undo ${run}`],
  }),
  invalidWork: withData<{ readonly run: string; readonly invalid: string }>({
    title: 'Answer in the undo log not valid',
    exit: EXIT.failed,
    message: ({ run, invalid }) =>
      `The undo log of run ${run} contains an answer that is not valid: ${plainText(invalid)}. Nothing was sent.`,
    next: ({ run }) => [`Run the original command again, or revert the run: func-harden undo ${run}`],
  }),
  otherAreas: withData<{ readonly run: string; readonly used: string; readonly given: string | undefined }>({
    title: 'Areas of --controls differ from the run',
    message: ({ run, used }) => `Run ${run} used custom areas (--controls) with the digest ${used}.`,
    next: ({ run, given }) => [
      given === undefined
        ? 'Add --controls DIR with the same folder.'
        : `The folder of --controls has the digest ${given}. Use the folder as it was.`,
      `Or revert the run: func-harden undo ${run}`,
    ],
  }),
  logDamaged: withData<{ readonly run: string; readonly lines: readonly string[]; readonly intact: string }>({
    title: 'Undo log damaged',
    exit: EXIT.failed,
    message: ({ run, lines }) => `The undo log of run ${run} is damaged. Nothing was sent.\n${lines.join('\n')}`,
    next: ({ run, intact }) =>
      intact === ''
        ? ['No change is intact. Restore a copy of the file.']
        : [
            `Changes that are intact: ${intact}. func-harden history ${run} shows them.`,
            `Restore a copy of the file, or use the intact changes only: --despite-damage ${run}`,
          ],
  }),
  otherEndpoint: withData<{ readonly run: string; readonly changed: string; readonly endpoint: string }>({
    title: 'Run of a different cloud',
    message: ({ run, changed, endpoint }) => `Run ${run} changed ${changed}, but the current endpoint is ${endpoint}.`,
    next: () => ['Choose the cloud of the run with --cloud or --arm-endpoint.'],
  }),
  otherTenant: withData<{ readonly run: string; readonly belongs: string; readonly signedIn: string }>({
    title: 'Run of a different tenant',
    message: ({ run, belongs, signedIn }) => `Run ${run} belongs to tenant ${belongs}, but you are signed in to ${signedIn}.`,
    next: () => ['Sign in to that tenant with --tenant.'],
  }),
  severalRuns: withData<{ readonly name: string; readonly runs: readonly string[] }>({
    title: 'More than one run matches',
    message: ({ name, runs }) => `"${plainText(name)}" matches ${runs.length} runs:\n${runs.map((run) => `  ${run}`).join('\n')}`,
    next: () => ['Write more characters of the name, or write last for the newest run.'],
  }),
  unknownRun: withData<{ readonly name: string; readonly hint: string }>({
    title: 'Run not in the undo log',
    message: ({ name, hint }) => (name === 'last' ? 'The undo log contains no run.' : `Run "${name}" is not in the undo log.${hint}`),
    next: ({ name }) => [
      name === 'last' ? 'A run is recorded when changes are sent.' : 'Run func-harden history to list the runs.',
      'If the log is in a different location, add --state DIR',
    ],
  }),
  emptyLog: withData<{ readonly run: string; readonly file: string }>({
    title: 'Undo log without a line',
    exit: EXIT.failed,
    message: ({ run, file }) => `The undo log of run ${run} has no complete line: ${file}`,
    next: () => [
      'A run sends nothing before its first line is written. If the file had lines before, restore a copy of it.',
      'Run func-harden history to list the other runs.',
    ],
  }),
  tryWithoutApp: {
    title: '--try requires one app',
    message: () => '--try requires exactly one app.',
    next: () => ['func-harden doctor --app NAME --try'],
  },
  tryWithSeveralApps: withData<{ readonly count: number; readonly ids: readonly string[] }>({
    title: '--try matches several apps',
    message: ({ count }) => `--try requires exactly one app. Nothing was sent. --app matches ${count} apps.`,
    next: ({ ids }) => ids.map((id) => `--app ${id}`),
  }),
});
