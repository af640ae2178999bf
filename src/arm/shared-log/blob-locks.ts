/** Locks that a team shares: a lease on a storage blob for each app and each run. Blobs are never overwritten or deleted. */
import type { BlobLeaseClient, ContainerClient, RestError } from '@azure/storage-blob';
import type { Clock, Hold, Locks } from '../../engine/ports.ts';
import { armErrors } from '../errors.ts';

/** Seconds of a lease; the shortest that the service grants, so that a dead process blocks others for no longer. */
const LEASE = 15;
/** Milliseconds between two renewals. */
const RENEWAL = 5000;
/** Milliseconds to wait for a lease that no process renews: its duration, and one more try. */
const PATIENCE = (LEASE + 2) * 1000;
const LOOK_AGAIN = 1000;

interface BlobLocksOptions {
  readonly container: ContainerClient;
  /** The prefix of the blob names. */
  readonly prefix: string;
  /** The place, as a person writes it. */
  readonly address: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  /** Converts an error of storage into an error with a next step. */
  readonly asFailure: (error: unknown) => unknown;
}

export function blobLocks(options: BlobLocksOptions): Locks {
  return {
    hold: (target, _, { isPatient } = { isPatient: true }) => hold(target.id, target.label, options, isPatient ? PATIENCE : 0),
    holdRun: (run) => hold(`run ${run}`, `run ${run}`, options),
  };
}

async function hold(what: string, label: string, options: BlobLocksOptions, patience = PATIENCE): Promise<Hold> {
  const { container, prefix, clock, asFailure } = options;
  const name = `locks/${await nameOf(what)}.lock`;
  const blob = container.getBlockBlobClient(`${prefix}${name}`);
  const lease = blob.getBlobLeaseClient(crypto.randomUUID());
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } }).catch((error: unknown) => {
      if (!isExistingBlob(error)) throw error;
    });
    await acquireLease(lease, label, `${options.address}/${name}`, patience, options);
  } catch (error) {
    throw asFailure(error);
  }
  let isOver = false;
  let cancel = () => {};
  // Renews the lease between the writes of a long run. The next write detects a failure.
  const renewLater = () => {
    cancel = clock.after(RENEWAL, () => {
      if (isOver) return;
      lease.renewLease().catch(() => undefined);
      renewLater();
    });
  };
  renewLater();
  const release = async () => {
    isOver = true;
    cancel();
    await lease.releaseLease().catch(() => undefined); // The lease expires anyway.
  };
  const assertHeld = async () => {
    try {
      await lease.renewLease();
    } catch (error) {
      const code = (error as RestError).code ?? (error as Error).message;
      throw armErrors.leaseLost({ label, code });
    }
  };
  return Object.assign(release, { assertHeld });
}

/** Returns the first 32 hex digits of a SHA-256, as in the file names of local locks. */
async function nameOf(what: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(what.toLowerCase()));
  return Buffer.from(digest).toString('hex').slice(0, 32);
}

/** Acquires a lease. If the holder may be dead, waits until its lease ends. @throws UserError if the holder renews the lease */
async function acquireLease(
  lease: BlobLeaseClient,
  label: string,
  file: string,
  patience: number,
  { clock, say }: BlobLocksOptions,
): Promise<void> {
  const began = clock.elapsed();
  for (let isFirst = true; ; isFirst = false) {
    try {
      await lease.acquireLease(LEASE);
      return;
    } catch (error) {
      if ((error as RestError).code !== 'LeaseAlreadyPresent') throw error;
      if (clock.elapsed() - began >= patience) throw armErrors.leaseHeld({ label, file });
      if (isFirst) say(`waiting: ${label} is in use by another process; an abandoned lease expires in ${LEASE} s`);
      await clock.sleep(LOOK_AGAIN);
    }
  }
}

/** Whether the blob of the lock exists already, and may be leased or under a retention policy. */
const isExistingBlob = (error: unknown): boolean => {
  const { statusCode, code } = error as RestError;
  return statusCode === 412 || (statusCode === 409 && code !== 'ContainerBeingDeleted') || code === 'BlobAlreadyExists';
};
