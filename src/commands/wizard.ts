import type { CommandModule } from '../cli/commands.ts';
import type { Invocation } from '../cli/invocation.ts';
import { EXIT, UserError, type ExitCode } from '../engine/errors.ts';
import type { Connection } from '../engine/ports.ts';
import { askingAt } from '../files/asking.ts';
import { openKeyboard } from '../files/keyboard.ts';
import { createSession } from './session.ts';
import { outgoing } from '../cli/terminal.ts';
import { connectWith } from './connecting.ts';
import { staysOpen } from './heap.ts';
import { closingLines } from '../view/outcome.ts';
import { printed } from '../view/printed.ts';

export const run: CommandModule['run'] = async (invocation) => {
  if (!invocation.io.interactive) {
    throw new UserError('The wizard needs a terminal, and there is none.', EXIT.inputNeeded, [
      'In a pipeline use: func-harden audit, plan and replay',
      'To try it without Azure: func-harden demo',
    ]);
  }
  const stop = new Stop(invocation.signal);
  return runWizard(invocation, await connectWith({ ...invocation, signal: stop.signal, io: { ...invocation.io, err: stop.say } }), stop);
};

/** Ends the waits of a connection, and tells what it waits for: on stderr, or where the screen listens. */
export class Stop {
  readonly #controller = new AbortController();
  #heard: (text: string) => void = (text) => void process.stderr.write(outgoing(text, false));

  constructor(outside: AbortSignal) {
    outside.addEventListener('abort', this.now);
  }
  get signal(): AbortSignal {
    return this.#controller.signal;
  }
  readonly now = (): void => this.#controller.abort();
  readonly say = (text: string): void => this.#heard(text);
  readonly listen = (heard: (text: string) => void): void => {
    this.#heard = (text) => heard(text.trim());
  };
}

/** The wizard over a connection: on the full screen, or by line prompts. Says at the end how to replay and undo, and how each run ended. */
export async function runWizard(invocation: Invocation, connection: Connection, stop: Stop, leavesTraces = true): Promise<ExitCode> {
  const { io, signal } = invocation;
  const session = await createSession(invocation, connection);
  staysOpen();
  const keyboard = openKeyboard();
  const { stdin, stdout } = process;
  const ended = await (
    io.fullScreen
      ? (await import('../tui/mount.tsx')).mountWizard({
          session,
          look: io.outLook,
          stdin,
          stdout,
          keyboard,
          signal,
          onStop: stop.now,
          listen: stop.listen,
        })
      : (await import('../hosts/lines.ts')).runLines({ session, io, ask: askingAt({ stdin, output: stdout, keyboard }), signal })
  ).finally(() => keyboard.close());
  // Who stops wants out at once; a replay tells then what a guard stops.
  if (ended.exitCode !== EXIT.interrupted) await session.finish().catch(() => undefined);
  if (leavesTraces && ended.endings.length > 0) {
    io.out(`Replay: func-harden replay ${session.answersFile}\n`);
    io.out(`${printed(ended.endings.flatMap(closingLines), io.outLook.colour)}\n`);
  }
  // The person left at once: nothing waits for the answer of a request any more; its intent is in the undo log.
  if ('cut' in ended && ended.cut) process.exit(ended.exitCode);
  return ended.exitCode;
}
