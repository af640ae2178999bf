import type { Json } from '../step.ts';
import type { DiffLine, RecordedChange, RecordedRun } from './journal.ts';
import { restoreValue, shownRequest } from './changes.ts';
import { digestOf, isPlain, shownBefore } from './redact.ts';
import type { Change, Undoes } from './plan.ts';
import type { ArmFailure, ArmWriter, Target } from './ports.ts';
import { same, shows, valueAt, type Body } from './values.ts';

/** A value that is neither what we wrote nor what was there before: somebody changed it since. */
export interface Conflict {
  readonly change: number;
  readonly resource: string;
  readonly path: string;
  readonly before: Json;
  readonly ours: Json;
  readonly now: Json;
}

/** A change that is not taken back, and why. */
export interface NotUndone {
  readonly change: number;
  readonly app: string;
  readonly resource: string;
  readonly reason: string;
  readonly failure?: ArmFailure;
}

export interface UndoPlan {
  readonly changes: readonly Change[];
  readonly conflicts: readonly Conflict[];
  readonly left: readonly NotUndone[];
  /** Values that were never set: what is written instead, because ARM cannot unset them. */
  readonly standIns: readonly { readonly change: number; readonly path: string; readonly value: Json }[];
}

export interface UndoOptions {
  /** Only these changes of the run; all of them where it is left out. */
  readonly only?: readonly number[];
  /** Overwrite what somebody changed since; the default keeps theirs. */
  readonly overwrite?: boolean;
}

/** From what stands there now back to the recorded values, last change first. */
export async function planUndo(run: RecordedRun, arm: ArmWriter, options: UndoOptions = {}): Promise<UndoPlan> {
  const changes: Change[] = [];
  const conflicts: Conflict[] = [];
  const left: NotUndone[] = [];
  const standIns: { change: number; path: string; value: Json }[] = [];
  const now = new Map<string, Body | null>();
  for (const recorded of run.changes.toReversed()) {
    const { intent, state } = recorded;
    if (options.only && !options.only.includes(intent.change)) continue;
    const leave = (reason: string, failure?: ArmFailure) =>
      void left.push({ change: intent.change, app: intent.app, resource: intent.resource, reason, ...(failure ? { failure } : {}) });
    const target = run.start.targets.find(({ id }) => id === intent.target);
    if (intent.undoes?.run === run.run) continue;
    if (state === 'failed') continue;
    if (intent.undo === 'none' || !target) {
      leave('cannot be taken back; this was said before it was applied');
    } else {
      const known = now.get(intent.resource);
      const fact =
        known === undefined ? await arm.readOne(target, intent.key, instanceOf(intent)) : { state: 'read' as const, body: known };
      if (fact.state === 'unreadable') {
        leave(fact.failure.message, fact.failure);
        continue;
      }
      now.set(intent.resource, fact.body);
      const { secret } = arm.describe(target, intent.key, instanceOf(intent));
      const found = await Promise.all(Object.keys(intent.after).map((path) => lineOf(recorded, path, fact.body, secret, run.run)));
      const foreign = found.filter(({ line, ours }) => !shows(line.before, ours) && !same(line.before, line.after));
      conflicts.push(
        ...foreign.map(({ line, ours, before }) => ({
          change: intent.change,
          resource: intent.resource,
          path: line.path,
          before,
          ours,
          now: shownBefore(line),
        })),
      );
      const lines = found
        // A value that is missing and one that behaves the same need no request.
        .filter(({ line }) => !same(line.before, line.after) && !(line.before === null && same(line.absent, line.after)))
        .filter((one) => options.overwrite || !foreign.includes(one))
        .map(({ line }) => line);
      const kept = foreign.length > 0 && !options.overwrite;
      if (lines.length > 0)
        changes.push(undoChange(recorded, { run: run.run, change: intent.change, whole: !kept }, target, lines, fact.body, arm));
      else if (kept) leave('changed by someone else since; theirs is kept');
      else leave(state === 'undone' ? `already taken back by ${recorded.undoneBy ?? 'another run'}` : 'has its recorded value already');
    }
  }
  return { changes, conflicts, left, standIns };
}

