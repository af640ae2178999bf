/** Text from Azure as a cell: no spreadsheet runs it as a formula, and no renderer makes it a link. */
import { expect, test } from 'vitest';
import { csvCell } from '../../src/report/formats/csv.ts';
import { markdownCell } from '../../src/report/formats/markdown.ts';

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(1)',
  ' =1',
  '\u00a0=1',
  '\u3000=1',
  '\u200b=1',
  '\t=1',
  '＝1+1',
  '＋1',
  '－1',
  '＠x',
  '−1',
  '"=1',
  "'=1",
  '\r\n=1',
  '=cmd|"/c calc"!A1',
])('a cell with a formula, %j, begins with an apostrophe', (text) => {
  const cell = csvCell(text).replace(/^"|"$/g, '').replaceAll('""', '"');
  expect(cell.startsWith("'"), cell).toBe(true);
});

test.each(['a;=1+1', 'a; =1', 'a\t@x', 'x;＝1'])(
  'a cell with %j after a semicolon begins with an apostrophe too, and is quoted',
  (text) => {
    const cell = csvCell(text);
    expect(cell).not.toMatch(/[;\t]\s*[=+\-@＝]/);
    if (text.includes(';')) expect(cell.startsWith('"')).toBe(true);
  },
);

test('a cell is no command of Azure Pipelines if a job prints the file', () => {
  for (const text of ['##vso[task.setvariable variable=x]y', 'x ##[command]y', '##VSO[a]'])
    expect(csvCell(text)).not.toMatch(/##(vso)?\[/i);
});

test('other cells are unchanged', () => {
  for (const text of ['1.2', 'fn-orders', 'a - b', 'https://x.example/a=b', '203.0.113.0/24']) expect(csvCell(text)).toBe(text);
});

/** What GitHub, GitLab and Azure DevOps make a link, a mention, an emoji or a formula of; after entities are read. */
const LIVE: readonly RegExp[] = [
  /https?:\/\//i,
  /\bftp:\/\//i,
  /\bwww\./i,
  /mailto:(?!\u200b)/i,
  /@\w/,
  /#\d/,
  /\bGH-\d/,
  /(?<!\\)!\d/,
  /:[a-z]+:/,
];
test.each([
  'https://evil.example/x',
  'see http://evil',
  'ftp://evil',
  'www.evil.example',
  'mailto:a@evil.example',
  'evil@example.com',
  '@octocat',
  '@org/team',
  '#1',
  'octo/repo#1',
  'GH-1',
  '!7',
  'AB#12',
  ':tada:',
  '[x](http://evil)',
  '![x](http://evil/p.png)',
  '${x} $5 #$1',
])('%s is plain text in a cell', (text) => {
  const read = markdownCell(text).replaceAll('&#8203;', '\u200b').replaceAll('&#36;', '$');
  for (const live of LIVE) expect(read).not.toMatch(live);
  expect(read.replaceAll(/[\u200b\\]/g, '')).toBe(text);
});

test('a cell has no markup', () => {
  expect(markdownCell('$x^2$ <b> `c` **d** | ~e~')).not.toMatch(/\$|<|(?<!\\)[`*|~]/);
});
