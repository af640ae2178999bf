/** What every key handler gives back: the next state, and work to be done. */
import type { Line } from '../../text/spans.ts';
import { wrapped } from './frame.ts';
import type { Effect, Screen, State } from './state.ts';

export interface Next {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const next = (state: State, ...effects: readonly Effect[]): Next => ({ state, effects });
export const withScreen = (state: State, screen: Screen): State => ({ ...state, screen });
export const told = (state: State, notice: string): Next => next({ ...state, notice });

/** What is done with scrolls away above the live part. */
export const withFinished = (state: State, lines: readonly Line[]): State => ({
  ...state,
  finished: [...state.finished, ...wrapped(lines, state.columns)],
});

export const leave = (state: State): Next => next({ ...state, leaving: true }, { do: 'leave' });

/** The areas of the open app, with the cursor on one of them, or `by` rows from it. */
export const areasAt = (state: State, id?: string, by = 0): State => {
  const steps = state.open?.steps ?? [];
  const index = id === undefined ? 0 : steps.findIndex(({ step }) => step.id === id) + by;
  return withScreen(state, { at: 'areas', cursor: Math.min(Math.max(0, index), Math.max(0, steps.length - 1)) });
};

export const toRuns = (state: State): Next => next(withScreen(state, { at: 'runs', runs: undefined, cursor: 0 }), { do: 'runs' });
