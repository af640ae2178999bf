/** Errors of the commands about their arguments and options. */
import { EXIT, errorCatalogue, type NoData } from '../engine/errors.ts';

/** The data of each error. */
interface CommandErrors {
  readonly noCompletion: { readonly shell: string; readonly hint: string; readonly shells: readonly string[] };
  readonly demoFailed: { readonly what: string; readonly got: number; readonly wanted: number };
  readonly noWholeNumber: { readonly option: string; readonly text: string; readonly most: number };
  readonly recordedWithOthers: { readonly options: readonly string[] };
  readonly emulatorNotStarted: { readonly why: string; readonly isPortUsed: boolean };
  readonly noRecording: { readonly file: string; readonly why: string };
  readonly noFaultList: { readonly file: string; readonly why: string };
  readonly keyWithoutVerify: NoData;
  readonly noRun: NoData;
  readonly noOutput: NoData;
  readonly verifyWithOthers: NoData;
  readonly noExportFormat: { readonly what: string; readonly formats: readonly string[] };
  readonly onlyForPolicy: { readonly option: string };
  readonly policyOfRun: NoData;
  readonly formatOfAudit: { readonly format: string; readonly supports: string; readonly instead: string };
  readonly reportOfAudit: NoData;
  readonly noPlatform: { readonly platforms: readonly string[] };
  readonly unknownStage: { readonly text: string; readonly hint: string };
  readonly invalidWords: { readonly words: readonly string[]; readonly complaint: string; readonly remedy: string };
  readonly inputNeeded: { readonly missing: readonly string[]; readonly isAskingOff: boolean; readonly forms: readonly string[] };
  readonly interruptedRollback: { readonly run: string };
  readonly rolledBack: { readonly run: string };
  readonly noFolder: NoData;
  readonly invalidChange: { readonly run: string; readonly text: string };
  readonly unknownChange: { readonly run: string; readonly numbers: readonly number[] };
  readonly unknownApp: { readonly run: string; readonly names: readonly string[]; readonly apps: readonly string[] };
  readonly nothingInApp: { readonly run: string; readonly apps: readonly string[] };
}

