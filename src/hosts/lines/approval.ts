import { confirm, input } from '@inquirer/prompts';
import type { Asking } from '../../engine/ports.ts';
import { plainText } from '../../text/plain.ts';
import { BackError, LeaveError, readLine } from './read-line.ts';
import type { AppChanges } from '../../engine/run/run-input.ts';

/** Asks for the approvals that no flag gave: a yes (default: no), and the name of each app that people may be locked out of. */
export async function askApproval(
  apps: readonly AppChanges[],
  needYes: boolean,
  /** Texts that confirm these apps. */
  needNames: readonly string[],
  ask: Asking,
  signal: AbortSignal,
  /** Whether a question may be drawn again after each key, as the library does it; a screen reader reads it again. */
  redraws: boolean,
  /** Apps whose values are declared in code. */
  owned: readonly string[] = [],
): Promise<boolean> {
  return unlessLeft(signal, async () => {
    const requests = apps.reduce((sum, { changes }) => sum + changes.length, 0);
    if (needYes && !(await askYesNo(`Send ${requests === 1 ? 'this request' : `these ${requests} requests`}?`, ask, signal, redraws)))
      return false;
    const code = `Your code (for example Bicep or Terraform) declares ${owned.join(', ')}. The next deployment of that code reverts these changes. Change them anyway?`;
    if (owned.length > 0 && !(await askYesNo(code, ask, signal, redraws))) return false;
    for (const name of needNames) {
      const message = `This change can lock people out of ${name} or cannot be reverted. Type ${name} to apply it, or press Enter to stop:`;
      const typed = await ask((streams) =>
        redraws ? input({ message: plainText(message) }, { ...streams, signal }) : readLine(`? ${plainText(message)}`, streams, signal),
      );
      if (typed.trim() !== name) return false;
    }
    return true;
  });
}

/** Asks whether to continue with the other apps after the canary. */
export const askToContinue = (ask: Asking, signal: AbortSignal, redraws: boolean): Promise<boolean> =>
  unlessLeft(signal, () => askYesNo('Continue with the other apps?', ask, signal, redraws));

/** Asks for a yes; Enter without text means no. */
const askYesNo = (message: string, ask: Asking, signal: AbortSignal, redraws: boolean): Promise<boolean> =>
  ask(async (streams) =>
    redraws
      ? confirm({ message: plainText(message), default: false }, { ...streams, signal })
      : /^y(es)?$/i.test((await readLine(`? ${plainText(message)} (y/N)`, streams, signal)).trim()),
  );

/** Names of the errors of the library on Ctrl-C and on a signal. */
const LEFT = new Set(['ExitPromptError', 'AbortPromptError']);

/** Treats leaving a question as a no. Ctrl-C is a key while a question is open, so the signal is raised here. */
async function unlessLeft(signal: AbortSignal, ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BackError) return false;
    if (!(error instanceof LeaveError || (error instanceof Error && LEFT.has(error.name)))) throw error;
    if (!signal.aborted) process.emit('SIGINT');
    return false;
  }
}
