/** Bundles the command: split ES modules, so that each command loads only what it needs. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const NARROW = join(import.meta.dirname, '..', '..', 'src', 'text', 'narrow-width.ts');
/** One measure of text for everybody in the bundle. */
const narrowWidth: Plugin = {
  name: 'narrow-width',
  setup(bundle) {
    bundle.onResolve({ filter: /^string-width$/ }, ({ importer }) => (importer === NARROW ? undefined : { path: NARROW }));
  },
};

/**
 * Node's http by `require`: imported as a module it hands out all it has, fetch and WebSocket too, and loads a second HTTP client
 * for them, which is 60 ms of every start.
 */
const plainHttp: Plugin = {
  name: 'plain-http',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:https?$/ }, ({ path, namespace }) =>
      namespace === 'plain-http' ? { path, external: true } : { path, namespace: 'plain-http' },
    );
    bundle.onLoad({ filter: /./, namespace: 'plain-http' }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
      loader: 'js',
    }));
  },
};

/** The first segmenter of a process costs 25 ms: made when text is measured, not when it might be. */
const lateSegmenter: Plugin = {
  name: 'late-segmenter',
  setup(bundle) {
    const early = 'const segmenter = new Intl.Segmenter();';
    const late = 'let made; const segmenter = { segment: text => (made ??= new Intl.Segmenter()).segment(text) };';
    bundle.onLoad({ filter: /node_modules\/(wrap-ansi|string-width)\/index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(early)) throw new Error(`${path} makes no segmenter any more: this plugin can go`);
      return { contents: text.replace(early, late), loader: 'js' };
    });
  },
};

/** Writes `dist/`, with the licences of what is bundled in it. */
export async function buildCommand(): Promise<void> {
  await rm('dist', { recursive: true, force: true });
  const { metafile } = await build(OPTIONS);
  await writeFile(join('dist', 'LICENSES.txt'), await licencesOf(Object.keys(metafile.inputs)));
}

export const OPTIONS = {
  metafile: true,
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  plugins: [narrowWidth, plainHttp, lateSegmenter],
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  keepNames: true,
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Ink asks for it only when DEV is set.
  external: ['react-devtools-core'],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';import{fileURLToPath as __url}from'node:url';import{dirname as __dir}from'node:path';const require=__createRequire(import.meta.url),__filename=__url(import.meta.url),__dirname=__dir(__filename);",
  },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The licence of each package that something was taken from: they ask to come along. */
async function licencesOf(inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const texts = await Promise.all(
    [...folders].toSorted().map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
      const file = (await readdir(folder)).find((one) => /^licen[cs]e(\.|$)/i.test(one));
      return `${String(name)} ${String(version)} (${String(license)})\n\n${file ? await readFile(join(folder, file), 'utf8') : 'It has no text of its licence.'}`;
    }),
  );
  return `${texts.map((text) => text.trim()).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
