/** Long-running operations: what Azure has taken but not done yet is asked after until it is. */
import type { ArmAnswer, ArmClient } from './client.ts';
import { conflictOf } from './conflicts.ts';
import { ArmFailure, type Clock } from '../engine/ports.ts';
import { isRecord, valueAt } from '../change/json-paths.ts';
import { askedWait } from './waits.ts';

export interface Waiting {
  /** Told at each look: what Azure says, and for how long it has been going on in milliseconds. */
  readonly onProgress?: (status: string, elapsed: number) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks where the service names none. */
  readonly wait: number;
  readonly clock: Clock;
}

/** Longer than any private endpoint takes; after it the outcome is looked up by reading. */
const LONGEST = 15 * 60_000;
const MOST_WAIT = 30_000;

/** Waits for the end of what was started. @throws ArmFailure where it ends badly, or does not end */
export async function waitUntilDone(client: ArmClient, first: ArmAnswer, { onProgress, signal, wait, clock }: Waiting): Promise<void> {
  const operation = first.header('azure-asyncoperation');
  const place = operation ?? (first.status === 202 ? first.header('location') : undefined);
  if (!place) return;
  const began = clock.elapsed();
  let answer = first;
  for (;;) {
    const elapsed = clock.elapsed() - began;
    if (signal?.aborted || elapsed > LONGEST) throw unfinished(first, elapsed);
    await clock.sleep(Math.min(askedWait(answer.header) ?? wait, MOST_WAIT), signal);
    answer = await client.send('GET', place, '');
    const status = operation ? String(valueAt(answer.body, 'status') ?? 'InProgress') : answer.status === 202 ? 'InProgress' : 'Succeeded';
    if (/^succeeded$/i.test(status)) return;
    if (/^(failed|canceled|cancelled)$/i.test(status)) throw ended(answer, status);
    onProgress?.(status, clock.elapsed() - began);
  }
}

function ended(answer: ArmAnswer, status: string): ArmFailure {
  const error = valueAt(answer.body, 'error');
  const text = (name: string) => (isRecord(error) && typeof error[name] === 'string' ? error[name] : undefined);
  const conflict = conflictOf(text('code') ?? '', text('message') ?? '', JSON.stringify(error ?? null));
  const next = {
    passes: 'Another operation was in progress. Preview again once it is done: what is half there shows in the preview.',
    lasts: conflict.is === 'lasts' ? conflict.next : '',
    'not-known': 'Read what it says; what is half there shows in the next preview.',
  };
  return new ArmFailure({
    kind: 'server',
    code: text('code') ?? status,
    message: `Azure took the request, but could not finish it: ${text('message') ?? status}.`,
    correlationId: answer.correlationId,
    next: next[conflict.is],
  });
}

const unfinished = (answer: ArmAnswer, elapsed: number): ArmFailure =>
  new ArmFailure({
    kind: 'server',
    code: 'StillGoingOn',
    message: `Azure has been at it for ${Math.round(elapsed / 1000)} s and is not done.`,
    correlationId: answer.correlationId,
    mayHaveHappened: true,
    next: 'Look again later: the same run sends nothing where the values stand there by then.',
  });
