/** Writes action.yml, .ci/azure-devops.yml, docs/areas, docs/permissions.md, the generated part of docs/schema, and the numbers in the README from the declarations. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '../../steps/index.ts';
import { withTable } from './first-contact.ts';
import { areaPages, permissionsText } from './area-pages.ts';
import { formatted } from './formatted.ts';
import { generatedSchemas } from './schemas.ts';
import { pipelineFiles } from './pipeline-files.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
await rm(join(DOCS, 'areas'), { recursive: true, force: true });
const written = { areas: await areaPages(), schema: await generatedSchemas() };
for (const [folder, files] of Object.entries(written)) {
  await mkdir(join(DOCS, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(DOCS, folder, name), text);
  console.log(`docs/${folder}`);
}
await writeFile(join(DOCS, 'permissions.md'), await permissionsText());
console.log('docs/permissions.md');

const CONTACT = join(DOCS, 'first-contact.md');
await writeFile(CONTACT, await formatted('first-contact.md', withTable(await readFile(CONTACT, 'utf8'))));
console.log('docs/first-contact.md');

for (const [path, text] of Object.entries(pipelineFiles())) {
  await writeFile(join(DOCS, '..', path), text);
  console.log(path);
}

const README = join(DOCS, '..', 'README.md');
const controls = catalogue.flatMap((step) => step.controls).length;
const text = await readFile(README, 'utf8');
await writeFile(
  README,
  text
    .replace(/\d+ controls in \d+ areas:/, `${controls} controls in ${catalogue.length} areas:`)
    .replaceAll(/\b\d+ areas /g, `${catalogue.length} areas `),
);
