/** The folder of `--controls`: only files that no one except the user can have written, and their digest. */
import { createHash } from 'node:crypto';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { controlsErrors } from '../errors/controls.ts';
import { fileProblem } from '../file-problem.ts';
import { remedy, findOtherWriters, currentUser, type CurrentUser } from '../file-owner.ts';
import { readLimited } from '../read-limited.ts';

export interface AreaFile {
  readonly name: string;
  readonly text: string;
}

interface AreaFolder {
  readonly files: readonly AreaFile[];
  /** The digest of names and contents, `sha256:…`. */
  readonly digest: string;
}

const MOST_FILES = 100;
const MOST_BYTES = 1024 * 1024;
const SOURCE = /^[\w.-]+\.(ts|mts|js|mjs)$/;

/** Reads the folder. @throws UserError (exit 64) where someone else could have written it, or the digest is different */
export async function readAreaFolder(folder: string, digest?: string, me = currentUser()): Promise<AreaFolder> {
  if (!isAbsolute(folder)) throw controlsErrors.relativeFolder({ absolute: join('/home/you', folder) });
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) throw controlsErrors.invalidDigest();
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined) throw controlsErrors.noFolder({ folder });
  if (real !== resolve(folder)) throw controlsErrors.folderIsLink({ folder, real });
  for (let place = real; ; place = dirname(place)) {
    await checkPlace(place, me);
    if (place === dirname(place)) break;
  }
  const inside = await readdir(real).catch((error: unknown) => {
    throw controlsErrors.unreadable({ path: folder, why: isNoFolder(error) ? 'it is not a folder' : fileProblem(error) });
  });
  const names = inside.filter((name) => SOURCE.test(name) && !/\.(d|test)\.[cm]?ts$/.test(name)).toSorted();
  if (names.length === 0) throw controlsErrors.noArea({ folder });
  if (names.length > MOST_FILES) throw controlsErrors.tooManyFiles({ folder, most: MOST_FILES });
  const files: AreaFile[] = [];
  for (const name of names) {
    const path = join(real, name);
    if (!(await lstat(path)).isFile()) throw controlsErrors.notAFile({ path });
    await checkPlace(path, me);
    const text = await readLimited(path, MOST_BYTES).catch((error: unknown) => {
      throw controlsErrors.unreadable({ path, why: fileProblem(error) });
    });
    files.push({ name, text });
  }
  const found = digestOf(files);
  if (digest !== undefined && digest !== found) throw controlsErrors.otherDigest({ folder, found, wanted: digest });
  return { files, digest: found };
}

const isNoFolder = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOTDIR';

async function checkPlace(place: string, me: CurrentUser | undefined): Promise<void> {
  const why = me && findOtherWriters(await lstat(place), me);
  if (why) throw controlsErrors.placeOfOthers({ place, why: why.says, remedy: remedy(why, place) });
}

/** Returns the digest. Each name and text is hashed with its length, so that no text can move from one to the other. */
function digestOf(files: readonly AreaFile[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of files) for (const part of [name, text]) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return `sha256:${hash.digest('hex')}`;
}
