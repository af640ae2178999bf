/** Everything the wizard knows while it runs. Plain data: screens draw it, the reducer changes it, nothing else does. */
import type { Json } from '../step.ts';
import type { ExitCode } from '../engine/errors.ts';
import type { Signed } from '../engine/decisions.ts';
import type { RecordedRun } from '../engine/journal.ts';
import type { Change, Plan, Profile } from '../engine/plan.ts';
import type { Account, Target } from '../engine/ports.ts';
import type { RunSummary } from '../engine/run.ts';
import type { OpenApp } from '../engine/session.ts';
import type { UndoPlan } from '../engine/undo.ts';
import type { Line } from '../text/spans.ts';
import type { Look } from '../text/symbols.ts';
import type { Edit } from './edit.ts';
import type { Widget } from './widgets.ts';

/** How a set of changes is confirmed: Enter, y, or the name of the app. */
export type Asked = 'enter' | 'yes' | { readonly name: string };

/** A preview waits for a person; `armed` only once it was on screen, so that keys typed before do not count. */
export interface Preview {
  readonly changes: readonly Change[];
  readonly asked: Asked;
  readonly typed: Edit;
  readonly armed: boolean;
  readonly bodies: boolean;
  readonly scroll: number;
}

export interface Progress {
  readonly lines: readonly Line[];
  readonly current?: string;
  /** What Azure is still busy with, or what is waited for. */
  readonly waitsFor?: string;
  readonly since: number;
  readonly stopping: boolean;
}

export type AreaMode =
  | { readonly kind: 'look' }
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
  | { readonly kind: 'planning' }
  | { readonly kind: 'preview'; readonly plan: Plan; readonly preview: Preview }
  | { readonly kind: 'applying'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly lines: readonly Line[]; readonly summary?: RunSummary };

export type Screen =
  | { readonly at: 'apps'; readonly filter: Edit; readonly cursor: number }
  | { readonly at: 'opening'; readonly id: string; readonly label: string }
  | { readonly at: 'areas'; readonly cursor: number }
  | {
      readonly at: 'area';
      readonly step: string;
      readonly cursor: number;
      readonly ticked: readonly string[];
      readonly answers: Readonly<Record<string, Json>>;
      readonly mode: AreaMode;
    }
  | { readonly at: 'runs'; readonly runs: readonly RecordedRun[] | undefined; readonly cursor: number }
  | {
      readonly at: 'undo';
      readonly run: RecordedRun;
      readonly plan?: UndoPlan;
      readonly preview?: Preview;
      readonly progress?: Progress;
      readonly done?: readonly Line[];
    }
  | { readonly at: 'trouble'; readonly title: string; readonly lines: readonly Line[]; readonly back: 'apps' | 'areas' };

export interface State {
  readonly look: Look;
  readonly columns: number;
  readonly rows: number;
  readonly account: Account;
  readonly version: string;
  readonly profile?: Profile;
  readonly answersFile: string;
  readonly dryRun: boolean;
  readonly apps: readonly Target[];
  readonly searching: boolean;
  readonly open?: OpenApp;
  readonly screen: Screen;
  readonly help: boolean;
  readonly notice?: string;
  /** Lines that are done with; they scroll away above the live part. */
  readonly finished: readonly Line[];
  readonly runs: readonly string[];
  /** Set once the wizard is to end. */
  readonly leaving: boolean;
  /** What the wizard ends with, where something failed for good. */
  readonly exitCode?: ExitCode;
}

/** Work that the reducer asks for; the controller does it and sends back what came of it. */
export type Effect =
  | { readonly do: 'open'; readonly target: Target }
  | { readonly do: 'plan'; readonly step: string; readonly ticked: readonly string[]; readonly answers: Readonly<Record<string, Json>> }
  | { readonly do: 'skip'; readonly step: string }
  | {
      readonly do: 'sign';
      readonly step: string;
      readonly control: string;
      readonly decision: Signed;
      readonly values: Readonly<Record<string, string>>;
    }
  | {
      readonly do: 'apply';
      readonly step: string;
      readonly ticked: readonly string[];
      readonly answers: Readonly<Record<string, Json>>;
      readonly target: Target;
      readonly changes: readonly Change[];
    }
  | { readonly do: 'runs' }
  | { readonly do: 'plan-undo'; readonly run: RecordedRun }
  | { readonly do: 'undo'; readonly run: RecordedRun; readonly changes: readonly Change[] }
  | { readonly do: 'leave' };

export const LEAST = { columns: 40, rows: 15 } as const;
/** Lines that the live part may have; one is left for the cursor, one against flicker. */
export const liveRows = ({ rows }: Pick<State, 'rows'>): number => Math.max(1, rows - 2);
