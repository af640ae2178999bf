/** A plan as a comment on a pull request: groups first, single apps folded, the digest last, never longer than a comment may be. */
import { markdownCell } from './formats/markdown.ts';
import { namedApps } from '../view/plan-lines.ts';
import { editTexts, gravestText, LEFT_OUT_WORDS, resourceText, noteText, totalsText, type PlanReport } from './plan-report.ts';
import { counted } from '../text/counted.ts';

/** GitHub refuses comments of more than 65,536 characters; bytes are counted here, and the text around the plan needs some too. */
const MOST = 64_000;
/** Most characters of each part before the single apps. */
const SHARE = 16_000;
/** Most characters of one value. */
const MOST_CELL = 300;

const sizeOf = (text: string): number => new TextEncoder().encode(text).length;
const cell = (text: string): string => markdownCell(text.length > MOST_CELL ? `${text.slice(0, MOST_CELL - 1)}…` : text);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const head = (...names: readonly string[]): string[] => [row(names), row(names.map(() => '---'))];

export function planMarkdown(report: PlanReport): string {
  const { groups, notes, leftOut, totals, apps, tool, createdAt, digest } = report;
  const gravest = gravestText(groups);
  const tail = ['', `${markdownCell(tool)}, ${createdAt}`, '', `Digest: \`${digest}\``, ''];
  const cut: string[] = [];
  const lines = [
    `### func-harden plan: ${totalsText(totals)}`,
    '',
    ...(gravest ? [`**${gravest}**: these changes need an extra approval for each app (--confirm APP).`, ''] : []),
    ...tableOf(
      ['risk', 'control', 'change', 'apps', 'restarts'],
      groups.map(({ risk, area, label, edit, apps: own, restarts }) =>
        row([
          risk === 'safe' || risk === 'disruptive' ? risk : `**${risk}**`,
          cell(`${area}: ${label}`),
          cell(edit),
          own.length === 1 || risk === 'lock-out' || risk === 'one-way' ? `${own.length} (${cell(namedApps(own))})` : String(own.length),
          String(restarts),
        ]),
      ),
      (more) => cut.push(counted(more, 'group')),
    ),
    ...part(
      'Not changed',
      tableOf(
        ['control', 'apps', 'why'],
        leftOut.map((one) =>
          row([
            cell(one.control),
            `${one.apps.length} (${cell(namedApps(one.apps))})`,
            `${LEFT_OUT_WORDS[one.why]}: ${cell(noteText(one))}`,
          ]),
        ),
        (more) => cut.push(`${counted(more, 'control')} not changed`),
      ),
    ),
    ...part(
      'Warnings',
      listOf(
        notes.flatMap(({ about, notes: own }) =>
          own.map((note) => `- **${cell(about)}**: ${cell(noteText(note))} (${counted(note.apps.length, 'app')})`),
        ),
        (more) => cut.push(counted(more, 'note')),
      ),
    ),
  ];
  const rows = apps.flatMap(({ label, changes }) =>
    changes.map((change) => ({
      label,
      text: row([cell(label), cell(resourceText(change)), editTexts(change).map(cell).join('<br>'), change.risk]),
    })),
  );
  const frame = [
    '',
    `<details><summary>${counted(apps.length, 'app')}: list of all requests</summary>`,
    '',
    ...head('app', 'request', 'change', 'risk'),
  ];
  let size = sizeOf([...lines, ...frame, ...tail].join('\n')) + 400;
  const kept = rows.filter(({ text }) => (size += sizeOf(text) + 1) <= MOST);
  const unseen = rows.length - kept.length;
  if (unseen > 0)
    cut.push(
      `${counted(unseen, 'request')} on ${counted(new Set(rows.filter((one) => !kept.includes(one)).map(({ label }) => label)).size, 'app')}`,
    );
  const details = kept.length > 0 ? [...frame, ...kept.map(({ text }) => text), '', '</details>'] : [];
  const left =
    cut.length > 0
      ? ['', `_Not shown because of the size limit of a comment: ${cut.join(', ')}. The HTML and JSON plans contain everything._`]
      : [];
  return [...lines, ...details, ...left, ...tail].join('\n');
}

const part = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', `#### ${title}`, '', ...lines]);

const tableOf = (names: readonly string[], rows: readonly string[], onCut: (more: number) => void): string[] => {
  const kept = listOf(rows, onCut);
  return kept.length === 0 ? [] : [...head(...names), ...kept];
};

/** Returns as many lines as fit in the share of a part. */
function listOf(lines: readonly string[], onCut: (more: number) => void): string[] {
  let size = 0;
  const end = lines.findIndex((text) => (size += sizeOf(text) + 1) > SHARE);
  if (end < 0) return [...lines];
  onCut(lines.length - end);
  return lines.slice(0, end);
}
