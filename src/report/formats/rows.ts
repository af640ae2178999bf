/** A report as rows: what every table-like format is made from. */
import type { ControlState } from '../../engine/judge/assess.ts';
import { nameIn, type Target } from '../../azure/index.ts';
import type { AuditedApp } from '../audited-app.ts';
import type { AnyStep } from '../../contract/index.ts';

export interface Row extends ControlState {
  readonly app: Pick<AuditedApp, 'target'>;
  readonly step: AnyStep;
  /** Where the row is about a resource beside the app: all apps that were found to use it. */
  readonly users?: readonly Target[];
}

/** Of its app a row knows which it is, and no more: so the rest can go. */
export const auditRows = ({ target, steps }: AuditedApp): Row[] =>
  steps.flatMap(({ step, controls }) => controls.map((control) => ({ ...control, app: { target }, step })));

/** Findings about resources that several apps may use: each stands once, with all apps that use the resource. */
export class SharedFindings {
  readonly #rows = new Map<string, Row & { readonly users: Target[] }>();

  /** Takes a row in where it is such a finding. An exception that ended was one of its app, so that stays with the app. */
  takes(row: Row): boolean {
    if (row.state !== 'fail' || row.signed || !row.about || row.about.length === 0) return false;
    for (const { id, found } of row.about) {
      const key = `${row.id} ${id.toLowerCase()}`;
      const known = this.#rows.get(key);
      if (known) known.users.push(row.app.target);
      else this.#rows.set(key, { ...row, resource: id, about: [{ id, found }], found, users: [row.app.target] });
    }
    return true;
  }

  rows(): readonly Row[] {
    return [...this.#rows.values()];
  }
}

/** Users that are named; of more the number is told. */
const MOST_USERS = 5;

/** What a row is about, in words: its app, or the resource with the apps that use it. */
export function subjectOf({ app, users, resource }: Row): string {
  if (!users) return app.target.label;
  const named = users.slice(0, MOST_USERS).map(({ label }) => label);
  const more = users.length > named.length ? ` and ${users.length - named.length} more apps` : '';
  return `${nameIn(resource ?? '')} (used by ${named.join(', ')}${more})`;
}

/** Rows in the order of their weight; no more than `most` are kept, the others are counted. */
export class Gravest {
  #rows: Row[] = [];
  /** All that came, kept or not. */
  total = 0;
  readonly bySeverity = new Map<Row['severity'], number>();
  readonly #most: number;
  readonly #rank: (row: Row) => number;
  constructor(most: number, rank: (row: Row) => number) {
    this.#most = most;
    this.#rank = rank;
  }
  add(row: Row): void {
    this.total += 1;
    this.bySeverity.set(row.severity, (this.bySeverity.get(row.severity) ?? 0) + 1);
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
