/** Keys in the undo log: the runs, one run, and a run that was cut off. */
import type { RecordedRun } from '../../../change/undo-log.ts';
import type { KeyEvent } from '../key-events.ts';
import type { Command } from '../keys.ts';
import { areasAt, next, toRuns, withScreen, type Next } from '../transitions.ts';
import type { Screen, WizardState } from '../state.ts';
import { appsScreen } from './lists.ts';
import { moved } from './move.ts';

type At<A extends Screen['at']> = Extract<Screen, { at: A }>;

export const undoKey = (run: RecordedRun, only: readonly number[], overwrite: boolean): string =>
  `undo ${run.run} ${only.join()} ${String(overwrite)}`;

/** Plans what takes back a run, or some of its changes. */
export const previewUndo = (state: WizardState, run: RecordedRun, only: readonly number[], overwrite = false): Next =>
  next(
    withScreen(state, {
      at: 'undo',
      run,
      only,
      overwrite,
      flow: { kind: 'planning', says: 'Comparing with what stands there now', key: undoKey(run, only, overwrite) },
    }),
    { do: 'plan-undo', run, only, overwrite },
  );

export const previewResume = (state: WizardState, run: RecordedRun): Next =>
  next(
    withScreen(state, {
      at: 'resume',
      run,
      flow: { kind: 'planning', says: 'Looking at what became of the last requests', key: `resume ${run.run}` },
    }),
    { do: 'plan-resume', run },
  );

export const openRun = (state: WizardState, run: RecordedRun): Next =>
  next(withScreen(state, { at: 'run', run, cursor: 0, ticked: [] }), { do: 'compare', run });

export function pressRuns(state: WizardState, screen: At<'runs'>, event: KeyEvent, command: Command | undefined): Next {
  const runs = screen.runs ?? [];
  const run = runs[screen.cursor];
  switch (command) {
    case 'move':
      return next(withScreen(state, { ...screen, cursor: moved(screen.cursor, runs.length, event) }));
    case 'back':
      return next(state.open ? areasAt(state) : withScreen(state, appsScreen));
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
      return previewUndo(state, run, ticked);
    case 'resume':
      return previewResume(state, run);
    case 'back':
      return toRuns(state);
    default:
      return next(state);
  }
}

export function pressCutOff(state: WizardState, screen: At<'cut-off'>, command: Command | undefined): Next {
  switch (command) {
    case 'resume':
      return previewResume(state, screen.run);
    case 'roll-back':
      return previewUndo(state, screen.run, []);
    case 'back':
      return next(withScreen(state, appsScreen));
    default:
      return next(state);
  }
}
