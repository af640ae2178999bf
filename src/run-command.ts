/** One command, from its arguments to its exit code. Every error that a user can cause ends here as a sentence and an exit code. */
import type { CommandName } from './cli/commands.ts';
import type { Invocation, Io } from './cli/invocation.ts';
import type { Options } from './cli/options.ts';
import { parse } from './cli/parse.ts';
import { complain } from './app/complain.ts';
import { hasBegun } from './app/runs/begun-runs.ts';
import { withSettings } from './app/settings.ts';
import { loadCatalogue } from './catalogue.ts';
import { LOAD } from './commands/index.ts';
import { EXIT, type ExitCode } from './engine/errors.ts';

/** The surroundings of a command, which tests replace. */
interface Surroundings extends Pick<Invocation, 'environment' | 'clock' | 'version' | 'signal' | 'connection'> {
  /** The streams; what they can show depends on the options. */
  readonly terminal: (options?: Options) => Io;
}

/**
 * Runs the command that the arguments name, from the settings to the exit code. Errors are written to stderr, except where a signal stopped
 * the command before its run: what broke off then is no news.
 */
export async function runCommand(
  argv: readonly string[],
  { terminal, ...here }: Surroundings,
): Promise<{ readonly code: ExitCode; readonly command?: CommandName }> {
  const io = terminal();
  let invocation: Invocation | undefined;
  try {
    const given = parse(argv, here.version, io.out, io.width);
    if (!given) return { code: EXIT.ok };
    const parsed = await withSettings(given, here.environment, process.platform);
    const [{ run }, { areas, controls }] = await Promise.all([
      LOAD[parsed.command.name](),
      loadCatalogue(parsed.command.name, parsed.options),
    ]);
    if (controls && !parsed.options.quiet) io.err(`NOTE: Custom areas (--controls): ${controls.areas.join(', ')} (${controls.digest})\n`);
    const own = { io: terminal(parsed.options), catalogue: areas, ...(controls ? { controls } : {}) };
    invocation = { ...parsed, ...here, ...own };
    return { code: await run(invocation), command: parsed.command.name };
  } catch (error) {
    const isNews = !here.signal.aborted || (invocation !== undefined && hasBegun(invocation));
    return { code: isNews ? complain(error, io) : EXIT.failed };
  }
}
