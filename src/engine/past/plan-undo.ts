import type { Change } from '../../change/change.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import { mapLimited } from '../concurrency.ts';
import { lockReader, refusedByLock } from '../plan/lock-notes.ts';
import { ArmFailure, type ArmWriter } from '../ports.ts';
import { preflight } from '../plan/preflight.ts';
import { describeMissingRight, type Right } from '../plan/rights.ts';
import { creationsOf, failureOfCreation, withCreations } from './created-since.ts';
import { laterUseOf, withLaterUse } from './later-use.ts';
import { ownershipOf } from './ownership.ts';
import { factsOf, undoPlan, type UndoOptions, type UndoPlan } from './undo.ts';

/** Plans the undo of a run, as far as rights and locks allow. A change that is refused stays, and so do the changes that depend on it. */
export async function planUndo(run: RecordedRun, arm: ArmWriter, options: UndoOptions = {}): Promise<UndoPlan> {
  const { only, concurrency = 1, signal } = options;
  const changed = new Set(run.changes.flatMap(({ intent }) => (only && !only.includes(intent.change) ? [] : [intent.target])));
  const expected = run.start.targets.filter(({ id }) => changed.has(id));
  const [facts, creations] = await Promise.all([factsOf(run, arm, options), creationsOf(run, expected, arm, concurrency, signal)]);
  const rights = preflight(arm, expected);
  const locksFor = lockReader(arm);
  const notOwned = ownershipOf(arm);
  const laterUse = laterUseOf(arm);
  const forbidden = new Map<number, ArmFailure>();
  const ofAnother = (target: string) => (options.overwrite ? undefined : failureOfCreation(creations.get(target)));
  // Values of another app are not compared: they would seem to be changed since. Of what is reverted already, nothing is expected.
  for (const { intent, state } of run.changes) {
    const failure = state === 'undone' ? undefined : ofAnother(intent.target);
    if (failure) forbidden.set(intent.change, failure);
  }
  for (;;) {
    const plan = await undoPlan(run, arm, options, facts, forbidden);
    const known = forbidden.size;
    const checkNext = async (change: Change): Promise<Change> => {
      const [right] = (await rights.lacking(change)).rights;
      const use = await laterUse(change, plan.changes);
      const failure =
        ofAnother(change.target.id) ??
        (await notOwned(change)) ??
        (right ? mayNot(right) : await refusedByLock(change, locksFor)) ??
        (options.overwrite ? undefined : use.failure);
      if (failure && change.undoes) forbidden.set(change.undoes.change, failure);
      return withLaterUse(change, use);
    };
    const changes = await mapLimited(plan.changes, concurrency, checkNext, signal);
    // If a change stays that was expected to be reverted, the plan is made again.
    if (forbidden.size === known) return { ...plan, changes: withCreations(changes, creations) };
  }
}

const mayNot = (right: Right): ArmFailure =>
  new ArmFailure({
    kind: 'forbidden',
    code: 'AuthorizationFailed',
    message: describeMissingRight(right),
    next: `Request a role that includes ${right.action}, then undo again.`,
    lacks: right.action,
  });
