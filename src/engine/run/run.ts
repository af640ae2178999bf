import type { Tools } from './apply.ts';
import { beforeRun, EXIT, type ExitCode } from '../errors.ts';
import type { RunEnd, RunStart, RunState } from '../../change/undo-log.ts';
import { inTurn, mapLimited } from '../concurrency.ts';
import { exitCodeOf, isVerified } from './outcome.ts';
import { unended } from './log-failures.ts';
import { runApp, Tally, describeError } from './run-app.ts';
import { createResourceQueue } from './resource-queue.ts';
import { OwnWrites } from '../../change/own-writes.ts';
import type { AppChanges, RunInput } from './run-input.ts';
import { splitWaves } from './waves.ts';

export interface RunSummary extends Omit<RunEnd, 'type' | 'at'> {
  /** Set where it changed the sample subscription of a demo, which is gone when the command ends. */
  readonly demo?: 'wizard' | 'headless';
  readonly run: string;
  readonly mode: RunStart['mode'];
  readonly exitCode: ExitCode;
  /** The number of changes that an undo may revert: they are applied, or may be. */
  readonly left: number;
  /** In a resumed run: the number of applied changes that were applied before it was resumed. */
  readonly appliedBefore?: number;
  /** The failures among `failed` that are no requests. */
  readonly failedBefore?: number;
  /** The reason why the apps after the canary were not changed, and their number. */
  readonly held?: { readonly why: 'canary' | 'declined'; readonly apps: number };
}

/** Applies the changes of each app in order, several apps in parallel, and records every step in the journal. */
export async function runChanges(input: RunInput, given: Tools): Promise<RunSummary> {
  const tools = { ...given, written: new OwnWrites() };
  const { journal, clock, signal } = tools;
  const tally = new Tally(
    input.failedBefore ?? 0,
    input.lastChange ?? 0,
    input.apps.map(({ changes }) => changes.length),
    input.earlier,
  );
  const targets = input.apps.map(({ target }) => target);
  await journal
    .append({ ...input.start, type: 'run-start', at: clock.now().toISOString(), run: journal.run, targets })
    .catch((error: unknown) => {
      throw beforeRun(error);
    });
  input.notify({ type: 'run-start', run: journal.run, apps: targets.map(({ label }) => label) });
  const waves = splitWaves(input.apps, input.canary?.waves ?? []).map((wave) => ordered(wave, input.start.mode));
  const turnOf = createResourceQueue(waves.flat().map(({ changes }) => changes));
  const work = (apps: readonly AppChanges[]) =>
    mapLimited(apps, input.concurrency ?? 1, async (app) => {
      if (signal?.aborted || tally.isOver || (input.stopOnFailure && tally.failed > 0)) tally.skip(app.changes.length, signal);
      else await runApp(app, turnOf(app.changes), tally, input, tools);
    });
  let why: 'canary' | 'declined' | undefined;
  let others: readonly AppChanges[] = [];
  for (const [index, wave] of waves.entries()) {
    await work(wave);
    others = waves.slice(index + 1).flat();
    // Without a canary, and after the last wave, no check is needed.
    const isLooked = input.canary !== undefined && (others.length > 0 || waves.length === 1);
    why = !isLooked || signal?.aborted || tally.crash ? undefined : await reasonToHold(wave, others, tally, input);
    if (why) break;
  }
  if (why) tally.skipped += others.reduce((sum, { changes }) => sum + changes.length, 0);
  // Only now, because no request is in flight any more.
  if (tally.crash) throw tally.crash.error;
  const { earlier, failed, skipped, unknown } = tally;
  // A signal during the last change leaves nothing to resume.
  const isCut =
    signal?.aborted === true &&
    (tally.isCut || failed > (input.failedBefore ?? 0) || tally.codes.length > 0 || tally.verified < tally.applied);
  const stopped = isCut || why === 'declined' || input.staysStopped === true;
  const counts = { applied: tally.applied + earlier.length, verified: tally.verified + earlier.filter(isVerified).length };
  const { applied } = counts;
  const accepted = tally.accepted + earlier.filter(({ intent }) => intent.call !== undefined).length;
  // Only a value that a read showed counts as verified.
  const verified = counts.verified - accepted;
  const before = earlier.length > 0 ? { appliedBefore: earlier.length } : {};
  const state: RunState = stopped ? 'stopped' : failed === 0 && !why ? 'done' : applied + unknown > 0 ? 'partial' : 'failed';
  let end: Omit<RunEnd, 'type' | 'at'> = { applied, verified, failed, skipped, ...(input.kept ? { kept: input.kept } : {}), state };
  try {
    await journal.append({ ...end, type: 'run-end', at: clock.now().toISOString() });
    await journal.close();
  } catch (error) {
    tally.codes.push(EXIT.failed);
    // The log has no end, so the history shows the run as stopped, and resume can end it.
    end = { ...end, state: 'stopped' };
    input.notify({ type: 'app-failed', app: '', ...describeError(unended(error)) });
  }
  input.notify({ type: 'run-end', run: journal.run, applied, verified, failed, skipped, state: end.state, ...before });
  const held = why && others.length > 0 ? { held: { why, apps: others.length } } : {};
  return {
    ...end,
    ...before,
    ...(input.failedBefore ? { failedBefore: input.failedBefore } : {}),
    ...(accepted > 0 ? { accepted } : {}),
    run: journal.run,
    mode: input.start.mode,
    exitCode: exitCodeOf({ ...counts, failed, codes: tally.codes }, stopped),
    left: applied + unknown - tally.oneWay - earlier.filter(({ intent }) => intent.undo === 'none').length,
    ...held,
  };
}

/**
 * Returns the apps of a wave in the order in which they start: subscriptions alternate, because Azure has a separate request limit for each
 * of them. An undo keeps its order, which is the reverse order of the run.
 */
const ordered = (wave: readonly AppChanges[], mode: RunStart['mode']): readonly AppChanges[] =>
  mode === 'undo' ? wave : inTurn(wave, ({ target }) => target.subscriptionId);

/** Returns the reason to stop after a wave; undefined if the other apps can start. */
async function reasonToHold(
  first: readonly AppChanges[],
  others: readonly AppChanges[],
  tally: Tally,
  { canary, failedBefore = 0, stopOnFailure, notify }: RunInput,
): Promise<'canary' | 'declined' | undefined> {
  const ok = tally.failed === (stopOnFailure ? 0 : failedBefore) && tally.codes.length === 0 && tally.verified === tally.applied;
  notify({ type: 'canary', apps: first.map(({ target }) => target.label), ok });
  if (!ok) {
    tally.codes.push(EXIT.failed);
    return 'canary';
  }
  return others.length === 0 || (await canary?.confirmOthers()) ? undefined : 'declined';
}
