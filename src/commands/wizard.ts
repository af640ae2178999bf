import type { CommandModule } from '../cli/commands.ts';
import type { Invocation } from '../cli/invocation.ts';
import { EXIT, UserError, type ExitCode } from '../engine/errors.ts';
import type { Connection } from '../engine/ports.ts';
import { createSession } from './session.ts';
import { connectWith } from './shared.ts';

export const run: CommandModule['run'] = async (invocation) => {
  if (!invocation.io.interactive) {
    throw new UserError('The wizard needs a terminal, and there is none.', EXIT.inputNeeded, [
      'In a pipeline use: func-harden audit, plan and replay',
      'To try it without Azure: func-harden demo',
    ]);
  }
  return runWizard(invocation, await connectWith(invocation));
};

/** The wizard over a connection: on the full screen, or by line prompts. Says at the end how to replay and undo. */
export async function runWizard(invocation: Invocation, connection: Connection): Promise<ExitCode> {
  const { io, signal } = invocation;
  const session = await createSession(invocation, connection);
  const ended = io.fullScreen
    ? await (
        await import('../tui/mount.tsx')
      ).mountWizard({ session, look: io.outLook, stdin: process.stdin, stdout: process.stdout, signal })
    : await (await import('../hosts/lines.ts')).runLines({ session, io, signal });
  for (const run of ended.runs) io.out(`Run: ${run}\nUndo: func-harden undo ${run}\n`);
  if (ended.runs.length > 0) io.out(`Replay: func-harden replay ${session.answersFile}\n`);
  return ended.exitCode;
}
