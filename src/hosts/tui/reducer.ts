/** Maps keys and results to the next state and the effects to run. Pure; tests drive the whole wizard through it. */
import { readChanged, withOpenVerdicts } from './state/open-verdicts.ts';
import { withoutChanged, withQueue } from './state/queued-apps.ts';
import type { RecordedRun } from '../../change/undo-log.ts';
import type { Plan } from '../../engine/plan/plan.ts';
import type { Target } from '../../azure/index.ts';
import type { RunSummary } from '../../engine/run/run.ts';
import type { Job, OpenApp } from '../../engine/session.ts';
import type { ThreeWay } from '../../engine/past/three-way.ts';
import type { ExitCode } from '../../engine/errors.ts';
import { lineText, type Line } from '../../text/spans.ts';
import type { KeyEvent } from './fields/key-events.ts';
import { flowEnding, previewOf, progressAfter, type Flow } from './state/flow.ts';
import { commandOf, type Command } from './keys/keys.ts';
import { copyAt, linksAt } from './links.ts';
import { nothingToFix } from './keys/mild-fixes.ts';
import { withFindings } from './state/findings.ts';
import { leaveWizard, stopped } from './leaving.ts';
import { areasAt, logFrom, next, toRuns, withFinished, withNotice, withScreen, type Next } from './transitions.ts';
import { openArea, pressArea } from './press/area.ts';
import { pressFlow } from './press/flow.ts';
import { opening, pressAddress, pressApps, pressAreas, pressFleet } from './press/lists.ts';
import { pressBatch, settledBatch } from './press/batch.ts';
import { openOwnAnswers, pressCampaign } from './press/campaign.ts';
import { pressFindings } from './press/findings.ts';
import { listedRuns, previewUndo, pressCutOff, pressRun, pressRuns } from './press/log.ts';
import { pressSearch } from './press/search.ts';
import { clicked, moved } from './press/move.ts';
import { cameFrom, leaveTrouble } from './press/trouble.ts';
import { withKeysPaused, isAnswer, isAsking } from './keys/open-question.ts';
import { withPlanned } from './state/batch.ts';
import { flowOf, matchingApps, withFlow } from './state/derived-state.ts';
import { passingCount } from '../../view/app-progress.ts';
import { LEAST, type Effect, type FoundFindings, type Screen, type WizardState, type SurveyedApp } from './state/state.ts';
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
  /** Ctrl-C or a signal ends the wizard; `lines` say why a confirmed plan was not sent, or why its run failed after the signal. */
  | { readonly type: 'stopped'; readonly lines?: readonly Line[] }
  | { readonly type: 'unfinished'; readonly run: RecordedRun }
  | { readonly type: 'runs'; readonly runs: readonly RecordedRun[]; readonly unread: readonly string[] }
  | { readonly type: 'undo-of'; readonly run: RecordedRun }
  | { readonly type: 'compared'; readonly run: string; readonly rows: readonly ThreeWay[]; readonly now?: RecordedRun }
  | { readonly type: 'address'; readonly address: string; readonly problem?: string }
  | { readonly type: 'failed'; readonly effect: Effect['do']; readonly title: string; readonly lines: readonly Line[] }
  | { readonly type: 'saved'; readonly notice: string };

export function reduce(state: WizardState, action: Action): Next {
  const after = (REDUCERS[action.type] as (state: WizardState, action: Action) => Next)(state, action);
  const { state: known, effects } = withOpenVerdicts(state, after.state);
  return { state: withKeysPaused(state, known), effects: [...after.effects, ...effects] };
}

