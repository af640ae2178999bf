/** What is wrong with a value: where inside it (empty: the value itself), what, and an accepted form. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly says: string;
  /** The word that was probably meant. */
  readonly nearest?: string;
}
