/** Writes docs/areas from the declarations. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { areaPages } from './area-pages.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'areas');
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
for (const [name, text] of Object.entries(await areaPages())) await writeFile(join(FOLDER, name), text);
console.log(`docs/areas`);
