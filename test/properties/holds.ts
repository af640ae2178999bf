/** What holds of every answers file that the wizard can write; the files beside this one try it over generated apps. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { INTERNAL_ERROR } from '../../src/engine/errors.ts';
import type { State } from '../../src/emulator/state.ts';
import { catalogue } from '../../steps/index.ts';
import { cloud, type Cloud } from '../helpers/in-process.ts';
import type { GeneratedApp } from '../helpers/generated.ts';
import { siteId } from '../helpers/hostings.ts';
import { cases, seedOf } from '../helpers/random-cases.ts';
import { withoutOneWay, withoutStandIns } from '../helpers/states.ts';
import { runName } from '../helpers/world.ts';
import { applyQueue, enterThroughout, openOnly, walk } from './wizard-walk.ts';

export const ALL = catalogue.map(({ id }) => id);
/** Options of fast-check for a few random cases in each run, or many in a long run. */
export const runs = (few: number, many: number) => ({ numRuns: cases(few, many), seed: seedOf(16), endOnFailure: true });

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  // In memory if possible, because each line of the undo log is flushed to disk.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'func-harden properties '));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Judged {
  readonly state: string;
  readonly severity: string;
}

async function audit(here: Cloud, app: string, areas: readonly string[], file?: string): Promise<Record<string, Judged>> {
  const given = [...areas.flatMap((area) => ['--step', area]), ...(file ? ['--answers', file] : [])];
  const { stdout, stderr } = await here.command('audit', '--app', app, ...given, '--json');
  expect(stderr).not.toContain(INTERNAL_ERROR);
  const { apps } = JSON.parse(stdout) as { apps: { steps: { controls: (Judged & { id: string })[] }[] }[] };
  return Object.fromEntries(apps.flatMap(({ steps }) => steps.flatMap(({ controls }) => controls.map((one) => [one.id, one]))));
}

const statesOf = (judged: Readonly<Record<string, Judged>>): Record<string, string> =>
  Object.fromEntries(Object.entries(judged).map(([id, { state }]) => [id, state]));

/** A state as JSON, without undefined members. */
const comparable = (state: State): unknown => JSON.parse(JSON.stringify(state));

export async function holds({ name, state }: GeneratedApp, areas: readonly string[] = ALL): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'answers.yaml');
    const here = cloud(state(), folder);
    const before = await audit(here, name, areas);
    const wizard = await walk(here);
    await openOnly(wizard);
    await enterThroughout(wizard, areas);
    // The preview of the queue leaves out changes that a guard stops.
    await wizard.keys('g', 'escape');
    if (!existsSync(file)) return;

    // Before the first change: the file is complete, and no control passes only because of an answer.
    const planned = await here.command('plan', file, '--json');
    expect([0, 2], planned.stderr).toContain(planned.code);
    const changing = new Set((JSON.parse(planned.stdout) as { changes: { controls: string[] }[] }).changes.flatMap((one) => one.controls));
    const answered = await audit(here, name, areas, file);
    for (const [id, { state: was }] of Object.entries(before))
      if (was !== 'pass') expect([id, answered[id]?.state]).not.toEqual([id, 'pass']);

    await applyQueue(wizard);
    const reached = comparable(here.state());
    await wizard.keys('escape');
    const shown = Object.fromEntries(
      wizard.store
        .state()
        .open!.steps.filter(({ step }) => areas.includes(step.id))
        .flatMap(({ controls }) => controls.map((control) => [control.id, control.state])),
    );
    expect(statesOf(await audit(here, name, areas, file)), 'the audit says what the wizard says').toEqual(shown);
    const strictly = await audit(here, name, areas);
    for (const [id, { state: was, severity }] of Object.entries(before))
      if (was === 'fail' && severity !== 'low' && shown[id] === 'pass' && !changing.has(id))
        expect([id, strictly[id]?.state], 'what passes without a change of its own passes without answers').toEqual([id, 'pass']);

    // The same file on the original app.
    const again = cloud(state(), join(folder, 'again'));
    const replay = await again.command('replay', file, '--yes', '--confirm', name);
    expect(replay.code, replay.stderr + replay.stdout).toBe(0);
    expect(comparable(again.state()), 'a replay reaches what the wizard reached').toEqual(reached);
    const sent = again.writes.length;
    const second = await again.command('replay', file, '--yes', '--confirm', name);
    expect([second.code, again.writes.length], second.stderr + second.stdout).toEqual([0, sent]);
    expect(second.stdout.trimEnd().split('\n').at(-1)).toMatch(/^NOTHING TO DO/);

    if (sent === 0) return;
    const untouched = cloud(state(), folder);
    const start = untouched.shown(siteId(name));
    const undo = await again.command('undo', runName(replay), '--yes', '--confirm', name);
    expect(undo.code, undo.stderr + undo.stdout).toBe(0);
    expect(withoutStandIns(again.shown(siteId(name)), start), 'undo returns to the start').toEqual(start);
    const [resources, first] = [withoutOneWay(again.state(), untouched.state()).resources, untouched.state().resources];
    expect(resources, 'undo takes away what was made').toEqual(first);
  });
}
