/** A change: one request, the values that it sets, and its risk, effect, notes and undo for the preview. */
import type { GuardFinding, Proof, Reservation, Risk } from '../contract/index.ts';
import type { Json, ResourceKey, Target } from '../azure/index.ts';
import type { Edit } from './edit.ts';

export interface ArmRequest {
  readonly method: 'PATCH' | 'PUT' | 'POST' | 'DELETE';
  /** The path below the ARM endpoint. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body: Json | null;
}

/** The evidence that Azure accepts such a request: a recorded answer of Azure, only a schema of Microsoft, or none. */
export type Evidence = 'recording' | 'schema' | 'none';

/** One request with its risk, effect, notes and undo. Its body is safe to show: secrets are hidden, deferred values described. */
export interface Change extends ArmRequest {
  readonly target: Target;
  readonly steps: readonly string[];
  readonly controls: readonly string[];
  readonly key: ResourceKey;
  /** The ARM id of the resource, where the app has several of this kind. */
  readonly instanceId?: string;
  readonly resource: string;
  readonly diff: readonly Edit[];
  /** The weakest evidence of its parts. A request without a recording is unproven. */
  readonly evidence?: Evidence;
  readonly risk: Risk;
  readonly undo: UndoKind;
  /** Whether the run that sends the change can roll it back with the values that are still in memory. */
  readonly reversible: boolean;
  /** The reason why undo leaves the change, by design or because of a lock. */
  readonly stays?: string;
  /** The kind of undo once no lock blocks it any more. */
  readonly undoOnceUnlocked?: UndoKind;
  readonly guards: readonly GuardNote[];
  readonly effects: readonly string[];
  /** The share of each control in the change. A change that reverts another one has no parts. */
  readonly parts?: readonly ChangePart[];
  readonly restarts: boolean;
  /** Resources, by key or by key and id, without whose changes in the same run this one is not sent. */
  readonly after: readonly string[];
  readonly needs: readonly Proof[];
  readonly proofs: readonly Proof[];
  /** Shared values that no other app of the same plan may set differently. */
  readonly reserves?: readonly Reservation[];
  /** The effect of the request, where it sets no value that can be read. */
  readonly call?: string;
  /** Set where the change is sent although the value is already there, to see whether Azure accepts it. */
  readonly rewrites?: true;
  /** The change of an earlier run that this change reverts. */
  readonly undoes?: Undoes;
}

/** The share of one control in a change. */
export interface ChangePart {
  readonly control: string;
  readonly area: string;
  readonly label: string;
  readonly risk: Risk;
  /** Paths of the control's edits; empty where the control only calls an action. */
  readonly paths: readonly string[];
  /** The effect that people notice. */
  readonly effect?: string;
}

/** The change that another change reverts. `whole`: all of it, not only the values that no one else changed since. */
export interface Undoes {
  readonly run: string;
  readonly change: number;
  readonly whole: boolean;
}

/** A guard finding as a plan shows it, with its guard and its control. */
export interface GuardNote extends GuardFinding {
  readonly id: string;
  readonly control: string;
  /** The name of the Azure Policy assignment that the note is about. */
  readonly policy?: string;
  /** Set where the note is about something that may change the new value again. */
  readonly mayRevert?: true;
  /** Set where the note is about the change as a whole and not about the purpose of the control. */
  readonly isGeneral?: true;
}

/** The kind of undo: the same value, a value that behaves the same, or none. */
export type UndoKind = 'exact' | 'equivalent' | 'none';
