/** A replay that is killed at every boundary of its journal and of its writes: resume completes it, undo takes it back. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRuns } from '../../src/files/journal.ts';
import type { State } from '../../src/emulator/state.ts';
import { inside } from '../helpers/inside.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { world, type World } from '../helpers/world.ts';

/** Every kind of write: PATCH, a list replaced whole, a resource made, a secret, and what waits for what. */
const ANSWERS = `version: 1
apps:
  fn-orders:
    steps:
      https: { decision: apply, answers: { minTls: "1.2", scmMinTls: "1.2" } }
      deployment-credentials: { controls: { scm: { decision: apply } } }
  fn-events:
    steps:
      key-vault:
        answers: { vault: kv-events, settings: [ServiceBus] }
        controls: { references: { decision: apply } }
`;
const GO = ['--yes', '--confirm', 'fn-orders', '--confirm', 'fn-events'];
const KILLER = { NODE_OPTIONS: `--require=${join(import.meta.dirname, '..', 'helpers', 'killer.cjs')}` };

/** Starts the replay and lets it be killed there; whether it was. */
async function killedAt(here: World, file: string, at: number, state: string): Promise<boolean> {
  const { code } = await here.cli(['replay', file, ...GO], { ...KILLER, FUNC_HARDEN_KILL_AT: String(at), XDG_STATE_HOME: state });
  return code === null;
}

test('killed anywhere, resumed, taken back: not one case is lost', { timeout: 600_000 }, async () => {
  const worlds = await Promise.all([world(), world()]);
  const [first] = worlds;
  const file = join(first.folder, 'answers.yaml');
  await writeFile(file, ANSWERS);
  const before = await first.state();
  const names = join(first.folder, 'boundaries.json');
  const whole = await first.cli(['replay', file, ...GO], { ...KILLER, FUNC_HARDEN_KILL_COUNT: names });
  expect(whole, whole.stderr).toMatchObject({ code: 0 });
  const boundaries = JSON.parse(await readFile(names, 'utf8')) as string[];
  expect(
    boundaries.filter((name) => /^before (PATCH|PUT)/.test(name)),
    'every write has its boundaries',
  ).toHaveLength(7);
  const wanted = await first.state();

  let next = 1;
  const worker = async (here: World) => {
    for (let at = next++; at <= boundaries.length; at = next++)
      await oneCase(here, file, at, `${at} of ${boundaries.length}, ${boundaries[at - 1]}`, before, wanted);
  };
  await Promise.all(worlds.map(worker));
});

async function oneCase(here: World, file: string, at: number, name: string, before: State, wanted: State): Promise<void> {
  await fetch(`${here.endpoint}/_emulator/reset`, { method: 'POST' });
  const state = join(here.folder, `state-${at}`);
  await mkdir(state);
  const place = { XDG_STATE_HOME: state };
  expect(await killedAt(here, file, at, state), `${name}: killed`).toBe(true);
  const [run] = await readRuns(join(state, 'func-harden'));
  // Before the first line is on disk nothing is begun, and nothing was sent.
  if (!run) return expect(withoutOneWay(await here.state(), before), name).toEqual(before);

  const resumed = await inside(here, ['resume', run.run, ...GO], place);
  expect(resumed, `${name}: ${resumed.stdout}${resumed.stderr}`).toMatchObject({ code: 0 });
  expect(await here.state(), `${name}: what a whole replay brings`).toEqual(wanted);
  const [known] = await readRuns(join(state, 'func-harden'));
  expect(known, name).toMatchObject({ run: run.run, state: 'done' });

  const undone = await inside(here, ['undo', run.run, ...GO], place);
  expect(undone, `${name}: ${undone.stdout}${undone.stderr}`).toMatchObject({ code: 0 });
  expect(withoutOneWay(await here.state(), before), `${name}: what it was`).toEqual(before);
}
