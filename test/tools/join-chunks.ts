/** Joins the small files that the wizard and the commands beside it load together: each file costs Node a search, a read and a check of its own. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** Whose files are joined, and what loads as little as it can and so is left as it is. */
const JOINED = 'src/commands/wizard.ts';
const APART = [
  'src/main.ts',
  'src/commands/audit.ts',
  'src/commands/steps.ts',
  'src/commands/completion.ts',
  'src/connect.ts',
  'steps/index.ts',
];
const NAME = 'joined';

type Outputs = Metafile['outputs'];

function loadedBy(outputs: Outputs, starts: readonly string[]): Set<string> {
  const seen = new Set(starts);
  for (const file of seen)
    for (const { path, kind, external } of outputs[file]?.imports ?? []) if (kind === 'import-statement' && !external) seen.add(path);
  return seen;
}

/** Files that are joined. What stays apart imports none of them, so that no file waits for one that waits for it. */
export function filesToJoin(outputs: Outputs): string[] {
  const fileOf = (entry: string): string => {
    const file = Object.keys(outputs).find((one) => outputs[one]?.entryPoint === entry);
    if (!file) throw new Error(`${entry} is no part of its own`);
    return file;
  };
  const together = [...loadedBy(outputs, [fileOf(JOINED)])];
  // What is loaded by its own name keeps its file.
  const apart = loadedBy(outputs, [
    ...APART.map(fileOf),
    ...together.filter((file) => outputs[file]?.entryPoint && file !== fileOf(JOINED)),
  ]);
  return together.filter((file) => !apart.has(file) && file !== fileOf(JOINED));
}

/** Puts the files into one, and lets everything that imports them import that one. */
export async function joinChunks({ outputs }: Metafile, folder: string): Promise<void> {
  const joined = filesToJoin(outputs);
  const numbers = new Map(joined.map((file, number) => [basename(file), number]));
  const nameIn = (file: string, name: string): string => `${name}$${numbers.get(file)}`;
  const all = joined.flatMap((file) => {
    const names = (outputs[file]?.exports ?? []).map((name) => `${name} as ${nameIn(basename(file), name)}`);
    return `export { ${names.join(', ')} } from './${basename(file)}';`;
  });
  const apart = Object.keys(outputs).filter((file) => !joined.includes(file));
  await build({
    stdin: { contents: all.join('\n'), resolveDir: folder, loader: 'js' },
    outfile: join(folder, `${NAME}.js`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    external: ['node:*', ...apart.map((file) => `./${basename(file)}`)],
    logLevel: 'warning',
  });
  for (const file of apart) {
    const text = await readFile(file, 'utf8');
    const mended = text
      .replaceAll(/\b(import|export)\{([^{}"]*)\}from"\.\/([\w-]+\.js)"/g, (whole, word: string, names: string, from: string) => {
        if (!numbers.has(from)) return whole;
        const own = names
          .split(',')
          .filter(Boolean)
          .map((one) => {
            const [name = '', as = name] = one.split(' as ');
            return `${nameIn(from, name)} as ${as}`;
          });
        return `${word}{${own.join(',')}}from"./${NAME}.js"`;
      })
      .replaceAll(/\bimport"\.\/([\w-]+\.js)"/g, (whole, from: string) => (numbers.has(from) ? `import"./${NAME}.js"` : whole));
    if (mended !== text) await writeFile(file, mended);
    const left = joined.find((one) => mended.includes(`"./${basename(one)}"`));
    if (left) throw new Error(`${file} still imports ${left}`);
  }
  for (const file of joined) await rm(file);
}
