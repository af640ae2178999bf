import type { CommandModule } from '../cli/invocation.ts';
import { EXIT, UserError, worst } from '../engine/errors.ts';
import { endingWithoutRun } from '../engine/run/outcome.ts';
import { inputCode, troubleCode } from '../engine/run/troubles.ts';
import { planJson } from '../report/plan-json.ts';
import { driftLines } from '../view/drift-lines.ts';
import { plansLines, savedPlanLines } from '../view/plan-lines.ts';
import { approve, canaryOf, checkCanary, executeRun } from '../app/runs/execute.ts';
import { printTroubles } from '../app/plans/plan-from-file.ts';
import { planWork } from '../app/plans/plan-safe.ts';
import { checkPlanOptions, planFromSaved, sealPlan } from '../app/plans/saved-plans.ts';
import { checkConfirmed, concurrencyOf } from '../app/option-values.ts';
import { print } from '../app/delivery.ts';
import { printOut } from '../view/print-lines.ts';
import { closesWithWord, eventPrinter, printClosing, printHeld, runEndJson } from '../app/runs/run-summary.ts';

export const run: CommandModule['run'] = closesWithWord('replay', async (invocation) => {
  const { io, options } = invocation;
  const canary = canaryOf(invocation);
  checkPlanOptions(invocation);
  const saved = options.plan === undefined ? undefined : await planFromSaved(invocation);
  const planned = saved ?? (await planWork(invocation));
  const { connection, plans, digest, drift } = planned;
  const moved = saved?.moved ?? [];
  const troubles = [...planned.troubles, ...moved];
  const apps = plans.filter(({ changes }) => changes.length > 0).map(({ target, changes, work }) => ({ target, changes, work }));
  const proof = saved ? savedPlanLines(saved.plan.digest, options.requireDigest !== undefined) : [];
  const preview = () =>
    printOut(plansLines(plans, io.outLook, { details: options.details === true, beside: [...driftLines(drift), ...proof] }), io);
  printTroubles(invocation, troubles);
  if (options.dryRun) {
    if (options.json) await print(planJson(plans, drift, saved?.plan.digest ?? (await sealPlan(invocation, planned)).digest), io);
    else io.out(`${preview()}\n`);
    return worst([apps.length > 0 ? EXIT.findings : EXIT.ok, troubleCode(troubles)]);
  }
  const named = () => [...plans.map(({ target }) => target), ...(saved?.idle() ?? [])];
  // An app that was not found is a failure of its own, and does not stop the others.
  const notFound = () => planned.troubles.map(({ app }) => app);
  if (options.confirm?.length) checkConfirmed(options, named(), notFound());
  const notify = eventPrinter(invocation);
  const tellMoved = () => {
    if (options.json) for (const { app, message, next } of moved) notify({ type: 'app-failed', app, message, next });
  };
  if (apps.length === 0) {
    tellMoved();
    const ending = endingWithoutRun('replay', troubles.length, worst([EXIT.ok, troubleCode(troubles)]));
    io.out(options.json ? `${JSON.stringify(runEndJson(ending))}\n` : proof.length > 0 ? `${printOut(proof, io)}\n` : '');
    printClosing(invocation, ending);
    return ending.exitCode;
  }
  if (!options.json) io.out(`${preview()}\n`);
  checkCanary(canary, apps);
  await approve(invocation, apps, named).catch((error: unknown) => {
    throw error instanceof UserError
      ? new UserError(
          error.message,
          worst([
            error.exitCode,
            inputCode(
              troubles,
              apps.map(({ target }) => target),
            ),
          ]),
          error.next,
          error.entry,
        )
      : error;
  });
  tellMoved();
  const summary = await executeRun(invocation, connection, apps, {
    mode: 'replay',
    digest,
    ...(saved ? { plan: saved.plan, planContent: saved.content } : {}),
    notify,
    concurrency: concurrencyOf(options),
    ...(canary ? { canary } : {}),
    failedBefore: troubles.length,
  });
  // If an app of a saved plan has changed since, the plan was applied to the other apps only, so the result is incomplete.
  const movedCode = moved.length === 0 ? EXIT.ok : summary.applied > 0 ? EXIT.partial : EXIT.failed;
  const ending = { ...summary, exitCode: worst([summary.exitCode, movedCode, troubleCode(planned.troubles)]) };
  printHeld(invocation, summary);
  printClosing(invocation, ending);
  return ending.exitCode;
});
