/** SARIF, as the specification and GitHub's code scanning require it. */
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { sarifWriter } from '../../src/report/formats/sarif.ts';
import { inside } from '../helpers/inside.ts';
import { inTurn, madeUp, wholeReport } from '../helpers/reports.ts';
import { SARIF } from '../helpers/sarif.ts';
import type { AuditReport } from '../../src/report/audit-writers.ts';
import { ORDERS, world } from '../helpers/world.ts';

const sarifOf = (report: AuditReport): string => wholeReport(sarifWriter(report), report);

interface Log {
  runs: {
    invocations: { executionSuccessful: boolean; toolExecutionNotifications?: { message: { text: string } }[] }[];
    tool: {
      driver: { informationUri: string; rules: { id: string; defaultConfiguration: { level: string }; properties: { tags: string[] } }[] };
    };
    results: {
      ruleId: string;
      ruleIndex: number;
      kind: string;
      level: string;
      message: { text: string };
      partialFingerprints: Record<string, string>;
      suppressions?: object[];
    }[];
  }[];
}

const ajv = new Ajv.Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
const fits = ajv.compile(SARIF);

function read(text: string): Log['runs'][number] {
  const log = JSON.parse(text) as Log;
  expect(fits(log), JSON.stringify(fits.errors?.slice(0, 3))).toBe(true);
  const [run] = log.runs;
  const { rules } = run!.tool.driver;
  for (const { ruleId, ruleIndex } of run!.results) expect(rules[ruleIndex]?.id).toBe(ruleId);
  const prints = run!.results.map(({ partialFingerprints }) => partialFingerprints['primaryLocationLineHash']);
  expect(new Set(prints).size, 'no two results are one to code scanning').toBe(prints.length);
  return run!;
}

test('tags of rules name requirements, the newest CIS version first, at most as many as code scanning accepts', () => {
  const { rules } = read(sarifOf(madeUp(1, inTurn))).tool.driver;
  const tagsOf = (id: string) => rules.find((rule) => rule.id === id)!.properties.tags;
  expect(tagsOf('https.https-only')).toEqual(
    expect.arrayContaining(['MCSB DP-3', 'CIS Compute Services 2.0 2.3.6', 'CIS 3.0 9.1', 'NIST SP 800-53 SC-8']),
  );
  const cis = tagsOf('key-vault.purge-protection').filter((tag) => tag.startsWith('CIS'));
  expect(cis[0]).toBe('CIS 6.0 8.3.5');
  for (const { id, properties } of rules) expect(properties.tags.length, id).toBeLessThanOrEqual(20);
});

test('a subscription that is audited twice has the same results with the same fingerprints', async () => {
  const here = await world();
  const audit = async (token = here.accessToken) =>
    read(
      (await inside(here, ['audit', '--all', '--slot', 'all', '--format', 'sarif'], { FUNC_HARDEN_ACCESS_TOKEN: token })).stdout.replaceAll(
        '"test"',
        '"1.2.3"',
      ),
    );
  const first = await audit();
  await here.patch(`${ORDERS}/config/web`, { minTlsVersion: '1.1' });
  const second = await audit();
  const prints = (run: typeof first) => run.results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints)).toSorted();
  expect(prints(second)).toEqual(prints(first));
  expect(JSON.stringify(second.results)).not.toEqual(JSON.stringify(first.results));
  expect(first.invocations[0]!.executionSuccessful).toBe(true);
  expect((await audit(here.readerToken)).invocations[0]!.executionSuccessful).toBe(false);
});

test('each state: failing, open, and accepted findings', () => {
  const { results, tool } = read(sarifOf(madeUp(8, inTurn)));
  expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['fail', 'open', 'review']));
  const suppressed = results.filter(({ suppressions }) => suppressions);
  expect(suppressed.length).toBeGreaterThan(0);
  // Severe rules are errors and come first, so that the limit cuts the least severe ones.
  expect(tool.driver.rules.length).toBeGreaterThan(50);
  expect(results[0]!.level).toBe('error');
});

test('no app is a run without results', () => {
  expect(read(sarifOf(madeUp(0, inTurn))).results).toEqual([]);
});

test('more results than code scanning accepts: the worst are kept, and the others counted', () => {
  const run = (JSON.parse(sarifOf(madeUp(400, () => 'fail'))) as Log).runs[0]!;
  const { results, invocations } = run;
  expect(results).toHaveLength(5000);
  expect(new Set(results.map(({ level }) => level))).toEqual(new Set(['error']));
  expect(invocations[0]!.toolExecutionNotifications?.[0]?.message.text).toMatch(
    /^\d+ results of lower severity or without findings are not included \(\d+ .*\d+ medium, \d+ low\), because code scanning accepts 5000 per run/,
  );
  expect(run.tool.driver.informationUri).toMatch(/^https:\/\//);
});

test('a name from Azure is no link', () => {
  const report = madeUp(1, () => 'fail');
  const [app] = report.apps;
  const [step] = app!.steps;
  const [control] = step!.controls;
  const evil = { ...control!, found: '[sign in](https://evil.example)' };
  const { results } = read(sarifOf({ ...report, apps: [{ ...app!, steps: [{ ...step!, controls: [evil] }] }] }));
  expect(results[0]!.message.text).toContain('current value \\[sign in\\](https://evil.example)');
});

test('invalid SARIF is refused by the schema', () => {
  const log = () => JSON.parse(sarifOf(madeUp(1, inTurn))) as Log & { stray?: number };
  const broken = [
    (one: ReturnType<typeof log>) => void (one.stray = 1),
    (one: ReturnType<typeof log>) => void (one.runs[0]!.results[0]!.kind = 'nonsense'),
    (one: ReturnType<typeof log>) => void (one.runs[0]!.results.find(({ kind }) => kind !== 'fail')!.level = 'error'),
    (one: ReturnType<typeof log>) => void (one.runs[0]!.results[0]!.partialFingerprints = {}),
    (one: ReturnType<typeof log>) => void one.runs[0]!.tool.driver.rules.push(one.runs[0]!.tool.driver.rules[0]!),
  ];
  for (const breaks of broken) {
    const one = log();
    breaks(one);
    expect(fits(one), breaks.toString()).toBe(false);
  }
});
