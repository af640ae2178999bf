/** Values that plans of many apps share: the apps of a fleet have the same edits, parts and notes, and apps on shared resources have hundreds of notes. */
import type { Change, GuardNote } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import type { Work } from '../../change/undo-log.ts';
import type { Value } from '../../change/value.ts';
import type { Plan } from './plan-result.ts';

/** The number of different values that are kept. Most values of the apps in a fleet are the same. */
const MOST_VALUES = 10_000;
/** The maximum number of characters of a value that is kept. A longer value belongs to one app only. */
const MOST_CHARACTERS = 1000;

/** Returns a function that replaces values of a plan by equal ones of earlier plans, so that each value is in memory once. */
export function shareValues(): <P extends Plan>(plan: P) => P {
  const known = new Map<string, unknown>();
  const same = <T>(value: T): T => {
    const key = JSON.stringify(value);
    if (key === undefined || key.length > MOST_CHARACTERS) return value;
    const found = known.get(key);
    if (found === undefined && known.size < MOST_VALUES) known.set(key, value);
    return (found ?? value) as T;
  };
  const sameNotes = (notes: readonly GuardNote[]) => (notes.length === 0 ? same(notes) : notes.map(same));
  const sameEdits = (edits: readonly Edit[]) => {
    const shared = edits.map((edit) => (isOfData(edit) ? same(edit) : edit));
    return edits.every(isOfData) ? same(shared) : shared;
  };
  const shared = (change: Change): Change => ({
    ...change,
    steps: same(change.steps),
    controls: same(change.controls),
    diff: sameEdits(change.diff),
    body: same(change.body),
    ...(change.path === change.resource ? { path: change.resource } : {}),
    ...(change.instanceId === change.resource ? { instanceId: change.resource } : {}),
    guards: sameNotes(change.guards),
    effects: same(change.effects),
    ...(change.parts ? { parts: same(change.parts) } : {}),
    after: same(change.after),
    needs: change.needs.length === 0 ? same(change.needs) : change.needs,
    proofs: change.proofs.length === 0 ? same(change.proofs) : change.proofs,
  });
  const sharedWork = (work: Work): Work => ({
    ...work,
    decisions: same(work.decisions),
    ...(work.beside ? { beside: same(work.beside) } : {}),
  });
  return (plan) => ({ ...plan, work: sharedWork(plan.work), changes: plan.changes.map(shared), blocked: sameNotes(plan.blocked) });
}

/** Whether an edit is only data. A secret or a deferred value has a function, or an identity that matters. */
const isOfData = ({ before, after, restore }: Edit): boolean =>
  [before, after, restore].every((value) => value === undefined || isData(value));
const isData = ({ kind }: Value): boolean => kind === 'plain' || kind === 'absent';
