/** Messages in a narrow terminal: no word is broken, and lines to copy stay whole. */
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parse } from '../../src/cli/parse.ts';
import { wrapWords } from '../../src/text/wrap-words.ts';

test('a next step is wrapped at words, and a command in it stays on one line', () => {
  expect(wrapWords('  Run func-harden audit --all to list every app that you can read.', 40)).toBe(
    ['  Run func-harden audit --all to list', '    every app that you can read.'].join('\n'),
  );
  expect(wrapWords('  Plan the fixes first with func-harden plan --safe --app fn-orders.', 44)).toBe(
    ['  Plan the fixes first with', '    func-harden plan --safe --app fn-orders.'].join('\n'),
  );
  expect(wrapWords('  Create it: az storage container create --name NAME', 40)).toBe(
    ['  Create it:', '    az storage container create --name NAME'].join('\n'),
  );
  expect(wrapWords('  Find the assignment (az role assignment list --scope SCOPE), then preview again.', 60)).toBe(
    ['  Find the assignment', '    (az role assignment list --scope SCOPE), then preview', '    again.'].join('\n'),
  );
});

test('a list is wrapped under its second column, or below the first where both do not fit', () => {
  expect(wrapWords('  --yes   approves safe and disruptive changes', 40)).toBe(
    ['  --yes   approves safe and disruptive', '          changes'].join('\n'),
  );
  expect(wrapWords('  --confirm fn-orders   approves lock-out changes of fn-orders', 40)).toBe(
    ['  --confirm fn-orders', '      approves lock-out changes of', '      fn-orders'].join('\n'),
  );
});

test('a command and a line of an answers file stay whole', () => {
  for (const text of [
    '  func-harden replay answers.yaml --yes --confirm fn-orders',
    '    allowedOrigins: [https://www.contoso.com, https://a.example]',
  ])
    expect(wrapWords(text, 40)).toBe(text);
});

test('the help of each command fits into 40 columns, except for its examples', () => {
  for (const name of ['', ...COMMANDS.map((command) => command.name)]) {
    let text = '';
    parse([name, '--help'].filter(Boolean), '', (more) => (text += more), 40);
    const long = text.split('\n').filter((line) => line.length > 40 && !/^ +func-harden /.test(line) && / .* /.test(line.trim()));
    expect(long, name).toEqual([]);
  }
});
