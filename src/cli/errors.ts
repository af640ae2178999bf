/** Errors about commands and report options. All other errors about options have the words of the parser (commander). */
import { errorCatalogue, withData } from '../engine/errors.ts';

export const cliErrors = errorCatalogue('cli', {
  unknownCommand: withData<{ readonly text: string; readonly hint: string }>({
    title: 'Unknown command',
    message: ({ text, hint }) => `Unknown command "${text}".${hint}`,
    next: () => ['Run func-harden --help to list the commands.'],
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
