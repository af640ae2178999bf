import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EXIT, UserError } from '../engine/errors.ts';
import type { Locks } from '../engine/ports.ts';
import { isRecord } from '../change/json-paths.ts';
import { makeFolder } from './paths.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of the start of the machine; null where it does not tell. */
  readonly boot?: string | null;
  readonly run: string;
  readonly since: string;
  /** Tells one hold from another of the same process. */
  readonly token: string;
}

/** One file an app in the state folder: it says who works on the app, and a dead process's file is taken over. */
export function createLocks(stateDir: string, now: () => Date): Locks {
  const folder = join(stateDir, 'locks');
  return {
    hold: (target, run) => hold(folder, target.id, target.label, run, now()),
  };
}

/** Keeps two processes from taking up the same run. @throws UserError that tells who holds it */
export const holdRun = (stateDir: string, run: string, now: Date): Promise<() => Promise<void>> =>
  hold(join(stateDir, 'locks'), `run ${run}`, `run ${run}`, run, now);

async function hold(folder: string, what: string, label: string, run: string, since: Date): Promise<() => Promise<void>> {
  const file = join(folder, `${createHash('sha256').update(what.toLowerCase()).digest('hex').slice(0, 32)}.lock`);
  const token = randomBytes(8).toString('hex');
  const holder: Holder = { pid: process.pid, host: hostname(), boot: await bootId(), run, since: since.toISOString(), token };
  // Written whole beside it and linked into place: nobody ever reads half a lock.
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await makeFolder(folder);
    await writeFile(own, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
    for (let attempt = 0; ; attempt++) {
      try {
        await link(own, file);
        return async () => {
          if ((await readHolder(file))?.token === token) await rm(file, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const other = await readHolder(file);
        if (attempt > 0 || (await isAlive(other, file))) throw heldBy(label, other, file);
        await takeAway(file, own);
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`The lock of ${label} cannot be written in ${folder} (${(error as Error).message}).`, EXIT.failed, [
      'Name another folder with --state-dir DIR',
    ]);
  } finally {
    await rm(own, { force: true });
  }
}

/** Milliseconds after which something that nobody finished is taken for left behind. */
const LEFT_BEHIND = 5000;

/** Takes a dead holder's file away. One at a time may: else two would, and the second takes the first one's new lock. */
async function takeAway(file: string, own: string): Promise<void> {
  const turn = `${file}.turn`;
  if (await isOld(turn)) await rm(turn, { force: true });
  try {
    await link(own, turn);
  } catch {
    return; // Somebody else is at it; the next try sees what came of that.
  }
  try {
    if (!(await isAlive(await readHolder(file), file))) await rm(file, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

const isOld = async (file: string): Promise<boolean> =>
  stat(file).then(
    // A clock that was set back must not keep it for ever.
    ({ mtimeMs }) => Math.abs(Date.now() - mtimeMs) > LEFT_BEHIND,
    () => false,
  );

/** What tells one start of the machine from another, where it tells at all: process numbers come again after it. */
const bootId = (): Promise<string | null> =>
  readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => null,
  );

function heldBy(label: string, other: Holder | undefined, file: string): UserError {
  const who = other ? `run ${other.run} (process ${other.pid} on ${other.host}, since ${other.since})` : 'another process';
  return new UserError(`${label} is being worked on by ${who}.`, EXIT.failed, [
    'Wait until it ends, then run this again.',
    `If it is gone for certain, remove ${file}`,
  ]);
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(value) ? (value as unknown as Holder) : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(holder: Holder | undefined, file: string): Promise<boolean> {
  // Empty or torn: the power went while it was written, or it is being written by something that is not us.
  if (!holder) return (await stat(file).catch(() => undefined)) !== undefined && !(await isOld(file));
  const { pid, host, boot } = holder;
  if (host !== hostname()) return true; // Cannot be known from here.
  if (boot && boot !== (await bootId())) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
