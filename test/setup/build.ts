import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildCommand } from '../tools/bundle.ts';
import { problemOf } from './node-version.cjs';

/** Bundles the command first, because the end-to-end tests run the real command; gives the run a folder for what files share (helpers/made.ts). */
export default async function build(project: TestProject): Promise<() => Promise<void>> {
  const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
  const problem = problemOf(process.versions.node, engines.node);
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  if (project.config.env['TEST_DEPTH'] === 'long')
    console.log(`Many random cases. To repeat them: TEST_SEED=${project.config.env['TEST_SEED']} npm run test:long`);
  await buildCommand();
  const made = await mkdtemp(join(tmpdir(), 'func-harden-made-'));
  process.env['FUNC_HARDEN_MADE'] = made;
  return () => rm(made, { recursive: true, force: true });
}
