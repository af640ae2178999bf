import { confirm, input } from '@inquirer/prompts';
import { dropTypeAhead } from './type-ahead.ts';
import type { AppChanges } from '../engine/run.ts';

/** Asks for what the flags did not approve: a yes that defaults to no, and the name of each app that may lock people out. */
export async function askApproval(
  apps: readonly AppChanges[],
  needYes: boolean,
  /** What each of these apps is confirmed by. */
  needNames: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const context = { output: process.stderr, signal };
  return answered(async () => {
    const requests = apps.reduce((sum, { changes }) => sum + changes.length, 0);
    if (
      needYes &&
      !(await confirm({ message: `Send ${requests === 1 ? 'this request' : `these ${requests} requests`}?`, default: false }, context))
    )
      return false;
    for (const name of needNames) {
      const typed = await input(
        { message: `This can lock people out of ${name} or cannot be taken back. Type ${name} to go ahead, or nothing to stop:` },
        context,
      );
      if (typed.trim() !== name) return false;
    }
    return true;
  });
}

/** Asks whether the apps behind the canary follow. */
export const askToGoOn = (signal: AbortSignal): Promise<boolean> =>
  answered(() => confirm({ message: 'Go on with the other apps?', default: false }, { output: process.stderr, signal }));

/** Leaving a question is a no, and keys that were pressed before it was there are no answer. */
async function answered(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    await dropTypeAhead();
    return await ask();
  } catch (error) {
    if (error instanceof Error && /ExitPrompt|Abort/.test(error.name)) return false;
    throw error;
  }
}
