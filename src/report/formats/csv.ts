import type { AuditReport } from '../audit.ts';
import { rowsOf } from './rows.ts';

const HEAD = [
  'app',
  'slot',
  'resourceGroup',
  'subscription',
  'area',
  'control',
  'label',
  'severity',
  'state',
  'found',
  'wanted',
  'resource',
  'path',
  'reason',
];

/** RFC 4180. A cell that a spreadsheet would run as a formula starts with an apostrophe. */
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function auditCsv(report: AuditReport): string {
  const rows = rowsOf(report).map(({ app: { target }, step, id, control, severity, state, found, wanted, resource, path, reason }) => [
    target.name,
    target.slot ?? '',
    target.resourceGroup,
    target.subscriptionId,
    step.id,
    id,
    control.label,
    severity,
    state,
    found,
    wanted,
    resource ?? '',
    path ?? '',
    reason ?? '',
  ]);
  return `${[HEAD, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
