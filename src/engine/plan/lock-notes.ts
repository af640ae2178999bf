/** Locks that stand against a change, or against taking it back: those at the app are read once, those elsewhere by their scope. */
import type { ManagementLocks } from '../../azure/index.ts';
import type { FactStore } from '../judge/facts.ts';
import type { Change, GuardNote, UndoKind } from '../../change/change.ts';
import { ArmFailure, type ArmReader, type Fact } from '../ports.ts';
import { heldAt, scopeName } from './rights.ts';

type Lock = ManagementLocks['value'][number];
const AT = '/providers/Microsoft.Authorization/locks';

/** Where a lock was made. */
const scopeOf = ({ id }: Lock): string | undefined => id?.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, '');
const isWithin = (id: string, scope: string): boolean => `${id}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase());
const named = (lock: Lock): string => {
  const { notes } = lock.properties;
  const scope = scopeOf(lock);
  return `the lock "${lock.name}"${notes ? ` (${notes})` : ''}${scope === undefined ? '' : ` on ${scopeName(scope)}`}`;
};

const makesWhole = ({ diff, method }: Change): boolean =>
  method !== 'DELETE' && diff.some(({ path, before }) => path === '' && before.kind === 'absent');

interface Found {
  readonly scope: string;
  /** Those that hold for what the change writes; why not, where they could not be read. */
  readonly locks: readonly Lock[] | ArmFailure;
}
export type LockReader = (change: Change) => Promise<Found>;

/** Reads the locks that hold for what a change writes, each scope once. `own` are those of the app, and at and above it. */
export function lockReader(arm: ArmReader, own?: { readonly id: string; readonly fact: Fact | undefined }): LockReader {
  const asked = new Map<string, Promise<Fact>>();
  const read = (change: Change, scope: string): Promise<Fact> => {
    const key = scope.toLowerCase();
    const fact = asked.get(key) ?? arm.readOne(change.target, 'locks', `${scope}${AT}`);
    asked.set(key, fact);
    return fact;
  };
  /** What is made together with its parent has no locks of its own yet, but those of its group. */
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
 * The changes with what locks mean for them. A lock of any kind refuses DELETE, so undo cannot take away what a change makes
 * there: the preview says so, and the undo log keeps what undo can do once the lock is gone.
 */
export async function withLocks(changes: readonly Change[], store: FactStore, arm: ArmReader): Promise<Change[]> {
  const locksFor = lockReader(arm, { id: store.target.id, fact: store.fact('locks') });
  return Promise.all(
    changes.map(async (change): Promise<Change> => {
      const { scope, locks } = await locksFor(change);
      // What is true of the app itself, the general note says.
      const isHere = isWithin(store.target.id, scope);
      if (locks instanceof Error) {
        const undo = makesWhole(change) ? ' It is unknown whether undo can delete the new resource.' : '';
        return isHere && undo === ''
          ? change
          : noting(change, `Locks on ${scopeName(scope)} could not be checked: ${locks.message}${undo}`);
      }
      const readOnly = locks.filter(({ properties }) => /^readonly$/i.test(properties.level ?? ''));
      if (readOnly.length > 0)
        return isHere ? change : readOnly.reduce((noted, lock) => noting(noted, refuses(lock, 'every change')), change);
      const [lock] = locks;
      if (!lock) return change;
      if (change.method === 'DELETE') return noting(change, refuses(lock, 'DELETE'));
      return makesWhole(change) && change.undo !== 'none' ? kept(change, lock) : change;
    }),
  );
}

/** Why a lock refuses what undo deletes; undefined where none is known to. Other writes of an undo are tried, and Azure says. */
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

function noting(change: Change, says: string): Change {
  const note: GuardNote = { id: 'L29', control: change.controls[0] ?? '', level: 'warn', says };
  return { ...change, guards: [...change.guards, note] };
}

function kept(change: Change, lock: Lock): Change {
  const undo: UndoKind = 'none';
  const stays = `${named(lock)} blocks DELETE, so undo cannot delete the resource until the lock is removed.`;
  return noting(
    { ...change, undo, undoOnceUnlocked: change.undo, stays, reversible: false },
    `${sentence(named(lock))} blocks DELETE, so undo cannot delete the new resource.`,
  );
}
