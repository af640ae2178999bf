/** Queues apps that change the same resource, in the order of the run; everything else runs at the same time. */
import type { Change } from '../../change/change.ts';
import { idsReadBy } from '../../change/edit.ts';

/** The places of one app in the queues of the resources that it shares with other apps. */
export interface ResourceQueue {
  /** Resolves when the apps before this one have released the resources of the change. */
  waitFor(change: Change): Promise<void>;
  /** Releases the resources that the remaining changes do not touch. */
  releaseAllBut(rest: readonly Change[]): void;
}

/** Returns the queue of each app. Call it in the order of the run, so that no app waits for a later one. */
export function createResourceQueue(apps: readonly (readonly Change[])[]): (changes: readonly Change[]) => ResourceQueue {
  const shared = sharedBy(apps);
  const queues = new Map<string, Promise<unknown>>();
  return (changes) => {
    const places = new Map<string, { readonly before: Promise<unknown>; readonly done: () => void }>();
    for (const resource of resourcesUsedBy(changes)) {
      if (!shared.has(resource)) continue;
      const before = queues.get(resource) ?? Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      places.set(resource, { before, done: resolve });
      queues.set(resource, Promise.all([before, promise]));
    }
    return {
      async waitFor(change) {
        await Promise.all([...resourcesUsedBy([change])].map((resource) => places.get(resource)?.before));
      },
      releaseAllBut(rest) {
        const needed = resourcesUsedBy(rest);
        for (const [resource, { done }] of places) if (!needed.has(resource)) done();
      },
    };
  };
}

/** Returns the resources that more than one app uses and at least one app writes. */
function sharedBy(apps: readonly (readonly Change[])[]): Set<string> {
  const written = new Set(apps.flatMap((changes) => changes.map(({ resource }) => rootOf(resource))));
  const seen = new Map<string, number>();
  for (const changes of apps) for (const resource of resourcesUsedBy(changes)) seen.set(resource, (seen.get(resource) ?? 0) + 1);
  return new Set([...seen].flatMap(([resource, count]) => (count > 1 && written.has(resource) ? [resource] : [])));
}

/** Returns the resources that changes write, depend on, wait for, and read on the way. */
export const resourcesUsedBy = (changes: readonly Change[]): Set<string> =>
  new Set(
    changes
      .flatMap(({ resource, after, diff, needs, proofs }) => [
        resource,
        ...after.flatMap((one) => one.split(' ').slice(1)),
        ...idsReadBy(diff),
        ...[...needs, ...proofs].flatMap(({ instanceId }) => instanceId ?? []),
      ])
      .map(rootOf),
  );

/** Returns the resource that is locked for all its children: a vault for its secrets, a site for its slots. */
const rootOf = (id: string): string =>
  (/^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?\/providers\/[^/]+\/[^/]+\/[^/]+/i.exec(id)?.[0] ?? id).toLowerCase();
