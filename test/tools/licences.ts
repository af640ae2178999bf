/** Licenses of everything that the command contains: each package in the bundle, and its dependencies. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Returns the folders of the packages in the bundle, sorted. `inside` names files that a plugin inserted. */
export function packagesOf({ inputs }: Pick<Metafile, 'inputs'>, inside: readonly string[] = []): string[] {
  const own = Object.keys(inputs).filter((path) => !path.startsWith('builtin'));
  return [...new Set([...own, ...inside].flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))].toSorted();
}

const manifestOf = async (folder: string): Promise<Manifest | undefined> =>
  readFile(join(folder, 'package.json'), 'utf8').then(
    (text) => JSON.parse(text) as Manifest,
    () => undefined,
  );

/** Resolves a package from another one like Node. */
async function dependencyOf(folder: string, name: string): Promise<string | undefined> {
  for (let at = folder; at !== dirname(at) && at !== '.'; at = dirname(at)) {
    const place = join(at, 'node_modules', name);
    if (await manifestOf(place)) return place;
  }
  const top = join('node_modules', name);
  return (await manifestOf(top)) ? top : undefined;
}

/** Returns the folders with those of all dependencies, because code of a dependency may be part of a prebuilt file. */
export async function withDependencies(folders: readonly string[]): Promise<string[]> {
  const all = new Set(folders);
  for (const folder of all) {
    const names = Object.keys((await manifestOf(folder))?.dependencies ?? {});
    for (const place of await Promise.all(names.map((name) => dependencyOf(folder, name)))) if (place) all.add(place);
  }
  return [...all].toSorted();
}

/** Reads the texts of one package: license and notice. */
async function textOf(folder: string): Promise<string> {
  const { name, version, license = 'unknown', author } = (await manifestOf(folder))!;
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)([.-]|$)/i.test(file)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  if (texts.length === 0 && license !== 'MIT') throw new Error(`${name} has no text of its licence, ${license}: add one`);
  const holder = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
  const all = texts.length > 0 ? texts : [MIT.replace('HOLDER', holder)];
  return [`${name} ${version} (${license})`, ...all.map((text) => text.trim())].join('\n\n');
}

const LINE = `\n\n${'-'.repeat(80)}\n\n`;

/** @param more texts to put first, such as the license of Node in the single-file binary */
export async function licencesOf(folders: readonly string[], more: readonly string[] = []): Promise<string> {
  return `${[...more, ...(await Promise.all((await withDependencies(folders)).map(textOf)))].join(LINE)}\n`;
}

/** Text for packages that declare MIT in package.json and contain no license file. */
const MIT = `The MIT License

Copyright (c) HOLDER

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
