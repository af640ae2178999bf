import type { CommandModule, Invocation } from '../cli/invocation.ts';
import { EXIT, worst, type ExitCode } from '../engine/errors.ts';
import { isHeldUp, resumedBy } from '../engine/past/resume.ts';
import { isRollingBack, isUndone, undosOf } from '../change/undo-log.ts';
import { countTroubles, endingWithout, planTroubles } from '../engine/run/troubles.ts';
import { changeJson } from '../report/plan-json.ts';
import { safeJson } from '../text/plain.ts';
import { remainingLines, settledLines } from '../view/resume-lines.ts';
import { approve, executeRun } from '../app/runs/execute.ts';
import { printTroubles } from '../app/plans/plan-from-file.ts';
import { planResumption, settleOnly } from '../app/runs/resume-run.ts';
import { connectWith } from '../app/connection.ts';
import { checkConfirmed, concurrencyOf } from '../app/option-values.ts';
import { printOut } from '../view/print-lines.ts';
import { closesWithWord, eventPrinter, printClosing, runEndJson } from '../app/runs/run-summary.ts';
import { keptJson, recordedRunOf, checkCloud, refuseDamaged, undoRun } from '../app/runs/undo-run.ts';
import { commandErrors } from './errors.ts';

const named = (invocation: Invocation) => recordedRunOf(invocation, invocation.args[0] ?? '');

export const run: CommandModule['run'] = closesWithWord('resume', resume, named);

async function resume(invocation: Invocation): Promise<ExitCode> {
  const { io, options } = invocation;
  const recorded = await named(invocation);
  refuseDamaged(recorded, options.despiteDamage);
  if (!options.rollback && isRollingBack(recorded) && !isUndone(recorded)) throw commandErrors.interruptedRollback({ run: recorded.run });
  if (isUndone(recorded)) throw commandErrors.rolledBack({ run: recorded.run });
  const by = undosOf(recorded);
  if (!options.rollback && by.length > 0) throw commandErrors.partlyReverted({ run: recorded.run, by });
  const concurrency = concurrencyOf(options);
  const connection = await connectWith(invocation);
  checkCloud(recorded, connection);
  const say = (lines: Parameters<typeof printOut>[0]) => {
    if (!options.json && lines.length > 0) io.out(`${printOut(lines, io)}\n`);
  };
  if (options.rollback) {
    const { settled, known } = await settleOnly(invocation, connection, recorded);
    say(settledLines(settled));
    return undoRun(invocation, connection, known);
  }
  const left = await planResumption(invocation, connection, recorded);
  const { settled, apps, plans, undo } = left;
  const troubles = plans.flatMap(planTroubles);
  const { count, code, kept } = countTroubles({ do: 'resume', run: recorded, left });
  if (options.dryRun) {
    if (options.json) io.out(`${safeJson({ schemaVersion: 1, changes: apps.flatMap(({ changes }) => changes.map(changeJson)) })}\n`);
    else say([...settledLines(settled), ...remainingLines(left, recorded, io.outLook)]);
    return worst([apps.length > 0 ? EXIT.findings : EXIT.ok, code]);
  }
  say(settledLines(settled));
  printTroubles(invocation, troubles);
  // Values that an undo does not revert are listed even if nothing is left to send.
  if (undo || apps.length > 0) say(remainingLines(left, recorded, io.outLook));
  if (isHeldUp(left)) {
    const ending = endingWithout({ do: 'resume', run: recorded, left });
    if (options.json) io.out(`${safeJson({ ...runEndJson(ending), ...(undo ? keptJson(undo.plan) : {}) })}\n`);
    printClosing(invocation, ending);
    return ending.exitCode;
  }
  if (apps.length > 0) {
    checkConfirmed(options, recorded.start.targets);
    await approve(invocation, apps, () => recorded.start.targets);
  }
  const summary = await executeRun(invocation, connection, apps, {
    mode: undo ? 'undo' : 'resume',
    digest: recorded.start.answersDigest,
    ...(undo ? { undoes: undo.run } : {}),
    resumes: resumedBy(recorded, left),
    notify: eventPrinter(invocation),
    concurrency,
    failedBefore: count,
    kept,
  });
  const ending = { ...summary, exitCode: worst([summary.exitCode, code]) };
  printClosing(invocation, ending);
  return ending.exitCode;
}
