import { readFile } from 'node:fs/promises';
import { buildCommand } from '../tools/bundle.ts';
import { problemOf } from './node-version.cjs';

/** Bundles the command first, because the end-to-end tests run the real command. */
export default async function build(): Promise<void> {
  const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
  const problem = problemOf(process.versions.node, engines.node);
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  await buildCommand();
}
