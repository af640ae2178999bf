/** Help and version by themselves: one small file, so that nothing else of the command is loaded for them. */
import { HELP_WIDTH, printedHelp } from './cli/printed-help.ts';
import { VERSION } from './version.ts';

/** The text to print; undefined where the command has to look for itself. `width` in columns. */
export function earlyText(argv: readonly string[], width: number): string | undefined {
  const [first = '', second = '', ...more] = argv;
  if (more.length > 0) return undefined;
  const is = (word: string, ...names: string[]): boolean => names.includes(word);
  if (is(first, '--version', '-V') && second === '') return `${VERSION}\n`;
  if (width !== HELP_WIDTH) return undefined;
  const name = is(first, '--help', '-h') ? second : is(second, '--help', '-h') ? first : first === 'help' ? second : undefined;
  const help = printedHelp();
  return name !== undefined && Object.hasOwn(help, name) && !(is(first, '--help', '-h') && second !== '') ? help[name] : undefined;
}
