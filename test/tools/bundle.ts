/** Bundles the command: split ES modules, so that each command loads only what it needs. */
import { builtinModules, createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, transform, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { HELP_WIDTH, printedHelp } from '../../src/cli/printed-help.ts';
import { stepLibrary, stepModule } from '../../src/files/controls/library.ts';
import { licencesOf, packagesOf } from './licences.ts';
import { replaceFiles } from './replace-files.ts';

const NARROW = join(import.meta.dirname, '..', '..', 'src', 'text', 'narrow-width.ts');
/** Replaces string-width in the whole bundle by one implementation. */
const narrowWidth: Plugin = {
  name: 'narrow-width',
  setup(bundle) {
    bundle.onResolve({ filter: /^string-width$/ }, ({ importer }) => (importer === NARROW ? undefined : { path: NARROW }));
  },
};

/**
 * Loads Node's modules with `require` instead of as ES modules: an ES import evaluates all exports, including lazy ones. For http that
 * is a second HTTP client, for crypto all of Web Crypto: 60 ms and more of every start.
 */
const plainBuiltins: Plugin = {
  name: 'plain-builtins',
  setup(bundle) {
    const names = new Set(builtinModules);
    // Each importer gets its own copy, because a shared one would be one more file to find and read.
    bundle.onResolve({ filter: /^(node:)?[a-z_][a-z0-9_]*(\/[a-z0-9_]+)*$/ }, ({ path, kind, importer }) => {
      const name = path.replace(/^node:/, '');
      if (!names.has(name)) return undefined;
      return {
        path: `node:${name} for ${importer}`,
        pluginData: `node:${name}`,
        namespace: kind === 'require-call' ? 'builtin' : 'builtin-names',
      };
    });
    bundle.onLoad({ filter: /./, namespace: 'builtin' }, ({ pluginData }) => ({
      contents: `module.exports = process.getBuiltinModule('${String(pluginData)}')`,
    }));
    bundle.onLoad({ filter: /./, namespace: 'builtin-names' }, ({ pluginData }) => ({ contents: namesOf(String(pluginData)) }));
  },
};

/**
 * Splits imports by name, so that unused names are not evaluated, and modules behind an index are loaded only when they are used. A module
 * that only gives functions is loaded when the first of them is called: crypto takes 4 ms, and no first frame needs it.
 */
function namesOf(path: string): string {
  const all = process.getBuiltinModule(path) as Record<string, unknown>;
  const names = Object.keys(all).filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default');
  const isUsedAsItIs = typeof all === 'function' || path === 'node:process';
  return [
    `let all; const load = () => (all ??= process.getBuiltinModule('${path}'));`,
    `export default ${isUsedAsItIs ? 'load()' : `{ ${names.map((name) => `get ${name}() { return load().${name}; }`).join(', ')} }`};`,
    ...names.map((name) => {
      const value = isPlainFunction(name, all[name])
        ? `(...given) => load().${name}(...given)`
        : `/* @__PURE__ */ (() => load().${name})()`;
      return `const _${name} = ${value}; export { _${name} as ${name} };`;
    }),
  ].join('\n');
}

/** Whether nothing but a call can be made of it: it is no class, and has no members such as a variant for promises. */
const isPlainFunction = (name: string, value: unknown): boolean =>
  typeof value === 'function' &&
  /^[a-z]/.test(name) &&
  Reflect.ownKeys(value).every((key) => ['length', 'name', 'prototype', 'arguments', 'caller'].includes(String(key)));

/** Objects that take 10 to 25 ms to create; they are created at first use. */
const LATE = [
  {
    early: 'const segmenter = new Intl.Segmenter();',
    late: 'let made; const segmenter = { segment: text => (made ??= new Intl.Segmenter()).segment(text) };',
    of: ['string-width', 'wrap-ansi'],
  },
  {
    early: String.raw`const rgiEmojiRegex = /^\p{RGI_Emoji}$/v;`,
    late: String.raw`let emoji; const rgiEmojiRegex = { test: text => (emoji ??= /^\p{RGI_Emoji}$/v).test(text) };`,
    of: ['string-width'],
  },
];
const latePatterns: Plugin = {
  name: 'late-patterns',
  setup(bundle) {
    bundle.onLoad({ filter: /node_modules\/(wrap-ansi|string-width)\/index\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const { early, late } of LATE.filter(({ of }) => of.some((name) => path.includes(`node_modules/${name}/`)))) {
        if (!contents.includes(early)) throw new Error(`${path} is written in another way now: look at what it makes early`);
        contents = contents.replace(early, () => late);
      }
      return { contents, loader: 'js' };
    });
  },
};

