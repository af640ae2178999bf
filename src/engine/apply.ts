import type { ArmFailure as Failure } from './ports.ts';
import type { Change } from './plan.ts';
import { ArmFailure, type ArmRequest, type ArmWriter, type Clock, type Journal, type WhileSending } from './ports.ts';
import { intentOf, type Wanted } from './intent.ts';
import type { DiffLine, Verified } from './journal.ts';
import { hasLate, resolved } from './late.ts';
import { notProven } from './proof.ts';
import { isPlain, redacted, shownAfter, shownValue } from './redact.ts';
import { same, shows, valueAt, type Body } from './values.ts';
import { onTop, type Written } from './written.ts';
import type { Json } from '../step.ts';

export type ApplyResult =
  /** Sent and taken; `verified` says what a fresh read showed, `diff` what was sent where that is not what was previewed. */
  | {
      readonly state: 'applied';
      readonly verified: Verified['state'];
      readonly correlationId: string | null;
      readonly diff?: readonly DiffLine[];
    }
  /** The wanted values stood there already; nothing was sent. */
  | { readonly state: 'already' }
  /** Somebody changed a value since the preview, or `by` another app of the same run; nothing was sent. `diff` is what it would be now. */
  | { readonly state: 'moved'; readonly diff: readonly DiffLine[]; readonly by?: string }
  | {
      readonly state: 'failed';
      readonly failure: Failure;
      readonly sent: boolean;
      readonly takeBack?: boolean;
      /** Whether it happened is not known, and no read tells. */
      readonly unknown?: true;
      readonly diff?: readonly DiffLine[];
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
  let wanted: Wanted[];
  try {
    wanted = await Promise.all(change.diff.map((line) => wantedOf(line, change, arm)));
    if (change.call === undefined) {
      const fact = await arm.readOne(change.target, change.key, change.of);
      if (fact.state === 'unreadable') throw fact.failure;
      fresh = fact.body;
      if (!secret) wanted = wanted.map((one) => mended(one, change, fresh, tools.written));
    }
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return { state: 'failed', failure: error, sent: false };
  }
  if (change.call === undefined) {
    const now = wanted.map(({ line, value }) => ({ line, wanted: value, value: valueAt(fresh, line.path) ?? null }));
    if (now.every((one) => shows(one.value ?? one.line.absent, one.wanted))) return { state: 'already' };
    const isOurs = ({ line, value }: { line: DiffLine; value: Json }) =>
      line.own ? hasLate(line.before) || shows(value, line.before) : same(value, line.before);
    if (now.some((one) => !isOurs(one) && !shows(one.value, one.wanted))) {
      const hides = (line: DiffLine, value: Json) => line.sensitive || (secret && !isPlain(line.path, value));
      const diff = now.map(({ line, value }) => ({ ...line, before: value, sensitive: hides(line, value) }));
      const by = now.flatMap(({ line, value }) => tools.written?.by(change.resource, line.path, value) ?? [])[0];
      return { state: 'moved', diff, ...(by === undefined ? {} : { by }) };
    }
  }
  const sets = wanted.map(({ line, value }) => ({ path: line.path, to: value }));
  const request = arm.request(change.target, change.key, fresh, sets, change.of);
  const shownSets = wanted.map(({ line, shown }) => ({ path: line.path, to: shown }));
  const shownBody = arm.request(change.target, change.key, secret && fresh ? (redacted(fresh) as Body) : fresh, shownSets, change.of).body;
  try {
    await journal.append(await intentOf(change, number, shownBody, wanted, journal.run, tools.clock.now().toISOString()));
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
      return (
        same(again.body, request.body) && wanted.every(({ line }) => same(valueAt(was, line.path) ?? null, valueAt(now, line.path) ?? null))
      );
    };
    const result = await sendUntilKnown(change, number, request, wanted, { ...tools, isCurrent });
    if (result.state !== 'applied') return result;
    const lines = wanted.map(({ line }) => line);
    const other = lines.some((line, index) => line !== change.diff[index]) ? { diff: lines } : {};
    if (!secret) for (const { line, value } of wanted) tools.written?.note(change.resource, line.path, value, change.target.label);
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

async function wantedOf(line: DiffLine, { target }: Change, arm: ArmWriter): Promise<Wanted> {
  if (!line.late) return { line, value: line.after, shown: shownAfter(line) };
  return { line, ...(await resolved(line.after, arm, target)) };
}

/** A value that another app of this run wrote meanwhile: what is wanted goes on top of it. A resource made as a whole is not mixed. */
function mended(one: Wanted, { resource }: Change, fresh: Body | null, written: Written | undefined): Wanted {
  const { line } = one;
  const now = valueAt(fresh, line.path) ?? null;
  const isOther = line.path !== '' && !line.late && !line.own && !same(now, line.before) && written?.by(resource, line.path, now);
  const next = isOther ? onTop(line, now) : undefined;
  return next ? { line: next, value: next.after, shown: next.after } : one;
}

/** Sends, and after a lost answer looks before it sends again. */
async function sendUntilKnown(
  change: Change,
  number: number,
  request: ArmRequest,
  wanted: readonly Wanted[],
  tools: Tools & Pick<WhileSending, 'isCurrent'>,
): Promise<ApplyResult> {
  const { arm, journal } = tools;
  const meanwhile: WhileSending = {
    onProgress: (status, elapsed) => tools.onWait?.(`Azure says ${status}`, elapsed),
    ...(tools.isCurrent ? { isCurrent: tools.isCurrent } : {}),
  };
  for (let attempt = 0; ; attempt++) {
    const at = () => tools.clock.now().toISOString();
    try {
      const { status, correlationId, exists } = await arm.send(request, meanwhile);
      if (exists) {
        // It is somebody else's: an undo of this run must not take it away.
        const error = { ...exists, mayHaveHappened: false };
        await journal.append({ type: 'outcome', at: at(), change: number, ok: false, status, correlationId, error });
        return { state: 'already' };
      }
      await journal.append({ type: 'outcome', at: at(), change: number, ok: true, status, correlationId });
      return { state: 'applied', verified: await verify(change, number, wanted, tools), correlationId };
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
      if (failure.taken) return await lookedUp(change, number, wanted, failure, tools);
      // The answer was lost, the write perhaps not: look before sending again.
      const seen = await verify(change, number, wanted, tools, attempt < RESENDS ? 2 : 4);
      if (seen === 'shown') return { state: 'applied', verified: 'shown', correlationId };
      if (seen === 'not-readable') return { state: 'failed', failure, sent: true, unknown: true };
      if (attempt >= RESENDS || tools.signal?.aborted) return { state: 'failed', failure, sent: true };
    }
  }
}

/** Azure took it, and how that ended is not known, or it ended badly: what stands there now is told, and nothing is sent again. */
async function lookedUp(
  change: Change,
  number: number,
  wanted: readonly Wanted[],
  failure: ArmFailure,
  tools: Tools,
): Promise<ApplyResult> {
  const { arm, journal, clock } = tools;
  // What Azure says it could not finish is not called applied, though some of it shows.
  const keeps = failure.taken === 'ended' ? { ...tools, journal: { ...journal, append: () => Promise.resolve() } } : tools;
  const seen = await verify(change, number, wanted, keeps, 4);
  const says = {
    shown: 'The new value is there now.',
    'not-shown': 'The new value is not there yet.',
    'not-readable': 'The current value could not be read.',
  };
  const { kind, status, code, correlationId, taken, next } = failure;
  const told = (of: { message: string; mayHaveHappened: boolean }) =>
    new ArmFailure({ kind, status, code, correlationId, ...(taken ? { taken } : {}), next, ...of });
  if (seen === 'not-shown' && taken === 'ended') {
    const fact = await arm.readOne(change.target, change.key, change.of);
    const isAsBefore = ({ line }: Wanted) => fact.state === 'read' && same(valueAt(fact.body, line.path) ?? null, line.before);
    if (wanted.every(isAsBefore)) {
      const error = { code, message: failure.message, mayHaveHappened: false };
      await journal.append({ type: 'outcome', at: clock.now().toISOString(), change: number, ok: false, status, correlationId, error });
      return {
        state: 'failed',
        failure: told({ message: `${failure.message} The old value is there.`, mayHaveHappened: false }),
        sent: true,
      };
    }
  }
  return {
    state: 'failed',
    failure: told({ message: `${failure.message} ${says[seen]}`, mayHaveHappened: true }),
    sent: true,
    unknown: true,
  };
}

/** Where Azure does not name the assignment that refuses a request, the ones in scope that may are known from the preview. */
function withPolicies(failure: ArmFailure, { guards }: Change): ArmFailure {
  const policies = guards.flatMap(({ policy }) => policy ?? []);
  if (failure.kind !== 'policy' || failure.next.includes('assignment "') || policies.length === 0) return failure;
  const { kind, status, code, correlationId, mayHaveHappened, message, taken } = failure;
  const next = `Ask the owner of the Azure Policy assignment for an exemption. Assignments in scope that deny: ${[...new Set(policies)].map((name) => `"${name}"`).join(', ')}.`;
  return new ArmFailure({ kind, status, code, correlationId, mayHaveHappened, message, next, ...(taken ? { taken } : {}) });
}

/** Reads again until the wanted values show, or the waits are used up. */
async function verify(
  change: Change,
  number: number,
  wanted: readonly Wanted[],
  tools: Tools,
  tries = VERIFY_WAITS.length,
): Promise<Verified['state']> {
  const { arm, journal, clock, signal } = tools;
  const record = async (state: Verified['state'], found?: Record<string, Json>) => {
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
    if (fact.state === 'unreadable') return record('not-readable');
    const found = wanted.map((one) => ({ ...one, now: valueAt(fact.body, one.line.path) ?? null }));
    if (found.every(({ now, value, line }) => shows(now ?? line.absent, value))) return record('shown');
    if (signal?.aborted || wait === VERIFY_WAITS.slice(0, tries).at(-1)) {
      return record('not-shown', Object.fromEntries(found.map(({ line, now }) => [line.path, shownValue(secret, line.path, now)])));
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
