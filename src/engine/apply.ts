import type { ArmFailure as Failure } from './ports.ts';
import type { Change } from './plan.ts';
import { ArmFailure, type ArmRequest, type ArmWriter, type Clock, type Journal } from './ports.ts';
import type { DiffLine, Intent, Verified } from './journal.ts';
import { redacted } from './redact.ts';
import { same, shows, valueAt, type Body } from './values.ts';
import type { Json } from '../step.ts';

export type ApplyResult =
  /** Sent and taken; `verified` says what a fresh read showed. */
  | { readonly state: 'applied'; readonly verified: Verified['state']; readonly correlationId: string | null }
  /** The wanted values stood there already; nothing was sent. */
  | { readonly state: 'already' }
  /** Somebody changed a value since the preview; nothing was sent. `diff` is what it would be now. */
  | { readonly state: 'moved'; readonly diff: readonly DiffLine[] }
  | { readonly state: 'failed'; readonly failure: Failure; readonly sent: boolean };

export interface Tools {
  readonly arm: ArmWriter;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Fires when a person asks to stop: waiting ends, the request in flight does not. */
  readonly signal?: AbortSignal;
}

/** Waits between re-reads of the verification, in milliseconds; a minute in all. */
const VERIFY_WAITS = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000];
/** How often a write is tried again after a fresh read showed that it was not done. */
const RESENDS = 2;

/** Re-reads, records the intent, sends, records the outcome, and verifies by reading again. */
export async function applyChange(change: Change, number: number, tools: Tools): Promise<ApplyResult> {
  const { arm, journal } = tools;
  let fresh: Body | null = null;
  if (change.call === undefined) {
    const fact = await arm.readOne(change.target, change.key, change.of);
    if (fact.state === 'unreadable') return { state: 'failed', failure: fact.failure, sent: false };
    fresh = fact.body;
    const now = change.diff.map((line) => ({ line, value: valueAt(fresh, line.path) ?? null }));
    if (now.every(({ line, value }) => shows(value, line.after))) return { state: 'already' };
    if (now.some(({ line, value }) => !same(value, line.before) && !shows(value, line.after))) {
      return { state: 'moved', diff: now.map(({ line, value }) => ({ ...line, before: value })) };
    }
  }
  const request = arm.request(change.target, change.key, fresh, change.sets, change.of);
  try {
    await journal.append(intentOf(change, number, request.body, tools));
  } catch (error) {
    return { state: 'failed', failure: unwritable(error), sent: false };
  }
  try {
    return await sendUntilKnown(change, number, request, tools);
  } catch (error) {
    // Only the undo log throws here: a full disk, a folder that went away.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { state: 'failed', failure: unrecorded(error), sent: true };
  }
}

/** Sends, and after a lost answer looks before it sends again. */
async function sendUntilKnown(change: Change, number: number, request: ArmRequest, tools: Tools): Promise<ApplyResult> {
  const { arm, journal } = tools;
  for (let attempt = 0; ; attempt++) {
    const at = () => tools.clock.now().toISOString();
    try {
      const { status, correlationId } = await arm.send(request);
      await journal.append({ type: 'outcome', at: at(), change: number, ok: true, status, correlationId });
      return { state: 'applied', verified: await verify(change, number, tools), correlationId };
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      const { code, message, mayHaveHappened, status, correlationId } = error;
      await journal.append({
        type: 'outcome',
        at: at(),
        change: number,
        ok: false,
        status,
        correlationId,
        error: { code, message, mayHaveHappened },
      });
      if (!mayHaveHappened || change.call !== undefined) return { state: 'failed', failure: error, sent: true };
      // The answer was lost, the write perhaps not: look before sending again.
      if ((await verify(change, number, tools, attempt < RESENDS ? 2 : 4)) === 'shown')
        return { state: 'applied', verified: 'shown', correlationId };
      if (attempt >= RESENDS || tools.signal?.aborted) return { state: 'failed', failure: error, sent: true };
    }
  }
}

function intentOf(change: Change, number: number, body: Json | null, tools: Tools): Intent {
  const by = (pick: (line: DiffLine) => Json) =>
    Object.fromEntries(change.diff.map((line) => [line.path, line.sensitive ? redacted(pick(line)) : pick(line)]));
  return {
    type: 'intent',
    at: tools.clock.now().toISOString(),
    change: number,
    app: change.target.label,
    target: change.target.id,
    step: change.steps[0] ?? '',
    controls: change.controls,
    resource: change.resource,
    key: change.key,
    instance: change.of !== undefined,
    method: change.method,
    path: change.path,
    apiVersion: change.apiVersion,
    before: by((line) => line.before),
    after: by((line) => line.after),
    restore: by((line) => line.restore ?? line.before),
    body: change.diff.some(({ sensitive }) => sensitive) ? redacted(body) : body,
    risk: change.risk,
    undo: change.undo,
    ...(change.undoes ? { undoes: change.undoes } : {}),
  };
}

/** Reads again until the wanted values show, or the waits are used up. */
async function verify(change: Change, number: number, tools: Tools, tries = VERIFY_WAITS.length): Promise<Verified['state']> {
  const { arm, journal, clock, signal } = tools;
  const record = async (state: Verified['state'], found?: Record<string, Json>) => {
    await journal.append({ type: 'verified', at: clock.now().toISOString(), change: number, state, ...(found ? { found } : {}) });
    return state;
  };
  if (change.call !== undefined) return record('not-readable');
  for (const wait of [0, ...VERIFY_WAITS.slice(0, tries)]) {
    if (wait > 0) await clock.sleep(wait, signal);
    const fact = await arm.readOne(change.target, change.key, change.of);
    if (fact.state === 'unreadable') return record('not-readable');
    const found = change.diff.map((line) => ({ line, value: valueAt(fact.body, line.path) ?? null }));
    if (found.every(({ line, value }) => shows(value, line.after))) return record('shown');
    if (signal?.aborted || wait === VERIFY_WAITS.slice(0, tries).at(-1)) {
      return record('not-shown', Object.fromEntries(found.map(({ line, value }) => [line.path, line.sensitive ? redacted(value) : value])));
    }
  }
  return record('not-shown');
}

function unwritable(error: unknown): ArmFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ArmFailure({
    kind: 'invalid',
    code: 'UndoLogNotWritable',
    message: `The undo log could not be written (${why}), so nothing was sent.`,
    next: 'Free space or choose another folder with --state-dir, then run it again.',
  });
}

/** The write was sent, but what came of it could not be put on record: the run stops here, and says so. */
function unrecorded(error: unknown): ArmFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ArmFailure({
    kind: 'invalid',
    code: 'UndoLogNotWritable',
    message: `The request was sent, but its outcome could not be written to the undo log (${why}).`,
    mayHaveHappened: true,
    next: 'Free space, then look at what stands there: the undo log has the intent, and undo compares with what it finds.',
  });
}
