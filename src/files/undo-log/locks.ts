import { writeProblem } from '../file-problem.ts';
import { createHash, randomBytes } from 'node:crypto';
import { link, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../engine/errors.ts';
import { readLimited } from '../read-limited.ts';
import type { Hold, Locks } from '../../engine/ports.ts';
import { describeSelf, holderState, parseHolder, type Holder } from './lock-holder.ts';
import { makeFolder } from '../paths.ts';
import { stateErrors } from '../errors/state.ts';

/** Milliseconds after its last renewal after which the lock of an unseen process may be taken over. */
const LEASE = 60_000;

/**
 * Locks in files of the state folder, one per app and one per run, that name the holder. The lock of a dead process is taken over at once
 * where this process can see that it is dead, else after the time of a lease without a renewal.
 */
export function createLocks(stateDir: string, now: () => Date, lease = LEASE): Locks {
  const folder = join(stateDir, 'locks');
  return {
    hold: (target, run) => hold(folder, target.id, target.label, run, now(), lease),
    holdRun: (run) => hold(folder, `run ${run}`, `run ${run}`, run, now(), lease),
  };
}

async function hold(folder: string, what: string, label: string, run: string, since: Date, lease: number): Promise<Hold> {
  const file = join(folder, `${createHash('sha256').update(what.toLowerCase()).digest('hex').slice(0, 32)}.lock`);
  const holder: Holder = { ...(await describeSelf()), run, since: since.toISOString(), token: randomBytes(8).toString('hex'), lease };
  // The lock is written completely to a temporary file and then linked, so no process reads a partial lock.
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  let mine: FileHandle | undefined;
  let isKept = false;
  try {
    await makeFolder(folder);
    const handle = await open(own, 'wx', 0o600);
    mine = handle;
    await renew(handle, holder);
    for (let attempt = 0; ; attempt++) {
      try {
        await link(own, file);
        isKept = true;
        return keepRenewed(file, handle, holder, label);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        // The time is taken from the clock of the folder, so that all machines compare the age of a lock by one clock.
        await renew(handle, holder);
        const other = await readHolder(file);
        if (attempt > 0 || (await isHeld(other, file, own))) throw heldBy(label, other, file);
        await removeDeadLock(file, own);
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw stateErrors.lockNotWritable({ label, folder, why: writeProblem(error) });
  } finally {
    if (!isKept) await mine?.close().catch(() => {});
    // This also fails if the path is not a folder; the earlier error gives the reason.
    await rm(own, { force: true }).catch(() => {});
  }
}

/** Renews a lock until it is released. The open file belongs to this holder: a process that takes over the lock creates another file. */
function keepRenewed(file: string, handle: FileHandle, holder: Holder, label: string): Hold {
  const timer = setInterval(() => void renew(handle, holder).catch(() => {}), (holder.lease ?? LEASE) / 4);
  timer.unref();
  const isOwn = async () => (await readHolder(file))?.token === holder.token;
  const release = async () => {
    clearInterval(timer);
    await handle.close().catch(() => {});
    // A lock that stays does not end the run: its process is dead soon, and it may be the folder that became read-only.
    if (await isOwn()) await rm(file, { force: true }).catch(() => {});
  };
  const assertHeld = async () => {
    const [other, isRenewed] = [await readHolder(file), await renew(handle, holder).then(Boolean, () => false)];
    if (other?.token === holder.token && isRenewed) return;
    throw stateErrors.lockLost({ label, by: other && other.token !== holder.token ? nameOf(other, label) : undefined });
  };
  return Object.assign(release, { assertHeld });
}

/** Writes the same text again. The time of the file is the time of the renewal. */
async function renew(handle: FileHandle, holder: Holder): Promise<true> {
  await handle.write(JSON.stringify(holder), 0);
  return true;
}

/** Milliseconds after which an unfinished takeover counts as abandoned. */
const LEFT_BEHIND = 5000;

/** Removes the file of a dead holder. Only one process at a time may do it, because a second one would remove the new lock of the first. */
async function removeDeadLock(file: string, own: string): Promise<void> {
  const turn = `${file}.turn`;
  if (await isOlder(turn, own, LEFT_BEHIND)) await rm(turn, { force: true });
  try {
    await link(own, turn);
  } catch {
    return; // Another process takes the lock over; the next attempt sees the result.
  }
  try {
    if (!(await isHeld(await readHolder(file), file, own))) await rm(file, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

const timeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/** Compares two times of one folder. A clock that was set back must not keep a lock forever. */
async function isOlder(file: string, fresh: string, age: number): Promise<boolean> {
  const [time, now] = [await timeOf(file), await timeOf(fresh)];
  return time !== undefined && now !== undefined && Math.abs(now - time) > age;
}

/** Names a holder. The lock of a run has the name of that run, whichever command continues or reverts it. */
const nameOf = ({ run }: Holder, label: string): string => (label === `run ${run}` ? 'another command' : `run ${run}`);

function heldBy(label: string, other: Holder | undefined, file: string): UserError {
  const who = other ? `${nameOf(other, label)} (process ${other.pid} on ${other.host}, since ${other.since})` : 'another process';
  return stateErrors.locked({ label, who, file, lease: other?.lease === undefined ? undefined : Math.ceil(other.lease / 1000) });
}

/** Milliseconds to wait for a lock that is a pipe; func-harden creates none. */
const PATIENCE = 1000;

const readHolder = (file: string): Promise<Holder | undefined> => readLimited(file, 65_536, PATIENCE).then(parseHolder, () => undefined);

async function isHeld(holder: Holder | undefined, file: string, fresh: string): Promise<boolean> {
  // Empty or incomplete: the machine lost power during the write, or another program writes the file.
  if (!holder) return (await timeOf(file)) !== undefined && !(await isOlder(file, fresh, LEFT_BEHIND));
  const seen = await holderState(holder);
  return seen === 'unseen' ? !(await isOlder(file, fresh, holder.lease ?? LEASE)) : seen === 'alive';
}
