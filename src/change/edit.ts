/** One property of a change, from what stands there to what is to stand there: planned, shown, recorded, verified, undone and exported. */
import type { Json } from '../azure/index.ts';
import { placeOfSource } from '../contract/index.ts';
import { merged } from './own-writes.ts';
import { isSecret, jsonOf, plain, shown, sourcesOf, type Value } from './value.ts';

export interface Edit {
  /** Below the resource; empty for the resource as a whole. */
  readonly path: string;
  readonly before: Value;
  readonly after: Value;
  /** What undo writes back where that is not `before`: a value that behaves as "not set", or where a secret is found again. */
  readonly restore?: Value;
  /** What a missing value behaves as: it shows where the value is missing. */
  readonly absent?: Json;
  /** `before` is what this run itself wrote: the service may have added to it. */
  readonly own?: true;
}

/** What undo writes back. */
export const restoreOf = ({ restore, before }: Edit): Value => restore ?? before;

/** Whether the value that stands there, or the one that comes, is a secret. */
export const isSensitive = ({ before, after }: Edit): boolean => isSecret(before) || isSecret(after);

/** Whether undo reads the value again where it is kept. */
export const isFetched = ({ restore }: Edit): boolean => restore?.kind === 'deferred';

/** An edit on top of what the run itself put there since the preview; undefined where both want different things. */
export function onTop(edit: Edit, now: Json): Edit | undefined {
  const { restore: _, ...rest } = edit;
  const after = merged(jsonOf(edit.before), jsonOf(edit.after), now);
  return after === undefined ? undefined : { ...rest, before: plain(now), after: plain(after) };
}

/** The ids of the resources that edits read values from, besides the app itself. */
export const idsReadBy = (edits: readonly Edit[]): string[] =>
  edits.flatMap(({ after }) => sourcesOf(after).flatMap((source) => placeOfSource(source).instanceId ?? []));

/** As JSON for plans and events: never a secret. */
export const editJson = (edit: Edit): object => ({
  path: edit.path,
  before: shown(edit.before),
  after: shown(edit.after),
  sensitive: isSensitive(edit),
});
