import { declaredText } from '../../view/declared-text.ts';
import { plainText, withoutPipelineCommands } from '../../text/plain.ts';
import type { AuditedApp } from '../audited-app.ts';
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
  'subscriptionName',
  'owner',
  'tags',
  'declared',
];

/** Matches the start of a formula, also after blanks and in full width, and after semicolons or tabs, at which some spreadsheets split. */
const FORMULA = /(^|[;\t|])([\s'"]*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212])/gu;

/** Formats a cell (RFC 4180); an apostrophe is put before text that a spreadsheet would run as a formula. */
export const csvCell = (given: string): string => {
  // A pipeline that prints the file would execute such text as a command.
  const safe = withoutPipelineCommands(plainText(given).replace(FORMULA, "$1'$2"));
  return /[",;|\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const csvLines = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');

export const csvWriter = (): AuditWriter => ({
  begin: () => csvLines([HEAD]),
  app: (app) =>
    csvLines(auditRows(app).map((row) => [...cellsOf(row), ...placeCells(app), row.declared ? declaredText(row.declared) : ''])),
  end: () => [],
});

const placeCells = ({ target, subscription, owner }: AuditedApp): string[] => [
  subscription ?? target.subscriptionId,
  owner ?? '',
  tagCell(target.tags),
];

export const tagCell = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

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
