/** What an earlier run had set, and somebody changed since: a plan that sets it again says so. */
import type { AnyStep } from '../../contract/index.ts';
import type { Json } from '../../azure/index.ts';
import type { Change } from '../../change/change.ts';
import type { Edit } from '../../change/edit.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import { shown, type Value } from '../../change/value.ts';
import type { Plan } from '../plan/plan.ts';
import { same } from '../../change/json-paths.ts';
import { keyOf } from '../../change/own-writes.ts';

/** Secrets are in neither value: they are as the diff shows them. */
export interface Drift {
  readonly app: string;
  readonly controls: readonly string[];
  readonly resource: string;
  readonly path: string;
  /** The run that set it, and when. */
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

/** Of what is planned: what the latest of these runs, newest first, that wrote there had set already. */
export function driftOf(plans: readonly Plan[], runs: readonly RecordedRun[], catalogue: readonly AnyStep[]): Drift[] {
  const changes = plans.flatMap((plan) => plan.changes).filter(({ call }) => call === undefined);
  const latest = latestOf(runs, new Set(changes.map(({ resource }) => resource.toLowerCase())));
  return changes.flatMap((change) =>
    change.diff.flatMap((line) => {
      // What is known only when it goes out was never compared with what is there.
      const known = line.after.kind === 'deferred' ? undefined : latest.get(keyOf(change.resource, line.path));
      return known && same(shown(known.after), shown(line.after)) ? [driftIn(change, line, known, catalogue)] : [];
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
  wanted: shown(line.after),
  now: shown(line.before),
});

/** The controls that this one value belongs to. Rules do not say which values they write: those of the request, less what settings write. */
function controlsAt({ controls, key }: Change, { path }: Edit, catalogue: readonly AnyStep[]): readonly string[] {
  const settings = catalogue.flatMap((step) =>
    step.controls.flatMap((one) => ('at' in one ? [{ id: `${step.id}.${one.id}`, isHere: one.at[0] === key && one.at[1] === path }] : [])),
  );
  const known = controls.filter((id) => settings.some((one) => one.id === id && one.isHere));
  const rules = controls.filter((id) => !settings.some((one) => one.id === id));
  return known.length > 0 ? known : rules.length > 0 ? rules : controls;
}

/** The last value that a run left at each place of these resources; what was taken back, or never showed, is none. */
function latestOf(runs: readonly RecordedRun[], resources: ReadonlySet<string>): Map<string, Setting> {
  const latest = new Map<string, Setting>();
  for (const { run, changes } of runs.toReversed())
    for (const { intent, state, verified } of changes) {
      if (state !== 'applied' || verified?.state === 'not-shown' || intent.call !== undefined) continue;
      if (!resources.has(intent.resource.toLowerCase())) continue;
      for (const { path, after } of intent.edits) {
        const known = latest.get(keyOf(intent.resource, path));
        // A run that was taken up again goes on under its old name.
        if (!known || known.at <= intent.at) latest.set(keyOf(intent.resource, path), { run, at: intent.at, after });
      }
    }
  return latest;
}
