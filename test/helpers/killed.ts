/** A replay that is killed on its way, and what has to be true after it. */
import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { State } from '../../src/emulator/state.ts';
import { inside } from './inside.ts';
import { withoutOneWay } from './states.ts';
import { BIN, QUICK, world, type World } from './world.ts';

const KILLER = { NODE_OPTIONS: `${QUICK.NODE_OPTIONS} --require=${JSON.stringify(join(import.meta.dirname, 'killer.cjs'))}` };

/** The place of the undo log of a process. */
export interface Logs {
  /** Options and variables with which a command finds it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The lines of every run there. */
  lines(): Promise<string[]>;
  /** Copies the lines to another place. */
  copy(name: string): Promise<Logs>;
}

/** Runs in a new folder; `parent` contains the copies. */
export async function localLogs(parent: string, name: string): Promise<Logs> {
  const stateHome = join(parent, name);
  await mkdir(stateHome, { recursive: true });
  return {
    environment: { XDG_STATE_HOME: stateHome },
    lines: () => linesIn(stateHome),
    async copy(other) {
      await cp(stateHome, join(parent, other), { recursive: true });
      return localLogs(parent, other);
    },
  };
}

/** A replay: its arguments, and those that resume and undo get too. */
export interface Killed {
  readonly replay: readonly string[];
  readonly go: readonly string[];
}

/** The state after a kill: the undo log on disk, and Azure. */
export interface Moment {
  readonly name: string;
  readonly logs: Logs;
  /** The lines of the undo log. */
  readonly log: readonly string[];
  readonly azure: State;
}

export interface Grounds {
  readonly here: World;
  readonly newLogs: (name: string) => Promise<Logs>;
  readonly before: State;
  /** The state after a complete replay. */
  readonly wanted: State;
  /** One state for each boundary at which the process could be killed; the same twice if nothing changed. */
  readonly moments: readonly Moment[];
  /** Of the boundaries. */
  readonly names: readonly string[];
  /** Restores Azure. */
  back(azure?: State): Promise<void>;
}

/** Does the whole replay once, and keeps the state of disk and Azure at each boundary where it could be killed. */
export async function recorded(
  scenario: Parameters<typeof world>[0],
  what: (folder: string) => Promise<Killed>,
  logsIn: (parent: string, name: string) => Promise<Logs> = localLogs,
): Promise<Grounds & Killed> {
  let now: State | undefined;
  const whole = await world(scenario);
  const before = await whole.state();
  const here = await world({ ...scenario, seed: () => structuredClone(now ?? before) });
  const killed = await what(here.folder);
  const newLogs = (name: string) => logsIn(here.folder, name);
  const { state, ...kept } = await done(here, killed, await newLogs('whole'));
  const back = async (azure: State = before) => {
    now = azure;
    await fetch(`${here.endpoint}/_emulator/reset`, { method: 'POST', headers: { authorization: `Bearer ${here.accessToken}` } });
  };
  return { ...killed, here, newLogs, before, wanted: state, ...kept, back };
}

async function done(here: World, { replay, go }: Killed, logs: Logs): Promise<{ state: State; moments: Moment[]; names: string[] }> {
  const environment = { ...process.env, ...KILLER, FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint };
  const child = spawn(process.execPath, [BIN, ...replay, ...go], {
    env: { ...environment, ...logs.environment },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const moments: Moment[] = [];
  const names: string[] = [];
  for await (const name of createInterface(child.stdio[3] as Readable)) {
    const [number, log, azure] = [moments.length + 1, await logs.lines(), await here.state()];
    const last = moments.at(-1);
    if (last && isDeepStrictEqual([last.log, last.azure], [log, azure])) moments.push(last);
    else {
      moments.push({ name: `${number}, ${name}`, logs: await logs.copy(`moment-${number}`), log, azure });
    }
    names.push(name);
    (child.stdio[4] as Writable).write('.');
  }
  expect(await ended, said).toBe(0);
  return { state: await here.state(), moments, names };
}

async function linesIn(stateHome: string): Promise<string[]> {
  const folder = join(stateHome, 'func-harden', 'journal');
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n'));
}

/** From the state after a kill: resume gives the state of the complete replay, undo the state before. */
export async function goesOnFrom({ here, before, wanted, back, go }: Grounds & Killed, { name, logs, azure }: Moment): Promise<void> {
  await back(azure);
  const place = logs.environment;
  const runs = async () => {
    const { stdout, stderr } = await inside(here, ['history', '--json'], place);
    expect(stderr, name).toBe('');
    return (JSON.parse(stdout) as { runs: { run: string; state: string }[] }).runs;
  };
  const [run] = await runs();
  // Before the first line is on disk no run exists, and nothing was sent.
  if (!run) return expect(withoutOneWay(await here.state(), before), name).toEqual(before);

  const resumed = await inside(here, ['resume', run.run, ...go], place);
  expect(resumed, `${name}: ${resumed.stdout}${resumed.stderr}`).toMatchObject({ code: 0 });
  expect(await here.state(), `${name}: what a whole replay brings`).toEqual(wanted);
  const [known] = await runs();
  expect(known, name).toMatchObject({ run: run.run, state: 'done' });

  const undone = await inside(here, ['undo', run.run, ...go], place);
  expect(undone, `${name}: ${undone.stdout}${undone.stderr}`).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before), `${name}: what it was`).toEqual(before);
}

/** Kills the process at the boundary with this number, and returns the state. */
export async function killedAt({ here, newLogs, back, replay, go }: Grounds & Killed, at: number): Promise<Moment> {
  await back();
  const logs = await newLogs(`killed-${at}`);
  const { code } = await here.cli([...replay, ...go], { ...KILLER, FUNC_HARDEN_KILL_AT: String(at), ...logs.environment });
  expect(code, `killed at ${at}`).toBeNull();
  return { name: `killed at ${at}`, logs, log: await logs.lines(), azure: await here.state() };
}
