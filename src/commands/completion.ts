import type { CommandModule } from '../cli/invocation.ts';
import { completionScript, RECORDED_NAMES, SHELLS } from '../cli/completion.ts';
import { EXIT } from '../engine/errors.ts';
import { didYouMean } from '../text/nearest.ts';
import { commandErrors } from './errors.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { io, args, catalogue } = invocation;
  const which = RECORDED_NAMES.find((name) => name === args[0]);
  if (which) {
    const names = await (await import('../app/recorded-names.ts')).recordedNames(invocation, which);
    io.out(names.map((name) => `${name}\n`).join(''));
    return EXIT.ok;
  }
  const shell = SHELLS.find((name) => name === args[0]);
  if (!shell) throw commandErrors.noCompletion({ shell: args[0] ?? '', hint: didYouMean(args[0] ?? '', SHELLS), shells: SHELLS });
  const ids = (await catalogue()).map(({ id }) => id);
  io.out(completionScript(shell, ids));
  return EXIT.ok;
};
