/** Resumes a run that was interrupted, and finds out the result of requests whose answer is not in the undo log. */
import type { Json, Target } from '../../azure/index.ts';
import type { Edit } from '../../change/edit.ts';
import { matchesRecorded, recordValue as kept, valueRead } from '../../change/value.ts';
import { isUnfinished, ownChanges, type Entry, type Intent, type RecordedChange, type RecordedRun } from '../../change/undo-log.ts';
import type { Change } from '../../change/change.ts';
import { valueAt, containsJson } from '../../change/json-paths.ts';
import { showsJson } from '../../change/shown.ts';
import type { Plan } from '../plan/plan.ts';
import { ArmFailure, type ArmReader, type Clock, type Fact, type FailureKind } from '../ports.ts';
import { isVerified } from '../run/outcome.ts';
import { unfinishedProvisioning } from '../run/provisioning.ts';
import { read } from '../run/read-deferred.ts';
import type { AppChanges } from '../run/run-input.ts';
import type { Creations } from './created-since.ts';
import { problemOf } from './record-check.ts';
import type { UndoPlan } from './undo.ts';

/** `done`: the new values are set · `not-done`: the old values are set · `changed`: neither · `not-known`: no read can tell. */
export type ChangeResult = 'done' | 'not-done' | 'changed' | 'not-known';

export interface ResolvedChange {
  readonly recorded: RecordedChange;
  readonly found: ChangeResult;
  /** The reason why the result is not known. */
  readonly why?: string;
  /** Entries that are added to the journal, so that the result is not looked up again. */
  readonly entries: readonly Entry[];
}

/** The remaining work of an interrupted run. */
export interface Resumption {
  readonly settled: readonly ResolvedChange[];
  /** Entries that are added to the journal before the run continues. */
  readonly entries: readonly Entry[];
  readonly apps: readonly AppChanges[];
  /** The plans of a run that applied decisions. */
  readonly plans: readonly Plan[];
  /** The undo plan of a run that reverted another one. */
  readonly undo?: { readonly run: string; readonly plan: UndoPlan };
}

/** Failures after which nothing of a run can be finished later, because the resource is gone or its value stays. */
const FINAL: readonly FailureKind[] = ['missing', 'untrusted', 'conflict'];

/** Whether work of a resumed run remains only because it could not be read, or because the account may not do it. A later resume can finish it. */
function hasWorkLeft({ plans, undo }: Resumption): boolean {
  const failures = [...plans.flatMap(({ unknown }) => unknown), ...(undo?.plan.left ?? [])].flatMap(({ failure }) => failure ?? []);
  const lacksRights = plans.some(({ blocked }) => blocked.some(({ id }) => id === 'rights'));
  return lacksRights || failures.some(({ kind }) => !FINAL.includes(kind));
}

/** Whether a resume sends nothing only because of such work. The run then stays as it is. */
export const isHeldUp = (left: Resumption): boolean => left.apps.length === 0 && hasWorkLeft(left);

/** A run that is resumed, and the entries about its open requests. */
export interface Resumed {
  readonly run: RecordedRun;
  readonly entries: readonly Entry[];
  /** Whether the run stays stopped at its end, because a later resume can finish other work of it. */
  readonly staysStopped: boolean;
}

export const resumedBy = (run: RecordedRun, left: Resumption): Resumed => ({
  run,
  entries: left.entries,
  staysStopped: isUnfinished(run) && hasWorkLeft(left),
});

/**
 * Returns the changes that a resumed run has applied already, as its log and the reads before the resume show them; none where the run had
 * ended and nothing of it was open, so that its resume has nothing to do.
 */
export function appliedBefore(run: RecordedRun, entries: readonly Entry[]): readonly RecordedChange[] {
  if (hasNothingOpen(run)) return [];
  const changes = run.changes.map((change): RecordedChange => {
    const verified = entries.findLast((entry) => entry.type === 'verified' && entry.change === change.intent.change);
    return verified?.type !== 'verified' ? change : { ...change, verified, state: verified.state === 'shown' ? 'applied' : change.state };
  });
  return ownChanges({ run: run.run, changes }).filter(({ state }) => state === 'applied');
}

export const hasNothingOpen = (run: RecordedRun): boolean => run.state === 'done' && run.changes.every(isVerified);

/** Reads the resource of each change that has an intent and no outcome, or that no read has shown yet. */
export async function resolveOpenChanges(
  run: RecordedRun,
  arm: ArmReader,
  clock: Clock,
  creations: Creations = new Map(),
): Promise<ResolvedChange[]> {
  const open = run.changes.filter(({ state }) => state === 'unknown');
  // A run that was killed between the answer of Azure and the read after it has no `verified` line.
  const hidden = run.changes.filter(({ state, verified, intent }) => state === 'applied' && verified?.state !== 'shown' && !intent.call);
  const [opened, seen] = await Promise.all(
    [open, hidden].map((list) => Promise.all(list.map((recorded) => resolveChange(recorded, run, arm, clock, creations)))),
  );
  // A value that Azure accepted and still does not show is planned again.
  return [...(opened ?? []), ...(seen ?? []).filter(({ found }) => found === 'done')];
}

