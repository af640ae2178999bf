/** Errors about values of options. */
import { EXIT, errorCatalogue, withData } from '../../engine/errors.ts';

export const optionErrors = errorCatalogue('app', {
  noAnswerGiven: {
    title: 'Question canceled',
    exit: EXIT.failed,
    message: () => 'The question was canceled. Nothing was written.',
    next: () => ['Run the command again, or give the answers as options.'],
  },
  severalControls: withData<{ readonly id: string; readonly names: readonly string[] }>({
    title: 'More than one control matches',
    message: ({ id, names }) => `"${id}" is a control of ${names.length} areas.`,
    next: ({ names }) => names.map((name) => `func-harden steps ${name}`),
  }),
  unknownArea: withData<{ readonly areas: readonly { readonly id: string; readonly hint: string }[] }>({
    title: 'Unknown area',
    message: ({ areas }) => areas.map(({ id, hint }) => `Unknown area "${id}".${hint}`).join(' '),
    next: () => ['Run func-harden steps to list the areas.'],
  }),
  noAddress: withData<{ readonly text: string }>({
    title: 'Not an IP address',
    message: ({ text }) => `"${text}" is not an IP address.`,
    next: () => ['Example: --my-ip 203.0.113.7'],
  }),
  noNumberOfApps: withData<{ readonly text: string; readonly option: string; readonly usual: number }>({
    title: 'Invalid number of apps',
    message: ({ text }) => `"${text}" is not a valid number of apps.`,
    next: ({ option, usual }) => [`Example: --${option} ${usual}`],
  }),
  patternInConfirm: withData<{ readonly pattern: string }>({
    title: 'Pattern not allowed in --confirm',
    message: ({ pattern }) => `--confirm accepts app names and resource ids only, not "${pattern}".`,
    next: () => ['Write one --confirm for each app.'],
  }),
  unknownInConfirm: withData<{ readonly names: readonly string[]; readonly apps: readonly string[] }>({
    title: 'App in --confirm is not in this run',
    message: ({ names }) => `--confirm contains ${names.map((name) => `"${name}"`).join(', ')}, which is not an app of this run.`,
    next: ({ apps }) => [apps.length === 0 ? 'The run has no app.' : `The apps are: ${apps.join(', ')}`],
  }),
  withoutCode: withData<{ readonly option: string; readonly code: string }>({
    title: 'Option requires infrastructure code',
    message: ({ option, code }) => `${option} requires ${code}.`,
    next: ({ option, code }) => [`Add ${code}, or remove ${option}.`],
  }),
  jsonAndFormat: withData<{ readonly format: string }>({
    title: 'Two formats for one result',
    message: ({ format }) => `--json and --format ${format} cannot be combined.`,
    next: () => ['Remove one of them.'],
  }),
});
