import type { CommandModule } from '../cli/commands.ts';
import { EXIT, UserError } from '../engine/errors.ts';
import { catalogueJson, catalogueLines, stepLines } from '../report/catalogue.ts';
import { didYouMean } from '../text/nearest.ts';
import { leastRoles, permissionsJson, permissionsLines } from '../report/permissions.ts';
import { printed, stepsOf } from './shared.ts';

export const run: CommandModule['run'] = (invocation) => {
  const { io, args, options, catalogue } = invocation;
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
  const chosen = step ? [step] : stepsOf(invocation);
  if (options.permissions) {
    const roles = leastRoles(chosen, options.profile);
    io.out(
      options.json ? `${permissionsJson(roles)}\n` : `${printed(permissionsLines(roles, chosen.length, io.width), io.outLook.colour)}\n`,
    );
  } else if (options.json) io.out(`${catalogueJson(chosen)}\n`);
  else io.out(`${printed(step ? stepLines(step, io.width) : catalogueLines(chosen, io.width), io.outLook.colour)}\n`);
  return Promise.resolve(EXIT.ok);
};
