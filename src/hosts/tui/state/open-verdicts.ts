/** Keeps the lists of many apps in line with the open app, and with what runs changed. */
import { KINDS, type ResourceKey, type Target } from '../../../azure/index.ts';
import type { Change } from '../../../change/change.ts';
import { changesOfJob, isUndo, type Job } from '../../../engine/session.ts';
import { queuedControls } from '../../../view/app-progress.ts';
import type { Next } from '../transitions.ts';
import { withQueue } from './queued-apps.ts';
import type { Effect, WizardState } from './state.ts';

/** Returns the state after an action, in which the queues, the fleet and the findings have the verdicts of the open app. */
export function withOpenVerdicts(before: WizardState, after: WizardState): Next {
  const { open } = after;
  if (!open || open === before.open) return { state: after, effects: [] };
  const { target, steps } = open;
  const queued = queuedControls(open);
  const fleet = after.fleet.map((one) => (one.target.id === target.id ? { target, steps, queued } : one));
  const isListed = after.findings?.targets.some(({ id }) => id === target.id) === true;
  return {
    state: { ...after, fleet, queues: withQueue(after.queues, target.id, queued.size) },
    effects: isListed ? [{ do: 'note-findings', judged: open }] : [],
  };
}

/**
 * Returns the effects that read the apps of the lists again that a job changed, and the apps with a finding about a resource that it changed
 * outside of them. `isRead` is the id of the app that was read after the run.
 */
export function readChanged({ fleet, findings }: WizardState, job: Job, isRead: string | undefined): Effect[] {
  const changes = changesOfJob(job).map(({ target, resource }) => ({ app: target.id.toLowerCase(), resource: resource.toLowerCase() }));
  const concerned = new Set(changes.map(({ app }) => app));
  const outside = changes.filter(({ app, resource }) => !isAtOrBelow(resource, app)).map(({ resource }) => resource);
  const isChanged = (id: string) => outside.some((one) => isAtOrBelow(one, id.toLowerCase()) || isAtOrBelow(id.toLowerCase(), one));
  if (outside.length > 0) {
    for (const { target, steps = [] } of fleet)
      if (steps.some(({ controls }) => controls.some(({ about = [] }) => about.some(({ id }) => isChanged(id)))))
        concerned.add(target.id.toLowerCase());
    for (const { isShared, resource, apps } of findings?.list ?? [])
      if (isShared && resource !== null && isChanged(resource)) for (const { id } of apps) concerned.add(id.toLowerCase());
    if (isUndo(job)) for (const { id } of sharersOf(changesOfJob(job), findings?.targets ?? [])) concerned.add(id.toLowerCase());
  }
  if (isRead !== undefined) concerned.delete(isRead.toLowerCase());
  const isConcerned = ({ id }: Pick<Target, 'id'>) => concerned.has(id.toLowerCase());
  const surveyed = fleet.map(({ target }) => target).filter(isConcerned);
  const found = (findings?.targets ?? []).filter(isConcerned);
  return [
    ...(surveyed.length > 0 ? [{ do: 'survey', targets: surveyed } as const] : []),
    ...(found.length > 0 ? [{ do: 'find', targets: found, how: 'again' } as const] : []),
  ];
}

/**
 * Returns the listed apps that may use what an undo reverts outside of its app. Their value was right, so the list has no finding that names
 * the resource, and each app of its subscription is read again.
 */
function sharersOf(changes: readonly Change[], targets: readonly Target[]): readonly Target[] {
  const reverted = changes.filter(({ key, diff }) => isShareable(key) && diff.every(({ path }) => path !== ''));
  const subscriptions = new Set(reverted.map(({ resource }) => resource.split('/')[2]?.toLowerCase()));
  return targets.filter(({ subscriptionId }) => subscriptions.has(subscriptionId.toLowerCase()));
}

/** Whether several apps may use a resource of this kind. */
const isShareable = (key: ResourceKey): boolean => /^(account|vault|component|workspace)$/.test(KINDS[key]?.owner ?? '');

const isAtOrBelow = (id: string, parent: string): boolean => id === parent || id.startsWith(`${parent}/`);
