/** Locks that block a change, or its undo. The locks of the app are read once, all others by their scope. */
import type { ManagementLocks } from '../../azure/index.ts';
import type { FactStore } from '../judge/facts.ts';
import type { Change, GuardNote, UndoKind } from '../../change/change.ts';
import { ArmFailure, type ArmReader, type Fact } from '../ports.ts';
import { heldAt, scopeName } from './rights.ts';

type Lock = ManagementLocks['value'][number];
const AT = '/providers/Microsoft.Authorization/locks';

const scopeOf = ({ id }: Lock): string | undefined => id?.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, '');
const isWithin = (id: string, scope: string): boolean => `${id}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase());
const named = (lock: Lock): string => {
  const { notes } = lock.properties;
  const scope = scopeOf(lock);
  return `the lock "${lock.name}"${notes ? ` (${notes})` : ''}${scope === undefined ? '' : ` on ${scopeName(scope)}`}`;
};

/** Whether a change creates a resource. */
export const makesWhole = ({ diff, method }: Change): boolean =>
  method !== 'DELETE' && diff.some(({ path, before }) => path === '' && before.kind === 'absent');

interface Found {
  readonly scope: string;
  /** The locks that apply to the written resource, or the failure where they could not be read. */
  readonly locks: readonly Lock[] | ArmFailure;
}
type LockReader = (change: Change) => Promise<Found>;

/** Returns a reader of the locks that apply to a change. Each scope is read once. `own`: the locks at and above the app. */
export function lockReader(arm: ArmReader, own?: { readonly id: string; readonly fact: Fact | undefined }): LockReader {
  const asked = new Map<string, Promise<Fact>>();
  const read = (change: Change, scope: string): Promise<Fact> => {
    const key = scope.toLowerCase();
    const fact = asked.get(key) ?? arm.readOne(change.target, 'locks', `${scope}${AT}`);
    asked.set(key, fact);
    return fact;
  };
  /** Reads the locks of a scope. A resource that is created together with its parent has only the locks of its group so far. */
  const locksOn = async (change: Change, scope: string): Promise<Fact> => {
    if (own?.fact && isWithin(own.id, scope)) return own.fact;
    const fact = await read(change, scope);
    const group = scope.split('/').slice(0, 5).join('/');
    return fact.state === 'unreadable' && fact.failure.kind === 'missing' && group !== scope ? locksOn(change, group) : fact;
  };
  return async (change) => {
    const scope = heldAt(change.path, makesWhole(change));
    const fact = await locksOn(change, scope);
    if (fact.state === 'unreadable') return { scope, locks: fact.failure };
    const all = (fact.body?.['value'] ?? []) as unknown as readonly Lock[];
    return { scope, locks: all.filter((lock) => isWithin(change.path, scopeOf(lock) ?? scope)) };
  };
}

/**
 * Returns the changes with notes on their locks. A lock of any kind blocks DELETE, so undo cannot delete a resource that the change creates
 * there. The preview says so, and the undo log keeps the kind of undo for the time after the lock.
 */
export async function withLocks(changes: readonly Change[], store: FactStore, arm: ArmReader): Promise<Change[]> {
  const locksFor = lockReader(arm, { id: store.target.id, fact: store.fact('locks') });
  return Promise.all(
    changes.map(async (change): Promise<Change> => {
      const { scope, locks } = await locksFor(change);
      // The general note covers locks on the app itself.
      const isHere = isWithin(store.target.id, scope);
      if (locks instanceof Error) {
        const undo = makesWhole(change) ? ' It is unknown whether undo can delete the new resource.' : '';
        return isHere && undo === ''
          ? change
          : addNote(change, `Locks on ${scopeName(scope)} could not be checked: ${locks.message}${undo}`);
      }
      const readOnly = locks.filter(({ properties }) => /^readonly$/i.test(properties.level ?? ''));
      if (readOnly.length > 0)
        return isHere ? change : readOnly.reduce((noted, lock) => addNote(noted, refuses(lock, 'every change')), change);
      const [lock] = locks;
      if (!lock) return change;
      if (change.method === 'DELETE') return addNote(change, refuses(lock, 'DELETE'));
      return makesWhole(change) && change.undo !== 'none' ? kept(change, lock) : change;
    }),
  );
}

/** Returns why a lock blocks a deletion by undo, or undefined. Other writes of an undo are sent, and Azure decides. */
export async function refusedByLock(change: Change, locksFor: LockReader): Promise<ArmFailure | undefined> {
  if (change.method !== 'DELETE') return undefined;
  const { locks } = await locksFor(change);
  const [lock] = locks instanceof Error ? [] : locks;
  if (!lock) return undefined;
  return new ArmFailure({
    kind: 'locked',
    code: 'ScopeLocked',
    message: `${named(lock)} refuses DELETE`,
    next: 'Ask the owner of the lock to remove it, then undo again.',
  });
}

const refuses = (lock: Lock, what: string): string => `${sentence(named(lock))} blocks ${what}. Ask its owner to remove it first.`;
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function addNote(change: Change, says: string): Change {
  const note: GuardNote = { id: 'L29', control: change.controls[0] ?? '', level: 'warn', says };
  return { ...change, guards: [...change.guards, note] };
}

function kept(change: Change, lock: Lock): Change {
  const undo: UndoKind = 'none';
  const stays = `${named(lock)} blocks DELETE, so undo cannot delete the resource until the lock is removed.`;
  return addNote(
    { ...change, undo, undoOnceUnlocked: change.undo, stays, reversible: false },
    `${sentence(named(lock))} blocks DELETE, so undo cannot delete the new resource.`,
  );
}
