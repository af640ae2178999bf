/** Builds the types of `func-harden/step` for editors and the type check of own areas: `dist/types`. */
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CONFIG = 'tsconfig.step.json';

export async function writeStepTypes(outDir = join('dist', 'types')): Promise<void> {
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: '.',
    outDir,
    removeComments: false,
    skipLibCheck: true,
  };
  await writeFile(CONFIG, JSON.stringify({ extends: './tsconfig.json', compilerOptions, files: ['src/step.ts'], include: [] }));
  try {
    await promisify(execFile)(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '--project', CONFIG]);
  } finally {
    await rm(CONFIG);
  }
  const files = (await readdir(outDir, { recursive: true })).filter((name) => name.endsWith('.d.ts'));
  for (const name of files) {
    const text = await readFile(join(outDir, name), 'utf8');
    // Imports are rewritten, so that users need not allow imports with the names of sources.
    await writeFile(join(outDir, name), text.replaceAll(/(from |import\()(['"])(\.[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
  }
}
