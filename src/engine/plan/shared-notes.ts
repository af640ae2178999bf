/** Notes of many apps that say the same: apps on shared resources have hundreds of them. */
import type { Change, GuardNote } from '../../change/change.ts';
import type { Plan } from './plan-result.ts';

/** The number of different notes that are kept. Most notes of the apps in a fleet are the same. */
const MOST_NOTES = 20_000;

/** Returns a function that replaces notes of a plan by equal ones of earlier plans, so that a fleet holds each of them once. */
export function shareNotes(): <P extends Plan>(plan: P) => P {
  const known = new Map<string, GuardNote>();
  const same = (note: GuardNote): GuardNote => {
    const key = JSON.stringify(note);
    const found = known.get(key);
    if (found === undefined && known.size < MOST_NOTES) known.set(key, note);
    return found ?? note;
  };
  const shared = (change: Change): Change => ({ ...change, guards: change.guards.map(same) });
  return (plan) => ({ ...plan, changes: plan.changes.map(shared), blocked: plan.blocked.map(same) });
}
