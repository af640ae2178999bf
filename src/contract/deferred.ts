import type { ResourceKey, Resources } from '../azure/index.ts';

/** A piece of a value that is read from a resource just before the request goes out. */
export type LatePart = {
  readonly key: ResourceKey;
  readonly of?: string;
  readonly path: string;
  /** What it is, in words; this is all that previews and files show. */
  readonly says: string;
};

/** Texts and late pieces, put together when the request goes out. */
export type Late = { readonly $later: readonly (string | LatePart)[] };

/** What must hold, read afresh until it does, or until it is clear that it will not. */
export interface Proof {
  readonly key: ResourceKey;
  readonly of?: string;
  /** What is being waited for, in words: "the reference resolves". */
  readonly says: string;
  /** True, false for "not yet", or why it never will. */
  readonly holds: (body: never) => boolean | string;
  /** Called between two looks, where Azure must be told to look again itself. */
  readonly refresh?: ResourceKey;
  /** A refusal may only mean that a right, or a name, is too new to be known everywhere. */
  readonly patient?: true;
}

export const later = (...parts: readonly (string | LatePart)[]): Late => ({ $later: parts });

export const proof = <K extends ResourceKey>(
  key: K,
  says: string,
  holds: (body: Resources[K]) => boolean | string,
  more: Pick<Proof, 'of' | 'refresh' | 'patient'> = {},
): Proof => ({ key, says, holds, ...more });

/** The principal of the app's system-assigned identity, which may be made by the same plan. */
export const SYSTEM_PRINCIPAL: Late = later({
  key: 'site',
  path: 'identity.principalId',
  says: "principal id of the app's identity",
});
