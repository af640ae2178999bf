/** Everything the wizard knows while it runs. Plain data: screens draw it, the reducer changes it, nothing else does. */
import type { Json, Target } from '../../azure/index.ts';
import type { StepState } from '../../engine/judge/assess.ts';
import type { ExitCode } from '../../engine/errors.ts';
import type { AnyStep, Severity, Signed, Profile } from '../../contract/index.ts';
import type { BatchApp, BatchWork, OwnAnswers, Untick } from '../../engine/findings/batch.ts';
import type { Finding } from '../../engine/findings/finding.ts';
import type { FindingRisk, Sort } from '../../engine/findings/words.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import type { Plan } from '../../engine/plan/plan.ts';
import type { Account } from '../../engine/ports.ts';
import type { RunSummary } from '../../engine/run/run.ts';
import type { Wave } from '../../engine/run/waves.ts';
import type { Job, OpenApp } from '../../engine/session.ts';
import type { ThreeWay } from '../../engine/past/three-way.ts';
import type { Line } from '../../text/spans.ts';
import type { Look } from '../../text/symbols.ts';
import type { Edit } from './text-edit.ts';
import type { Flow } from './flow.ts';
import type { Widget } from './widgets.ts';
import type { Link } from './link.ts';

export type AreaMode =
  | { readonly kind: 'look' }
  /** Everything about the area, or the change so far, to read. */
  | { readonly kind: 'why' | 'sketch'; readonly scroll: number }
  | { readonly kind: 'ask'; readonly question: string; readonly widget: Widget; readonly problem?: string }
  | {
      readonly kind: 'sign';
      readonly decision: Signed;
      readonly control: string;
      readonly field: string;
      readonly values: Readonly<Record<string, string>>;
      readonly edit: Edit;
      readonly problem?: string;
    }
  | { readonly kind: 'flow'; readonly flow: Flow };

/** What the ticks and answers of an area would send, worked out while a person still chooses. */
export interface Sketch {
  /** The choices it belongs to; another sketch may be under way for newer ones. */
  readonly key: string;
  readonly plan?: Plan;
  readonly why?: string;
}

/** Where an undo was opened, which is where it leads back to. */
export type UndoFrom = 'log' | 'last-run' | 'result';

export type Screen =
  | { readonly at: 'apps'; readonly filter: Edit; readonly cursor: number; readonly marked: readonly string[]; readonly leaving?: true }
  | { readonly at: 'opening'; readonly id: string; readonly label: string; readonly area?: string; readonly control?: string }
  | { readonly at: 'fleet'; readonly cursor: number; readonly area: number }
  | { readonly at: 'areas'; readonly cursor: number }
  | {
      readonly at: 'search';
      readonly filter: Edit;
      readonly cursor: number;
      /** What is searched, and where Esc leads. */
      readonly from?: Screen;
    }
  | { readonly at: 'address'; readonly edit: Edit; readonly problem?: string; readonly from?: Screen }
  | {
      readonly at: 'area';
      readonly step: string;
      readonly cursor: number;
      readonly ticked: readonly string[];
      readonly answers: Readonly<Record<string, Json>>;
      readonly sketch?: Sketch;
      /** Once the questions are answered it goes into the queue, not to the preview. */
      readonly queue?: true;
      readonly mode: AreaMode;
    }
  /** All queued changes and not yet applied, in one go. */
  | { readonly at: 'queue'; readonly flow: Flow }
  | { readonly at: 'runs'; readonly runs: readonly RecordedRun[] | undefined; readonly cursor: number; readonly newest?: true }
  | {
      readonly at: 'run';
      readonly run: RecordedRun;
      /** undefined while it is compared with what stands there now. */
      readonly rows?: readonly ThreeWay[];
      readonly cursor: number;
      readonly ticked: readonly number[];
      /** It was opened without the list of runs. */
      readonly direct?: true;
    }
  | {
      readonly at: 'undo';
      readonly run: RecordedRun;
      readonly only: readonly number[];
      readonly overwrite: boolean;
      /** Where it was opened: from the list of runs, from the last run alone, or right after the run. */
      readonly from: UndoFrom;
      readonly flow: Flow;
    }
  /** A run that was cut off: at the start, or chosen in the undo log. */
  | { readonly at: 'cut-off'; readonly run: RecordedRun }
  | { readonly at: 'resume'; readonly run: RecordedRun; readonly flow: Flow }
  | BatchScreen
  | CampaignScreen
  | FindingsScreen
  | {
      readonly at: 'trouble';
      readonly title: string;
      readonly lines: readonly Line[];
      readonly back: 'apps' | 'areas';
      /** Where it leads back to, where that is neither the apps nor the areas. */
      readonly from?: Screen;
    };

