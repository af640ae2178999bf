/** The whole state of the wizard, as plain data: screens draw it, and only the reducer changes it. */
import type { Json, Target } from '../../../azure/index.ts';
import type { StepState } from '../../../engine/judge/assess.ts';
import type { ExitCode } from '../../../engine/errors.ts';
import type { AnyStep, Severity, Signed, Profile } from '../../../contract/index.ts';
import type { BatchApp, BatchWork, OwnAnswers, Untick } from '../../../engine/findings/batch.ts';
import type { Finding } from '../../../engine/findings/finding.ts';
import type { FindingRisk, Sort } from '../../../engine/findings/finding-terms.ts';
import type { RecordedRun } from '../../../change/undo-log.ts';
import type { Plan } from '../../../engine/plan/plan.ts';
import type { Account } from '../../../engine/ports.ts';
import type { RunSummary } from '../../../engine/run/run.ts';
import type { Wave } from '../../../engine/run/waves.ts';
import type { Job, Judged, OpenApp } from '../../../engine/session.ts';
import type { ThreeWay } from '../../../engine/past/three-way.ts';
import type { Line } from '../../../text/spans.ts';
import type { Look } from '../../../text/symbols.ts';
import type { Edit } from '../fields/text-edit.ts';
import type { Flow } from './flow.ts';
import type { Widget } from '../fields/widgets.ts';
import type { Link } from './link.ts';

export type AreaMode =
  | { readonly kind: 'look' }
  /** The explanation of the area, or the preview of its change. */
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

/** A preview of the changes that the selection and answers of an area would send. */
interface Sketch {
  /** The selection that the sketch belongs to; a sketch of a newer selection may be in progress. */
  readonly key: string;
  readonly plan?: Plan;
  readonly why?: string;
}

/** The screen from which an undo was opened, and to which it returns. */
export type UndoFrom = 'log' | 'last-run' | 'result';

export type Screen =
  | { readonly at: 'apps'; readonly filter: Edit; readonly cursor: number; readonly marked: readonly string[]; readonly leaving?: true }
  /** An app is read. `from`: the screen to which Esc and a failure return. */
  | { readonly at: 'opening'; readonly target: Target; readonly area?: string; readonly control?: string; readonly from: Screen }
  | { readonly at: 'fleet'; readonly cursor: number; readonly area: number }
  | { readonly at: 'areas'; readonly cursor: number }
  | {
      readonly at: 'search';
      readonly filter: Edit;
      readonly cursor: number;
      /** The screen that is searched; Esc returns to it. */
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
      /** Whether the change is queued after the questions, instead of previewed. */
      readonly queue?: true;
      readonly mode: AreaMode;
    }
  /** Applies all queued changes together. */
  | { readonly at: 'queue'; readonly flow: Flow }
  | {
      readonly at: 'runs';
      readonly runs: readonly RecordedRun[] | undefined;
      /** Why runs of the log cannot be shown. */
      readonly unread?: readonly string[];
      readonly cursor: number;
      readonly newest?: true;
    }
  | {
      readonly at: 'run';
      readonly run: RecordedRun;
      /** undefined while the run is compared with the current values. */
      readonly rows?: readonly ThreeWay[];
      readonly cursor: number;
      readonly ticked: readonly number[];
      /** The run was opened without the list of runs. */
      readonly direct?: true;
    }
  | {
      readonly at: 'undo';
      readonly run: RecordedRun;
      readonly only: readonly number[];
      readonly overwrite: boolean;
      /** The screen from which it was opened: the list of runs, the last run, or the result of a run. */
      readonly from: UndoFrom;
      readonly flow: Flow;
    }
  /** An interrupted run: offered at the start, or chosen in the undo log. */
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
      /** The screen to which it returns, if it is neither the apps nor the areas. */
      readonly from?: Screen;
    };

/** One change over many apps, in one preview, one confirmation and one run. */
export interface BatchScreen {
  readonly at: 'batch';
  readonly work: BatchWork;
  readonly targets: readonly Target[];
  /** The screen that Esc returns to. */
  readonly from: Screen;
  /** Apps planned so far. */
  readonly apps: readonly BatchApp[];
  readonly isRead: boolean;
  readonly cursor: number;
  /** Key of the group or block whose apps are listed below it. */
  readonly unfolded?: string;
  readonly off: Untick;
  /** Apps that go first; the others follow only if these succeed. */
  readonly first?: readonly Wave[];
  /** The user is choosing which apps go first. */
  readonly choosing?: { readonly cursor: number };
  /** The plan of one app is shown. */
  readonly details?: { readonly id: string; readonly scroll: number };
  /** The confirmed apps are planned again without the deselected controls. */
  readonly isSettling?: true;
  readonly flow?: Flow;
}

/** A question of one change over many apps; it is asked once. */
export interface CampaignScreen {
  readonly at: 'campaign';
  readonly step: AnyStep;
  /** Ids of controls in the area. */
  readonly controls: readonly string[];
  readonly targets: readonly Target[];
  readonly from: Screen;
  readonly answers: Readonly<Record<string, Json>>;
  /** Questions whose answers differ between apps. */
  readonly each: readonly string[];
  readonly own: OwnAnswers;
  /** Apps that are asked one by one, and the index of the current app. */
  readonly oneByOne?: { readonly apps: readonly Target[]; readonly index: number };
  readonly question: string;
  readonly widget: Widget;
  readonly problem?: string;
}

