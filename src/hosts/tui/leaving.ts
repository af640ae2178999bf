/** What stays on the terminal when the wizard ends: results, and what was not sent. A screen whose keys no longer work does not stay. */
import { line, span, type Line } from '../../text/spans.ts';
import { closingLines } from '../../view/outcome-lines.ts';
import { flowOf } from './state/derived-state.ts';
import { wrapped } from './frame.ts';
import type { RunProgress } from './state/flow.ts';
import type { WizardState } from './state/state.ts';
import { next, type Next } from './transitions.ts';

/** Ends the screen on Ctrl-C or a signal; `lines` say why a confirmed plan was not sent. */
export function stopped(state: WizardState, lines?: readonly Line[]): WizardState {
  const flow = flowOf(state);
  if (flow?.kind === 'applying') return ended(state, [...flow.progress.lines, ...(lines ?? cutLines(flow.progress, state))]);
  const isPlan = state.screen.at === 'batch' || flow !== undefined;
  return flow?.kind !== 'done' && isPlan ? ended(state, [line('Stopped. Nothing of this plan was sent.')]) : left(state);
}

/** Ends the screen and the wizard. */
export const leaveWizard = (state: WizardState): Next => next(left(state), { do: 'leave' });

/** Ends the screen; the result of a run or the error that is on it stays. */
function left(state: WizardState): WizardState {
  const { screen } = state;
  const flow = flowOf(state);
  // The closing lines of all runs are printed at the end, except by a demo.
  if (flow?.kind === 'done') return ended(state, state.isDemo ? flow.lines : flow.lines.slice(0, -closingLines(flow.summary).length));
  return ended(state, screen.at === 'trouble' ? [line(span(screen.title, 'bad')), ...screen.lines] : []);
}

const ended = (state: WizardState, lines: readonly Line[]): WizardState => ({
  ...state,
  finished: [...state.finished, ...wrapped(lines, state.columns)],
  leaving: true,
});

/** Says what is known of a request that was not waited for. */
function cutLines({ run }: RunProgress, { isDemo }: WizardState): Line[] {
  if (run === undefined) return [line('Stopped before the first change. Nothing was sent.')];
  return [
    line(span('Stopped during a request; its result is not known. The undo log has recorded the request.', 'warn')),
    line(`Run: ${run}`),
    ...(isDemo ? [] : [line(`Resume: func-harden resume ${run}`)]),
  ];
}
