/** Reports as files: complete, the most important first, and several from one audit. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { secrets } from '../../src/change/secrets.ts';
import { inside } from '../helpers/inside.ts';
import { ANSWERS, world } from '../helpers/world.ts';

test('text in a pipe begins with the totals and the worst apps, and is not cut', { timeout: 60_000 }, async () => {
  const here = await world();
  const { stdout } = await here.cli(['audit', '--all', '--slot', 'all', '--quiet']);
  const json = await inside(here, ['audit', '--all', '--slot', 'all', '--json']);
  const report = JSON.parse(json.stdout) as {
    apps: { name: string; steps: { controls: { state: string; severity: string; found: string; wanted: string }[] }[] }[];
    summary: Record<string, number>;
  };
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(new RegExp(`^${report.apps.length} apps .* ${report.summary['fail']} fail`));
  expect(lines[2]).toBe('Most severe first');
  const rank = ['critical', 'high', 'medium', 'low'];
  const severities = lines.slice(3, lines.indexOf('', 3)).flatMap((line) => /^ {2}(critical|high|medium|low) /.exec(line)?.[1] ?? []);
  expect(severities.length).toBeGreaterThan(5);
  expect(severities).toEqual(severities.toSorted((a, b) => rank.indexOf(a) - rank.indexOf(b)));
  expect(stdout).not.toContain('…');
  for (const { found, wanted } of report.apps.flatMap(({ steps }) =>
    steps.flatMap(({ controls }) => controls.filter(({ state }) => state === 'fail')),
  )) {
    expect(stdout).toContain(found);
    expect(stdout).toContain(wanted);
  }
});

test('several reports of one audit need one audit', async () => {
  const here = await world();
  const place = (name: string) => join(here.folder, name);
  const alone = await inside(here, ['audit', '--app', 'fn-orders', '--json']);
  const before = (await here.exchanges()).length;
  const all = ['json', 'sarif', 'junit', 'markdown', 'html', 'csv', 'text'];
  const formats = all.flatMap((format) => ['--format', `${format}=${place(`audit.${format}`)}`]);
  const many = await inside(here, ['audit', '--app', 'fn-orders', ...formats]);
  expect(many.code, many.stderr).toBe(alone.code);
  expect((await here.exchanges()).length - before).toBe(before);
  expect(many.stdout).toContain('fn-orders');
  const times = /"generatedAt": "[^"]*"/;
  // Printed text goes through the same cleaning, which knows the secrets of other tests in this process.
  expect((await readFile(place('audit.json'), 'utf8')).replace(times, '')).toBe(secrets.fromText(alone.stdout).replace(times, ''));
  expect(JSON.parse(await readFile(place('audit.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
  expect(await readFile(place('audit.html'), 'utf8')).toContain('do not count as passed');
  for (const format of all) expect((await readFile(place(`audit.${format}`), 'utf8')).length, format).toBeGreaterThan(500);

  const refused = async (...args: string[]) => {
    const { code } = await inside(here, ['audit', '--app', 'fn-orders', ...args]);
    expect(code, args.join(' ')).toBe(64);
  };
  await refused('--format', 'sarif=');
  await refused('--format', 'sarf=x');
  await refused('--format', `sarif=${place('x')}`, '--format', `csv=${place('x')}`);
  await refused('--format', `sarif=${place('x')}`, '--output', place('x'));
  await refused('--format', 'sarif', '--format', 'csv');
  const nowhere = await inside(here, [
    'audit',
    '--app',
    'fn-orders',
    '--format',
    `csv=${place('a.csv')}`,
    '--format',
    `sarif=${place('no/a')}`,
  ]);
  expect(nowhere.code).toBe(1);
  expect(
    (await readdir(here.folder)).filter((name) => name.includes('a.csv')),
    'nothing half is left',
  ).toEqual([]);
});

test('a plan is written in several formats at once, and --compare has totals', async () => {
  const here = await world();
  const place = (name: string) => join(here.folder, name);
  await writeFile(place('answers.yaml'), ANSWERS);
  const plan = await inside(here, [
    'plan',
    place('answers.yaml'),
    '--format',
    `markdown=${place('plan.md')}`,
    '--format',
    `html=${place('plan.html')}`,
  ]);
  expect(plan.stdout).toMatch(/^Plan: \d+ changes/m);
  expect(await readFile(place('plan.md'), 'utf8')).toMatch(/Digest: `sha256:/);
  expect(await readFile(place('plan.html'), 'utf8')).toMatch(/sha256:/);

  const old = JSON.parse((await inside(here, ['audit', '--app', 'fn-orders', '--step', 'https', '--json'])).stdout) as {
    apps: { steps: { controls: { state: string }[] }[] }[];
  };
  const controls = old.apps[0]!.steps[0]!.controls;
  const failing = controls.filter(({ state }) => state === 'fail');
  for (const control of failing) control.state = 'pass';
  await writeFile(place('old.json'), JSON.stringify(old));
  const compare = ['audit', '--app', 'fn-orders', '--step', 'https', '--compare', place('old.json')];
  const { comparison } = JSON.parse((await inside(here, [...compare, '--json'])).stdout) as { comparison: { totals: object } };
  expect(comparison.totals).toEqual({ worse: failing.length, new: 0, better: 0, gone: 0, changed: 0 });
  expect((await inside(here, compare)).stdout).toContain(`  ${failing.length} worse\n`);
});
