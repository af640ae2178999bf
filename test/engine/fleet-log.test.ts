/** The undo log of a fleet: tens of thousands of changes and apps are looked up, and not compared with each other. */
import { test } from 'vitest';
import { ownChanges, recordedRun, withUndosReverted, type Entry, type Intent, type RecordedRun } from '../../src/change/undo-log.ts';
import type { Target } from '../../src/azure/index.ts';
import { dependentsIn } from '../../src/engine/past/dependents.ts';
import { confirmedBy, sharedNames } from '../../src/engine/fleet/targets.ts';
import { unusedAnswers } from '../../src/view/plan-lines.ts';
import { sharedClashes } from '../../src/engine/judge/contradictions.ts';
import type { Change } from '../../src/change/change.ts';
import type { Plan } from '../../src/engine/plan/plan.ts';
import { expectGrowthBelow } from '../helpers/growth.ts';
import { changeEntries, TARGET } from '../helpers/outcomes.ts';
import { runStart } from '../helpers/journal.ts';

const [FEW, MANY] = [800, 3200];

const targetOf = (index: number): Target => ({ ...TARGET, id: `${TARGET.id}${index}`, name: `a${index}`, label: `a${index}` });
const targetsOf = (count: number): Target[] => Array.from({ length: count }, (_, index) => targetOf(index));

/** Returns the log of a run of one change for each app, which another run reverted, or which reverts another run. */
function logOf(run: string, count: number, undoes?: string): Entry[] {
  const changes = targetsOf(count).flatMap(({ id, label }, index): Entry[] => {
    const [intent, ...rest] = changeEntries(index + 1, 'shown') as [Intent, ...Entry[]];
    const own = { ...intent, target: id, app: label, resource: `${id}/config/web`, builtOn: ['site'] };
    const undone: Entry = { type: 'undo', at: 't', change: index + 1, by: 'z' };
    return [{ ...own, ...(undoes ? { undoes: { run: undoes, change: index + 1 } } : {}) }, ...rest, undone];
  });
  return [{ ...runStart(run, TARGET), targets: targetsOf(count) }, ...changes];
}

const both = <T>(made: (count: number) => T): ReadonlyMap<number, T> => new Map([FEW, MANY].map((count) => [count, made(count)]));
const logs = both((count) => logOf('r', count));
const runs = both((count) => recordedRun(logs.get(count)!) as RecordedRun);
const undos = both((count) => recordedRun(logOf('z', count, 'r')) as RecordedRun);
const targets = both(targetsOf);
const plans = both((count) => targetsOf(count).map((target) => ({ target, unused: ['the answer has no effect'] }) as unknown as Plan));
const [intent] = changeEntries(1, 'shown') as [Intent];
/** Each app changes the same value of one resource. */
const changes = both((count) => targetsOf(count).map((target) => ({ ...intent, target, diff: intent.edits }) as unknown as Change));

test.each<readonly [string, (count: number) => unknown]>([
  ['the lines of a log', (count) => recordedRun(logs.get(count)!)],
  ['the changes of a run', (count) => ownChanges(runs.get(count)!)],
  ['a run whose undo was reverted', (count) => withUndosReverted(runs.get(count)!, [undos.get(count)!])],
  [
    'changes that depend on others',
    (count) =>
      runs
        .get(count)!
        .changes.map((one) => one.intent)
        .map(dependentsIn(runs.get(count)!)),
  ],
  ['names to confirm', (count) => targets.get(count)!.map(confirmedBy(targets.get(count)!))],
  [
    'names of an answers file',
    (count) =>
      sharedNames(
        targets.get(count)!.map(({ label }) => label),
        targets.get(count)!,
      ),
  ],
  ['answers that have no effect', (count) => unusedAnswers(plans.get(count)!)],
  ['changes of a shared resource', (count) => sharedClashes(changes.get(count)!)],
])('the time for %s of a fleet grows in proportion to their number', (_, work) => {
  expectGrowthBelow(9, FEW, MANY, work);
});