async function resolveChange(
  recorded: RecordedChange,
  run: RecordedRun,
  arm: ArmReader,
  clock: Clock,
  creations: Creations,
): Promise<ResolvedChange> {
  const at = clock.now().toISOString();
  const { intent } = recorded;
  const { change, key, resource, instance } = intent;
  const not = (why: string): ResolvedChange => ({ recorded, found: 'not-known', why, entries: [] });
  const target = run.start.targets.find(({ id }) => id === intent.target);
  if (!arm.knows(key)) return not(`this version does not know the resource ${key}`);
  if (!target) return not('the undo log does not contain its app');
  const wrong = problemOf(intent, run);
  if (wrong !== undefined) return not(wrong);
  if (intent.call !== undefined) return not('the result of an action cannot be read; func-harden does not repeat it');
  const creation = creations.get(target.id);
  if (creation?.isAnother) return not(creation.says);
  const fact = await readShown(arm, target, intent, clock);
  if (fact.state === 'unreadable') return not(fact.failure.message);
  const { secret } = arm.describe(target, key, instance ? resource : undefined);
  const found = await Promise.all(
    intent.edits.map(async (edit) => {
      const json = valueAt(fact.body, edit.path) ?? null;
      const isShown = (read: Json | undefined, sent: Json) => (secret ? containsJson(read, sent) : showsJson(read, sent, edit.path));
      const now = await kept(valueRead(secret, edit.path, json), run.run);
      const isOld = (await matchesRecorded(json ?? edit.absent, edit.before, run.run)) === true;
      return { path: edit.path, now, isOld, isNew: await isWritten(json ?? edit.absent ?? null, edit, run.run, arm, target, isShown) };
    }),
  );
  const unknown = found.flatMap(({ isNew }) => (typeof isNew === 'string' ? [isNew] : []))[0];
  const provisioning = unfinishedProvisioning(fact.body);
  if (found.every(({ isNew }) => isNew === true) && provisioning !== undefined)
    return not(`Azure has not completed the change: the provisioning state is ${provisioning}`);
  if (found.every(({ isNew }) => isNew === true))
    return { recorded, found: 'done', entries: [{ type: 'verified', at, change, state: 'shown' }] };
  if (found.every(({ isOld }) => isOld)) {
    const error = {
      code: 'CutOff',
      message: 'This request did not change the resource: it still has the old values.',
      mayHaveHappened: false,
    };
    return {
      recorded,
      found: 'not-done',
      entries: [{ type: 'outcome', at, change, ok: false, status: null, correlationId: null, error }],
    };
  }
  if (unknown !== undefined) return not(unknown);
  const values = Object.fromEntries(found.map(({ path, now }) => [path, now]));
  return { recorded, found: 'changed', entries: [{ type: 'verified', at, change, state: 'not-shown', found: values }] };
}

/** Milliseconds between reads of a role assignment that was sent, because Azure shows a new one late. */
const LATE_WAITS = [1000, 2000, 4000, 8000];

/** Reads the resource of an intent. A role assignment that was sent and is missing is read again, under the name with which it was sent. */
async function readShown(arm: ArmReader, target: Target, { key, resource, instance, edits }: Intent, clock: Clock): Promise<Fact> {
  const look = () => arm.readOne(target, key, instance ? resource : undefined);
  const isMade = key === 'roleAssignments' && edits.some(({ after }) => after.kind !== 'absent');
  let fact = await look();
  for (const wait of isMade ? LATE_WAITS : []) {
    if (fact.state === 'unreadable' || fact.body !== null) break;
    await clock.sleep(wait);
    fact = await look();
  }
  return fact;
}

/** Whether a value is the one to be written; without a digest, its sources are read again. A reason if that is not known. */
async function isWritten(
  json: Json,
  { after }: Edit,
  run: string,
  arm: ArmReader,
  target: Target,
  isShown: (read: Json | undefined, sent: Json) => boolean,
): Promise<boolean | string> {
  const known = await matchesRecorded(json, after, run, isShown);
  if (known !== undefined) return known;
  try {
    return (await matchesRecorded(json, await read(after, arm, target), run, isShown)) === true;
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return error.message;
  }
}

/** Whether a call was not sent before. A call is never repeated: a second key rotation would lock out everyone who has the new key. */
export const notCalledBefore =
  (run: RecordedRun) =>
  ({ call, resource }: Change): boolean =>
    call === undefined ||
    !run.changes.some(
      ({ intent, state }) => state !== 'failed' && intent.call !== undefined && intent.resource.toLowerCase() === resource.toLowerCase(),
    );
