/** Errors about values of options. */
import { EXIT, errorCatalogue, type NoData } from '../../engine/errors.ts';

/** The data of each error. */
interface OptionErrors {
  readonly noAnswerGiven: NoData;
  readonly unknownArea: { readonly areas: readonly { readonly id: string; readonly hint: string }[] };
  readonly noAddress: { readonly text: string };
  readonly noNumberOfApps: { readonly text: string; readonly option: string; readonly usual: number };
  readonly patternInConfirm: { readonly pattern: string };
  readonly unknownInConfirm: { readonly names: readonly string[]; readonly apps: readonly string[] };
  readonly jsonAndFormat: { readonly format: string };
}

export const optionErrors = errorCatalogue<OptionErrors>('app', {
  noAnswerGiven: {
    title: 'Question without an answer',
    exit: EXIT.failed,
    message: () => 'The question was canceled. Nothing was written.',
    next: () => ['Run the command again, or give the answers as options.'],
  },
  unknownArea: {
    title: 'Unknown area',
    exit: EXIT.usage,
    message: ({ areas }) => areas.map(({ id, hint }) => `Unknown area "${id}".${hint}`).join(' '),
    next: () => ['Run func-harden steps to list the areas.'],
  },
  noAddress: {
    title: 'Not an IP address',
    exit: EXIT.usage,
    message: ({ text }) => `"${text}" is not an IP address.`,
    next: () => ['Example: --my-ip 203.0.113.7'],
  },
  noNumberOfApps: {
    title: 'Not a number of apps',
    exit: EXIT.usage,
    message: ({ text }) => `"${text}" is not a number of apps.`,
    next: ({ option, usual }) => [`Example: --${option} ${usual}`],
  },
  patternInConfirm: {
    title: 'Pattern in --confirm',
    exit: EXIT.usage,
    message: ({ pattern }) => `--confirm accepts app names and resource ids only, not "${pattern}".`,
    next: () => ['Write one --confirm for each app.'],
  },
  unknownInConfirm: {
    title: 'App of --confirm not in this run',
    exit: EXIT.usage,
    message: ({ names }) => `--confirm contains ${names.map((name) => `"${name}"`).join(', ')}, which is not an app of this run.`,
    next: ({ apps }) => [`The apps are: ${apps.join(', ')}`],
  },
  jsonAndFormat: {
    title: 'Two formats for one result',
    exit: EXIT.usage,
    message: ({ format }) => `--json and --format ${format} cannot be combined.`,
    next: () => ['Remove one of them.'],
  },
});
