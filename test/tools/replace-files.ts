import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'build-';
/** The age from which the folder of a build is that of a killed process: a build takes seconds. */
const ABANDONED_MS = 3_600_000;

/**
 * Replaces the files of a folder while other processes may read them or replace them too: each file is renamed onto the old one when its
 * text is complete, so that no process finds the folder empty or a file in part. Needs no lock, so a killed process blocks no later one.
 *
 * @param since the time at which the texts began to be made (ms): newer files of other names belong to another process, and stay
 * @param cache a folder on the same disk, for the texts until they are complete
 */
export async function replaceFiles(folder: string, texts: ReadonlyMap<string, string>, since: number, cache = '.cache'): Promise<void> {
  await mkdir(cache, { recursive: true });
  await mkdir(folder, { recursive: true });
  const beside = await mkdtemp(join(cache, PREFIX));
  for (const [name, text] of texts) await writeFile(join(beside, name), text);
  for (const name of texts.keys()) await rename(join(beside, name), join(folder, name));
  await rm(beside, { recursive: true });
  await removeOlder(folder, since, (name) => !texts.has(name));
  await removeOlder(cache, Date.now() - ABANDONED_MS, (name) => name.startsWith(PREFIX));
}

async function removeOlder(folder: string, time: number, isMeant: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(folder)).filter(isMeant)) {
    const place = join(folder, name);
    // Another process may have removed it first.
    const found = await stat(place).catch(() => undefined);
    if (found && found.mtimeMs < time) await rm(place, { recursive: true, force: true });
  }
}
