/** JUnit for the common readers: the XML schema of Ant and Jenkins, with its numbers. */
import { expect, test } from 'vitest';
import { junitWriter } from '../../src/report/formats/junit.ts';
import type { AuditReport } from '../../src/report/audit-writers.ts';
import { inTurn, madeUp, wholeReport } from '../helpers/reports.ts';

const junitOf = (report: AuditReport): string => wholeReport(junitWriter(report), report);

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

/** A small reader for elements and attributes; throws if they are not closed in order. */
function parsed(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  for (const [, close, name = '', words = '', alone] of xml.matchAll(/<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (close) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    const attributes = Object.fromEntries([...words.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
    const element: Element = { name, attributes, children: [] };
    open.at(-1)!.children.push(element);
    if (!alone) open.push(element);
  }
  if (open.length !== 1) throw new Error(`${open.at(-1)!.name} is not closed`);
  return root.children[0]!;
}

/** Attributes that the forms of Ant and Jenkins know, those they need first. */
const KNOWN: Readonly<Record<string, { needs: string[]; may: string[]; holds: string[] }>> = {
  testsuites: { needs: ['name'], may: ['tests', 'failures', 'errors', 'skipped', 'time'], holds: ['testsuite'] },
  testsuite: {
    needs: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname'],
    may: [],
    holds: ['properties', 'testcase'],
  },
  properties: { needs: [], may: [], holds: ['property'] },
  property: { needs: ['name', 'value'], may: [], holds: [] },
  testcase: { needs: ['name', 'classname', 'time'], may: [], holds: ['failure', 'error', 'skipped'] },
  failure: { needs: ['type', 'message'], may: [], holds: [] },
  error: { needs: ['type', 'message'], may: [], holds: [] },
  skipped: { needs: ['message'], may: [], holds: [] },
};

function check({ name, attributes, children }: Element): void {
  const { needs, may, holds } = KNOWN[name]!;
  expect(Object.keys(attributes)).toEqual(expect.arrayContaining(needs));
  for (const one of Object.keys(attributes)) expect([...needs, ...may], `${one} of ${name}`).toContain(one);
  for (const child of children) {
    expect(holds).toContain(child.name);
    check(child);
  }
}

test('elements and attributes of the JUnit schema, and consistent numbers in each suite', () => {
  const root = parsed(junitOf(madeUp(9, inTurn)));
  check(root);
  const numbers = ({ attributes }: Element) => ['tests', 'failures', 'errors', 'skipped'].map((name) => Number(attributes[name]));
  for (const { children, ...about } of root.children) {
    const suite = { ...about, children: children.filter(({ name }) => name === 'testcase') };
    const many = (kind: string) => suite.children.filter(({ children }) => children[0]?.name === kind).length;
    expect(numbers(suite)).toEqual([suite.children.length, many('failure'), many('error'), many('skipped')]);
    expect(suite.attributes['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  }
  expect(root.attributes, 'the counts of the whole are left to the reader: suites are written as they come').toEqual({
    name: 'func-harden',
  });
  const names = root.children.flatMap(({ children }) =>
    children.slice(1).map(({ attributes }) => `${attributes['classname']} ${attributes['name']}`),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('a line break in an attribute is kept by readers, which turn a break itself into a space', () => {
  const report = madeUp(3, inTurn);
  const apps = report.apps.map((app) => ({ ...app, owner: 'first line\nsecond line' }));
  const xml = junitOf({ ...report, apps });
  expect(xml).toContain('value="first line&#10;second line"');
  expect(xml).not.toMatch(/="[^"<>]*\n/);
});
