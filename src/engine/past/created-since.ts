/**
 * Apps that were created after a run. A deleted app and a new one of its name have the same id, so only the time at which Azure created it
 * shows that it is not the app that the run changed.
 */
import { isSameId, type Json, type Target } from '../../azure/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import { isRecord, type Body } from '../../change/json-paths.ts';
import { mapLimited } from '../concurrency.ts';
import type { Plan } from '../plan/plan.ts';
import { ArmFailure, type ArmReader, type Fact } from '../ports.ts';

/** The error code of a change that stays because another app has the name of its app. */
export const CREATED_SINCE = 'CreatedSince';

/** Milliseconds. The clocks of Azure and of this machine differ, and an app may be hardened as soon as it exists. */
const CLOCKS_DIFFER = 60_000;

/** `isAnother`: Azure created the app after the run. Otherwise that is not known, and `says` has the reason. */
export interface Creation {
  readonly isAnother: boolean;
  readonly says: string;
}

/** By the id of the app. An app that was created before the run is not listed. */
export type Creations = ReadonlyMap<string, Creation>;

/** Reads when Azure created the apps of a run: one list for each resource group and type. */
export async function creationsOf(
  { start }: RecordedRun,
  targets: readonly Target[],
  arm: ArmReader,
  concurrency = 1,
  signal?: AbortSignal,
): Promise<Creations> {
  const listOf = (target: Target): string => arm.describe(target, 'createdApps').id.toLowerCase();
  const firsts = [...Map.groupBy(targets, listOf)].map(([list, [first]]) => [list, first as Target] as const);
  const read = async ([list, target]: (typeof firsts)[number]) => [list, await arm.readOne(target, 'createdApps')] as const;
  const lists = new Map(await mapLimited(firsts, concurrency, read, signal));
  return new Map(
    targets.flatMap((target): [string, Creation][] => {
      const known = creationIn(lists.get(listOf(target)) as Fact, target, start.at);
      return known ? [[target.id, known]] : [];
    }),
  );
}

function creationIn(fact: Fact, { id }: Target, start: string): Creation | undefined {
  const unknown = (why: string): Creation => ({
    isAnother: false,
    says: `It is unknown whether this app was created after the run: ${why}`,
  });
  if (fact.state === 'unreadable') return unknown(fact.failure.message);
  const created = timeOf(fact.body, id);
  const started = instantOf(start);
  if (created === undefined) return unknown('Azure does not show when it was created.');
  if (started === undefined) return unknown('the undo log does not show when the run started.');
  if (created <= started + CLOCKS_DIFFER) return undefined;
  const at = new Date(created).toISOString();
  return {
    isAnother: true,
    says: `this app was created at ${at}, after the start of the run (${start}): it is another app with the same name`,
  };
}

function timeOf(list: Body | null, id: string): number | undefined {
  const rows = Array.isArray(list?.['value']) ? list['value'].filter(isRecord) : [];
  return instantOf(rows.find((row) => typeof row['id'] === 'string' && isSameId(row['id'], id))?.['createdTime']);
}

/** A time without a zone is not compared, because it could be hours off. */
function instantOf(time: Json | undefined): number | undefined {
  const at = typeof time === 'string' && /(Z|[+-]\d\d:?\d\d)$/i.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Returns the reason why the changes of an app are not reverted. */
export const failureOfCreation = (creation: Creation | undefined): ArmFailure | undefined =>
  creation?.isAnother
    ? new ArmFailure({
        kind: 'conflict',
        code: CREATED_SINCE,
        message: `${creation.says}. The change is not reverted`,
        next: 'Run func-harden audit to see the values of the new app, or add --overwrite to revert the changes in it anyway.',
      })
    : undefined;

/** Returns the changes with a note on the first change of each app whose creation is known to be later, or not known. */
export function withCreations(changes: readonly Change[], creations: Creations): Change[] {
  const noted = new Set<string>();
  return changes.map((change) => {
    const creation = creations.get(change.target.id);
    if (!creation || noted.has(change.target.id)) return change;
    noted.add(change.target.id);
    const note = { ...noteOf(creation, change.controls[0] ?? ''), level: 'warn' as const };
    return { ...change, guards: [...change.guards, note] };
  });
}

/** Returns the plan of a resume. Of an app that was created after the run, nothing is sent. */
export function ofSameApp(plan: Plan, creations: Creations): Plan {
  const creation = creations.get(plan.target.id);
  if (!creation?.isAnother) return { ...plan, changes: withCreations(plan.changes, creations) };
  const controls = [...new Set(plan.changes.flatMap((change) => change.controls))];
  const stopped = controls.map((control): GuardNote => {
    const note = noteOf(creation, control);
    return { ...note, says: `${note.says} To change it, start a new run.` };
  });
  return { ...plan, changes: [], blocked: [...plan.blocked, ...stopped] };
}

const noteOf = ({ says }: Creation, control: string): GuardNote => ({
  id: 'created-since',
  control,
  level: 'stop',
  says: `${says.charAt(0).toUpperCase()}${says.slice(1).replace(/\.$/, '')}.`,
  isGeneral: true,
});
