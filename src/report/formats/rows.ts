/** A report as rows, from which the tabular formats are written. */
import type { ControlState } from '../../engine/judge/assess.ts';
import { nameIn, type Target } from '../../azure/index.ts';
import type { AuditedApp } from '../audited-app.ts';
import { type AnyStep, pageOf } from '../../contract/index.ts';
import { counted } from '../../text/counted.ts';

export interface Row extends ControlState {
  readonly app: Pick<AuditedApp, 'target' | 'subscription' | 'owner'>;
  readonly step: AnyStep;
  /** All apps that use the resource, if the row is about a resource that is not the app. */
  readonly users?: readonly Target[];
}

/** Converts an app to rows. A row keeps only what names its app and its owner, so that the rest can be freed. */
export function auditRows({ target, subscription, owner, steps }: AuditedApp): Row[] {
  const app = { target, ...(subscription === undefined ? {} : { subscription }), ...(owner === undefined ? {} : { owner }) };
  return steps.flatMap(({ step, controls }) => controls.map((control) => ({ ...control, app, step })));
}

/** Returns whether the resource of a row belongs to several apps, so that no owner can be named. */
export const isShared = ({ users }: Pick<Row, 'users'>): boolean => users !== undefined && users.length > 1;

/** Findings about resources that several apps may use: each is listed once, with all of its apps. */
export class SharedFindings {
  readonly #rows = new Map<string, Row & { readonly users: Target[] }>();

  /** Takes a row if it is such a finding, and returns whether it did. An expired exception belongs to one app, so it stays there. */
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

/** Number of users that are named; the others are counted. */
const MOST_USERS = 5;

/** Describes the subject of a row: its app, or the resource with the apps that use it. */
export function subjectOf({ app, users, resource }: Row): string {
  if (!users) return app.target.label;
  const named = users.slice(0, MOST_USERS).map(({ label }) => label);
  const more = users.length > named.length ? ` and ${counted(users.length - named.length, 'more app')}` : '';
  return `${nameIn(resource ?? '')} (used by ${named.join(', ')}${more})`;
}

/** Keeps the `most` most important rows in order, and counts the others. */
export class Gravest {
  #rows: Row[] = [];
  /** Number of all rows, kept or not. */
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

/** Returns whether a row needs attention: a finding, an unread value, or a missing attestation. */
export const isOpen = ({ state }: Pick<Row, 'state'>): boolean =>
  state === 'fail' || state === 'unknown' || state === 'attestation-missing' || state === 'attestation-expired';

/** Returns the label with its area, because labels are unique only within an area. */
export const labelOf = ({ step, control }: Row): string => `${step.title}: ${control.label}`;

/** Returns the documentation page of a control. */
export const docsOf = ({ control, step }: Row): string => pageOf(step, control) ?? '';
