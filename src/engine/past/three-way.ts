/** What a run wrote, beside what stands there now. */
import type { Json } from '../../azure/index.ts';
import type { RecordedChange, RecordedRun } from '../../change/undo-log.ts';
import { digestOf, isPlain, shownBefore } from '../../change/redact.ts';
import type { ArmReader } from '../ports.ts';
import { same, shows, valueAt, type Body } from '../../change/json-paths.ts';
import type { DiffLine } from '../../change/change.ts';

/** One value of a change as it was, as it was written, and as it is; what cannot be read has a reason instead. */
export interface ThreeWay {
  readonly change: number;
  readonly path: string;
  readonly before: Json;
  readonly ours: Json;
  readonly now: Json;
  readonly state: 'ours' | 'before' | 'foreign' | 'unreadable';
  readonly why?: string;
}

/** Every value that a run wrote, beside what stands there now. */
export async function threeWay(run: RecordedRun, arm: ArmReader): Promise<ThreeWay[]> {
  const rows = run.changes
    .filter(({ intent }) => intent.call === undefined && arm.knows(intent.key))
    .map(async (recorded): Promise<ThreeWay[]> => {
      const { intent } = recorded;
      const { change } = intent;
      const target = run.start.targets.find(({ id }) => id === intent.target);
      const fact = target && (await arm.readOne(target, intent.key, instanceOf(intent)));
      return Promise.all(
        Object.keys(intent.after).map(async (path): Promise<ThreeWay> => {
          const recordedValues = { change, path, before: intent.before[path] ?? null, ours: intent.after[path] ?? null };
          if (!target || fact?.state !== 'read')
            return {
              ...recordedValues,
              now: null,
              state: 'unreadable',
              why: fact?.state === 'unreadable' ? fact.failure.message : 'its app is not in the undo log',
            };
          const { secret } = arm.describe(target, intent.key, instanceOf(intent));
          const { line, ours, before } = await lineOf(recorded, path, fact.body, secret, run.run);
          const isBefore = same(line.before, line.after) || same(line.before ?? line.absent, line.after);
          const state = shows(line.before, ours) ? 'ours' : isBefore ? 'before' : 'foreign';
          return { change, path, before, ours, now: shownBefore(line), state };
        }),
      );
    });
  return (await Promise.all(rows)).flat();
}

export const instanceOf = ({ instance, resource }: RecordedChange['intent']): string | undefined => (instance ? resource : undefined);

export interface Found {
  readonly line: DiffLine;
  readonly ours: Json;
  readonly before: Json;
}

/** A recorded path, as it stands now and as it goes back. */
export async function lineOf({ intent }: RecordedChange, path: string, body: Body | null, secret: boolean, run: string): Promise<Found> {
  const before = intent.before[path] ?? null;
  const now = valueAt(body, path) ?? null;
  const sensitive = secret && !isPlain(path, now);
  const fetch = intent.fetch?.includes(path) === true;
  // A secret is known by its digest only: where that is the same, the recorded value stands there already.
  const back = fetch && (await digestOf(run, now)) === before;
  const after = back ? now : (intent.restore[path] ?? before);
  const late = fetch && !back ? { late: true as const } : {};
  const absent = intent.absent?.[path] === undefined ? {} : { absent: intent.absent[path] };
  return { line: { path, before: now, after, sensitive, ...late, ...absent }, ours: intent.after[path] ?? null, before };
}
