/** Names from the undo log for shell completion. They come from a folder only; Azure and shared storage are not read. */
import type { RecordedNames } from '../cli/completion.ts';
import type { Invocation } from '../cli/invocation.ts';
import { folderState } from '../files/undo-log/folder-state.ts';
import { readRun, runNames } from '../files/undo-log/journal.ts';
import { plainText } from '../text/plain.ts';
import { stateDirOf } from './option-values.ts';

/** The number of runs that are searched for apps, because a shell waits for the result. */
const LATELY = 20;

/** Returns the names, the newest first; none where the log is in shared storage or cannot be read. */
export async function recordedNames(invocation: Invocation, which: RecordedNames): Promise<readonly string[]> {
  const place = stateDirOf(invocation);
  if (/^https?:\/\//i.test(place)) return [];
  const state = folderState(place);
  const runs = (await runNames(state).catch(() => [])).toReversed();
  if (which === 'runs') return runs;
  const read = await Promise.all(runs.slice(0, LATELY).map((run) => readRun(state, run).catch(() => undefined)));
  const labels = read.flatMap((run) => run?.start.targets.map(({ label }) => plainText(label)) ?? []);
  // A shell splits names at blanks and expands its special characters. A name with a leading hyphen would be read as an option.
  return [...new Set(labels)].filter((label) => /^\w[\w./-]*$/.test(label));
}
