/** One property of a change with its value before and after. Plans, previews, logs, verification, undo and exports use the same value. */
import type { Json } from '../azure/index.ts';
import { placeOfSource } from '../contract/index.ts';
import { mergeThreeWay } from './own-writes.ts';
import { isSecret, jsonOf, plain, showValue, sourcesOf, type Value } from './value.ts';

export interface Edit {
  /** The path below the resource; empty for the resource as a whole. */
  readonly path: string;
  readonly before: Value;
  readonly after: Value;
  /** The value that undo writes, where it is not `before`: a value that behaves as "not set", or the source of a secret. */
  readonly restore?: Value;
  /** The value that a missing property behaves as. A preview shows it where the property is not set. */
  readonly absent?: Json;
  /** Set where this run itself wrote `before`, so that the service may have added members to it. */
  readonly own?: true;
}

/** Returns the value that undo writes. */
export const restoreOf = ({ restore, before }: Edit): Value => restore ?? before;

export const isSensitive = ({ before, after }: Edit): boolean => isSecret(before) || isSecret(after);

/** Whether undo reads the value again from the place where it is kept. */
export const isFetched = ({ restore }: Edit): boolean => restore?.kind === 'deferred';

/** Returns the edit on top of what the run itself wrote since the preview, or undefined where the two contradict each other. */
export function mergeOnto(edit: Edit, now: Json): Edit | undefined {
  const { restore: _, ...rest } = edit;
  const after = mergeThreeWay(jsonOf(edit.before), jsonOf(edit.after), now);
  return after === undefined ? undefined : { ...rest, before: plain(now), after: plain(after) };
}

/** Returns the ids of the resources, other than the app itself, that edits read values from. */
export const idsReadBy = (edits: readonly Edit[]): string[] =>
  edits.flatMap(({ after }) => sourcesOf(after).flatMap((source) => placeOfSource(source).instanceId ?? []));

/** Returns the edit as JSON for plans and events, without secrets. */
export const editJson = (edit: Edit): object => ({
  path: edit.path,
  before: showValue(edit.before),
  after: showValue(edit.after),
  sensitive: isSensitive(edit),
});
