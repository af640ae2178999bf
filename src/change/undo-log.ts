/** The lines of the undo log. One JSON object a line, append only; the names of the fields are public. */
import type { Json, ResourceKey, Target } from '../azure/index.ts';
import type { Risk, Decisions, Profile } from '../contract/index.ts';
import type { UndoKind, ArmRequest } from './change.ts';
import type { Edit } from './edit.ts';
import type { Value } from './value.ts';

/** Of the lines of a journal; a higher one in a file was written by a newer version. */
export const JOURNAL_VERSION = 2;

/** What a run was to bring about in one app: enough to find out what is left of it. No secret is in it. */
export interface Work {
  /** Resource id of the app or slot. */
  readonly target: string;
  readonly decisions: Decisions;
  /** What is decided for areas that the run does not change: they may write the same properties. */
  readonly beside?: Decisions;
  readonly profile?: Profile;
  /** Of a saved plan: digests of the requests that were approved. Nothing else is sent for it, whoever takes the run up again. */
  readonly requests?: readonly string[];
}

/** The saved plan that a run applied: its digest, and who approved it. */
export interface AppliedPlan {
  readonly digest: string;
  readonly approvedBy: string | null;
}

/** Own areas that a run had beside ours: the digest of their folder, and their ids. */
export interface OwnControls {
  readonly digest: string;
  readonly areas: readonly string[];
}

/** Stands at the beginning, and once more wherever the run was taken up again. */
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
  /** The run that this one takes back, and what of it. */
  readonly undoes?: string;
  readonly only?: readonly number[];
  readonly overwrite?: boolean;
  readonly work?: readonly Work[];
  readonly targets: readonly Target[];
}

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
  /** The resource is one of several and found by its own id. */
  readonly instance: boolean;
  readonly method: ArmRequest['method'];
  readonly path: string;
  readonly apiVersion: string;
  /** As the log keeps them: `before`, `after` and `restore` of a secret are digests, or where it is read again. */
  readonly edits: readonly Edit[];
  readonly body: Json | null;
  /** What the request does, where it sets nothing that can be read. */
  readonly call?: string;
  readonly risk: Risk;
  readonly undo: UndoKind;
  /** What it builds on, as keys with or without ids. */
  readonly builtOn?: readonly string[];
  /** The change of an earlier run that this one takes back. */
  readonly undoes?: { readonly run: string; readonly change: number; readonly whole?: boolean };
}

export interface Outcome {
  readonly type: 'outcome';
  readonly at: string;
  readonly change: number;
  readonly ok: boolean;
  readonly status: number | null;
  readonly correlationId: string | null;
  readonly error?: { readonly code: string; readonly message: string; readonly mayHaveHappened: boolean };
}

export interface Verified {
  readonly type: 'verified';
  readonly at: string;
  readonly change: number;
  /** `shown` the value reads back · `not-shown` accepted but not visible yet · `not-readable` nothing to read or no right to. */
  readonly state: 'shown' | 'not-shown' | 'not-readable';
  readonly found?: Readonly<Record<string, Value>>;
  /** Places of other values of the resource that were there right before the write and are gone right after. */
  readonly lost?: readonly string[];
}

export interface Undone {
  readonly type: 'undo';
  readonly at: string;
  /** The change of this run that was taken back, and the run that did it. */
  readonly change: number;
  readonly by: string;
  /** Only some of its values were taken back: others had been changed by someone else. */
  readonly part?: true;
}

export interface RunEnd {
  readonly type: 'run-end';
  readonly at: string;
  readonly applied: number;
  readonly verified: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of an undo: changes that it left as they are. */
  readonly kept?: number;
  readonly state: RunState;
}

export type Entry = RunStart | Intent | Outcome | Verified | Undone | RunEnd;
/** `done` all of it · `failed` nothing changed and something failed · `partial` some of it · `stopped` by a person or signal · `open` no end was written. */
export type RunState = 'done' | 'failed' | 'partial' | 'stopped' | 'open';

export type ChangeState = 'applied' | 'failed' | 'unknown' | 'undone';

export interface RecordedChange {
  readonly intent: Intent;
  readonly outcome?: Outcome;
  readonly verified?: Verified;
  readonly undoneBy?: string;
  /** The run that took back some of its values, where no run took back all of them. */
  readonly partlyUndoneBy?: string;
  readonly state: ChangeState;
}

export interface RecordedRun {
  readonly run: string;
  readonly start: RunStart;
  readonly end?: RunEnd;
  readonly state: RunState;
  /** Those that are whole on record. */
  readonly changes: readonly RecordedChange[];
  /** What is wrong with the log; nothing where this is missing. */
  readonly damage?: readonly Damage[];
}

/** A line of the log that was changed, put in, taken out or cannot be read, or that names what no run writes. */
export interface Damage {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly says: string;
  /** The change that cannot be relied on, where the line belongs to one. */
  readonly change?: number;
}

/** Puts the lines of one journal together; undefined where it has no start. */
export function recordedRun(entries: readonly Entry[]): RecordedRun | undefined {
  const start = entries.find((entry) => entry.type === 'run-start');
  if (!start || typeof start.run !== 'string' || !Array.isArray(start.targets)) return undefined;
  const of = <T extends Entry['type']>(type: T) => entries.filter((entry): entry is Extract<Entry, { type: T }> => entry.type === type);
  const last = <T extends { change: number }>(list: readonly T[], change: number): T | undefined =>
    list.findLast((entry) => entry.change === change);
  const [outcomes, verifieds, undones] = [of('outcome'), of('verified'), of('undo')];
  const intents = of('intent');
  const changes = intents
    .filter((intent) => last(intents, intent.change) === intent)
    .map((intent): RecordedChange => {
      const outcome = last(outcomes, intent.change);
      const verified = last(verifieds, intent.change);
      const undone = last(
        undones.filter(({ part }) => !part),
        intent.change,
      );
      const partly = undone ? undefined : last(undones, intent.change);
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
  // A run that was taken up again and cut off once more is open, whatever its first end says.
  const end = entries.findLast((entry) => entry.type === 'run-end' || entry.type === 'run-start');
  return end?.type === 'run-end'
    ? { run: start.run, start, state: end.state, changes, end }
    : { run: start.run, start, state: 'open', changes };
}

/** Whether there may be something left to finish: it was cut off or stopped, and not taken back since. */
export const isUnfinished = (run: RecordedRun): boolean => (run.state === 'open' || run.state === 'stopped') && !isUndone(run);

/** Whether everything of the run that can be taken back was taken back; what it came to in all is in outcome.ts. */
export function isUndone({ run, changes }: RecordedRun): boolean {
  // What a run did to take itself back is no change to be taken back again, and what was one-way stays.
  const own = changes.filter(({ intent }) => intent.undoes?.run !== run);
  const isBack = ({ state, intent }: RecordedChange) => state === 'undone' || state === 'failed' || intent.undo === 'none';
  return own.some(({ state }) => state === 'undone') && own.every(isBack);
}

/** Whether the run had begun to take itself back. */
export const isRollingBack = ({ run, changes }: RecordedRun): boolean => changes.some(({ intent }) => intent.undoes?.run === run);
