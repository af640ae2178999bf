/** The lines of the undo log: one JSON object per line, append only. The field names are public. */
import type { Json, ResourceKey, Target } from '../azure/index.ts';
import type { Risk, Decisions, Profile } from '../contract/index.ts';
import type { UndoKind, ArmRequest } from './change.ts';
import type { Edit } from './edit.ts';
import type { Value } from './value.ts';

/** The version of the lines of a journal. A newer version of func-harden writes a higher number. */
export const JOURNAL_VERSION = 2;

/** The decisions that a run applies to one app, from which the remaining work can be found. It contains no secret. */
export interface Work {
  /** The resource id of the app or slot. */
  readonly target: string;
  readonly decisions: Decisions;
  /** Decisions for areas that the run does not change, because those areas may write the same properties. */
  readonly beside?: Decisions;
  readonly profile?: Profile;
  /** Digests of the requests that were approved in a saved plan. No other request is sent for it, by whichever process resumes the run. */
  readonly requests?: readonly string[];
}

/** The saved plan that a run applied: its digest and the person who approved it. */
export interface AppliedPlan {
  readonly digest: string;
  readonly approvedBy: string | null;
}

/** Areas from outside this repository that a run used: the digest of their folder, and their ids. */
export interface OwnControls {
  readonly digest: string;
  readonly areas: readonly string[];
}

/** The first line of a journal. A resumed run adds it again. */
export interface RunStart {
  readonly type: 'run-start';
  readonly schemaVersion?: number;
  readonly at: string;
  readonly run: string;
  readonly tool: string;
  readonly user: string;
  readonly account: string | null;
  readonly tenant: string | null;
  readonly endpoint: string;
  readonly mode: 'wizard' | 'replay' | 'undo' | 'resume' | 'try';
  readonly answersDigest: string | null;
  readonly plan?: AppliedPlan;
  readonly controls?: OwnControls;
  /** The run that this run reverts, and which of its changes. */
  readonly undoes?: string;
  readonly only?: readonly number[];
  readonly overwrite?: boolean;
  readonly work?: readonly Work[];
  readonly targets: readonly Target[];
}

/** The line that is written before a request is sent. */
export interface Intent {
  readonly type: 'intent';
  readonly at: string;
  readonly change: number;
  readonly app: string;
  readonly target: string;
  readonly step: string;
  readonly controls: readonly string[];
  readonly resource: string;
  readonly key: ResourceKey;
  /** Set where the app has several resources of this kind, and this one is found by its own id. */
  readonly instance: boolean;
  readonly method: ArmRequest['method'];
  readonly path: string;
  readonly apiVersion: string;
  /** The edits as the log keeps them: `before`, `after` and `restore` of a secret are digests, or the source to read it from. */
  readonly edits: readonly Edit[];
  readonly body: Json | null;
  /** The effect of the request, where it sets no value that can be read. */
  readonly call?: string;
  readonly risk: Risk;
  readonly undo: UndoKind;
  /** The resources that the change depends on, as keys with or without ids. */
  readonly builtOn?: readonly string[];
  /** The change of an earlier run that this change reverts. */
  readonly undoes?: { readonly run: string; readonly change: number; readonly whole?: boolean };
}

/** The line that says how a request ended. */
interface Outcome {
  readonly type: 'outcome';
  readonly at: string;
  readonly change: number;
  readonly ok: boolean;
  readonly status: number | null;
  readonly correlationId: string | null;
  readonly error?: { readonly code: string; readonly message: string; readonly mayHaveHappened: boolean };
}

/** The line with the result of the fresh read after a request. */
export interface Verified {
  readonly type: 'verified';
  readonly at: string;
  readonly change: number;
  /** `shown`: a read returns the value · `not-shown`: not visible yet · `not-readable`: nothing to read, or no right to read it. */
  readonly state: 'shown' | 'not-shown' | 'not-readable';
  readonly found?: Readonly<Record<string, Value>>;
  /** Paths of other values of the resource that existed right before the write and are missing or different right after it. */
  readonly lost?: readonly string[];
}

