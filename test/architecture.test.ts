/** The rules of docs/architecture.md: which folder may import from which. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const files = ['src', 'steps'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
);

/** The folders from which the files of each folder may import, besides their own. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  azure: [],
  contract: ['azure'],
  text: [],
  emulator: [],
  change: ['azure', 'contract'],
  engine: ['azure', 'contract', 'change'],
  arm: ['azure', 'contract', 'change', 'engine', 'text'],
  files: ['azure', 'contract', 'change', 'engine', 'text'],
  view: ['azure', 'contract', 'change', 'engine', 'text'],
  report: ['azure', 'contract', 'change', 'engine', 'text', 'view', 'arm/actions.ts'],
  source: ['azure', 'contract', 'change', 'engine'],
  'hosts/lines': ['azure', 'contract', 'change', 'engine', 'text', 'view'],
  'hosts/tui': ['azure', 'contract', 'change', 'engine', 'text', 'view'],
  cli: ['azure', 'contract', 'engine', 'text', 'files', 'arm/sign-in/auth-modes.ts', 'change'],
  app: ['azure', 'contract', 'change', 'engine', 'text', 'view', 'report', 'files', 'hosts/lines', 'cli', 'source', 'connect.ts'],
  commands: ['change', 'engine', 'text', 'view', 'report', 'files', 'hosts/lines', 'hosts/tui', 'cli', 'app', 'emulator', 'connect.ts'],
  steps: ['src/contract/index.ts', 'src/azure/index.ts', 'steps/lib'],
  'steps/lib': ['src/contract/index.ts', 'src/azure/index.ts'],
};

const folderOf = (path: string): string => {
  const [top = '', folder = '', inner] = path.split('/');
  if (top === 'steps') return folder === 'lib' ? 'steps/lib' : 'steps';
  if (inner === undefined) return 'joins';
  return folder === 'hosts' ? `hosts/${inner}` : folder;
};

const imports = (path: string): string[] =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(/(?:^(?:import|export) [^;]*?from |import\()'([^']+)'/gm)].map(([, from]) => from!);

test.each(files.map((path) => [path]))('%s imports only from the folders that its own folder may use', (path) => {
  const folder = folderOf(path);
  for (const from of imports(path)) {
    if (!from.startsWith('.')) {
      if (/^(ink|react|react\/.*)$/.test(from)) expect(folder, `${from} belongs to hosts/tui`).toBe('hosts/tui');
      if (from === '@inquirer/prompts') expect(folder).toBe('hosts/lines');
      if (from === 'web-tree-sitter') expect(folder).toBe('source');
      if (from.startsWith('@azure/')) expect(folder).toBe('arm');
      if (from.startsWith('node:')) expect(['files', 'app', 'commands', 'emulator', 'joins'], `${from} is I/O`).toContain(folder);
      continue;
    }
    const target = relative(ROOT, join(ROOT, dirname(path), from));
    if (folder === 'joins' || folderOf(target) === folder) continue;
    const allowed = MAY[folder]!.some((one) => (one.includes('.') ? target.endsWith(one) : folderOf(target) === one));
    expect(allowed, `${folder} may not import ${target}`).toBe(true);
  }
});

/** Returns the first circular import, including types and dynamic imports, as a path that ends with its first file. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const search = (path: string, above: readonly string[]): readonly string[] | undefined => {
    const way = [...above, path];
    if (above.includes(path)) return way.slice(way.indexOf(path));
    if (done.has(path)) return undefined;
    for (const next of graph.get(path) ?? []) {
      const circle = search(next, way);
      if (circle) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const circle = search(path, []);
    if (circle) return circle;
  }
  return undefined;
}

test('no file imports itself through other files', () => {
  const graph = new Map(
    files.map((path) => [
      path,
      imports(path)
        .filter((from) => from.startsWith('.'))
        .map((from) => relative(ROOT, join(ROOT, dirname(path), from))),
    ]),
  );
  expect(circleIn(graph)?.join(' → ')).toBeUndefined();
});

test('no folder imports itself through other folders', () => {
  const folders = Object.entries(MAY).map(([folder, may]): [string, string[]] => [
    folder,
    may.map((one) => (one.includes('.') ? folderOf(one.replace(/^(?!src)/, 'src/')) : one)),
  ]);
  expect(circleIn(new Map(folders))?.join(' → ')).toBeUndefined();
});

test.each(files.map((path) => [path]))('%s has no more lines than the limit', (path) => {
  expect(readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(300);
});

/** The members that hold our sentences. Messages of Azure and Node.js are in none of them. */
const SENTENCES = 'says|because|effect|found|wanted|reason';
const READS_SENTENCE = new RegExp(
  String.raw`\.(${SENTENCES})\??\.(startsWith|endsWith|includes|match|search|indexOf)\(|\.(test|exec)\([\w.?]*\.(${SENTENCES})\b|\.(${SENTENCES}) [!=]== ['"\x60]\w`,
);

test('no code decides by a sentence of its own', () => {
  for (const one of ["note.says.startsWith('Your')", '/limiting/.test(failure.says)', "one.found === 'None'"])
    expect(one).toMatch(READS_SENTENCE);
  const lines = files.flatMap((path) =>
    readFileSync(join(ROOT, path), 'utf8')
      .split('\n')
      .map((text, index) => ({ place: `${path}:${index + 1}`, text })),
  );
  expect(lines.filter(({ text }) => READS_SENTENCE.test(text)).map(({ place }) => place)).toEqual([]);
});

/** Files that may set a timer: the two clocks; what is drawn again as time goes by; what happens once the loop is idle;
 * whether Esc is a key of its own. */
const TIMERS = ['locks.ts', 'clock.ts', 'app.tsx', 'mount.tsx', 'memory.ts', 'read-limited.ts', 'read-line.ts'];

test('code that waits uses the clock, which tests can set forward; no environment variable changes its pace', () => {
  const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  const waiting = files.filter((path) => /\b(setTimeout|setInterval)\b|AbortSignal\.timeout/.test(text(path)));
  expect(waiting.filter((path) => !TIMERS.includes(path.split('/').at(-1)!))).toEqual([]);
  expect(files.filter((path) => /FUNC_HARDEN_\w+_MS/.test(text(path)))).toEqual([]);
});

test('nothing is exported that only its own file uses', () => {
  const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const users = new Map<string, number>();
  for (const path of [...files, ...tests.map((name) => join('test', name))])
    for (const word of new Set(readFileSync(join(ROOT, path), 'utf8').match(/\w+/g))) users.set(word, (users.get(word) ?? 0) + 1);
  // The library for areas is exported for custom areas too.
  const own = files.filter((path) => !/^src\/(contract|azure)\//.test(path) && path !== 'src/step.ts');
  const alone = own.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^export (?:async )?(?:const|function\*?|interface|type|class) (\w+)/gm)]
      .filter(([, name]) => users.get(name!) === 1)
      .map(([, name]) => `${path}: ${name}`),
  );
  expect(alone).toEqual([]);
});

test('docs/architecture.md lists the same import rules', () => {
  const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
  const rows = [...page.matchAll(/^- `(?:src\/)?([\w/]+)\/`: .*(?:\n {2}(?!May import).*)*\n {2}May import: (.+)\.$/gm)].map(
    ([, folder, may]) => [folder!, may === 'nothing else' ? [] : may!.split(', ')],
  );
  expect(Object.fromEntries(rows)).toEqual(MAY);
});

test('docs/architecture.md names each folder of src', () => {
  const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
  const folders = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true }).filter((one) => one.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !new RegExp(`[\`/]${name}/`).test(page))).toEqual([]);
});
