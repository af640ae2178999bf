/** Errors about commands, their arguments and options. */
import { errorCatalogue, withData } from '../engine/errors.ts';

export const cliErrors = errorCatalogue('cli', {
  unknownCommand: withData<{ readonly text: string; readonly hint: string }>({
    title: 'Unknown command',
    message: ({ text, hint }) => `Unknown command "${text}".${hint}`,
    next: () => ['Run func-harden --help to list the commands.'],
  }),
  unknownOption: withData<{ readonly text: string; readonly hint: string; readonly help: string }>({
    title: 'Unknown option',
    message: ({ text, hint }) => `Unknown option "${text}".${hint}`,
    next: ({ help }) => [`Run ${help} to list the options.`],
  }),
  notAChoice: withData<{ readonly option: string; readonly text: string; readonly hint: string; readonly choices: readonly string[] }>({
    title: 'Value not allowed',
    message: ({ option, text, hint }) => `--${option} cannot be "${text}".${hint}`,
    next: ({ choices }) => [`Allowed values: ${choices.join(', ')}`],
  }),
  missingValue: withData<{ readonly flags: string; readonly help: string }>({
    title: 'Option requires a value',
    message: ({ flags }) => `The option ${flags.split(' ')[0]} requires a value.`,
    next: ({ flags, help }) => [`Write ${flags}. Run ${help} for details.`],
  }),
  missingArgument: withData<{ readonly name: string; readonly examples: readonly string[]; readonly help: string }>({
    title: 'Argument missing',
    message: ({ name }) => `The argument ${name.toUpperCase()} is missing.`,
    next: ({ examples, help }) => [...examples.map((example) => `Example: ${example}`), `Run ${help} for details.`],
  }),
  excessArgument: withData<{ readonly command: string; readonly words: readonly string[]; readonly help: string }>({
    title: 'Too many arguments',
    message: ({ command, words }) => `Too many arguments for ${command}: ${words.map((word) => `"${word}"`).join(', ')}.`,
    next: ({ help }) => [`Put a value that contains spaces in quotation marks. Run ${help} for details.`],
  }),
  severalFormats: withData<{ readonly formats: readonly string[] }>({
    title: 'Two formats for one result',
    message: ({ formats }) => `--format ${formats.join(' and --format ')}: the result can have only one format.`,
    next: () => ['Write additional formats to files: --format sarif=FILE'],
  }),
  noReportFile: {
    title: 'File name missing',
    message: () => '--format has no file name.',
    next: () => ['Write --format sarif=audit.sarif'],
  },
  sameReportFile: withData<{ readonly file: string }>({
    title: 'Two reports in the same file',
    message: ({ file }) => `Two reports have the same file ${file}.`,
    next: () => ['Choose a different file for one of them.'],
  }),
  digestWithoutFolder: {
    title: '--controls-digest without --controls',
    message: () => '--controls-digest requires --controls DIR.',
    next: () => ['Add --controls DIR, or remove --controls-digest.'],
  },
});
