import { expect, test } from 'vitest';
import { progressLine, waitWords } from '../../src/text/progress-line.ts';

const look = { colour: false, ascii: true } as const;
const at = (width: number) =>
  progressLine({ done: 1250, total: 5000, elapsed: 25_000, why: 'Azure is throttling requests' }, 'apps', width, look);

test('progress has the count, the rate, the remaining time and the reason; less important parts are dropped first', () => {
  expect(at(120)).toBe('1,250 of 5,000 apps  #####...............  50 a second, 75 s left  Azure is throttling requests');
  expect(at(70)).toBe('1,250 of 5,000 apps  #####...............  50 a second, 75 s left');
  expect(at(60)).toBe('1,250 of 5,000 apps  50 a second, 75 s left');
  expect(at(30)).toBe('1,250 of 5,000 apps');
  expect(at(5)).toBe('1,250');
});

test('progress without a total, or at the start, has no estimate', () => {
  expect(progressLine({ done: 3, total: undefined, elapsed: 10 }, 'apps', 80, look)).toBe('3 apps');
  expect(progressLine({ done: 0, total: 10, elapsed: 0 }, 'apps', 80, look)).toBe('0 of 10 apps  ....................');
  expect(progressLine({ done: 10, total: 36_010, elapsed: 10_000 }, 'apps', 80, look)).toContain('1.0 a second, 10.0 h left');
});

test('until the first item is done, progress shows reads; one item has a singular noun', () => {
  const reads = { done: 12, open: 6 };
  const line = (done: number, total: number, width = 80) => progressLine({ done, total, elapsed: 900, reads }, 'apps', width, look);
  expect(line(0, 1)).toBe('0 of 1 app  ....................  12 reads done, 6 waiting');
  expect(line(0, 40)).toBe('0 of 40 apps  ....................  12 reads done, 6 waiting');
  expect(line(0, 40, 40)).toBe('0 of 40 apps  12 reads done, 6 waiting');
  expect(line(0, 40, 30)).toBe('0 of 40 apps');
  expect(line(1, 40)).toBe('1 of 40 apps  ....................');
});

test('a wait that stays on the screen shows its end', () => {
  const now = new Date(2026, 0, 2, 9, 59, 55);
  expect(waitWords('Azure is throttling requests', 11_200, { now })).toBe('Azure is throttling requests; waiting 12 s, until 10:00:06');
});
