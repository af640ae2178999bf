/** Drafts: the values that a control sets, before the engine creates requests from them. */
import type { At, Json, ResourceKey } from '../azure/index.ts';
import type { Proof } from './deferred.ts';

/** Effect of a change on the users of an app: no client and no deployment fails · clients, deployments or costs are affected · callers are locked out · it cannot be reverted. Each can restart the app. */
export type Risk = 'safe' | 'disruptive' | 'lock-out' | 'one-way';

/** The order of a draft among others, and the proof that it works. */
interface Links {
  /** The risk of this draft, where it is lower than the risk of its control. */
  readonly risk?: Risk;
  /** Resources whose changes in this plan come before this draft, by key or key and id. If one of them fails, it is not sent. */
  readonly after?: readonly (ResourceKey | `${ResourceKey} ${string}`)[];
  /** The condition that must hold just before the request is sent. It is read afresh. */
  readonly needs?: Proof;
  /** The condition that must hold after the request. Where it does not, the change is rolled back. */
  readonly proof?: Proof;
  /** The shared value that no other app of the same plan may set differently. */
  readonly reserves?: Reservation;
}

/** A value that several apps share: `as` is the desired one. If two apps of a plan want different values, the later is not changed. */
export interface Reservation {
  readonly on: string;
  readonly as: string;
  /** The end of a sentence about the earlier app that explains the conflict. */
  readonly says: string;
}

/**
 * One property to set, one resource to create or delete, or one action to call. Secrets are given with `later`, never as text; they are
 * read when the request is sent.
 */
export type Draft = Links &
  (
    | {
        readonly at: At;
        /** The ARM id of the resource, where the app has several of this kind. */
        readonly instanceId?: string;
        readonly to: Json;
        /** The value that behaves like "not set". Undo writes it where ARM accepts no null (in ARM, null means "no change"). */
        readonly absent?: Json;
        /** The source from which undo reads the value, where it is a secret that no file may hold. */
        readonly restore?: Json;
      }
    /** A resource as a whole: its body creates it, null deletes it. `restore` is the value that undo writes, `stays` why undo leaves it. */
    | { readonly whole: ResourceKey; readonly instanceId: string; readonly to: Json; readonly restore?: Json; readonly stays?: string }
    | { readonly call: ResourceKey; readonly instanceId?: string; readonly to?: Json; readonly says: string }
  );

export const keyOfDraft = (draft: Draft): ResourceKey => ('at' in draft ? draft.at[0] : 'whole' in draft ? draft.whole : draft.call);
