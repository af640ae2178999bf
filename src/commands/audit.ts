import { readFile } from 'node:fs/promises';
import type { CommandModule } from '../cli/commands.ts';
import type { Invocation } from '../cli/invocation.ts';
import { SEVERITIES, type Options } from '../cli/options.ts';
import { assess, type ControlState } from '../engine/assess.ts';
import { EXIT, exitOf, UserError, worst, type ExitCode } from '../engine/errors.ts';
import { appOf } from '../engine/hosting.ts';
import { loadAnswers } from '../files/answers.ts';
import type { Target } from '../engine/ports.ts';
import { readRuns } from '../files/journal.ts';
import { pastChanges, type PastChange } from '../report/changes.ts';
import { compared, earlierReport } from '../report/compare.ts';
import { auditLines, type AuditedApp, type AuditReport } from '../report/audit.ts';
import { sayTroubles, troubleCode } from './planning.ts';
import { circumstances, connectWith, deliver, isJson, openApp, printed, select, selectionTroubles, stateDirOf, stepsOf } from './shared.ts';
import { plainText } from '../text/plain.ts';
import { mapLimited } from '../engine/limited.ts';

/** Apps read at the same time where `--concurrency` does not say. */
const CONCURRENCY = 8;

export const run: CommandModule['run'] = async (invocation) => {
  const { options, io, version } = invocation;
  const profiled =
    options.profile === 'baseline'
      ? stepsOf(invocation).map((step) => ({ ...step, controls: step.controls.filter(({ strict }) => !strict) }))
      : stepsOf(invocation);
  const steps = profiled.filter(({ controls }) => controls.length > 0);
  const answers = options.answers ? (await loadAnswers(options.answers, invocation.catalogue)).answers : undefined;
  const concurrency = Number(options.concurrency ?? CONCURRENCY);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new UserError(`"${options.concurrency ?? ''}" is not a number of apps.`, EXIT.usage, ['Write --concurrency like 8']);
  circumstances(options, {});
  const old = options.compare === undefined ? undefined : earlierReport(await readText(options.compare), options.compare);
  const { reader, ...connection } = await connectWith(invocation);
  const found = await select({ reader, ...connection }, options);
  const troubles = selectionTroubles(found);
  sayTroubles(invocation, troubles);

  const apps = await mapLimited(found.targets, concurrency, async (target): Promise<AuditedApp> => {
    const { store, decisions } = await openApp(reader, target, steps, answers);
    const site = store.fact('site');
    return {
      target,
      app: site?.state === 'read' ? appOf(target, store.view.site) : undefined,
      steps: assess(steps, store, reader, circumstances(options, decisions, connection.account)),
    };
  });
  const bare = { tool: `func-harden ${version}`, generatedAt: new Date().toISOString(), apps };
  const format = isJson(invocation) ? 'json' : (options.format ?? 'text');
  const report: AuditReport = {
    ...bare,
    ...(old === undefined ? {} : { comparison: compared(bare, old) }),
    ...(format === 'html' ? { changes: await changesOf(invocation, found.targets) } : {}),
  };
  if (format !== 'text') await deliver(invocation, (await import('../report/formats/index.ts')).AUDIT_FORMATS[format](report));
  else if (found.targets.length > 0)
    await deliver(invocation, printed(auditLines(report, io.width, io.outLook), !options.output && io.outLook.colour, io.width));
  const controls = apps.flatMap((app) => app.steps.flatMap((step) => step.controls));
  return worst([...controls.map((control) => exitFor(control, options)), troubleCode(troubles)]);
};

/** What the undo log has on these apps. That it cannot be read is told, and does not stop an audit. */
async function changesOf(invocation: Invocation, targets: readonly Target[]): Promise<readonly PastChange[]> {
  const told = (error: unknown) =>
    invocation.io.err(`NOTE: what changed is not told in full: ${plainText(error instanceof Error ? error.message : String(error))}\n`);
  try {
    return pastChanges(
      await readRuns(stateDirOf(invocation), told),
      targets.map(({ id }) => id),
    );
  } catch (error) {
    told(error);
    return [];
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read (${(error as Error).message}).`, EXIT.usage);
  }
}

function exitFor(control: ControlState, options: Options): ExitCode {
  const { failOn = 'low' } = options;
  // What ARM does not tell is unknown for good; only what could not be read is a failure.
  if (control.state === 'unknown') return control.failure ? exitOf(control.failure) : EXIT.ok;
  // Nobody was asked to attest anything unless there is an answers file to do it in.
  const unattested = control.state === 'attestation-expired' || (control.state === 'attestation-missing' && options.answers !== undefined);
  const isFinding = control.state === 'fail' || unattested;
  return isFinding && SEVERITIES.indexOf(control.severity as never) >= SEVERITIES.indexOf(failOn) ? EXIT.findings : EXIT.ok;
}
