/** Errors of the wizard. */
import { EXIT, errorCatalogue } from '../../engine/errors.ts';

export const wizardErrors = errorCatalogue('hosts', {
  noApp: {
    title: 'No function app',
    exit: EXIT.failed,
    message: () => 'No function app was found that this account can read.',
    next: () => ['Check the subscription, or sign in with a different account.'],
  },
  noTerminal: {
    title: 'No terminal',
    exit: EXIT.inputNeeded,
    message: () => 'The wizard requires a terminal, and does not start if CI is set or with --no-input.',
    next: () => ['In a pipeline, use func-harden audit, plan and replay', 'To try it without Azure: func-harden demo'],
  },
});
