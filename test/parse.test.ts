/** The command line, without running anything. */
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { parse } from '../src/cli/parse.ts';
import { UserError } from '../src/engine/errors.ts';

const parsed = (...argv: string[]) => {
  let printed = '';
  const result = parse(argv, 'test', (text) => (printed += text));
  return { command: result?.command.name, options: result?.options, args: result?.args, printed };
};

test.each(COMMANDS.map(({ name }) => name))('an app named %s is not a command', (name) => {
  expect(parsed('--app', name)).toMatchObject({ command: 'wizard', options: { app: [name] } });
  expect(parsed('audit', '--app', name, '--json')).toMatchObject({ command: 'audit', options: { app: [name], json: true } });
});

test('general help says that each command has options; help of a command lists them, whichever way it is requested', () => {
  for (const { name } of COMMANDS.filter(({ options }) => options.length > 0))
    for (const argv of [['--help'], ['help']]) expect(parsed(...argv).printed, name).toMatch(new RegExp(`^  ${name} \\[options\\]`, 'm'));
  for (const argv of [
    ['help', 'plan'],
    ['plan', '--help'],
  ])
    expect(parsed(...argv).printed).toContain('--concurrency <n>');
});

test('an argument after an option with several values is still the argument', () => {
  expect(parsed('plan', '--app', 'a', 'answers.yaml')).toMatchObject({ command: 'plan', options: { app: ['a'] }, args: ['answers.yaml'] });
});

test('an option without its value is an error, also with an empty value or the name of another option as its value', () => {
  for (const argv of [
    ['audit', '--resource-group', ''],
    ['audit', '--resource-group='],
    ['audit', '--slot', ' '],
    ['audit', '--app', 'a', '', '--json'],
    ['audit', '--tenant', '--json'],
    ['audit', '--app', '--json'],
    ['--app', ''],
    ['replay', '--plan', 'p', '--require-digest', ''],
    ['replay', 'a.yaml', '--confirm', '--yes'],
  ])
    expect(() => parsed(...argv), argv.join(' ')).toThrow(/^The option --[a-z-]+ requires a value\.$/);
  expect(parsed('audit', '--app', 'a', '--subscription', '-x', '--tag', 'env=', '--output=--json', '--json').options).toMatchObject({
    app: ['a'],
    subscription: ['-x'],
    tag: ['env='],
    output: '--json',
    json: true,
  });
  expect(parsed('completion', '--', '')).toMatchObject({ args: [''] });
});

test('a missing argument is named, whichever option comes last', () => {
  for (const argv of [
    ['replay', '--yes', '--auth', 'token'],
    ['undo', '--state', 'there'],
    ['plan', '--app', 'fn-orders'],
  ])
    expect(() => parsed(...argv), argv.join(' ')).toThrow(/^The argument (ANSWERS|RUN) is missing\.$/);
});

test('options of another command are refused', () => {
  expect(() => parsed('steps', '--concurrency', '4')).toThrow(/Unknown option "--concurrency"/);
  expect(() => parsed('--plain', 'demo')).toThrow(/Too many arguments/);
});

/** The error in lines: the message, then what to do. */
const complaint = (...argv: string[]): readonly string[] => {
  try {
    parse(argv, 'test', () => undefined);
  } catch (error) {
    if (error instanceof UserError) return [error.message, ...error.next];
    throw error;
  }
  return [];
};

