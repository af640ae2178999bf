import { basename, dirname, extname, join } from 'node:path';
import { EXPORTS } from '../cli/options.ts';
import type { Invocation, CommandModule } from '../cli/invocation.ts';
import { EXIT, worst, type ExitCode } from '../engine/errors.ts';
import { LAST } from '../engine/past/run-names.ts';
import { decisionsFor } from '../engine/judge/decisions.ts';
import { troubleCode } from '../engine/run/troubles.ts';
import { loadAnswers } from '../files/answers/answers.ts';
import { az } from '../report/exports/az.ts';
import { bicep } from '../report/exports/bicep.ts';
import { fromPlans, fromRun, type ExportedChange } from '../report/exports/exported-changes.ts';
import type { Exported, Origin } from '../report/exports/file.ts';
import { policyPlan } from '../report/exports/policy.ts';
import { policyAz, policyBicep } from '../report/exports/policy-files.ts';
import { terraform } from '../report/exports/terraform.ts';
import { planFromFile, printTroubles } from '../app/plans/plan-from-file.ts';
import { selectedSteps } from '../app/option-values.ts';
import { recordedRunOf } from '../app/runs/undo-run.ts';
import { deliver, writeReportFile } from '../app/delivery.ts';
import { commandErrors } from './errors.ts';
import { counted } from '../text/counted.ts';

const FORMATS = { az, bicep, terraform } as const satisfies Record<
  string,
  (changes: readonly ExportedChange[], origin: Origin) => Exported
>;

export const run: CommandModule['run'] = async (invocation) => {
  const { options, io, version } = invocation;
  const format = EXPORTS.find((one) => one === (options.format as string | undefined));
  if (!format) throw commandErrors.noExportFormat({ what: invocation.args[0] ?? '', formats: EXPORTS });
  if (format === 'policy') return policies(invocation);
  for (const name of ['effect', 'as'] as const) if (options[name] !== undefined) throw commandErrors.onlyForPolicy({ option: name });
  const { changes, from, code } = await changesOf(invocation);
  const none = code === EXIT.ok ? 'every value is already correct, or the run changed nothing' : 'the plan contains no change';
  if (changes.length === 0) io.err(`NOTE: Nothing to export: ${none}.\n`);
  const exported = FORMATS[format](changes, { version, from, base: baseOf(invocation) });
  await deliverAll(invocation, exported);
  const byHand = exported.byHand ?? 0;
  if (byHand > 0)
    io.err(
      `NOTE: ${byHand} of ${counted(changes.length, 'change')} ${byHand === 1 ? 'is' : 'are'} written as ${byHand === 1 ? 'a comment. Add it' : 'comments. Add them'} to the code that declares the resource.\n`,
    );
  if (exported.left > 0)
    io.err(
      `NOTE: ${exported.left} of ${counted(changes.length, 'change')} cannot be written as ${format}. Comments in the file explain why.\n`,
    );
  return code;
};

/** Policies are made from decisions, not from pending changes. */
async function policies(invocation: Invocation): Promise<ExitCode> {
  const { args, catalogue, options, io, version } = invocation;
  const [name = ''] = args;
  if (isRunName(name)) throw commandErrors.policyOfRun();
  const { plans, troubles } = await planFromFile(invocation);
  printTroubles(invocation, troubles);
  const { answers } = await loadAnswers(name, await catalogue());
  const apps = plans.map(({ target }) => ({ target, decisions: decisionsFor(answers, target) }));
  const today = invocation.clock.now().toISOString().slice(0, 10);
  const plan = policyPlan(await selectedSteps(invocation), apps, options.effect ?? 'audit', today, options.profile);
  const origin = { version, from: basename(name), base: baseOf(invocation) };
  await deliverAll(invocation, (options.as === 'az' ? policyAz : policyBicep)(plan, origin));
  if (plan.assignments.length === 0) io.err('NOTE: Nothing to export: no policy covers the controls in these answers.\n');
  if (plan.uncovered.length > 0)
    io.err(`NOTE: Controls without a policy: ${plan.uncovered.length}. They are listed at the end of the file.\n`);
  return worst([EXIT.ok, troubleCode(troubles)]);
}

interface Chosen {
  readonly changes: readonly ExportedChange[];
  readonly from: string;
  readonly code: ExitCode;
}

/** Returns the recorded changes of a run, or the changes that an answers file would make now. */
async function changesOf(invocation: Invocation): Promise<Chosen> {
  const [name = ''] = invocation.args;
  if (isRunName(name)) {
    const recorded = await recordedRunOf(invocation, name);
    return { changes: fromRun(recorded), from: `run ${recorded.run}`, code: EXIT.ok };
  }
  const { plans, troubles } = await planFromFile(invocation);
  printTroubles(invocation, troubles);
  return {
    changes: fromPlans(plans.flatMap(({ changes }) => changes)),
    from: basename(name),
    code: worst([EXIT.ok, troubleCode(troubles)]),
  };
}

/** A name, its first digits or more, or `last`; a file with such a name needs its folder: `./last`. */
const isRunName = (name: string): boolean => name === LAST || /^\d{1,8}$|^\d{8}(T\d{0,9}(Z(-[0-9a-f]{0,4})?)?)?$/.test(name);

const baseOf = ({ options }: Invocation): string =>
  options.output === undefined ? 'func-harden' : basename(options.output, extname(options.output));

/** Writes files one after another to stdout; with `--output`, further files are written to the folder of the named file. */
async function deliverAll(invocation: Invocation, { files }: Exported): Promise<void> {
  const { output } = invocation.options;
  const [first, ...others] = files;
  if (!output) return deliver(invocation, files.map(({ name, text }) => (name ? `// ---- ${name} ----\n${text}` : text)).join('\n'));
  await deliver(invocation, first?.text ?? '');
  for (const { name, text } of others) {
    const file = join(dirname(output), name);
    await writeReportFile(invocation, file, text);
  }
}
