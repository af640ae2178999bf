/** The command inside this process: quick, where what is tested is not the process. */
import { runCommand } from '../../src/run-command.ts';
import type { Outcome, World } from './world.ts';

export async function inside(
  here: Pick<World, 'accessToken' | 'endpoint' | 'folder' | 'clock'>,
  args: readonly string[],
  extra: Readonly<Record<string, string | undefined>> = {},
  width = 80,
  piped = false,
  signal: AbortSignal = new AbortController().signal,
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
    asks: false,
    fullScreen: false,
  };
  const environment = {
    FUNC_HARDEN_ACCESS_TOKEN: here.accessToken,
    FUNC_HARDEN_ARM_ENDPOINT: here.endpoint,
    XDG_STATE_HOME: here.folder,
    ...extra,
  };
  const { code } = await runCommand(args, {
    terminal: () => io,
    environment,
    clock: here.clock,
    version: 'test',
    signal,
  });
  return { code, stdout, stderr };
}
