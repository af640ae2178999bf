/** One change over many apps in the wizard. Each app is read once; where something is removed, it is planned again from the same facts. */
import type { AnyStep, Decisions, Profile } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { mapLimited } from '../../engine/concurrency.ts';
import { controlDecisions, isPlanned, type BatchApp, type BatchWork, type PlannedApp } from '../../engine/findings/batch.ts';
import { preflight, type Preflight } from '../../engine/plan/preflight.ts';
import { planSafe, settlePlans } from '../../engine/findings/plan-safe.ts';
import { readsOfSteps } from '../../engine/judge/assess.ts';
import type { Circumstances } from '../../engine/judge/circumstances.ts';
import { FactStore } from '../../engine/judge/facts.ts';
import { plan } from '../../engine/plan/plan.ts';
import { withoutRefused } from '../../engine/plan/reservations.ts';
import { ArmFailure, type ArmReader, type Connection } from '../../engine/ports.ts';
import type { BatchOptions } from '../../engine/session.ts';

const CONCURRENCY = 8;

interface BatchGround {
  readonly connection: Connection;
  readonly steps: readonly AnyStep[];
  readonly profile: Profile | undefined;
  /** Returns the earlier decisions for an app. */
  readonly decisionsOf: (target: Target) => Promise<Decisions>;
  readonly around: (decisions: Decisions) => Circumstances;
}

export function createBatchPlanner({ connection, steps, profile, decisionsOf, around }: BatchGround) {
  const stores = new Map<string, FactStore>();

  async function storeOf(target: Target, reader: ArmReader, areas: readonly AnyStep[]): Promise<FactStore> {
    const store = stores.get(target.id) ?? new FactStore(reader, target);
    stores.set(target.id, store);
    await store.load(readsOfSteps(areas));
    return store;
  }

  async function planOne(
    work: BatchWork,
    target: Target,
    reader: ArmReader,
    rights: Preflight,
    without: ReadonlySet<string> = new Set(),
    reserved?: Circumstances['reserved'],
  ): Promise<PlannedApp> {
    const known = await decisionsOf(target);
    const areas = work.kind === 'safe' ? steps : [work.step];
    const store = await storeOf(target, reader, areas);
    const more = { rights, ...(reserved ? { reserved } : {}) };
    if (work.kind === 'safe') {
      const choice = { risks: work.risks, without, ...(profile ? { profile } : {}) };
      return { target, ...(await planSafe(areas, store, connection.writer, { ...around(known), ...more }, choice)) };
    }
    const decided = controlDecisions(work, target, known, without);
    const chosen = areas.filter(({ id }) => decided[id]);
    return { target, plan: await plan(chosen, store, connection.writer, { ...around({ ...known, ...decided }), ...more }), decided };
  }

  /** @throws every error that is not a failure of Azure */
  return async (work: BatchWork, { targets, without, each, signal }: BatchOptions): Promise<void> => {
    if (!without) stores.clear();
    const reader = connection.surveyor();
    const rights = preflight(connection.writer);
    const results = await mapLimited(targets, CONCURRENCY, async (target): Promise<BatchApp | undefined> => {
      if (signal.aborted) return undefined;
      try {
        const app = await planOne(work, target, reader, rights, without?.get(target.id));
        each(app);
        return app;
      } catch (error) {
        if (!(error instanceof ArmFailure)) throw error;
        const app = { target, why: error.message };
        each(app);
        return app;
      }
    });
    if (signal.aborted) return;
    // Apps of one run must require the same values for shared resources.
    const planned = results.filter((app) => app !== undefined).filter(isPlanned);
    const asPlans = planned.map((app) => ({ target: app.target, changes: app.plan.changes, app }));
    type One = (typeof asPlans)[number];
    const anew = async ({ target }: One, left: ReadonlySet<string>, reserved?: Circumstances['reserved']): Promise<One> => {
      const app = await planOne(work, target, reader, rights, new Set([...(without?.get(target.id) ?? []), ...left]), reserved);
      each(app);
      return { target, changes: app.plan.changes, app };
    };
    const settled = await settlePlans(asPlans, (one, left) => anew(one, left));
    await withoutRefused(settled, (one, reserved) => anew(one, new Set(), reserved));
  };
}
