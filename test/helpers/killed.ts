/** A replay that is killed on its way, and what has to be true after it. */
import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { State } from '../../src/emulator/state.ts';
import { readRuns } from '../../src/files/journal.ts';
import { inside } from './inside.ts';
import { withoutOneWay } from './states.ts';
import { BIN, QUICK, world, type World } from './world.ts';

const KILLER = { NODE_OPTIONS: `${QUICK.NODE_OPTIONS} --require=${JSON.stringify(join(import.meta.dirname, 'killer.cjs'))}` };

/** A replay: its own arguments, and what resume and undo are given as well. */
export interface Killed {
  readonly replay: readonly string[];
  readonly go: readonly string[];
}

/** What a kill leaves: the undo log on disk, and Azure. */
export interface Moment {
  readonly name: string;
  readonly stateHome: string;
  /** The lines of the undo log. */
  readonly log: readonly string[];
  readonly azure: State;
}

export interface Grounds {
  readonly here: World;
  readonly before: State;
  /** What a whole replay brings. */
  readonly wanted: State;
  /** One for each boundary where the process could be killed; the same one twice where nothing moved in between. */
  readonly moments: readonly Moment[];
  /** Of the boundaries. */
  readonly names: readonly string[];
  /** Puts Azure back to what it was. */
  back(azure?: State): Promise<void>;
}

/** Does the whole replay once, and keeps what stands on disk and in Azure at each boundary where it could be killed. */
export async function recorded(
  scenario: Parameters<typeof world>[0],
  what: (folder: string) => Promise<Killed>,
): Promise<Grounds & Killed> {
  let now: State | undefined;
  const whole = await world(scenario);
  const before = await whole.state();
  const here = await world({ seed: () => structuredClone(now ?? before) });
  const killed = await what(here.folder);
  const { state, ...kept } = await done(here, killed);
  const back = async (azure: State = before) => {
    now = azure;
    await fetch(`${here.endpoint}/_emulator/reset`, { method: 'POST' });
  };
  return { ...killed, here, before, wanted: state, ...kept, back };
}

async function done(here: World, { replay, go }: Killed): Promise<{ state: State; moments: Moment[]; names: string[] }> {
  const stateHome = join(here.folder, 'whole');
  await mkdir(stateHome);
  const environment = { ...process.env, ...KILLER, FUNC_HARDEN_ACCESS_TOKEN: here.accessToken, FUNC_HARDEN_ARM_ENDPOINT: here.endpoint };
  const child = spawn(process.execPath, [BIN, ...replay, ...go], {
    env: { ...environment, XDG_STATE_HOME: stateHome },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const moments: Moment[] = [];
  const names: string[] = [];
  for await (const name of createInterface(child.stdio[3] as Readable)) {
    const [number, log, azure] = [moments.length + 1, await linesIn(stateHome), await here.state()];
    const last = moments.at(-1);
    if (last && isDeepStrictEqual([last.log, last.azure], [log, azure])) moments.push(last);
    else {
      const place = join(here.folder, `moment-${number}`);
      await cp(stateHome, place, { recursive: true });
      moments.push({ name: `${number}, ${name}`, stateHome: place, log, azure });
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

/** From what a kill left: resume brings what the whole replay brings, undo what was there before. */
export async function goesOnFrom({ here, before, wanted, back, go }: Grounds & Killed, { name, stateHome, azure }: Moment): Promise<void> {
  await back(azure);
  const place = { XDG_STATE_HOME: stateHome };
  const [run] = await readRuns(join(stateHome, 'func-harden'));
  // Before the first line is on disk nothing is begun, and nothing was sent.
  if (!run) return expect(withoutOneWay(await here.state(), before), name).toEqual(before);

  const resumed = await inside(here, ['resume', run.run, ...go], place);
  expect(resumed, `${name}: ${resumed.stdout}${resumed.stderr}`).toMatchObject({ code: 0 });
  expect(await here.state(), `${name}: what a whole replay brings`).toEqual(wanted);
  const [known] = await readRuns(join(stateHome, 'func-harden'));
  expect(known, name).toMatchObject({ run: run.run, state: 'done' });

  const undone = await inside(here, ['undo', run.run, ...go], place);
  expect(undone, `${name}: ${undone.stdout}${undone.stderr}`).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before), `${name}: what it was`).toEqual(before);
}

/** Really killed at the boundary with this number, and what that left. */
export async function killedAt({ here, back, replay, go }: Grounds & Killed, at: number): Promise<Moment> {
  await back();
  const stateHome = join(here.folder, `killed-${at}`);
  await mkdir(stateHome);
  const { code } = await here.cli([...replay, ...go], { ...KILLER, FUNC_HARDEN_KILL_AT: String(at), XDG_STATE_HOME: stateHome });
  expect(code, `killed at ${at}`).toBeNull();
  return { name: `killed at ${at}`, stateHome, log: await linesIn(stateHome), azure: await here.state() };
}
