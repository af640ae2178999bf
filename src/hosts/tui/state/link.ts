/** A URL that is shown; terminals that support links open it on a click. */
export interface Link {
  readonly says: string;
  readonly address: string;
}
