/** Reads a tree of code. Nothing in it is ever written. */
import { fileProblem } from './file-problem.ts';
import { opendir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { mapLimited } from '../engine/concurrency.ts';
import { type UserError } from '../engine/errors.ts';
import { readLimited, TooLarge } from './read-limited.ts';
import { patchRootOf } from './repository-root.ts';
import { fileErrors } from './errors/files.ts';

/** The most bytes of a file. A larger file is data and not code that people write. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 100_000;
const MOST_IN_ALL = 256 * 1024 * 1024;
const AT_ONCE = 32;
const SKIPPED = new Set(['.git', '.terraform', 'node_modules', '.hg', '.svn', '.venv', 'bin', 'obj']);
const CODE = /\.(tf|tofu|tfvars|bicep|bicepparam|json)$|^terragrunt\.hcl$/;
/** Names of files that are never templates. */
const NO_CODE = /^(package(-lock)?|tsconfig|host|local\.settings|function|\.terraform\.lock)\.json$/;

interface SourceTree {
  /** Files by path below the folder, with forward slashes. */
  readonly files: ReadonlyMap<string, string>;
  /** Files that are symbolic links, with the paths of their targets. */
  readonly links: ReadonlyMap<string, string>;
  readonly unreadable: readonly { readonly file: string; readonly why: string }[];
}

/** Reads the files. @throws UserError where the folder itself cannot be read */
export async function readSourceTree(folder: string): Promise<SourceTree> {
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'the folder does not exist' : fileProblem(error);
    throw fileErrors.codeUnreadable({ path: folder, why });
  }
  const paths: string[] = [];
  const special: string[] = [];
  const unreadable: { file: string; why: string }[] = [];
  await walk(folder, folder, { paths, special, unreadable });
  const links = new Map<string, string>();
  const [own, root] = await Promise.all([realpath(folder), patchRootOf(folder)]);
  for (const path of special.toSorted()) {
    const target = await targetIn(root, join(folder, path)).catch((error: unknown) => {
      unreadable.push({ file: path, why: fileProblem(error) });
      return undefined;
    });
    if (target === undefined) continue;
    links.set(path, slashed(relative(own, target)));
    paths.push(path);
  }
  const files = new Map<string, string>();
  let left = MOST_IN_ALL;
  await mapLimited(paths.toSorted(), AT_ONCE, async (path) => {
    const text = await readCode(join(folder, path)).catch((error: unknown) => {
      // A template is never that large, and other JSON is data of programs.
      if (!(error instanceof TooLarge && path.endsWith('.json') && !/\.(tf|tofu|tfvars)\.json$/.test(path)))
        unreadable.push({ file: path, why: fileProblem(error) });
      return undefined;
    });
    if (text === undefined) return;
    left -= text.length;
    if (left < 0) throw tooLarge(folder);
    files.set(path, text);
  });
  return { files: new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1))), links, unreadable };
}

/** What a walk finds; `special` are files with a name of code that are a link, a pipe or a device. */
interface Found {
  readonly paths: string[];
  readonly special: string[];
  readonly unreadable: { file: string; why: string }[];
}

async function walk(root: string, folder: string, found: Found): Promise<void> {
  const { paths, special, unreadable } = found;
  const inside: string[] = [];
  try {
    // Links to folders are not followed: they may lead out of the tree, or around in it.
    for await (const entry of await opendir(folder))
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) inside.push(join(folder, entry.name));
      } else if (CODE.test(entry.name) && !NO_CODE.test(entry.name))
        (entry.isFile() ? paths : special).push(slashed(relative(root, join(folder, entry.name))));
  } catch (error) {
    unreadable.push({ file: relative(root, folder), why: fileProblem(error) });
  }
  if (paths.length + special.length > MOST_FILES) throw tooLarge(root);
  for (const one of inside) await walk(root, one, found);
}

const slashed = (path: string): string => path.split(sep).join('/');

/**
 * Returns the target of a link to a file in the repository, which Terraform and Bicep read too; undefined for a link to a folder, and for the
 * lock file of an editor, which is a link to no file. @throws Error for every other file
 */
async function targetIn(root: string, path: string): Promise<string | undefined> {
  if (/[\\/]\.#[^\\/]*$/.test(path)) return undefined;
  const target = await realpath(path);
  const known = await stat(target);
  if (known.isDirectory()) return undefined;
  if (!known.isFile()) throw new Error('it is not a file');
  const way = relative(root, target);
  if (isAbsolute(way) || way.split(sep)[0] === '..') throw new Error('it is a symbolic link to a file outside of the repository');
  return target;
}

const tooLarge = (folder: string): UserError => fileErrors.tooMuchCode({ folder, files: MOST_FILES, megabytes: MOST_IN_ALL / 1024 ** 2 });

/** Returns the text of one file. @throws TooLarge where it is too large to be code, or an error of the file system */
const readCode = (path: string): Promise<string> => readLimited(path, MOST_BYTES);

/** The most bytes of a file that was given by name, because a state of Terraform may be large. */
const MOST_NAMED = 128 * 1024 * 1024;

/** Returns the text of a file that was given by name. @throws UserError */
export async function readNamed(path: string): Promise<string> {
  try {
    return await readLimited(path, MOST_NAMED);
  } catch (error) {
    const why = fileProblem(error);
    throw fileErrors.codeUnreadable({ path, why });
  }
}
