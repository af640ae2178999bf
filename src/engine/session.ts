/** Actions of an interactive host. The full screen and the line prompts use the same session. */
import type { AnyStep, Option, Decisions, StepDecision, Profile } from '../contract/index.ts';
import type { App, Json, Target } from '../azure/index.ts';
import type { StepState } from './judge/assess.ts';
import { isUnfinished, type RecordedRun } from '../change/undo-log.ts';
import type { Plan } from './plan/plan.ts';
import type { Account } from './ports.ts';
import { isHeldUp, type Resumption } from './past/resume.ts';
import type { RunSummary } from './run/run.ts';
import type { Wave } from './run/waves.ts';
import type { ThreeWay } from './past/three-way.ts';
import type { UndoOptions, UndoPlan } from './past/undo.ts';
import type { Change, GuardNote } from '../change/change.ts';
import type { RunEvent } from './run/run-events.ts';
import type { BatchApp, BatchWork, PlannedApp } from './findings/batch.ts';

/** A judged app, without the values that only questions use. */
export interface Judged {
  readonly target: Target;
  /** undefined where even the site could not be read. */
  readonly app: App | undefined;
  readonly steps: readonly StepState[];
  readonly decisions: Decisions;
  /** Full ids of controls that a plan of these decisions leaves as they are, because of a guard or a missing right. */
  readonly blocked: readonly string[];
}

export interface OpenApp extends Judged {
  /** Names of further tags that show that code declares the app. */
  readonly codeTags?: readonly string[];
  /** Production and every slot of the same app, including this one. */
  readonly siblings: readonly Target[];
  /** Initial values of questions, by step and question, from the current state of the app. */
  readonly prefill: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Choices of questions, by step and question, from the current state of the app. */
  readonly options: Readonly<Record<string, Readonly<Record<string, readonly Option[]>>>>;
  readonly readAt: Date;
}

/** The work that is sent after confirmation. */
export type Job =
  /** `keep`: decided with it, and written to the answers file before any request is sent. */
  | { readonly do: 'apply'; readonly plan: Plan; readonly keep?: { readonly step: AnyStep; readonly decided: StepDecision } }
  /** One change over many apps; the first waves go before the others. */
  | { readonly do: 'batch'; readonly apps: readonly PlannedApp[]; readonly first?: readonly Wave[] }
  | { readonly do: 'undo'; readonly run: RecordedRun; readonly plan: UndoPlan; readonly options: UndoOptions }
  | { readonly do: 'resume'; readonly run: RecordedRun; readonly left: Resumption };

/** Whether there is something to run: changes, or an interrupted run whose end is still to be recorded. */
export const hasWork = (job: Job): boolean =>
  changesOfJob(job).length > 0 || (job.do === 'resume' && !isHeldUp(job.left) && (job.left.entries.length > 0 || isUnfinished(job.run)));

/** Whether a job reverts an earlier run. */
export const isUndo = (job: Job): boolean => job.do === 'undo' || (job.do === 'resume' && job.left.undo !== undefined);

/** Returns the requests that a job sends. */
export const changesOfJob = (job: Job): readonly Change[] =>
  job.do === 'resume'
    ? job.left.apps.flatMap(({ changes }) => changes)
    : job.do === 'batch'
      ? job.apps.flatMap(({ plan }) => plan.changes)
      : job.plan.changes;

export interface BatchOptions {
  readonly targets: readonly Target[];
  /** Controls that are left out, by app. Given where a batch is planned again from facts that were already read. */
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
  /** Returns whether this session saved a decision. */
  hasDecided(): boolean;
  /** Name of the tag that names the owner of an app. */
  readonly ownerTag?: string;
  /** Names of the subscriptions that were listed, by their ids in lower case. */
  readonly subscriptionNames?: ReadonlyMap<string, string>;
  /** Set where Azure is an emulator on this machine. */
  readonly isDemo?: true;
  /** Set where the answers file is deleted when the wizard ends. */
  readonly deletesAnswers?: true;
  /** Whether everything is shown and nothing is sent. */
  readonly dryRun: boolean;
  /** Returns the operator's public IP address, where it is known. */
  readonly myIp: () => string | undefined;
  /** Sets the operator's public IP address. @throws UserError where it is not an address */
  readonly setMyIp: (address: string) => void;
  /** Yields apps as they are found. @throws ArmFailure */
  apps(): AsyncGenerator<Target>;
  /** Returns the number of Logic Apps that were found. They are not offered. */
  leftOut(): number;
  /** Reads the app again and judges it. */
  open(target: Target): Promise<OpenApp>;
  /** Judges an open app again with the decisions since, from the facts that were read. */
  judge(open: OpenApp): OpenApp;
  /** Judges an open app again, after it was planned to find out which queued changes are possible. */
  look(open: OpenApp): Promise<OpenApp>;
  /** Judges one of many apps. Only its verdicts are kept. What several apps share is read once, until `forgetShared` or a run. */
  survey(target: Target): Promise<Judged>;
  /** Forgets what was read of shared resources, so that the next surveys read it again. */
  forgetShared(): void;
  /** Plans one change over many apps, several in parallel. `each` is called for every app, and again for an app that is planned again. */
  planBatch(work: BatchWork, apps: BatchOptions): Promise<void>;
  /** Plans the requests for these decisions, all areas together. */
  plan(open: OpenApp, decided: Decisions): Promise<Plan>;
  /** Removes the controls that a guard stops from the decisions of this session, so that a replay of the answers file sends what the preview shows. */
  leaveOut(target: Target): Promise<readonly GuardNote[]>;
  /** Called when the person is done: removes queued changes that a guard stops from the answers file. */
  finish(): Promise<void>;
  /** Keeps a decision and writes the answers file. */
  decide(target: Target, step: AnyStep, decided: StepDecision): Promise<void>;
  /** Whether the app was given by name. */
  readonly direct: boolean;
  /** Returns the runs of the undo log; `onUnreadable` receives why one of them cannot be shown. */
  runs(onUnreadable?: (error: unknown) => void): Promise<readonly RecordedRun[]>;
  /** Returns the newest run that was interrupted and that no process is working on. */
  unfinished(): Promise<RecordedRun | undefined>;
  /** Compares every value that a run wrote: before, as written, and current. */
  compare(run: RecordedRun): Promise<readonly ThreeWay[]>;
  planUndo(run: RecordedRun, options?: UndoOptions): Promise<UndoPlan>;
  planResume(run: RecordedRun): Promise<Resumption>;
  /** Runs the job, with every step in the undo log. */
  run(job: Job, notify: (event: RunEvent) => void, signal: AbortSignal): Promise<RunSummary>;
}
