import { Command, CommanderError, Option } from 'commander';
import { EXIT, UserError } from '../engine/errors.ts';
import { didYouMean } from '../text/nearest.ts';
import { wrapWords } from '../text/wrap-words.ts';
import { COMMANDS, type CommandSpec } from './commands.ts';
import { EPILOGUE } from './help.ts';
import { OPTIONS, type Options } from './options.ts';
import { addFormat, withReports } from './report-files.ts';
import { cliErrors } from './errors.ts';

export interface Parsed {
  readonly command: CommandSpec;
  readonly args: readonly string[];
  readonly options: Options;
}

/** Parses the command line; undefined if help or the version was printed. @throws UserError (exit 64) */
export function parse(argv: readonly string[], version: string, print: (text: string) => void, width = 80): Parsed | undefined {
  try {
    return parseOnce(argv, version, print, width);
  } catch (error) {
    // An option with several values also takes the argument after it: `--app a answers.yaml`.
    const last = argv.at(-1);
    if (!isComplaint(error, 'missingArgument') || !last || last.startsWith('-') || argv.length < 3) throw error;
    const [command = '', ...rest] = argv.slice(0, -1);
    try {
      return parseOnce([command, last, ...rest], version, print, width);
    } catch (second) {
      // The last word was the value of its option, so the argument is missing.
      throw isComplaint(second, 'missingValue') ? error : second;
    }
  }
}

/** Returns the error in our own words. The parser names the option or the argument in quotes. */
function complaint(error: CommanderError, spec: CommandSpec, args: readonly string[]): UserError {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const help = helpOf(spec);
  if (error.code === 'commander.unknownOption') {
    const flags = spec.options.flatMap((name) => OPTIONS[name].flags.split(/[ ,]+/).filter((one) => one.startsWith('-')));
    return cliErrors.unknownOption({ text: named, hint: optionHint(named, [...flags, '--help', '--version']), help });
  }
  if (error.code === 'commander.missingArgument') return missingArgument(named, spec);
  if (error.code === 'commander.optionMissingArgument') return cliErrors.missingValue({ flags: named, help });
  if (error.code === 'commander.excessArguments')
    return cliErrors.excessArgument({ command: spec.name, words: args.slice(spec.args.length), help });
  const says = error.message.replace(/^error: /, '').trim();
  return new UserError(`${says[0]?.toUpperCase() ?? ''}${says.slice(1)}`, EXIT.usage, [`Run ${help} to list the options.`]);
}

/** Options of other tools (az, azd, gh, Terraform), and what they are called here. */
const KNOWN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  '--app': ['-n', '--name', '--target'],
  '--debug': ['--verbose'],
  '--dry-run': ['--what-if', '--preview', '--check'],
  '--format': ['-o'],
  '--json': ['-o'],
  '--no-input': ['--no-prompt', '--non-interactive'],
  '--output': ['-f', '--file'],
  '--resource-group': ['-g'],
  '--subscription': ['-s'],
  '--version': ['-v'],
  '--yes': ['-y', '--auto-approve', '--force', '--approve'],
};

/** Returns the option that has this name in other tools, or that it is similar to. Single letters are similar to each other by chance. */
function optionHint(named: string, flags: readonly string[]): string {
  const known = Object.keys(KNOWN_OPTIONS).find((flag) => KNOWN_OPTIONS[flag]?.includes(named) && flags.includes(flag));
  if (known !== undefined) return ` Did you mean "${known}"?`;
  return named.length > 2 ? didYouMean(named, flags) : '';
}

const missingArgument = (name: string, spec: CommandSpec): UserError =>
  cliErrors.missingArgument({ name, examples: spec.examples.slice(0, 1), help: helpOf(spec) });

const helpOf = ({ name }: CommandSpec): string => `func-harden ${name} --help`;

const isComplaint = (error: unknown, name: 'missingArgument' | 'missingValue'): boolean =>
  error instanceof UserError && error.entry?.id === `cli.${name}`;

/** Returns the command that a word is similar to, or that is called so in other tools. */
function commandHint(word: string): string {
  if (word === 'version') return ' Did you mean "--version"?';
  if (['login', 'logout'].includes(word)) return ` func-harden uses the sign-in of the Azure CLI: az ${word}`;
  const known = COMMANDS.find((spec) => spec.known?.includes(word.toLowerCase()));
  if (known) return ` Did you mean "${known.name}"?`;
  return didYouMean(
    word,
    COMMANDS.map(({ name }) => name),
  );
}

