/** What the undo log says of a change before it is sent. */
import type { Json } from '../azure/index.ts';
import type { Intent } from './undo-log.ts';
import { spoken } from './deferred-values.ts';
import type { Change, DiffLine } from './change.ts';
import { digestOf } from './redact.ts';

/** A line with what it comes to now: late parts filled in. */
export interface Wanted {
  readonly line: DiffLine;
  readonly value: Json;
  /** As it may be kept in the undo log. */
  readonly shown: Json;
}

export async function intentOf(
  change: Change,
  number: number,
  body: Json | null,
  wanted: readonly Wanted[],
  run: string,
  at: string,
): Promise<Intent> {
  const by = (pick: (one: Wanted) => Json) => Object.fromEntries(wanted.map((one) => [one.line.path, pick(one)]));
  const digests = new Map<DiffLine, Json>();
  for (const { line } of wanted) if (line.sensitive) digests.set(line, await digestOf(run, line.before));
  const before = ({ line }: Wanted): Json => digests.get(line) ?? spoken(line.before);
  const absent = wanted.flatMap(({ line }): [string, Json][] => (line.absent === undefined ? [] : [[line.path, line.absent]]));
  const fetch = wanted.filter(({ line }) => line.fetch).map(({ line }) => line.path);
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
    instance: change.of !== undefined,
    method: change.method,
    path: change.path,
    apiVersion: change.apiVersion,
    before: by(before),
    after: by(({ shown }) => shown),
    restore: by((one) => one.line.restore ?? before(one)),
    ...(fetch.length > 0 ? { fetch } : {}),
    ...(absent.length > 0 ? { absent: Object.fromEntries(absent) } : {}),
    body,
    ...(change.call === undefined ? {} : { call: change.call }),
    risk: change.risk,
    undo: change.undoOnceUnlocked ?? change.undo,
    ...(change.after.length > 0 ? { builtOn: change.after } : {}),
    ...(change.undoes ? { undoes: change.undoes } : {}),
  };
}
