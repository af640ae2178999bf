/** Repeats a request that Azure refuses while another operation uses the resource, or before the directory knows a new identity. */
import { ArmFailure, type Clock, type WhileSending } from '../../engine/ports.ts';
import { plainText } from '../../text/plain.ts';

/** The number of repetitions, over two minutes. */
export const BUSY_RESENDS = 7;

export interface BusyWaiting {
  /** Milliseconds before the first repetition. */
  readonly wait: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Called before each wait. */
  readonly say: (text: string) => void;
}

/** Returns the milliseconds before a repetition, numbered from 0. A wait that the service asks for counts, up to the longest wait. */
export const busyWait = (resend: number, first: number, asked?: number): number =>
  Math.min(Math.max(asked ?? 0, first * 2 ** resend * (asked === undefined ? 1 : 0.25)), first * 15);

export const busyWords = (path: string, milliseconds: number): string =>
  `Azure is still busy with ${nameIn(path)}; retrying in ${Math.ceil(milliseconds / 1000)} s`;

/** Returns the name of a resource for people: `sites/fn-orders/config/web`. */
const nameIn = (path: string): string =>
  plainText(
    path
      .split('?')[0]!
      .split(/\/providers\/[^/]+\//i)
      .at(-1) ?? path,
  );

/** Whether an identity is too new for role assignments, whose copy of the directory is late (recorded: 43 and 54 s). */
const isUnknownIdentity = ({ code }: ArmFailure): boolean => code === 'PrincipalNotFound';

const KNOWS_IDENTITY = 'Azure accepts the new identity in role assignments';

/**
 * Sends a request until the resource is no longer busy. `isCurrent`: whether the values of the request are still current, because the other
 * operation may have changed them. @throws ArmFailure
 */
export async function whileBusy<T>(
  path: string,
  send: () => Promise<T>,
  { wait, clock, signal, say }: BusyWaiting,
  { isCurrent, onWait }: WhileSending = {},
): Promise<T> {
  const began = clock.elapsed();
  for (let resend = 0; ; resend++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      const isUnknown = isUnknownIdentity(error);
      if ((error.kind !== 'busy' && !isUnknown) || resend >= BUSY_RESENDS || signal?.aborted) throw error;
      const milliseconds = busyWait(resend, wait, error.retryAfter);
      if (!isUnknown) say(busyWords(path, milliseconds));
      else if (onWait) onWait(KNOWS_IDENTITY, clock.elapsed() - began);
      else say(`Waiting until ${KNOWS_IDENTITY}; retrying in ${Math.ceil(milliseconds / 1000)} s`);
      await clock.sleep(milliseconds, signal);
      if (signal?.aborted) throw error;
      if (isCurrent && !(await isCurrent())) throw changedMeanwhile(error);
    }
  }
}

const changedMeanwhile = ({ status, correlationId }: ArmFailure): ArmFailure =>
  new ArmFailure({
    kind: 'conflict',
    status,
    code: 'ChangedMeanwhile',
    message:
      'Azure temporarily refused the request, and this resource has changed in the meantime or cannot be read. The request was not retried.',
    correlationId,
    next: 'Preview again to plan with the current values.',
  });
