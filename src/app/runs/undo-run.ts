import type { Invocation } from '../../cli/invocation.ts';
import { EXIT, worst, type ExitCode } from '../../engine/errors.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import type { Connection } from '../../engine/ports.ts';
import { planUndo } from '../../engine/past/plan-undo.ts';
import { endingWithoutRun } from '../../engine/run/outcome.ts';
import { countBack, countKept, undoCode } from '../../engine/run/troubles.ts';
import { showValue } from '../../change/value.ts';
import type { ThreeWay } from '../../engine/past/three-way.ts';
import type { NotUndone, UndoPlan } from '../../engine/past/undo.ts';
import { groupByApp } from '../../engine/past/undo-order.ts';
import { readRun, runNames } from '../../files/undo-log/journal.ts';
import { namedRun } from '../../engine/past/run-names.ts';
import { failureJson } from '../../report/event-json.ts';
import { changeJson } from '../../report/plan-json.ts';
import { didYouMean } from '../../text/nearest.ts';
import { plainText, safeJson } from '../../text/plain.ts';
import { undoPlanLines } from '../../view/undo-lines.ts';
import { approve, executeRun } from './execute.ts';
import { collectGarbageOfRun } from '../memory.ts';
import { checkConfirmed, concurrencyOf } from '../option-values.ts';
import { printOut } from '../../view/print-lines.ts';
import { eventPrinter, printClosing, runEndJson } from './run-summary.ts';
import { stateOf } from '../state-place.ts';
import { runErrors } from '../errors/runs.ts';

/** Refuses to use a damaged log, unless a person names the run. @throws UserError: exit 1, with each damaged line and the intact changes */
export function refuseDamaged({ run, damage, changes }: RecordedRun, despite: string | undefined): void {
  if (!damage || despite === run) return;
  const intact = changes.map(({ intent }) => intent.change).join(', ');
  const lines = damage.map(({ file, line, says }) => `  ${file}:${line}: ${plainText(says)}`);
  throw runErrors.logDamaged({ run, lines, intact });
}

/** Plans, shows, confirms and sends the undo of a run, or of some of its changes. */
export async function undoRun(
  invocation: Invocation,
  connection: Connection,
  recorded: RecordedRun,
  only: readonly number[] = [],
): Promise<ExitCode> {
  const { io, options } = invocation;
  refuseDamaged(recorded, options.despiteDamage);
  const concurrency = concurrencyOf(options);
  collectGarbageOfRun(new Set(recorded.changes.map(({ intent }) => intent.target)).size);
  const plan = await planUndo(recorded, connection.writer, {
    ...(only.length > 0 ? { only } : {}),
    overwrite: options.overwrite ?? false,
    concurrency,
    lists: connection.discovery,
    signal: invocation.signal,
  });
  const apps = groupByApp(plan);
  const preview = () => printOut(undoPlanLines(recorded.run, plan, io.outLook, options.overwrite ? 'overwritten' : 'Add --overwrite'), io);
  const code = undoCode(plan, options.overwrite);
  const kept = countKept(plan, options.overwrite);
  if (options.dryRun) {
    io.out(
      options.json ? `${safeJson({ schemaVersion: 1, changes: plan.changes.map(changeJson), ...keptJson(plan) })}\n` : `${preview()}\n`,
    );
    return worst([apps.length > 0 ? EXIT.findings : EXIT.ok, undoCode({ ...plan, conflicts: [] })]);
  }
  if (!options.json) io.out(`${preview()}\n`);
  if (apps.length === 0) {
    const ending = endingWithoutRun('undo', 0, code, kept, countBack(plan));
    if (options.json) io.out(`${safeJson({ ...runEndJson(ending), ...keptJson(plan) })}\n`);
    printClosing(invocation, ending);
    return ending.exitCode;
  }
  checkConfirmed(options, recorded.start.targets);
  await approve(invocation, apps, () => recorded.start.targets);
  const summary = await executeRun(invocation, connection, apps, {
    mode: 'undo',
    digest: null,
    undoes: recorded.run,
    only,
    overwrite: options.overwrite ?? false,
    notify: eventPrinter(invocation),
    concurrency,
    kept,
  });
  const ending = { ...summary, exitCode: worst([summary.exitCode, code]) };
  printClosing(invocation, ending);
  return ending.exitCode;
}

/** Returns what an undo leaves as it is, for JSON. */
export const keptJson = ({ conflicts, left }: Pick<UndoPlan, 'conflicts' | 'left'>): object => ({
  conflicts: conflicts.map(conflictJson),
  left: left.map(leftJson),
});

const conflictJson = ({ change, resource, edit, now }: ThreeWay): object => ({
  change,
  resource,
  path: edit.path,
  before: showValue(edit.before),
  ours: showValue(edit.after),
  now: showValue(now),
});

const leftJson = ({ change, app, resource, reason, failure }: NotUndone): object => ({
  change,
  app,
  resource,
  reason,
  ...(failure ? { failure: failureJson(failure) } : {}),
});

/** Checks that the run changed the connected Azure. @throws UserError where it changed another one */
export function checkCloud({ run, start }: RecordedRun, { endpoint, account }: Connection): void {
  const local = (text: string) => /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(text);
  if (start.endpoint !== endpoint && !(local(start.endpoint) && local(endpoint))) {
    throw runErrors.otherEndpoint({ run, changed: start.endpoint, endpoint });
  }
  if (start.tenant && account.tenant && start.tenant !== account.tenant) {
    throw runErrors.otherTenant({ run, belongs: start.tenant, signedIn: account.tenant });
  }
}

/** Returns the run by its name, the beginning of its name, or `last`. @throws UserError where there is none, or where several match */
export async function recordedRunOf(invocation: Invocation, name: string): Promise<RecordedRun> {
  const state = stateOf(invocation);
  await state.check();
  const whole = await readRun(state, name);
  if (whole) return whole;
  const names = await runNames(state);
  const meant = namedRun(name, names);
  if ('fits' in meant) {
    throw runErrors.severalRuns({ name, runs: meant.fits });
  }
  const recorded = 'run' in meant ? await readRun(state, meant.run) : undefined;
  if (recorded) return recorded;
  if ('run' in meant) throw runErrors.emptyLog({ run: meant.run, file: state.fileOf(meant.run) });
  throw runErrors.unknownRun({ name, hint: didYouMean(name, names) });
}
