/** A problem of a value: the place inside the value (an empty path is the value itself), a message, and an accepted form. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly says: string;
  /** The accepted word that is most similar to the given one. */
  readonly nearest?: string;
}
