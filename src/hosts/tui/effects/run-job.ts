/** Sends confirmed changes, and handles the request to stop them. */
import type { RunSummary } from '../../../engine/run/run.ts';
import type { Job, OpenApp, Session } from '../../../engine/session.ts';
import type { Line } from '../../../text/spans.ts';
import { troubleLines } from './error-lines.ts';
import type { Action } from '../reducer.ts';
import type { WizardState } from '../state/state.ts';

interface JobRunner {
  readonly run: (job: Job) => Promise<void>;
  /** Returns whether a run will stop and end the wizard by itself. Otherwise the result of the last run is on the screen. */
  readonly stop: () => boolean;
  /** Returns whether a request may be in progress. */
  readonly busy: () => boolean;
}

interface Around {
  readonly session: Session;
  readonly state: () => WizardState;
  readonly dispatch: (action: Action) => void;
  /** Called once a stopped run has ended; `lines` say why it did not begin, or why it failed. */
  readonly onStopped: (lines?: readonly Line[]) => void;
}

export function createJobRunner({ session, state, dispatch, onStopped }: Around): JobRunner {
  let running: AbortController | undefined;
  /** The run that has ended while its app is read again, before its result is shown. */
  let ended: RunSummary | undefined;

  function showEnded(open?: OpenApp): void {
    const summary = ended;
    ended = undefined;
    if (summary) dispatch({ type: 'run-ended', summary, ...(open ? { open } : {}) });
  }

  return {
    /** Sends the changes, which the user may stop; then reads the app again. */
    async run(job) {
      running = new AbortController();
      const { signal } = running;
      const target = state().open?.target;
      let trouble: readonly Line[] | undefined;
      try {
        ended = await session.run(job, (event) => dispatch({ type: 'run-event', event, at: Date.now() }), signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        trouble = troubleLines(error);
      } finally {
        running = undefined;
      }
      const open = target && !signal.aborted ? await session.open(target).catch(() => undefined) : undefined;
      showEnded(open);
      if (signal.aborted) onStopped(trouble);
    },
    stop() {
      if (running && !running.signal.aborted) {
        running.abort();
        dispatch({ type: 'stopping' });
        return true;
      }
      showEnded();
      return false;
    },
    busy: () => running !== undefined,
  };
}
