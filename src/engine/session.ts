/** What an interactive host can do; both the full screen and the line prompts drive the same job through it. */
import type { AnyStep, App, Json, Option } from '../step.ts';
import type { StepState } from './assess.ts';
import type { Decisions, StepDecision } from './decisions.ts';
import type { RecordedRun } from './journal.ts';
import type { Change, Plan, Profile } from './plan.ts';
import type { Account, Target } from './ports.ts';
import type { RunEvent, RunSummary } from './run.ts';
import type { UndoPlan } from './undo.ts';

export interface OpenApp {
  readonly target: Target;
  /** Production and every slot of the same app, this one included. */
  readonly siblings: readonly Target[];
  /** undefined where even the site could not be read. */
  readonly app: App | undefined;
  readonly steps: readonly StepState[];
  readonly decisions: Decisions;
  /** Where questions start, by step and question, from what the app has today. */
  readonly prefill: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What a question may be answered with, by step and question, from what is there. */
  readonly options: Readonly<Record<string, Readonly<Record<string, readonly Option[]>>>>;
  readonly readAt: Date;
}

export interface Session {
  readonly version: string;
  readonly account: Account;
  readonly endpoint: string;
  readonly steps: readonly AnyStep[];
  readonly profile?: Profile;
  readonly answersFile: string;
  /** Shows everything, sends nothing. */
  readonly dryRun: boolean;
  /** Apps as they are found. @throws ArmFailure */
  apps(): AsyncGenerator<Target>;
  /** Reads the app afresh and judges it. */
  open(target: Target): Promise<OpenApp>;
  plan(open: OpenApp, step: AnyStep, decided: StepDecision): Promise<Plan>;
  /** Keeps a decision and writes the answers file. */
  decide(target: Target, step: AnyStep, decided: StepDecision): Promise<void>;
  apply(target: Target, changes: readonly Change[], notify: (event: RunEvent) => void, signal: AbortSignal): Promise<RunSummary>;
  runs(): Promise<readonly RecordedRun[]>;
  planUndo(run: RecordedRun): Promise<UndoPlan>;
  applyUndo(run: RecordedRun, changes: readonly Change[], notify: (event: RunEvent) => void, signal: AbortSignal): Promise<RunSummary>;
}
