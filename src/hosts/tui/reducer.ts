/** Maps keys and results to the next state and the effects to run. Pure; tests drive the whole wizard through it. */
import type { RecordedRun } from '../../change/undo-log.ts';
import type { Plan } from '../../engine/plan/plan.ts';
import type { Target } from '../../azure/index.ts';
import type { RunSummary } from '../../engine/run/run.ts';
import type { Job, OpenApp } from '../../engine/session.ts';
import type { ThreeWay } from '../../engine/past/three-way.ts';
import type { ExitCode } from '../../engine/errors.ts';
import { lineText, type Line } from '../../text/spans.ts';
import type { KeyEvent } from './key-events.ts';
import { flowEnding, previewOf, progressAfter, type Flow } from './flow.ts';
import { commandOf } from './keys.ts';
import { copyAt, linksAt } from './links.ts';
import { areasAt, leaveWizard, logFrom, next, toRuns, withFinished, withNotice, withScreen, type Next } from './transitions.ts';
import { openArea, pressArea } from './press/area.ts';
import { pressFlow } from './press/flow.ts';
import { appsScreen, opening, pressAddress, pressApps, pressAreas, pressFleet } from './press/lists.ts';
import { pressBatch, settledBatch } from './press/batch.ts';
import { openOwnAnswers, pressCampaign } from './press/campaign.ts';
import { pressFindings } from './press/findings.ts';
import { listedRuns, previewUndo, pressCutOff, pressRun, pressRuns } from './press/log.ts';
import { pressSearch } from './press/search.ts';
import { clicked, moved } from './press/move.ts';
import { cameFrom, leaveTrouble } from './press/trouble.ts';
import { withKeysPaused, isAnswer, isAsking } from './open-question.ts';
import { flowOf, withFlow } from './derived-state.ts';
import { passingCount } from '../../view/app-progress.ts';
import { LEAST, type Effect, type FoundFindings, type WizardState, type SurveyedApp } from './state.ts';
import type { BatchApp, BatchWork } from '../../engine/findings/batch.ts';
import type { RunEvent } from '../../engine/run/run-events.ts';

export type Action =
  | { readonly type: 'press'; readonly event: KeyEvent }
  /** A click on a row of the list that is on screen. */
  | { readonly type: 'point'; readonly row: number }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  /** The question was written to the terminal, so keys answer it from now on. `read`: how far the preview was shown. */
  | { readonly type: 'question-shown' }
  | { readonly type: 'read'; readonly scroll: number; readonly toEnd: boolean }
  | { readonly type: 'found'; readonly targets: readonly Target[] }
  | { readonly type: 'found-all'; readonly leftOut: number; readonly failure?: readonly Line[]; readonly exitCode?: ExitCode }
  | { readonly type: 'opened'; readonly open: OpenApp; readonly keep?: boolean }
  | { readonly type: 'surveyed'; readonly one: SurveyedApp }
  | { readonly type: 'found-findings'; readonly findings: FoundFindings }
  /** Apps of a batch were planned, or planned again; `isRead` is true once all are. */
  | { readonly type: 'batched'; readonly work: BatchWork; readonly apps: readonly BatchApp[]; readonly isRead: boolean }
  | { readonly type: 'batch-settled'; readonly work: BatchWork; readonly apps: readonly BatchApp[] }
  | { readonly type: 'sketched'; readonly key: string; readonly plan?: Plan; readonly why?: string }
  | { readonly type: 'planned'; readonly key: string; readonly job: Job; readonly lines: readonly Line[] }
  | { readonly type: 'run-event'; readonly event: RunEvent; readonly at: number }
  | { readonly type: 'run-ended'; readonly summary: RunSummary; readonly open?: OpenApp }
  | { readonly type: 'stopping' }
  | { readonly type: 'unfinished'; readonly run: RecordedRun }
  | { readonly type: 'runs'; readonly runs: readonly RecordedRun[] }
  | { readonly type: 'undo-of'; readonly run: RecordedRun }
  | { readonly type: 'compared'; readonly run: string; readonly rows: readonly ThreeWay[]; readonly now?: RecordedRun }
  | { readonly type: 'address'; readonly address: string; readonly problem?: string }
  | { readonly type: 'failed'; readonly effect: Effect['do']; readonly title: string; readonly lines: readonly Line[] }
  | { readonly type: 'saved'; readonly notice: string };

export function reduce(state: WizardState, action: Action): Next {
  const after = reduced(state, action);
  return { ...after, state: withKeysPaused(state, after.state) };
}

