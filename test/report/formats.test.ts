/** Each format of an audit, for a subscription whose names and values could break pages, tables and spreadsheets. */
import { describe, expect, test } from 'vitest';
import { AUDIT_FORMATS } from '../../src/report/formats/index.ts';
import { textWriter } from '../../src/report/audit-writers.ts';
import { markdownWriter } from '../../src/report/formats/markdown.ts';
import { isOpen, auditRows } from '../../src/report/formats/rows.ts';
import { inside } from '../helpers/inside.ts';
import { inTurn, madeUp, wholeReport } from '../helpers/reports.ts';
import type { AuditReport } from '../../src/report/audit-writers.ts';
import { ORDERS, world } from '../helpers/world.ts';

const markdownOf = (report: AuditReport): string => wholeReport(markdownWriter(report), report);

const EVIL = '=cmd|"</td><script>alert(1)</script> | `x` @all ]]>';
let made: Promise<Record<string, string>> | undefined;

/** Made once, by the first test that needs it. */
async function make(): Promise<Record<string, string>> {
  const here = await world();
  await here.patch(`${ORDERS}/config/web`, {
    ipSecurityRestrictions: [{ name: EVIL, priority: 100, action: 'Allow', ipAddress: '0.0.0.0/0' }],
  });
  const texts: Record<string, string> = {};
  for (const format of ['sarif', 'junit', 'markdown', 'html', 'csv', 'json'])
    texts[format] = (await inside(here, ['audit', '--all', '--slot', 'all', '--format', format])).stdout;
  return texts;
}

const found = async (format: string): Promise<string> => (await (made ??= make()))[format] ?? '';
const findings = async () =>
  (JSON.parse(await found('json')) as { apps: { steps: { controls: { state: string }[] }[] }[] }).apps.flatMap(({ steps }) =>
    steps.flatMap(({ controls }) => controls.filter(({ state }) => state === 'fail')),
  ).length;

/** A finding about a storage account, a vault or a subscription is listed once, however many apps use it. */
const distinct = async () => {
  interface Failing {
    readonly id: string;
    readonly state: string;
    readonly resources?: readonly string[];
  }
  const { apps } = JSON.parse(await found('json')) as { apps: { id: string; steps: { controls: Failing[] }[] }[] };
  const keys = apps.flatMap(({ id: app, steps }) =>
    steps.flatMap(({ controls }) =>
      controls
        .filter(({ state }) => state === 'fail')
        .flatMap(({ id, resources = [app] }) => resources.map((one) => `${id} ${one.toLowerCase()}`)),
    ),
  );
  return new Set(keys).size;
};

