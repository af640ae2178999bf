import { Command, CommanderError, Option } from 'commander';
import { EXIT, UserError } from '../engine/errors.ts';
import { didYouMean } from '../text/nearest.ts';
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
export function parse(argv: readonly string[], version: string, print: (text: string) => void, width?: number): Parsed | undefined {
  try {
    return parseOnce(argv, version, print, width);
  } catch (error) {
    // An option with several values also takes the argument after it: `--app a answers.yaml`.
    const last = argv.at(-1);
    if (!(error instanceof MissingArgument) || !last || last.startsWith('-') || argv.length < 3) throw error;
    const [command = '', ...rest] = argv.slice(0, -1);
    try {
      return parseOnce([command, last, ...rest], version, print, width);
    } catch (second) {
      // The last word was the value of its option, so the argument is what is missing.
      throw second instanceof MissingValue ? error : second;
    }
  }
}

class MissingArgument extends UserError {}
class MissingValue extends UserError {}

const COMPLAINTS: Readonly<Record<string, typeof UserError>> = {
  'commander.missingArgument': MissingArgument,
  'commander.optionMissingArgument': MissingValue,
};

/** Makes an argument optional for the parser if an option can replace it; the command checks that one of them is present. */
const argumentsOf = ({ args, instead }: CommandSpec): readonly string[] =>
  instead ? args.map((one) => one.replace(/^<(.*)>$/, '[$1]')) : args;

function parseOnce(argv: readonly string[], version: string, print: (text: string) => void, width: number | undefined): Parsed | undefined {
  const output = {
    writeOut: print,
    writeErr: (text: string) => void complaints.push(text),
    ...(width === undefined ? {} : { getOutHelpWidth: () => width }),
  };
  const first = argv.find((word) => !word.startsWith('-'));
  const names: readonly string[] = COMMANDS.map(({ name }) => name);
  if (first !== undefined && argv[0] === first && !names.includes(first) && first !== 'help') {
    throw cliErrors.unknownCommand({ text: first, hint: didYouMean(first, names) });
  }
  // If the command is known, no other is built, which saves time.
  const [word] = argv;
  const meant = word === undefined ? 'wizard' : names.find((name) => name === word);
  let parsed: Parsed | undefined;
  const complaints: string[] = [];
  const program = new Command('func-harden')
    .description('Hardens Azure Function apps: shows the exact change, applies it, verifies it, and can revert it.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
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
      const option = new Option(flags, says);
      if ('choices' in rest) option.choices([...rest.choices]);
      if (name === 'format') option.argParser(addFormat);
      command.addOption(option);
    }
    command.action((...given: unknown[]) => {
      const own = given.at(-1) as Command;
      const [missing] = spec.args.slice(own.args.length);
      if (missing?.startsWith('<') && !spec.instead?.some((name) => own.opts()[name] !== undefined))
        throw new MissingArgument(`Missing required argument '${missing.slice(1, -1)}'`, EXIT.usage, [
          'Run func-harden --help to list commands and options.',
        ]);
      parsed = { command: spec, args: own.args, options: withReports(spec, own.opts()) };
    });
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const says = (complaints.join('') || error.message).replace(/^error: /, '').trim();
    const Complaint = COMPLAINTS[error.code] ?? UserError;
    throw new Complaint(`${says[0]?.toUpperCase() ?? ''}${says.slice(1)}`, EXIT.usage, [
      'Run func-harden --help to list commands and options.',
    ]);
  }
  return parsed;
}
