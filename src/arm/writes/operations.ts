/** Waits for long-running operations, which Azure has accepted and not completed. */
import type { ArmAnswer, ArmClient } from '../client.ts';
import { conflictOf } from '../http/conflicts.ts';
import { ArmFailure, type Clock } from '../../engine/ports.ts';
import { valueAt } from '../../change/json-paths.ts';
import { failureWithoutAnswer, errorIn } from '../failures/failures.ts';
import { pollWait } from '../http/waits.ts';

export interface Waiting {
  /** Called at each poll with the status of Azure and the milliseconds so far. */
  readonly onProgress?: (status: string, elapsed: number) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds between two polls where the service gives none. */
  readonly wait: number;
  readonly clock: Clock;
}

/** Milliseconds: longer than any private endpoint takes. After that, a read decides. */
const LONGEST = 15 * 60_000;

/** Milliseconds. A longer wait is reported before it begins. */
const WORTH_SAYING = 5000;

/** The form of a status: `Running`, `ResolvingDNS`. */
const STATUS = /^[A-Za-z]{1,40}$/;

/** The number of polls after which polling ends if Azure does not know the operation. */
const UNKNOWN_LOOKS = 3;

/** Whether Azure accepted a request and named no operation to poll. */
export const isOpenEnded = ({ status, header }: ArmAnswer): boolean =>
  status === 202 && !header('azure-asyncoperation') && !header('location');

/** Waits until an operation is completed. @throws ArmFailure where it fails, does not end, or cannot be polled */
export async function waitUntilDone(client: ArmClient, first: ArmAnswer, waiting: Waiting): Promise<void> {
  try {
    await untilDone(client, first, waiting);
  } catch (error) {
    // Later errors do not mean that the write failed, because Azure has accepted it.
    throw error instanceof ArmFailure && error.taken ? error : pollFailure(first, failureWithoutAnswer(error, true));
  }
}

async function untilDone(client: ArmClient, first: ArmAnswer, { onProgress, signal, wait, clock }: Waiting): Promise<void> {
  const operation = first.header('azure-asyncoperation');
  const place = operation ?? (first.status === 202 ? first.header('location') : undefined);
  if (!place) return;
  const began = clock.elapsed();
  let answer = first;
  for (let look = 0; ; look++) {
    const elapsed = clock.elapsed() - began;
    if (signal?.aborted || elapsed > LONGEST) throw unfinished(first, elapsed);
    const pause = pollWait(answer.header, look, wait);
    if (pause > WORTH_SAYING && look === 0) onProgress?.('that it has accepted the request', elapsed);
    await clock.sleep(pause, signal);
    try {
      answer = await client.follow(place);
    } catch (error) {
      // A server that the operation has not reached yet does not know it (hashicorp/go-azure-sdk#740).
      if (!(error instanceof ArmFailure) || error.kind !== 'missing' || look >= UNKNOWN_LOOKS) throw error;
      continue;
    }
    const status = operation ? String(valueAt(answer.body, 'status') ?? 'InProgress') : answer.status === 202 ? 'InProgress' : 'Succeeded';
    if (/^succeeded$/i.test(status)) return;
    if (/^(failed|canceled|cancelled)$/i.test(status)) throw ended(answer, status);
    // A status is a word of Azure. Any other text may quote a value, so it is not shown.
    onProgress?.(STATUS.test(status) ? status : 'InProgress', clock.elapsed() - began);
  }
}

function ended(answer: ArmAnswer, status: string): ArmFailure {
  const error = valueAt(answer.body, 'error');
  const { code, message } = errorIn(error);
  const conflict = conflictOf(code ?? '', message ?? '', JSON.stringify(error ?? null).slice(0, 20_000));
  const next = {
    passes: 'Another operation was in progress. Preview again after it ends. The preview shows which values were changed.',
    lasts: conflict.is === 'lasts' ? conflict.next : '',
    'not-known': 'Read the message. The next preview shows which values were changed.',
  };
  return new ArmFailure({
    kind: 'server',
    code: code ?? (/^canceled$|^cancelled$/i.test(status) ? 'Canceled' : 'Failed'),
    message: `Azure accepted the request but could not complete it: ${(message ?? status).replace(/\.?$/, '.')}`,
    correlationId: answer.correlationId,
    taken: 'ended',
    next: next[conflict.is],
  });
}

const unfinished = (answer: ArmAnswer, elapsed: number): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'StillGoingOn',
    message: `Azure has processed the request for ${Math.round(elapsed / 1000)} s and is not finished.`,
    correlationId: answer.correlationId,
    taken: 'broke',
    next: 'Run the command again later. Values that are set by then are not sent again.',
  });

/** Returns the failure of a poll as one of the write: that the poll failed says nothing about the write. */
const pollFailure = (first: ArmAnswer, { kind, status, code, message, correlationId }: ArmFailure): ArmFailure =>
  new ArmFailure({
    kind,
    status,
    code,
    message: `Azure accepted the request, but its result could not be read (${message.replace(/\.$/, '')}).`,
    correlationId: first.correlationId ?? correlationId,
    taken: 'broke',
    next: 'Preview again to see the current value. func-harden undo reverts the change of this run if it was applied.',
  });
