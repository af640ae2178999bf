/** The table of how runs end: the result, its form in the undo log, and the word that every host and command prints. */
import { plain } from '../../src/change/value.ts';
import type { Entry, Intent, RunEnd, RunStart } from '../../src/change/undo-log.ts';
import { exitCodeOf, type ClosingWord } from '../../src/engine/run/outcome.ts';
import type { RunSummary } from '../../src/engine/run/run.ts';
import { runStart } from './journal.ts';

export const TARGET = {
  id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a',
  name: 'a',
  label: 'a',
  resourceGroup: 'g',
  subscriptionId: 's',
  location: 'westeurope',
  kind: 'functionapp',
  tags: {},
};

/** The result of each change of a run. */
type Change = 'shown' | 'not-shown' | 'failed';

interface Row {
  readonly says: string;
  readonly word: ClosingWord;
  readonly mode?: RunStart['mode'];
  readonly changes: readonly Change[];
  readonly end: Pick<RunEnd, 'state'> & Partial<Pick<RunEnd, 'skipped' | 'kept'>>;
  /** Controls that were left out before anything was sent. */
  readonly before?: number;
}

export const ROWS: readonly Row[] = [
  { says: 'all of it', word: 'APPLIED', changes: ['shown', 'shown'], end: { state: 'done' } },
  { says: 'a value that is not to be seen', word: 'APPLIED, NOT VERIFIED', changes: ['shown', 'not-shown'], end: { state: 'done' } },
  { says: 'stopped with 1 left', word: 'STOPPED', changes: ['shown'], end: { state: 'stopped', skipped: 1 } },
  { says: 'stopped before the first', word: 'STOPPED', changes: [], end: { state: 'stopped', skipped: 2 } },
  { says: 'an undo that was stopped', word: 'STOPPED', mode: 'undo', changes: ['shown'], end: { state: 'stopped', skipped: 1 } },
  { says: 'one of two failed', word: 'PARTLY FAILED', changes: ['shown', 'failed'], end: { state: 'partial' } },
  { says: 'a control that a guard stops', word: 'PARTLY FAILED', changes: ['shown'], end: { state: 'partial' }, before: 1 },
  { says: 'nothing applied, one failed', word: 'FAILED', changes: ['failed'], end: { state: 'failed', skipped: 1 } },
  { says: 'an undo that failed', word: 'FAILED', mode: 'undo', changes: ['failed'], end: { state: 'failed' } },
  { says: 'an undo', word: 'UNDONE', mode: 'undo', changes: ['shown', 'shown'], end: { state: 'done' } },
  { says: 'an undo that keeps one', word: 'PARTLY UNDONE', mode: 'undo', changes: ['shown'], end: { state: 'done', kept: 1 } },
  { says: 'an undo of which one failed', word: 'PARTLY UNDONE', mode: 'undo', changes: ['shown', 'failed'], end: { state: 'partial' } },
  { says: 'all had its value', word: 'NOTHING TO DO', changes: [], end: { state: 'done', skipped: 2 } },
  { says: 'an undo of what is back', word: 'NOTHING TO DO', mode: 'undo', changes: [], end: { state: 'done', skipped: 1 } },
];

/** Returns the summary of the run of a row. */
export function endingOf({ mode = 'replay', changes, end, before = 0 }: Row, run = '20261128T100000000Z-0000'): RunSummary {
  const count = (...wanted: readonly Change[]) => changes.filter((change) => wanted.includes(change)).length;
  const counts = { applied: count('shown', 'not-shown'), verified: count('shown'), failed: count('failed') + before };
  return {
    run,
    mode,
    ...counts,
    left: counts.applied,
    skipped: 0,
    ...end,
    exitCode: exitCodeOf({ ...counts, codes: [] }, end.state === 'stopped'),
  };
}

/** Returns the same run in the form of the undo log. */
export function entriesOf(row: Row): Entry[] {
  const { run, exitCode: _, left: __, mode, ...end } = endingOf(row);
  return [
    { ...runStart(run, TARGET), mode },
    ...row.changes.flatMap((change, index) => changeEntries(index + 1, change)),
    { ...end, type: 'run-end', at: 't' },
  ];
}

export const changeEntries = (change: number, became: Change): Entry[] => [
  intent(change),
  { type: 'outcome', at: 't', change, ok: became !== 'failed', status: 200, correlationId: null },
  ...(became === 'failed' ? [] : [{ type: 'verified', at: 't', change, state: became } as const]),
];

const intent = (change: number): Intent => ({
  type: 'intent',
  at: 't',
  change,
  app: 'a',
  target: TARGET.id,
  step: 'https',
  controls: ['https.https-only'],
  resource: TARGET.id,
  key: 'site',
  instance: false,
  method: 'PATCH',
  path: TARGET.id,
  apiVersion: '2024-11-01',
  edits: [{ path: `properties.value${change}`, before: plain(false), after: plain(true) }],
  body: {},
  risk: 'safe',
  undo: 'exact',
});
