import { expect, test } from 'vitest';
import { namedRun } from '../../src/engine/past/run-names.ts';
import { ago } from '../../src/view/run-line.ts';

const RUNS = ['20261123T150645123Z-3f2a', '20261124T150645123Z-3f2a', '20261124T160000000Z-00aa'];

test('a run is selected by its name, by a unique prefix, and by last', () => {
  expect(namedRun(RUNS[0]!, RUNS)).toEqual({ run: RUNS[0] });
  expect(namedRun('20261123', RUNS)).toEqual({ run: RUNS[0] });
  expect(namedRun('20261124t16', RUNS)).toEqual({ run: RUNS[2] });
  expect(namedRun('last', RUNS)).toEqual({ run: RUNS[2] });
});

test('an ambiguous prefix is refused with all matching runs, and an empty one selects no run', () => {
  expect(namedRun('20261124', RUNS)).toEqual({ fits: [RUNS[1], RUNS[2]] });
  expect(namedRun('', RUNS)).toEqual({ missing: true });
  expect(namedRun('2027', RUNS)).toEqual({ missing: true });
  expect(namedRun('last', [])).toEqual({ missing: true });
});

test('the age of a run is given in its largest unit', () => {
  const now = Date.parse('2026-11-24T15:06:45Z');
  const says = (at: string) => ago(at, now);
  expect(says('2026-11-24T15:06:20Z')).toBe('just now');
  expect(says('2026-11-24T15:04:45Z')).toBe('2 min ago');
  expect(says('2026-11-24T12:00:00Z')).toBe('3 h ago');
  expect(says('2026-11-22T15:00:00Z')).toBe('2 days ago');
  expect(says('2026-01-02T15:00:00Z')).toBe('2026-01-02');
  expect(says('2027-01-02T15:00:00Z')).toBe('2027-01-02');
});
