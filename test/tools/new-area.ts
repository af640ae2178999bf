/** `npm run new-area NAME`: creates a working area to edit, and prints the next steps. Writes nothing if a file already exists. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { catalogue } from '../../steps/index.ts';
import { areaText, nameProblem, tableText, withArea } from './area.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const [name = ''] = process.argv.slice(2);
const problem = nameProblem(
  name,
  catalogue.map(({ id }) => id),
);
if (problem) {
  console.error(`${problem}\nUsage: npm run new-area NAME`);
  process.exit(64);
}
const INDEX = join(ROOT, 'steps', 'index.ts');
const last = catalogue.findLast(({ group }) => group === 'operation')!.id;
const files: Readonly<Record<string, string>> = {
  [join(ROOT, 'steps', `${name}.ts`)]: areaText(name),
  [join(ROOT, 'test', 'steps', `${name}.test.ts`)]: tableText(name),
  [INDEX]: withArea(await readFile(INDEX, 'utf8'), name, last),
};
for (const [file, text] of Object.entries(files)) await writeFile(file, text);
// Runs in a new process, because this one has loaded the old catalog.
const { status } = spawnSync(process.execPath, [join(ROOT, 'test', 'tools', 'docs.ts')], { stdio: ['ignore', 'ignore', 'inherit'] });
if (status !== 0) process.exit(1);

const table = `test/steps/${name}.test.ts`;
const column = (path: string): string => path.padEnd(table.length);
console.log(`${column(`steps/${name}.ts`)}   the area with one control: replace it
${table}   the test table: values that pass, fail and are planned
${column('steps/index.ts')}   the line of the area, last in its group: move it to its place in Microsoft's guidance
${column('docs/, README.md')}   the generated pages, and the numbers of areas and controls

Try it:  npm run func-harden -- steps ${name}
         npx vitest run --config test/vitest.config.ts test/steps/${name}.test.ts test/steps/table.test.ts
Next:    CONTRIBUTING.md, "A new area"`);
