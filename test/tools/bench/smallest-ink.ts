/** The smallest program that draws with Ink, bundled like the command: a lower bound for any wizard with Ink. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { OPTIONS } from '../bundle.ts';

const PROGRAM = `import { createElement } from 'react';
import { render, Text } from 'ink';
export const main = () => render(createElement(Text, null, 'Which function app?')).waitUntilExit();
`;

/** @returns the path of the program to start */
export async function smallestInk(folder: string): Promise<string> {
  const root = join(import.meta.dirname, '..', '..', '..');
  await build({
    ...OPTIONS,
    entryPoints: undefined,
    stdin: { contents: PROGRAM, resolveDir: root, loader: 'js', sourcefile: 'smallest.js' },
    outdir: folder,
    entryNames: 'main',
    outExtension: { '.js': '.mjs' },
  } as unknown as Parameters<typeof build>[0]);
  const start = join(folder, 'start.cjs');
  await writeFile(
    start,
    `'use strict';
process.env.NODE_ENV = 'production';
require('module').enableCompileCache();
import(${JSON.stringify(join(folder, 'main.mjs'))}).then((module) => module.main());
`,
  );
  return start;
}
