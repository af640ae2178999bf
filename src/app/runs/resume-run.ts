/** The remaining work of an interrupted run, for the command and the wizard. */
import type { Invocation } from '../../cli/invocation.ts';
import type { RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { mapLimited } from '../../engine/concurrency.ts';
import { invalidAnswerIn } from '../../engine/judge/contradictions.ts';
import { plan, type Plan } from '../../engine/plan/plan.ts';
import { preflight } from '../../engine/plan/preflight.ts';
import type { Connection } from '../../engine/ports.ts';
import { notCalledBefore, resolveOpenChanges, type Resumption, type ResolvedChange } from '../../engine/past/resume.ts';
import { creationsOf, ofSameApp, type Creations } from '../../engine/past/created-since.ts';
import { planUndo } from '../../engine/past/plan-undo.ts';
import { groupByApp } from '../../engine/past/undo-order.ts';
import { appendTo, readRun } from '../../files/undo-log/journal.ts';
import { circumstances, concurrencyOf } from '../option-values.ts';
import { refuseDamaged } from './undo-run.ts';
import { collectGarbageOfRun } from '../memory.ts';
import { openApp } from '../open-app.ts';
import { keepApproved } from '../plans/saved-plans.ts';
import { stateOf } from '../state-place.ts';
import { runErrors } from '../errors/runs.ts';

/** Finds out the results that are not known, then plans the remaining work. @throws UserError where another process works on the run */
export async function planResumption(invocation: Invocation, connection: Connection, recorded: RecordedRun): Promise<Resumption> {
  refuseDamaged(recorded, invocation.options.despiteDamage);
  const { settled, creations } = await settleUnderLock(invocation, connection, recorded);
  const entries = settled.flatMap((one) => one.entries);
  const { undoes, only, overwrite, work = [], targets } = recorded.start;
  if (undoes !== undefined) {
    const original = await readRun(stateOf(invocation), undoes);
    if (!original) throw runErrors.originalMissing({ run: recorded.run, undoes });
    refuseDamaged(original, invocation.options.despiteDamage);
    const undo = await planUndo(original, connection.writer, {
      ...(only ? { only } : {}),
      overwrite: overwrite ?? false,
      concurrency: concurrencyOf(invocation.options),
      signal: invocation.signal,
    });
    return { settled, entries, apps: groupByApp(undo), plans: [], undo: { run: undoes, plan: undo } };
  }
  if (work.length === 0) throw runErrors.noPlannedChanges({ run: recorded.run });
  refuseOtherAreas(recorded, invocation);
  const open = work.flatMap((one) => targets.filter(({ id }) => id === one.target).map((target) => ({ ...one, target })));
  const rights = preflight(connection.writer);
  collectGarbageOfRun(open.length);
  const plans = await mapLimited(open, concurrencyOf(invocation.options), ({ target, ...own }) => replan(target, own), invocation.signal);
  const apps = plans.filter(({ changes }) => changes.length > 0).map(({ target, changes, work: own }) => ({ target, changes, work: own }));
  return { settled, entries, apps, plans };

  async function replan(target: Plan['target'], { decisions, beside, profile, requests }: Omit<Plan['work'], 'target'>): Promise<Plan> {
    const catalogue = await invocation.catalogue();
    const invalid = invalidAnswerIn({ ...beside, ...decisions }, catalogue);
    if (invalid !== undefined) throw runErrors.invalidWork({ run: recorded.run, invalid });
    const steps = catalogue.filter(({ id }) => decisions[id]);
    const { store } = await openApp(connection.writer, target, steps, undefined);
    const by = { ...circumstances(invocation.options, { ...beside, ...decisions }, connection.account), rights };
    const next = await plan(steps, store, connection.writer, by, profile);
    const { work: own, ...approved } = await keepApproved({ ...next, changes: next.changes.filter(notCalledBefore(recorded)) }, requests);
    return ofSameApp({ ...approved, work: requests ? { ...own, requests } : own }, creations);
  }
}

/** Checks that the areas from outside this repository are the same code. @throws UserError (exit 64) */
function refuseOtherAreas({ run, start }: RecordedRun, { controls }: Invocation): void {
  if (!start.controls || start.controls.digest === controls?.digest) return;
  throw runErrors.otherAreas({ run, used: start.controls.digest, given: controls?.digest });
}

/** Finds out the open results and closes the run with them, so that its known changes can be undone. */
export async function settleOnly(
  invocation: Invocation,
  connection: Connection,
  recorded: RecordedRun,
): Promise<{ readonly settled: readonly ResolvedChange[]; readonly known: RecordedRun }> {
  refuseDamaged(recorded, invocation.options.despiteDamage);
  const { settled } = await settleUnderLock(invocation, connection, recorded);
  if (invocation.options.dryRun || recorded.end) return { settled, known: recorded };
  const state = stateOf(invocation);
  const release = await state.locks.holdRun(recorded.run);
  try {
    for (const entry of settled.flatMap((one) => one.entries)) await appendTo(state, recorded.run, entry);
    const known = (await readRun(state, recorded.run)) ?? recorded;
    const having = (state: RecordedChange['state']) => known.changes.filter((one) => one.state === state).length;
    await appendTo(state, recorded.run, {
      type: 'run-end',
      at: invocation.clock.now().toISOString(),
      applied: having('applied'),
      verified: known.changes.filter(({ verified }) => verified?.state === 'shown').length,
      failed: having('failed'),
      skipped: 0,
      state: 'stopped',
    });
    return { settled, known };
  } finally {
    await release();
  }
}

/** Whether no living process works on the apps of a run. It does not wait for an abandoned lease; the run is offered the next time. */
export async function isFree(invocation: Invocation, { run, start }: RecordedRun): Promise<boolean> {
  const { locks } = stateOf(invocation);
  try {
    for (const target of start.targets) await (await locks.hold(target, run, { isPatient: false }))();
    return true;
  } catch {
    return false;
  }
}

async function settleUnderLock(
  invocation: Invocation,
  { reader }: Connection,
  recorded: RecordedRun,
): Promise<{ readonly settled: readonly ResolvedChange[]; readonly creations: Creations }> {
  const { locks } = stateOf(invocation);
  const releases = await Promise.all(recorded.start.targets.map((target) => locks.hold(target, recorded.run)));
  try {
    const creations = await creationsOf(recorded, recorded.start.targets, reader, concurrencyOf(invocation.options), invocation.signal);
    return { settled: await resolveOpenChanges(recorded, reader, invocation.clock, creations), creations };
  } finally {
    await Promise.all(releases.map((release) => release()));
  }
}
