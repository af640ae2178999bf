import { type ArmFailure as Failure, ArmFailure, type ArmWriter, type Clock, type Journal, type WhileSending } from '../ports.ts';
import type { Change, ArmRequest } from '../../change/change.ts';
import { onTop, type Edit } from '../../change/edit.ts';
import { intentOf } from '../../change/intent.ts';
import type { Verified } from '../../change/undo-log.ts';
import { isKnown, isSecret, jsonOf, recorded, secret as secretValue, seen, shown, type Value } from '../../change/value.ts';
import { notProven } from './proof.ts';
import { redacted } from '../../change/redact.ts';
import { same, shows, valueAt, type Body } from '../../change/json-paths.ts';
import type { Written } from '../../change/own-writes.ts';
import type { Json } from '../../azure/index.ts';
import { readOnceMade } from './read-deferred.ts';

export type ApplyResult =
  /** Sent and taken; `verified` says what a fresh read showed, `diff` what was sent where that is not what was previewed. */
  | {
      readonly state: 'applied';
      readonly verified: Verified['state'];
      readonly correlationId: string | null;
      readonly diff?: readonly Edit[];
    }
  /** The wanted values stood there already; nothing was sent. */
  | { readonly state: 'already' }
  /** Somebody changed a value since the preview, or `by` another app of the same run; nothing was sent. `diff` is what it would be now. */
  | { readonly state: 'moved'; readonly diff: readonly Edit[]; readonly by?: string }
  | {
      readonly state: 'failed';
      readonly failure: Failure;
      readonly sent: boolean;
      readonly takeBack?: boolean;
      /** Whether it happened is not known, and no read tells. */
      readonly unknown?: true;
      readonly diff?: readonly Edit[];
    };

export interface Tools {
  readonly arm: ArmWriter;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Fires when a person asks to stop: waiting ends, the request in flight does not. */
  readonly signal?: AbortSignal;
  /** Told while something takes long: what is waited for, and for how many milliseconds so far. */
  readonly onWait?: (what: string, elapsed: number) => void;
  /** What this run wrote so far. */
  readonly written?: Written;
}

/** The code of a failure to write the undo log. */
export const LOG_BROKE = 'UndoLogNotWritable';

/** Waits between re-reads of the verification, in milliseconds; a minute in all. */
const VERIFY_WAITS = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000];
/** Milliseconds. A longer wait is told. */
const WORTH_SAYING = 5000;
/** How often a write is tried again after a fresh read showed that it was not done. */
const RESENDS = 2;

/** Re-reads, records the intent, sends, records the outcome, and verifies by reading again. */
export async function applyChange(change: Change, number: number, tools: Tools): Promise<ApplyResult> {
  const { arm, journal } = tools;
  for (const need of change.needs) {
    const failure = await notProven(need, change.target, tools);
    if (failure) return { state: 'failed', failure, sent: false };
  }
  const secret = arm.describe(change.target, change.key, change.of).secret;
  let fresh: Body | null = null;
  let planned: Edit[];
  let edits: Edit[];
  try {
    planned = await Promise.all(
      change.diff.map(async (edit) => ({ ...edit, after: await readOnceMade(edit.after, change.target, tools) })),
    );
    edits = planned;
    if (change.call === undefined) {
      const fact = await arm.readOne(change.target, change.key, change.of);
      if (fact.state === 'unreadable') throw fact.failure;
      fresh = fact.body;
      if (!secret) edits = planned.map((edit) => mended(edit, change, fresh, tools.written));
    }
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return { state: 'failed', failure: error, sent: false };
  }
  if (change.call === undefined) {
    const now = edits.map((edit) => ({ edit, to: jsonOf(edit.after), value: valueAt(fresh, edit.path) ?? null }));
    if (!change.rewrites && now.every(({ edit, to, value }) => shows(value ?? edit.absent, to))) return { state: 'already' };
    const isAsSeen = ({ edit: { before, own }, value }: (typeof now)[number]) => {
      if (!own) return same(value, jsonOf(before));
      return !isKnown(before) || shows(value, jsonOf(before));
    };
    if (now.some((one) => !isAsSeen(one) && !shows(one.value, one.to))) {
      const before = (edit: Edit, value: Json) => (isSecret(edit.before) ? secretValue(value) : seen(secret, edit.path, value));
      const diff = now.map(({ edit, value }) => ({ ...edit, before: before(edit, value) }));
      const by = now.flatMap(({ edit, value }) => tools.written?.by(change.resource, edit.path, value) ?? [])[0];
      return { state: 'moved', diff, ...(by === undefined ? {} : { by }) };
    }
  }
  const sets = edits.map(({ path, after }) => ({ path, to: jsonOf(after) }));
  const request = arm.request(change.target, change.key, fresh, sets, change.of);
  const shownSets = edits.map(({ path, after }) => ({ path, to: shown(after) }));
  const shownBody = arm.request(change.target, change.key, secret && fresh ? (redacted(fresh) as Body) : fresh, shownSets, change.of).body;
  try {
    await journal.append(await intentOf(change, number, shownBody, edits, journal.run, tools.clock.now().toISOString()));
  } catch (error) {
    return { state: 'failed', failure: unwritable(error), sent: false };
  }
  try {
    // What is sent again after a wait must not undo what somebody else did meanwhile.
    const isCurrent = async () => {
      if (change.call !== undefined) return true;
      const fact = await arm.readOne(change.target, change.key, change.of);
      if (fact.state !== 'read') return false;
      const [was, now] = [fresh, fact.body];
      const again = arm.request(change.target, change.key, now, sets, change.of);
      return same(again.body, request.body) && edits.every(({ path }) => same(valueAt(was, path) ?? null, valueAt(now, path) ?? null));
    };
    const result = await sendUntilKnown(change, number, request, edits, { ...tools, isCurrent });
    if (result.state !== 'applied') return result;
    const other = edits.some((edit, index) => edit !== planned[index]) ? { diff: edits } : {};
    if (!secret) for (const { path, after } of edits) tools.written?.note(change.resource, path, jsonOf(after), change.target.label);
    for (const proof of change.proofs) {
      const failure = await notProven(proof, change.target, tools);
      if (failure) return { state: 'failed', failure, sent: true, takeBack: change.reversible, ...other };
    }
    return { ...result, ...other };
  } catch (error) {
    // Only the undo log throws here: a full disk, a folder that went away.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { state: 'failed', failure: unrecorded(error), sent: true };
  }
}

