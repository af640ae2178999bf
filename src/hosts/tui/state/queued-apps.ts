/** The apps that have queued changes, as far as this session has read them. The queue of an app follows from its values, so it is not known before. */
import { changesOfJob, type Job } from '../../../engine/session.ts';
import type { WizardState } from './state.ts';

type Queues = WizardState['queues'];

/** Returns the queues after an app was read or its decisions were changed. */
export const withQueue = (queues: Queues, id: string, size: number): Queues => (queues[id] === size ? queues : { ...queues, [id]: size });

/** Returns the queues after a run: those of the apps that it changed are unknown until they are read again. */
export function withoutChanged(queues: Queues, job: Job): Queues {
  const changed = new Set(changesOfJob(job).map(({ target }) => target.id));
  return Object.fromEntries(Object.entries(queues).filter(([id]) => !changed.has(id)));
}
