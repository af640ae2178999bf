/** Decisions of a person on an area and its controls. */
import type { Json } from '../azure/index.ts';

export type Decision =
  | { readonly decision: 'apply' | 'skip' }
  | { readonly decision: 'accept'; readonly by: string; readonly reason: string; readonly until: string }
  | { readonly decision: 'attest'; readonly by: string; readonly evidence: string; readonly until: string };

/** The decision and the answers for one area. A control's own decision takes precedence over the decision of its area. */
export interface StepDecision {
  readonly decision?: Decision;
  readonly answers: Readonly<Record<string, Json>>;
  readonly controls: Readonly<Record<string, Decision>>;
  /** The person who is responsible for answers that exempt something from the guidance. */
  readonly exception?: Exception;
}

/** An exception: a person, a reason, and the ISO date on which it ends. */
export interface Exception {
  readonly by: string;
  readonly reason: string;
  readonly until: string;
}

/** A decision that is valid only with a name, a reason or evidence, and a date. */
export type Signed = 'accept' | 'attest';

export type SignedDecision = Extract<Decision, { readonly decision: Signed }>;

/** Decisions by the id of the step. */
export type Decisions = Readonly<Record<string, StepDecision>>;

export type Profile = 'baseline' | 'strict';
