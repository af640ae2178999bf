import type { CommandModule } from '../cli/invocation.ts';
import { EXIT, UserError, worst } from '../engine/errors.ts';
import { troubleCode } from '../engine/run/troubles.ts';
import { planJson } from '../report/plan-json.ts';
import { driftLines } from '../view/drift-lines.ts';
import { plansLines } from '../view/plan-lines.ts';
import { planFromFile, printTroubles } from '../app/plan-from-file.ts';
import { savedPlanOf, writePlan } from '../app/saved-plans.ts';
import { isJson } from '../app/option-values.ts';
import { printed } from '../view/printed.ts';
import { deliver } from '../app/delivery.ts';

export const run: CommandModule['run'] = async (invocation) => {
  const { io, options } = invocation;
  const { format = 'text', out } = options;
  if (format !== 'text' && format !== 'json')
    throw new UserError(`--format ${format} is for audit; a plan is text or json.`, EXIT.usage, ['func-harden plan ANSWERS --json']);
  const planned = await planFromFile(invocation);
  const { plans, drift, troubles } = planned;
  const saved = out !== undefined || isJson(invocation) ? await savedPlanOf(invocation, planned) : undefined;
  const text = isJson(invocation)
    ? planJson(plans, drift, saved?.digest)
    : printed(
        plansLines(plans, io.outLook, { details: options.details === true, beside: driftLines(drift) }),
        !options.output && io.outLook.colour,
        io.width,
      );
  if (plans.length > 0 || isJson(invocation)) await deliver(invocation, text);
  if (saved && out !== undefined) await writePlan(invocation, out, saved);
  printTroubles(invocation, troubles);
  return worst([plans.some(({ changes }) => changes.length > 0) ? EXIT.findings : EXIT.ok, troubleCode(troubles)]);
};
