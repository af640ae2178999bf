/** Real sites, configurations, slots, vaults, storage accounts and refusals, and what the tool makes of each: one row, one test. */
import { expect, test } from 'vitest';
import { labelOf, NO_RECORDINGS, recordings, type Recorded } from '../helpers/recorded.ts';
import { REFUSALS_2, VERDICTS_2 } from '../helpers/verdict-table-2.ts';
import * as first from '../helpers/verdict-table.ts';
import { kindOf, refusalOf, verdictsOf } from '../helpers/verdicts.ts';

const all = recordings();
const VERDICTS = [...first.VERDICTS, ...VERDICTS_2];
const REFUSALS = [...first.REFUSALS, ...REFUSALS_2];
const when = test.skipIf(all.length === 0);
const found = (label: string): Recorded => all.find((one) => labelOf(one) === label)!;

/** Control and verdict, in the order of the areas left aside. */
function stated({ is, like, but = [] }: first.Row): Record<string, string> {
  const base = like === undefined ? {} : stated(VERDICTS.find(({ of }) => of.split(' ')[0] === like)!);
  const named = Object.fromEntries([...(is ?? []), ...but].map((line): [string, string] => [line.split(': ')[0]!, line]));
  return Object.fromEntries(Object.entries({ ...base, ...named }).filter(([, line]) => !line.endsWith(': left out')));
}

when.each(VERDICTS.flatMap((row) => row.of.split(' ').map((label) => [label, row.kind, row] as const)))(
  '%s, a %s',
  async (label, kind, row) => {
    const recorded = found(label);
    expect(kindOf(recorded)).toBe(kind);
    const lines = await verdictsOf(all, recorded);
    expect(Object.fromEntries(lines.map((line) => [line.split(': ')[0], line]))).toEqual(stated(row));
  },
);

when.each(REFUSALS.map(({ of, is }) => [of, is] as const))('%s, %s', (label, is) => {
  const recorded = found(label);
  expect(`${recorded.method} ${recorded.status}: ${refusalOf(recorded)}`).toBe(is);
});

when(`no recording is without its row ${all.length === 0 ? NO_RECORDINGS : ''}`, () => {
  const rows = new Set([...VERDICTS, ...REFUSALS].flatMap(({ of }) => of.split(' ')));
  const judged = all.filter((one) => one.status >= 400 || kindOf(one) !== undefined);
  expect(judged.map(labelOf).filter((label) => !rows.has(label))).toEqual([]);
  expect(judged.length).toBeGreaterThan(200);
});
