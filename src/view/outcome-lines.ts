/** The ending of a run in words: the same closing lines in every host and command. */
import {
  changesLeft,
  isUnfinished,
  ownChanges,
  undosOf,
  type ChangeState,
  type RecordedChange,
  type RecordedRun,
} from '../change/undo-log.ts';
import { outcomeOf, type ClosingWord, type Ending } from '../engine/run/outcome.ts';
import { line, span, type Line, type Span, type Tone } from '../text/spans.ts';

const TONES: Readonly<Record<ClosingWord, Tone>> = {
  APPLIED: 'good',
  'APPLIED, NOT VERIFIED': 'warn',
  STOPPED: 'warn',
  'PARTLY FAILED': 'bad',
  FAILED: 'bad',
  UNDONE: 'info',
  'PARTLY UNDONE': 'warn',
  'NOTHING TO DO': 'dim',
};

/** Returns the last line of a run: the closing word and the counts. */
export function closingLine(ending: Ending): Line {
  const word = outcomeOf(ending);
  return line(span(word, TONES[word]), `: ${countsOf(ending, word)}`);
}

function countsOf(
  { run, mode, applied, verified, accepted = 0, failed, failedBefore = 0, skipped, kept = 0, alreadyBack = 0, appliedBefore = 0 }: Ending,
  word: ClosingWord,
): string {
  if (run === null && word === 'NOTHING TO DO') return mode === 'undo' ? 'no value is left to revert.' : 'no value has to change.';
  const done = mode === 'undo' ? 'undone' : 'applied';
  const counts = [
    `${applied} ${done}`,
    `${verified} verified`,
    `${failed} failed`,
    `${skipped} skipped`,
    ...(kept > 0 ? [`${kept} kept`] : []),
    ...(alreadyBack > 0 ? [`${alreadyBack} already reverted`] : []),
    ...(accepted > 0 ? [`${accepted} accepted, but not readable`] : []),
  ];
  const before = appliedBefore > 0 ? ` ${appliedBefore} ${done} before resume.` : '';
  // The plan counts changes and requests; a run sends requests.
  const planned = failedBefore === 0 ? '' : `; ${failedBefore} failed without a request`;
  const unit = applied > 0 ? ` (counted in requests${planned})` : '';
  return `${counts.join(', ')}${unit}.${run === null ? ' Nothing was sent.' : before}`;
}

/** Says how to undo a run of the demo, whose apps and undo log are gone once it ends. */
const demoUndo = ({ demo, mode }: Ending): string =>
  demo === 'wizard'
    ? 'Undo: open the undo log before you end the demo.'
    : mode === 'undo'
      ? 'Undo: not possible, because the demo ends here and deletes its undo log.'
      : 'Undo: the demo reverts this run below.';

/** Returns all closing lines: the name of the run, the commands that may follow, and last the closing word. */
export const closingLines = (ending: Ending): Line[] => {
  const { run, left, demo } = ending;
  if (run === null) return [closingLine(ending)];
  const isStopped = outcomeOf(ending) === 'STOPPED';
  const next = demo ? (left > 0 ? [line(demoUndo(ending))] : []) : nextLines(run, left > 0, isStopped);
  return [line(`Run: ${run}`), ...next, closingLine(ending)];
};

/** Returns the commands that may follow a run, at its end and in the history: how to undo it, and how to finish it. */
const nextLines = (run: string, canUndo: boolean, canResume: boolean): Line[] => [
  ...(canUndo ? [line(`Undo: func-harden undo ${run}`)] : []),
  ...(canResume ? [line(`Resume: func-harden resume ${run}`)] : []),
];

/** Returns the last lines of a recorded run, in the order of `closingLines`. */
export const recordedClosing = (run: RecordedRun): Line[] => [
  ...nextLines(run.run, changesLeft(run).length > 0, isUnfinished(run)),
  recordedLine(run),
];

const STATES: Readonly<Record<ChangeState, string>> = { applied: 'applied', undone: 'undone', failed: 'failed', unknown: 'unknown' };

/** The states of the changes of an undo. */
const STATES_OF_UNDO: Readonly<Record<ChangeState, string>> = { ...STATES, applied: 'undone', undone: 'applied again' };

const wordsOf = ({ mode }: RecordedRun['start']) => (mode === 'undo' ? STATES_OF_UNDO : STATES);

/** Returns the outcome of a recorded run: the closing word, and the number of changes by state. */
function recordedLine(run: RecordedRun): Line {
  const word = outcomeOf(run);
  const words = wordsOf(run.start);
  const own = ownChanges(run);
  const counts = (Object.keys(words) as ChangeState[]).flatMap((state) => {
    const count = own.filter((change) => change.state === state).length;
    return count > 0 ? [`${count} ${words[state]}`] : [];
  });
  const kept = run.end?.kept ?? 0;
  return line(span(word, TONES[word]), `: ${[...counts, ...(kept > 0 ? [`${kept} kept`] : [])].join(', ') || 'no changes'}.`);
}

/** Returns the closing word of a recorded run for a list. A run that another run reverted is called reverted, not undone, because it is not an undo. */
export function outcomeSpan(run: RecordedRun): Span {
  const word = outcomeOf(run);
  return span(undosOf(run).length > 0 ? word.toLowerCase().replace('undone', 'reverted') : word.toLowerCase(), TONES[word]);
}

/** Returns the state of one change of a run. */
export const changeWord = ({ state, partlyUndoneBy }: RecordedChange, { start }: RecordedRun): string =>
  partlyUndoneBy !== undefined && state === 'applied' ? `partly ${wordsOf(start).undone}` : wordsOf(start)[state];