/** Whether a value holds what was read of a secret. */
const isRead = ({ kind }: Value): boolean => kind === 'secret' || kind === 'deferred';

/** A value that another app of this run wrote meanwhile: what is wanted goes on top of it. A resource made as a whole is not mixed. */
function mended(edit: Edit, { resource }: Change, fresh: Body | null, written: Written | undefined): Edit {
  const { path, before, after, own } = edit;
  const now = valueAt(fresh, path) ?? null;
  const isOther =
    path !== '' && !own && !isRead(before) && !isRead(after) && !same(now, jsonOf(before)) && written?.by(resource, path, now);
  return (isOther ? onTop(edit, now) : undefined) ?? edit;
}

/** Sends, and after a lost answer looks before it sends again. */
async function sendUntilKnown(
  change: Change,
  number: number,
  request: ArmRequest,
  edits: readonly Edit[],
  tools: Tools & Pick<WhileSending, 'isCurrent'>,
): Promise<ApplyResult> {
  const { arm, journal } = tools;
  const meanwhile: WhileSending = {
    onProgress: (status, elapsed) => tools.onWait?.(`Azure says ${status}`, elapsed),
    ...(tools.onWait ? { onWait: tools.onWait } : {}),
    ...(tools.isCurrent ? { isCurrent: tools.isCurrent } : {}),
  };
  for (let attempt = 0; ; attempt++) {
    const at = () => tools.clock.now().toISOString();
    try {
      const { status, correlationId, exists } = await arm.send(request, meanwhile);
      // What stands under the name that was sent is of this change, where an earlier answer was lost.
      if (exists && !(exists.sameName && attempt > 0)) {
        // It is somebody else's: an undo of this run must not take it away.
        const error = { code: exists.code, message: exists.message, mayHaveHappened: false };
        await journal.append({ type: 'outcome', at: at(), change: number, ok: false, status, correlationId, error });
        return { state: 'already' };
      }
      await journal.append({ type: 'outcome', at: at(), change: number, ok: true, status, correlationId });
      return { state: 'applied', verified: await verify(change, number, edits, tools), correlationId };
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      const failure = withPolicies(error, change);
      const { code, message, mayHaveHappened, status, correlationId } = failure;
      await journal.append({
        type: 'outcome',
        at: at(),
        change: number,
        ok: false,
        status,
        correlationId,
        error: { code, message, mayHaveHappened },
      });
      if (!mayHaveHappened) return { state: 'failed', failure, sent: true };
      if (change.call !== undefined) return { state: 'failed', failure, sent: true, unknown: true };
      if (failure.taken) return await lookedUp(change, number, edits, failure, tools);
      // The answer was lost, the write perhaps not: look before sending again.
      const seen = await verify(change, number, edits, tools, attempt < RESENDS ? 2 : 4);
      if (seen === 'shown') return { state: 'applied', verified: 'shown', correlationId };
      if (seen === 'not-readable') return { state: 'failed', failure, sent: true, unknown: true };
      if (attempt >= RESENDS || tools.signal?.aborted) return { state: 'failed', failure, sent: true };
    }
  }
}

