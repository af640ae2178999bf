/** The set by which the scrubber recognizes secrets: it knows exactly what was added, also after it has grown. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secrets } from '../../src/change/secrets.ts';
import { WindowSet } from '../../src/change/window-set.ts';

const LETTERS = [...'0123456789abcdefghijklmnopqrstuvwxyz'];
const windows = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 8, maxLength: 8 });

test('it knows the stretches that were added, in small letters and in capitals, and no others', () => {
  fc.assert(
    fc.property(fc.array(windows, { maxLength: 50 }), fc.array(windows, { maxLength: 50 }), (added, others) => {
      const known = new WindowSet();
      for (const one of [...added, ...added]) known.add(one);
      expect(known.size).toBe(new Set(added).size);
      expect([...known.all()].toSorted()).toEqual([...new Set(added)].toSorted());
      for (const one of [...added, ...others]) expect(known.has(`--${one.toUpperCase()}`, 2)).toBe(added.includes(one));
    }),
    { numRuns: 40, seed: 7 },
  );
});

test('stretches that differ in one character are different ones, whatever its place', () => {
  const known = new WindowSet();
  const near = Array.from({ length: 8 }, (_, at) => LETTERS.map((letter) => `${'0'.repeat(at)}${letter}${'z'.repeat(7 - at)}`)).flat();
  const [even, odd] = [0, 1].map((rest) => [...new Set(near)].filter((_, index) => index % 2 === rest));
  for (const one of even!) known.add(one);
  expect(even!.filter((one) => !known.has(one, 0))).toEqual([]);
  expect(odd!.filter((one) => known.has(one, 0))).toEqual([]);
});

test('hundreds of secrets are all recognized, in texts and in quotes', () => {
  const secretOf = (index: number): string => Buffer.from(`${index}-${Math.imul(index + 1, 0x9e3779b1) >>> 0}-aQ`).toString('base64');
  const known = new Secrets();
  const all = Array.from({ length: 300 }, (_, index) => secretOf(index));
  for (const one of all) known.learn(one, true);
  expect(all.filter((one) => known.fromText(`it said ${one}.`).includes(one.slice(0, 8)))).toEqual([]);
  for (const one of [all[0]!, all[299]!])
    expect(known.fromQuote(`it said ${Buffer.from(one).toString('hex')}.`)).toBe('it said (sensitive value).');
  expect(known.fromText(`it said ${secretOf(2000)}.`)).toBe(`it said ${secretOf(2000)}.`);
});
