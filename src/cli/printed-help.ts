/** Help texts for 80 columns: general help under the empty name, and one per command. The bundle has them finished (tools/bundle.ts). */
import { COMMANDS } from './commands.ts';
import { parse } from './parse.ts';

export const HELP_WIDTH = 80;

export function printedHelp(): Readonly<Record<string, string>> {
  const names = ['', ...COMMANDS.map(({ name }) => name)];
  return Object.fromEntries(
    names.map((name) => {
      let text = '';
      parse([name, '--help'].filter(Boolean), '', (more) => (text += more), HELP_WIDTH);
      return [name, text];
    }),
  );
}
