/** Values that an earlier run set and that someone changed since. A plan that sets them again says so. */
import type { AnyStep } from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import type { Change } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import { showValue, type Value } from '../../change/value.ts';
import type { Plan } from '../plan/plan.ts';
import { equals } from '../../change/json-paths.ts';
import { keyOf } from '../../change/own-writes.ts';

/** A value that changed since an earlier run set it. Secrets are shown as the diff shows them. */
export interface Drift {
  readonly app: string;
  readonly controls: readonly string[];
  readonly resource: string;
  readonly path: string;
  /** The run that set the value, and its time. */
  readonly run: string;
  readonly at: string;
  readonly wanted: Json;
  readonly now: Json;
}

interface Setting {
  readonly run: string;
  readonly at: string;
  readonly after: Value;
}

/** Returns the drift of planned values since the latest of these runs, newest first, that wrote them. */
export function driftOf(plans: readonly Plan[], runs: readonly RecordedRun[], catalogue: readonly AnyStep[]): Drift[] {
  const changes = plans.flatMap((plan) => plan.changes).filter(({ call }) => call === undefined);
  const latest = latestOf(runs, new Set(changes.map(({ resource }) => resource.toLowerCase())));
  return changes.flatMap((change) =>
    change.diff.flatMap((line) => {
      // A deferred value was never compared with the current value.
      const known = line.after.kind === 'deferred' ? undefined : latest.get(keyOf(change.resource, line.path));
      return known && equals(showValue(known.after), showValue(line.after)) ? [driftIn(change, line, known, catalogue)] : [];
    }),
  );
}

const driftIn = (change: Change, line: Edit, { run, at }: Setting, catalogue: readonly AnyStep[]): Drift => ({
  app: change.target.label,
  controls: controlsAt(change, line, catalogue),
  resource: change.resource,
  path: line.path,
  run,
  at,
  wanted: showValue(line.after),
  now: showValue(line.before),
});

/** Returns the controls of a value. Rules do not declare what they write, so they get the values that no setting of the request writes. */
function controlsAt({ controls, key }: Change, { path }: Edit, catalogue: readonly AnyStep[]): readonly string[] {
  const settings = catalogue.flatMap((step) =>
    step.controls.flatMap((one) => ('at' in one ? [{ id: `${step.id}.${one.id}`, isHere: one.at[0] === key && one.at[1] === path }] : [])),
  );
  const known = controls.filter((id) => settings.some((one) => one.id === id && one.isHere));
  const rules = controls.filter((id) => !settings.some((one) => one.id === id));
  return known.length > 0 ? known : rules.length > 0 ? rules : controls;
}

/** Returns the last value that a run left at each path of these resources, without reverted values and those no read showed. */
function latestOf(runs: readonly RecordedRun[], resources: ReadonlySet<string>): Map<string, Setting> {
  const latest = new Map<string, Setting>();
  for (const { run, changes } of runs.toReversed())
    for (const { intent, state, verified } of changes) {
      if (state !== 'applied' || verified?.state === 'not-shown' || intent.call !== undefined) continue;
      if (!resources.has(intent.resource.toLowerCase())) continue;
      for (const { path, after } of intent.edits) {
        const known = latest.get(keyOf(intent.resource, path));
        // A resumed run keeps its name.
        if (!known || known.at <= intent.at) latest.set(keyOf(intent.resource, path), { run, at: intent.at, after });
      }
    }
  return latest;
}
