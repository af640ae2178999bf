/** Finds out what became of a write that Azure accepted, where its operation failed or its end is not known. */
import type { ArmFailure } from '../ports.ts';
import type { Change } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import { equals, valueAt } from '../../change/json-paths.ts';
import type { Verified } from '../../change/undo-log.ts';
import { jsonOf } from '../../change/value.ts';
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
  const now = provisioning === undefined ? says[seen] : `The resource has the new value, and its provisioning state is ${provisioning}.`;
  return {
    state: 'failed',
    failure: failure.with({ message: `${failure.message.replace(/\.?$/, '.')} ${now}`, mayHaveHappened: true }),
    sent: true,
    unknown: true,
  };

  async function isAsBefore(): Promise<boolean> {
    const fact = await arm.readOne(change.target, change.key, change.instanceId);
    return edits.every(({ path, before }) => fact.state === 'read' && equals(valueAt(fact.body, path) ?? null, jsonOf(before)));
  }
}

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
