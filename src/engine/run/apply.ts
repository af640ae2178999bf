import {
  type ArmFailure as Failure,
  ArmFailure,
  type ArmWriter,
  type Assignment,
  type Clock,
  type Journal,
  type WhileSending,
} from '../ports.ts';
import type { Change, ArmRequest } from '../../change/change.ts';
import { mergeOnto, type Edit } from '../../change/edit.ts';
import { intentOf } from '../../change/intent.ts';
import type { Verified } from '../../change/undo-log.ts';
import { isKnown, isSecret, jsonOf, secret as secretValue, valueRead, showValue, type Value } from '../../change/value.ts';
import { waitForProof } from './proof.ts';
import { changedMeanwhile, isOfAnotherPrincipal, nameTaken, notSeen, withoutResult } from './apply-failures.ts';
import { unrecorded, unwritable } from './log-failures.ts';
import { withPolicies } from './policy-failures.ts';
import { isCompared } from './lost-values.ts';
import { readAfterRefusal, readBack } from './read-back.ts';
import { readExisting } from './read-again.ts';
import { verify, type VerifyTools } from './verify.ts';
import { UserError } from '../errors.ts';
import { redact } from '../../change/redact.ts';
import { equals, containsJson, valueAt, type Body } from '../../change/json-paths.ts';
import { sameMeaning, showsJson, type Compare } from '../../change/shown.ts';
import type { OwnWrites } from '../../change/own-writes.ts';
import type { Json } from '../../azure/index.ts';
import { readWhenCreated } from './read-deferred.ts';

export type ApplyResult =
  /** Sent and accepted. `verified`: the result of a fresh read. `diff`: the sent values, if they differ from the preview. */
  | {
      readonly state: 'applied';
      readonly verified: Verified['state'];
      readonly correlationId: string | null;
      readonly diff?: readonly Edit[];
      /** Paths of other values of the resource that existed right before the change and are missing or different right after it. */
      readonly lost?: readonly string[];
      /** Paths whose new value does not show, where the other new values do. */
      readonly hidden?: readonly string[];
      /** Paths that show a third value, neither the old nor the new one. */
      readonly other?: readonly string[];
      /** The provisioning state, where the resource shows the values and Azure has not completed them. */
      readonly provisioning?: string;
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
      /** Set if it is unknown whether the write happened, and no read can show it. */
      readonly unknown?: true;
      readonly diff?: readonly Edit[];
    };

export interface Tools {
  readonly arm: ArmWriter;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Fires when a person asks to stop. It ends waits, and not the request in flight. */
  readonly signal?: AbortSignal;
  /** Called during a long wait: what is waited for, and the milliseconds so far. */
  readonly onWait?: (what: string, elapsed: number) => void;
  /** The values that this run wrote so far. */
  readonly written?: OwnWrites;
  /** Called right before each write. @throws where the lock of the app or of the run was lost */
  readonly assertHeld?: () => Promise<void>;
}

/** The error code of a lost lock. */
export const LOCK_LOST = 'LockLost';

/** The number of times that a write is sent again after a read showed that it was not done. */
const RESENDS = 2;
/** Milliseconds before a write is sent again whose result only the answer shows, not a read. */
const RESEND_WAIT = 1000;

