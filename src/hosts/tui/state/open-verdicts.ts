/** Keeps the lists of many apps in line with the open app, and with what runs changed. */
import type { Target } from '../../../azure/index.ts';
import { changesOfJob, type Job } from '../../../engine/session.ts';
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

/** Returns the effects that read the apps of the lists again that a job concerns; `isRead` is the id of the app that was read after the run. */
export function readChanged({ fleet, findings }: WizardState, job: Job, isRead: string | undefined): Effect[] {
  const concerned = new Set(changesOfJob(job).map(({ target }) => target.id.toLowerCase()));
  const isConcerned = ({ id }: Pick<Target, 'id'>) => concerned.has(id.toLowerCase());
  // A change of a shared resource concerns every app that uses it.
  const shared = (findings?.list ?? []).filter((one) => one.isShared && one.apps.some(isConcerned));
  for (const { id } of shared.flatMap(({ apps }) => apps)) concerned.add(id.toLowerCase());
  if (isRead !== undefined) concerned.delete(isRead.toLowerCase());
  const surveyed = fleet.map(({ target }) => target).filter(isConcerned);
  const found = (findings?.targets ?? []).filter(isConcerned);
  return [
    ...(surveyed.length > 0 ? [{ do: 'survey', targets: surveyed } as const] : []),
    ...(found.length > 0 ? [{ do: 'find', targets: found, how: 'again' } as const] : []),
  ];
}
