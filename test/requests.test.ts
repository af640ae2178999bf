/** The fewest requests that can answer the question: docs/performance.md says how many, and here they are counted. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findTargets } from '../src/engine/fleet/targets.ts';
import { survey } from '../src/engine/judge/survey.ts';
import type { ArmReader } from '../src/engine/ports.ts';
import { catalogue } from '../steps/index.ts';
import { inside } from './helpers/inside.ts';
import { runName, world } from './helpers/world.ts';

const BASELINE =
  'version: 1\ndefaults: { steps: { https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }, ftp: { decision: apply, answers: { state: Disabled } }, remote-debugging: { decision: apply }, deployment-credentials: { decision: apply } } }\n';

test('requests of each command, on the sample subscription', { timeout: 60_000 }, async () => {
  const here = await world();
  const answers = join(here.folder, 'a.yaml');
  await writeFile(answers, BASELINE);
  let before = 0;
  const counted = async (...args: string[]): Promise<{ reads: number; writes: number; stdout: string }> => {
    const { stdout, code, stderr } = await inside(here, [
      ...args,
      '--json',
      ...(args[0] === 'replay' || args[0] === 'undo' ? ['--yes'] : []),
    ]);
    expect([0, 2], stderr).toContain(code);
    const all = await here.exchanges();
    const own = all.slice(before);
    before = all.length;
    const writes = own.filter(({ method, url }) => !/^GET$/.test(method) && !/\/list\w*\?|ResourceGraph/.test(url)).length;
    return { reads: own.length - writes, writes, stdout };
  };
  const rows: [string, number, number][] = [];
  const row = async (name: string, ...args: string[]): Promise<string> => {
    const { reads, writes, stdout } = await counted(...args);
    rows.push([name, reads, writes]);
    return stdout;
  };
  await row('`audit --app fn-orders --profile baseline`', 'audit', '--app', 'fn-orders', '--profile', 'baseline');
  await row('`audit --app fn-orders`', 'audit', '--app', 'fn-orders');
  await row('`audit --all --profile baseline` (6 apps)', 'audit', '--all', '--profile', 'baseline');
  await row('`audit --all` (6 apps)', 'audit', '--all');
  await row('`plan`, four areas of one app', 'plan', answers, '--app', 'fn-orders');
  const run = await row('`replay`, four areas of one app', 'replay', answers, '--app', 'fn-orders');
  const [, name = ''] = /"run":"([^"]+)"/.exec(run) ?? [];
  await row('`undo` of that', 'undo', name || runName({ code: 0, stdout: run, stderr: '' }));
  const page = await readFile(join(import.meta.dirname, '..', 'docs', 'performance.md'), 'utf8');
  const told = [...page.matchAll(/^\| (`.*?) +\| +(\d+) +\| +(\d+) +\|$/gm)].map(([, what, reads, writes]) => [
    what!.trim(),
    Number(reads),
    Number(writes),
  ]);
  expect(told).toEqual(rows);
});

test('an audit sends the slowest reads of an app first, and judges only after all reads, because any resource may have secrets', async () => {
  const here = await world();
  const { reader, discovery } = await here.connection();
  const { targets } = await findTargets(discovery, { subscriptions: [], apps: ['fn-orders'], tags: [] });
  const asked: string[] = [];
  const judged: string[] = [];
  let early: readonly string[] | undefined;
  const slow: ArmReader = {
    ...reader,
    async read(...args) {
      asked.push(args[1]);
      const read = await reader.read(...args);
      early = [...judged];
      return read;
    },
  };
  const decisions = new Proxy({}, { get: (_, id) => void judged.push(String(id)) });
  const { steps } = await survey({ target: targets[0]!, held: new Map() }, catalogue, slow, { decisions, today: '2026-11-24' });
  expect(asked.slice(0, 2)).toEqual(['site', 'gateways']);
  expect(early).toEqual([]);
  expect(new Set(judged)).toEqual(new Set(steps.map(({ step }) => step.id)));
});
