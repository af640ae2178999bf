/** Keys and results in, the next state and the work to be done out. Pure; the whole wizard is tested through it. */
import { isFixable } from '../engine/choices.ts';
import type { RecordedRun } from '../engine/journal.ts';
import type { Plan } from '../engine/plan.ts';
import type { Target } from '../engine/ports.ts';
import type { RunEvent, RunSummary } from '../engine/run.ts';
import type { OpenApp } from '../engine/session.ts';
import type { UndoPlan } from '../engine/undo.ts';
import type { ExitCode } from '../engine/errors.ts';
import { line, lineText, span, type Line } from '../text/spans.ts';
import { eventLines, changeTitle } from '../view/run.ts';
import { pressApps, pressAreas, pressRuns } from './press-lists.ts';
import { pressArea } from './press-area.ts';
import { editOf } from './edit.ts';
import type { KeyEvent } from './events.ts';
import { wrapped } from './frame.ts';
import { pressPreview, previewOf, saysNo } from './preview.ts';
import { LEAST, type Effect, type Progress, type Screen, type State } from './state.ts';

export type Action =
  | { readonly type: 'press'; readonly event: KeyEvent }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  /** The preview is on screen: keys count from now on. */
  | { readonly type: 'armed' }
  | { readonly type: 'found'; readonly targets: readonly Target[] }
  | { readonly type: 'found-all'; readonly failure?: readonly Line[]; readonly exitCode?: ExitCode }
  | { readonly type: 'opened'; readonly open: OpenApp; readonly keep?: boolean }
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'run-event'; readonly event: RunEvent; readonly at: number }
  | { readonly type: 'run-ended'; readonly summary: RunSummary; readonly open?: OpenApp }
  | { readonly type: 'stopping' }
  | { readonly type: 'runs'; readonly runs: readonly RecordedRun[] }
  | { readonly type: 'undo-planned'; readonly plan: UndoPlan }
  | { readonly type: 'failed'; readonly title: string; readonly lines: readonly Line[] }
  | { readonly type: 'saved'; readonly notice: string };