/** Bundles the areas in one file; otherwise each start would read 25 files. */
const areasTogether: Plugin = {
  name: 'areas-together',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]steps[\\/]index\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const lines: string[] = [];
      const contents = text.replaceAll(/^ {2}import\(('\.\/[\w-]+\.ts')\),$/gm, (_, from: string) => {
        lines.push(`import * as area${lines.length} from ${from};`);
        return `  area${lines.length - 1},`;
      });
      // There is no top-level await left, so the file with the areas can also be loaded as a script.
      const early = 'await Promise.all([';
      if (lines.length === 0 || !contents.includes(early)) throw new Error(`${path} is written in another way now`);
      return { contents: `${lines.join('\n')}\n${contents.replace(early, '([')}`, loader: 'ts' };
    });
  },
};

/** Loads the agents of a proxy where there is a proxy: with them come Node's modules for TLS, before the first request needs any. */
const proxyLater: Plugin = {
  name: 'proxy-later',
  setup(bundle) {
    bundle.onLoad({ filter: /node_modules\/@typespec\/ts-http-runtime\/dist\/esm\/policies\/proxyPolicy\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [name, from] of [
        ['HttpsProxyAgent', 'https-proxy-agent'],
        ['HttpProxyAgent', 'http-proxy-agent'],
      ] as const) {
        const early = `import { ${name} } from "${from}";\n`;
        if (!contents.includes(early) || !contents.includes(`new ${name}(`)) throw new Error(`${path} is written in another way now`);
        contents = contents.replace(early, '').replace(`new ${name}(`, `new (require("${from}").${name})(`);
      }
      return { contents, loader: 'js' };
    });
  },
};

/** Leaves out the tools for developers of Ink, which it loads only with DEV=true. */
const inkForUsers: Plugin = {
  name: 'ink-for-users',
  setup(bundle) {
    bundle.onLoad({ filter: /node_modules\/ink\/build\/(reconciler|ink)\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll("process.env['DEV'] === 'true'", 'false'),
      loader: 'js',
    }));
  },
};

/**
 * Decodes the WebAssembly of Ink's layout without fetch: its data URL would make Node load a whole HTTP client, 20 to 40 ms of each first
 * frame.
 */
const layoutWithoutFetch: Plugin = {
  name: 'layout-without-fetch',
  setup(bundle) {
    bundle.onLoad({ filter: /node_modules\/yoga-layout\/dist\/binaries\/yoga-wasm-base64-esm\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      // Without fetch it decodes the text itself, with a loop over 88,000 characters.
      const loop = 'var b=xa(a.slice(37)),c=new Uint8Array(b.length);for(a=0;a<b.length;++a)c[a]=b.charCodeAt(a);';
      if (!text.includes('"function"!=typeof fetch?') || !text.includes(loop)) throw new Error(`${path} is written in another way now`);
      const own = `const fetch = undefined;\n${text.replace(loop, "var c=Buffer.from(a.slice(37),'base64');")}`;
      return { contents: own, loader: 'js' };
    });
  },
};

/** The two WebAssembly modules: runtime and language. */
const GRAMMARS = ['web-tree-sitter/web-tree-sitter.wasm', '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm'] as const;

/** Bundles the grammar of Terraform into a part that only the commands load that read code. */
const grammarsInside: Plugin = {
  name: 'grammars-inside',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]files[\\/]grammars\.ts$/ }, async ({ path }) => {
      const require = createRequire(path);
      const inline = async (file: string) => `Buffer.from('${(await readFile(require.resolve(file))).toString('base64')}', 'base64')`;
      const [runtime, language] = await Promise.all(GRAMMARS.map(inline));
      return {
        contents: `export const loadGrammars = () => Promise.resolve({ runtime: ${runtime}, language: ${language} });`,
        loader: 'js',
      };
    });
  },
};

/** Bundles the library for custom areas as text; it runs in a separate realm. */
const stepLibraryInside: Plugin = {
  name: 'step-library-inside',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]files[\\/]controls[\\/]library\.ts$/ }, async () => {
      const text = JSON.stringify(await stepLibrary());
      return { contents: `const text = ${text}; export const stepLibrary = () => Promise.resolve(text);`, loader: 'js' };
    });
  },
};

