import type { CommandModule } from '../cli/invocation.ts';
import { completionScript, SHELLS } from '../cli/completion.ts';
import { EXIT, UserError } from '../engine/errors.ts';
import { didYouMean } from '../text/nearest.ts';

export const run: CommandModule['run'] = async ({ io, args, catalogue }) => {
  const shell = SHELLS.find((name) => name === args[0]);
  if (!shell)
    throw new UserError(`There is no completion for "${args[0] ?? ''}".${didYouMean(args[0] ?? '', SHELLS)}`, EXIT.usage, [
      `Shells: ${SHELLS.join(', ')}`,
    ]);
  const ids = (await catalogue()).map(({ id }) => id);
  io.out(completionScript(shell, ids));
  return EXIT.ok;
};
