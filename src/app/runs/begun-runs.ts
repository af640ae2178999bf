import type { Invocation } from '../../cli/invocation.ts';

const begun = new WeakSet<Invocation>();

/** Notes that a command begins its run. */
export const noteBegun = (invocation: Invocation): void => void begun.add(invocation);

/** Whether a command has begun its run, so that requests may have been sent. */
export const hasBegun = (invocation: Invocation): boolean => begun.has(invocation);
