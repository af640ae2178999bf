/** Finds the changes of a run that depend on a resource that an earlier change created. */
import { idsReadBy } from '../../change/edit.ts';
import type { Intent, RecordedRun } from '../../change/undo-log.ts';

/**
 * Returns the changes of a run that depend on something that an earlier one created, of any app. Nothing depends on what an earlier change
 * deleted. They are looked up, because the run of a fleet has tens of thousands.
 */
export function dependentsIn({ changes }: RecordedRun): (earlier: Intent) => readonly Intent[] {
  const users = new Map<string, Intent[]>();
  for (const { intent } of changes)
    for (const used of usedBy(intent)) {
      const known = users.get(used);
      if (known) known.push(intent);
      else users.set(used, [intent]);
    }
  return ({ method, change, key, target, resource }) => {
    if (method === 'DELETE') return [];
    const names = [`${target} ${key}`, `${key} ${resource}`.toLowerCase(), resource.toLowerCase()];
    return [...new Set(names.flatMap((name) => users.get(name) ?? []))].filter((later) => later.change !== change);
  };
}

/** Returns what a change depends on: a kind of its own app, a kind with its id, or an id. */
const usedBy = ({ target, builtOn = [], edits }: Intent): string[] => [
  ...builtOn.flatMap((one) => (one.includes(' ') ? one.toLowerCase() : `${target} ${one}`)),
  ...idsReadBy(edits).map((id) => id.toLowerCase()),
];
