/** What takes long to make and several test files look at: made by the first that asks, for the whole run. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

/** Returns the folder that `make` has filled, in this process or in another one. Nothing in it may be changed. */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const all = process.env['FUNC_HARDEN_MADE'];
  if (all === undefined) throw new Error('test/setup/build.ts has not run');
  const folder = join(all, name);
  const end = `${folder}.end`;
  const isFirst = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const problem = await make(folder).then(
      () => '',
      (error: unknown) => String(error),
    );
    await writeFile(`${end}.new`, problem);
    await rename(`${end}.new`, end);
  }
  while (!existsSync(end)) await after(100);
  const problem = await readFile(end, 'utf8');
  if (problem !== '') throw new Error(`${name} could not be made: ${problem}`);
  return folder;
}
