/** What an interactive host can do; both the full screen and the line prompts drive the same job through it. */
import type { AnyStep, Option, Decisions, StepDecision, Profile } from '../contract/index.ts';
import type { App, Json, Target } from '../azure/index.ts';
import type { StepState } from './judge/assess.ts';
import type { RecordedRun } from '../change/undo-log.ts';
import type { Plan } from './plan/plan.ts';
import type { Account } from './ports.ts';
import type { Resumption } from './past/resume.ts';
import type { RunSummary } from './run/run.ts';
import type { Wave } from './run/waves.ts';
import type { ThreeWay } from './past/three-way.ts';
import type { UndoOptions, UndoPlan } from './past/undo.ts';
import type { Change, GuardNote } from '../change/change.ts';
import type { RunEvent } from './run/run-events.ts';
import type { BatchApp, BatchWork, PlannedApp } from './findings/batch.ts';

/** An app as it is judged, without what only questions need. */
export interface Judged {
  readonly target: Target;
  /** undefined where even the site could not be read. */
  readonly app: App | undefined;
  readonly steps: readonly StepState[];
  readonly decisions: Decisions;
  /** Controls, by full id, that a plan of these decisions leaves as they are: a guard or a missing right stands against them. */
  readonly blocked: readonly string[];
}

export interface OpenApp extends Judged {
  /** Names of more tags that say that code declares the app. */
  readonly codeTags?: readonly string[];
  /** Production and every slot of the same app, this one included. */
  readonly siblings: readonly Target[];
  /** Where questions start, by step and question, from what the app has today. */
  readonly prefill: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What a question may be answered with, by step and question, from what is there. */
  readonly options: Readonly<Record<string, Readonly<Record<string, readonly Option[]>>>>;
  readonly readAt: Date;
}

/** What is sent once it was confirmed. */
export type Job =
  /** `keep`: decided with it, and written to the answers file before anything goes out. */
  | { readonly do: 'apply'; readonly plan: Plan; readonly keep?: { readonly step: AnyStep; readonly decided: StepDecision } }
  /** One change over many apps; the first waves go before the others. */
  | { readonly do: 'batch'; readonly apps: readonly PlannedApp[]; readonly first?: readonly Wave[] }
  | { readonly do: 'undo'; readonly run: RecordedRun; readonly plan: UndoPlan; readonly options: UndoOptions }
  | { readonly do: 'resume'; readonly run: RecordedRun; readonly left: Resumption };

/** Whether there is something to run: changes, or a run whose end is still to be written down. */
export const hasWork = (job: Job): boolean =>
  changesOfJob(job).length > 0 || (job.do === 'resume' && (job.left.entries.length > 0 || job.run.state === 'open'));

/** Whether a job takes an earlier run back. */
export const isUndo = (job: Job): boolean => job.do === 'undo' || (job.do === 'resume' && job.left.undo !== undefined);

/** The requests that a job sends. */
export const changesOfJob = (job: Job): readonly Change[] =>
  job.do === 'resume'
    ? job.left.apps.flatMap(({ changes }) => changes)
    : job.do === 'batch'
      ? job.apps.flatMap(({ plan }) => plan.changes)
      : job.plan.changes;

export interface BatchOptions {
  readonly targets: readonly Target[];
  /** Controls that are left out, by app; given where what was planned before is planned again, from what was read then. */
  readonly without?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly each: (app: BatchApp) => void;
  readonly signal: AbortSignal;
}

export interface Session {
  readonly version: string;
  readonly account: Account;
  readonly endpoint: string;
  readonly steps: readonly AnyStep[];
  readonly profile?: Profile;
  readonly answersFile: string;
  /** Azure is an emulator on this machine. */
  readonly isDemo?: true;
  /** Shows everything, sends nothing. */
  readonly dryRun: boolean;
  /** The operator's own public address, where it was given. */
  readonly myIp: () => string | undefined;
  /** @throws UserError where it is no address */
  readonly setMyIp: (address: string) => void;
  /** Apps as they are found. @throws ArmFailure */
  apps(): AsyncGenerator<Target>;
  /** Logic Apps among what was found; they are not offered. */
  leftOut(): number;
  /** Reads the app afresh and judges it. */
  open(target: Target): Promise<OpenApp>;
  /** Judges an open app anew by what was decided since, from what was read. */
  judge(open: OpenApp): OpenApp;
  /** The same, once it was found out which of what waits can be changed at all. */
  look(open: OpenApp): Promise<OpenApp>;
  /** The same for one of many: nothing is kept of it but the verdicts. */
  survey(target: Target): Promise<Judged>;
  /** Plans one change over many apps, a few at a time; `each` is told of every app, and again of one that is planned anew. */
  planBatch(work: BatchWork, apps: BatchOptions): Promise<void>;
  /** What has to be sent for these decisions, all areas together. */
  plan(open: OpenApp, decided: Decisions): Promise<Plan>;
  /** Takes what a guard stops out of the decisions that were made here, and returns it: the answers file replays to what the preview says. */
  leaveOut(target: Target): Promise<readonly GuardNote[]>;
  /** To be called when the person is done: what waits and is stopped is taken out of the answers file. */
  finish(): Promise<void>;
  /** Keeps a decision and writes the answers file. */
  decide(target: Target, step: AnyStep, decided: StepDecision): Promise<void>;
  /** The app was asked for by name. */
  readonly direct: boolean;
  runs(): Promise<readonly RecordedRun[]>;
  /** The newest run that was cut off and that nobody is working on. */
  unfinished(): Promise<RecordedRun | undefined>;
  /** Was, ours and now of every value that a run wrote. */
  compare(run: RecordedRun): Promise<readonly ThreeWay[]>;
  planUndo(run: RecordedRun, options?: UndoOptions): Promise<UndoPlan>;
  planResume(run: RecordedRun): Promise<Resumption>;
  /** Does it, every step in the undo log. */
  run(job: Job, notify: (event: RunEvent) => void, signal: AbortSignal): Promise<RunSummary>;
}
