/** Reads a tree of code. Nothing in it is ever written. */
import { opendir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { EXIT, UserError } from '../engine/errors.ts';

/** Bytes of a file; what is larger is data, and no code that people write. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 100_000;
const SKIPPED = new Set(['.git', '.terraform', 'node_modules', '.hg', '.svn', '.venv', 'bin', 'obj']);
const CODE = /\.(tf|tofu|tfvars|bicep|bicepparam|json)$|^terragrunt\.hcl$/;
/** Files that no template is called. */
const NO_CODE = /^(package(-lock)?|tsconfig|host|local\.settings|function|\.terraform\.lock)\.json$/;

export interface SourceTree {
  /** By path below the folder, with forward slashes. */
  readonly files: ReadonlyMap<string, string>;
  readonly unreadable: readonly { readonly file: string; readonly why: string }[];
}

/** @throws UserError where the folder itself cannot be read */
export async function readSourceTree(folder: string): Promise<SourceTree> {
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error('it is no folder');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such folder' : (error as Error).message;
    throw new UserError(`${folder} cannot be read: ${why}.`, EXIT.failed);
  }
  const paths: string[] = [];
  const unreadable: { file: string; why: string }[] = [];
  await walk(folder, folder, paths, unreadable);
  const files = new Map<string, string>();
  await Promise.all(
    paths.toSorted().map(async (path) => {
      const text = await readCode(join(folder, path)).catch((error: unknown) => {
        unreadable.push({ file: path, why: (error as Error).message });
        return undefined;
      });
      if (typeof text === 'string') files.set(path, text);
      else if (text?.tooLarge) unreadable.push({ file: path, why: `it is larger than ${MOST_BYTES / 1024 / 1024} MiB` });
    }),
  );
  return { files: new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1))), unreadable };
}

async function walk(root: string, folder: string, paths: string[], unreadable: { file: string; why: string }[]): Promise<void> {
  const inside: string[] = [];
  try {
    // Links are not followed: they may lead out of the tree, or around in it.
    for await (const entry of await opendir(folder))
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) inside.push(join(folder, entry.name));
      else if (entry.isFile() && CODE.test(entry.name) && !NO_CODE.test(entry.name))
        paths.push(relative(root, join(folder, entry.name)).split(sep).join('/'));
  } catch (error) {
    unreadable.push({ file: relative(root, folder), why: (error as Error).message });
  }
  if (paths.length > MOST_FILES)
    throw new UserError(`${root} holds more than ${MOST_FILES} files of code.`, EXIT.failed, [
      'Name the folder of the infrastructure code.',
    ]);
  for (const one of inside) await walk(root, one, paths, unreadable);
}

/** The text of one file. Large JSON is data of programs; a large file in a language of infrastructure is told. */
async function readCode(path: string): Promise<string | { readonly tooLarge: boolean }> {
  const bytes = await readFile(path);
  return bytes.length > MOST_BYTES
    ? { tooLarge: !path.endsWith('.json') || /\.(tf|tofu|tfvars)\.json$/.test(path) }
    : bytes.toString('utf8');
}

/** A file that was named. @throws UserError */
export async function readNamed(path: string): Promise<string> {
  try {
    return (await readFile(path)).toString('utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new UserError(`${path} cannot be read: ${why}.`, EXIT.failed);
  }
}