export const commandErrors = errorCatalogue<CommandErrors>('commands', {
  noCompletion: {
    title: 'No completion for this shell',
    exit: EXIT.usage,
    message: ({ shell, hint }) => `No completion is available for "${shell}".${hint}`,
    next: ({ shells }) => [`Shells: ${shells.join(', ')}`],
  },
  demoFailed: {
    title: 'Demo failed',
    exit: EXIT.failed,
    message: ({ what, got, wanted }) => `The ${what} of the demo ended with exit code ${got} instead of ${wanted}.`,
    next: () => ['Report this as a bug in the func-harden repository.'],
  },
  noWholeNumber: {
    title: 'Not a whole number',
    exit: EXIT.usage,
    message: ({ option, text, most }) => `--${option} requires a whole number from 0 to ${most}, not "${text}".`,
    next: ({ option }) => [`Example: --${option} 1`],
  },
  recordedWithOthers: {
    title: '--recorded with other options',
    exit: EXIT.usage,
    message: ({ options }) => `--recorded serves recorded responses and cannot be combined with --${options.join(', --')}.`,
    next: () => ['Remove --recorded or the other options.'],
  },
  emulatorNotStarted: {
    title: 'Emulator cannot start',
    exit: EXIT.failed,
    message: ({ why }) => `The emulator cannot start (${why}).`,
    next: ({ isPortUsed }) =>
      isPortUsed
        ? ['The port is in use. Use --port 0 to choose a free port.']
        : ['Check --port, --state and --log, then run the command again.'],
  },
  noRecording: {
    title: 'Not a recording',
    exit: EXIT.usage,
    message: ({ file, why }) => `${file} is not a recording (${why}).`,
    next: () => ['Create a recording: run the command that you want to repeat with --record FILE.'],
  },
  noFaultList: {
    title: 'Not a fault list',
    exit: EXIT.usage,
    message: ({ file, why }) => `${file} is not a fault list (${why}).`,
    next: () => ['src/emulator/BEHAVIOUR.md describes the format.'],
  },
  keyWithoutVerify: {
    title: '--public-key without --verify',
    exit: EXIT.usage,
    message: () => '--public-key requires --verify.',
    next: () => ['func-harden evidence --verify FILE --public-key FILE'],
  },
  noRun: {
    title: 'Run missing',
    exit: EXIT.usage,
    message: () => 'A run is required.',
    next: () => ['func-harden evidence RUN --output FILE.zip. Run func-harden history to list the runs.'],
  },
  noOutput: {
    title: 'Output missing',
    exit: EXIT.usage,
    message: () => 'An output is required.',
    next: () => ['--output FILE.zip, or --output FOLDER'],
  },
  verifyWithOthers: {
    title: '--verify with other options',
    exit: EXIT.usage,
    message: () => '--verify checks an existing package and can be combined only with --public-key.',
    next: () => ['func-harden evidence --verify FILE --public-key FILE'],
  },
  noExportFormat: {
    title: 'Export format missing',
    exit: EXIT.usage,
    message: ({ formats }) => `Choose a format with --format: ${formats.join(', ')}.`,
    next: ({ what, formats }) => formats.map((format) => `func-harden export ${what} --format ${format}`),
  },
  onlyForPolicy: {
    title: 'Option only for --format policy',
    exit: EXIT.usage,
    message: ({ option }) => `--${option} requires --format policy.`,
    next: ({ option }) => [`Add --format policy, or remove --${option}.`],
  },
  policyOfRun: {
    title: 'Policies of a run',
    exit: EXIT.usage,
    message: () => 'Policies require an answers file, because a run has no answers and no exceptions.',
    next: () => ['func-harden export ANSWERS --format policy'],
  },
  formatOfAudit: {
    title: 'Format only for audit',
    exit: EXIT.usage,
    message: ({ format, supports }) => `--format ${format} is for audit. ${supports}.`,
    next: ({ instead }) => [instead],
  },
  reportOfAudit: {
    title: '--format FORMAT=FILE only for audit',
    exit: EXIT.usage,
    message: () => '--format FORMAT=FILE is for audit only.',
    next: () => ['func-harden findings --format csv --output findings.csv'],
  },
  noPlatform: {
    title: 'Platform missing',
    exit: EXIT.usage,
    message: () => 'A platform is required.',
    next: ({ platforms }) => platforms.map((platform) => `func-harden pipeline --for ${platform}`),
  },
  unknownStage: {
    title: 'Unknown stage',
    exit: EXIT.usage,
    message: ({ text, hint }) => `Unknown stage "${text}".${hint}`,
    next: () => ['Write --stages audit plan apply, or some of these.'],
  },
  invalidWords: {
    title: 'Invalid value for a pipeline',
    exit: EXIT.usage,
    message: ({ words, complaint }) => `${words.map((word) => `"${word}"`).join(', ')} ${complaint}`,
    next: ({ remedy }) => [remedy],
  },
  inputNeeded: {
    title: 'Input needed',
    exit: ({ isAskingOff }) => (isAskingOff ? EXIT.usage : EXIT.inputNeeded),
    message: ({ missing, isAskingOff }) =>
      `Input is needed${isAskingOff ? '' : ' and no one can be asked'}; nothing was written.\n${missing.map((option) => `  ${option}`).join('\n')}`,
    next: ({ forms }) => forms,
  },
  interruptedRollback: {
    title: 'Rollback interrupted',
    exit: EXIT.usage,
    message: ({ run }) => `Run ${run} was interrupted during its rollback.`,
    next: ({ run }) => [
      `Finish the rollback: func-harden resume ${run} --rollback`,
      'To apply the changes again, replay the answers file of the run.',
    ],
  },
  rolledBack: {
    title: 'Run already rolled back',
    exit: EXIT.usage,
    message: ({ run }) => `Run ${run} was rolled back, so nothing is left to finish.`,
    next: () => ['To apply the changes again, replay the answers file of the run.'],
  },
  noFolder: {
    title: 'Folder with code missing',
    exit: EXIT.usage,
    message: () => 'A folder with code is required.',
    next: () => ['func-harden source infra', 'func-harden source --template main.json'],
  },
  invalidChange: {
    title: 'Not the number of a change',
    exit: EXIT.usage,
    message: ({ text }) => `"${text}" is not the number of a change.`,
    next: ({ run }) => [`Run func-harden history ${run} to list its changes.`],
  },
  unknownChange: {
    title: 'Change not in the run',
    exit: EXIT.usage,
    message: ({ run, numbers }) => `Run ${run} has no change ${numbers.join(', ')}.`,
    next: ({ run }) => [`func-harden history ${run} lists its changes.`],
  },
  unknownApp: {
    title: 'App not in the run',
    exit: EXIT.usage,
    message: ({ run, names }) => `Run ${run} has no app ${names.map((name) => `"${name}"`).join(', ')}.`,
    next: ({ apps }) => [`Its apps: ${apps.join(', ')}`],
  },
  nothingInApp: {
    title: 'No change in the app',
    exit: EXIT.usage,
    message: ({ run, apps }) => `Run ${run} changed nothing in ${apps.join(', ')}.`,
    next: ({ run }) => [`func-harden history ${run} lists its changes.`],
  },
});
