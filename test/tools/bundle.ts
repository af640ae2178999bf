/** Bundles the command: split ES modules, so that each command loads only what it needs. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const NARROW = join(import.meta.dirname, '..', '..', 'src', 'text', 'narrow-width.ts');
/** One measure of text for everybody in the bundle. */
const narrowWidth: Plugin = {
  name: 'narrow-width',
  setup(bundle) {
    bundle.onResolve({ filter: /^string-width$/ }, ({ importer }) => (importer === NARROW ? undefined : { path: NARROW }));
  },
};

/** Writes `dist/`. */
export async function buildCommand(): Promise<void> {
  await rm('dist', { recursive: true, force: true });
  await build({
    entryPoints: { main: 'src/main.ts' },
    outdir: 'dist',
    bundle: true,
    plugins: [narrowWidth],
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
  });
}
