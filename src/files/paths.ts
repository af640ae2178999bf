import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, posix, win32 } from 'node:path';
import { EXIT, UserError } from '../engine/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where undo logs and locks lie: `--state-dir`, else XDG state (Windows: local application data). */
export function stateDirectory(environment: Environment, platform: NodeJS.Platform, chosen?: string): string {
  if (chosen) return chosen;
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix;
  const xdg = environment['XDG_STATE_HOME'];
  // The XDG specification says to ignore relative values.
  if (xdg && isAbsolute(xdg)) return join(xdg, 'func-harden');
  const local = environment['LOCALAPPDATA'];
  if (platform === 'win32' && local) return join(local, 'func-harden');
  const home = environment['HOME'] || environment['USERPROFILE'] || homeOf();
  if (!home) throw new UserError('No home folder exists for the undo log.', EXIT.failed, ['Choose a folder with --state DIR']);
  return join(home, '.local', 'state', 'func-harden');
}

function homeOf(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/**
 * Makes a folder for the owner alone, and those above it. Not with Node's `recursive`: that never ends where a folder that is
 * there lets none be made in it and answers "no such folder", as /proc and automounts do.
 */
export async function makeFolder(folder: string): Promise<void> {
  if ((await made(folder)) || dirname(folder) === folder) return;
  await makeFolder(dirname(folder));
  if (!(await made(folder))) throw new Error(`no folder can be created in ${dirname(folder)}`);
}

/** False where the folder above is missing, or says so. Another process may have made it meanwhile. */
async function made(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code !== 'EEXIST') throw error;
  }
  return true;
}
