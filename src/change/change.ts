/** A change as a value: one request, what it sets, and what a person must know before it is sent. */
import type { GuardFinding, Proof, Reservation, Risk } from '../contract/index.ts';
import type { Json, ResourceKey, Target } from '../azure/index.ts';
import type { Edit } from './edit.ts';

export interface ArmRequest {
  readonly method: 'PATCH' | 'PUT' | 'POST' | 'DELETE';
  /** Path below the ARM endpoint. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body: Json | null;
}

/** What shows that Azure takes such a request: an answer of Azure that was recorded, only a schema of Microsoft's, or neither. */
export type Evidence = 'recording' | 'schema' | 'none';

/** One request, and everything a person must know before it goes out. Its body is as it may be shown: secrets hidden, late values in words. */
export interface Change extends ArmRequest {
  readonly target: Target;
  readonly steps: readonly string[];
  readonly controls: readonly string[];
  readonly key: ResourceKey;
  /** ARM id of the resource, where its kind has several. */
  readonly instanceId?: string;
  readonly resource: string;
  readonly diff: readonly Edit[];
  /** The least of what is known of its parts; a request without a recording is unproven. */
  readonly evidence?: Evidence;
  readonly risk: Risk;
  readonly undo: UndoKind;
  /** Whether the run that makes it can take it back, with what is still in memory. */
  readonly reversible: boolean;
  /** Why undo leaves it, where that is by choice or by a lock. */
  readonly stays?: string;
  /** How undo takes it back once no lock refuses that any more. */
  readonly undoOnceUnlocked?: UndoKind;
  readonly guards: readonly GuardNote[];
  readonly effects: readonly string[];
  /** What each control puts into the change; a change that takes another one back has none. */
  readonly parts?: readonly ChangePart[];
  readonly restarts: boolean;
  /** Not sent where a change of one of these failed in the same run: by key, or by key and id. */
  readonly after: readonly string[];
  readonly needs: readonly Proof[];
  readonly proofs: readonly Proof[];
  /** What no other app of the same plan may want otherwise. */
  readonly reserves?: readonly Reservation[];
  /** What the request does, where it sets nothing that can be read. */
  readonly call?: string;
  /** Sent though the value is there: to see that Azure takes it. */
  readonly rewrites?: true;
  /** The change of an earlier run that this one takes back. */
  readonly undoes?: Undoes;
}

/** The share of one control in a change. */
export interface ChangePart {
  readonly control: string;
  /** Title of the area. */
  readonly area: string;
  readonly label: string;
  readonly risk: Risk;
  /** Paths of its edits; none where it only calls. */
  readonly paths: readonly string[];
  /** What people notice. */
  readonly effect?: string;
}

/** The change that another one takes back; `whole`: all of it, not only the values that nobody else changed. */
export interface Undoes {
  readonly run: string;
  readonly change: number;
  readonly whole: boolean;
}

export interface GuardNote extends GuardFinding {
  readonly id: string;
  readonly control: string;
  /** The Azure Policy assignment that it is about. */
  readonly policy?: string;
  /** It is about the change as a whole, and not about what this control is for. */
  readonly isGeneral?: true;
}

export type UndoKind = 'exact' | 'equivalent' | 'none';
