import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, posix, win32 } from 'node:path';
import { settingsFileErrors } from './errors/settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the folder of undo logs and locks: `--state-dir`, else XDG state (Windows: local application data). */
export function stateDirectory(environment: Environment, platform: NodeJS.Platform, chosen?: string): string {
  if (chosen) return chosen;
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix;
  const xdg = environment['XDG_STATE_HOME'];
  // The XDG specification says to ignore relative values.
  if (xdg && isAbsolute(xdg)) return join(xdg, 'func-harden');
  const local = environment['LOCALAPPDATA'];
  if (platform === 'win32' && local) return join(local, 'func-harden');
  const home = environment['HOME'] || environment['USERPROFILE'] || homeOf();
  if (!home) throw settingsFileErrors.noHome();
  return join(home, '.local', 'state', 'func-harden');
}

/** Names the home folder of the account where no variable does, as for a service, so that undo logs and settings are found in one place. */
export function nameHome(environment: Record<string, string | undefined>): void {
  const home = environment['HOME'] === undefined && environment['USERPROFILE'] === undefined ? homeOf() : undefined;
  if (home !== undefined) environment['HOME'] = home;
}

function homeOf(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // The account has none.
  }
}

/**
 * Creates a folder that only the owner can use, and its parents. Node's `recursive` is not used: it never ends where an existing folder
 * accepts no new folder and answers "no such folder", as /proc and automounts do.
 */
export async function makeFolder(folder: string): Promise<void> {
  if ((await makeOneFolder(folder)) || dirname(folder) === folder) return;
  await makeFolder(dirname(folder));
  if (!(await makeOneFolder(folder))) throw new Error(`no folder can be created in ${dirname(folder)}`);
}

/** Creates one folder. Returns false where its parent is missing. Another process may create it at the same time. */
async function makeOneFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code !== 'EEXIST') throw error;
  }
  return true;
}
