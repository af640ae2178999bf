/** The order of the apps of an undo: the order of the run, reversed wherever two apps have a resource in common. */
import type { Change } from '../../change/change.ts';
import type { AppChanges } from '../run/run-input.ts';
import { resourcesUsedBy } from '../run/resource-queue.ts';

/**
 * Groups the changes of an undo by app. They come last change first, and the changes of an app stay in that order. An app comes after each
 * app that changed one of its resources later in the run, so that it finds the values that its own changes left.
 */
export function groupByApp({ changes }: { readonly changes: readonly Change[] }): AppChanges[] {
  const apps = Map.groupBy(changes, ({ target }) => target.id);
  const users = usersOfResources(changes);
  const ordered = new Set<string>();
  const underway = new Set<string>();
  /** The number of apps at the beginning of the users of a resource that are ordered. */
  const reached = new Map<string, number>();
  const add = (id: string): void => {
    // Two apps that wait for each other keep the order of their last changes. The read before each write detects values that do not match.
    if (ordered.has(id) || underway.has(id)) return;
    underway.add(id);
    for (const resource of resourcesUsedBy(apps.get(id) ?? [])) {
      const list = users.get(resource) ?? [];
      // Apps at the beginning that are ordered already are skipped, because all apps of a fleet can share a resource.
      let at = reached.get(resource) ?? 0;
      while (ordered.has(list[at] ?? '')) at += 1;
      reached.set(resource, at);
      for (let other = list[at]; other !== undefined && other !== id; other = list[(at += 1)]) add(other);
    }
    ordered.add(id);
  };
  for (const id of apps.keys()) add(id);
  return [...ordered].map((id) => {
    const own = apps.get(id) as [Change, ...Change[]];
    return { target: own[0].target, changes: own };
  });
}

/** Returns the apps that use each resource, the app with the last change first. */
function usersOfResources(changes: readonly Change[]): Map<string, string[]> {
  const users = new Map<string, Set<string>>();
  for (const change of changes)
    for (const resource of resourcesUsedBy([change])) {
      const known = users.get(resource) ?? new Set();
      users.set(resource, known.add(change.target.id));
    }
  return new Map([...users].map(([resource, apps]) => [resource, [...apps]]));
}
