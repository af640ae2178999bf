/** Approval and execution of a run: the common second half of `replay` and `undo`. */
import { userInfo } from 'node:os';
import type { Invocation } from '../../cli/invocation.ts';
import { namesTarget } from '../../engine/judge/decisions.ts';
import { UserError } from '../../engine/errors.ts';
import type { Asking, Connection, Hold, Journal, Locks } from '../../engine/ports.ts';
import type { Change } from '../../change/change.ts';
import { changesLeft, JOURNAL_VERSION, type AppliedPlan, type Entry, type RecordedRun } from '../../change/undo-log.ts';
import { isOwnedByCode } from '../../engine/plan/code-owners.ts';
import { remedyOf } from '../../engine/run/log-failures.ts';
import { appliedBefore, hasNothingOpen, type Resumed } from '../../engine/past/resume.ts';
import { needsName } from '../../engine/plan/risk.ts';
import { emptyWave, parseWaves } from '../../engine/run/waves.ts';
import { confirmedBy } from '../../engine/fleet/targets.ts';
import { runChanges, type RunSummary } from '../../engine/run/run.ts';
import { createAsking } from '../../files/prompt-gate.ts';
import { openKeyboard } from '../../files/keyboard.ts';
import { appendTo, nextRunName, openJournal, readRun } from '../../files/undo-log/journal.ts';
import { noteBegun } from './begun-runs.ts';
import { stateOf } from '../state-place.ts';
import type { UndoState } from '../../engine/undo-state.ts';
import type { Target } from '../../azure/index.ts';
import type { RunEvent } from '../../engine/run/run-events.ts';
import type { AppChanges, Canary, RunInput } from '../../engine/run/run-input.ts';
import { runErrors } from '../errors/runs.ts';

/** Returns the errors for a missing approval, which name the action that needs approval. */
interface ApprovalErrors {
  notApproved(): UserError;
  approvalNeeded(of: { readonly missing: readonly string[] }): UserError;
}

/**
 * Asks for the approvals. `targets`: every app of this run, also those without a change. @throws UserError: exit 3 with every missing
 * approval
 */
export async function approve(
  invocation: Invocation,
  apps: readonly AppChanges[],
  targets: () => readonly Target[] = () => apps.map(({ target }) => target),
  errors: ApprovalErrors = runErrors,
): Promise<void> {
  const { options, io } = invocation;
  const needYes = apps.some(({ changes }) => changes.length > 0) && !options.yes;
  const needConfirm = apps.filter(
    ({ target, changes }) => changes.some(({ risk }) => needsName(risk)) && !options.confirm?.some((name) => namesTarget(name, target)),
  );
  const owned = options.despiteCode ? [] : apps.filter(({ changes }) => changes.some(isOwnedByCode));
  if (!needYes && needConfirm.length === 0 && owned.length === 0) return;
  const nameOf = confirmedBy(targets());
  if (io.asks) {
    const { askApproval } = await import('../../hosts/lines/approval.ts');
    const confirmed = needConfirm.map(({ target }) => nameOf(target));
    const labels = owned.map(({ target }) => target.label);
    if (await atTerminal((asking) => askApproval(apps, needYes, confirmed, asking, invocation.signal, redrawsQuestions(io), labels)))
      return;
    throw errors.notApproved();
  }
  const missing = [
    ...(needYes ? ['--yes   approves safe and disruptive changes'] : []),
    ...needConfirm.map(
      ({ target, changes }) =>
        `--confirm ${nameOf(target)}   approves ${[...new Set(changes.map(({ risk }) => risk).filter(needsName))].join(' and ')} changes of ${target.label}${uncheckedText(changes)}`,
    ),
  ];
  if (owned.length > 0)
    missing.push(
      `--despite-code   changes the values of ${owned.map(({ target }) => target.label).join(', ')} in Azure, although the next deployment of the code reverts them`,
    );
  throw errors.approvalNeeded({ missing });
}

/** Names the controls that need a name because a check failed: an approval that was enough yesterday may not be enough today. */
function uncheckedText(changes: readonly Change[]): string {
  const controls = new Set(changes.flatMap(({ guards }) => guards.flatMap(({ unchecked, control }) => (unchecked ? [control] : []))));
  return controls.size === 0 ? '' : `; could not check what it breaks: ${[...controls].join(', ')}`;
}

