/** Errors about settings of the user. */
import { EXIT, errorCatalogue } from '../../engine/errors.ts';

/** The data of each error. */
interface SettingsErrors {
  readonly invalidVariables: { readonly mistakes: readonly string[] };
}

export const settingsErrors = errorCatalogue<SettingsErrors>('app', {
  invalidVariables: {
    title: 'Invalid environment variables',
    exit: EXIT.usage,
    message: ({ mistakes }) => `Some settings in the environment are not valid. Nothing was sent.\n${mistakes.join('\n')}`,
    next: () => ['Run func-harden config to list the settings.'],
  },
});
