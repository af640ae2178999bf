import type { CommandModule } from '../cli/commands.ts';
import { EXIT, exitOf, UserError, worst } from '../engine/errors.ts';
import { isRollingBack, isUndone } from '../engine/journal.ts';
import { changeJson } from '../report/plan.ts';
import { safeJson } from '../text/plain.ts';
import { planLines } from '../view/plan.ts';
import { settledLines } from '../view/resume.ts';
import { undoPlanLines } from '../view/undo.ts';
import { approve, execute } from './applying.ts';
import { planTroubles, sayTroubles, troubleCode } from './planning.ts';
import { planResume, settleOnly } from './resuming.ts';
import { connectWith } from './connecting.ts';
import { concurrencyOf } from './shared.ts';
import { printed } from '../view/printed.ts';
import { closing, eventPrinter } from './telling.ts';
import { recordedRunOf, sameCloud, takeBack } from './undo.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { io, options } = invocation;
  const recorded = await recordedRunOf(invocation, invocation.args[0] ?? '');
  if (!options.rollback && isRollingBack(recorded) && !isUndone(recorded))
    throw new UserError(`Run ${recorded.run} was cut off while it took itself back.`, EXIT.usage, [
      `Finish that: func-harden resume ${recorded.run} --rollback`,
      'To go forward again, replay the answers file it was made from.',
    ]);
  if (isUndone(recorded))
    throw new UserError(`Run ${recorded.run} was taken back; there is nothing to finish.`, EXIT.usage, [
      'To do it again, replay the answers file it was made from.',
    ]);
  const concurrency = concurrencyOf(options);
  const connection = await connectWith(invocation);
  sameCloud(recorded, connection);
  const say = (lines: Parameters<typeof printed>[0]) => {
    if (!options.json && lines.length > 0) io.out(`${printed(lines, io.outLook.colour, io.width)}\n`);
  };
  if (options.rollback) {
    const { settled, known } = await settleOnly(invocation, connection, recorded);
    say(settledLines(settled));
    return takeBack(invocation, connection, known);
  }
  const { settled, entries, apps, plans, undo } = await planResume(invocation, connection, recorded);
  const troubles = plans.flatMap(planTroubles);
  // What cannot be read back may or may not have happened; that is for a person to find out.
  const open = settled.some(({ found }) => found === 'not-known') ? EXIT.partial : EXIT.ok;
  const leftCode = worst((undo?.plan.left ?? []).map(({ failure }) => (failure ? exitOf(failure) : EXIT.ok)));
  const conflictCode = (undo?.plan.conflicts.length ?? 0) > 0 && !recorded.start.overwrite ? EXIT.partial : EXIT.ok;
  const code = worst([troubleCode(troubles), open, leftCode, conflictCode]);
  if (options.dryRun) {
    if (options.json) io.out(`${safeJson({ schemaVersion: 1, changes: apps.flatMap(({ changes }) => changes.map(changeJson)) })}\n`);
    else
      say([
        ...settledLines(settled),
        ...(undo ? undoPlanLines(undo.run, undo.plan, io.outLook) : plans.flatMap((one) => planLines(one, io.outLook))),
      ]);
    return worst([apps.length > 0 ? EXIT.findings : EXIT.ok, code]);
  }
  say(settledLines(settled));
  sayTroubles(invocation, troubles);
  if (apps.length > 0) {
    say(undo ? undoPlanLines(undo.run, undo.plan, io.outLook) : plans.flatMap((one) => [...planLines(one, io.outLook), []]));
    await approve(invocation, apps, recorded.start.targets);
  } else say([[{ text: 'Nothing is left to do.' }]]);
  const summary = await execute(invocation, connection, apps, {
    mode: undo ? 'undo' : 'resume',
    digest: recorded.start.answersDigest,
    ...(undo ? { undoes: undo.run } : {}),
    resumes: { run: recorded, entries },
    notify: eventPrinter(invocation),
    concurrency,
    failedBefore: troubles.length,
  });
  if (!options.json) io.out(`${closing(summary)}\n`);
  return worst([summary.exitCode, code]);
};
