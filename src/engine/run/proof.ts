/** Waits for a condition: reads until it holds, or until it is clear that it will not. */
import type { Proof } from '../../contract/index.ts';
import type { ResourceKey, Target } from '../../azure/index.ts';
import { ArmFailure, type ArmReader, type ArmWriter, type Clock, type Fact } from '../ports.ts';
import type { Body } from '../../change/json-paths.ts';

/** Milliseconds between reads; five minutes in total, as long as a role assignment may take to reach all of Azure. */
const WAITS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000];

interface ProofTools {
  readonly arm: ArmWriter;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onWait?: (what: string, elapsed: number) => void;
}

/** Returns why a condition does not hold, or undefined once it does. */
export async function waitForProof(
  { key, instanceId, says, holds, refresh, patient }: Proof,
  target: Target,
  { arm, clock, signal, onWait }: ProofTools,
): Promise<ArmFailure | undefined> {
  let last = 'the value did not appear in time';
  const began = clock.now().getTime();
  for (const [index, wait] of [0, ...WAITS].entries()) {
    if (wait > 0) {
      onWait?.(says, clock.now().getTime() - began);
      await clock.sleep(wait, signal);
    }
    if (refresh && index > 1) await arm.send(arm.request(target, refresh, null, [])).catch(() => undefined);
    const fact = instanceId === undefined ? await readFresh(arm, target, key) : await arm.readOne(target, key, instanceId);
    if (fact.state === 'unreadable') {
      if ((fact.failure.kind === 'forbidden' && !patient) || signal?.aborted) return failure(says, fact.failure.message, fact.failure.next);
      last = fact.failure.message;
    } else {
      const held = holds(fact.body as Body as never);
      if (held === true) return undefined;
      if (typeof held === 'string') return failure(says, held);
      if (held !== false) {
        if (clock.now().getTime() - began >= held.within) return failure(says, held.why);
        last = held.why;
      }
    }
    if (signal?.aborted) return failure(says, 'stopped while waiting');
  }
  return failure(says, last);
}

/** Reads a resource as an audit does, without a cache. */
const readFresh = (arm: ArmReader, target: Target, key: ResourceKey): Promise<Fact> =>
  arm.read(target, key, (other) => readFresh(arm, target, other));

const failure = (says: string, why: string, next = 'Fix this problem, then try again.'): ArmFailure =>
  new ArmFailure({ kind: 'conflict', code: 'NotProven', message: `This check failed: ${says}. Reason: ${why}`, next });
