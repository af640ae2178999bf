/** Errors of the commands about their arguments and options. */
import { EXIT, errorCatalogue, withData } from '../engine/errors.ts';

export const commandErrors = errorCatalogue('commands', {
  noCompletion: withData<{ readonly shell: string; readonly hint: string; readonly shells: readonly string[] }>({
    title: 'No completion for this shell',
    message: ({ shell, hint }) => `No completion is available for "${shell}".${hint}`,
    next: ({ shells }) => [`Shells: ${shells.join(', ')}`],
  }),
  demoFailed: withData<{ readonly what: string; readonly got: number; readonly wanted: number }>({
    title: 'Demo failed',
    exit: EXIT.failed,
    message: ({ what, got, wanted }) => `The ${what} of the demo ended with exit code ${got} instead of ${wanted}.`,
    next: () => ['Report this as a bug in the func-harden repository.'],
  }),
  noWholeNumber: withData<{ readonly option: string; readonly text: string; readonly most: number }>({
    title: 'Not a whole number',
    message: ({ option, text, most }) => `--${option} requires a whole number from 0 to ${most}, not "${text}".`,
    next: ({ option }) => [`Example: --${option} 1`],
  }),
  recordedWithOthers: withData<{ readonly options: readonly string[] }>({
    title: '--recorded with other options',
    message: ({ options }) => `--recorded serves recorded responses and cannot be combined with --${options.join(', --')}.`,
    next: () => ['Remove --recorded or the other options.'],
  }),
  emulatorNotStarted: withData<{ readonly why: string; readonly isPortUsed: boolean }>({
    title: 'Emulator cannot start',
    exit: EXIT.failed,
    message: ({ why }) => `The emulator cannot start (${why}).`,
    next: ({ isPortUsed }) =>
      isPortUsed
        ? ['The port is in use. Use --port 0 to choose a free port.']
        : ['Check --port, --state and --log, then run the command again.'],
  }),
  noRecording: withData<{ readonly file: string; readonly why: string }>({
    title: 'Not a recording',
    message: ({ file, why }) => `${file} is not a recording (${why}).`,
    next: () => ['Create a recording: run the command that you want to repeat with --record FILE.'],
  }),
  noFaultList: withData<{ readonly file: string; readonly why: string }>({
    title: 'Not a fault list',
    message: ({ file, why }) => `${file} is not a fault list (${why}).`,
    next: () => ['Write a list of objects, for example [{"method":"GET","path":"/config/web","times":1,"status":503}].'],
  }),
  keyWithoutVerify: {
    title: '--public-key without --verify',
    message: () => '--public-key requires --verify.',
    next: () => ['func-harden evidence --verify FILE --public-key FILE'],
  },
  noRun: {
    title: 'Run missing',
    message: () => 'A run is required.',
    next: () => ['func-harden evidence RUN --output FILE.zip. Run func-harden history to list the runs.'],
  },
  noOutput: {
    title: 'Output file missing',
    message: () => 'An output file or folder is required.',
    next: () => ['Add --output FILE.zip or --output FOLDER'],
  },
  verifyWithOthers: {
    title: '--verify with other options',
    message: () => '--verify checks an existing package and can be combined only with --public-key.',
    next: () => ['func-harden evidence --verify FILE --public-key FILE'],
  },
  noExportFormat: withData<{ readonly what: string; readonly formats: readonly string[] }>({
    title: 'Export format missing',
    message: ({ formats }) => `Choose a format with --format: ${formats.join(', ')}.`,
    next: ({ what, formats }) => formats.map((format) => `func-harden export ${what} --format ${format}`),
  }),
  onlyForPolicy: withData<{ readonly option: string }>({
    title: 'Option requires --format policy',
    message: ({ option }) => `--${option} requires --format policy.`,
    next: ({ option }) => [`Add --format policy, or remove --${option}.`],
  }),
  policyOfRun: {
    title: 'Policies require an answers file',
    message: () => 'Policies require an answers file, because a run has no answers and no exceptions.',
    next: () => ['func-harden export ANSWERS --format policy'],
  },
  formatOfAudit: withData<{ readonly format: string; readonly supports: string; readonly instead: string }>({
    title: 'Format not supported by this command',
    message: ({ format, supports }) => `--format ${format} is not supported here. func-harden ${supports}.`,
    next: ({ instead }) => [instead],
  }),
  reportOfAudit: {
    title: '--format FORMAT=FILE not supported',
    message: () => '--format FORMAT=FILE works only with func-harden audit and func-harden plan.',
    next: () => ['Use --format FORMAT --output FILE.'],
  },
  sortOfControls: withData<{ readonly sort: string; readonly sorts: readonly string[] }>({
    title: '--sort not supported with --by control',
    message: ({ sort }) => `--by control has one line for all apps with the finding, so it cannot be sorted by ${sort}.`,
    next: ({ sorts }) => [`Use --sort ${sorts.join(', ')}, or remove --by control.`],
  }),
  noPlatform: withData<{ readonly platforms: readonly string[] }>({
    title: 'Platform missing',
    message: () => 'A platform is required.',
    next: ({ platforms }) => platforms.map((platform) => `func-harden pipeline --for ${platform}`),
  }),
  unknownStage: withData<{ readonly text: string; readonly hint: string }>({
    title: 'Unknown stage',
    message: ({ text, hint }) => `Unknown stage "${text}".${hint}`,
    next: () => ['Write --stages audit plan apply, or some of these.'],
  }),
  invalidWords: withData<{ readonly words: readonly string[]; readonly complaint: string; readonly remedy: string }>({
    title: 'Invalid value for a pipeline',
    message: ({ words, complaint }) => `${words.map((word) => `"${word}"`).join(', ')} ${complaint}`,
    next: ({ remedy }) => [remedy],
  }),
  inputNeeded: withData<{ readonly missing: readonly string[]; readonly isAskingOff: boolean; readonly forms: readonly string[] }>({
    title: 'Input needed',
    exit: ({ isAskingOff }) => (isAskingOff ? EXIT.usage : EXIT.inputNeeded),
    message: ({ missing, isAskingOff }) =>
      `Input is needed${isAskingOff ? '' : ', but there is no terminal to ask for it'}; nothing was written.\n${missing.map((option) => `  ${option}`).join('\n')}`,
    next: ({ forms }) => forms,
  }),
  interruptedRollback: withData<{ readonly run: string }>({
    title: 'Rollback interrupted',
    message: ({ run }) => `Run ${run} was interrupted during its rollback.`,
    next: ({ run }) => [
      `Finish the rollback: func-harden resume ${run} --rollback`,
      'To apply the changes again, replay the answers file of the run.',
    ],
  }),
  rolledBack: withData<{ readonly run: string }>({
    title: 'Run already rolled back',
    message: ({ run }) => `Run ${run} was rolled back, so nothing is left to finish.`,
    next: () => ['To apply the changes again, replay the answers file of the run.'],
  }),
  partlyReverted: withData<{ readonly run: string; readonly by: readonly string[] }>({
    title: 'Run partly reverted',
    message: ({ run, by }) =>
      `Changes of run ${run} were reverted by ${by.length === 1 ? 'run' : 'runs'} ${by.join(', ')}. A resume would apply them again. Nothing was sent.`,
    next: ({ run }) => [
      `To revert the other changes: func-harden undo ${run}`,
      'To apply all changes again, replay the answers file of the run.',
    ],
  }),
  noFolder: {
    title: 'Folder with code missing',
    message: () => 'A folder with code is required.',
    next: () => ['func-harden source infra', 'func-harden source --template main.json'],
  },
  invalidChange: withData<{ readonly run: string; readonly text: string }>({
    title: 'Invalid change number',
    message: ({ text }) => `"${text}" is not the number of a change.`,
    next: ({ run }) => [`Run func-harden history ${run} to list its changes.`],
  }),
  unknownChange: withData<{ readonly run: string; readonly numbers: readonly number[] }>({
    title: 'Change not in the run',
    message: ({ run, numbers }) => `Run ${run} has no change ${numbers.join(', ')}.`,
    next: ({ run }) => [`func-harden history ${run} lists its changes.`],
  }),
  unknownApp: withData<{ readonly run: string; readonly names: readonly string[]; readonly apps: readonly string[] }>({
    title: 'App not in the run',
    message: ({ run, names }) => `Run ${run} has no app ${names.map((name) => `"${name}"`).join(', ')}.`,
    next: ({ apps }) => [`Apps of the run: ${apps.join(', ')}`],
  }),
  nothingInApp: withData<{ readonly run: string; readonly apps: readonly string[] }>({
    title: 'No change in the app',
    message: ({ run, apps }) => `Run ${run} changed nothing in ${apps.join(', ')}.`,
    next: ({ run }) => [`func-harden history ${run} lists its changes.`],
  }),
});