/** The line that says that another run reverted a change. */
interface Undone {
  readonly type: 'undo';
  readonly at: string;
  /** The change of this run that was reverted, and the run that reverted it. */
  readonly change: number;
  readonly by: string;
  /** Set where only some of its values were reverted, because someone else changed the others. */
  readonly part?: true;
}

/** The last line of a journal. */
export interface RunEnd {
  readonly type: 'run-end';
  readonly at: string;
  readonly applied: number;
  readonly verified: number;
  readonly failed: number;
  readonly skipped: number;
  /** In an undo: the number of changes that it did not revert. */
  readonly kept?: number;
  readonly state: RunState;
}

export type Entry = RunStart | Intent | Outcome | Verified | Undone | RunEnd;
/** `done`: all · `failed`: nothing is changed · `partial`: some · `stopped`: by a person or a signal · `open`: the log has no end. */
export type RunState = 'done' | 'failed' | 'partial' | 'stopped' | 'open';

export type ChangeState = 'applied' | 'failed' | 'unknown' | 'undone';

/** A change with all lines of the log about it. */
export interface RecordedChange {
  readonly intent: Intent;
  readonly outcome?: Outcome;
  readonly verified?: Verified;
  readonly undoneBy?: string;
  /** The run that reverted some of its values, where no run reverted all of them. */
  readonly partlyUndoneBy?: string;
  readonly state: ChangeState;
}

export interface RecordedRun {
  readonly run: string;
  readonly start: RunStart;
  readonly end?: RunEnd;
  readonly state: RunState;
  /** The changes whose records are complete. */
  readonly changes: readonly RecordedChange[];
  /** Damaged lines of the log; missing where there are none. */
  readonly damage?: readonly Damage[];
}

/** A line of the log that was changed, inserted, removed or cannot be read, or that names something that no run writes. */
export interface Damage {
  readonly file: string;
  /** The line number, from 1. */
  readonly line: number;
  readonly says: string;
  /** The number of the change that cannot be relied on, where the line belongs to a change. */
  readonly change?: number;
}

/** Assembles the lines of one journal. Returns undefined where it has no start. */
export function recordedRun(entries: readonly Entry[]): RecordedRun | undefined {
  const start = entries.find((entry) => entry.type === 'run-start');
  if (!start || typeof start.run !== 'string' || !Array.isArray(start.targets)) return undefined;
  const of = <T extends Entry['type']>(type: T) => entries.filter((entry): entry is Extract<Entry, { type: T }> => entry.type === type);
  // The last line of each change. They are looked up, because the log of a fleet has tens of thousands.
  const last = <T extends { readonly change: number }>(list: readonly T[]) => new Map(list.map((entry) => [entry.change, entry]));
  const [intents, outcomes, verifieds, undones] = [last(of('intent')), last(of('outcome')), last(of('verified')), last(of('undo'))];
  const whole = last(of('undo').filter(({ part }) => !part));
  const changes = of('intent')
    .filter((intent) => intents.get(intent.change) === intent)
    .map((intent): RecordedChange => {
      const outcome = outcomes.get(intent.change);
      const verified = verifieds.get(intent.change);
      const undone = whole.get(intent.change);
      const partly = undone ? undefined : undones.get(intent.change);
      const done = outcome?.ok === true || verified?.state === 'shown';
      const state = undone ? 'undone' : done ? 'applied' : outcome && !outcome.error?.mayHaveHappened ? 'failed' : 'unknown';
      return {
        intent,
        state,
        ...(outcome ? { outcome } : {}),
        ...(verified ? { verified } : {}),
        ...(undone ? { undoneBy: undone.by } : {}),
        ...(partly ? { partlyUndoneBy: partly.by } : {}),
      };
    });
  // A run that was resumed and interrupted again is open, although it has an earlier run-end.
  const end = entries.findLast((entry) => entry.type === 'run-end' || entry.type === 'run-start');
  return end?.type === 'run-end'
    ? { run: start.run, start, state: end.state, changes, end }
    : { run: start.run, start, state: 'open', changes };
}

