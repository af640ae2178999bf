/** An address that is shown, and opened by a click where the terminal has links. */
export interface Link {
  readonly says: string;
  readonly address: string;
}
