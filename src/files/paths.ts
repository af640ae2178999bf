import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { EXIT, UserError } from '../engine/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where undo logs and locks lie: `--state-dir`, else XDG state (Windows: local application data). */
export function stateDirectory(environment: Environment, platform: NodeJS.Platform, chosen?: string): string {
  if (chosen) return chosen;
  const xdg = environment['XDG_STATE_HOME'];
  // The XDG specification says to ignore relative values.
  if (xdg && isAbsolute(xdg)) return join(xdg, 'func-harden');
  const local = environment['LOCALAPPDATA'];
  if (platform === 'win32' && local) return join(local, 'func-harden');
  const home = environment['HOME'] || environment['USERPROFILE'] || homeOf();
  if (!home) throw new UserError('There is no home folder to keep the undo log in.', EXIT.failed, ['Name a folder with --state-dir DIR']);
  return join(home, '.local', 'state', 'func-harden');
}

function homeOf(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
