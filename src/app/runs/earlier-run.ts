/** The note of `undo last` about a newest run that left nothing to revert. */
import type { Target } from '../../azure/index.ts';
import { changesLeft, type RecordedRun } from '../../change/undo-log.ts';
import type { Invocation } from '../../cli/invocation.ts';
import { matchesKey } from '../../engine/fleet/selectors.ts';
import { readRun, runNames } from '../../files/undo-log/journal.ts';
import { plainText } from '../../text/plain.ts';
import { runLine } from '../../view/run-line.ts';
import { stateOf } from '../state-place.ts';

/**
 * Says that the newest run left nothing to revert, and names the last run that did. `last` does not mean that run: a script that runs
 * `replay` and then `undo last` would revert the work of someone else whenever its own replay changed nothing.
 */
export async function noteEarlierRun(invocation: Invocation, newest: RecordedRun): Promise<void> {
  const { io, options, clock } = invocation;
  const isChosen = (target: Target) => options.app?.some((name) => matchesKey(name, target)) ?? true;
  const left = (run: RecordedRun) => {
    const ids = run.start.targets.filter(isChosen).map(({ id }) => id.toLowerCase());
    return changesLeft(run).filter(({ intent }) => ids.includes(intent.target.toLowerCase()));
  };
  if (left(newest).length > 0) return;
  const where = options.app ? ` in ${options.app.join(', ')}` : '';
  const hasChanged = newest.changes.some(({ state }) => state !== 'failed');
  const says = hasChanged ? `has no change left to revert${where}` : `changed nothing${where}`;
  const earlier = await lastWith(invocation, newest, (run) => left(run).length > 0);
  // The name of an app that no run changed may be mistyped, which its own error says.
  if (!earlier && options.app) return;
  const titles = earlier && new Map((await invocation.catalogue()).map(({ id, title }) => [id, title]));
  const apps = earlier && options.app ? [...new Set(left(earlier).map(({ intent }) => ` --app ${intent.app}`))] : [];
  const lines = [
    `NOTE: The last run, ${newest.run}, ${says}.`,
    ...(earlier && titles
      ? [
          `  Last run with a change to revert: ${earlier.run} (${runLine(earlier, titles, clock.now().getTime(), io.errLook.ascii)})`,
          `  To revert it, run: func-harden undo ${earlier.run}${apps.join('')}`,
        ]
      : ['  No earlier run has a change to revert.']),
  ];
  io.err(lines.map((text) => `${plainText(text)}\n`).join(''));
}

/** Reads runs one after the other, newest first, because there may be thousands in shared storage. A log that cannot be read is passed over. */
async function lastWith(
  invocation: Invocation,
  { run: newest }: RecordedRun,
  isMeant: (run: RecordedRun) => boolean,
): Promise<RecordedRun | undefined> {
  const state = stateOf(invocation);
  for (const name of (await runNames(state)).toReversed()) {
    const run = name < newest ? await readRun(state, name).catch(() => undefined) : undefined;
    if (run && isMeant(run)) return run;
  }
  return undefined;
}
