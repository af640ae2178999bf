/** `npm run binary`: the command as one file for Linux x64, Node included (a single executable application of Node). */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import * as pty from '@lydell/node-pty';
import { build } from 'esbuild';
import { inject } from 'postject';
import { asScript, bundledIn, layoutLater, OPTIONS } from '../bundle.ts';
import { licencesOf } from '../licences.ts';
import { bytesOf } from './parts.cjs';

const run = promisify(execFile);
/** The Node of the project, whichever Node runs this script: compiled code only works with the same Node. */
const NODE = createRequire(import.meta.url).resolve('node/bin/node');
const NODE_LICENCE = join(NODE, '..', '..', 'node_modules', `node-${process.platform}-${process.arch}`, 'LICENSE');
/** Marker that Node searches in its own file to find its application. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const HERE = import.meta.dirname;

/** Opens the wizard of the demo on a terminal, opens an app, and leaves. */
async function warmUpWizard(folder: string): Promise<void> {
  const env = { HOME: folder, TMPDIR: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const child = pty.spawn(NODE, [join(HERE, 'warm-up.cjs'), folder, 'wizard'], { cwd: folder, cols: 80, rows: 24, env });
  const steps = [
    { sees: 'Which function app?', keys: 'ord' },
    { sees: '1 matches', keys: '\r' },
    { sees: 'Require HTTPS', keys: '\u0003' },
  ];
  let text = '';
  child.onData((data) => {
    text += data;
    if (!steps[0] || !text.includes(steps[0].sees)) return;
    text = '';
    child.write(steps.shift()!.keys);
  });
  const hung = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await new Promise<void>((resolve) => child.onExit(() => resolve()));
  clearTimeout(hung);
  if (steps.length > 0) throw new Error(`the wizard was left before it showed ${steps[0]!.sees}`);
}

/** Writes the parts of the bundle and their compiled code (V8) to a folder. Returns their names. */
async function parts(folder: string): Promise<string[]> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    plugins: [layoutLater, ...OPTIONS.plugins],
    banner: {},
    charset: 'ascii',
    write: false,
  });
  const early = await build({
    ...OPTIONS,
    entryPoints: { early: 'src/early.ts' },
    splitting: false,
    banner: {},
    charset: 'ascii',
    write: false,
  });
  const named = [...outputFiles, ...early.outputFiles].map(({ path, text }) => ({ name: basename(path), text }));
  for (const { name, text } of named) await writeFile(join(folder, name), bytesOf(await asScript(text)));
  const warmUp = (...way: readonly string[]) =>
    run(NODE, [join(HERE, 'warm-up.cjs'), folder, ...way], { env: { HOME: folder, TMPDIR: folder }, cwd: folder });
  await warmUp();
  await warmUpWizard(folder);
  await warmUp('check');
  await writeFile(join(folder, 'LICENSES.txt'), await licencesOf(bundledIn(metafile), [await licenceOfNode()]));
  return named.map(({ name }) => name);
}

/** Returns the license of Node and of its components, which the npm package of Node contains. */
async function licenceOfNode(): Promise<string> {
  const [text, { stdout }] = await Promise.all([readFile(NODE_LICENCE, 'utf8'), run(NODE, ['--version'])]);
  return `Node.js ${stdout.trim()}\n\n${text.trim()}`;
}

/** @returns the path of the created file */
export async function buildBinary(target = join('dist', 'func-harden-linux-x64')): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-binary-'));
  try {
    const names = await parts(folder);
    const main = join(folder, 'main.cjs');
    await build({ entryPoints: [join(HERE, 'main.cjs')], outfile: main, bundle: true, platform: 'node', target: 'node24', minify: true });
    const assets = names.flatMap((name) => [
      [name, join(folder, name)],
      [`${name} code`, join(folder, `${name}.code`)],
    ]);
    const [config, blob, made] = [join(folder, 'sea.json'), join(folder, 'sea.blob'), join(folder, 'made')];
    const sea = {
      main,
      output: blob,
      disableExperimentalSEAWarning: true,
      useCodeCache: true,
      assets: Object.fromEntries([...assets, ['LICENSES.txt', join(folder, 'LICENSES.txt')]]),
    };
    await writeFile(config, JSON.stringify(sea));
    await run(NODE, ['--experimental-sea-config', config]);
    await copyFile(NODE, made);
    await chmod(made, 0o755);
    await inject(made, 'NODE_SEA_BLOB', await readFile(blob), { sentinelFuse: FUSE });
    await mkdir(join(target, '..'), { recursive: true });
    await copyFile(made, `${target}.new`);
    await rename(`${target}.new`, target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) console.log(await buildBinary());
