import type { CommandModule } from '../cli/invocation.ts';
import { EXIT } from '../engine/errors.ts';
import { catalogueJson, catalogueLines, stepLines } from '../report/catalogue.ts';
import { leastRoles, permissionsJson, permissionsLines } from '../report/permissions.ts';
import { selectedSteps, stepNamed } from '../app/option-values.ts';
import { printLines } from '../view/print-lines.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { io, args, options } = invocation;
  const catalogue = await invocation.catalogue();
  const [id] = args;
  const step = id === undefined ? undefined : stepNamed(id, catalogue);
  const chosen = step ? [step] : await selectedSteps(invocation);
  if (options.permissions) {
    const roles = leastRoles(chosen, options.profile);
    io.out(
      options.json ? `${permissionsJson(roles)}\n` : `${printLines(permissionsLines(roles, chosen.length, io.width), io.outLook.colour)}\n`,
    );
  } else if (options.json) io.out(`${catalogueJson(chosen)}\n`);
  else io.out(`${printLines(step ? stepLines(step, io.width) : catalogueLines(chosen, io.width), io.outLook.colour)}\n`);
  return EXIT.ok;
};