/** Prints help once at build time, because it is always the same at the same width. */
const helpInside: Plugin = {
  name: 'help-inside',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]cli[\\/]printed-help\.ts$/ }, () => ({
      contents: `const texts = ${JSON.stringify(printedHelp())}; export const HELP_WIDTH = ${HELP_WIDTH}; export const printedHelp = () => texts;`,
      loader: 'js',
    }));
  },
};

/** Scripts have no top-level await, so the loader waits instead; see bin/parts.cjs. */
export const layoutLater: Plugin = {
  name: 'layout-later',
  setup(bundle) {
    bundle.onLoad({ filter: /node_modules\/yoga-layout\/dist\/src\/index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const early = 'const Yoga = wrapAssembly(await loadYoga());\nexport default Yoga;';
      if (!text.includes(early)) throw new Error(`${path} is written in another way now`);
      // Names of edges and directions are looked at early; nodes are made when something is drawn.
      const late = `import names from './generated/YGEnums.js';
const Yoga = { ...names };
globalThis[Symbol.for('func-harden.ready')].push(loadYoga().then((made) => Object.assign(Yoga, wrapAssembly(made))));
export default Yoga;`;
      return { contents: text.replace(early, late), loader: 'js' };
    });
  },
};

/** Names stay: minified ones would have to be restored with each function that is made, and reports of errors show them. */
const SHORT = { minifySyntax: true, minifyWhitespace: true } as const;

/** Wraps a part of the bundle in a function expression, which bin/parts.cjs calls. */
export async function asScript(text: string): Promise<string> {
  const { code } = await transform(text, {
    ...SHORT,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    charset: 'ascii',
    define: { 'import.meta': 'META' },
    banner: '(function (exports, module, require, IMPORT, META) {',
    footer: '})',
  });
  return (
    code
      .replaceAll(/\bimport\(("\.\/[\w-]+\.js")\)/g, 'IMPORT($1)')
      // The exports as they are, not copied: nothing else reads them, and a command has a hundred parts.
      .replace(/\bmodule\.exports=__toCommonJS\((\w+)\);/, 'module.exports=$1;')
      .trimEnd()
  );
}

/** The number of characters up to which a part is written into one file with others: to find and read a file takes longer than its text. */
export const SMALL = 20_000;

/** Writes `dist/`, with the licenses of what is bundled in it. */
export async function buildCommand(): Promise<void> {
  const since = Date.now();
  const { outputFiles, metafile } = await build({ ...OPTIONS, plugins: [layoutLater, ...OPTIONS.plugins], banner: {}, write: false });
  const files = new Map<string, string>();
  const together: string[] = [];
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    const script = await asScript(text);
    if (script.length <= SMALL) together.push(`exports[${JSON.stringify(name)}] = ${script};\n`);
    else files.set(name.replace(/\.js$/, '.cjs'), `module.exports = ${script};\n`);
  }
  files.set('parts.cjs', together.join(''));
  for (const { path, text } of (await build({ ...EARLY, write: false })).outputFiles) files.set(basename(path), text);
  files.set('step.js', await stepModule());
  files.set('LICENSES.txt', await licencesOf(bundledIn(metafile)));
  await replaceFiles('dist', files, since);
}

/** Packages in the bundle. The grammars are added here, because a plugin inserts them and esbuild does not list them. */
export const bundledIn = (metafile: Metafile): string[] =>
  packagesOf(
    metafile,
    GRAMMARS.map((file) => `node_modules/${file}`),
  );

export const OPTIONS = {
  metafile: true,
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  plugins: [
    narrowWidth,
    plainBuiltins,
    latePatterns,
    proxyLater,
    areasTogether,
    inkForUsers,
    layoutWithoutFetch,
    grammarsInside,
    stepLibraryInside,
    helpInside,
  ],
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  ...SHORT,
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Ink asks for it only when DEV is set.
  external: ['react-devtools-core'],
  banner: {
    js: 'const __filename=import.meta.filename,__dirname=import.meta.dirname;',
  },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Bundles help and version into one script, which Node starts faster than a module. */
export const EARLY = {
  ...OPTIONS,
  entryPoints: { early: 'src/early.ts' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  splitting: false,
  banner: {},
} as const satisfies BuildOptions;
