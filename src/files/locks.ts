import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EXIT, UserError } from '../engine/errors.ts';
import type { Locks } from '../engine/ports.ts';
import { isRecord } from '../engine/values.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly run: string;
  readonly since: string;
  /** Tells one hold from another of the same process. */
  readonly token: string;
}

/** One file an app in the state folder: it says who works on the app, and a dead process's file is taken over. */
export function createLocks(stateDir: string, now: () => Date): Locks {
  const folder = join(stateDir, 'locks');
  return {
    async hold(target, run) {
      const file = join(folder, `${createHash('sha256').update(target.id.toLowerCase()).digest('hex').slice(0, 32)}.lock`);
      const holder: Holder = { pid: process.pid, host: hostname(), run, since: now().toISOString(), token: randomBytes(8).toString('hex') };
      // Written whole beside it and linked into place: nobody ever reads half a lock.
      const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(own, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
        for (let attempt = 0; ; attempt++) {
          try {
            await link(own, file);
            return async () => {
              if ((await readHolder(file))?.token === holder.token) await rm(file, { force: true });
            };
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
            const other = await readHolder(file);
            if (attempt > 0 || !other || isAlive(other)) throw heldBy(target.label, other, file);
            // Of two that find a dead holder only one can rename its file away.
            await rename(file, `${own}.dead`).catch(() => {});
            await rm(`${own}.dead`, { force: true });
          }
        }
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new UserError(`The lock of ${target.label} cannot be written in ${folder} (${(error as Error).message}).`, EXIT.failed, [
          'Name another folder with --state-dir DIR',
        ]);
      } finally {
        await rm(own, { force: true });
      }
    },
  };
}

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

function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true; // Cannot be known from here.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
