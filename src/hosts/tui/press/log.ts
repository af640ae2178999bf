/** Handles keys in the undo log: the list of runs, one run, and an interrupted run. */
import type { RecordedRun } from '../../../change/undo-log.ts';
import type { KeyEvent } from '../key-events.ts';
import type { Command } from '../keys.ts';
import { areasAt, next, toRuns, withNotice, withScreen, type Next } from '../transitions.ts';
import { stepStateOf } from '../derived-state.ts';
import { editOf } from '../text-edit.ts';
import type { Screen, UndoFrom, WizardState } from '../state.ts';
import { openArea } from './area.ts';
import { appsScreen } from './lists.ts';
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
export function listedRuns(state: WizardState, screen: At<'runs'>, runs: readonly RecordedRun[]): Next {
  const { newest, ...rest } = screen;
  if (newest && runs[0]) return openRun(state, runs[0], true);
  return newest
    ? withNotice(leaveLog(state).state, 'The undo log is empty: no run has changed anything yet.')
    : next(withScreen(state, { ...rest, runs }));
}

/** Returns to the screen from which the undo log was opened. */
export function leaveLog(before: WizardState): Next {
  const { logFrom: from, ...state } = before;
  if (from?.at === 'area') return openArea(state, from.step, stepStateOf(state, from.step)?.controls[from.cursor]?.control.id);
  return next(from ? withScreen(state, from) : state.open ? areasAt(state) : withScreen(state, appsScreen));
}

export function pressRuns(state: WizardState, screen: At<'runs'>, event: KeyEvent, command: Command | undefined): Next {
  const runs = screen.runs ?? [];
  const run = runs[screen.cursor];
  switch (command) {
    case 'move':
      return next(withScreen(state, { ...screen, cursor: moved(screen.cursor, runs.length, event) }));
    case 'back':
      return leaveLog(state);
    case 'search':
      return next(withScreen(state, { at: 'search', filter: editOf(''), cursor: 0, from: screen }));
    case 'choose':
      return run ? openRun(state, run) : next(state);
    case 'resume':
      return run ? previewResume(state, run) : next(state);
    default:
      return next(state);
  }
}

export function pressRun(state: WizardState, screen: At<'run'>, event: KeyEvent, command: Command | undefined): Next {
  const { run, ticked } = screen;
  const here = run.changes[screen.cursor]?.intent.change;
  switch (command) {
    case 'move':
      return next(withScreen(state, { ...screen, cursor: moved(screen.cursor, run.changes.length, event) }));
    case 'tick':
      if (here === undefined) return next(state);
      return next(
        withScreen(state, { ...screen, ticked: ticked.includes(here) ? ticked.filter((one) => one !== here) : [...ticked, here] }),
      );
    case 'choose':
      return previewUndo(state, run, { only: ticked, from: screen.direct ? 'last-run' : 'log' });
    case 'resume':
      return previewResume(state, run);
    case 'back':
      return screen.direct ? leaveLog(state) : toRuns(state);
    default:
      return next(state);
  }
}

export function pressCutOff(state: WizardState, screen: At<'cut-off'>, command: Command | undefined): Next {
  switch (command) {
    case 'resume':
      return previewResume(state, screen.run);
    case 'roll-back':
      return previewUndo(state, screen.run);
    case 'back':
      return next(withScreen(state, appsScreen));
    default:
      return next(state);
  }
}
