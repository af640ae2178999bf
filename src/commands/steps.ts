import type { CommandModule } from '../cli/commands.ts';
import { EXIT, UserError } from '../engine/errors.ts';
import { catalogueJson, catalogueLines, stepLines } from '../report/catalogue.ts';
import { didYouMean } from '../text/nearest.ts';
import { printed } from './shared.ts';

export const run: CommandModule['run'] = ({ io, args, options, catalogue }) => {
  const [id] = args;
  const step = catalogue.find((one) => one.id === id);
  if (id !== undefined && !step)
    throw new UserError(
      `There is no area "${id}".${didYouMean(
        id,
        catalogue.map((one) => one.id),
      )}`,
      EXIT.usage,
      ['func-harden steps lists the areas.'],
    );
  if (options.json) io.out(`${catalogueJson(step ? [step] : catalogue)}\n`);
  else io.out(`${printed(step ? stepLines(step, io.width) : catalogueLines(catalogue, io.width), io.outLook.colour)}\n`);
  return Promise.resolve(EXIT.ok);
};
