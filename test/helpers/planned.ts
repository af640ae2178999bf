/** Plans changes of the bad app of the tables, on a state that a test changes first. */
import { catalogue } from '../../steps/index.ts';
import { OPERATOR_ID } from '../../src/emulator/access/roles.ts';
import type { PlanName } from '../../src/emulator/web/sites.ts';
import { keyOf, type SiteRecord, type State } from '../../src/emulator/state.ts';
import { readsOfSteps } from '../../src/engine/judge/assess.ts';
import { FactStore } from '../../src/engine/judge/facts.ts';
import { plan, type Plan } from '../../src/engine/plan/plan.ts';
import type { Json } from '../../src/azure/index.ts';
import type { AnyStep } from '../../src/contract/index.ts';
import { answersOn, seed, siteId, targetOf } from './hostings.ts';
import { world } from './world.ts';

export interface Planning {
  readonly plan: PlanName;
  readonly linux?: boolean;
  /** Full ids of the controls to change. */
  readonly controls: readonly string[];
  /** Ids of the areas that are applied as a whole. */
  readonly whole?: readonly string[];
  /** Answers by area, in addition to the usual ones. */
  readonly answers?: Readonly<Record<string, Record<string, Json>>>;
  readonly change?: (state: State, site: SiteRecord) => void;
  /** The slot that is changed, in place of production; `change` makes it. */
  readonly slot?: string;
  /** The end of a path that may not be read. */
  readonly unreadable?: string;
  /** Areas besides those of the catalog. */
  readonly more?: readonly AnyStep[];
}

export async function plannedOn({
  plan: plans,
  linux = false,
  controls,
  whole = [],
  answers = {},
  change,
  slot,
  unreadable,
  more = [],
}: Planning): Promise<Plan> {
  const here = await world({
    seed: () => {
      const state = seed(plans, linux);
      change?.(state, state.sites[keyOf(siteId('fn-bad'))]!);
      return state;
    },
  });
  if (unreadable !== undefined)
    await here.faults([
      { method: 'GET', path: unreadable, times: 99, status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No' } } },
    ]);
  const { reader, writer } = await here.connection();
  const app = targetOf('fn-bad');
  const target = slot === undefined ? app : { ...app, id: `${app.id}/slots/${slot}`, slot, label: `${app.label}/${slot}` };
  const store = new FactStore(reader, target);
  const areas = [...new Set([...whole, ...controls.map((id) => id.split('.')[0] ?? '')])];
  const steps = [...catalogue, ...more].filter(({ id }) => areas.includes(id));
  await store.load(readsOfSteps(steps));
  const decisionOf = (area: string) => ({
    ...(whole.includes(area) ? { decision: { decision: 'apply' as const } } : {}),
    answers: { ...answersOn(plans)[area], ...answers[area] },
    controls: Object.fromEntries(
      controls.filter((id) => id.startsWith(`${area}.`)).map((id) => [id.slice(area.length + 1), { decision: 'apply' as const }]),
    ),
  });
  return plan(steps, store, writer, {
    decisions: Object.fromEntries(areas.map((area) => [area, decisionOf(area)])),
    today: '2026-11-24',
    me: OPERATOR_ID,
  });
}

/** Returns the messages of a plan's guards, including those of stopped controls; with a name, those of one guard. */
export const notesOf = ({ blocked, changes }: Plan, id?: string) =>
  [...blocked, ...changes.flatMap(({ guards }) => guards)].filter((note) => id === undefined || note.id === id);
