/** A report as rows: what every table-like format is made from. */
import type { ControlState } from '../../engine/assess.ts';
import type { AuditedApp } from '../audit.ts';
import type { AnyStep } from '../../step.ts';

export interface Row extends ControlState {
  readonly app: Pick<AuditedApp, 'target'>;
  readonly step: AnyStep;
}

/** Of its app a row knows which it is, and no more: so the rest can go. */
export const rowsOf = ({ target, steps }: AuditedApp): Row[] =>
  steps.flatMap(({ step, controls }) => controls.map((control) => ({ ...control, app: { target }, step })));

/** Rows in the order of their weight; no more than `most` are kept, the others are counted. */
export class Gravest {
  #rows: Row[] = [];
  /** All that came, kept or not. */
  total = 0;
  readonly #most: number;
  readonly #rank: (row: Row) => number;
  constructor(most: number, rank: (row: Row) => number) {
    this.#most = most;
    this.#rank = rank;
  }
  add(row: Row): void {
    this.total += 1;
    if (this.#rows.push(row) >= this.#most * 1.2) this.#rows = this.rows();
  }
  rows(): Row[] {
    return this.#rows.toSorted((a, b) => this.#rank(a) - this.#rank(b)).slice(0, this.#most);
  }
}

/** What somebody has to look at: findings, what could not be read, what nobody attested. */
export const isOpen = ({ state }: Pick<Row, 'state'>): boolean =>
  state === 'fail' || state === 'unknown' || state === 'attestation-missing' || state === 'attestation-expired';

/** Labels are unique in their area only. */
export const labelOf = ({ step, control }: Row): string => `${step.title}: ${control.label}`;

/** The page that explains a control. */
export const docsOf = ({ control, step }: Row): string => control.docs ?? step.docs[0] ?? '';
