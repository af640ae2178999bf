/** The result of every key handler: the next state and the effects to run. */
import type { Line } from '../../text/spans.ts';
import { wrapped } from './frame.ts';
import type { Command } from './keys/key-binding.ts';
import type { Effect, Screen, WizardState } from './state/state.ts';

export interface Next {
  readonly state: WizardState;
  readonly effects: readonly Effect[];
}

export const next = (state: WizardState, ...effects: readonly Effect[]): Next => ({ state, effects });
export const withScreen = (state: WizardState, screen: Screen): WizardState => ({ ...state, screen });
/** Does what a command does on a screen; any other command does nothing. */
export const onCommand = (state: WizardState, command: Command | undefined, does: Partial<Record<Command, () => Next>>): Next =>
  (command && does[command]?.()) ?? next(state);
export const withNotice = (state: WizardState, notice: string): Next => next({ ...state, notice });

/** Moves lines above the live part, where they scroll away. */
export const withFinished = (state: WizardState, lines: readonly Line[]): WizardState => ({
  ...state,
  // A blank line separates the end of one run from the next run, or from the screen below.
  finished: [...state.finished, ...wrapped(lines, state.columns), []],
});

/** Shows the areas of the open app, with the cursor on an area, or `by` rows from it. */
export const areasAt = (state: WizardState, id?: string, by = 0): WizardState => {
  const steps = state.open?.steps ?? [];
  const index = id === undefined ? 0 : steps.findIndex(({ step }) => step.id === id) + by;
  return withScreen(state, { at: 'areas', cursor: Math.min(Math.max(0, index), Math.max(0, steps.length - 1)) });
};

/** Returns to the list from which the app was opened. */
export const backToOrigin = ({ origin, ...state }: WizardState): Next => next(origin ? withScreen(state, origin) : state);

/** Opens the undo log, or its newest run. */
export const toRuns = (state: WizardState, newest = false): Next =>
  next(withScreen({ ...state, ...logFrom(state) }, { at: 'runs', runs: undefined, cursor: 0, ...(newest ? { newest: true } : {}) }), {
    do: 'runs',
  });

/** The screen that the undo log returns to. */
export function logFrom(state: WizardState): Pick<WizardState, 'logFrom'> {
  const { screen } = state;
  switch (screen.at) {
    case 'runs':
    case 'run':
    case 'undo':
    case 'resume':
      return {};
    case 'area':
      return { logFrom: screen.mode.kind === 'look' ? screen : areasAt(state, screen.step).screen };
    case 'batch':
      return { logFrom: screen.from };
    case 'queue':
      return { logFrom: areasAt(state).screen };
    default:
      return { logFrom: screen };
  }
}