test.each<[string, readonly string[], readonly string[]]>([
  [
    'an option',
    ['audit', '--ap', 'x'],
    ['Unknown option "--ap". Did you mean "--app"?', 'Run func-harden audit --help to list the options.'],
  ],
  [
    'an option before a command',
    ['--verison'],
    ['Unknown option "--verison". Did you mean "--version"?', expect.stringContaining('--help')],
  ],
  ['a short option', ['-v'], ['Unknown option "-v". Did you mean "--version"?', expect.anything()]],
  ['an option of the Azure CLI', ['audit', '-o', 'json'], ['Unknown option "-o". Did you mean "--format"?', expect.anything()]],
  ['an option of Terraform', ['replay', '--auto-approve'], ['Unknown option "--auto-approve". Did you mean "--yes"?', expect.anything()]],
  ['an option that the command does not have', ['audit', '-y'], ['Unknown option "-y".', expect.anything()]],
  [
    'a command of the Azure CLI',
    ['login'],
    [expect.stringMatching(/"login"\. func-harden uses the sign-in of the Azure CLI: az login/), expect.anything()],
  ],
  [
    'a value',
    ['audit', '--fail-on', 'hgh'],
    ['--fail-on cannot be "hgh". Did you mean "high"?', 'Allowed values: low, medium, high, critical'],
  ],
  ['a format', ['audit', '--format', 'sarf'], ['--format cannot be "sarf". Did you mean "sarif"?', expect.stringContaining('junit')]],
  [
    'no value',
    ['audit', '--app'],
    ['The option --app requires a value.', 'Write --app <name-or-id...>. Run func-harden audit --help for details.'],
  ],
  [
    'no argument',
    ['plan'],
    ['The argument ANSWERS is missing.', 'Example: func-harden plan answers.yaml', 'Run func-harden plan --help for details.'],
  ],
  ['too many arguments', ['config', 'a', 'b'], ['Too many arguments for config: "a", "b".', expect.stringContaining('config --help')]],
  ['help of no command', ['help', 'audi'], ['Unknown command "audi". Did you mean "audit"?', expect.anything()]],
  ['a word of Terraform', ['apply'], ['Unknown command "apply". Did you mean "replay"?', expect.anything()]],
  ['a word of azd', ['version'], ['Unknown command "version". Did you mean "--version"?', expect.anything()]],
])('an invalid command line is reported with its place and next step: %s', (_, argv, lines) => {
  expect(complaint(...argv)).toEqual(lines);
});

test('a command word of another tool leads to exactly one command of func-harden', () => {
  const words = COMMANDS.flatMap(({ known = [] }) => known);
  expect(new Set(words).size).toBe(words.length);
  expect(words.filter((word) => COMMANDS.some(({ name }) => name === word))).toEqual([]);
});

test.each(COMMANDS.map(({ name, examples }) => ({ name, examples })))(
  'help of $name begins with examples, whichever way it is requested',
  ({ name, examples }) => {
    expect(examples.length).toBeGreaterThan(0);
    const asked = [
      [name, '-h'],
      [name, '--help'],
      ['help', name],
    ].map((argv) => parsed(...argv).printed);
    expect(new Set(asked).size).toBe(1);
    expect(asked[0]).toMatch(/^Examples:\n {2}func-harden/);
  },
);

test('help has short names and defaults of options', () => {
  expect(parsed('-V').printed).toBe('test\n');
  for (const argv of [
    ['audit', '-h'],
    ['audit', '--help'],
  ]) {
    expect(parsed(...argv).printed).toMatch(/^Examples:\n {2}func-harden audit/);
    expect(parsed(...argv).printed).toMatch(/\(default\s+low\)/);
  }
  expect(parsed('-h').printed).toContain('Commands:');
});

test.each([
  ['audit', 'an additional report', ['text', 'json', 'sarif', 'junit', 'markdown', 'html', 'csv']],
  ['plan', 'an additional report', ['text', 'json', 'markdown', 'html']],
  ['findings', '(default text)', ['text', 'json', 'csv']],
  ['source', '(default text)', ['text', 'json', 'sarif', 'markdown']],
])('help of %s lists only the formats that it writes', (name, says, formats) => {
  const help = parsed(name, '--help').printed.replaceAll(/\s+/g, ' ');
  const own = /--format <format> (.*?\)) --/.exec(help)?.[1] ?? '';
  expect(own).toContain(says);
  expect(own.endsWith(`(choices: ${formats.map((format) => `"${format}"`).join(', ')})`), own).toBe(true);
  if (says !== 'an additional report') expect(own).not.toContain('FORMAT=FILE');
});
