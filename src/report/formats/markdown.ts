/** Markdown for a pull request: open controls in one table, details folded, and never longer than a comment may be. */
import { MARKS } from '../../text/symbols.ts';
import { STATES } from '../../engine/judge/assess.ts';
import { declaredText } from '../../view/declared-text.ts';
import { plainText } from '../../text/plain.ts';
import { AUDIT_STOPPED, ownAreasText, type AuditHead, type AuditWriter } from '../audit-writers.ts';
import { docsOf, Gravest, isOpen, isShared, labelOf, auditRows, SharedFindings, subjectOf, type Row } from './rows.ts';
import { SEVERITIES } from '../../view/app-progress.ts';
import { wordAfter } from '../../view/assessment.ts';

/** GitHub refuses comments of more than 65,536 characters. */
const MOST = 60_000;

/** Zero-width space. It separates characters that a renderer would read as a link, mention, emoji or formula. */
const PART = '&#8203;';

// Text from Azure may contain anything: it must not end a cell, or become a tag, link, mention, emoji or formula.
export const markdownCell = (text: string): string =>
  plainText(text)
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~#]/g, (sign) => `\\${sign}`)
    .replace(
      /:(?=\/\/|[\w+-]+:)|@(?=\w)|#(?=\w)|!(?=\d)|\bGH(?=-\d)|\b(?:mailto|xmpp|javascript|data|vbscript):|\bwww(?=\.)/gi,
      `$&${PART}`,
    )
    // Last, because the sign of its entity would be escaped.
    .replaceAll('$', () => '&#36;');

/** Number of rows that are considered; a comment holds far fewer. */
const ROWS = 2000;
const rank = ({ severity }: Row): number => SEVERITIES.indexOf(severity);

export function markdownWriter({ tool, generatedAt, controls }: AuditHead): AuditWriter {
  const findings = new Gravest(ROWS, rank);
  const others = new Gravest(ROWS, rank);
  const shared = new SharedFindings();
  return {
    begin: () => '',
    app(app) {
      for (const row of auditRows(app).filter(isOpen)) if (!shared.takes(row)) (row.state === 'fail' ? findings : others).add(row);
      return '';
    },
    end({ apps, counts, stopped }) {
      for (const row of shared.rows()) findings.add(row);
      const summary = STATES.filter((state) => counts[state]).map(
        (state) => `**${counts[state] ?? 0}** ${wordAfter(counts[state] ?? 0, state)}`,
      );
      const { total } = findings;
      const { unknown = 0 } = counts;
      const found = total === 0 ? 'no findings' : `${total} ${total === 1 ? 'finding' : 'findings'}`;
      const head = [
        `### func-harden: ${found}${unknown > 0 ? ` and ${unknown} unknown` : ''} on ${apps} ${apps === 1 ? 'app' : 'apps'}`,
        '',
        summary.join(' · '),
        ...(stopped ? ['', `**${AUDIT_STOPPED}**`] : []),
        '',
      ];
      const parts = [
        ...tableOf(findings.rows()),
        ...(others.total > 0
          ? ['', `<details><summary>${others.total} unknown or not attested</summary>`, '', ...tableOf(others.rows()), '', '</details>']
          : []),
      ];
      const unseen = findings.total + others.total - findings.rows().length - others.rows().length;
      return [
        fitted(
          head,
          parts,
          ['', `${markdownCell(tool)}, ${generatedAt}${controls ? `. ${markdownCell(ownAreasText(controls))}` : ''}`, ''],
          unseen,
        ),
      ];
    },
  };
}

/** Returns where the app of a row belongs; nothing for a resource that several apps use. */
const placeOf = (row: Row): string => {
  const { target, subscription, owner } = row.app;
  return isShared(row)
    ? ''
    : [subscription ?? target.subscriptionId, target.resourceGroup, ...(owner === undefined ? [] : [owner])].join(', ');
};

const tableOf = (rows: readonly Row[]): string[] =>
  rows.length === 0
    ? []
    : [
        '| severity | app or resource | control | current value | desired value | subscription, resource group, owner |',
        '| --- | --- | --- | --- | --- | --- |',
        ...rows.map(
          (row) =>
            `| ${row.severity} | ${markdownCell(subjectOf(row))} | [${markdownCell(labelOf(row))}](${docsOf(row)}) | ${markdownCell(row.state === 'fail' ? `${row.found}${row.declared ? `, declared in ${declaredText(row.declared)}` : ''}` : MARKS[row.state].word)} | ${markdownCell(row.state === 'unknown' ? (row.reason ?? '') : row.wanted)} | ${markdownCell(placeOf(row))} |`,
        ),
      ];

/** Matches a row that describes a control. */
const ROW = /^\| (critical|high|medium|low) /;

/** Keeps whole lines that fit, and counts the others. */
function fitted(head: readonly string[], lines: readonly string[], tail: readonly string[], unseen: number): string {
  const kept: string[] = [];
  let size = [...head, ...tail].join('\n').length + 200;
  for (const line of lines) {
    size += line.length + 1;
    if (size > MOST) break;
    kept.push(line);
  }
  const cut = unseen + lines.slice(kept.length).filter((line) => ROW.test(line)).length;
  const open = kept.some((line) => line.startsWith('<details>')) && !kept.includes('</details>');
  const more =
    cut > 0
      ? [
          ...(open ? ['', '</details>'] : []),
          '',
          `_${cut} more are not shown because of the size limit of a comment. See the HTML, CSV or JSON report._`,
        ]
      : [];
  return [...head, ...kept, ...more, ...tail].join('\n');
}
