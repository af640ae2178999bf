import { outgoing } from '../cli/terminal.ts';
import type { Invocation, CommandModule } from '../cli/invocation.ts';
import { EXIT, type ExitCode } from '../engine/errors.ts';
import type { Clock, Connection } from '../engine/ports.ts';
import { createAsking } from '../files/prompt-gate.ts';
import { openKeyboard } from '../files/keyboard.ts';
import { createWizardSession } from '../app/wizard/wizard-session.ts';
import { connectWith } from '../app/connection.ts';
import { settleMemory } from '../app/memory.ts';
import { closingLines } from '../view/outcome-lines.ts';
import { printLines } from '../view/print-lines.ts';
import { wizardErrors } from '../hosts/lines/errors.ts';

/** Milliseconds. */
const MOMENT = 1000;

export const run: CommandModule['run'] = async (invocation) => {
  if (!invocation.io.interactive) {
    throw wizardErrors.noTerminal();
  }
  const stop = new Stop(invocation.signal);
  return runWizard(invocation, await connectWith({ ...invocation, signal: stop.signal, io: { ...invocation.io, err: stop.say } }), stop);
};

/** Ends the waits of a connection, and reports what it waits for: on stderr, or to the screen. */
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

/** Runs the wizard on the full screen or with line prompts. At the end it prints how to replay and undo, and how each run ended. */
export async function runWizard(invocation: Invocation, connection: Connection, stop: Stop, leavesTraces = true): Promise<ExitCode> {
  const { io, clock } = invocation;
  const orphan = watchParent(clock);
  const signal = AbortSignal.any([invocation.signal, orphan.signal]);
  const session = await createWizardSession(invocation, connection);
  settleMemory();
  const keyboard = openKeyboard();
  const { stdin, stdout } = process;
  const ended = await (
    io.fullScreen
      ? (await import('../hosts/tui/mount.tsx')).mountWizard({
          session,
          look: io.outLook,
          stdin,
          stdout,
          keyboard,
          mouse: invocation.options.mouse === true || Boolean(invocation.environment['FUNC_HARDEN_MOUSE']),
          signal,
          onStop: stop.now,
          listen: stop.listen,
        })
      : (await import('../hosts/lines/line-wizard.ts')).runLines({
          session,
          io,
          ask: createAsking({ stdin, output: stdout, keyboard }),
          signal,
        })
  ).finally(() => {
    orphan.close();
    keyboard.close();
  });
  const isCut = 'cut' in ended && ended.cut;
  // After Ctrl-C, finishing the session gets only a short time; if Azure is slower, replay reports the changes that a guard stops.
  if (!isCut) {
    const finished = session.finish().catch(() => undefined);
    await (ended.exitCode === EXIT.interrupted ? withinMoment(finished, clock) : finished);
  }
  // The answers file also contains the queued decisions.
  if (leavesTraces && (ended.endings.length > 0 || session.hasDecided())) {
    // Reports show acceptances and attestations only with the answers file.
    io.out(`Report: func-harden audit --answers ${session.answersFile}\n`);
    io.out(`Replay: func-harden replay ${session.answersFile}\n`);
    if (ended.endings.length > 0) io.out(`${printLines(ended.endings.flatMap(closingLines), io.outLook.colour)}\n`);
  }
  // The user left at once, so the answer to a request is not awaited; its intent is in the undo log.
  if (isCut) process.exit(ended.exitCode);
  return ended.exitCode;
}

/** Watches for the end of the parent, such as npm or a shell: if it is killed, the terminal belongs to another job, and no key comes any more. */
function watchParent(clock: Clock): { readonly signal: AbortSignal; readonly close: () => void } {
  const gone = new AbortController();
  const parent = process.ppid;
  let cancel = () => {};
  const look = () => {
    if (process.ppid === parent) cancel = clock.after(MOMENT, look);
    else gone.abort();
  };
  look();
  return { signal: gone.signal, close: () => cancel() };
}

const withinMoment = (work: Promise<void>, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    const stopWaiting = clock.after(MOMENT, resolve);
    void work.finally(() => {
      stopWaiting();
      resolve();
    });
  });
