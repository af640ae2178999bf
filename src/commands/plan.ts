import type { Invocation, CommandModule } from '../cli/invocation.ts';
import { PLAN_FORMATS } from '../cli/options.ts';
import { EXIT, worst } from '../engine/errors.ts';
import { troubleCode } from '../engine/run/troubles.ts';
import { planJson } from '../report/plan-json.ts';
import { planReport } from '../report/plan-report.ts';
import { driftLines } from '../view/drift-lines.ts';
import { plansLines } from '../view/plan-lines.ts';
import { printTroubles, type Planned } from '../app/plans/plan-from-file.ts';
import { planWork } from '../app/plans/plan-safe.ts';
import { sealPlan, writePlan, type SealedPlan } from '../app/plans/saved-plans.ts';
import { isJson } from '../app/option-values.ts';
import { printLines } from '../view/print-lines.ts';
import { deliver, writeReportFile, type Result } from '../app/delivery.ts';
import { commandErrors } from './errors.ts';

type Format = (typeof PLAN_FORMATS)[number];

export const run: CommandModule['run'] = async (invocation) => {
  const { options } = invocation;
  const format = isJson(invocation) ? 'json' : checkFormat(options.format ?? 'text');
  const reports = (options.reports ?? []).map((one) => ({ file: one.file, format: checkFormat(one.format) }));
  const planned = await planWork(invocation);
  const { plans, troubles } = planned;
  const sealed = once(() => sealPlan(invocation, planned));
  if (plans.length > 0 || format === 'json') await deliver(invocation, await written(format, planned, sealed, invocation));
  for (const { format: other, file } of reports)
    await writeReportFile(invocation, file, await written(other, planned, sealed, invocation, true));
  if (options.out !== undefined) await writePlan(invocation, options.out, await sealed());
  printTroubles(invocation, troubles);
  return worst([plans.some(({ changes }) => changes.length > 0) ? EXIT.findings : EXIT.ok, troubleCode(troubles)]);
};

/** Returns a function that does the work at its first call, and returns the same result from then on. */
function once<T>(work: () => T): () => T {
  let done: { readonly result: T } | undefined;
  return () => (done ??= { result: work() }).result;
}

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
  sealed: () => Promise<SealedPlan>,
  { io, options }: Invocation,
  isFile = options.output !== undefined,
): Promise<Result> {
  if (format === 'json') return planJson(plans, drift, (await sealed()).digest);
  if (format === 'text')
    return printLines(
      plansLines(plans, io.outLook, { details: options.details === true, beside: driftLines(drift) }),
      !isFile && io.outLook.colour,
      isFile || io.piped ? undefined : io.width,
    );
  const report = planReport(plans, await sealed());
  if (format === 'markdown') return (await import('../report/plan-markdown.ts')).planMarkdown(report);
  return (await import('../report/plan-html.ts')).planHtml(report);
}
