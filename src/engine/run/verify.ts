/** Checks whether a change shows in Azure, and whether other values of the resource were removed or changed with it. */
import type { Json, ResourceKey } from '../../azure/index.ts';
import type { ArmWriter, Clock, FailureKind, Journal } from '../ports.ts';
import type { Change } from '../../change/change.ts';
import type { OwnWrites } from '../../change/own-writes.ts';
import type { Edit } from '../../change/edit.ts';
import type { Verified } from '../../change/undo-log.ts';
import { jsonOf, plain, recordValue, valueRead } from '../../change/value.ts';
import { containsJson, valueAt, type Body } from '../../change/json-paths.ts';
import { showsJson } from '../../change/shown.ts';
import { lostValues, type Beside } from './lost-values.ts';
import { hasFailed, PROVISIONING, unfinishedProvisioning } from './provisioning.ts';

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
/** Resources that have all of their members in each answer, null where nothing is set (recorded). */
const WHOLE: ReadonlySet<ResourceKey> = new Set(['site', 'siteConfig', 'scmPolicy', 'ftpPolicy']);
/** Whether an answer says anything of a value. A member that was there before the write and is missing after it does not have its default. */
const isTold = (key: ResourceKey, { path, before, after }: Edit, body: Body | null): boolean =>
  !WHOLE.has(key) || valueAt(body, path) !== undefined || before.kind === 'absent' || after.kind === 'absent';

/** The result of the reads after a write. `provisioning`: the state of a resource that shows the values and that Azure has not completed. */
export type Seen = Pick<Verified, 'state' | 'lost'> & {
  readonly provisioning?: string;
  /** Paths whose new value does not show, where the other new values do. */
  readonly hidden?: readonly string[];
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
  // The case of a setting's value matters to the app.
  const isShown = secret ? containsJson : showsJson;
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
    const found = edits.map((edit) => ({ edit, now: valueAt(fact.body, edit.path) ?? null }));
    const hidden = found
      .filter(({ now, edit }) => !isTold(change.key, edit, fact.body) || !isShown(now ?? edit.absent, jsonOf(edit.after), edit.path))
      .map(({ edit }) => edit.path);
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
      const values = found.map(
        async ({ edit: { path }, now }) => [path, await recordValue(valueRead(secret, path, now), journal.run)] as const,
      );
      const seen = await record('not-shown', { found: Object.fromEntries(await Promise.all(values)) });
      return hidden.length < edits.length ? { ...seen, hidden } : seen;
    }
  }
  return record('not-shown');
}
