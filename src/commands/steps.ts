import type { CommandModule } from '../cli/invocation.ts';
import type { AnyStep } from '../contract/index.ts';
import { EXIT } from '../engine/errors.ts';
import { catalogueJson, catalogueLines, stepLines } from '../report/catalogue.ts';
import { leastRoles, permissionsJson, permissionsLines } from '../report/permissions.ts';
import { commandErrors } from './errors.ts';
import { unknownArea, selectedSteps } from '../app/option-values.ts';
import { printLines } from '../view/print-lines.ts';

/** Returns an area by its id, or with one control by the id of the control. @throws UserError where there is none */
function stepNamed(id: string, catalogue: readonly AnyStep[]): AnyStep {
  const area = catalogue.find((one) => one.id === id);
  if (area) return area;
  const controls = catalogue.flatMap((step) => step.controls.map((control) => ({ step, control, name: `${step.id}.${control.id}` })));
  const found = controls.filter(({ name, control }) => name === id || control.id === id);
  const [only] = found;
  if (only && found.length === 1) return { ...only.step, controls: [only.control] };
  const names =
    found.length > 0
      ? found.map(({ name }) => name)
      : [...catalogue.map((one) => one.id), ...controls.flatMap(({ name, control }) => [name, control.id])];
  if (found.length > 1) throw commandErrors.severalControls({ id, names });
  throw unknownArea([id], names);
}

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