const instanceOf = ({ instance, resource }: RecordedChange['intent']): string | undefined => (instance ? resource : undefined);

async function lineOf(
  { intent }: RecordedChange,
  path: string,
  body: Body | null,
  secret: boolean,
  run: string,
): Promise<{ line: DiffLine; ours: Json; before: Json }> {
  const before = intent.before[path] ?? null;
  const now = valueAt(body, path) ?? null;
  const sensitive = secret && !isPlain(path, now);
  const fetch = intent.fetch?.includes(path) === true;
  // A secret is known by its digest only: where that is the same, the recorded value stands there already.
  const back = fetch && (await digestOf(run, now)) === before;
  const after = back ? now : (intent.restore[path] ?? before);
  const late = fetch && !back ? { late: true as const } : {};
  const absent = intent.absent?.[path] === undefined ? {} : { absent: intent.absent[path] };
  return { line: { path, before: now, after, sensitive, ...late, ...absent }, ours: intent.after[path] ?? null, before };
}

function undoChange(
  { intent }: RecordedChange,
  undoes: Undoes,
  target: Target,
  diff: readonly DiffLine[],
  body: Body | null,
  arm: ArmWriter,
): Change {
  const { secret, restarts } = arm.describe(target, intent.key, instanceOf(intent));
  return {
    ...shownRequest(arm, target, intent.key, body, diff, secret, instanceOf(intent)),
    ...(intent.instance ? { of: intent.resource } : {}),
    target,
    steps: [intent.step],
    controls: intent.controls,
    key: intent.key,
    resource: intent.resource,
    diff,
    // Giving access back shuts nobody out; a restart is all that is left of the risk then.
    risk: narrows(diff) ? 'lock-out' : intent.risk === 'lock-out' ? 'disruptive' : intent.risk,
    undo: diff.some(({ sensitive }) => sensitive) ? 'none' : diff.some(({ before }) => before === null) ? 'equivalent' : 'exact',
    guards: [],
    effects: [],
    restarts,
    after: [],
    needs: [],
    proofs: [],
    undoes,
  };
}

const FENCE = /SecurityRestrictions/;
/** Values that close something. */
const CLOSING: Readonly<Record<string, Json>> = {
  clientCertEnabled: true,
  clientCertExclusionPaths: '',
  publicNetworkAccess: 'Disabled',
  allowSharedKeyAccess: false,
  'networkAcls.defaultAction': 'Deny',
};

/** Whether writing these values can shut somebody out: rules or certificates that are asked for again. */
function narrows(diff: readonly DiffLine[]): boolean {
  const to = (path: string) => diff.find((line) => line.path === `properties.${path}`)?.after;
  if (Object.entries(CLOSING).some(([path, value]) => to(path) === value)) return true;
  if (diff.some(({ path, after }) => path === 'properties' && valueAt(after, 'globalValidation.requireAuthentication') === true))
    return true;
  if (diff.some(({ path, after }) => FENCE.test(path) && after === 'Deny')) return true;
  return diff.some(
    ({ path, after }) =>
      FENCE.test(path) && Array.isArray(after) && after.length > 0 && to(`${path.replace('properties.', '')}DefaultAction`) !== 'Allow',
  );
}

/** The change that takes `change` back, for rolling back in the run that made it; a secret is still in memory then. */
export function inverseOf(change: Change, undoes: Undoes, arm: ArmWriter): Change {
  const { secret } = arm.describe(change.target, change.key, change.of);
  const diff = change.diff.map((line): DiffLine => {
    const now = { path: line.path, before: line.after, sensitive: false, ...(line.absent === undefined ? {} : { absent: line.absent }) };
    return line.sensitive ? { ...now, after: line.before, secretAfter: true } : { ...now, after: restoreValue(line) };
  });
  return { ...change, ...shownRequest(arm, change.target, change.key, null, diff, secret, change.of), diff, undoes, needs: [], proofs: [] };
}
