/** Output of `source`: where each value is declared, as text, JSON, SARIF and Markdown. */
import type { Json } from '../azure/index.ts';
import type { Severity } from '../contract/index.ts';
import { plainText, safeJson } from '../text/plain.ts';
import { line, type Line } from '../text/spans.ts';
import { SEVERITIES } from '../view/app-progress.ts';
import { counted } from '../text/counted.ts';
import { markdownCell } from './formats/markdown.ts';
import { INFORMATION, LEVEL, MOST_RESULTS, ruleName, SCORE } from './formats/sarif-parts.ts';

export interface PlaceRow {
  readonly app: string;
  readonly control: string;
  readonly label: string;
  readonly because: string;
  readonly docs: string;
  readonly severity: Severity;
  readonly state: 'declared' | 'absent' | 'not-resolved' | 'right';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly address: string;
  readonly present: Json;
  readonly wanted: Json;
  readonly why: string | null;
}

export const isToChange = ({ state }: PlaceRow): boolean => state === 'declared' || state === 'absent';

export const placesJson = (rows: readonly PlaceRow[]): string =>
  `${safeJson(
    {
      schemaVersion: 1,
      places: rows.map(({ app, control, state, file, line, column, address, present, wanted, why }) => ({
        app,
        control,
        state,
        file,
        line,
        column,
        address,
        present,
        wanted,
        why,
      })),
    },
    2,
  )}\n`;

const word = (value: Json): string => (value === null ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value));

const says = (row: PlaceRow): string => {
  if (row.state === 'not-resolved') return `not resolved: ${row.why ?? ''}`;
  if (row.state === 'right') return `correct: ${word(row.present)}`;
  const present = row.state === 'absent' ? 'not set' : word(row.present);
  return `${present} -> ${word(row.wanted)}`;
};

/** Lists the places to change first, then those that are not resolved; correct places are counted. */
export function placesLines(rows: readonly PlaceRow[], areAppsNamed = false): Line[] {
  const lines = rows
    .filter(({ state }) => state !== 'right')
    .toSorted((a, b) => Number(isToChange(b)) - Number(isToChange(a)))
    .map((row) => `${row.file}:${row.line}:${row.column}  ${row.app}  ${row.control} (${row.severity})  ${says(row)}  [${row.address}]`);
  const count = (state: PlaceRow['state']) => rows.filter((row) => row.state === state).length;
  const change = rows.filter(isToChange).length;
  const closing =
    rows.length === 0
      ? areAppsNamed
        ? 'This code contains none of the selected function apps.'
        : 'This code contains no function app.'
      : `${counted(change, 'value')} to change (${count('declared')} with a different value in the code, ${count('absent')} not set in the code), ${count('not-resolved')} not resolved, ${count('right')} correct.`;
  return [...lines, closing].map((text) => line(plainText(text)));
}

export function placesMarkdown(rows: readonly PlaceRow[]): string {
  const change = rows.filter(isToChange);
  const open = rows.filter(({ state }) => state === 'not-resolved');
  const table = (some: readonly PlaceRow[]) => [
    '| severity | app | control | place | current value | desired value |',
    '| --- | --- | --- | --- | --- | --- |',
    ...some.map(
      (row) =>
        `| ${row.severity} | ${markdownCell(row.app)} | ${markdownCell(row.label)} (${markdownCell(row.control)}) | ${markdownCell(`${row.file}:${row.line}`)} ${markdownCell(row.address)} | ${markdownCell(row.state === 'absent' ? 'not set' : word(row.present))} | ${markdownCell(row.state === 'not-resolved' ? (row.why ?? '') : word(row.wanted))} |`,
    ),
  ];
  const text = [
    `### func-harden: ${change.length === 0 ? 'nothing to change in the code' : `${change.length} to change in the code`}`,
    '',
    ...(change.length > 0 ? [...table(change.slice(0, MOST_ROWS)), ''] : []),
    ...(change.length > MOST_ROWS ? [`${change.length - MOST_ROWS} more are in the JSON output.`, ''] : []),
    ...(open.length > 0
      ? [`<details><summary>${open.length} not resolved</summary>`, '', ...table(open.slice(0, MOST_ROWS)), '', '</details>', '']
      : []),
  ].join('\n');
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, text.lastIndexOf('\n', MOST_CHARACTERS))}\n\nThe JSON output contains all places.\n`
    : text;
}

const MOST_ROWS = 100;
/** GitHub allows 65,536 characters in a comment. */
const MOST_CHARACTERS = 60_000;

const leftOut = (many: number) => ({
  level: 'warning',
  message: {
    text: `${many} results of lower severity are not included, because code scanning accepts ${MOST_RESULTS} per run. The JSON report contains all results.`,
  },
});

export function placesSarif(rows: readonly PlaceRow[], version: string, base: string): string {
  const all = rows.filter(isToChange).toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const change = all.slice(0, MOST_RESULTS);
  const left = all.length - change.length;
  const rules = [...new Map(change.map((row) => [row.control, row])).values()];
  const index = new Map(rules.map(({ control }, at) => [control, at]));
  const run = {
    tool: {
      driver: {
        name: 'func-harden',
        informationUri: INFORMATION,
        version,
        semanticVersion: version,
        rules: rules.map(({ control, label, because, docs, severity }) => ({
          id: control,
          name: ruleName(control),
          shortDescription: { text: label },
          fullDescription: { text: because },
          helpUri: docs,
          help: { text: `${because} See ${docs}`, markdown: `${because}\n\n[${label}](${docs})` },
          defaultConfiguration: { level: LEVEL[severity] },
          properties: { tags: ['security', 'azure-functions'], 'security-severity': SCORE[severity] },
        })),
      },
    },
    ...(left > 0 ? { invocations: [{ executionSuccessful: true, toolExecutionNotifications: [leftOut(left)] }] } : {}),
    automationDetails: { id: 'func-harden-source/' },
    columnKind: 'utf16CodeUnits',
    results: change.map((row) => ({
      ruleId: row.control,
      ruleIndex: index.get(row.control) ?? 0,
      kind: 'fail',
      level: LEVEL[row.severity],
      message: {
        text: `${row.app}: ${row.label}: ${row.state === 'absent' ? 'not set' : word(row.present)}, desired value ${word(row.wanted)}`.replaceAll(
          /[[\]]/g,
          '\\$&',
        ),
      },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: uriOf(base, row.file) }, region: { startLine: row.line, startColumn: row.column } },
          logicalLocations: [{ name: row.address, kind: 'resource' }],
        },
      ],
      partialFingerprints: { 'funcHarden/v1': `${row.address}#${row.control}` },
    })),
  };
  return `${safeJson({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, 2)}\n`;
}

/** Returns the path of a file from the root of the repository, where code scanning looks for files; `base` is the path from the root. */
export const uriOf = (base: string, file: string): string =>
  [...base.split(/[\\/]/), ...file.split('/')]
    .filter((part) => part !== '' && part !== '.')
    .map(encodeURIComponent)
    .join('/');