/** One change over many apps, in one preview, one confirmation and one run. */
export interface BatchScreen {
  readonly at: 'batch';
  readonly work: BatchWork;
  readonly targets: readonly Target[];
  /** Where Esc leads. */
  readonly from: Screen;
  /** Planned so far. */
  readonly apps: readonly BatchApp[];
  readonly isRead: boolean;
  readonly cursor: number;
  /** Key of the group or block whose apps are listed below it. */
  readonly unfolded?: string;
  readonly off: Untick;
  /** These go first; the others follow if all went well. */
  readonly first?: readonly Wave[];
  /** It is being chosen which apps go first. */
  readonly choosing?: { readonly cursor: number };
  /** The plan of one app, to read. */
  readonly details?: { readonly id: string; readonly scroll: number };
  /** What was confirmed is planned again without what is unticked. */
  readonly isSettling?: true;
  readonly flow?: Flow;
}

/** A question that one change over many apps needs; it is asked once. */
export interface CampaignScreen {
  readonly at: 'campaign';
  readonly step: AnyStep;
  /** Ids of controls in the area. */
  readonly controls: readonly string[];
  readonly targets: readonly Target[];
  readonly from: Screen;
  readonly answers: Readonly<Record<string, Json>>;
  /** Questions whose answers differ from app to app. */
  readonly each: readonly string[];
  readonly own: OwnAnswers;
  /** The apps that are asked one by one, and the number of the one that is asked now. */
  readonly oneByOne?: { readonly apps: readonly Target[]; readonly index: number };
  readonly question: string;
  readonly widget: Widget;
  readonly problem?: string;
}

/** Everything that fails over the chosen apps, one line each. */
export interface FindingsScreen {
  readonly at: 'findings';
  /** Where Esc leads. */
  readonly from: Screen;
  readonly cursor: number;
  readonly filter: Edit;
  /** Keys are text of the filter now. */
  readonly isTyping?: true;
  readonly sort: Sort;
  readonly severities: readonly Severity[];
  readonly risks: readonly FindingRisk[];
}

/** One app of several: its verdicts, or why it has none. */
export interface SurveyedApp {
  readonly target: Target;
  readonly steps?: readonly StepState[];
  /** Controls that fail now and will pass when what was decided is applied. */
  readonly queued?: ReadonlySet<string>;
  readonly why?: string;
}

/** The findings of many apps; a list is never changed, so that what is worked out from it holds as long as it does. */
export interface FoundFindings {
  readonly targets: readonly Target[];
  readonly list: readonly Finding[];
  /** Apps that were read. */
  readonly read: number;
  /** Apps that could not be read. */
  readonly failed: number;
}

