/** The command inside this process: quick, where what is tested is not the process. */
import { parse } from '../../src/cli/parse.ts';
import { LOAD } from '../../src/commands/index.ts';
import { exitOf, UserError } from '../../src/engine/errors.ts';
import { ArmFailure } from '../../src/engine/ports.ts';
import { catalogue } from '../../steps/index.ts';
import type { Outcome, World } from './world.ts';

export async function inside(
  here: World,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  width = 80,
  piped = false,
): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  const look = { colour: false, ascii: false } as const;
  const io = {
    out: (text: string) => void (stdout += text),
    err: (text: string) => void (stderr += text),
    outLook: look,
    errLook: look,
    width,
    piped,
    interactive: false,
    fullScreen: false,
  };
  const environment = {
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
    XDG_STATE_HOME: here.folder,
    ...extra,
  };
  const parsed = parse(args, 'test', io.out);
  if (!parsed) return { code: 0, stdout, stderr };
  try {
    const { run } = await LOAD[parsed.command.name]();
    const code = await run({
      ...parsed,
      io,
      environment,
      clock: here.clock,
      version: 'test',
      catalogue: () => Promise.resolve(catalogue),
      signal: new AbortController().signal,
    });
    return { code, stdout, stderr };
  } catch (error) {
    if (error instanceof ArmFailure) return { code: exitOf(error), stdout, stderr: `${stderr}${error.message} ${error.next}` };
    if (!(error instanceof UserError)) throw error;
    return { code: error.exitCode, stdout, stderr: `${stderr}${error.message}` };
  }
}
