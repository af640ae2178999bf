import type { Drift } from '../engine/past/drift.ts';
import type { Plan } from '../engine/plan/plan.ts';
import { planGroups, type PlanGroup } from '../view/plan-groups.ts';
import { jsonPieces } from '../text/json-pieces.ts';
import { editJson } from '../change/edit.ts';
import type { GuardNote, Change } from '../change/change.ts';

/** Yields the plan as `plan --json` prints it; secrets are hidden by their path. */
export const planJson = (plans: readonly Plan[], drift: readonly Drift[], digest?: string): Iterable<string> =>
  jsonPieces({
    schemaVersion: 1,
    groups: planGroups(plans).map(groupJson),
    changes: function* () {
      for (const { changes } of plans) for (const change of changes) yield changeJson(change);
    },
    blocked: function* () {
      for (const plan of plans) yield* blockedJson(plan);
    },
    drift,
    digest,
  });

export const blockedJson = ({ target, blocked }: Plan): object[] =>
  blocked.map(({ control, says }) => ({ app: target.label, control, says }));

export const groupJson = ({ control, edit, risk, apps, restarts }: PlanGroup): object => ({
  control,
  edit,
  risk,
  apps: apps.length,
  restarts,
});

/** Removes duplicates: two guards of one control may have the same message. */
const distinct = (notes: readonly GuardNote[]): readonly GuardNote[] =>
  [...new Map(notes.toReversed().map((note) => [JSON.stringify([note.control, note.level, note.says]), note])).values()].toReversed();

export function changeJson(change: Change): object {
  return {
    app: change.target.label,
    step: change.steps[0] ?? null,
    steps: change.steps,
    controls: change.controls,
    resource: change.resource,
    method: change.method,
    apiVersion: change.apiVersion,
    diff: change.diff.map(editJson),
    body: change.body,
    risk: change.risk,
    undo: change.undo,
    evidence: change.evidence ?? 'none',
    guards: distinct(change.guards).map(({ id, control, level, says }) => ({ id, control, level, says })),
  };
}
