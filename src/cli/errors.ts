/** Errors about commands and report options. All other errors about options have the words of the parser (commander). */
import { EXIT, errorCatalogue, type NoData } from '../engine/errors.ts';

/** The data of each error. */
interface CliErrors {
  readonly unknownCommand: { readonly text: string; readonly hint: string };
  readonly severalFormats: { readonly formats: readonly string[] };
  readonly noReportFile: NoData;
  readonly digestWithoutFolder: NoData;
  readonly sameReportFile: { readonly file: string };
}

export const cliErrors = errorCatalogue<CliErrors>('cli', {
  unknownCommand: {
    title: 'Unknown command',
    exit: EXIT.usage,
    message: ({ text, hint }) => `Unknown command "${text}".${hint}`,
    next: () => ['Run func-harden --help to list the commands.'],
  },
  severalFormats: {
    title: 'Two formats for one result',
    exit: EXIT.usage,
    message: ({ formats }) => `--format ${formats.join(' and --format ')}: the result can have only one format.`,
    next: () => ['Write additional formats to files: --format sarif=FILE'],
  },
  noReportFile: {
    title: 'File name missing',
    exit: EXIT.usage,
    message: () => '--format has no file name.',
    next: () => ['Write --format sarif=audit.sarif'],
  },
  sameReportFile: {
    title: 'Two reports in the same file',
    exit: EXIT.usage,
    message: ({ file }) => `Two reports have the same file ${file}.`,
    next: () => ['Choose a different file for one of them.'],
  },
  digestWithoutFolder: {
    title: '--controls-digest without --controls',
    exit: EXIT.usage,
    message: () => '--controls-digest requires --controls DIR.',
    next: () => ['Add --controls DIR, or remove --controls-digest.'],
  },
});