/** Applies one change: reads the resource again, records the intent, sends, records the outcome, and verifies with another read. */
export async function applyChange(change: Change, number: number, tools: Tools): Promise<ApplyResult> {
  const { arm, journal } = tools;
  for (const need of change.needs) {
    const failure = await waitForProof(need, change.target, tools);
    if (failure) return { state: 'failed', failure, sent: false };
  }
  const secret = arm.describe(change.target, change.key, change.instanceId).secret;
  const [isSame, isShown]: readonly [Compare, Compare] = secret ? [equals, containsJson] : [sameMeaning, showsJson];
  let fresh: Body | null = null;
  let planned: Edit[];
  let edits: Edit[];
  const sets: Assignment[] = [];
  let request: ArmRequest;
  try {
    planned = await Promise.all(
      change.diff.map(async (edit) => ({ ...edit, after: await readWhenCreated(edit.after, change.target, tools) })),
    );
    edits = planned;
    if (change.call === undefined) {
      const isToExist = !change.diff.some(({ path, before }) => path === '' && before.kind === 'absent');
      const fact = await (isToExist
        ? readExisting(arm, change.target, change.key, change.instanceId)
        : arm.readOne(change.target, change.key, change.instanceId));
      if (fact.state === 'unreadable') throw fact.failure;
      fresh = fact.body;
      if (!secret) edits = planned.map((edit) => mergeOntoOwn(edit, change, fresh, tools.written));
    }
    sets.push(...edits.map(({ path, after }) => ({ path, to: jsonOf(after) })));
    request = arm.request(change.target, change.key, fresh, sets, change.instanceId);
  } catch (error) {
    if (!(error instanceof ArmFailure)) throw error;
    return { state: 'failed', failure: error, sent: false };
  }
  if (change.call === undefined) {
    const now = edits.map((edit) => ({ edit, to: jsonOf(edit.after), value: valueAt(fresh, edit.path) ?? null }));
    if (!change.rewrites && now.every(({ edit, to, value }) => isShown(value ?? edit.absent, to, edit.path))) return { state: 'already' };
    const isAsSeen = ({ edit: { path, before, own }, value }: (typeof now)[number]) => {
      if (!own) return isSame(value, jsonOf(before), path);
      return !isKnown(before) || isShown(value, jsonOf(before), path);
    };
    if (now.some((one) => !isAsSeen(one) && !isShown(one.value, one.to, one.edit.path))) {
      if (now.some(({ edit, value }) => isOfAnotherPrincipal(change, edit, value)))
        return { state: 'failed', failure: nameTaken(change), sent: false };
      const before = (edit: Edit, value: Json) => (isSecret(edit.before) ? secretValue(value) : valueRead(secret, edit.path, value));
      const diff = now.map(({ edit, value }) => ({ ...edit, before: before(edit, value) }));
      const by = now.flatMap(({ edit, value }) => tools.written?.by(change.resource, edit.path, value) ?? [])[0];
      return { state: 'moved', diff, ...(by === undefined ? {} : { by }) };
    }
  }
  const shownSets = edits.map(({ path, after }) => ({ path, to: showValue(after) }));
  const visible = secret && fresh ? (redact(fresh) as Body) : fresh;
  const shownBody = arm.request(change.target, change.key, visible, shownSets, change.instanceId).body;
  const lost = await lockLost(tools);
  if (lost) return { state: 'failed', failure: lost, sent: false };
  try {
    await journal.append(await intentOf(change, number, shownBody, edits, journal.run, tools.clock.now().toISOString()));
  } catch (error) {
    return { state: 'failed', failure: unwritable(error), sent: false };
  }
  try {
    // A retried request must not overwrite changes that others made during the wait.
    const obstacle = async (): Promise<ArmFailure | undefined> => {
      const notOurs = await lockLost(tools);
      if (notOurs || change.call !== undefined) return notOurs;
      const fact = await arm.readOne(change.target, change.key, change.instanceId);
      if (fact.state !== 'read') return fact.failure;
      const [was, now] = [fresh, fact.body];
      const again = arm.request(change.target, change.key, now, sets, change.instanceId);
      const isSameNow = edits.every(({ path }) => equals(valueAt(was, path) ?? null, valueAt(now, path) ?? null));
      return isSameNow && equals(again.body, request.body) ? undefined : changedMeanwhile();
    };
    const isCurrent = async () => (await obstacle()) === undefined;
    // These writes have no If-Match: the values of others are read once more, right before they are sent back.
    const isWhole = change.call === undefined && carriesOthers(change, request, sets, arm);
    const failure = isWhole ? await obstacle() : undefined;
    if (failure) return await notSent(number, failure, tools);
    const beside = change.call === undefined && (isWhole || isCompared(change.key)) ? { beside: { body: fresh, isWhole } } : {};
    // What another app of the run, or a person, set before the request is no result of it.
    const isToCome = ({ path, after, absent }: Edit) => !isShown(valueAt(fresh, path) ?? absent ?? null, jsonOf(after), path);
    const result = await sendUntilKnown(change, number, request, edits, {
      ...tools,
      isCurrent,
      toCome: edits.filter(isToCome),
      ...beside,
    });
    if (result.state !== 'applied') return result;
    const other = edits.some((edit, index) => edit !== planned[index]) ? { diff: edits } : {};
    if (!secret) for (const { path, after } of edits) tools.written?.note(change.resource, path, jsonOf(after), change.target.label);
    for (const proof of change.proofs) {
      const failure = await waitForProof(proof, change.target, tools);
      if (failure) return { state: 'failed', failure, sent: true, takeBack: change.reversible, ...other };
    }
    return { ...result, ...other };
  } catch (error) {
    // Only the undo log throws here, for example because the disk is full, the folder was deleted, or the shared log cannot be reached.
    if ((error as NodeJS.ErrnoException).code === undefined && !(error instanceof UserError)) throw error;
    return { state: 'failed', failure: unrecorded(error), sent: true, unknown: true };
  }
}

/** Whether a request sends more than the values of its change. The other values were written by others and have just been read. */
const carriesOthers = (change: Change, request: ArmRequest, sets: readonly Assignment[], arm: ArmWriter): boolean =>
  sets.every(({ path }) => path !== '') &&
  (sets.some(({ to }) => Array.isArray(to)) ||
    !equals(request.body, arm.request(change.target, change.key, null, sets, change.instanceId).body));

async function notSent(number: number, failure: ArmFailure, { journal, clock }: Tools): Promise<ApplyResult> {
  const { code, message, mayHaveHappened } = failure;
  const error = { code, message, mayHaveHappened };
  const at = clock.now().toISOString();
  await journal.append({ type: 'outcome', at, change: number, ok: false, status: null, correlationId: null, error });
  return { state: 'failed', failure, sent: false };
}