/** All findings of the chosen apps, one line each. */
export interface FindingsScreen {
  readonly at: 'findings';
  /** The screen that Esc returns to. */
  readonly from: Screen;
  readonly cursor: number;
  readonly filter: Edit;
  /** Keys are typed into the filter. */
  readonly isTyping?: true;
  readonly sort: Sort;
  readonly severities: readonly Severity[];
  readonly risks: readonly FindingRisk[];
}

/** One of several apps, with its verdicts or the reason why it has none. */
export interface SurveyedApp {
  readonly target: Target;
  readonly steps?: readonly StepState[];
  /** Controls that fail now and pass once the queue is applied. */
  readonly queued?: ReadonlySet<string>;
  readonly why?: string;
}

/** The findings of many apps; `failed` counts unread apps, `unknown` controls. A list is never mutated: what is derived from it stays valid. */
export interface FoundFindings {
  readonly targets: readonly Target[];
  readonly list: readonly Finding[];
  readonly read: number;
  readonly failed: number;
  readonly unknown: number;
  /** Name of the tag that names the owner of an app. */
  readonly ownerTag?: string;
  /** Names of subscriptions, by their ids in lower case. */
  readonly subscriptionNames?: ReadonlyMap<string, string>;
}

export interface WizardState {
  /** The areas that are shown. */
  readonly areas: readonly AnyStep[];
  /** Endpoint of Azure Resource Manager, from which the portal's URL follows. */
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
  readonly deletesAnswers?: true;
  readonly myIp?: string;
  readonly apps: readonly Target[];
  readonly searching: boolean;
  /** Number of Logic Apps that were found and are not offered. */
  readonly leftOut: number;
  /** The apps that were chosen together, in order. */
  readonly fleet: readonly SurveyedApp[];
  /** Findings of the requested apps that were read so far. */
  readonly findings?: FoundFindings;
  /** Filter of the apps whose findings are listed, while not all apps are found: apps that are found later are added. */
  readonly findingsFilter?: string;
  /** Screen from which the app was opened, if not a list of apps; Esc returns to it. */
  readonly origin?: FindingsScreen;
  /** Screen from which the undo log was opened; Esc returns to it. */
  readonly logFrom?: Screen;
  readonly open?: OpenApp;
  /** The number of controls that passed when an app was first opened, by id of the app. */
  readonly began: Readonly<Record<string, number>>;
  /** The number of queued controls of each app that was read, by id of the app. */
  readonly queues: Readonly<Record<string, number>>;
  /** Whether one app was named at the start, so that it is opened without a list. */
  readonly direct: boolean;
  readonly screen: Screen;
  /** Number of the current question; a question that is drawn again gets a new number. */
  readonly asked: number;
  /** The question was written to the terminal, so keys answer it. */
  readonly acceptsKeys: boolean;
  /** First line of the help in view, while it is open. */
  readonly help?: number;
  readonly notice?: string;
  /** Links that are shown until the next key. */
  readonly links?: readonly Link[];
  /** Finished lines, which scroll away above the live part. */
  readonly finished: readonly Line[];
  /** How each run of this session ended, the last one last. */
  readonly endings: readonly RunSummary[];
  /** Set when the wizard is to end. */
  readonly leaving: boolean;
  /** Exit code of the wizard, if a failure was final. */
  readonly exitCode?: ExitCode;
}

/** Work that the reducer requests; the store runs it and dispatches the result. */
export type Effect =
  | { readonly do: 'open'; readonly target: Target }
  | { readonly do: 'survey'; readonly targets: readonly Target[] }
  /** Reads and judges apps for the list of findings: again, as a new list, or only those that the list does not have yet. `known` is not read again. */
  | { readonly do: 'find'; readonly targets: readonly Target[]; readonly how: 'again' | 'afresh' | 'added'; readonly known?: Judged }
  /** Shows the newest verdicts of the open app in the list of findings. */
  | { readonly do: 'note-findings'; readonly judged: Judged }
  | { readonly do: 'plan-batch'; readonly work: BatchWork; readonly targets: readonly Target[] }
  | {
      readonly do: 'settle-batch';
      readonly work: BatchWork;
      readonly targets: readonly Target[];
      readonly without: ReadonlyMap<string, ReadonlySet<string>>;
    }
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
  | { readonly do: 'copy'; readonly text: string }
  /** `afresh`: reads the run again, because its changes may have been undone. */
  | { readonly do: 'compare'; readonly run: RecordedRun; readonly afresh?: true }
  | { readonly do: 'plan-undo'; readonly run: RecordedRun; readonly only: readonly number[]; readonly overwrite: boolean }
  | { readonly do: 'undo-of'; readonly name: string }
  | { readonly do: 'plan-resume'; readonly run: RecordedRun }
  | { readonly do: 'address'; readonly address: string }
  | { readonly do: 'stop-batch' | 'runs' | 'leave' };
/** The function of each effect. */
export type Effects = { readonly [D in Effect['do']]: (effect: Effect & { readonly do: D }) => unknown };

type Answered = Readonly<Record<string, Json>>;

export const LEAST = { columns: 40, rows: 15 } as const;
/** Returns the number of lines of the live part: one line is left for the cursor, one prevents flicker. */
export const liveRows = ({ rows }: Pick<WizardState, 'rows'>): number => Math.max(1, rows - 2);
