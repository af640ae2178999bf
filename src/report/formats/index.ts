/** Every form that an audit can take. */
import { auditJson, type AuditReport } from '../audit.ts';
import { auditCsv } from './csv.ts';
import { auditHtml } from './html.ts';
import { auditJunit } from './junit.ts';
import { auditMarkdown } from './markdown.ts';
import { auditSarif } from './sarif.ts';

export const AUDIT_FORMATS = {
  json: auditJson,
  sarif: auditSarif,
  junit: auditJunit,
  markdown: auditMarkdown,
  html: auditHtml,
  csv: auditCsv,
} as const satisfies Readonly<Record<string, (report: AuditReport) => string>>;