/** Whether a value contains text that was read from a secret. */
const isRead = ({ kind }: Value): boolean => kind === 'secret' || kind === 'deferred';

/** Returns an edit on top of a value that another app of this run wrote since. A resource that is created as a whole is not merged. */
function mergeOntoOwn(edit: Edit, { resource }: Change, fresh: Body | null, written: OwnWrites | undefined): Edit {
  const { path, before, after, own } = edit;
  const now = valueAt(fresh, path) ?? null;
  const isOther =
    path !== '' && !own && !isRead(before) && !isRead(after) && !sameMeaning(now, jsonOf(before), path) && written?.by(resource, path, now);
  return (isOther ? mergeOnto(edit, now) : undefined) ?? edit;
}

/** Sends a request. After a lost answer, it reads the resource before it sends again. */
async function sendUntilKnown(
  change: Change,
  number: number,
  request: ArmRequest,
  edits: readonly Edit[],
  tools: Tools & VerifyTools & Pick<WhileSending, 'isCurrent'> & { readonly toCome: readonly Edit[] },
): Promise<ApplyResult> {
  const { arm, journal } = tools;
  const meanwhile: WhileSending = {
    onProgress: (status, elapsed) => tools.onWait?.(`Azure completes the operation (status ${status})`, elapsed),
    ...(tools.onWait ? { onWait: tools.onWait } : {}),
    ...(tools.isCurrent ? { isCurrent: tools.isCurrent } : {}),
  };
  for (let attempt = 0; ; attempt++) {
    const at = () => tools.clock.now().toISOString();
    try {
      const notOurs = await lockLost(tools);
      // An earlier attempt may still arrive at Azure.
      if (notOurs) throw attempt > 0 ? notOurs.with({ mayHaveHappened: true }) : notOurs;
      const { status, correlationId, exists, isOpen } = await arm.send(request, meanwhile);
      if (isOpen && change.call !== undefined) throw withoutResult(status, correlationId);
      // If an earlier response was lost, a resource with the sent name was created by this change.
      if (exists && !(exists.sameName && attempt > 0)) {
        // Someone else created the resource, so an undo of this run must not delete it.
        const error = { code: exists.code, message: exists.message, mayHaveHappened: false };
        await journal.append({ type: 'outcome', at: at(), change: number, ok: false, status, correlationId, error });
        return { state: 'already' };
      }
      await journal.append({ type: 'outcome', at: at(), change: number, ok: true, status, correlationId });
      const { state, ...more } = await verify(change, number, edits, tools);
      return { state: 'applied', verified: state, correlationId, ...more };
    } catch (error) {
      if (!(error instanceof ArmFailure)) throw error;
      const said = withPolicies(error, change);
      const failure = isRefusedByService(said, change) ? await readAfterRefusal(change, tools.toCome, said, tools) : said;
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
      if (!said.mayHaveHappened) return { state: 'failed', failure, sent: true, unknown: true };
      if (failure.taken) return await readBack(change, number, edits, failure, tools);
      if (change.rewrites) {
        // A read shows the same value whether Azure accepted the write or not, so only the answer shows the result.
        if (attempt >= RESENDS || tools.signal?.aborted) return { state: 'failed', failure, sent: true, unknown: true };
        await tools.clock.sleep(RESEND_WAIT, tools.signal);
        if ((await tools.isCurrent?.()) === false) return { state: 'failed', failure, sent: true, unknown: true };
        continue;
      }
      // The answer was lost, but the write may have happened: the resource is read before the request is sent again.
      const { state: seen, provisioning, ...more } = await verify(change, number, edits, tools, attempt < RESENDS ? 2 : 4);
      if (seen === 'shown') return { state: 'applied', verified: 'shown', correlationId, ...more };
      // The resource has the values, so the request arrived and is not sent again.
      if (provisioning !== undefined) return { state: 'applied', verified: seen, correlationId, provisioning };
      if (seen === 'not-readable') return { state: 'failed', failure, sent: true, unknown: true };
      if (attempt >= RESENDS || tools.signal?.aborted) return { state: 'failed', failure: notSeen(failure, attempt + 1, more), sent: true };
    }
  }
}

/** Whether the service of a resource refused a write, so that only a read shows whether a part of it was done. A 412 comes before any work. */
const isRefusedByService = ({ kind, status, mayHaveHappened }: ArmFailure, { call, rewrites }: Change): boolean =>
  !mayHaveHappened && status !== 412 && /^(invalid|conflict|busy)$/.test(kind) && status !== null && call === undefined && !rewrites;

/** Returns the failure where another process took the lock, so that nothing more may be written. */
async function lockLost({ assertHeld }: Tools): Promise<ArmFailure | undefined> {
  try {
    await assertHeld?.();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return new ArmFailure({
      kind: 'conflict',
      code: LOCK_LOST,
      message: error.message,
      mayHaveHappened: false,
      next: error.next.join(' '),
    });
  }
}
