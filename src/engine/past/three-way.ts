/** Three-way comparison: the recorded values before and after a change, and the current value. */
import { KINDS, type Json } from '../../azure/index.ts';
import type { RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { restoreOf, type Edit } from '../../change/edit.ts';
import { equals, valueAt, type Body, containsJson } from '../../change/json-paths.ts';
import { showsJson } from '../../change/shown.ts';
import { ABSENT, matchesRecorded, jsonOf, valueRead, type Value } from '../../change/value.ts';
import type { ArmReader } from '../ports.ts';
import { problemOf } from './record-check.ts';

/** A recorded edit with the current value, or the reason why that cannot be read. */
export interface ThreeWay {
  readonly change: number;
  readonly resource: string;
  readonly edit: Edit;
  readonly now: Value;
  readonly state: 'ours' | 'before' | 'foreign' | 'unreadable';
  readonly why?: string;
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
  const back = { path, before: now, after: to, ...(absent === undefined ? {} : { absent }) };
  const isSent = (await matchesRecorded(json, recorded.after, run, isShown)) === true;
  const isAlone = path !== '' || !others.some((place) => hasMore(valueAt(json, place), valueAt(jsonOf(recorded.after), place)));
  return { recorded, back, isOurs: isSent && isAlone, isBack: isKnownAgain || isSame };
}

/** Whether a member has a value that was not sent. */
const hasMore = (now: Json | undefined, sent: Json | undefined): boolean =>
  !showsJson(now ?? null, null) && !showsJson(now ?? null, sent ?? null);
