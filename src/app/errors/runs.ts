/** Errors about approvals, runs and their undo. */
import { EXIT, errorCatalogue, type NoData } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

/** The data of each error. */
interface RunErrors {
  readonly notApproved: NoData;
  readonly approvalNeeded: { readonly missing: readonly string[] };
  readonly invalidCanary: { readonly text: string };
  readonly emptyCanary: { readonly tag: string };
  readonly dryRun: NoData;
  readonly notMarked: { readonly run: string; readonly why: string };
  readonly continuedElsewhere: { readonly run: string };
  readonly logBroke: { readonly why: string };
  readonly originalMissing: { readonly run: string; readonly undoes: string };
  readonly noPlannedChanges: { readonly run: string };
  readonly otherAreas: { readonly run: string; readonly used: string; readonly given: string | undefined };
  readonly logDamaged: { readonly run: string; readonly lines: readonly string[]; readonly intact: string };
  readonly otherEndpoint: { readonly run: string; readonly changed: string; readonly endpoint: string };
  readonly otherTenant: { readonly run: string; readonly belongs: string; readonly signedIn: string };
  readonly severalRuns: { readonly name: string; readonly runs: readonly string[] };
  readonly unknownRun: { readonly name: string; readonly hint: string };
  readonly tryWithoutApp: NoData;
  readonly tryWithSeveralApps: { readonly count: number; readonly ids: readonly string[] };
}

export const runErrors = errorCatalogue<RunErrors>('app', {
  notApproved: {
    title: 'Not approved',
    exit: EXIT.failed,
    message: () => 'Not approved. Nothing was sent.',
    next: () => ['To apply the plan, run the command again and confirm.'],
  },
  approvalNeeded: {
    title: 'Approval needed',
    exit: EXIT.inputNeeded,
    message: ({ missing }) =>
      `Approval is needed and no one can be asked. Nothing was sent.\n${missing.map((option) => `  ${option}`).join('\n')}`,
    next: () => ['Review the plan first, then add the options listed above.'],
  },
  invalidCanary: {
    title: 'Invalid --canary',
    exit: EXIT.usage,
    message: ({ text }) => `"${text}" is neither a number of apps nor a tag.`,
    next: () => ['Examples: --canary 3, --canary ring=0, --canary ring=0,1 (one wave for each value).'],
  },
  emptyCanary: {
    title: 'No app with the tag of --canary',
    exit: EXIT.usage,
    message: ({ tag }) => `--canary ${tag}: none of the apps to change has this tag. Nothing was changed.`,
    next: () => ['Use a tag of one of these apps, or a number of apps.'],
  },
  dryRun: {
    title: 'Dry run',
    exit: EXIT.usage,
    message: () => 'Dry run: nothing was sent.',
    next: () => ['To send the changes, run the command without --dry-run.'],
  },
  notMarked: {
    title: 'Undo not recorded in the earlier run',
    exit: EXIT.failed,
    message: ({ run, why }) => `The run was rolled back, but run ${run} could not be marked as rolled back: ${why}`,
    next: () => ['Azure needs no further change. If you undo that run again, all values are already reverted.'],
  },
  continuedElsewhere: {
    title: 'Run continued by another process',
    exit: EXIT.failed,
    message: ({ run }) => `Someone else continued run ${run} in the meantime. Nothing was sent.`,
    next: ({ run }) => [`Show the remaining changes: func-harden resume ${run} --dry-run`],
  },
  logBroke: {
    title: 'Undo log cannot be written',
    exit: EXIT.failed,
    message: ({ why }) => `The undo log could not be written (${why}), so no further requests were sent.`,
    next: () => [
      'Free disk space, or choose a different folder with --state DIR.',
      'Run func-harden history to see the recorded changes, and func-harden resume to continue.',
    ],
  },
  originalMissing: {
    title: 'Reverted run not in the undo log',
    exit: EXIT.failed,
    message: ({ run, undoes }) => `Run ${run} was an undo of run ${undoes}, which is no longer in the undo log.`,
    next: () => ['If the log is in a different folder, add --state DIR'],
  },
  noPlannedChanges: {
    title: 'Planned changes not in the undo log',
    exit: EXIT.failed,
    message: ({ run }) => `The undo log does not contain the planned changes of run ${run}.`,
    next: ({ run }) => [`Run the original command again, or revert the run: func-harden undo ${run}`],
  },
  otherAreas: {
    title: 'Areas of --controls differ from the run',
    exit: EXIT.usage,
    message: ({ run, used }) => `Run ${run} used your own areas with the digest ${used}.`,
    next: ({ run, given }) => [
      given === undefined
        ? 'Add --controls DIR with the same folder.'
        : `The folder of --controls has the digest ${given}. Use the folder as it was.`,
      `Or revert the run: func-harden undo ${run}`,
    ],
  },
  logDamaged: {
    title: 'Undo log damaged',
    exit: EXIT.failed,
    message: ({ run, lines }) => `The undo log of run ${run} is damaged. Nothing was sent.\n${lines.join('\n')}`,
    next: ({ run, intact }) => [
      intact === '' ? 'No change is intact.' : `Changes that are intact: ${intact}. func-harden history ${run} shows them.`,
      `Restore a copy of the file, or use the intact changes only: --despite-damage ${run}`,
    ],
  },
  otherEndpoint: {
    title: 'Run of a different cloud',
    exit: EXIT.usage,
    message: ({ run, changed, endpoint }) => `Run ${run} changed ${changed}, but the current endpoint is ${endpoint}.`,
    next: () => ['Choose the cloud of the run with --cloud or --arm-endpoint.'],
  },
  otherTenant: {
    title: 'Run of a different tenant',
    exit: EXIT.usage,
    message: ({ run, belongs, signedIn }) => `Run ${run} belongs to tenant ${belongs}, but you are signed in to ${signedIn}.`,
    next: () => ['Sign in to that tenant with --tenant.'],
  },
  severalRuns: {
    title: 'Name of several runs',
    exit: EXIT.usage,
    message: ({ name, runs }) => `"${plainText(name)}" matches ${runs.length} runs:\n${runs.map((run) => `  ${run}`).join('\n')}`,
    next: () => ['Type more of the name, or use last for the newest run.'],
  },
  unknownRun: {
    title: 'Run not in the undo log',
    exit: EXIT.usage,
    message: ({ name, hint }) => (name === 'last' ? 'The undo log contains no run.' : `Run "${name}" is not in the undo log.${hint}`),
    next: () => ['Run func-harden history to list the runs.', 'If the log is in a different location, add --state DIR'],
  },
  tryWithoutApp: {
    title: '--try without exactly one app',
    exit: EXIT.usage,
    message: () => '--try requires exactly one app.',
    next: () => ['func-harden doctor --app NAME --try'],
  },
  tryWithSeveralApps: {
    title: '--try with several apps',
    exit: EXIT.usage,
    message: ({ count }) => `--try requires exactly one app. Nothing was sent. --app matches ${count} apps.`,
    next: ({ ids }) => ids.map((id) => `--app ${id}`),
  },
});