test('SARIF: rules with help, results with fingerprints, no duplicates', async () => {
  const log = JSON.parse(await found('sarif')) as {
    version: string;
    runs: {
      tool: { driver: { rules: { id: string; helpUri: string; help: { text: string } }[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        kind: string;
        level: string;
        message: { text: string };
        locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
        partialFingerprints: Record<string, string>;
      }[];
    }[];
  };
  expect(log.version).toBe('2.1.0');
  const [run] = log.runs;
  const { rules } = run!.tool.driver;
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { helpUri, help } of rules) expect([helpUri.startsWith('https://'), help.text.length > 20]).toEqual([true, true]);
  expect(run!.results.filter(({ kind }) => kind === 'fail')).toHaveLength(await distinct());
  for (const result of run!.results) {
    expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
    // The format says so: what is no failure has no level.
    expect(result.kind === 'fail' || result.level === 'none', result.ruleId).toBe(true);
    expect(result.locations[0]!.physicalLocation.artifactLocation.uri).toMatch(/^subscriptions\/[\w%./-]+$/);
  }
  const prints = run!.results.map(({ partialFingerprints }) => Object.values(partialFingerprints).join());
  expect(new Set(prints).size).toBe(prints.length);
});

/** Whether each element is closed in order, with valid entities and attributes. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml[^>]*\?>/, '')
    .replace(/<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/g, (_, close: string, name: string, __, alone: string) => {
      if (close) {
        if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      } else if (!alone) open.push(name);
      return '';
    });
  return open.length === 0 && !/[<>]/.test(rest) && !/&(?!(amp|lt|gt|quot|apos);)/.test(xml);
}

test('JUnit: well formed, with the findings as failures', async () => {
  const xml = await found('junit');
  expect(wellFormed(xml)).toBe(true);
  expect(xml.match(/<failure /g)).toHaveLength(await findings());
});

/** RFC 4180, as a spreadsheet reads it. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [];
  for (const line of csv.trimEnd().split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/))
    rows.push(
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ''),
    );
  return rows;
}

test('CSV: the same number of cells in each row, and no cell is a formula', async () => {
  const [head, ...rows] = parsed(await found('csv'));
  for (const row of rows) expect(row).toHaveLength(head!.length);
  expect(rows.filter((row) => row[head!.indexOf('state')] === 'fail')).toHaveLength(await findings());
  for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+@]/);
});

test('Markdown: a comment of limited length, without markup from Azure', async () => {
  const text = await found('markdown');
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/^### func-harden: \d+ findings(?: and \d+ unknown)? on \d+ apps/);
  expect(text).not.toContain('<script>');
  for (const row of text.split('\n').filter((line) => line.startsWith('| high'))) expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
});

test('Markdown: the first line says what could not be read', () => {
  const unread = madeUp(2, () => 'unknown');
  const count = unread.apps.flatMap(auditRows).length;
  expect(markdownOf(unread)).toMatch(new RegExp(`^### func-harden: no findings and ${count} unknown on 2 apps\n`));
  expect(markdownOf(madeUp(1, () => 'pass'))).toMatch(/^### func-harden: no findings on 1 app\n/);
  expect(markdownOf(madeUp(1, () => 'pass'))).toMatch(/\n\*\*\d\d+\*\* pass\n/);
});

test('Markdown: 300 apps still fit in a comment, which says what it leaves out', () => {
  const text = markdownOf(madeUp(300, inTurn));
  expect(text.length).toBeLessThan(65_536);
  const shown = text.match(/^\| (critical|high|medium|low) /gm)!.length;
  const [, left = 0] = /^_(\d+) more are not shown because of the size limit of a comment/m.exec(text) ?? [];
  const open = madeUp(300, inTurn).apps.flatMap(auditRows).filter(isOpen).length;
  expect(shown + Number(left)).toBe(open);
  expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
});

describe('HTML', () => {
  test('is self-contained: no script, no external resource, no markup from Azure', async () => {
    const page = await found('html');
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=/i);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toMatch(/<meta name="viewport"/);
    expect(page).toMatch(/<b>NS-\d/);
  });
});

test('a plan has none of these formats, and says so', async () => {
  const here = await world();
  const { code, stderr } = await inside(here, ['plan', 'nothing.yaml', '--format', 'sarif']);
  expect([code, stderr]).toEqual([64, expect.stringContaining('--format sarif is not supported here. func-harden ')]);
});

test.each(['text', 'sarif', 'junit', 'markdown', 'html', 'csv', 'json'] as const)('%s has the place and the owner of an app', (format) => {
  const made = madeUp(1, () => 'fail');
  const [app] = made.apps;
  const owned = { ...app!, subscription: 'Contoso Shop', owner: 'team-orders', target: { ...app!.target, tags: { stage: 'prod' } } };
  const report = { ...made, apps: [owned] };
  const look = { colour: false, ascii: false } as const;
  const writer = format === 'text' ? textWriter(report, 80, look, false) : AUDIT_FORMATS[format](report);
  const text = wholeReport(writer, report);
  for (const part of ['Contoso Shop', 'rg-many', 'team-orders', ...(format === 'markdown' ? [] : ['stage'])]) expect(text).toContain(part);
});
