/** The command line, without running anything. */
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { parse } from '../src/cli/parse.ts';

const parsed = (...argv: string[]) => {
  let printed = '';
  const result = parse(argv, 'test', (text) => (printed += text));
  return { command: result?.command.name, options: result?.options, args: result?.args, printed };
};

test.each(COMMANDS.map(({ name }) => name))('an app may be called %s: that is no command', (name) => {
  expect(parsed('--app', name)).toMatchObject({ command: 'wizard', options: { app: [name] } });
  expect(parsed('audit', '--app', name, '--json')).toMatchObject({ command: 'audit', options: { app: [name], json: true } });
});

test('help of the whole says of each command that it takes options; of one command it lists them, whichever way it is asked', () => {
  for (const { name } of COMMANDS.filter(({ options }) => options.length > 0))
    for (const argv of [['--help'], ['help']]) expect(parsed(...argv).printed, name).toMatch(new RegExp(`^  ${name} \\[options\\]`, 'm'));
  for (const argv of [
    ['help', 'plan'],
    ['plan', '--help'],
  ])
    expect(parsed(...argv).printed).toContain('--concurrency <n>');
});

test('an argument behind an option that takes several values is still the argument', () => {
  expect(parsed('plan', '--app', 'a', 'answers.yaml')).toMatchObject({ command: 'plan', options: { app: ['a'] }, args: ['answers.yaml'] });
});

test('an argument that is missing is named, whatever option stands last', () => {
  for (const argv of [
    ['replay', '--yes', '--auth', 'token'],
    ['undo', '--state', 'there'],
    ['plan', '--app', 'fn-orders'],
  ])
    expect(() => parsed(...argv), argv.join(' ')).toThrow(/Missing required argument/);
});

test('what belongs to another command is refused', () => {
  expect(() => parsed('steps', '--concurrency', '4')).toThrow(/Unknown option '--concurrency'/);
  expect(() => parsed('--plain', 'demo')).toThrow(/Too many arguments/);
});

test.each(COMMANDS.map(({ name, examples }) => ({ name, examples })))(
  'help of $name begins with examples, whichever way it is asked',
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

test('help has short names, and says what is the default', () => {
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
