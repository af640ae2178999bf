/** Plans everything that can be fixed without an answer and an answers file: the first half of `plan --safe` and `replay --safe`. */
import type { Invocation } from '../../cli/invocation.ts';
import { mapApps } from '../../engine/concurrency.ts';
import { planSafe, settlePlans, type SafeChoice } from '../../engine/findings/plan-safe.ts';
import { shareValues } from '../../engine/plan/shared-values.ts';
import { preflight, type Preflight } from '../../engine/plan/preflight.ts';
import { driftOf } from '../../engine/past/drift.ts';
import { withoutStops, type Plan } from '../../engine/plan/plan.ts';
import { planTroubles, type Trouble } from '../../engine/run/troubles.ts';
import type { ArmWriter, Connection } from '../../engine/ports.ts';
import type { AnyStep } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { connectWith } from '../connection.ts';
import { plannerFor } from './planner.ts';
import { openApp } from '../open-app.ts';
import { collectGarbageOfRun } from '../memory.ts';
import { circumstances, concurrencyOf, selectedSteps } from '../option-values.ts';
import { planFromFile, readRecordedRuns, type Planned } from './plan-from-file.ts';
import { progressBar } from '../progress-bar.ts';
import { isAnyChosen, parseAppOption, findSelectedApps, selectionTroubles } from '../target-selection.ts';
import { selectionErrors } from '../errors/selection.ts';
import { planErrors } from '../errors/plans.ts';

/** Returns the plans for `plan` and `replay`: from an answers file, or everything safe. @throws UserError */
export async function planWork(invocation: Invocation): Promise<Planned> {
  const { options, args } = invocation;
  if (options.disruptive && !options.safe) throw planErrors.disruptiveWithoutSafe();
  if (!options.safe) return planFromFile(invocation);
  if (args.length > 0) throw planErrors.safeWithFile();
  return planEverythingSafe(invocation);
}

/** Plans everything safe. @throws UserError (exit 3) where no app is selected */
async function planEverythingSafe(invocation: Invocation): Promise<Planned> {
  const { options } = invocation;
  if (!options.app?.length && !isAnyChosen(options)) throw selectionErrors.noAppSelected();
  const [steps, catalogue] = await Promise.all([selectedSteps(invocation), invocation.catalogue()]);
  circumstances(options, {});
  const concurrency = concurrencyOf(options);
  const bar = progressBar(invocation, 'apps planned', options.quiet === true);
  const connection = await connectWith(invocation, bar);
  if (!options.app?.length) collectGarbageOfRun();
  const found = await findSelectedApps(connection, options, parseAppOption(options), invocation.signal);
  const arm = plannerFor(connection, found.targets);
  const rights = preflight(connection.writer);
  const shared = shareValues();
  bar.total(found.targets.length);
  const planNext = async (target: Target): Promise<Plan> => {
    const planned = await planOne(invocation, connection, arm, steps, target, rights);
    bar.step();
    return shared(planned);
  };
  const first = await mapApps(found.targets, concurrency, planNext, invocation.signal);
  bar.end();
  const plans = await settlePlans(first, ({ target }, without) => planOne(invocation, connection, arm, steps, target, rights, without));
  const troubles: Trouble[] = [...selectionTroubles(found), ...plans.flatMap((one) => planTroubles(withoutStops(one)))];
  const runs = plans.some(({ changes }) => changes.length > 0) ? await readRecordedRuns(invocation) : [];
  return { connection, plans, digest: null, drift: driftOf(plans, runs, catalogue), troubles };
}

async function planOne(
  { options }: Invocation,
  { account }: Connection,
  arm: ArmWriter,
  steps: readonly AnyStep[],
  target: Target,
  rights: Preflight,
  without?: ReadonlySet<string>,
): Promise<Plan> {
  const { store } = await openApp(arm, target, steps, undefined);
  const choice: SafeChoice = {
    risks: options.disruptive ? ['safe', 'disruptive'] : ['safe'],
    ...(options.profile ? { profile: options.profile } : {}),
    ...(without ? { without } : {}),
  };
  const by = { ...circumstances(options, {}, account), rights };
  return (await planSafe(steps, store, arm, by, choice)).plan;
}