/** Azure took it, and how that ended is not known, or it ended badly: what stands there now is told, and nothing is sent again. */
async function lookedUp(change: Change, number: number, edits: readonly Edit[], failure: ArmFailure, tools: Tools): Promise<ApplyResult> {
  const { arm, journal, clock } = tools;
  // What Azure says it could not finish is not called applied, though some of it shows.
  const keeps = failure.taken === 'ended' ? { ...tools, journal: { ...journal, append: () => Promise.resolve() } } : tools;
  const seen = await verify(change, number, edits, keeps, 4);
  const says = {
    shown: 'The new value is there now.',
    'not-shown': 'The new value is not there yet.',
    'not-readable': 'The current value could not be read.',
  };
  const { status, code, correlationId, taken } = failure;
  if (seen === 'not-shown' && taken === 'ended') {
    const fact = await arm.readOne(change.target, change.key, change.of);
    const isAsBefore = ({ path, before }: Edit) => fact.state === 'read' && same(valueAt(fact.body, path) ?? null, jsonOf(before));
    if (edits.every(isAsBefore)) {
      const error = { code, message: failure.message, mayHaveHappened: false };
      await journal.append({ type: 'outcome', at: clock.now().toISOString(), change: number, ok: false, status, correlationId, error });
      return {
        state: 'failed',
        failure: failure.with({ message: `${failure.message} The old value is there.`, mayHaveHappened: false }),
        sent: true,
      };
    }
  }
  return {
    state: 'failed',
    failure: failure.with({ message: `${failure.message} ${says[seen]}`, mayHaveHappened: true }),
    sent: true,
    unknown: true,
  };
}

/** Where Azure does not name the assignment that refuses a request, the ones in scope that may are known from the preview. */
function withPolicies(failure: ArmFailure, { guards }: Change): ArmFailure {
  const policies = guards.flatMap(({ policy }) => policy ?? []);
  if (failure.kind !== 'policy' || failure.namesPolicies || policies.length === 0) return failure;
  const next = `Ask the owner of the Azure Policy assignment for an exemption. Assignments in scope that deny: ${[...new Set(policies)].map((name) => `"${name}"`).join(', ')}.`;
  return failure.with({ next });
}

/** Reads again until the wanted values show, or the waits are used up. */
async function verify(
  change: Change,
  number: number,
  edits: readonly Edit[],
  tools: Tools,
  tries = VERIFY_WAITS.length,
): Promise<Verified['state']> {
  const { arm, journal, clock, signal } = tools;
  const record = async (state: Verified['state'], found?: Record<string, Value>) => {
    await journal.append({ type: 'verified', at: clock.now().toISOString(), change: number, state, ...(found ? { found } : {}) });
    return state;
  };
  if (change.call !== undefined) return record('not-readable');
  const { secret } = arm.describe(change.target, change.key, change.of);
  const began = performance.now();
  for (const wait of [0, ...VERIFY_WAITS.slice(0, tries)]) {
    if (wait > WORTH_SAYING) tools.onWait?.('the new value shows', performance.now() - began);
    if (wait > 0) await clock.sleep(wait, signal);
    const fact = await arm.readOne(change.target, change.key, change.of);
    const isLast = signal?.aborted || wait === VERIFY_WAITS.slice(0, tries).at(-1);
    if (fact.state === 'unreadable') {
      // A right of the same plan that held a moment ago is not known to every server yet.
      if (fact.failure.kind === 'forbidden' && !isLast && change.needs.some(({ patient }) => patient)) continue;
      return record('not-readable');
    }
    const found = edits.map((edit) => ({ edit, now: valueAt(fact.body, edit.path) ?? null }));
    if (found.every(({ now, edit }) => shows(now ?? edit.absent, jsonOf(edit.after)))) return record('shown');
    if (isLast) {
      const values = found.map(async ({ edit: { path }, now }) => [path, await recorded(seen(secret, path, now), journal.run)] as const);
      return record('not-shown', Object.fromEntries(await Promise.all(values)));
    }
  }
  return record('not-shown');
}

function unwritable(error: unknown): ArmFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ArmFailure({
    kind: 'invalid',
    code: LOG_BROKE,
    message: `The undo log could not be written (${why}), so nothing was sent.`,
    next: 'Free space or choose another folder with --state-dir, then run it again.',
  });
}

/** The write was sent, but what came of it could not be put on record: the run stops here, and says so. */
function unrecorded(error: unknown): ArmFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ArmFailure({
    kind: 'invalid',
    code: LOG_BROKE,
    message: `The request was sent, but its outcome could not be written to the undo log (${why}).`,
    mayHaveHappened: true,
    next: 'Free space, then look at what stands there: the undo log has the intent, and undo compares with what it finds.',
  });
}