const redrawsQuestions = ({ redraws, errLook }: Invocation['io']): boolean => redraws === true && !errLook.spoken;

/** Asks on stderr, because stdout carries the result. */
async function atTerminal<T>(ask: (asking: Asking) => Promise<T>): Promise<T> {
  const keyboard = openKeyboard();
  try {
    return await ask(createAsking({ stdin: process.stdin, output: process.stderr, keyboard }));
  } finally {
    keyboard.close();
  }
}

/** Returns the first apps of `--canary`; a person, if there is one, is asked before the others. @throws UserError for another text */
export function canaryOf({ options, io, signal }: Invocation): Canary | undefined {
  if (options.canary === undefined) return undefined;
  const waves = parseWaves(options.canary);
  if (!waves) throw runErrors.invalidCanary({ text: options.canary });
  const goOn = async () => {
    if (!io.asks || options.yes) return true;
    const { askToContinue } = await import('../../hosts/lines/approval.ts');
    return atTerminal((asking) => askToContinue(asking, signal, redrawsQuestions(io)));
  };
  return { waves, confirmOthers: goOn };
}

/** Checks that no wave is empty, because all apps would be changed at once. @throws UserError where no app has a tag of `--canary` */
export function checkCanary(canary: Canary | undefined, apps: readonly AppChanges[]): void {
  const empty = canary && emptyWave(apps, canary.waves);
  if (empty === undefined) return;
  throw runErrors.emptyCanary({ tag: empty });
}

export interface RunOptions {
  readonly mode: RunInput['start']['mode'];
  readonly digest: string | null;
  readonly undoes?: string;
  readonly plan?: AppliedPlan;
  /** The content of the plan file, which is stored next to the log. */
  readonly planContent?: Uint8Array;
  readonly only?: readonly number[];
  readonly overwrite?: boolean;
  readonly resumes?: Resumed;
  readonly notify: (event: RunEvent) => void;
  readonly failedBefore?: number;
  /** The number of changes that an undo leaves as they are. */
  readonly kept?: number;
  /** The number of apps that are changed in parallel. */
  readonly concurrency?: number;
  readonly canary?: Canary;
}

