import type { Invocation, CommandModule } from '../cli/invocation.ts';
import { PLAN_FORMATS } from '../cli/options.ts';
import { EXIT, worst } from '../engine/errors.ts';
import { troubleCode } from '../engine/run/troubles.ts';
import { planJson } from '../report/plan-json.ts';
import { planReport } from '../report/plan-report.ts';
import type { SavedPlan } from '../report/saved-plan.ts';
import { driftLines } from '../view/drift-lines.ts';
import { plansLines } from '../view/plan-lines.ts';
import { printTroubles, type Planned } from '../app/plan-from-file.ts';
import { planWork } from '../app/plan-safe.ts';
import { savedPlanOf, writePlan } from '../app/saved-plans.ts';
import { isJson } from '../app/option-values.ts';
import { printLines } from '../view/print-lines.ts';
import { deliver, writeReportFile } from '../app/delivery.ts';
import { commandErrors } from './errors.ts';

type Format = (typeof PLAN_FORMATS)[number];

export const run: CommandModule['run'] = async (invocation) => {
  const { options } = invocation;
  const format = isJson(invocation) ? 'json' : checkFormat(options.format ?? 'text');
  const reports = (options.reports ?? []).map((one) => ({ file: one.file, format: checkFormat(one.format) }));
  const planned = await planWork(invocation);
  const { plans, troubles } = planned;
  const saved = await savedPlanOf(invocation, planned);
  if (plans.length > 0 || format === 'json') await deliver(invocation, await written(format, planned, saved, invocation));
  for (const { format: other, file } of reports)
    await writeReportFile(invocation, file, await written(other, planned, saved, invocation, true));
  if (options.out !== undefined) await writePlan(invocation, options.out, saved);
  printTroubles(invocation, troubles);
  return worst([plans.some(({ changes }) => changes.length > 0) ? EXIT.findings : EXIT.ok, troubleCode(troubles)]);
};

function checkFormat(format: string): Format {
  const known = PLAN_FORMATS.find((one) => one === format);
  if (known) return known;
  throw commandErrors.formatOfAudit({
    format,
    supports: `plan supports ${PLAN_FORMATS.join(', ')}`,
    instead: 'func-harden plan ANSWERS --json',
  });
}

async function written(
  format: Format,
  { plans, drift }: Planned,
  saved: SavedPlan,
  { io, options }: Invocation,
  isFile = options.output !== undefined,
): Promise<string> {
  if (format === 'json') return planJson(plans, drift, saved.digest);
  if (format === 'text')
    return printLines(
      plansLines(plans, io.outLook, { details: options.details === true, beside: driftLines(drift) }),
      !isFile && io.outLook.colour,
      isFile || io.piped ? undefined : io.width,
    );
  const report = planReport(plans, saved);
  if (format === 'markdown') return (await import('../report/plan-markdown.ts')).planMarkdown(report);
  return (await import('../report/plan-html.ts')).planHtml(report);
}
