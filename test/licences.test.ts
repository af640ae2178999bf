/** The licenses that come along, held against what esbuild says it bundled. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { bundledIn, OPTIONS } from './tools/bundle.ts';
import { licencesOf, packagesOf, withDependencies } from './tools/licences.ts';
import { run } from './helpers/world.ts';

const { metafile } = await build({ ...OPTIONS, write: false });
const nameOf = (folder: string) => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
const headOf = async (folder: string) => {
  const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  return `${name} ${version} (`;
};

test('each package in the bundle has its license, and so have the packages that it depends on', async () => {
  const { stdout: text } = await run(['--licenses']);
  const bundled = bundledIn(metafile);
  for (const folder of bundled) expect(text, folder).toContain(`\n${await headOf(folder)}`.trim());
  const names = (await withDependencies(bundled)).map(nameOf);
  for (const name of ['tslib', 'type-fest', 'tagged-tag', '@azure/msal-browser', 'jose', 'fflate', 'web-tree-sitter', 'ink'])
    expect(names).toContain(name);
  expect(names).toContain('@tree-sitter-grammars/tree-sitter-hcl');
  for (const part of text.split(`\n${'-'.repeat(80)}\n`)) expect(part.trim().length, part.slice(0, 60)).toBeGreaterThan(400);
});

test('no part of the bundle comes from a folder outside of packages', () => {
  const inputs = Object.values(metafile.outputs).flatMap((one) => Object.keys(one.inputs));
  const strange = inputs.filter((path) => !/^(src|steps)\/|^builtin|node_modules\/|^package\.json$/.test(path));
  expect(strange).toEqual([]);
});

test('a new package counts as soon as a part of it is bundled', async () => {
  const folders = packagesOf({ inputs: { ...metafile.inputs, 'node_modules/typescript/lib/typescript.js': { bytes: 1, imports: [] } } });
  expect(await licencesOf(folders)).toMatch(/^typescript \d/m);
});
