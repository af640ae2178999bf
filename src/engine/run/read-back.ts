/** Finds out what became of a write that Azure accepted, where its operation failed or its end is not known. */
import type { ArmFailure } from '../ports.ts';
import type { Change } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import { equals, valueAt } from '../../change/json-paths.ts';
import type { Verified } from '../../change/undo-log.ts';
import { jsonOf } from '../../change/value.ts';
import { THIRD_VALUE, withSentence } from './apply-failures.ts';
import { seenValues } from './seen-values.ts';
import { verify, type VerifyTools } from './verify.ts';

interface NotDone {
  readonly state: 'failed';
  readonly failure: ArmFailure;
  readonly sent: true;
  readonly unknown?: true;
}

interface Done {
  readonly state: 'applied';
  readonly verified: 'shown';
  readonly correlationId: string | null;
  readonly lost?: readonly string[];
}

/** Reads the resource after a write that Azure accepted and whose end is unknown or bad. Nothing is sent again. */
export async function readBack(
  change: Change,
  number: number,
  edits: readonly Edit[],
  failure: ArmFailure,
  tools: VerifyTools,
): Promise<NotDone | Done> {
  const { arm, journal, clock } = tools;
  // An operation that Azure could not finish is not reported as applied, even if some values show. A value that was there before shows nothing.
  const isProof = failure.taken !== 'ended' && !change.rewrites;
  const keeps = isProof ? tools : { ...tools, journal: { ...journal, append: () => Promise.resolve() } };
  const { state: seen, provisioning, ...more } = await verify(change, number, edits, keeps, 4);
  const { status, code, correlationId, taken } = failure;
  // Azure does not know the operation any more, and a fresh read shows its values as completed.
  if (isProof && failure.kind === 'missing' && seen === 'shown') return { state: 'applied', verified: seen, correlationId, ...more };
  if (taken === 'ended' && (change.rewrites ? seen === 'shown' : seen === 'not-shown' && (await isAsBefore()))) {
    const error = { code, message: failure.message, mayHaveHappened: false };
    await journal.append({ type: 'outcome', at: clock.now().toISOString(), change: number, ok: false, status, correlationId, error });
    return {
      state: 'failed',
      failure: failure.with({ message: `${failure.message} The resource has the old value.`, mayHaveHappened: false }),
      sent: true,
    };
  }
  const says = change.rewrites ? AFTER_REWRITE : AFTER_CHANGE;
  const value = more.other && !change.rewrites ? `The resource ${THIRD_VALUE}.` : says[seen];
  const now = provisioning === undefined ? value : `The resource has the new value, and its provisioning state is ${provisioning}.`;
  return {
    state: 'failed',
    failure: withSentence(failure, now).with({ mayHaveHappened: true }),
    sent: true,
    unknown: true,
  };

  async function isAsBefore(): Promise<boolean> {
    const fact = await arm.readOne(change.target, change.key, change.instanceId);
    return edits.every(({ path, before }) => fact.state === 'read' && equals(valueAt(fact.body, path) ?? null, jsonOf(before)));
  }
}

/** Reads the resource once after a write that Azure refused, because a service may refuse a request that it carried out in part. */
export async function readAfterRefusal(
  { target, key, instanceId }: Change,
  edits: readonly Edit[],
  failure: ArmFailure,
  { arm }: Pick<VerifyTools, 'arm'>,
): Promise<ArmFailure> {
  const fact = await arm.readOne(target, key, instanceId);
  if (fact.state === 'unreadable') return withSentence(failure, NOT_READABLE);
  const { secret } = arm.describe(target, key, instanceId);
  const { hidden, other, isOld } = seenValues(key, secret, edits, fact.body);
  const shown = edits.filter((edit) => !hidden.includes(edit));
  if (shown.length === 0) {
    const now = other.length > 0 ? THIRD_VALUE : isOld ? 'has the old value' : fact.body ? 'does not show the new value' : 'does not exist';
    return withSentence(failure, `The resource ${now}.`);
  }
  const says =
    hidden.length === 0 ? AFTER_CHANGE.shown : `The resource has the new value of ${pathsOf(shown)} now, and not of ${pathsOf(hidden)}.`;
  return withSentence(failure, says).with({ mayHaveHappened: true });
}

const pathsOf = (edits: readonly Edit[]): string => edits.map(({ path }) => path.replace(/^properties\./, '')).join(', ');

const NOT_READABLE = 'The current value could not be read.';
const AFTER_CHANGE: Readonly<Record<Verified['state'], string>> = {
  shown: 'The resource has the new value now.',
  'not-shown': 'The resource does not have the new value yet.',
  'not-readable': NOT_READABLE,
};
/** Sentences about the read after a write of the current value. */
const AFTER_REWRITE: Readonly<Record<Verified['state'], string>> = {
  shown: 'The value is unchanged, which does not prove the write.',
  'not-shown': 'The value is different now.',
  'not-readable': NOT_READABLE,
};
