/** Handles keys in the undo log: the list of runs, one run, and an interrupted run. */
import type { RecordedRun } from '../../../change/undo-log.ts';
import type { KeyEvent } from '../fields/key-events.ts';
import type { Command } from '../keys/keys.ts';
import { areasAt, next, onCommand, toRuns, withNotice, withScreen, type Next } from '../transitions.ts';
import { stepStateOf } from '../state/derived-state.ts';
import { editOf } from '../fields/text-edit.ts';
import type { Screen, UndoFrom, WizardState } from '../state/state.ts';
import { openArea } from './area.ts';
import { appsAt } from './lists.ts';
import { moved } from './move.ts';

type At<A extends Screen['at']> = Extract<Screen, { at: A }>;

export const undoKey = (run: RecordedRun, only: readonly number[], overwrite: boolean): string =>
  `undo ${run.run} ${only.join()} ${String(overwrite)}`;

/** Plans the undo of a run or of some of its changes. */
export const previewUndo = (
  state: WizardState,
  run: RecordedRun,
  { only = [], overwrite = false, from = 'log' }: { only?: readonly number[]; overwrite?: boolean; from?: UndoFrom } = {},
): Next =>
  next(
    withScreen(state, {
      at: 'undo',
      run,
      only,
      overwrite,
      from,
      flow: { kind: 'planning', says: 'Comparing with current values', key: undoKey(run, only, overwrite) },
    }),
    { do: 'plan-undo', run, only, overwrite },
  );

export const previewResume = (state: WizardState, run: RecordedRun): Next =>
  next(
    withScreen(state, {
      at: 'resume',
      run,
      flow: { kind: 'planning', says: 'Checking the last requests of the run', key: `resume ${run.run}` },
    }),
    { do: 'plan-resume', run },
  );

export const openRun = (state: WizardState, run: RecordedRun, direct = false): Next =>
  next(withScreen(state, { at: 'run', run, cursor: 0, ticked: [], ...(direct ? { direct } : {}) }), { do: 'compare', run });

/** Returns from an undo to its run, which is read again because its state changed. */
export const reopenRun = (state: WizardState, run: RecordedRun, direct = false): Next =>
  next(withScreen(state, { at: 'run', run, cursor: 0, ticked: [], ...(direct ? { direct } : {}) }), { do: 'compare', run, afresh: true });

/** Shows the runs that were read, or opens the newest run. */
export function listedRuns(state: WizardState, screen: At<'runs'>, runs: readonly RecordedRun[], unread: readonly string[]): Next {
  const { newest, ...rest } = screen;
  // The newest run may be one that cannot be shown.
  if (newest && runs[0] && unread.length === 0) return openRun(state, runs[0], true);
  return newest && unread.length === 0
    ? withNotice(leaveLog(state).state, 'The undo log is empty: no run has changed anything yet.')
    : next(withScreen(state, { ...rest, runs, unread }));
}

/** Returns to the screen from which the undo log was opened. */
export function leaveLog(before: WizardState): Next {
  const { logFrom: from, ...state } = before;
  if (from?.at === 'area') return openArea(state, from.step, stepStateOf(state, from.step)?.controls[from.cursor]?.control.id);
  return next(from ? withScreen(state, from) : state.open ? areasAt(state) : appsAt(state));
}

export function pressRuns(state: WizardState, screen: At<'runs'>, event: KeyEvent, command: Command | undefined): Next {
  const runs = screen.runs ?? [];
  const run = runs[screen.cursor];
  return onCommand(state, command, {
    move: () => next(withScreen(state, { ...screen, cursor: moved(screen.cursor, runs.length, event) })),
    back: () => leaveLog(state),
    search: () => next(withScreen(state, { at: 'search', filter: editOf(''), cursor: 0, from: screen })),
    choose: () => (run ? openRun(state, run) : next(state)),
    resume: () => (run ? previewResume(state, run) : next(state)),
  });
}

export function pressRun(state: WizardState, screen: At<'run'>, event: KeyEvent, command: Command | undefined): Next {
  const { run, ticked } = screen;
  const here = run.changes[screen.cursor]?.intent.change;
  const toggled = (change: number) => (ticked.includes(change) ? ticked.filter((one) => one !== change) : [...ticked, change]);
  return onCommand(state, command, {
    move: () => next(withScreen(state, { ...screen, cursor: moved(screen.cursor, run.changes.length, event) })),
    tick: () => next(here === undefined ? state : withScreen(state, { ...screen, ticked: toggled(here) })),
    choose: () => previewUndo(state, run, { only: ticked, from: screen.direct ? 'last-run' : 'log' }),
    resume: () => previewResume(state, run),
    back: () => (screen.direct ? leaveLog(state) : toRuns(state)),
  });
}

export const pressCutOff = (state: WizardState, screen: At<'cut-off'>, command: Command | undefined): Next =>
  onCommand(state, command, {
    resume: () => previewResume(state, screen.run),
    'roll-back': () => previewUndo(state, screen.run),
    back: () => next(appsAt(state)),
  });