/** Allows only these values, and names the nearest one where the value is another. */
function restrict(option: Option, choices: readonly string[]): void {
  option.choices([...choices]);
  const take = option.parseArg;
  option.argParser((text: string, before: unknown) => {
    if (!choices.includes(text)) throw cliErrors.notAChoice({ option: option.name(), text, hint: didYouMean(text, choices), choices });
    return take?.(text, before as never);
  });
}

/** Makes an argument optional for the parser if an option can replace it; the command checks that one of them is present. */
const argumentsOf = ({ args, instead }: CommandSpec): readonly string[] =>
  instead ? args.map((one) => one.replace(/^<(.*)>$/, '[$1]')) : args;

/**
 * Checks that each option has its value. An empty one is an unset variable of a script, and would select more than was meant; the name of another
 * option is not a value. @throws UserError (exit 64)
 */
function checkValues(argv: readonly string[], spec: CommandSpec): void {
  const values = new Map(
    spec.options.map((name): [string, string | undefined] => {
      const [flag = '', value] = OPTIONS[name].flags.split(/ (.*)/);
      return [flag, value];
    }),
  );
  let open: { readonly flag: string; readonly value: string; readonly isFirst: boolean } | undefined;
  for (const word of argv) {
    if (word === '--') return;
    const [flag = '', text] = word.split(/=(.*)/s);
    const isOption = values.has(flag) && (text === undefined || !open?.isFirst);
    if (open && (word.trim() === '' || (open.isFirst && isOption)))
      throw cliErrors.missingValue({ flags: `${open.flag} ${open.value}`, help: helpOf(spec) });
    if (open?.isFirst) open = open.value.includes('...') ? { ...open, isFirst: false } : undefined;
    else if (word.startsWith('-')) {
      const value = values.get(flag);
      if (value !== undefined && text?.trim() === '') throw cliErrors.missingValue({ flags: `${flag} ${value}`, help: helpOf(spec) });
      open = value === undefined || text !== undefined ? undefined : { flag, value, isFirst: true };
    }
  }
}

function parseOnce(argv: readonly string[], version: string, print: (text: string) => void, width: number): Parsed | undefined {
  const output = {
    // The parser wraps no column that is narrow, and nothing after the options.
    writeOut: (text: string) => print(wrapWords(text, width)),
    writeErr: () => undefined,
    getOutHelpWidth: () => width,
  };
  const first = argv.find((word) => !word.startsWith('-'));
  const names: readonly string[] = COMMANDS.map(({ name }) => name);
  const asked = first === 'help' ? argv[1] : first;
  if (asked !== undefined && argv[0] === first && ![...names, 'help'].includes(asked) && !asked.startsWith('-'))
    throw cliErrors.unknownCommand({ text: asked, hint: commandHint(asked) });
  // If the command is known, no other is built, which saves time.
  const [word] = argv;
  const meant = word === undefined ? 'wizard' : names.find((name) => name === word);
  checkValues(argv, COMMANDS.find(({ name }) => name === (meant ?? 'wizard')) as CommandSpec);
  let parsed: Parsed | undefined;
  const program = new Command('func-harden')
    .description('Hardens Azure Function apps: shows the exact change, applies it, verifies it, and can revert it.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'prints the help of a command')
    .addHelpText('after', EPILOGUE)
    .configureOutput(output)
    .exitOverride();
  for (const spec of COMMANDS) {
    if (meant !== undefined && spec.name !== meant) continue;
    const command = program
      .command([spec.name, ...argumentsOf(spec)].join(' '), spec.name === 'wizard' ? { isDefault: true } : {})
      .summary(spec.summary)
      .description(`${spec.summary[0]?.toUpperCase() ?? ''}${spec.summary.slice(1)}.`);
    command.helpOption('-h, --help', 'print help').allowExcessArguments(false).exitOverride().configureOutput(output);
    command.addHelpText('before', `Examples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}\n`);
    for (const name of spec.options) {
      const { flags, says, ...rest } = OPTIONS[name];
      const option = new Option(flags, spec.meanings?.[name] ?? says);
      if ('choices' in rest) restrict(option, spec.values?.[name] ?? rest.choices);
      if (name === 'format') option.argParser(addFormat);
      command.addOption(option);
    }
    command.action((...given: unknown[]) => {
      const own = given.at(-1) as Command;
      const [missing] = spec.args.slice(own.args.length);
      if (missing?.startsWith('<') && !spec.instead?.some((name) => own.opts()[name] !== undefined))
        throw missingArgument(missing.slice(1, -1), spec);
      parsed = { command: spec, args: own.args, options: withReports(spec, own.opts()) };
    });
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const spec = COMMANDS.find(({ name }) => name === (meant ?? 'wizard')) as CommandSpec;
    throw complaint(error, spec, program.commands.find((one) => one.name() === spec.name)?.args ?? []);
  }
  return parsed;
}
