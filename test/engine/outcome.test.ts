import { plain } from '../../src/change/value.ts';
import { expect, test } from 'vitest';
import { recordedRun, type Entry, type Intent, type RecordedRun } from '../../src/change/undo-log.ts';
import { printLines } from '../../src/view/print-lines.ts';
import { closingLine, outcomeSpan, recordedClosing } from '../../src/view/outcome-lines.ts';
import { endingWithoutRun, exitCodeOf, outcomeOf } from '../../src/engine/run/outcome.ts';
import { undoCode, countKept } from '../../src/engine/run/troubles.ts';
import { changeEntries, endingOf, entriesOf, ROWS, TARGET } from '../helpers/outcomes.ts';
import { runStart } from '../helpers/journal.ts';

test.each(ROWS)('$word: $says', (row) => {
  const ending = endingOf(row);
  expect(outcomeOf(ending)).toBe(row.word);
  expect(outcomeOf(recordedRun(entriesOf(row)) as RecordedRun), 'the same run in the undo log').toBe(row.word);
  const isGood = ['APPLIED', 'UNDONE', 'NOTHING TO DO'].includes(row.word);
  if (!ending.kept) expect(ending.exitCode === 0, 'the word and the exit code agree').toBe(isGood);
});

test.each([
  [0, 0, 0, 'NOTHING TO DO'],
  [2, 1, 0, 'FAILED'],
  [0, 4, 0, 'FAILED'],
  [0, 0, 3, 'NOTHING TO DO'],
] as const)('nothing sent, %i failed, exit code %i, %i kept: %s', (failed, code, kept, word) => {
  expect(outcomeOf(endingWithoutRun('undo', failed, code, kept))).toBe(word);
});

const recorded = (...more: readonly Entry[]): string => {
  const entries: Entry[] = [
    runStart('r', TARGET),
    ...changeEntries(1, 'shown'),
    ...changeEntries(2, 'shown'),
    { type: 'run-end', at: 't', applied: 2, verified: 2, failed: 0, skipped: 0, state: 'done' },
    ...more,
  ];
  return outcomeOf(recordedRun(entries) as RecordedRun);
};
const undo = (change: number, by = 'later', part = false): Entry => ({
  type: 'undo',
  at: 't',
  change,
  by,
  ...(part ? { part: true } : {}),
});

test.each([
  ['none of it', [], 'APPLIED'],
  ['all of it', [undo(1), undo(2)], 'UNDONE'],
  ['one of two changes', [undo(1)], 'PARTLY UNDONE'],
  ['some values of one change', [undo(1, 'later', true)], 'PARTLY UNDONE'],
  ['some values first, then all', [undo(1, 'later', true), undo(1), undo(2)], 'UNDONE'],
] as const)('a run of which a part was undone later: %s', (_, more, word) => {
  expect(recorded(...more)).toBe(word);
});

test('a run that was undone except for changes that cannot be undone is partly undone', () => {
  const [intent, ...rest] = changeEntries(1, 'shown') as [Entry, ...Entry[]];
  const entries = [runStart('r', TARGET), { ...intent, undo: 'none' } as Entry, ...rest, ...changeEntries(2, 'shown'), undo(2)];
  expect(outcomeOf(recordedRun(entries) as RecordedRun)).toBe('PARTLY UNDONE');
});

test('a run that rolled itself back has failed, and was not undone', () => {
  const entries: Entry[] = [
    runStart('r', TARGET),
    ...changeEntries(1, 'shown'),
    ...changeEntries(2, 'failed'),
    undo(1, 'r'),
    { type: 'run-end', at: 't', applied: 0, verified: 0, failed: 1, skipped: 0, state: 'failed' },
  ];
  const run = recordedRun(entries) as RecordedRun;
  expect(outcomeOf(run)).toBe('FAILED');
  const [intent, ...rest] = changeEntries(3, 'shown') as [Intent, ...Entry[]];
  const back = recordedRun([...entries.slice(0, -1), { ...intent, undoes: { run: 'r', change: 1 } }, ...rest, entries.at(-1)!]);
  expect(printLines(recordedClosing(back as RecordedRun), false), 'what took it back is no change of its own').toContain(
    'FAILED: 1 undone, 1 failed.',
  );
});

