/** The formats of an audit. */
import { jsonWriter, type AuditHead, type AuditWriter } from '../audit-writers.ts';
import { csvWriter } from './csv.ts';
import { htmlWriter } from './html.ts';
import { junitWriter } from './junit.ts';
import { markdownWriter } from './markdown.ts';
import { sarifWriter } from './sarif.ts';

export const AUDIT_FORMATS = {
  json: jsonWriter,
  sarif: sarifWriter,
  junit: junitWriter,
  markdown: markdownWriter,
  html: htmlWriter,
  csv: csvWriter,
} as const satisfies Readonly<Record<string, (head: AuditHead) => AuditWriter>>;
