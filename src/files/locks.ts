import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
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
}

/** One file an app in the state folder: it says who works on the app, and a dead process's file is taken over. */
export function createLocks(stateDir: string, now: () => Date): Locks {
  const folder = join(stateDir, 'locks');
  return {
    async hold(target, run) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `${createHash('sha256').update(target.id.toLowerCase()).digest('hex').slice(0, 32)}.lock`);
      const holder: Holder = { pid: process.pid, host: hostname(), run, since: now().toISOString() };
      for (let attempt = 0; ; attempt++) {
        try {
          const handle = await open(file, 'wx', 0o600);
          await handle.writeFile(JSON.stringify(holder));
          await handle.close();
          return () => rm(file, { force: true });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
          const other = await readHolder(file);
          if (attempt > 0 || (other && isAlive(other))) {
            const who = other ? `run ${other.run} (process ${other.pid} on ${other.host}, since ${other.since})` : 'another process';
            throw new UserError(`${target.label} is being worked on by ${who}.`, EXIT.failed, [
              'Wait until it ends, then run this again.',
              `If it is gone for certain, remove ${file}`,
            ]);
          }
          await rm(file, { force: true });
        }
      }
    },
  };
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
