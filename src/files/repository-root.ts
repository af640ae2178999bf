import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * Returns the path from the root of the Git repository to a folder in it, with forward slashes, because code scanning resolves files from
 * there. Outside of a repository, returns the path from the working directory; empty where the folder is not below it.
 */
export async function pathFromRepository(folder: string): Promise<string> {
  const place = await realpath(folder).catch(() => resolve(folder));
  const root = (await repositoryOf(place)) ?? (await realpath('.').catch(() => resolve('.')));
  const way = relative(root, place);
  return isAbsolute(way) || way.split(sep)[0] === '..' ? '' : way.split(sep).join('/');
}

/**
 * Returns the folder from which `git apply` resolves the paths of a patch for files in a folder: the root of its Git repository, because in a
 * subfolder `git apply` ignores paths that are relative to it, without an error. Outside of a repository it is the folder itself.
 */
export async function patchRootOf(folder: string): Promise<string> {
  const place = await realpath(folder).catch(() => resolve(folder));
  return (await repositoryOf(place)) ?? place;
}

/** Returns the nearest parent folder with `.git`, which is a file in work trees and submodules. */
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
