/** Checks whether a change shows in Azure, and whether other values of the resource were removed or changed with it. */
import type { Json } from '../../azure/index.ts';
import type { ArmWriter, Clock, FailureKind, Journal } from '../ports.ts';
import type { Change } from '../../change/change.ts';
import type { OwnWrites } from '../../change/own-writes.ts';
import type { Edit } from '../../change/edit.ts';
import type { Verified } from '../../change/undo-log.ts';
import { plain, recordValue, valueRead } from '../../change/value.ts';
import { valueAt } from '../../change/json-paths.ts';
import { lostValues, type Beside } from './lost-values.ts';
import { hasFailed, PROVISIONING, unfinishedProvisioning } from './provisioning.ts';
import { seenValues } from './seen-values.ts';

export interface VerifyTools {
  readonly arm: ArmWriter;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onWait?: (what: string, elapsed: number) => void;
  /** The resource right before the write, where its other values are compared. */
  readonly beside?: Beside;
  /** The values that this run wrote so far. */
  readonly written?: OwnWrites;
}

/** Milliseconds between the reads of the verification; one minute in total. */
const VERIFY_WAITS = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000];
/** Milliseconds. A longer wait is reported. */
const WORTH_SAYING = 5000;
/** Failures of a read right after a write that pass by themselves: a server that does not know the resource yet, an app that restarts. */
const PASSES: ReadonlySet<FailureKind> = new Set(['missing', 'host', 'busy']);
/** The result of the reads after a write. `provisioning`: the state of a resource that shows the values and that Azure has not completed. */
export type Seen = Pick<Verified, 'state' | 'lost'> & {
  readonly provisioning?: string;
  /** Paths whose new value does not show, where the other new values do. */
  readonly hidden?: readonly string[];
  /** Paths that show a third value, neither the old nor the new one. */
  readonly other?: readonly string[];
};

/** Reads until the desired values show, or until the waits are used up. */
export async function verify(
  change: Change,
  number: number,
  edits: readonly Edit[],
  tools: VerifyTools,
  tries = VERIFY_WAITS.length,
): Promise<Seen> {
  const { arm, journal, clock, signal } = tools;
  const record = async (state: Verified['state'], more: Pick<Verified, 'found' | 'lost'> = {}, provisioning?: string): Promise<Seen> => {
    await journal.append({ type: 'verified', at: clock.now().toISOString(), change: number, state, ...more });
    return { state, ...(more.lost ? { lost: more.lost } : {}), ...(provisioning === undefined ? {} : { provisioning }) };
  };
  if (change.call !== undefined) return record('not-readable');
  const { secret } = arm.describe(change.target, change.key, change.instanceId);
  const began = performance.now();
  for (const wait of [0, ...VERIFY_WAITS.slice(0, tries)]) {
    if (wait > WORTH_SAYING) tools.onWait?.('the new value is visible', performance.now() - began);
    if (wait > 0) await clock.sleep(wait, signal);
    const fact = await arm.readOne(change.target, change.key, change.instanceId);
    const isLast = signal?.aborted || wait === VERIFY_WAITS.slice(0, tries).at(-1);
    if (fact.state === 'unreadable') {
      const { kind } = fact.failure;
      // A permission that the same plan granted is not known to every server of Azure yet.
      const isNew = kind === 'forbidden' && change.needs.some(({ patient }) => patient);
      if ((isNew || PASSES.has(kind)) && !isLast) continue;
      return record('not-readable');
    }
    const { hidden, other } = seenValues(change.key, secret, edits, fact.body);
    if (hidden.length === 0) {
      const provisioning = unfinishedProvisioning(fact.body);
      if (provisioning !== undefined && !isLast && !hasFailed(provisioning)) continue;
      if (provisioning !== undefined) return record('not-shown', { found: { [PROVISIONING]: plain(provisioning) } }, provisioning);
      const isOwn = (path: string, now: Json): boolean => tools.written?.by(change.resource, path, now) !== undefined;
      const lost = tools.beside
        ? lostValues(tools.beside, fact.body, { key: change.key, paths: edits.map(({ path }) => path), isOwn })
        : [];
      return record('shown', lost.length > 0 ? { lost } : {});
    }
    if (isLast) {
      const values = edits.map(
        async ({ path }) => [path, await recordValue(valueRead(secret, path, valueAt(fact.body, path) ?? null), journal.run)] as const,
      );
      const seen = await record('not-shown', { found: Object.fromEntries(await Promise.all(values)) });
      return {
        ...seen,
        ...(hidden.length < edits.length ? { hidden: hidden.map(({ path }) => path) } : {}),
        ...(other.length > 0 ? { other } : {}),
      };
    }
  }
  return record('not-shown');
}
