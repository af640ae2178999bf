/**
 * Runs around `npm pack`: everything needed at run time is in the bundle, so the package has no dependencies.
 * `before` builds and writes the package.json to publish, `after` restores the one of the repository.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { buildCommand } from './bundle.ts';
import { writeStepTypes } from './step-types.ts';

const [OWN, KEPT] = ['package.json', 'package.json.kept'];

if (process.argv[2] === 'before') {
  await buildCommand();
  await writeStepTypes();
  const text = await readFile(OWN, 'utf8');
  const {
    dependencies: _,
    devDependencies: __,
    scripts: ___,
    allowScripts: ____,
    ...shipped
  } = JSON.parse(text) as Record<string, unknown>;
  await writeFile(KEPT, text);
  await writeFile(OWN, `${JSON.stringify(shipped, null, 2)}\n`);
} else {
  await rm(OWN, { force: true });
  await rename(KEPT, OWN);
}
