/** A report as rows: what every table-like format is made from. */
import type { ControlState } from '../../engine/assess.ts';
import type { AuditedApp, AuditReport } from '../audit.ts';
import type { AnyStep } from '../../step.ts';

export interface Row extends ControlState {
  readonly app: AuditedApp;
  readonly step: AnyStep;
}

export const rowsOf = ({ apps }: AuditReport): Row[] =>
  apps.flatMap((app) => app.steps.flatMap(({ step, controls }) => controls.map((control) => ({ ...control, app, step }))));

/** What somebody has to look at: findings, what could not be read, what nobody attested. */
export const isOpen = ({ state }: Pick<Row, 'state'>): boolean =>
  state === 'fail' || state === 'unknown' || state === 'attestation-missing' || state === 'attestation-expired';

/** Labels are unique in their area only. */
export const labelOf = ({ step, control }: Row): string => `${step.title}: ${control.label}`;

/** The page that explains a control. */
export const docsOf = ({ control, step }: Row): string => control.docs ?? step.docs[0] ?? '';
