/** The place of a command's undo log, from its options: a folder, or storage that a team shares. Code for storage is loaded on demand. */
import type { Invocation } from '../cli/invocation.ts';
import type { UndoState } from '../engine/undo-state.ts';
import { folderState } from '../files/undo-log/folder-state.ts';
import { stateDirOf } from './option-values.ts';
import { connectOptions } from './connection.ts';

/** One store per command, so that it signs in once. */
const shared = new WeakMap<Invocation['options'], UndoState>();

/** Whether a place is the address of storage instead of a folder. */
export const isShared = (place: string): boolean => /^https?:\/\//i.test(place);

export function stateOf(invocation: Invocation): UndoState {
  const place = stateDirOf(invocation);
  if (!isShared(place)) return folderState(place, () => invocation.clock.now());
  const known = shared.get(invocation.options) ?? sharedState(invocation, place.replace(/(?<!\/)\/+$/, ''));
  shared.set(invocation.options, known);
  return known;
}

function sharedState(invocation: Invocation, address: string): UndoState {
  let opened: Promise<UndoState> | undefined;
  const state = () => (opened ??= import('../connect.ts').then((connect) => connect.sharedState(connectOptions(invocation), address)));
  return {
    place: address,
    fileOf: (run) => `${address}/journal/${run}.jsonl`,
    locks: {
      hold: async (target, run, how) => (await state()).locks.hold(target, run, how),
      holdRun: async (run) => (await state()).locks.holdRun(run),
    },
    check: async () => (await state()).check(),
    names: async () => (await state()).names(),
    read: async (run) => (await state()).read(run),
    planOf: async (run) => (await state()).planOf(run),
    keepPlan: async (run, content) => (await state()).keepPlan(run, content),
    open: async (run, again) => (await state()).open(run, again),
  };
}
