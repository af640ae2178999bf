/** Patches: git accepts them, and with the patch the finding is gone and nothing else has changed. */
import { execFileSync } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { leavesOf } from '../helpers/code-leaves.ts';
import { cloud } from '../helpers/in-process.ts';
import { copyOf, placesIn, SAMPLES, type Place } from '../helpers/source.ts';
import { temporaryFolder } from '../helpers/world.ts';

/** The files of a tree that are code, by their path. */
async function codeIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => /\.(tf|tfvars|bicep|json)$/.test(path));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)));
}

/** The names of the attributes, members and blocks on the lines that a patch adds. */
const namesAdded = (patch: string): string[] =>
  [...patch.matchAll(/^\+\s*(?:var |param )?"?([\w-]+)"?(?: \w+)?\s*[=:{]/gm)].map(([, name]) => name!);

const keyOf = ({ app, control }: Place): string => `${app} ${control}`;

test.each([
  'one-file',
  'modules',
  'for-each',
  'tfvars',
  'azapi',
  'slots',
  'flex',
  'elsewhere',
  'conditions',
  'layered',
  'arm',
  'bicep',
  'azd',
  'environments',
  'nested',
])('%s: with the patch the finding is gone and nothing else changed', async (sample) => {
  const folder = await copyOf(sample);
  const patch = join(await temporaryFolder(), 'harden.patch');
  const before = await placesIn(folder, '--patch', patch);
  const text = await readFile(patch, 'utf8');
  expect(text).not.toBe('');
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  const [files, written] = [await codeIn(folder), namesAdded(text)];
  git('init', '-q');
  git('apply', patch);
  for (const [file, was] of files) {
    const [then, now] = [leavesOf(file, was), leavesOf(file, await readFile(join(folder, file), 'utf8'))];
    expect(
      [...then.keys()].filter((path) => !now.has(path)),
      `${file} loses nothing`,
    ).toEqual([]);
    const changed = [...now].filter(([path, value]) => then.get(path) !== value).map(([path]) => path);
    expect(
      changed.filter((path) => !written.some((name) => path.includes(name))),
      `${file} changes where the patch says`,
    ).toEqual([]);
  }
  const after = await placesIn(folder);
  const now = new Map(after.map((place) => [keyOf(place), place]));
  const open = (state: string | undefined) => state === 'declared' || state === 'absent';
  const mended = before.filter((place) => open(place.state) && !open(now.get(keyOf(place))?.state)).map(({ control }) => control);
  expect(mended).toEqual(
    expect.arrayContaining(
      sample === 'elsewhere'
        ? ['ftp.state']
        : ['https.http2'].filter((one) => before.some(({ control, state }) => control === one && open(state))),
    ),
  );
  // No correct or unresolved place is worse, and the controls are the same.
  for (const place of before) if (!open(place.state)) expect(now.get(keyOf(place))?.state, keyOf(place)).toBe(place.state);
  expect([...now.keys()].toSorted()).toEqual(before.map(keyOf).toSorted());
  // A second patch has nothing left of what the first one changed.
  const again = join(await temporaryFolder(), 'again.patch');
  await placesIn(folder, '--patch', again);
  expect(await readFile(again, 'utf8')).toBe('');
});

test.each([
  ['without a repository', undefined, 'live env'],
  ['in the root of a repository', 'live env', 'live env'],
  ['in a subfolder of a repository', '.', 'infra/live env'],
])('%s, the printed command applies the patch', async (_, repository, inside) => {
  const base = await temporaryFolder();
  const folder = join(base, inside);
  await cp(join(SAMPLES, 'one-file'), folder, { recursive: true });
  if (repository !== undefined) execFileSync('git', ['init', '-q', join(base, repository)]);
  const before = await readFile(join(folder, 'main.tf'), 'utf8');
  const here = cloud(contoso(), await temporaryFolder());
  const { stderr } = await here.command('source', folder, '--patch', join(base, 'harden.patch'));
  const [, command = ''] = /Run: (git .*)/.exec(stderr) ?? [];
  execFileSync('sh', ['-c', command]);
  expect(await readFile(join(folder, 'main.tf'), 'utf8'), command).not.toBe(before);
});

test('literals and arguments are written in the style of their block', async () => {
  const folder = await copyOf('slots');
  const patch = join(await temporaryFolder(), 'harden.patch');
  await placesIn(folder, '--step', 'https', 'remote-debugging', '--patch', patch);
  const text = await readFile(patch, 'utf8');
  expect(text).toContain('+    minimum_tls_version      = "1.2"\n');
  expect(text).toContain('+    remote_debugging_enabled = false\n');
  expect(text).toContain('+    http2_enabled            = true\n');
});

test('a lock-out change is written only if an answers file decides it', async () => {
  const folder = await copyOf('one-file');
  const patch = join(await temporaryFolder(), 'harden.patch');
  await placesIn(folder, '--patch', patch);
  expect(await readFile(patch, 'utf8')).not.toMatch(/client_certificate_enabled|default_action += "Deny"/);
  const answers = join(await temporaryFolder(), 'answers.yaml');
  await writeFile(
    answers,
    'version: 1\napps:\n  fn-orders:\n    steps:\n      https: { controls: { client-cert: { decision: apply } } }\n',
  );
  await placesIn(folder, '--answers', answers, '--patch', patch);
  expect(await readFile(patch, 'utf8')).toMatch(/client_certificate_enabled += true/);
});

test('no file of the code is written', async () => {
  const folder = await copyOf('one-file');
  const text = await readFile(join(folder, 'main.tf'), 'utf8');
  await placesIn(folder, '--patch', join(await temporaryFolder(), 'harden.patch'));
  expect(await readFile(join(folder, 'main.tf'), 'utf8')).toBe(text);
});

test('the code of the sample subscription has the same verdicts as its apps', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const { stdout } = await here.command('audit', '--app', 'fn-orders', '--json');
  const live = (
    JSON.parse(stdout) as { apps: { steps: { controls: { id: string; state: string; found: string }[] }[] }[] }
  ).apps[0]!.steps.flatMap(({ controls }) => controls);
  const folder = await copyOf('one-file');
  // The place of the keys was set by hand, and the code does not name it.
  const decided = (await placesIn(folder)).filter(
    ({ control, state }) => state !== 'not-resolved' && control !== 'access-keys.secret-storage',
  );
  expect(decided.length).toBeGreaterThan(30);
  expect(decided.map(({ control, state }) => `${control} ${state === 'right' ? 'pass' : 'fail'}`)).toEqual(
    decided.map(({ control }) => `${control} ${live.find(({ id }) => id === control)?.state}`),
  );
});

