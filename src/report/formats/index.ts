/** Every form that an audit can take. */
import { atOnce, jsonWriter, type AuditHead, type AuditWriter } from '../audit.ts';
import { auditCsv } from './csv.ts';
import { auditHtml } from './html.ts';
import { auditJunit } from './junit.ts';
import { auditMarkdown } from './markdown.ts';
import { auditSarif } from './sarif.ts';

export const AUDIT_FORMATS = {
  json: jsonWriter,
  sarif: (head) => atOnce(head, auditSarif),
  junit: (head) => atOnce(head, auditJunit),
  markdown: (head) => atOnce(head, auditMarkdown),
  html: (head) => atOnce(head, auditHtml),
  csv: (head) => atOnce(head, auditCsv),
} as const satisfies Readonly<Record<string, (head: AuditHead) => AuditWriter>>;
