/** What is looked at before any write, whatever it is about: locks in scope, and what the caller may do. */
import type { ResourceKey } from '../step.ts';
import type { FactStore } from './facts.ts';
import type { Change, GuardNote } from './plan.ts';
import type { ArmReader } from './ports.ts';

export const GENERAL_READS: readonly ResourceKey[] = ['locks', 'permissions'];

/** The notes that go with one change. */
export function generalNotes(change: Change, store: FactStore, arm: ArmReader): GuardNote[] {
  const control = change.controls[0] ?? '';
  return [...lockNotes(store), ...permissionNotes(change, store, arm)].map((note) => ({ ...note, control }));
}

type Note = Omit<GuardNote, 'control'>;

function lockNotes(store: FactStore): Note[] {
  const locks = store.view.maybe('locks')?.value;
  if (!locks) return [{ id: 'L29', level: 'warn', says: `Locks could not be checked: ${failureOf(store, 'locks')}` }];
  const readOnly = locks.filter(({ properties }) => properties.level === 'ReadOnly');
  return readOnly.map(({ name, properties }) => ({
    id: 'L29',
    level: 'warn',
    says: `The lock "${name}"${properties.notes ? ` (${properties.notes})` : ''} refuses every write to this app; have it removed first.`,
  }));
}

function permissionNotes(change: Change, store: FactStore, arm: ArmReader): Note[] {
  const granted = store.view.maybe('permissions')?.value;
  const needed = arm.describe(change.target, change.key, change.of).actions.write;
  if (!granted) return [{ id: 'rights', level: 'warn', says: `Your own rights could not be checked: ${failureOf(store, 'permissions')}` }];
  const lacking = needed.filter(
    (action) => !granted.some(({ actions = [], notActions = [] }) => covers(actions, action) && !covers(notActions, action)),
  );
  return lacking.map((action) => ({ id: 'rights', level: 'warn', says: `You may not do this: it needs ${action}.` }));
}

function failureOf(store: FactStore, key: ResourceKey): string {
  const fact = store.fact(key);
  return fact?.state === 'unreadable' ? fact.failure.message : 'nothing came back';
}

/** Whether one of the patterns, in which a star stands for anything, names the action. */
function covers(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'i').test(action));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
