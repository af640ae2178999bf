/** For a pull request: what is open in one table, the rest folded away, never longer than a comment may be. */
import { count } from '../../view/assessment.ts';
import { MARKS } from '../../text/symbols.ts';
import { STATES } from '../../engine/assess.ts';
import type { AuditReport } from '../audit.ts';
import { docsOf, isOpen, labelOf, rowsOf, type Row } from './rows.ts';

/** GitHub refuses comments of more than 65,536 characters. */
const MOST = 60_000;
const SEVERITY = ['critical', 'high', 'medium', 'low'];

// What Azure says may hold anything: no pipe ends a cell, no tag and no link is made of it.
const cell = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~#]/g, (sign) => `\\${sign}`)
    .replace(/@(?=\w)/g, '@\u200B');

export function auditMarkdown(report: AuditReport): string {
  const rows = rowsOf(report);
  const counts = count(report.apps.flatMap(({ steps }) => steps));
  const open = rows.filter(isOpen).toSorted((a, b) => SEVERITY.indexOf(a.severity) - SEVERITY.indexOf(b.severity));
  const findings = open.filter(({ state }) => state === 'fail');
  const others = open.filter(({ state }) => state !== 'fail');
  const summary = STATES.filter((state) => counts[state]).map((state) => `**${counts[state] ?? 0}** ${MARKS[state].word}`);
  const head = [
    `### func-harden: ${findings.length === 0 ? 'no findings' : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`} on ${report.apps.length} ${report.apps.length === 1 ? 'app' : 'apps'}`,
    '',
    summary.join(' · '),
    '',
  ];
  const tail = ['', `${cell(report.tool)}, ${report.generatedAt}`, ''];
  const parts = [
    ...tableOf(findings),
    ...(others.length > 0
      ? ['', `<details><summary>${others.length} not known or not attested</summary>`, '', ...tableOf(others), '', '</details>']
      : []),
  ];
  return fitted(head, parts, tail);
}

const tableOf = (rows: readonly Row[]): string[] =>
  rows.length === 0
    ? []
    : [
        '| severity | app | control | found | wanted |',
        '| --- | --- | --- | --- | --- |',
        ...rows.map(
          (row) =>
            `| ${row.severity} | ${cell(row.app.target.label)} | [${cell(labelOf(row))}](${docsOf(row)}) | ${cell(row.state === 'fail' ? row.found : MARKS[row.state].word)} | ${cell(row.state === 'unknown' ? (row.reason ?? '') : row.wanted)} |`,
        ),
      ];

/** A row of a table that tells of a control. */
const ROW = /^\| (critical|high|medium|low) /;

/** Whole lines only; what does not fit is counted. */
function fitted(head: readonly string[], lines: readonly string[], tail: readonly string[]): string {
  const kept: string[] = [];
  let size = [...head, ...tail].join('\n').length + 200;
  for (const line of lines) {
    size += line.length + 1;
    if (size > MOST) break;
    kept.push(line);
  }
  const cut = lines.slice(kept.length).filter((line) => ROW.test(line)).length;
  const open = kept.some((line) => line.startsWith('<details>')) && !kept.includes('</details>');
  const more =
    cut > 0
      ? [
          ...(open ? ['', '</details>'] : []),
          '',
          `_${cut} more are left out, because a comment holds no more: see the report as HTML, CSV or JSON._`,
        ]
      : [];
  return [...head, ...kept, ...more, ...tail].join('\n');
}