test('a value that a resumed run wrote again counts once, with the result of the last read', () => {
  const [intent, ...rest] = changeEntries(3, 'shown') as [Intent, ...Entry[]];
  const again = { ...intent, edits: (changeEntries(2, 'not-shown')[0] as Intent).edits };
  const entries = [runStart('r', TARGET), ...changeEntries(1, 'shown'), ...changeEntries(2, 'not-shown')];
  const end = { type: 'run-end', at: 't', applied: 1, verified: 1, failed: 0, skipped: 0, state: 'done' } as const;
  const run = recordedRun([...entries, again, ...rest, end]) as RecordedRun;
  expect([outcomeOf(run), printLines(recordedClosing(run), false)]).toEqual(['APPLIED', expect.stringContaining('APPLIED: 2 applied.')]);
});

test('the list of runs says reverted for a run that another run reverted, and undone only for an undo', () => {
  const entries = [runStart('r', TARGET), ...changeEntries(1, 'shown')];
  expect(outcomeSpan(recordedRun([...entries, undo(1)]) as RecordedRun).text).toBe('reverted');
  const end = { type: 'run-end', at: 't', applied: 1, verified: 1, failed: 0, skipped: 0, state: 'done' } as const;
  const [start, ...changes] = entries;
  expect(outcomeSpan(recordedRun([{ ...start, mode: 'undo' } as Entry, ...changes, end]) as RecordedRun).text).toBe('undone');
});

test.each([
  [1, [], 5],
  [0, [], 1],
  [0, [5 as const], 5],
])('a stopped run with %i applied changes and the failures %j exits with %i', (applied, codes, code) => {
  expect(exitCodeOf({ applied, verified: applied, failed: codes.length, codes }, true)).toBe(code);
});

test('a run without an end was interrupted', () => {
  expect(outcomeOf(recordedRun([runStart('r', TARGET), ...changeEntries(1, 'shown')]) as RecordedRun)).toBe('STOPPED');
});

test('a run with a damaged log is not shown as complete', () => {
  const whole = recordedRun([
    runStart('r', TARGET),
    ...changeEntries(1, 'shown'),
    { type: 'run-end', at: 't', applied: 1, verified: 1, failed: 0, skipped: 0, state: 'done' },
  ]) as RecordedRun;
  const damage = [{ file: 'f', line: 3, says: 'it cannot be read' }];
  expect([whole, { ...whole, damage }, { ...whole, damage, changes: [] }].map(outcomeOf)).toEqual([
    'APPLIED',
    'PARTLY FAILED',
    'PARTLY FAILED',
  ]);
});

test('values of others count among what an undo keeps, and values that are already back do not', () => {
  const left = { app: 'a', resource: 'r' };
  const plan = {
    conflicts: [1, 1].map((change) => ({
      change,
      resource: 'r',
      edit: { path: 'p', before: plain(1), after: plain(2) },
      now: plain(3),
      state: 'foreign' as const,
    })),
    left: [
      { ...left, change: 1, reason: 'changed after this run, so it is not reverted' },
      { ...left, change: 2, reason: 'cannot be reverted' },
      { ...left, change: 3, reason: 'already has its recorded value', isBack: true as const },
    ],
    damage: [],
  };
  const damaged = { ...plan, damage: [{ file: 'f', line: 3, says: 'it cannot be read', change: 4 }] };
  expect([countKept(damaged, true), undoCode(damaged, true)], 'and so does what is not on record').toEqual([3, 5]);
  expect([countKept(plan), undoCode(plan)]).toEqual([2, 5]);
  expect([countKept({ ...plan, left: plan.left.slice(1) }, true), undoCode(plan, true)]).toEqual([1, 0]);
});

test('the closing line of a resumed undo counts what was undone before', () => {
  const ending = { ...endingWithoutRun('undo', 0, 0), run: 'r', applied: 2, verified: 2, appliedBefore: 1 };
  expect(printLines([closingLine(ending)], false)).toBe(
    'UNDONE: 2 undone, 2 verified, 0 failed, 0 skipped (counted in requests). 1 undone before resume.',
  );
});

test.each([
  [0, ' (counted in requests).'],
  [1, ' (counted in requests; 1 failed without a request).'],
  [2, ' (counted in requests; 2 failed without a request).'],
])('the closing line says what its numbers count, with %i failures before the first request', (failedBefore, unit) => {
  const ending = { ...endingOf(ROWS[0]!), failed: failedBefore, failedBefore };
  expect(printLines([closingLine(ending)], false)).toContain(`${failedBefore} failed, 0 skipped${unit}`);
});
