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
  /** Apps whose values are declared in code. */
  owned: readonly string[] = [],
): Promise<boolean> {
  return unlessLeft(async () => {
    const requests = apps.reduce((sum, { changes }) => sum + changes.length, 0);
    if (needYes && !(await askYesNo(`Send ${requests === 1 ? 'this request' : `these ${requests} requests`}?`, ask, signal))) return false;
    const code = `Your code (for example Bicep or Terraform) declares ${owned.join(', ')}. The next deployment of that code reverts these changes. Change them anyway?`;
    if (owned.length > 0 && !(await askYesNo(code, ask, signal))) return false;
    for (const name of needNames) {
      const message = `This change can lock people out of ${name} or cannot be reverted. Type ${name} to apply it, or press Enter to stop:`;
      const typed = await ask((streams) => readLine(`? ${plainText(message)}`, streams, signal));
      if (typed.trim() !== name) return false;
    }
    return true;
  });
}

/** Asks whether to continue with the other apps after the canary. */
export const askToContinue = (ask: Asking, signal: AbortSignal): Promise<boolean> =>
  unlessLeft(() => askYesNo('Continue with the other apps?', ask, signal));

/** Asks for a yes; Enter alone means no. */
const askYesNo = (message: string, ask: Asking, signal: AbortSignal): Promise<boolean> =>
  ask(async (streams) => /^y(es)?$/i.test((await readLine(`? ${plainText(message)} (y/N)`, streams, signal)).trim()));

/** Treats leaving a question as a no. */
async function unlessLeft(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof LeaveError || error instanceof BackError) return false;
    throw error;
  }
}
