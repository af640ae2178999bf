/** The record of a change that the undo log gets before the request is sent. */
import type { Json } from '../azure/index.ts';
import type { Change } from './change.ts';
import type { Edit } from './edit.ts';
import type { Intent } from './undo-log.ts';
import { recordValue } from './value.ts';

/** Returns the record of a change. `edits` are the edits of the change with the texts that were read from their sources. */
export async function intentOf(
  change: Change,
  number: number,
  body: Json | null,
  edits: readonly Edit[],
  run: string,
  at: string,
): Promise<Intent> {
  return {
    type: 'intent',
    at,
    change: number,
    app: change.target.label,
    target: change.target.id,
    step: change.steps[0] ?? '',
    controls: change.controls,
    resource: change.resource,
    key: change.key,
    instance: change.instanceId !== undefined,
    method: change.method,
    path: change.path,
    apiVersion: change.apiVersion,
    edits: await Promise.all(edits.map((edit) => recordedBody(edit, run))),
    body,
    ...(change.call === undefined ? {} : { call: change.call }),
    risk: change.risk,
    undo: change.undoOnceUnlocked ?? change.undo,
    ...(change.after.length > 0 ? { builtOn: change.after } : {}),
    ...(change.undoes ? { undoes: change.undoes } : {}),
  };
}

async function recordedBody({ path, before, after, restore, absent }: Edit, run: string): Promise<Edit> {
  return {
    path,
    before: await recordValue(before, run),
    after: await recordValue(after, run),
    ...(restore === undefined ? {} : { restore: await recordValue(restore, run) }),
    ...(absent === undefined ? {} : { absent }),
  };
}
