/** Undo logs of the first version: each is shown, resumed and undone. */
import { copyFile, mkdir, readdir, readFile, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contoso } from '../../src/emulator/samples/contoso.ts';
import { GONE } from '../../src/emulator/samples/sample-apps.ts';
import type { State } from '../../src/emulator/state.ts';
import { cloud, type Cloud } from '../helpers/in-process.ts';
import { withoutOneWay } from '../helpers/states.ts';
import { temporaryFolder } from '../helpers/world.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'undo-log-1');
const confirmed = (name: string) => [
  '--yes',
  ...(name === 'areas' ? ['fn-orders', 'fn-events'] : ['fn-orders']).flatMap((app) => ['--confirm', app]),
];
const json = async (...place: string[]) => JSON.parse(await readFile(join(FIXTURES, ...place), 'utf8')) as Partial<State>;

/** The subscription before the runs, in the current format. */
const seed = async (): Promise<State> => ({ ...contoso(), ...(await json('seed.json')) });

async function opened(name: string, change: (state: State) => void = () => {}): Promise<{ here: Cloud; runs: string[]; before: State }> {
  const before = await seed();
  const state = structuredClone(before) as unknown as Record<string, Record<string, unknown>>;
  for (const [part, records] of Object.entries(await json(name, 'state.json')))
    for (const [id, record] of Object.entries(records as object)) {
      if (record === null) delete state[part]?.[id];
      else state[part] = { ...state[part], [id]: record as unknown };
    }
  change(state as unknown as State);
  const folder = await temporaryFolder();
  const journal = join(folder, 'state', 'journal');
  await mkdir(journal, { recursive: true, mode: 0o700 });
  const logs = (await readdir(join(FIXTURES, name))).filter((file) => file.endsWith('.jsonl')).toSorted();
  for (const log of logs) {
    await copyFile(join(FIXTURES, name, log), join(journal, log));
    await chmod(join(journal, log), 0o600);
  }
  return { here: cloud(state as unknown as State, folder), runs: logs.map((log) => log.slice(0, -6)), before };
}

const counted = (states: readonly string[]): string =>
  [...new Set(states)].map((state) => `${states.filter((one) => one === state).length} ${state}`).join(', ');

interface Case {
  readonly name: string;
  /** The states of the changes in the history, for each run. */
  readonly states: readonly string[];
  /** The run that is resumed, and the exit code. */
  readonly resumes?: { readonly nth: number; readonly code: number };
  /** The exit code of the undo of the first run, and whether it restores all values. */
  readonly undo: number;
  readonly isBack: boolean;
}

const CASES: readonly Case[] = [
  { name: 'areas', states: ['44 applied'], undo: 0, isBack: true },
  { name: 'failed', states: ['1 applied, 1 failed'], undo: 0, isBack: true },
  { name: 'vault', states: ['5 applied'], undo: 0, isBack: true },
  { name: 'calls', states: ['3 applied'], undo: 0, isBack: false },
  { name: 'cut-off', states: ['1 unknown'], resumes: { nth: 0, code: 0 }, undo: 0, isBack: true },
  { name: 'cut-off-unsent', states: ['1 applied, 1 unknown'], resumes: { nth: 0, code: 0 }, undo: 0, isBack: true },
  { name: 'cut-off-secret', states: ['3 applied, 1 unknown'], resumes: { nth: 0, code: 0 }, undo: 0, isBack: true },
  { name: 'cut-off-reference', states: ['4 applied, 1 unknown'], resumes: { nth: 0, code: 0 }, undo: 0, isBack: true },
  { name: 'undone', states: ['5 undone, 2 applied', '5 applied'], undo: 0, isBack: true },
  { name: 'part', states: ['2 applied', '1 applied'], undo: 5, isBack: false },
  { name: 'undo-cut-off', states: ['7 applied', '1 unknown'], resumes: { nth: 1, code: 0 }, undo: 0, isBack: true },
];

describe.each(CASES)('$name', ({ name, states, resumes, undo, isBack }) => {
  test('is shown', async () => {
    const { here, runs } = await opened(name);
    const { code, stdout } = await here.command('history', '--json');
    expect(code).toBe(0);
    const shown = (JSON.parse(stdout) as { runs: { run: string; changes: { state: string }[] }[] }).runs.toReversed();
    expect(shown.map(({ run }) => run)).toEqual(runs);
    expect(shown.map(({ changes }) => counted(changes.map(({ state }) => state)))).toEqual(states);
    for (const run of runs) expect((await here.command('history', run)).code).toBe(0);
  });

  test('is undone', async () => {
    const { here, runs, before } = await opened(name);
    const taken = await here.command('undo', runs[0]!, ...confirmed(name));
    expect(taken.code, taken.stderr + taken.stdout).toBe(undo);
    // The role of a deleted principal is not assigned again.
    for (const [id, one] of Object.entries(name === 'areas' ? before.resources : {}))
      if ((one['properties'] as Record<string, unknown>)['principalId'] === GONE) delete before.resources[id];
    const now = withoutOneWay(here.state(), before);
    if (isBack) expect(now).toEqual(before);
    const sent = here.writes.length;
    expect((await here.command('undo', runs[0]!, ...confirmed(name))).code, 'a second time').toBe(undo === 5 ? 5 : 0);
    expect(here.writes.length).toBe(sent);
  });

  if (resumes)
    test('is resumed, and then undone', async () => {
      const { here, runs, before } = await opened(name);
      const resumed = await here.command('resume', runs[resumes.nth]!, ...confirmed(name));
      expect(resumed.code, resumed.stderr + resumed.stdout).toBe(resumes.code);
      if (resumes.nth === 0) expect((await here.command('undo', runs[0]!, ...confirmed(name))).code).toBe(undo);
      expect(withoutOneWay(here.state(), before)).toEqual(before);
    });
});

test('a rotated secret is recognized by its digest', async () => {
  const { here, runs } = await opened('vault');
  const same = await here.command('undo', runs[0]!, '--dry-run');
  const says = 'It differs from the value before the run';
  expect(same.stdout.replaceAll(/\s+/g, ' ')).not.toContain(says);
  const rotated = await opened('vault', ({ resources }) => {
    for (const [id, one] of Object.entries(resources))
      if (/\/secrets\//.test(id)) one['properties'] = { ...(one['properties'] as object), value: 'rotated-Zq7x' };
  });
  const { stdout } = await rotated.here.command('undo', runs[0]!, '--dry-run');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(says);
  expect(stdout).not.toContain('rotated-Zq7x');
});