function reduced(state: WizardState, action: Action): Next {
  const { screen } = state;
  switch (action.type) {
    case 'press':
      return press(state, action.event);
    case 'point':
      return pointAt(state, action.row);
    case 'resize':
      return next(
        state.columns === action.columns && state.rows === action.rows ? state : { ...state, columns: action.columns, rows: action.rows },
      );
    case 'question-shown':
      return next(isAsking(state) ? { ...state, acceptsKeys: true } : state);
    case 'read':
      return next(mapFlow(state, (flow) => readTo(flow, action.scroll, action.toEnd)));
    case 'found':
      return next({ ...state, apps: [...state.apps, ...action.targets] });
    case 'found-all': {
      const known = listed({ ...state, leftOut: action.leftOut }, action.failure, action.exitCode);
      const [only, ...others] = known.apps;
      return state.direct && only && others.length === 0 && screen.at === 'apps' ? opening(known, only) : next(known);
    }
    case 'opened':
      return opened(state, action.open, action.keep === true);
    case 'surveyed':
      return next({ ...state, fleet: state.fleet.map((one) => (one.target.id === action.one.target.id ? action.one : one)) });
    case 'found-findings':
      return next({ ...state, findings: action.findings });
    case 'batched': {
      if (screen.at !== 'batch' || screen.work !== action.work) return next(state);
      const anew = new Set(action.apps.map(({ target }) => target.id));
      const apps = action.apps.length === 0 ? screen.apps : [...screen.apps.filter(({ target }) => !anew.has(target.id)), ...action.apps];
      return next(withScreen(state, { ...screen, apps, isRead: action.isRead }));
    }
    case 'batch-settled':
      return screen.at === 'batch' && screen.work === action.work && screen.isSettling
        ? settledBatch(state, screen, action.apps)
        : next(state);
    case 'sketched': {
      if (screen.at !== 'area' || screen.sketch?.key !== action.key) return next(state);
      const { plan, why } = action;
      return next(withScreen(state, { ...screen, sketch: { key: action.key, ...(plan ? { plan } : {}), ...(why ? { why } : {}) } }));
    }
    case 'planned':
      return next(
        mapFlow(state, (flow) => (flow.kind === 'planning' && flow.key === action.key ? previewOf(action.job, action.lines) : flow)),
      );
    case 'run-event':
      return next(mapProgress(state, (progress) => progressAfter(progress, action.event, action.at, state.look)));
    case 'run-ended': {
      const known = { ...state, endings: [...state.endings, action.summary], ...(action.open ? { open: action.open } : {}) };
      return next(mapFlow(known, (flow) => (flow.kind === 'applying' ? flowEnding(flow, action.summary) : flow)));
    }
    case 'stopping':
      return next(mapProgress(state, (progress) => ({ ...progress, stopping: true })));
    case 'unfinished':
      // Only if the user has not started anything else.
      return next(screen.at === 'apps' && screen.filter.text.length === 0 ? withScreen(state, { at: 'cut-off', run: action.run }) : state);
    case 'runs':
      return screen.at === 'runs' ? listedRuns(state, screen, action.runs) : next(state);
    case 'undo-of':
      return isDoneWith(state, action.run.run)
        ? previewUndo({ ...withFinishedFlow(state), ...logFrom(state) }, action.run, { from: 'result' })
        : next(state);
    case 'compared':
      return next(
        screen.at === 'run' && screen.run.run === action.run
          ? withScreen(state, { ...screen, run: action.now ?? screen.run, rows: action.rows })
          : state,
      );
    case 'address':
      if (screen.at !== 'address') return next(state);
      return next(
        action.problem
          ? withScreen(state, { ...screen, problem: action.problem })
          : {
              ...withScreen({ ...state, myIp: action.address }, screen.from ?? areasAt(state).screen),
              notice: `Your public IP address is set to ${action.address}.`,
            },
      );
    case 'failed':
      // Nothing replaces a running change, because its result must be shown.
      if (flowOf(state)?.kind === 'applying' && action.effect !== 'run')
        return next({ ...state, notice: action.lines.map(lineText).join(' ') });
      return next(
        withScreen(state, {
          at: 'trouble',
          title: action.title,
          lines: action.lines,
          back: state.open ? 'areas' : 'apps',
          ...cameFrom(state),
        }),
      );
    case 'saved':
      return next({ ...state, notice: action.notice });
  }
}

const isDoneWith = (state: WizardState, run: string): boolean => {
  const flow = flowOf(state);
  return flow?.kind === 'done' && flow.summary.run === run;
};
const withFinishedFlow = (state: WizardState): WizardState => {
  const flow = flowOf(state);
  return flow?.kind === 'done' ? withFinished(state, flow.lines) : state;
};

const mapFlow = (state: WizardState, change: (flow: Flow) => Flow): WizardState => {
  const flow = flowOf(state);
  const after = flow && change(flow);
  return after === undefined || after === flow ? state : withFlow(state, after);
};

const mapProgress = (
  state: WizardState,
  change: (progress: Extract<Flow, { kind: 'applying' }>['progress']) => typeof progress,
): WizardState => mapFlow(state, (flow) => (flow.kind === 'applying' ? { ...flow, progress: change(flow.progress) } : flow));

