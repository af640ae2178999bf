/** Builds of one checkout at the same time, such as two `npm run demo`, and builds that were killed. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './helpers/world.ts';
import { replaceFiles } from './tools/replace-files.ts';

const texts = (names: readonly string[]) => new Map(names.map((name) => [name, `the text of ${name}`]));
const NAMES = Array.from({ length: 12 }, (_, at) => `part-${at}.cjs`);

async function places() {
  const folder = await temporaryFolder();
  const [dist, cache] = [join(folder, 'dist'), join(folder, '.cache')];
  return { dist, cache, build: (names: readonly string[], since = Date.now()) => replaceFiles(dist, texts(names), since, cache) };
}

test('builds at the same time all end, and a process that runs the earlier build finds each file at each moment', async () => {
  const { dist, cache, build } = await places();
  await build(NAMES);
  const running = { builds: 4 };
  const builds = Promise.all(Array.from({ length: running.builds }, () => build(NAMES).finally(() => (running.builds -= 1))));
  while (running.builds > 0) for (const name of NAMES) expect(await readFile(join(dist, name), 'utf8')).toBe(`the text of ${name}`);
  await builds;
  expect((await readdir(dist)).toSorted()).toEqual(NAMES.toSorted());
  expect(await readdir(cache)).toEqual([]);
});

test('a build removes the files of earlier builds, and keeps those of a build that ended after it began', async () => {
  const { dist, build } = await places();
  await build(['old.cjs', 'main.cjs']);
  await mkdir(join(dist, 'types'));
  for (const name of ['old.cjs', 'types']) await utimes(join(dist, name), 1, 1);
  const since = Date.now() - 1000;
  await build(['other.cjs', 'main.cjs']);
  await build(['main.cjs'], since);
  expect((await readdir(dist)).toSorted()).toEqual(['main.cjs', 'other.cjs']);
});

test('a killed build blocks no later build; its files are removed when no running build can have them', async () => {
  const { cache, build } = await places();
  const [killed, running] = ['build-killed', 'build-running'].map((name) => join(cache, name)) as [string, string];
  for (const folder of [killed, running]) await mkdir(folder, { recursive: true });
  await writeFile(join(killed, 'main.cjs'), 'the te');
  await utimes(killed, 1, 1);
  await build(NAMES);
  expect([killed, running].map((folder) => existsSync(folder))).toEqual([false, true]);
});
