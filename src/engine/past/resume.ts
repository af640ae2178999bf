/** A run that was cut off: what became of the requests whose answer never reached the undo log. */
import type { Json } from '../../azure/index.ts';
import type { Entry, RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { digestOf, shownValue } from '../../change/redact.ts';
import type { Plan } from '../plan/plan.ts';
import type { AppChanges } from '../run/run-input.ts';
import type { UndoPlan } from './undo.ts';
import type { ArmReader, Clock } from '../ports.ts';
import { isRecord, shows, valueAt } from '../../change/json-paths.ts';
import type { Change } from '../../change/change.ts';

/** `done` the values stand there · `not-done` the old ones do · `changed` neither · `not-known` nothing that can be read tells. */
export type Standing = 'done' | 'not-done' | 'changed' | 'not-known';

export interface Settled {
  readonly recorded: RecordedChange;
  readonly found: Standing;
  /** Why it is not known. */
  readonly why?: string;
  /** What is added to the journal, so that nobody has to look again. */
  readonly entries: readonly Entry[];
}

/** What is left of a run that was cut off. */
export interface Resumption {
  readonly settled: readonly Settled[];
  /** What is added to the journal before it goes on. */
  readonly entries: readonly Entry[];
  readonly apps: readonly AppChanges[];
  /** Of a run that applied decisions. */
  readonly plans: readonly Plan[];
  /** Of a run that took another one back. */
  readonly undo?: { readonly run: string; readonly plan: UndoPlan };
}

/** Reads afresh what each change with an intent and no outcome was about. */
export async function settle(run: RecordedRun, arm: ArmReader, clock: Clock): Promise<Settled[]> {
  const open = run.changes.filter(({ state }) => state === 'unknown');
  return Promise.all(open.map((recorded) => settleOne(recorded, run, arm, clock.now().toISOString())));
}

async function settleOne(recorded: RecordedChange, run: RecordedRun, arm: ArmReader, at: string): Promise<Settled> {
  const { intent } = recorded;
  const { change, key, resource, instance } = intent;
  const not = (why: string): Settled => ({ recorded, found: 'not-known', why, entries: [] });
  const target = run.start.targets.find(({ id }) => id === intent.target);
  if (!arm.knows(key)) return not(`this version knows no resource called ${key}`);
  if (!target) return not('the undo log does not say which app it belongs to');
  if (intent.call !== undefined) return not('a call leaves nothing that could be read back; it is not made again');
  const fact = await arm.readOne(target, key, instance ? resource : undefined);
  if (fact.state === 'unreadable') return not(fact.failure.message);
  const { secret } = arm.describe(target, key, instance ? resource : undefined);
  const found = await Promise.all(
    Object.keys(intent.after).map(async (path) => {
      const now = valueAt(fact.body, path) ?? null;
      const before = intent.before[path] ?? null;
      const absent = intent.absent?.[path];
      return {
        path,
        now: shownValue(secret, path, now),
        isNew: matches(now ?? absent, intent.after[path] ?? null),
        isOld: typeof before === 'string' && isDigest(before) ? (await digestOf(run.run, now)) === before : shows(now ?? absent, before),
      };
    }),
  );
  if (found.every(({ isNew }) => isNew)) return { recorded, found: 'done', entries: [{ type: 'verified', at, change, state: 'shown' }] };
  if (found.every(({ isOld }) => isOld)) {
    const error = { code: 'CutOff', message: 'The run was cut off, and a fresh read showed the old values.', mayHaveHappened: false };
    return {
      recorded,
      found: 'not-done',
      entries: [{ type: 'outcome', at, change, ok: false, status: null, correlationId: null, error }],
    };
  }
  const values = Object.fromEntries(found.map(({ path, now }) => [path, now]));
  return { recorded, found: 'changed', entries: [{ type: 'verified', at, change, state: 'not-shown', found: values }] };
}

const isDigest = (text: string): boolean => text.startsWith('(sensitive value, sha256 ');

/** Whether a value is the recorded one; of a secret the record has only words in angle brackets, so any text will do there. */
function matches(have: Json | undefined, want: Json): boolean {
  if (typeof want === 'string' && /<[^>]+>/.test(want)) {
    const form = want.split(/<[^>]+>/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return typeof have === 'string' && new RegExp(`^${form.join('.+')}$`, 's').test(have);
  }
  if (isRecord(want)) return isRecord(have) && Object.entries(want).every(([name, value]) => matches(have[name], value));
  return shows(have, want);
}

/** A call is never made twice: a key that was rotated once more would shut out those who have the new one. */
export const notCalledBefore =
  (run: RecordedRun) =>
  ({ call, resource }: Change): boolean =>
    call === undefined ||
    !run.changes.some(
      ({ intent, state }) => state !== 'failed' && intent.call !== undefined && intent.resource.toLowerCase() === resource.toLowerCase(),
    );