export interface WizardState {
  /** Every area that is shown. */
  readonly areas: readonly AnyStep[];
  /** Where Azure is asked, by which its portal is found. */
  readonly endpoint: string;
  readonly look: Look;
  readonly columns: number;
  readonly rows: number;
  readonly account: Account;
  readonly version: string;
  readonly profile?: Profile;
  readonly answersFile: string;
  readonly dryRun: boolean;
  readonly isDemo?: true;
  readonly myIp?: string;
  readonly apps: readonly Target[];
  readonly searching: boolean;
  /** Logic Apps that were found and are not offered. */
  readonly leftOut: number;
  /** The apps that were chosen together, in their order. */
  readonly fleet: readonly SurveyedApp[];
  /** What fails over the apps that were asked after, as far as they were read. */
  readonly findings?: FoundFindings;
  /** Where an app was opened from, other than the lists of apps: Esc leads back there. */
  readonly origin?: FindingsScreen;
  /** Where the undo log was opened from: Esc leads back there. */
  readonly logFrom?: Screen;
  readonly open?: OpenApp;
  /** How many controls passed when an app was first opened, by id. */
  readonly began: Readonly<Record<string, number>>;
  /** One app was asked for by name: it is opened without asking again. */
  readonly direct: boolean;
  readonly screen: Screen;
  /** Number of the question that is asked now; a question that is drawn anew has a new one. */
  readonly asked: number;
  /** It was written out to the terminal: keys answer it. */
  readonly armed: boolean;
  /** First line of the help in view, while it is open. */
  readonly help?: number;
  readonly notice?: string;
  /** Addresses that were asked for, until the next key. */
  readonly links?: readonly Link[];
  /** Lines that are done with; they scroll away above the live part. */
  readonly finished: readonly Line[];
  /** How each run of this session ended, the last one last. */
  readonly endings: readonly RunSummary[];
  /** Set once the wizard is to end. */
  readonly leaving: boolean;
  /** What the wizard ends with, where something failed for good. */
  readonly exitCode?: ExitCode;
}

/** Work that the reducer asks for; the store does it and sends back what came of it. */
export type Effect =
  | { readonly do: 'open'; readonly target: Target }
  | { readonly do: 'survey'; readonly targets: readonly Target[] }
  /** Reads apps and judges them for the list of findings; those that are there already are read again. */
  | { readonly do: 'find'; readonly targets: readonly Target[]; readonly afresh?: true }
  | { readonly do: 'plan-batch'; readonly work: BatchWork; readonly targets: readonly Target[] }
  | {
      readonly do: 'settle-batch';
      readonly work: BatchWork;
      readonly targets: readonly Target[];
      readonly without: ReadonlyMap<string, ReadonlySet<string>>;
    }
  | { readonly do: 'stop-batch' }
  | { readonly do: 'sketch' | 'plan' | 'queue'; readonly step: string; readonly ticked: readonly string[]; readonly answers: Answered }
  | { readonly do: 'keep'; readonly step: string; readonly answers: Answered }
  | { readonly do: 'plan-queue' }
  | { readonly do: 'skip'; readonly step: string }
  | { readonly do: 'skip-controls'; readonly controls: readonly string[] }
  | {
      readonly do: 'sign';
      readonly step: string;
      readonly control: string;
      readonly decision: Signed;
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly do: 'revoke'; readonly step: string; readonly control: string }
  | { readonly do: 'run'; readonly job: Job }
  | { readonly do: 'runs' }
  | { readonly do: 'copy'; readonly text: string }
  /** `afresh`: its changes may have been undone since it was read. */
  | { readonly do: 'compare'; readonly run: RecordedRun; readonly afresh?: true }
  | { readonly do: 'plan-undo'; readonly run: RecordedRun; readonly only: readonly number[]; readonly overwrite: boolean }
  | { readonly do: 'undo-of'; readonly name: string }
  | { readonly do: 'plan-resume'; readonly run: RecordedRun }
  | { readonly do: 'address'; readonly address: string }
  | { readonly do: 'leave' };

type Answered = Readonly<Record<string, Json>>;

export const LEAST = { columns: 40, rows: 15 } as const;
/** Lines that the live part may have; one is left for the cursor, one against flicker. */
export const liveRows = ({ rows }: Pick<WizardState, 'rows'>): number => Math.max(1, rows - 2);
