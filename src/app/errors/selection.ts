/** Errors about the selection of apps and about output files. An audit loads them before its areas. */
import { EXIT, errorCatalogue, type NoData } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

/** The data of each error. */
interface SelectionErrors {
  readonly noFileName: { readonly option: string };
  readonly overwritesInput: { readonly option: string; readonly file: string };
  readonly sameFile: { readonly other: string; readonly option: string; readonly file: string };
  readonly severalApps: { readonly where: string; readonly shared: readonly { readonly name: string; readonly ids: readonly string[] }[] };
  readonly noTag: { readonly text: string };
  readonly invalidApp: { readonly problem: string };
  readonly noAppInFile: NoData;
  readonly noAppSelected: NoData;
}

export const selectionErrors = errorCatalogue<SelectionErrors>('app', {
  noFileName: {
    title: 'File name missing',
    exit: EXIT.usage,
    message: ({ option }) => `${option} has no file name.`,
    next: ({ option }) => [`Write ${option} FILE.`],
  },
  overwritesInput: {
    title: 'Output would overwrite an input',
    exit: EXIT.usage,
    message: ({ option, file }) => `${option} would overwrite ${file}, which this command reads.`,
    next: ({ option }) => [`Choose a different file with ${option} FILE`],
  },
  sameFile: {
    title: 'Two outputs in the same file',
    exit: EXIT.usage,
    message: ({ other, option, file }) => `${other} and ${option} would write to the same file ${file}.`,
    next: ({ option }) => [`Choose a different file with ${option} FILE.`],
  },
  severalApps: {
    title: 'Name of several apps',
    exit: EXIT.usage,
    message: ({ where, shared }) =>
      `${shared
        .map(
          ({ name, ids }) => `${where} ${plainText(name)} matches ${ids.length} apps:\n${ids.map((id) => `  ${plainText(id)}`).join('\n')}`,
        )
        .join('\n')}\nNothing was changed.`,
    next: ({ where }) =>
      where === '--confirm'
        ? ['Use the resource id instead of the name, with one --confirm for each app.']
        : ['Use the resource id instead of the name, or select one app with --resource-group or --subscription.'],
  },
  noTag: {
    title: 'Not a tag',
    exit: EXIT.usage,
    message: ({ text }) => `"${text}" is not a tag.`,
    next: () => ['Example: --tag env=prod'],
  },
  invalidApp: {
    title: 'Invalid value of --app',
    exit: EXIT.usage,
    message: ({ problem }) => `--app: ${problem}.`,
    next: () => ["Examples: --app fn-orders, --app 'fn-*'."],
  },
  noAppInFile: {
    title: 'No app selected',
    exit: EXIT.inputNeeded,
    message: () => 'The answers file contains no app, and no app is selected.',
    next: () => ['Select apps with --app NAME or --all,', 'or add to the file:  apps: { NAME: { steps: { … } } }'],
  },
  noAppSelected: {
    title: 'No app selected',
    exit: EXIT.inputNeeded,
    message: () => 'No app is selected.',
    next: () => ['Select apps with --app NAME, --tag KEY=VALUE or --all.'],
  },
});
