import { plainText } from '../../text/plain.ts';
import type { AuditWriter } from '../audit-writers.ts';
import { auditRows, type Row } from './rows.ts';

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
const cell = (given: string): string => {
  const text = plainText(given);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');

export const csvWriter = (): AuditWriter => ({
  begin: () => lines([HEAD]),
  app: (app) => lines(auditRows(app).map(cellsOf)),
  end: () => [],
});

const cellsOf = ({ app: { target }, step, id, control, severity, state, found, wanted, resource, path, reason }: Row): string[] => [
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
];
