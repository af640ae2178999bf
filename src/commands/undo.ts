import { isSelector, matchesKey } from '../engine/fleet/selectors.ts';
import { sharedNames } from '../engine/fleet/targets.ts';
import { namesTarget } from '../engine/judge/decisions.ts';
import { severalApps } from '../app/target-selection.ts';
import { noteEarlierRun } from '../app/runs/earlier-run.ts';
import { connectWith } from '../app/connection.ts';
import { concurrencyOf } from '../app/option-values.ts';
import { recordedRunOf, checkCloud, undoRun } from '../app/runs/undo-run.ts';
import { closesWithWord } from '../app/runs/run-summary.ts';
import type { CommandModule, Invocation } from '../cli/invocation.ts';
import { LAST } from '../engine/past/run-names.ts';
import type { RecordedRun } from '../change/undo-log.ts';
import { plainText } from '../text/plain.ts';
import { commandErrors } from './errors.ts';

export const run: CommandModule['run'] = closesWithWord('undo', async (invocation) => {
  const recorded = await recordedRunOf(invocation, invocation.args[0] ?? '');
  if (invocation.args[0] === LAST) await noteEarlierRun(invocation, recorded);
  const only = chosenChanges(invocation, recorded);
  const { controls } = recorded.start;
  if (controls && controls.digest !== invocation.controls?.digest)
    invocation.io.err(
      `NOTE: The run used custom areas (--controls: ${plainText(controls.areas.join(', '))}, ${plainText(controls.digest)}). Undo does not load these areas; it writes the values in the undo log.\n`,
    );
  concurrencyOf(invocation.options);
  const connection = await connectWith(invocation);
  checkCloud(recorded, connection);
  return undoRun(invocation, connection, recorded, only);
});

/** Returns the changes that `--change` and `--app` select; without them, all. @throws UserError if nothing of this run is selected */
function chosenChanges({ options }: Invocation, recorded: RecordedRun): readonly number[] {
  const wrong = options.change?.find((text) => !/^\d+$/.test(text));
  if (wrong !== undefined) throw commandErrors.invalidChange({ run: recorded.run, text: wrong });
  const numbers = options.change?.map(Number);
  const unknown = (numbers ?? []).filter((number) => !recorded.changes.some(({ intent }) => intent.change === number));
  if (unknown.length > 0) throw commandErrors.unknownChange({ run: recorded.run, numbers: unknown });
  if (options.app === undefined) return numbers ?? [];
  const { targets } = recorded.start;
  const several = sharedNames(options.app, targets);
  if (several.length > 0) throw severalApps('--app', several);
  const meant = (name: string) => targets.filter((target) => (isSelector(name) ? matchesKey(name, target) : namesTarget(name, target)));
  const missing = options.app.filter((name) => meant(name).length === 0);
  if (missing.length > 0) throw commandErrors.unknownApp({ run: recorded.run, names: missing, apps: targets.map(({ label }) => label) });
  const ids = new Set(options.app.flatMap(meant).map(({ id }) => id.toLowerCase()));
  const chosen = recorded.changes
    .map(({ intent }) => intent)
    .filter(({ change, target }) => ids.has(target.toLowerCase()) && (numbers?.includes(change) ?? true))
    .map(({ change }) => change);
  if (chosen.length === 0) throw commandErrors.nothingInApp({ run: recorded.run, apps: options.app });
  return chosen;
}
