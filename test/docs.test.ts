import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { OPTIONS } from '../src/cli/options.ts';
import { decisionsFor } from '../src/engine/decisions.ts';
import type { Target } from '../src/engine/ports.ts';
import { parseAnswers } from '../src/files/answers.ts';
import { catalogue } from '../steps/index.ts';
import { areaPages, permissionsText } from './tools/area-pages.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (name: string) => readFile(join(ROOT, name), 'utf8');
const PAGES = [
  'README.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/answers.md',
  'docs/architecture.md',
  'docs/azure-cli.md',
  'docs/export.md',
  'docs/performance.md',
  'docs/permissions.md',
  'docs/reliability.md',
  'docs/reports.md',
  'docs/schema/README.md',
  'src/emulator/BEHAVIOUR.md',
];

test('docs/areas is what the declarations say (npm run docs writes it)', async () => {
  const wanted = await areaPages();
  expect((await readdir(join(ROOT, 'docs', 'areas'))).toSorted()).toEqual(Object.keys(wanted).toSorted());
  for (const [name, text] of Object.entries(wanted)) expect(await read(join('docs', 'areas', name)), name).toBe(text);
});

test('docs/permissions.md is what the declarations say (npm run docs writes it)', async () => {
  expect(await read('docs/permissions.md')).toBe(await permissionsText());
});

test.each(PAGES)('every link of %s leads somewhere', async (page) => {
  const links = [...(await read(page)).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link]) => link!);
  for (const link of links) expect(existsSync(join(ROOT, dirname(page), link)), link).toBe(true);
});

test('every command and option that the README shows exists', async () => {
  const text = await read('README.md');
  const commands = [...text.matchAll(/^(?:npm run )?func-harden (?:-- )?([a-z]+)/gm)].map(([, name]) => name!);
  expect(commands.length).toBeGreaterThan(5);
  for (const name of commands) expect(COMMANDS.map((one) => one.name)).toContain(name);
  const flags = new Set(Object.values(OPTIONS).map(({ flags: spec }) => spec.split(' ')[0]));
  for (const [flag] of text.matchAll(/--[a-z][a-z-]+/g)) expect(flags.has(flag) || flag === '--help', flag).toBe(true);
});

test('the answers file in the README is one', async () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(await read('README.md')) ?? [];
  expect(Object.keys(parseAnswers(yaml, 'README.md', catalogue).apps)).toEqual(['fn-orders']);
});

test('every answers file in docs/answers.md is one, and its keys mean what the page says', async () => {
  const page = await read('docs/answers.md');
  const files = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => parseAnswers(yaml!, 'docs/answers.md', catalogue));
  expect(files).toHaveLength(4);
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

test('the scripts that the README names are there', async () => {
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
  for (const [, name] of (await read('README.md')).matchAll(/npm run ([a-z-]+)/g)) expect(Object.keys(scripts)).toContain(name);
});
