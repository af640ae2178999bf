import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { decisionsFor } from '../src/engine/judge/decisions.ts';
import type { Target } from '../src/azure/index.ts';
import { parseAnswers } from '../src/files/answers/answers.ts';
import { catalogue } from '../steps/index.ts';
import { contoso } from '../src/emulator/samples/contoso.ts';
import { cloud } from './helpers/in-process.ts';
import { temporaryFolder } from './helpers/world.ts';
import { LANE, LATER, LONG } from './setup/lanes.ts';
import { areaPages, permissionsText } from './tools/area-pages.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string) => readFile(join(ROOT, name), 'utf8');
const manifest = async () =>
  JSON.parse(await read('package.json')) as Record<'scripts' | 'dependencies' | 'devDependencies', Record<string, string>>;
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'src/emulator/BEHAVIOUR.md',
  'docs/schema/README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

test('docs/areas matches the declarations (npm run docs writes it)', async () => {
  const wanted = await areaPages();
  expect((await readdir(join(ROOT, 'docs', 'areas'))).toSorted()).toEqual(Object.keys(wanted).toSorted());
  for (const [name, text] of Object.entries(wanted)) expect(await read(join('docs', 'areas', name)), name).toBe(text);
});

test('docs/permissions.md matches the declarations (npm run docs writes it)', async () => {
  expect(await read('docs/permissions.md')).toBe(await permissionsText());
});

test('docs/performance.md has short table cells', async () => {
  const cells = (await read('docs/performance.md'))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells.filter((cell) => cell.length > 80)).toEqual([]);
});

/** The files of the repository to which a page links. */
const linksOf = async (page: string): Promise<string[]> =>
  [...(await read(page)).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link]) => join(dirname(page), link!));

test.each(PAGES)('each link of %s has a target', async (page) => {
  for (const link of await linksOf(page)) expect(existsSync(join(ROOT, link)), link).toBe(true);
});

test('every page, picture and schema of docs is linked from a page', async () => {
  const linked = new Set((await Promise.all(PAGES.map(linksOf))).flat());
  const files = ['docs', 'docs/schema'].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`));
  expect(files.filter((file) => /\.\w+$/.test(file) && !linked.has(file))).toEqual([]);
});

test('each answers file in docs/answers.md is valid, and its keys select as the page says', async () => {
  const page = await read('docs/answers.md');
  const files = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => parseAnswers(yaml!, 'docs/answers.md', catalogue));
  expect(files).toHaveLength(7);
  const fleet = files.at(-1)!;
  const of = (label: string, tags = {}) => decisionsFor(fleet, { id: '', label, tags } as Target);
  expect(of('fn-pay-card', { env: 'prod' })).toMatchObject({
    https: { answers: { minTls: '1.3', scmMinTls: '1.2' } },
    ftp: { answers: { state: 'Disabled' } },
    'remote-debugging': { decision: { decision: 'apply' } },
  });
  expect(of('fn-pay-legacy')['https']?.answers).toMatchObject({ minTls: '1.2' });
  expect(of('fn-a/staging')['remote-debugging']?.decision).toEqual({ decision: 'skip' });
});

test('the npm scripts that pages name exist', async () => {
  const { scripts } = await manifest();
  for (const page of PAGES)
    for (const [, name] of (await read(page)).matchAll(/npm run ([a-z:-]+)/g)) expect(Object.keys(scripts), page).toContain(name);
});

test('docs/dependencies.md has a reason for each dependency, and for nothing else', async () => {
  const { dependencies, devDependencies } = await manifest();
  const [, ...parts] = (await read('docs/dependencies.md')).split(/^## .*$/m);
  const named = (part: string) => [...part.matchAll(/^\| `([^`]+)` +\| \S.{10,}\|$/gm)].map(([, name]) => name!);
  expect(named(parts[0]!)).toEqual(Object.keys(dependencies));
  expect(named(parts[1]!)).toEqual(Object.keys(devDependencies));
});

test('continuous integration runs the command of the README, with the tests that it leaves out', async () => {
  expect(await read('README.md')).toContain('npm ci && npm test');
  expect(await read('.ci/run')).toMatch(/^npm ci\nnpm run test:all$/m);
  expect((await manifest()).scripts['test']).toBe('npm run --silent test:all -- --mode quick');
  const files = await readdir(join(ROOT, 'test'), { recursive: true });
  for (const name of [...LANE, ...LATER, ...LONG]) expect(files, 'a list of lanes.ts').toContain(name.replace(/^test\//, ''));
});

test('the README has the right numbers of areas, controls and findings of the sample, and the right versions of Node.js', async () => {
  const text = await read('README.md');
  const controls = catalogue.flatMap((step) => step.controls).length;
  expect(text).toContain(`${controls} controls in ${catalogue.length} areas:`);
  const here = cloud(contoso(), await temporaryFolder());
  const fails = async (app: string) =>
    (JSON.parse((await here.command('audit', '--app', app, '--json')).stdout) as { summary: { fail: number } }).summary.fail;
  expect([text.includes(`\`fn-orders\` fails ${await fails('fn-orders')} controls`), await fails('fn-ledger')]).toEqual([true, 0]);
  const { engines } = JSON.parse(await read('package.json')) as { engines: { node: string } };
  expect(
    engines.node
      .match(/\d+\.\d+\.\d+/g)
      ?.map((version) => version.replace(/(\.0)+$/, ''))
      .join(' '),
  ).toBe(/Node\.js ([\d.]+), ([\d.]+) or (\d+) and newer/.exec(text)?.slice(1).join(' '));
});

test('the README names every area', async () => {
  const listed = [
    ...(await read('README.md'))
      .replaceAll(/\n {2}/g, ' ')
      .matchAll(/^- \*\*(?:Secure (operation|deployment)|(Network) security)\*\*: (.*)\.$/gm),
  ];
  const counts = listed.map(([, group, network, names]) => [group ?? network!.toLowerCase(), names!.split(', ').length]);
  const groups = ['operation', 'deployment', 'network'].map((group) => [group, catalogue.filter((step) => step.group === group).length]);
  expect(counts).toEqual(groups);
});