/** Opens a journal and applies the changes of all apps in one run. */
export async function executeRun(
  invocation: Invocation,
  connection: Connection,
  apps: readonly AppChanges[],
  {
    mode,
    digest,
    undoes,
    plan,
    planContent,
    only,
    overwrite,
    resumes,
    notify,
    failedBefore = 0,
    kept = 0,
    concurrency = 1,
    canary,
  }: RunOptions,
): Promise<RunSummary> {
  const { options, version, signal, clock, controls } = invocation;
  // The last check: a dry run sends nothing, even if a caller forgot to check it.
  if (options.dryRun) throw runErrors.dryRun();
  const state = stateOf(invocation);
  await state.check();
  // Node reports after the current task that the plan could not be printed.
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw runErrors.stoppedBefore();
  const { locks } = state;
  const release = resumes ? await holdResumedRun(state, resumes.run, locks) : undefined;
  // The log of the original run gets a line for each reverted change, so only one process may write to it; two would break its chain.
  const releaseOriginal =
    undoes === undefined
      ? undefined
      : await locks.holdRun(undoes).catch(async (error: unknown) => {
          await release?.();
          throw error;
        });
  let opened: Journal | undefined;
  let original: Promise<Journal> | undefined;
  try {
    return await begin();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined || error instanceof UserError ? error : logBrokeError(error as Error);
  } finally {
    // A run whose log could not be written to its end leaves it open, and Node.js would warn on the screen when it collects the file.
    await opened?.close().catch(() => {});
    await original?.then((journal) => journal.close()).catch(() => {}); // A write error was reported already.
    await releaseOriginal?.();
    await release?.();
  }

  async function begin(): Promise<RunSummary> {
    const journal = await openJournal(state, resumes?.run.run ?? (await nextRunName(state, clock.now())), resumes !== undefined);
    opened = journal;
    for (const entry of resumes?.entries ?? []) await journal.append(entry);
    if (resumes) await recordAllUndone(state, resumes, clock.now());
    if (planContent !== undefined) await state.keepPlan(journal.run, planContent);
    const work = apps.flatMap((app) => (app.work ? [app.work] : []));
    const applied = plan ?? resumes?.run.start.plan;
    const start = {
      schemaVersion: JOURNAL_VERSION,
      tool: `func-harden ${version}`,
      user: userName(),
      account: connection.account.name,
      tenant: connection.account.tenant,
      endpoint: connection.endpoint,
      mode,
      answersDigest: digest,
      ...(applied ? { plan: applied } : {}),
      ...(controls ? { controls } : {}),
      ...(undoes ? { undoes, ...(only?.length ? { only } : {}), ...(overwrite ? { overwrite } : {}) } : {}),
      ...(work.length > 0 ? { work } : {}),
    };
    const summary = await runChanges(
      {
        apps,
        start,
        notify(event) {
          // Until its start is recorded, for example while another process holds the run, nothing can have been sent.
          if (event.type === 'run-start') noteBegun(invocation);
          notify(event);
        },
        failedBefore,
        kept,
        concurrency,
        ...(canary ? { canary } : {}),
        ...(resumes ? { earlier: appliedBefore(resumes.run, resumes.entries), staysStopped: resumes.staysStopped } : {}),
        lastChange: Math.max(0, ...(resumes?.run.changes ?? []).map(({ intent }) => intent.change)),
        onFailure: options.onFailure ?? 'stop',
        stopOnFailure: options.stopOnFailure ?? false,
        locks,
        markUndone: async ({ undoes: taken }, by) => {
          if (!taken) return;
          const part = taken.whole ? {} : { part: true as const };
          await recordUndone(taken.run, { type: 'undo', at: clock.now().toISOString(), change: taken.change, by, ...part });
        },
      },
      { arm: connection.writer, journal, clock, signal, assertHeld },
    );
    // A run that had ended changes nothing when it is resumed, but its changes are still there.
    const left = summary.left + (resumes && hasNothingOpen(resumes.run) ? changesLeft(resumes.run).length : 0);
    return { ...summary, left, ...(invocation.demo ? { demo: invocation.demo.host } : {}) };
  }

  async function assertHeld(): Promise<void> {
    await release?.assertHeld();
    await releaseOriginal?.assertHeld();
  }

  /** Records reverted changes in the log of the earlier run. It is opened once for the whole run, because apps in parallel write to it. */
  async function recordUndone(run: string, entry: Extract<Entry, { readonly type: 'undo' }>): Promise<void> {
    try {
      await (await (original ??= openJournal(state, run, true))).append(entry);
    } catch (error) {
      throw runErrors.notMarked({ run, change: entry.change, part: entry.part === true, why: (error as Error).message });
    }
  }
}

/** Locks a run that is resumed. @throws UserError where another process holds it, or has continued it since */
async function holdResumedRun(state: UndoState, run: RecordedRun, locks: Locks): Promise<Hold> {
  const release = await locks.holdRun(run.run);
  const known = await readRun(state, run.run);
  const shape = (one: RecordedRun | undefined) =>
    JSON.stringify([one?.state, one?.changes.map(({ intent, state }) => [intent.change, state])]);
  if (shape(known) === shape(run)) return release;
  await release();
  throw runErrors.continuedElsewhere({ run: run.run });
}

/** Records the reverted changes of an interrupted undo that were not recorded in the earlier run yet. */
async function recordAllUndone(log: UndoState, { run, entries }: NonNullable<RunOptions['resumes']>, now: Date): Promise<void> {
  const shown = new Set(entries.flatMap((entry) => (entry.type === 'verified' && entry.state === 'shown' ? [entry.change] : [])));
  for (const { intent, state } of run.changes) {
    const { undoes } = intent;
    if (!undoes || (state !== 'applied' && !shown.has(intent.change))) continue;
    const part = undoes.whole ? {} : { part: true as const };
    await appendTo(log, undoes.run, { type: 'undo', at: now.toISOString(), change: undoes.change, by: run.run, ...part });
  }
}

const logBrokeError = (error: Error): UserError => runErrors.logBroke({ why: error.message, remedy: remedyOf(error) });

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // A container may run as a user that has no entry.
  }
}
