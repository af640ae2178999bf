import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../helpers/any-text.ts';
import { plainText } from '../../src/text/plain.ts';
import { line, lineText, span } from '../../src/text/spans.ts';
import { table } from '../../src/text/table.ts';
import { cut, cutLine, padEnd, widthOf, wrapLine } from '../../src/text/width.ts';
import { terminal } from '../../src/cli/terminal.ts';

const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '関', '数', '🙂', 'é', '👨‍👩‍👧', '-') });

test('a comma stays with the word before it, also where the word has a tone of its own', () => {
  const lines = wrapLine(line('8 apps, ', span('safe', 'good'), ', 8 restarts'), 12, 2).map(lineText);
  expect(lines.map((one) => one.trimEnd())).toEqual(['8 apps,', '  safe, 8', '  restarts']);
});

test('a text that is cut is never wider than requested, and a short text is unchanged', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 30 }), (text, width) => {
      expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width);
      if (widthOf(text) <= width) expect(cut(text, width)).toBe(text);
      expect(widthOf(lineText(cutLine([span(text), span(text)], width)))).toBeLessThanOrEqual(width);
    }),
  );
});

test('wrapping keeps each word, and no line is wider than the window', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 40 }), fc.integer({ min: 0, max: 4 }), (text, width, indent) => {
      const lines = wrapLine(line(span(text, 'strong')), width, indent).map(lineText);
      for (const one of lines) expect(widthOf(one)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

test('padding counts columns, not characters', () => {
  expect(padEnd('関数', 6)).toBe('関数  ');
});

test('a table drops columns by priority before it cuts the first', () => {
  const columns = [
    { title: 'NAME', priority: 1, least: 10 },
    { title: 'NOTE', priority: 2, least: 10 },
    { title: 'EXTRA', priority: 3, least: 10 },
  ] as const;
  const rows = [[span('a long name here'), span('a long note here'), span('a long extra one')]];
  const shown = (width: number) => table(columns, rows, width).map(lineText);
  expect(shown(80)[0]).toBe('NAME               NOTE               EXTRA');
  expect(shown(30)[0]).toMatch(/^NAME +NOTE$/);
  expect(shown(12)).toEqual(['NAME', 'a long name…']);
  // What tells rows apart has a second line instead.
  expect(table([{ ...columns[0], isWrapped: true }, columns[1]], rows, 30).map(lineText)).toEqual([
    'NAME            NOTE',
    'a long name     a long note h…',
    'here            ',
  ]);
});

test('text from Azure cannot control the terminal', () => {
  const nasty = 'a\u001B[31mred\u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007\u202Eback\u0000\u0007\r\nb';
  expect(plainText(nasty)).toBe('aredlinkback b');
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(plainText(text)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
    }),
  );
});

function stderrOf(text: string, { isTTY = true, columns = 40 } = {}): string {
  let written = '';
  const stderr = { isTTY, columns, write: (piece: string) => (written += piece) } as unknown as NodeJS.WriteStream;
  const streams = { stdin: {}, stdout: {} as NodeJS.WriteStream, stderr, env: { LANG: 'C.UTF-8' }, platform: 'linux' } as const;
  terminal(streams, []).err(text);
  return written;
}

test('on a terminal, notes and errors are wrapped at words and ids stay whole; in a file they are one line', () => {
  const id = '/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg-shop';
  const note = `NOTE: The settings of ${id} could not be compared with the earlier run.\n`;
  expect(stderrOf(note)).toBe(`NOTE: The settings of\n  ${id}\n  could not be compared with the earlier\n  run.\n`);
  const command = '  func-harden replay answers.yaml --yes --confirm fn-orders --confirm fn-events\n';
  expect(stderrOf(command), 'a command can be copied').toBe(command);
  expect(stderrOf(`\r\u001B[K${note}`), 'a line that is redrawn').toBe(`\r\u001B[K${note}`);
  expect(stderrOf(note, { isTTY: false })).toBe(note);
});

test.each([
  ['1', false],
  ['0', true],
  ['false', true],
  ['', true],
])('ACCESSIBLE=%s: full screen is %s', (ACCESSIBLE, isFull) => {
  const tty = { isTTY: true, columns: 80 } as NodeJS.WriteStream;
  expect(terminal({ stdin: tty, stdout: tty, stderr: tty, env: { ACCESSIBLE }, platform: 'linux' }, []).fullScreen).toBe(isFull);
});
