import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * The way from the root of the Git repository to a folder in it, with forward slashes: code scanning looks for files from there.
 * Outside of a repository, the way from the working directory; empty where the folder does not lie below it.
 */
export async function pathFromRepository(folder: string): Promise<string> {
  const place = await realpath(folder).catch(() => resolve(folder));
  const root = (await repositoryOf(place)) ?? (await realpath('.').catch(() => resolve('.')));
  const way = relative(root, place);
  return isAbsolute(way) || way.split(sep)[0] === '..' ? '' : way.split(sep).join('/');
}

/** The nearest folder upwards that holds `.git`, which is a file in work trees and submodules. */
async function repositoryOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (
      await lstat(join(at, '.git')).then(
        () => true,
        () => false,
      )
    )
      return at;
    if (dirname(at) === at) return undefined;
  }
}
