/** An evidence pack on disk: a zip archive, or a folder. */
import { fileProblem, writeProblem } from './file-problem.ts';
import { lstat, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type UnzipFileInfo, unzipSync, zipSync } from 'fflate';
import { UserError } from '../engine/errors.ts';
import { readBytes } from './read-limited.ts';
import { isForeignLink } from './file-owner.ts';
import { fileErrors } from './errors/files.ts';

type Files = ReadonlyMap<string, Uint8Array>;

/** The most bytes of a pack. */
const MOST = 512 * 1024 * 1024;

/** Returns the files as an archive. The same files give the same bytes at any time, so that one different byte shows. */
export function archiveOf(files: Files): Uint8Array {
  // The earliest time of the format, independent of the time zone of this machine.
  const mtime = new Date(1980, 0, 1);
  return zipSync(Object.fromEntries(files), { level: 0, mtime, os: 3, attrs: 0o644 << 16 });
}

/** Writes a new pack, complete or not at all. An existing one is not changed. @throws UserError */
export async function writePack(place: string, files: Files): Promise<void> {
  const made = new Set<string>();
  try {
    if (await isForeignLink(place)) throw new Error('it is a symbolic link');
    if (place.toLowerCase().endsWith('.zip')) {
      const bytes = archiveOf(files);
      const pack = await open(place, 'wx', 0o600);
      made.add(place);
      return await pack.writeFile(bytes).finally(() => pack.close());
    }
    await mkdir(place, { recursive: true, mode: 0o700 });
    if ((await readdir(place)).length > 0) throw new Error('the folder is not empty');
    for (const [path, data] of files) {
      const file = join(place, ...path.split('/'));
      made.add(join(place, path.split('/')[0] ?? ''));
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, data, { flag: 'wx', mode: 0o600 });
    }
  } catch (error) {
    // A part of a pack would look like a pack that someone damaged.
    for (const one of made) await rm(one, { recursive: true, force: true }).catch(() => undefined);
    const why = (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it already exists' : writeProblem(error);
    throw fileErrors.packNotWritable({ place, why });
  }
}

/** Reads a pack, and the problems of its packaging. @throws UserError where it cannot be read */
export async function readPack(place: string): Promise<{ readonly files: Files; readonly flaws: readonly string[] }> {
  try {
    const isFolder = (await lstat(place)).isDirectory();
    if (isFolder) return await folderPack(place);
    const bytes = await readBytes(place, MOST);
    // func-harden does not compress. It refuses anything that would be larger than the archive: a compressed file, and files that share bytes.
    let left = bytes.length;
    const filter = ({ compression, size }: UnzipFileInfo): boolean => {
      left -= size;
      if (left < 0) throw new Error('its files are larger than the archive');
      return compression === 0;
    };
    const files = new Map(Object.entries(unzipSync(bytes, { filter })));
    const isAsPacked = Buffer.compare(archiveOf(files), bytes) === 0;
    return { files, flaws: isAsPacked ? [] : ['the archive was changed or packed again; to check only its files, unpack it'] };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw fileErrors.packUnreadable({ place, why: fileProblem(error) });
  }
}

async function folderPack(place: string): Promise<{ files: Files; flaws: string[] }> {
  const files = new Map<string, Uint8Array>();
  const flaws: string[] = [];
  let left = MOST;
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(place, file).split(sep).join('/');
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) {
      flaws.push(`${path} is not a regular file`);
      continue;
    }
    const data = await readBytes(file, left);
    left -= data.length;
    files.set(path, data);
  }
  return { files, flaws };
}
