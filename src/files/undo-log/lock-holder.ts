/** Whether the process that wrote a lock is alive, as far as this process can see. */
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isRecord, parsedJson } from '../../change/json-paths.ts';

/** The set of processes that share a kernel and its namespaces. In one place, a process id identifies one process at a time. */
interface Place {
  /** The id of the machine's start; null where the system does not provide it. */
  readonly boot: string | null;
  /** The namespaces of process ids and of time; null where the system does not provide them, or where /proc shows another namespace. */
  readonly space: string | null;
}

export interface Holder extends Partial<Place> {
  readonly pid: number;
  readonly host: string;
  /** The start of the process, in the kernel's count since the start of the machine. */
  readonly started?: string | null;
  readonly run: string;
  readonly since: string;
  /** A token that distinguishes the locks of one process. */
  readonly token: string;
  /** Milliseconds without a renewal after which a lock may be taken over. Version 0.1 did not renew locks. */
  readonly lease?: number;
}

const PROC = '/proc';
const textOf = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
const linkOf = (file: string): Promise<string | null> => readlink(file).catch(() => null);

/** The identity of this process, which does not change while it runs. */
let ownPlaceOnce: Promise<Place> | undefined;
let ownStartOnce: Promise<string | null> | undefined;
const ownPlace = (): Promise<Place> => (ownPlaceOnce ??= findOwnPlace());

async function findOwnPlace(): Promise<Place> {
  const [boot, self, pids, time] = await Promise.all([
    textOf(`${PROC}/sys/kernel/random/boot_id`),
    linkOf(`${PROC}/self`),
    linkOf(`${PROC}/self/ns/pid`),
    linkOf(`${PROC}/self/ns/time`),
  ]);
  // A process in a separate PID namespace may still see the /proc of the outer namespace, where the same numbers belong to other processes.
  return { boot, space: pids !== null && self === String(process.pid) ? `${pids} ${time ?? ''}` : null };
}

/** Returns the state letter and the start time of a process. The name before them may contain blanks and brackets. */
async function statOf(pid: number | 'self'): Promise<{ readonly state: string; readonly started: string } | undefined> {
  const fields = (await textOf(`${PROC}/${pid}/stat`))?.replace(/^.*\)\s*/s, '').split(' ') ?? [];
  const [state, started] = [fields[0], fields[19]];
  return state && started ? { state, started } : undefined;
}

export async function describeSelf(): Promise<Pick<Holder, 'pid' | 'host' | 'boot' | 'space' | 'started'>> {
  ownStartOnce ??= statOf('self').then((stat) => stat?.started ?? null);
  return { pid: process.pid, host: hostname(), ...(await ownPlace()), started: await ownStartOnce };
}

/** Milliseconds of a lease that are believed. A file with another number was not written by func-harden. */
const LONGEST_LEASE = 600_000;

/** Parses the text of a lock; undefined where func-harden did not write it. */
export function parseHolder(text: string): Holder | undefined {
  const value = parsedJson(text);
  if (!isRecord(value)) return undefined;
  const { pid, lease } = value;
  const isText = ['host', 'run', 'since', 'token'].every((name) => typeof value[name] === 'string');
  const isLease = lease === undefined || (typeof lease === 'number' && lease > 0 && lease <= LONGEST_LEASE);
  return isText && isLease && Number.isSafeInteger(pid) && (pid as number) > 0 ? (value as unknown as Holder) : undefined;
}

/** Returns the state of a holder. `unseen`: it may be on another machine or in another namespace. */
export async function holderState(holder: Holder): Promise<'alive' | 'dead' | 'unseen'> {
  const own = await ownPlace();
  if (holder.lease === undefined) return holderStateOfVersion01(holder, own);
  if (own.boot === null || own.space === null || holder.boot !== own.boot || holder.space !== own.space) return 'unseen';
  const stat = await statOf(holder.pid);
  // The process may be hidden from this user.
  if (!stat) return exists(holder.pid) ? 'unseen' : 'dead';
  // Z and X: it has ended, and its parent has not asked for its exit code yet.
  return !/[ZXx]/.test(stat.state) && stat.started === holder.started ? 'alive' : 'dead';
}

/** Returns the state of a holder of version 0.1, which wrote no start time and did not renew. An invisible holder counts as alive. */
async function holderStateOfVersion01({ pid, host, boot }: Holder, own: Place): Promise<'alive' | 'dead'> {
  if (host !== hostname()) return 'alive';
  if (boot && boot !== own.boot) return 'dead';
  return exists(pid) && !/[ZXx]/.test((await statOf(pid))?.state ?? '') ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