/** Whether a run may have work left: it was interrupted or stopped, and nothing of it was reverted since. */
export const isUnfinished = (run: RecordedRun): boolean =>
  (run.state === 'open' || run.state === 'stopped') && undosOf(run).length === 0 && !isUndone(run);

/** Whether every change of the run that can be reverted was reverted. engine/run/outcome.ts gives the closing word. */
export function isUndone(run: RecordedRun): boolean {
  // One-way changes stay.
  const own = ownChanges(run);
  const isBack = ({ state, intent }: RecordedChange) => state === 'undone' || state === 'failed' || intent.undo === 'none';
  return own.some(({ state }) => state === 'undone') && own.every(isBack);
}

/**
 * Returns the changes that a run is about: without those that roll it back, and without those whose values a later change of the same run
 * wrote again, because the run was resumed.
 */
export function ownChanges({ run, changes }: Pick<RecordedRun, 'run' | 'changes'>): readonly RecordedChange[] {
  const own = changes.filter(({ intent }) => intent.undoes?.run !== run);
  const isAgain = (earlier: Intent, { intent: later, state }: RecordedChange): boolean =>
    later.change > earlier.change && state !== 'failed' && isWrittenAgain(earlier, later.resource, later.edits);
  const ofResource = Map.groupBy(own, ({ intent }) => intent.resource.toLowerCase());
  return own.filter(({ intent }) => !ofResource.get(intent.resource.toLowerCase())?.some((later) => isAgain(intent, later)));
}

/** Whether a later change of the same run writes every value of this one again. */
export const isWrittenAgain = ({ resource, edits }: Intent, later: string, written: readonly { readonly path: string }[]): boolean =>
  edits.length > 0 &&
  resource.toLowerCase() === later.toLowerCase() &&
  edits.every(({ path }) => written.some((edit) => edit.path === path));

/**
 * Returns the changes of a run that an undo may still revert: they are applied, or may be, and are not one-way. The writes of
 * `doctor --try` set each value to what it was.
 */
export const changesLeft = (run: RecordedRun): readonly RecordedChange[] =>
  run.start.mode === 'try'
    ? []
    : ownChanges(run).filter(
        ({ intent, state, partlyUndoneBy }) =>
          intent.undo !== 'none' && (state === 'applied' || state === 'unknown' || partlyUndoneBy !== undefined),
      );

/** Returns a run as it is where an undo of it was reverted itself: its changes are applied again. `undos`: the runs that reverted it. */
export function withUndosReverted(run: RecordedRun, undos: readonly RecordedRun[]): RecordedRun {
  const names = undosOf(run);
  if (names.length === 0) return run;
  /** The changes of each undo by the change that they revert. */
  const taken = new Map(
    undos.flatMap(({ run: by, changes }) =>
      names.includes(by)
        ? [[by, Map.groupBy(changes, ({ intent: { undoes } }) => (undoes?.run === run.run ? undoes.change : undefined))]]
        : [],
    ),
  );
  return {
    ...run,
    changes: run.changes.map((change) => {
      const { undoneBy, partlyUndoneBy, ...rest } = change;
      const reverting = taken.get(undoneBy ?? partlyUndoneBy ?? '')?.get(change.intent.change) ?? [];
      return reverting.length > 0 && reverting.every(({ state }) => state === 'undone') ? { ...rest, state: 'applied' } : change;
    }),
  };
}

/** Returns the names of the runs that reverted changes of this one. */
export const undosOf = ({ run, changes }: RecordedRun): readonly string[] => [
  ...new Set(changes.flatMap(({ undoneBy, partlyUndoneBy }) => undoneBy ?? partlyUndoneBy ?? []).filter((by) => by !== run)),
];

export const isRollingBack = ({ run, changes }: RecordedRun): boolean => changes.some(({ intent }) => intent.undoes?.run === run);
