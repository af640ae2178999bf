/** Recorded sites, configurations, slots, vaults, storage accounts and refusals, and the verdicts on them: one test for each recording. */
import { expect, test } from 'vitest';
import { catalogue } from '../../steps/index.ts';
import { tableOf } from '../helpers/area-tables.ts';
import { labelOf, NO_RECORDINGS, recordings, type Recorded } from '../helpers/recorded.ts';
import { REFUSALS } from '../helpers/refusals.ts';
import { kindOf, refusalOf, verdictsOf } from '../helpers/verdicts.ts';

const all = recordings();
const when = test.skipIf(all.length === 0);
const found = (label: string): Recorded => all.find((one) => labelOf(one) === label)!;

/** `01[0-2,4] 2-03[1]`, one by one. */
const labelsIn = (text: string): string[] =>
  text.split(' ').flatMap((part) => {
    const [, file = '', numbers = ''] = /^([\d-]+)\[([\d,-]+)\]$/.exec(part) ?? [];
    return numbers.split(',').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => `${file}[${from + index}]`);
    });
  });

/** For each recording, the controls and the expected verdicts in the table of their area. */
const stated = new Map<string, Record<string, string>>();
const tabled = new Set<string>();
for (const { id: area } of catalogue)
  for (const [control, verdicts] of Object.entries(tableOf(area).recorded ?? {}))
    for (const [verdict, labels] of Object.entries(verdicts))
      for (const label of labelsIn(labels)) {
        const id = `${area}.${control}`;
        tabled.add(id);
        const known = stated.get(label) ?? {};
        if (known[id] !== undefined) throw new Error(`${id} has two verdicts on ${label}`);
        stated.set(label, { ...known, [id]: `${id}: ${verdict}` });
      }

when.each([...stated].map(([label, lines]) => [label, lines] as const))('%s', async (label, lines) => {
  const recorded = found(label);
  expect(kindOf(recorded)).toBeDefined();
  const own = (await verdictsOf(all, recorded)).map((line) => [line.split(': ')[0]!, line] as const);
  // An area that was added later names the recordings that it checked.
  expect(Object.fromEntries(own.filter(([id]) => tabled.has(id)))).toEqual(lines);
});

when.each(REFUSALS.map(({ of, is }) => [of, is] as const))('%s, %s', (label, is) => {
  const recorded = found(label);
  expect(`${recorded.method} ${recorded.status}: ${refusalOf(recorded)}`).toBe(is);
});

when(`no recording is without its verdicts ${all.length === 0 ? NO_RECORDINGS : ''}`, () => {
  const rows = new Set([...stated.keys(), ...REFUSALS.flatMap(({ of }) => of.split(' '))]);
  // The tables are about these two sets of recordings only.
  const judged = all.filter((one) => !one.file.startsWith('more-') && (one.status >= 400 || kindOf(one) !== undefined));
  expect(judged.map(labelOf).filter((label) => !rows.has(label))).toEqual([]);
  expect(judged.length).toBeGreaterThan(200);
});
