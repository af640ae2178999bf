/** Errors about settings of the user. */
import { errorCatalogue, withData } from '../../engine/errors.ts';

export const settingsErrors = errorCatalogue('app', {
  invalidVariables: withData<{ readonly mistakes: readonly string[] }>({
    title: 'Invalid environment variables',
    message: ({ mistakes }) => `Some settings in the environment are not valid. Nothing was sent.\n${mistakes.join('\n')}`,
    next: () => ['Run func-harden config to list the settings.'],
  }),
});
