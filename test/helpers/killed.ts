/** A replay that is killed on its way, and what has to be true after it. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { State } from '../../src/emulator/state.ts';
import { readRuns } from '../../src/files/journal.ts';
import { inside } from './inside.ts';
import { withoutOneWay } from './states.ts';
import type { World } from './world.ts';

const KILLER = { NODE_OPTIONS: `--require=${join(import.meta.dirname, 'killer.cjs')}` };

/** A replay: its own arguments, and what resume and undo are given as well. */
export interface Killed {
  readonly replay: readonly string[];
  readonly go: readonly string[];
}

/** Does the whole replay, and says at which boundaries it could have been killed. */
export async function boundariesOf(here: World, { replay, go }: Killed): Promise<string[]> {
  const names = join(here.folder, 'boundaries.json');
  const whole = await here.cli([...replay, ...go], { ...KILLER, FUNC_HARDEN_KILL_COUNT: names });
  expect(whole, whole.stderr).toMatchObject({ code: 0 });
  return JSON.parse(await readFile(names, 'utf8')) as string[];
}

/** Killed at one boundary: resume brings what the whole replay brings, undo what was there before. */
export async function killedAt(here: World, what: Killed, at: number, name: string, before: State, wanted: State): Promise<void> {
  const { replay, go } = what;
  await fetch(`${here.endpoint}/_emulator/reset`, { method: 'POST', headers: { authorization: `Bearer ${here.accessToken}` } });
  const state = join(here.folder, `state-${at}`);
  await mkdir(state);
  const place = { XDG_STATE_HOME: state };
  const { code } = await here.cli([...replay, ...go], { ...KILLER, FUNC_HARDEN_KILL_AT: String(at), ...place });
  expect(code, `${name}: killed`).toBeNull();
  const [run] = await readRuns(join(state, 'func-harden'));
  // Before the first line is on disk nothing is begun, and nothing was sent.
  if (!run) return expect(withoutOneWay(await here.state(), before), name).toEqual(before);

  const resumed = await inside(here, ['resume', run.run, ...go], place);
  expect(resumed, `${name}: ${resumed.stdout}${resumed.stderr}`).toMatchObject({ code: 0 });
  expect(await here.state(), `${name}: what a whole replay brings`).toEqual(wanted);
  const [known] = await readRuns(join(state, 'func-harden'));
  expect(known, name).toMatchObject({ run: run.run, state: 'done' });

  const undone = await inside(here, ['undo', run.run, ...go], place);
  expect(undone, `${name}: ${undone.stdout}${undone.stderr}`).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before), `${name}: what it was`).toEqual(before);
}
