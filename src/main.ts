/** Joins arguments, catalogue and commands. Every error that a user can cause ends here as a sentence and an exit code. */
import type { Invocation, Io } from './cli/invocation.ts';
import { parse } from './cli/parse.ts';
import { withSettings } from './app/settings.ts';
import { terminal } from './cli/terminal.ts';
import { loadCatalogue } from './catalogue.ts';
import { LOAD } from './commands/index.ts';
import { EXIT, exitOf, REPORT_A_BUG, UserError, type ExitCode } from './engine/errors.ts';
import { ArmFailure } from './engine/ports.ts';
import { systemClock } from './files/clock.ts';
import { saveRecordings } from './files/recording.ts';
import { plainText } from './text/plain.ts';
import { failureCode } from './view/failure-code.ts';
import { VERSION } from './version.ts';

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;

export async function main(argv: readonly string[]): Promise<ExitCode> {
  const io = terminal(process, argv);
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
  // An error outside the promise of the command, as in the handler of a key. The wizard gives the terminal back at exit, before this is printed.
  process.once('uncaughtException', (error) => {
    process.once('exit', () => complain(error, io));
    process.exit(EXIT.failed);
  });
  try {
    const given = parse(argv, VERSION, io.out);
    if (!given) return EXIT.ok;
    const parsed = await withSettings(given, process.env, process.platform);
    const [{ run }, { areas, controls }] = await Promise.all([
      LOAD[parsed.command.name](),
      loadCatalogue(parsed.command.name, parsed.options),
    ]);
    if (controls && !parsed.options.quiet) io.err(`NOTE: Custom areas (--controls): ${controls.areas.join(', ')} (${controls.digest})\n`);
    const invocation: Invocation = {
      ...parsed,
      io: terminal(process, argv, parsed.options),
      environment: process.env,
      clock: systemClock,
      version: VERSION,
      catalogue: areas,
      ...(controls ? { controls } : {}),
      signal: stop.signal,
    };
    const code = await run(invocation);
    return stopCode !== undefined && parsed.command.name !== 'emulator' ? stopCode : code;
  } catch (error) {
    return stopCode ?? complain(error, io);
  } finally {
    saveRecordings();
  }
}

function complain(error: unknown, io: Io): ExitCode {
  if (error instanceof UserError) {
    const lines = error.message.split('\n').map(plainText).join('\n');
    io.err(`ERROR: ${lines}\n${error.next.map((line) => `  ${plainText(line)}\n`).join('')}`);
    return error.exitCode;
  }
  if (error instanceof ArmFailure) {
    const code = failureCode(error);
    io.err(`ERROR: ${plainText(error.message)}\n  ${plainText(error.next)}\n${code === '' ? '' : `  (${code})\n`}`);
    return exitOf(error);
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`ERROR: Internal error in func-harden: ${what}\n${REPORT_A_BUG.map((line) => `  ${line}\n`).join('')}`);
  return EXIT.failed;
}
