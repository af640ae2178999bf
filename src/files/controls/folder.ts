/** The folder of `--controls`: only files that no one except the user can have written, and their digest. */
import { createHash } from 'node:crypto';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { EXIT, UserError } from '../../engine/errors.ts';
import { strangers, whoAmI, type Me } from '../owned.ts';
import { readLimited } from '../read-limited.ts';

export interface AreaFile {
  readonly name: string;
  readonly text: string;
}

export interface AreaFolder {
  readonly files: readonly AreaFile[];
  /** The digest of names and contents, `sha256:…`. */
  readonly digest: string;
}

const MOST_FILES = 100;
const MOST_BYTES = 1024 * 1024;
const SOURCE = /^[\w.-]+\.(ts|mts|js|mjs)$/;

const refused = (why: string, ...next: string[]): UserError => new UserError(why, EXIT.usage, next);

/** Reads the folder. @throws UserError (exit 64) where someone else could have written it, or the digest is different */
export async function readAreaFolder(folder: string, digest?: string, me = whoAmI()): Promise<AreaFolder> {
  if (!isAbsolute(folder))
    throw refused('--controls takes an absolute path.', `Write it from the root, like --controls ${join('/home/you', folder)}`);
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw refused(
      '--controls-digest takes sha256: and 64 hexadecimal digits.',
      'func-harden steps --controls DIR prints the digest of a folder.',
    );
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined) throw refused(`The folder ${folder} does not exist, or cannot be read.`);
  if (real !== resolve(folder))
    throw refused(`${folder} leads to ${real} by a symbolic link.`, `Name the folder itself: --controls ${real}`);
  for (let place = real; ; place = dirname(place)) {
    await checkPlace(place, me);
    if (place === dirname(place)) break;
  }
  const names = (await readdir(real)).filter((name) => SOURCE.test(name) && !/\.(d|test)\.[cm]?ts$/.test(name)).toSorted();
  if (names.length === 0) throw refused(`${folder} has no area: a file NAME.ts, .mts, .js or .mjs.`);
  if (names.length > MOST_FILES) throw refused(`${folder} has more than ${MOST_FILES} files.`);
  const files: AreaFile[] = [];
  for (const name of names) {
    const path = join(real, name);
    if (!(await lstat(path)).isFile())
      throw refused(`${path} is not a file of its own.`, 'Copy it into the folder: links are not followed.');
    await checkPlace(path, me);
    files.push({ name, text: await readLimited(path, MOST_BYTES) });
  }
  const found = digestOf(files);
  if (digest !== undefined && digest !== found)
    throw refused(
      `The areas in ${folder} have the digest ${found}, and --controls-digest asks for ${digest}.`,
      'Read what changed. If it is right, use the new digest.',
    );
  return { files, digest: found };
}

async function checkPlace(place: string, me: Me | undefined): Promise<void> {
  const why = me && strangers(await lstat(place), me);
  if (why) throw refused(`${place} is not used for --controls, because ${why.says}: it holds code that decides what is written to Azure.`);
}

/** Returns the digest. Each name and text is hashed with its length, so that no text can move from one to the other. */
function digestOf(files: readonly AreaFile[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of files) for (const part of [name, text]) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return `sha256:${hash.digest('hex')}`;
}