test('a check fails if the code has a finding of the severity', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const folder = await copyOf('slots');
  expect((await here.command('source', '--check', folder)).code).toBe(2);
  expect((await here.command('source', '--check', folder, '--fail-on', 'high', '--step', 'ftp')).code).toBe(0);
  expect((await here.command('source', join(folder, 'nowhere'))).code).toBe(1);
});

test('SARIF names files from the root of their repository, whatever folder the command started in', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const repository = await temporaryFolder();
  const folder = join(repository, 'infra', 'live env');
  await cp(join(SAMPLES, 'one-file'), folder, { recursive: true });
  const files = async (...args: readonly string[]) => {
    const { stdout } = await here.command(...args, '--format', 'sarif');
    const { results } = (
      JSON.parse(stdout) as { runs: { results: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[] }[] }
    ).runs[0]!;
    return new Set(
      results.map(({ locations }) => locations[0]!.physicalLocation.artifactLocation.uri).filter((uri) => uri.endsWith('.tf')),
    );
  };
  const commands = [
    ['source', folder],
    ['source', '--check', folder],
    ['audit', '--app', 'fn-orders', '--source', folder],
  ] as const;
  for (const command of commands) expect(await files(...command), command.join(' ')).toEqual(new Set(['main.tf']));
  // A work tree or a submodule has a file of this name, and not a folder.
  await writeFile(join(repository, '.git'), 'gitdir: elsewhere');
  for (const command of commands) expect(await files(...command), command.join(' ')).toEqual(new Set(['infra/live%20env/main.tf']));
});

test('an audit has file and line in each of its formats', async () => {
  const here = cloud(contoso(), await temporaryFolder());
  const folder = await copyOf('one-file');
  const audit = async (...args: readonly string[]) =>
    (await here.command('audit', '--app', 'fn-orders', '--source', folder, ...args)).stdout;
  const controls = (
    JSON.parse(await audit('--json')) as { apps: { steps: { controls: { id: string; declared?: object }[] }[] }[] }
  ).apps[0]!.steps.flatMap(({ controls: own }) => own);
  expect(controls.find(({ id }) => id === 'https.https-only')?.declared).toEqual({ file: 'main.tf', line: 37, state: 'declared' });
  for (const format of ['text', 'sarif', 'junit', 'markdown', 'html', 'csv'])
    expect(await audit('--format', format), format).toMatch(
      format === 'sarif' ? /main\.tf[\s\S]*"startLine":\s*37/ : /main\\?\.tf\S{0,8}37/,
    );
});
