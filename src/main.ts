/** The process around a command: signals, streams, and errors outside the promise of the command. */
import type { CommandName } from './cli/commands.ts';
import { terminal } from './cli/terminal.ts';
import { EXIT, type ExitCode } from './engine/errors.ts';
import { systemClock } from './files/clock.ts';
import { nameHome } from './files/paths.ts';
import { saveRecordings } from './files/recording.ts';
import { complain } from './app/complain.ts';
import { runCommand } from './run-command.ts';
import { VERSION } from './version.ts';

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;

export async function main(argv: readonly string[]): Promise<ExitCode> {
  const stop = new AbortController();
  let stopCode: ExitCode | undefined;
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (stopCode !== undefined) {
        if (process.stdout.isTTY) process.stdout.write('\u001B[?25h');
        process.exit(code);
      } // A second signal ends the process at once; the undo log has the intent.
      stopCode = code;
      stop.abort();
    });
  }
  // An error outside the promise of the command, for example in a key handler. The wizard restores the terminal at exit, before this is printed.
  process.once('uncaughtException', (error) => {
    process.once('exit', () => complain(error, terminal(process, argv)));
    process.exit(EXIT.failed);
  });
  // A change that could not be shown must not be applied, so a full disk for the output stops the command like a signal. A closed pipe does not stop it.
  let isLost = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || code === 'EIO') return;
      isLost = true;
      stop.abort();
    });
  }
  nameHome(process.env);
  try {
    const { code, command } = await runCommand(argv, {
      terminal: (options) => terminal(process, argv, options),
      environment: process.env,
      clock: systemClock,
      version: VERSION,
      signal: stop.signal,
    });
    // A failed write to a file is reported after the current task.
    await new Promise((resolve) => setImmediate(resolve));
    const ended = isLost ? lostCode(code, command) : code;
    return stopCode !== undefined && command !== 'emulator' ? stopCode : ended;
  } finally {
    saveRecordings();
  }
}

const CHANGES: readonly (CommandName | undefined)[] = ['replay', 'undo', 'resume'];

/** Returns the exit code of a command whose output was lost: a run that was complete by then is recorded only in the undo log. */
function lostCode(code: ExitCode, command: CommandName | undefined): ExitCode {
  if (code === EXIT.ok && CHANGES.includes(command)) return EXIT.partial;
  return code === EXIT.ok || code === EXIT.findings || code === EXIT.unknown ? EXIT.failed : code;
}