export interface Next {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const next = (state: State, ...effects: readonly Effect[]): Next => ({ state, effects });
export const withScreen = (state: State, screen: Screen): State => ({ ...state, screen });

/** What is done with scrolls away above the live part. */
export const withFinished = (state: State, lines: readonly Line[]): State => ({
  ...state,
  finished: [...state.finished, ...wrapped(lines, state.columns)],
});

export function reduce(state: State, action: Action): Next {
  switch (action.type) {
    case 'press':
      return press(state, action.event);
    case 'resize':
      return next(armed({ ...state, columns: action.columns, rows: action.rows }, false));
    case 'armed':
      return next(armed(state, true));
    case 'found':
      return next({ ...state, apps: [...state.apps, ...action.targets] });
    case 'found-all':
      return next(listed(state, action.failure, action.exitCode));
    case 'opened':
      return next(opened(state, action.open, action.keep === true));
    case 'planned':
      return next(planned(state, action.plan));
    case 'run-event':
      return next(mapProgress(state, (progress) => progressAfter(progress, action.event, action.at, state)));
    case 'run-ended':
      return next(ended(state, action.summary, action.open));
    case 'stopping':
      return next(mapProgress(state, (progress) => ({ ...progress, stopping: true })));
    case 'runs':
      return next(state.screen.at === 'runs' ? withScreen(state, { ...state.screen, runs: action.runs }) : state);
    case 'undo-planned':
      return next(
        state.screen.at === 'undo'
          ? withScreen(state, { ...state.screen, plan: action.plan, preview: previewOf(action.plan.changes) })
          : state,
      );
    case 'failed':
      return next(withScreen(state, { at: 'trouble', title: action.title, lines: action.lines, back: state.open ? 'areas' : 'apps' }));
    case 'saved':
      return next({ ...state, notice: action.notice });
  }
}

/** The search for apps is over; a failure is shown, on its own screen where there is nothing else to show. */
function listed(state: State, failure: readonly Line[] | undefined, exitCode: ExitCode | undefined): State {
  const done = { ...state, searching: false, ...(exitCode === undefined ? {} : { exitCode }) };
  if (!failure) return done;
  if (state.apps.length > 0) return { ...done, notice: `Not all apps could be listed: ${failure[0] ? lineText(failure[0]) : ''}` };
  return { ...done, screen: { at: 'trouble', title: 'Function apps cannot be listed', lines: failure, back: 'apps' } };
}

/** An app was read. A re-read that comes late, when another app is open, is dropped. */
function opened(state: State, open: OpenApp, keep: boolean): State {
  const { screen } = state;
  if (keep) return state.open?.target.id === open.target.id && screen.at !== 'opening' ? { ...state, open } : state;
  if (screen.at !== 'opening' || screen.id !== open.target.id) return state;
  return { ...state, open, screen: { at: 'areas', cursor: firstFixable(open) } };
}

function press(before: State, event: KeyEvent): Next {
  // Nobody confirms what cannot be seen.
  if (before.columns < LEAST.columns || before.rows < LEAST.rows) return next(before);
  const { notice: _, ...state } = before;
  if (state.help) return next({ ...state, help: false });
  const { screen } = state;
  switch (screen.at) {
    case 'apps':
      return pressApps(state, screen, event);
    case 'opening':
      return next(state);
    case 'areas':
      return pressAreas(state, screen, event);
    case 'area':
      return pressArea(state, screen, event);
    case 'runs':
      return pressRuns(state, screen, event);
    case 'undo':
      return pressUndo(state, screen, event);
    case 'trouble':
      return event.type === 'key' && (event.name === 'enter' || event.name === 'escape') ? goBack(state, screen.back) : next(state);
  }
}

/** Esc and Enter on a message: to the areas of the open app, or to the list of apps. */
function goBack(state: State, back: 'apps' | 'areas'): Next {
  if (back === 'areas' && state.open) return next(withScreen(state, { at: 'areas', cursor: 0 }));
  return state.apps.length === 0 && !state.searching
    ? next({ ...state, leaving: true }, { do: 'leave' })
    : next(withScreen(state, { at: 'apps', filter: editOf(''), cursor: 0 }));
}

function pressUndo(state: State, screen: Extract<Screen, { at: 'undo' }>, event: KeyEvent): Next {
  const back = (event.type === 'key' && event.name === 'escape') || saysNo(screen.preview, event);
  if (screen.progress) return next(state);
  if (screen.done)
    return event.type === 'key' && (back || event.name === 'enter')
      ? next(withScreen(withFinished(state, screen.done), { at: 'runs', runs: undefined, cursor: 0 }), { do: 'runs' })
      : next(state);
  if (back) return next(withScreen(state, { at: 'runs', runs: undefined, cursor: 0 }), { do: 'runs' });
  if (!screen.preview) return next(state);
  const { preview, confirmed } = pressPreview(screen.preview, event);
  if (!confirmed || state.dryRun) return next(withScreen(state, { ...screen, preview }));
  return next(withScreen(state, { ...screen, preview, progress: { lines: [], since: 0, stopping: false } }), {
    do: 'undo',
    run: screen.run,
    changes: preview.changes,
  });
}

function planned(state: State, plan: Plan): State {
  const { screen } = state;
  if (screen.at !== 'area' || screen.mode.kind !== 'planning' || state.open?.target.id !== plan.target.id) return state;
  return withScreen(state, { ...screen, mode: { kind: 'preview', plan, preview: previewOf(plan.changes) } });
}

/** Whether keys count on the preview: not before it was drawn, and not after the window changed until it was drawn again. */
function armed(state: State, on: boolean): State {
  const { screen } = state;
  if (screen.at === 'area' && screen.mode.kind === 'preview' && screen.mode.preview.armed !== on)
    return withScreen(state, { ...screen, mode: { ...screen.mode, preview: { ...screen.mode.preview, armed: on } } });
  if (screen.at === 'undo' && screen.preview && screen.preview.armed !== on)
    return withScreen(state, { ...screen, preview: { ...screen.preview, armed: on } });
  return state;
}

function mapProgress(state: State, change: (progress: Progress) => Progress): State {
  const { screen } = state;
  if (screen.at === 'area' && screen.mode.kind === 'applying')
    return withScreen(state, { ...screen, mode: { kind: 'applying', progress: change(screen.mode.progress) } });
  if (screen.at === 'undo' && screen.progress) return withScreen(state, { ...screen, progress: change(screen.progress) });
  return state;
}

function progressAfter(progress: Progress, event: RunEvent, at: number, { look }: State): Progress {
  const { current, waitsFor: _, ...rest } = progress;
  if (event.type === 'change-wait') return { ...rest, ...(current ? { current } : {}), waitsFor: event.waitsFor };
  if (event.type === 'change-start') return { ...rest, current: `${event.change} of ${event.of}  ${changeTitle(event.what)}`, since: at };
  return { ...rest, lines: [...progress.lines, ...eventLines(event, look)] };
}

/** The run is over: what came of it is shown, and the app is known as it is now. */
function ended(before: State, summary: RunSummary, open: OpenApp | undefined): State {
  const { screen } = before;
  const progress =
    screen.at === 'area' && screen.mode.kind === 'applying' ? screen.mode.progress : screen.at === 'undo' ? screen.progress : undefined;
  const lines = [...(progress?.lines ?? []), closingLine(summary)];
  const state = { ...before, runs: [...before.runs, summary.run], ...(open ? { open } : {}) };
  if (screen.at === 'area') return withScreen(state, { ...screen, mode: { kind: 'done', lines, summary } });
  if (screen.at !== 'undo') return state;
  const { progress: __, ...rest } = screen;
  return withScreen(state, { ...rest, done: lines });
}

const closingLine = ({ run, applied, verified, failed, skipped }: RunSummary): Line =>
  line(
    span(failed > 0 ? 'WARNING: ' : 'SUCCESS: ', failed > 0 ? 'warn' : 'good'),
    `${applied} applied, ${verified} verified, ${failed} failed, ${skipped} skipped`,
    span(`   Run: ${run}`, 'dim'),
  );

/** Where work starts: the first area in which something can be changed. */
const firstFixable = ({ steps }: OpenApp): number =>
  Math.max(
    0,
    steps.findIndex(({ controls }) => controls.some(isFixable)),
  );
