/** The work of the wizard: the apps of a job, its record in the undo log, and the decisions that the answers file keeps. */
import type { Invocation } from '../../cli/invocation.ts';
import { APPS_AT_ONCE } from '../../cli/options.ts';
import type { StepDecision } from '../../contract/index.ts';
import type { Target } from '../../azure/index.ts';
import { keptDecisions, type PlannedApp } from '../../engine/findings/batch.ts';
import { NO_DECISION, type AnswersFile } from '../../engine/judge/decisions.ts';
import { groupByApp } from '../../engine/past/undo-order.ts';
import type { AppChanges } from '../../engine/run/run-input.ts';
import { changesOfJob, type Job } from '../../engine/session.ts';
import type { RunOptions } from '../runs/execute.ts';
import { resumedBy } from '../../engine/past/resume.ts';

/** Returns the answers file with the decisions for many apps. Earlier decisions stay in it. */
export function addKeptDecisions(answers: AnswersFile, apps: readonly PlannedApp[], keyOf: (target: Target) => string): AnswersFile {
  const sections = { ...answers.apps };
  for (const app of apps) {
    const key = keyOf(app.target);
    const own = Object.entries(keptDecisions(app)).map(([id, decided]): [string, StepDecision] => {
      const earlier = sections[key]?.[id] ?? NO_DECISION;
      const together = { answers: { ...earlier.answers, ...decided.answers }, controls: { ...earlier.controls, ...decided.controls } };
      return [id, { ...earlier, ...together }];
    });
    sections[key] = { ...sections[key], ...Object.fromEntries(own) };
  }
  return { ...answers, apps: sections };
}

/** The number of apps that are changed in parallel. */
const CONCURRENCY = APPS_AT_ONCE.usual;

export function appsOfJob(job: Job): readonly AppChanges[] {
  if (job.do === 'batch') return job.apps.map(({ plan }) => plan);
  if (job.do === 'apply') return [job.plan];
  return job.do === 'undo' ? groupByApp({ changes: changesOfJob(job) }) : job.left.apps;
}

/** Returns the invocation of a batch with waves, which ends at the first app that fails. */
export const stoppingFor = (job: Job, invocation: Invocation): Invocation =>
  job.do === 'batch' ? { ...invocation, options: { ...invocation.options, stopOnFailure: job.first !== undefined } } : invocation;

/** Returns how a job is recorded in the undo log. */
export function runOptionsOf(job: Job): Omit<RunOptions, 'notify'> {
  if (job.do === 'apply') return { mode: 'wizard', digest: null };
  if (job.do === 'batch')
    return {
      mode: 'wizard',
      digest: null,
      concurrency: CONCURRENCY,
      ...(job.first === undefined ? {} : { canary: { waves: job.first, confirmOthers: () => Promise.resolve(true) } }),
    };
  if (job.do === 'undo') return { mode: 'undo', digest: null, undoes: job.run.run, ...job.options, concurrency: CONCURRENCY };
  const { run, left } = job;
  return {
    mode: left.undo ? 'undo' : 'resume',
    digest: run.start.answersDigest,
    resumes: resumedBy(run, left),
    concurrency: CONCURRENCY,
    ...(left.undo ? { undoes: left.undo.run } : {}),
  };
}
