/** The intact part of a damaged log: the changes whose lines are all intact, and a sentence for each damaged line. */
import { recordedRun, type Damage, type RecordedRun } from '../../change/undo-log.ts';
import { problemOf, problemOfStart } from '../../engine/past/record-check.ts';
import type { Flaw, Placed } from './journal-chain.ts';
import { stateErrors } from '../errors/state.ts';

/** Returns the run of a log; undefined where nothing was written yet. @throws UserError where the log does not name its apps */
export function recordedFrom(file: string, entries: readonly Placed[], flaws: readonly Flaw[]): RecordedRun | undefined {
  const whole = recordedRun(entries.map(({ entry }) => entry));
  if (!whole && entries.length === 0 && flaws.length === 0) return undefined;
  const first = entries[0]?.entry;
  if (!whole || first?.type !== 'run-start' || problemOfStart(first) !== undefined) throw stateErrors.logWithoutStart({ file });
  const placed = new Map(entries.map(({ line, entry }) => [line, entry]));
  const damage = [...flaws.map((flaw) => damageOfFlaw(file, placed, flaw)), ...damageOfContent(file, entries, whole)].toSorted(
    (a, b) => a.line - b.line,
  );
  if (damage.length === 0) return whole;
  const unsound = new Set(damage.flatMap(({ change }) => change ?? []));
  return { ...whole, damage, changes: whole.changes.filter(({ intent }) => !unsound.has(intent.change)) };
}

function damageOfFlaw(file: string, placed: ReadonlyMap<number, Placed['entry']>, { line, says, about = line }: Flaw): Damage {
  const entry = placed.get(about);
  return { file, line, says, ...(entry && 'change' in entry ? { change: entry.change } : {}) };
}

const damageOfContent = (file: string, entries: readonly Placed[], run: RecordedRun): Damage[] =>
  entries.flatMap(({ line, entry }): Damage[] => {
    if (entry.type !== 'intent') return [];
    const says = problemOf(entry, run);
    return says === undefined ? [] : [{ file, line, says, change: entry.change }];
  });