/** Records how far the preview was scrolled when it was drawn, and whether its end was in view. */
function readTo(flow: Flow, scroll: number, toEnd: boolean): Flow {
  if (flow.kind !== 'preview' || (flow.scroll === scroll && (flow.read || !toEnd))) return flow;
  return { ...flow, scroll, read: flow.read || (toEnd && !flow.bodies) };
}

/** Ends the search for apps. A failure is a notice, or a screen of its own if no app was found. */
function listed(state: WizardState, failure: readonly Line[] | undefined, exitCode: ExitCode | undefined): WizardState {
  const done = { ...state, searching: false, ...(exitCode === undefined ? {} : { exitCode }) };
  if (!failure) return done;
  if (state.apps.length > 0) return { ...done, notice: `Not all apps could be listed: ${failure[0] ? lineText(failure[0]) : ''}` };
  return { ...done, screen: { at: 'trouble', title: 'Function apps cannot be listed', lines: failure, back: 'apps' } };
}

/** Shows an app that was read. A late re-read is dropped if another app is open. */
function opened(before: WizardState, open: OpenApp, keep: boolean): Next {
  const { screen } = before;
  const state: WizardState = {
    ...before,
    began: { [open.target.id]: passingCount(open.steps), ...before.began },
  };
  if (keep) return next(before.open?.target.id === open.target.id && screen.at !== 'opening' ? { ...state, open } : before);
  if (screen.at !== 'opening' || screen.id !== open.target.id) return next(before);
  const known = { ...state, open };
  return screen.area ? openArea(known, screen.area, screen.control) : next(areasAt(known));
}

/** Moves the cursor to the clicked row, on screens where the keyboard moves the cursor too. */
function pointAt(state: WizardState, row: number): Next {
  const { screen } = state;
  const isList = state.help === undefined && !flowOf(state) && (screen.at !== 'area' || screen.mode.kind === 'look');
  const to = isList ? clicked(screen, row) : undefined;
  if (!to) return next(state);
  return 'at' in to ? next(withScreen(state, to)) : press(state, to);
}

function press(before: WizardState, event: KeyEvent): Next {
  // A change that is not visible cannot be confirmed.
  if (before.columns < LEAST.columns || before.rows < LEAST.rows) return next(before);
  const { notice: _, links: __, ...state } = before;
  const command = commandOf(state, event);
  // A key pressed before the question was on screen does not answer it.
  if (isAsking(state) && isAnswer(state, event, command)) return next(before);
  if (state.help !== undefined) {
    const { help, ...rest } = state;
    return command === 'scroll' ? next({ ...state, help: moved(help, 200, event) }) : next(rest);
  }
  if (command === 'help') return next({ ...state, help: 0 });
  if (command === 'quit') return leaveWizard(state);
  const reached = pressAnywhere(state, command);
  if (reached) return reached;
  const flow = flowOf(state);
  if (flow) return pressFlow(state, flow, event, command);
  const { screen } = state;
  switch (screen.at) {
    case 'apps':
      return pressApps(state, screen, event, command);
    case 'fleet':
      return pressFleet(state, screen, event, command);
    case 'areas':
      return pressAreas(state, screen, event, command);
    case 'batch':
      return command === 'differs' ? openOwnAnswers(state, screen) : pressBatch(state, screen, event, command);
    case 'campaign':
      return pressCampaign(state, screen, event, command);
    case 'findings':
      return pressFindings(state, screen, event, command);
    case 'search':
      return pressSearch(state, screen, event, command);
    case 'address':
      return pressAddress(state, screen, event, command);
    case 'area':
      return pressArea(state, screen, event, command);
    case 'runs':
      return pressRuns(state, screen, event, command);
    case 'run':
      return pressRun(state, screen, event, command);
    case 'cut-off':
      return pressCutOff(state, screen, command);
    case 'opening':
      return command === 'back' ? next(withScreen(state, appsScreen)) : next(state);
    case 'trouble':
      return command === 'choose' ? leaveTrouble(state, screen) : next(state);
    default:
      return next(state);
  }
}

/** Handles the keys that have the same meaning on every screen. */
function pressAnywhere(state: WizardState, command: ReturnType<typeof commandOf>): Next | undefined {
  switch (command) {
    case 'link': {
      const links = linksAt(state);
      return links.length > 0 ? next({ ...state, links }) : withNotice(state, 'No documentation page for this item.');
    }
    case 'copy':
    case 'copy-id': {
      const text = copyAt(state, command === 'copy' ? 'value' : 'id');
      if (text === undefined) return withNotice(state, 'No value to copy here.');
      return next({ ...state, notice: `Copied (if the terminal allows it): ${text}` }, { do: 'copy', text });
    }
    case 'last-run':
      return toRuns(state, true);
    default:
      return undefined;
  }
}
