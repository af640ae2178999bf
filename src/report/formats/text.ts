/** Text for a file or a pipe: complete, with the most important findings first. */
import { line, span, type Colour, type Line } from '../../text/spans.ts';
import type { Look } from '../../text/symbols.ts';
import { SEVERITIES } from '../../view/app-progress.ts';
import { countLine } from '../../view/assessment.ts';
import { namedApps } from '../../view/plan-lines.ts';
import { printLines } from '../../view/print-lines.ts';
import { appLines, AUDIT_STOPPED, closingLines, type AuditHead, type AuditWriter } from '../audit-writers.ts';
import { auditRows, Gravest, labelOf, SharedFindings, subjectOf, type Row } from './rows.ts';
import { counted } from '../../text/counted.ts';

/** Number of findings kept for the summary; the apps show all. */
const MOST_ROWS = 5000;
/** Number of controls in the summary. */
const MOST_CONTROLS = 20;

export function wholeTextWriter(head: AuditHead, look: Look, colour: Colour): AuditWriter {
  const text = (lines: readonly Line[]) => `${printLines(lines, colour)}\n`;
  const gravest = new Gravest(MOST_ROWS, ({ severity }) => SEVERITIES.indexOf(severity));
  const shared = new SharedFindings();
  return {
    begin: () => '',
    app(app) {
      for (const row of auditRows(app)) if (row.state === 'fail' && !shared.takes(row)) gravest.add(row);
      return text(appLines(app, Number.POSITIVE_INFINITY, look));
    },
    top({ apps, counts, stopped }) {
      if (apps === 0 && !stopped) return '';
      for (const row of shared.rows()) gravest.add(row);
      return text([
        line(span(counted(apps, 'app'), 'strong'), '   ', ...countLine(counts, look)),
        ...(stopped ? [line(span(AUDIT_STOPPED, 'warn'))] : []),
        [],
        ...worstLines(gravest.rows()),
      ]);
    },
    end: (closing) => {
      const lines = closingLines(head, closing);
      return lines.length > 0 ? [text(lines)] : [];
    },
  };
}

/** Lists failing controls by severity, then by the number of apps. */
function worstLines(rows: readonly Row[]): Line[] {
  const controls = [...Map.groupBy(rows, ({ id }) => id).values()].toSorted(
    (a, b) => SEVERITIES.indexOf(a[0]!.severity) - SEVERITIES.indexOf(b[0]!.severity) || b.length - a.length,
  );
  if (controls.length === 0) return [];
  const more = controls.length - MOST_CONTROLS;
  return [
    line(span('Most severe first', 'strong')),
    ...controls.slice(0, MOST_CONTROLS).map((own) => {
      const [first] = own as [Row];
      const grave = first.severity === 'critical' || first.severity === 'high';
      return line(span(`  ${first.severity.padEnd(8)}  `, grave ? 'bad' : 'warn'), `${labelOf(first)}: ${namedApps(own.map(subjectOf))}`);
    }),
    ...(more > 0 ? [line(span(`  and ${more} more ${more === 1 ? 'control that fails' : 'controls that fail'}`, 'dim'))] : []),
    [],
  ];
}
