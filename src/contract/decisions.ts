/** What is decided for an area and its controls. */
import type { Json } from '../azure/index.ts';

export type Decision =
  | { readonly decision: 'apply' | 'skip' }
  | { readonly decision: 'accept'; readonly by: string; readonly reason: string; readonly until: string }
  | { readonly decision: 'attest'; readonly by: string; readonly evidence: string; readonly until: string };

/** What was decided for one area; a control's own decision stands over that of its area. */
export interface StepDecision {
  readonly decision?: Decision;
  readonly answers: Readonly<Record<string, Json>>;
  readonly controls: Readonly<Record<string, Decision>>;
  /** Who stands for answers that exempt something from the guidance. */
  readonly exception?: Exception;
}

/** A person, a reason and an ISO date, which ends it. */
export interface Exception {
  readonly by: string;
  readonly reason: string;
  readonly until: string;
}

/** A decision that a person puts a name to, and what has to be said with it. */
export type Signed = 'accept' | 'attest';

export type SignedDecision = Extract<Decision, { readonly decision: Signed }>;

/** By step id. */
export type Decisions = Readonly<Record<string, StepDecision>>;

export type Profile = 'baseline' | 'strict';
