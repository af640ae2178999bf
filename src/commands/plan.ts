import type { CommandModule } from '../cli/invocation.ts';
import { EXIT, UserError, worst } from '../engine/errors.ts';
import { troubleCode } from '../engine/run/troubles.ts';
import { planJson } from '../report/plan-json.ts';
import { driftLines } from '../view/drift-lines.ts';
import { planLines } from '../view/change-lines.ts';
import { printTroubles } from '../app/plan-from-file.ts';
import { planWork } from '../app/plan-safe.ts';
import { isJson } from '../app/option-values.ts';
import { printed } from '../view/printed.ts';
import { deliver } from '../app/delivery.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { format = 'text' } = invocation.options;
  if (format !== 'text' && format !== 'json')
    throw new UserError(`--format ${format} is for audit; a plan is text or json.`, EXIT.usage, ['func-harden plan ANSWERS --json']);
  const { io, options } = invocation;
  const { plans, drift, troubles } = await planWork(invocation);
  const text = isJson(invocation)
    ? planJson(plans, drift)
    : printed(
        [...plans.flatMap((one) => [...planLines(one, io.outLook), []]), ...driftLines(drift)],
        !options.output && io.outLook.colour,
        io.width,
      );
  if (plans.length > 0 || isJson(invocation)) await deliver(invocation, text);
  printTroubles(invocation, troubles);
  return worst([plans.some(({ changes }) => changes.length > 0) ? EXIT.findings : EXIT.ok, troubleCode(troubles)]);
};
