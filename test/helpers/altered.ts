/** The bad app alone in a subscription, changed as a test needs it, and its verdicts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OPERATOR_ID } from '../../src/emulator/access/roles.ts';
import type { PlanName } from '../../src/emulator/web/sites.ts';
import { keyOf, type JsonObject, type SiteRecord, type State } from '../../src/emulator/state.ts';
import { assess, readsOfSteps, type ControlState } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { plan, type Plan } from '../../src/engine/plan/plan.ts';
import type { Json } from '../../src/azure/index.ts';
import { catalogue } from '../../steps/index.ts';
import { GROUP, seed, siteId, targetOf } from './hostings.ts';
import { inside } from './inside.ts';
import { world, type Outcome, type World } from './world.ts';

export const STORAGE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stfnbad`;
export const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-bad`;
const BAD = siteId('fn-bad');

export const membersOf = (state: State, id: string): JsonObject => state.resources[keyOf(id)]!['properties'] as JsonObject;

export interface Altered {
  readonly here: World;
  /** `state, current value` of one control, and its lines. */
  judged(control: string, answers?: Record<string, Json>): Promise<ControlState>;
  planned(controls: readonly string[], answers?: Record<string, Record<string, Json>>, more?: { readonly myIp?: string }): Promise<Plan>;
  /** Replays changes of these controls with the command, and returns the outcome. */
  replayed(controls: readonly string[], answers?: Record<string, Record<string, Json>>): Promise<Outcome>;
  settings(): Promise<Record<string, string>>;
}

export async function altered(change: (state: State, site: SiteRecord) => void, on: PlanName = 'P1v3', linux = false): Promise<Altered> {
  const here = await world({
    seed: () => {
      const state = seed(on, linux);
      change(state, state.sites[keyOf(BAD)]!);
      return state;
    },
  });
  const { writer } = await here.connection();
  const stepsOf = (controls: readonly string[]) => catalogue.filter(({ id }) => controls.some((one) => one.startsWith(`${id}.`)));
  const read = async (controls: readonly string[]) => {
    const store = new FactStore(writer, targetOf('fn-bad'));
    await store.load(readsOfSteps(stepsOf(controls)));
    return store;
  };
  return {
    here,
    async judged(control, answers = {}) {
      const [area, name] = control.split('.') as [string, string];
      // Only what the control itself declares is read: a control that reads more fails here.
      const steps = stepsOf([control]).map((step) => ({ ...step, controls: step.controls.filter(({ id }) => id === name) }));
      const store = new FactStore(writer, targetOf('fn-bad'));
      await store.load(readsOfSteps(steps));
      const decisions = { [area]: { answers, controls: {} } };
      return assess(steps, store, writer, { decisions, today: '2026-11-24' })[0]!.controls[0]!;
    },
    async planned(controls, answers = {}, more = {}) {
      const decisions = Object.fromEntries(
        stepsOf(controls).map(({ id }) => [
          id,
          {
            answers: answers[id] ?? {},
            controls: Object.fromEntries(
              controls.flatMap((one) => (one.startsWith(`${id}.`) ? [[one.slice(id.length + 1), { decision: 'apply' as const }]] : [])),
            ),
          },
        ]),
      );
      return plan(stepsOf(controls), await read(controls), writer, { decisions, today: '2026-11-24', me: OPERATOR_ID, ...more });
    },
    async replayed(controls, answers = {}) {
      const file = join(here.folder, 'answers.yaml');
      const steps = Object.fromEntries(
        stepsOf(controls).map(({ id }) => [
          id,
          {
            answers: answers[id] ?? {},
            controls: Object.fromEntries(
              controls.flatMap((one) => (one.startsWith(`${id}.`) ? [[one.slice(id.length + 1), { decision: 'apply' }]] : [])),
            ),
          },
        ]),
      );
      // JSON is YAML as well.
      await writeFile(file, JSON.stringify({ version: 1, apps: { 'fn-bad': { steps } } }));
      return inside(here, ['replay', file, '--yes', '--confirm', 'fn-bad']);
    },
    settings: async () => (await here.state()).sites[keyOf(BAD)]!.appSettings,
  };
}

/** Returns all guard messages of a plan, with the level first. */
export const notesOf = ({ blocked, changes }: Plan): string[] =>
  [...blocked, ...changes.flatMap(({ guards }) => guards)].map(({ level, says }) => `${level}: ${says}`);
