/** What each command loads before it does anything: start-up is what an operator waits for. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { EARLY, OPTIONS, SMALL } from './tools/bundle.ts';

const { metafile } = await build({ ...OPTIONS, write: false });
const outputs = Object.entries(metafile.outputs);

/** Packages and kilobytes of a part and everything that it imports at once. */
function loadedBy(entry: string): { packages: string[]; kilobytes: number; inputs: string[]; files: number } {
  const start = outputs.find(([, { entryPoint }]) => entryPoint === entry)?.[0];
  if (!start) throw new Error(`${entry} is no part of its own`);
  const seen = new Set([start]);
  for (const name of seen)
    for (const { path, kind, external } of metafile.outputs[name]?.imports ?? [])
      if (kind === 'import-statement' && !external) seen.add(path);
  const inputs = [...seen].flatMap((name) => Object.keys(metafile.outputs[name]?.inputs ?? {}));
  const packages = new Set(inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const bytes = [...seen].reduce((sum, name) => sum + (metafile.outputs[name]?.bytes ?? 0), 0);
  // Small parts are in one file.
  const files = 1 + [...seen].filter((name) => (metafile.outputs[name]?.bytes ?? 0) > SMALL).length;
  return { packages: [...packages].toSorted(), kilobytes: Math.ceil(bytes / 1000), inputs, files };
}

test.each([
  ['a command line that is parsed', 'src/main.ts', ['commander', 'fastest-levenshtein', 'ipaddr.js'], 158],
  ['completion', 'src/commands/completion.ts', ['commander', 'fastest-levenshtein', 'ipaddr.js'], 220],
  [
    'steps',
    'src/commands/steps.ts',
    [
      'commander',
      'fastest-levenshtein',
      'ipaddr.js',
      'get-east-asian-width',
      'string-width',
      'strip-ansi',
      'ansi-regex',
      'wrap-ansi',
      'ansi-styles',
    ],
    356,
  ],
])('%s loads nothing of Azure, Ink or YAML', (_, entry, packages, most) => {
  const { packages: loaded, kilobytes } = loadedBy(entry);
  expect(loaded.filter((one) => !packages.includes(one))).toEqual([]);
  expect(kilobytes).toBeLessThan(most);
});

test.each(['audit', 'plan', 'replay', 'undo', 'resume', 'history', 'export', 'doctor', 'emulator', 'pipeline', 'wizard'])(
  '%s loads no Ink, prompts or Azure before they are needed',
  (command) => {
    const { packages } = loadedBy(`src/commands/${command}.ts`);
    expect(packages.filter((one) => /^(ink|react|@inquirer\/|@azure\/|yoga)/.test(one))).toEqual([]);
  },
);

test('the first screen of the wizard loads neither the YAML parser nor the writer of the answers file', () => {
  const { packages } = loadedBy('src/commands/wizard.ts');
  expect(packages.filter((one) => ['yaml', 'write-file-atomic', 'signal-exit'].includes(one))).toEqual([]);
});

test('an audit sends its first request before it loads areas, YAML and reports', () => {
  const { packages, kilobytes, inputs } = loadedBy('src/commands/audit.ts');
  expect(packages.filter((one) => ['yaml', 'ipaddr.js', 'string-width', 'wrap-ansi'].includes(one))).toEqual([]);
  expect(inputs.filter((one) => /^(steps|src\/report)\//.test(one))).toEqual([]);
  // It contains the scrubber with the words that it must not hide, because nothing is read before it is loaded.
  expect(kilobytes).toBeLessThan(66);
});

test('an audit sends its first request before the areas are loaded; other commands load the areas first', () => {
  const source = (file: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, '..', 'src', file)).href);
  const program = `const [{ loadCatalogue }, { isPlainSetting }] = [await import(${source('catalogue.ts')}), await import(${source('contract/index.ts')})];
    const known = () => { try { isPlainSetting('a'); return true; } catch { return false; } };
    const after = async (command) => { await loadCatalogue(command, {}); return known(); };
    console.log(JSON.stringify([await after('audit'), await after('plan')]));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual([false, true]);
});

test('signing in loads no identity library of Microsoft before it is known to be needed', () => {
  expect(loadedBy('src/connect.ts').packages).not.toContain('@azure/identity');
  expect(loadedBy('src/connect.ts').packages).not.toContain('@azure/arm-keyvault');
});

test('a start finds and reads few files, because each file takes time', () => {
  expect(loadedBy('src/main.ts').files).toBeLessThanOrEqual(4);
  expect(loadedBy('src/connect.ts').files).toBeLessThanOrEqual(10);
  expect(loadedBy('src/hosts/tui/mount.tsx').files).toBeLessThanOrEqual(10);
});

test('the first screen loads no modules of Node for requests, encryption and processes', () => {
  const program = `const { partsFrom } = require('./bin/parts.cjs');
    const together = require('./dist/parts.cjs');
    const alone = require('fs').readdirSync('dist').flatMap((file) => (file.endsWith('.cjs') ? [file.replace('.cjs', '.js')] : []));
    const { need } = partsFrom((name) => ({ run: together[name] || require('./dist/' + name.replace('.js', '.cjs')), meta: {} }));
    for (const name of [...Object.keys(together), ...alone].filter((name) => /^(main|wizard|connect|mount)[-.]/.test(name))) need('./' + name);
    console.log(JSON.stringify(process.moduleLoadList));`;
  const printed = execFileSync(process.execPath, ['--eval', program], { encoding: 'utf8', cwd: join(import.meta.dirname, '..') });
  const names = (JSON.parse(printed) as string[]).map((one) => one.replace('NativeModule ', ''));
  expect(names).toContain('assert');
  expect(names.filter((name) => ['http', 'https', 'tls', 'crypto', 'child_process', 'zlib', 'dns'].includes(name))).toEqual([]);
});

test('help and version load no package', async () => {
  const { metafile: early } = await build({ ...EARLY, write: false });
  expect(Object.keys(early.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(Object.values(early.outputs)[0]!.bytes).toBeLessThan(70_000);
});
