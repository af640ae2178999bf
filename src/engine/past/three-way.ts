/** Three-way comparison: the recorded values before and after a change, and the current value. */
import { KINDS, type Json } from '../../azure/index.ts';
import type { RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { restoreOf, type Edit } from '../../change/edit.ts';
import { equals, valueAt, type Body, containsJson } from '../../change/json-paths.ts';
import { showsJson } from '../../change/shown.ts';
import { ABSENT, matchesRecorded, jsonOf, plain, valueRead, type Value } from '../../change/value.ts';
import type { ArmReader } from '../ports.ts';
import { isOwnSource, problemOf } from './record-check.ts';

/** A recorded edit with the current value, or the reason why that cannot be read. */
export interface ThreeWay {
  readonly change: number;
  readonly resource: string;
  readonly edit: Edit;
  readonly now: Value;
  readonly state: 'ours' | 'before' | 'foreign' | 'unreadable';
  readonly why?: string;
  /** Set where the value is as the run wrote it, and stays because this value that belongs to it was changed. */
  readonly heldBy?: string;
}

/** Returns every value that a run wrote, with its current value. */
export async function threeWay(run: RecordedRun, arm: ArmReader): Promise<ThreeWay[]> {
  const rows = run.changes
    .filter(({ intent }) => intent.call === undefined && arm.knows(intent.key))
    .map(async ({ intent }): Promise<ThreeWay[]> => {
      const { change, resource, edits, key } = intent;
      const wrong = problemOf(intent, run);
      const target = run.start.targets.find(({ id }) => id === intent.target);
      const fact = target && wrong === undefined && (await arm.readOne(target, key, instanceOf(intent)));
      if (!target || !fact || fact.state !== 'read') {
        const why = wrong ?? (fact && fact.state === 'unreadable' ? fact.failure.message : 'its app is not in the undo log');
        return edits.map((edit) => ({ change, resource, edit, now: ABSENT, state: 'unreadable', why }));
      }
      const { secret } = arm.describe(target, key, instanceOf(intent));
      return Promise.all(
        edits.map(async (edit): Promise<ThreeWay> => {
          const { back, isOurs, isBack } = await compareEdit(edit, fact.body, secret, run.run, KINDS[key]?.others);
          return { change, resource, edit, now: back.before, state: isOurs ? 'ours' : isBack ? 'before' : 'foreign' };
        }),
      );
    });
  return (await Promise.all(rows)).flat();
}

export const instanceOf = ({ instance, resource }: RecordedChange['intent']): string | undefined => (instance ? resource : undefined);

export interface EditState {
  readonly recorded: Edit;
  /** The edit from the current value to the recorded one. */
  readonly back: Edit;
  /** Whether the current value is the one that the run wrote. */
  readonly isOurs: boolean;
  /** Whether the recorded value is already restored, or the current value behaves the same. */
  readonly isBack: boolean;
}

export async function compareEdit(
  recorded: Edit,
  body: Body | null,
  isSecretThere: boolean,
  run: string,
  others: readonly string[] = [],
): Promise<EditState> {
  const { path, before, absent } = recorded;
  const isShown = (read: Json | undefined, sent: Json) => (isSecretThere ? containsJson(read, sent) : showsJson(read, sent, path));
  const json = valueAt(body, path) ?? null;
  const now = valueRead(isSecretThere, path, json);
  // Only the digest of a secret is known. If it is the same, the resource already has the recorded value.
  const isKnownAgain = before.kind === 'digest' && (await matchesRecorded(json, before, run)) === true;
  const to = isKnownAgain ? now : restoreOf(recorded);
  const isValue = (value: Value, found: Json | undefined) =>
    (value.kind === 'plain' || value.kind === 'absent') && equals(found, jsonOf(value));
  // As before the run, or as undo would write it.
  const isSame = isValue(before, json) || isValue(to, json) || (json === null && isValue(to, absent));
  // The undo of this undo cannot write "not set" either.
  const stand = json === null && path !== '' && absent !== undefined && absent !== null ? { restore: plain(absent) } : {};
  const isShownAs = async (value: Json) => (await matchesRecorded(value, recorded.after, run, isShown)) === true;
  // Azure shows some values that are the default as not set. The verification of the run accepts that too.
  const isSent = (await isShownAs(json)) || (json === null && absent !== undefined && (await isShownAs(absent)));
  const isAlone = path !== '' || !others.some((place) => hasMore(valueAt(json, place), valueAt(jsonOf(recorded.after), place)));
  const isOurs = isSent && isAlone;
  // The undo of this undo reads a secret again from where the run had read it.
  const { after: written } = recorded;
  const isRead = isOurs && now.kind === 'secret' && written.kind === 'deferred' && isOwnSource(written.template, { path, after: to });
  const restore = isRead ? { restore: written } : stand;
  const back = { path, before: now, after: to, ...restore, ...(absent === undefined ? {} : { absent }) };
  return { recorded, back, isOurs, isBack: isKnownAgain || isSame };
}

/** Whether someone changed the value since: it is neither the written nor the earlier one. */
export const isForeign = ({ isOurs, isBack }: EditState): boolean => !isOurs && !isBack;

/** Whether undo cannot restore "not set", and writes the value that behaves the same. */
export const isStandIn = ({ recorded: { path, before }, back: { after } }: EditState): boolean =>
  path !== '' && before.kind === 'absent' && after.kind === 'plain';

/** Returns the values that stay because a value that works only together with them was changed since, each with its path. */
export function heldEdits(found: readonly EditState[], together: readonly (readonly string[])[] = []): ReadonlyMap<EditState, string> {
  const held = new Map<EditState, string>();
  for (const row of together) {
    const changed = found.find((one) => isForeign(one) && row.includes(one.recorded.path));
    if (!changed) continue;
    for (const one of found) if (row.includes(one.recorded.path) && !one.isBack && !isForeign(one)) held.set(one, changed.recorded.path);
  }
  return held;
}

/** Whether a member has a value that was not sent. */
const hasMore = (now: Json | undefined, sent: Json | undefined): boolean =>
  !showsJson(now ?? null, null) && !showsJson(now ?? null, sent ?? null);
