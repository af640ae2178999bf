/** Errors about the selection of apps and about output files. An audit loads them before its areas. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';
import { plainText } from '../../text/plain.ts';

export const selectionErrors = errorCatalogue('app', {
  overwritesInput: withData<{ readonly option: string; readonly file: string }>({
    title: 'Output would overwrite an input',
    message: ({ option, file }) => `${option} would overwrite ${file}, which this command reads.`,
    next: ({ option }) => [`Choose a different file with ${option} FILE`],
  }),
  sameFile: withData<{ readonly other: string; readonly option: string; readonly file: string }>({
    title: 'Two outputs in the same file',
    message: ({ other, option, file }) => `${other} and ${option} would write to the same file ${file}.`,
    next: ({ option }) => [`Choose a different file with ${option} FILE.`],
  }),
  severalApps: withData<{ readonly where: string; readonly shared: readonly { readonly name: string; readonly ids: readonly string[] }[] }>(
    {
      title: 'More than one app matches',
      message: ({ where, shared }) =>
        `${shared
          .map(
            ({ name, ids }) =>
              `${where} ${plainText(name)} matches ${ids.length} apps:\n${ids.map((id) => `  ${plainText(id)}`).join('\n')}`,
          )
          .join('\n')}\nNothing was changed.`,
      next: ({ where }) =>
        where === '--confirm'
          ? ['Use the resource id instead of the name, with one --confirm for each app.']
          : ['Use the resource id instead of the name, or select one app with --resource-group or --subscription.'],
    },
  ),
  noTag: withData<{ readonly text: string }>({
    title: 'Invalid tag',
    message: ({ text }) => `"${text}" is not a tag of the form KEY=VALUE.`,
    next: () => ['Example: --tag env=prod'],
  }),
  invalidApp: withData<{ readonly problem: string }>({
    title: 'Invalid value of --app',
    message: ({ problem }) => `--app: ${problem}.`,
    next: () => ["Examples: --app fn-orders, --app 'fn-*'."],
  }),
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