const REDUCERS: { readonly [T in Action['type']]: (state: WizardState, action: Extract<Action, { type: T }>) => Next } = {
  press: (state, { event }) => press(state, event),
  point: (state, { row }) => pointAt(state, row),
  resize: (state, { columns, rows }) => next(state.columns === columns && state.rows === rows ? state : { ...state, columns, rows }),
  'question-shown': (state) => next(isAsking(state) ? { ...state, acceptsKeys: true } : state),
  read: (state, { scroll, toEnd }) => next(mapFlow(state, (flow) => readTo(flow, scroll, toEnd))),
  found: (state, { targets }) => next({ ...state, apps: [...state.apps, ...targets] }),
  'found-all': (state, { leftOut, failure, exitCode }) => {
    const known = listed({ ...state, leftOut }, failure, exitCode);
    const [only, ...others] = known.apps;
    if (state.direct && only && others.length === 0 && state.screen.at === 'apps') return opening(known, only);
    const { findingsFilter, ...rest } = known;
    if (findingsFilter === undefined) return next(known);
    return next(rest, { do: 'find', targets: matchingApps(rest, findingsFilter).map(({ target }) => target), how: 'added' });
  },
  opened: (state, { open, keep }) => opened(state, open, keep === true),
  surveyed: (state, { one: read }) => {
    const fleet = state.fleet.map((one) => (one.target.id === read.target.id ? read : one));
    return next({ ...state, fleet, queues: read.queued ? withQueue(state.queues, read.target.id, read.queued.size) : state.queues });
  },
  'found-findings': (state, { findings }) => next(withFindings(state, findings)),
  batched: (state, { work, apps: planned, isRead }) => {
    const { screen } = state;
    if (screen.at !== 'batch' || screen.work !== work) return next(state);
    const { notice: _, ...settled } = state;
    // After the last app, nothing waits for Azure any more.
    return next(withScreen(isRead ? settled : state, withPlanned(screen, planned, isRead)));
  },
  'batch-settled': (state, { work, apps }) => {
    const { screen } = state;
    return screen.at === 'batch' && screen.work === work && screen.isSettling ? settledBatch(state, screen, apps) : next(state);
  },
  sketched: (state, { key, plan, why }) => {
    const { screen } = state;
    if (screen.at !== 'area' || screen.sketch?.key !== key) return next(state);
    return next(withScreen(state, { ...screen, sketch: { key, ...(plan ? { plan } : {}), ...(why ? { why } : {}) } }));
  },
  planned: (state, { key, job, lines }) =>
    next(mapFlow(state, (flow) => (flow.kind === 'planning' && flow.key === key ? previewOf(job, lines) : flow))),
  'run-event': (state, { event, at }) => next(mapProgress(state, (progress) => progressAfter(progress, event, at, state.look))),
  'run-ended': (state, { summary, open }) => {
    const flow = flowOf(state);
    const queues = flow?.kind === 'applying' ? withoutChanged(state.queues, flow.job) : state.queues;
    const known = { ...state, queues, endings: [...state.endings, summary], ...(open ? { open } : {}) };
    const ended = mapFlow(known, (flow) => (flow.kind === 'applying' ? flowEnding(flow, summary) : flow));
    return flow?.kind === 'applying' && !flow.progress.stopping
      ? next(ended, ...readChanged(state, flow.job, open?.target.id))
      : next(ended);
  },
  stopping: (state) => next(mapProgress(state, (progress) => ({ ...progress, stopping: true }))),
  stopped: (state, { lines }) => next(stopped(state, lines)),
  // Only if the user has not started anything else.
  unfinished: (state, { run }) =>
    next(state.screen.at === 'apps' && state.screen.filter.text.length === 0 ? withScreen(state, { at: 'cut-off', run }) : state),
  runs: (state, { runs, unread }) => (state.screen.at === 'runs' ? listedRuns(state, state.screen, runs, unread) : next(state)),
  'undo-of': (state, { run }) =>
    isDoneWith(state, run.run) ? previewUndo({ ...withFinishedFlow(state), ...logFrom(state) }, run, { from: 'result' }) : next(state),
  compared: (state, { run, rows, now }) => {
    const { screen } = state;
    return next(screen.at === 'run' && screen.run.run === run ? withScreen(state, { ...screen, run: now ?? screen.run, rows }) : state);
  },
  address: (state, { address, problem }) => {
    const { screen } = state;
    if (screen.at !== 'address') return next(state);
    if (problem) return next(withScreen(state, { ...screen, problem }));
    const known = withScreen({ ...state, myIp: address }, screen.from ?? areasAt(state).screen);
    return next({ ...known, notice: `Your public IP address is set to ${address}.` });
  },
  failed: (state, { effect, title, lines }) => {
    // An app that is no longer waited for, as after Esc.
    if (effect === 'open' && state.screen.at !== 'opening') return next(state);
    // Nothing replaces a running change, because its result must be shown.
    return flowOf(state)?.kind === 'applying' && effect !== 'run'
      ? next({ ...state, notice: lines.map(lineText).join(' ') })
      : next(withScreen(state, { at: 'trouble', title, lines, back: state.open ? 'areas' : 'apps', ...cameFrom(state) }));
  },
  saved: (state, { notice }) => next({ ...state, notice }),
};

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

/** Ends the search for apps. A failure is a notice, or a separate screen if no app was found. */
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
  if (screen.at !== 'opening' || screen.target.id !== open.target.id) return next(before);
  const { origin, ...rest } = state;
  const list = screen.from.at === 'findings' ? screen.from : screen.from.at === 'areas' ? origin : undefined;
  const known = { ...rest, open, ...(list ? { origin: list } : {}) };
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
  return (PRESS[state.screen.at] as Press<Screen> | undefined)?.(state, state.screen, event, command) ?? next(state);
}

type Press<S> = (state: WizardState, screen: S, event: KeyEvent, command: Command | undefined) => Next;
const PRESS: { readonly [At in Screen['at']]?: Press<Extract<Screen, { at: At }>> } = {
  apps: pressApps,
  fleet: pressFleet,
  areas: pressAreas,
  batch: (state, screen, event, command) =>
    command === 'differs' ? openOwnAnswers(state, screen) : pressBatch(state, screen, event, command),
  campaign: pressCampaign,
  findings: pressFindings,
  search: pressSearch,
  address: pressAddress,
  area: pressArea,
  runs: pressRuns,
  run: pressRun,
  'cut-off': (state, screen, _, command) => pressCutOff(state, screen, command),
  opening: (state, screen, _, command) => next(command === 'back' ? withScreen(state, screen.from) : state),
  trouble: (state, screen, _, command) => (command === 'choose' ? leaveTrouble(state, screen) : next(state)),
};

/** Handles the keys that have the same meaning on every screen. */
function pressAnywhere(state: WizardState, command: Command | undefined): Next | undefined {
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
    case 'safe':
    case 'disruptive': {
      const nothing = nothingToFix(state, command);
      return nothing === undefined ? undefined : withNotice(state, nothing);
    }
    default:
      return undefined;
  }
}
